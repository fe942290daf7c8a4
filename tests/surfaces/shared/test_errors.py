"""What a refused request shows: what happened and what to do, in words; a code only where we failed."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from commongrid.kernel.refusals import BadInput, NotAllowed, Refusal, TooLarge, WrongState
from commongrid.surfaces.shared.errors import ADVICE, Broken, Malformed, refused

CAME = "http://testserver/report"


def shown(refusal: Refusal, language: str, **headers: str) -> str:
    """The page of a refusal, without its tags."""
    request = RequestFactory().post("/report/send", **headers)  # type: ignore[arg-type]
    request.user = AnonymousUser()
    request.LANGUAGE_CODE = language
    request.scope = None  # type: ignore[attr-defined]
    with translation.override(language):
        answer = refused(request, refusal)
    assert answer.status_code == refusal.status
    return str(answer.content.decode())


@pytest.mark.parametrize("refusal", [BadInput, NotAllowed, WrongState, TooLarge, Malformed])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_refusal_says_what_to_do_and_no_code(refusal: type[Refusal], language: str) -> None:
    page = shown(refusal(), language)
    main = page[page.index("<main") : page.index("</main>")]
    with translation.override(language):
        assert translation.gettext(ADVICE[refusal.status]) in main
    assert not re.search(r"\b4\d\d\b", re.sub(r"<[^>]*>", " ", main))


def test_our_own_fault_names_its_code_for_the_administrator() -> None:
    assert "code 500" in shown(Broken(), "en")


def test_refusal_leads_back_to_the_page_it_came_from_and_nowhere_else() -> None:
    assert f'href="{CAME}"' in shown(BadInput(), "en", headers={"referer": CAME})  # type: ignore[arg-type]
    assert "elsewhere" not in shown(BadInput(), "en", headers={"referer": "https://elsewhere.example/x"})  # type: ignore[arg-type]
