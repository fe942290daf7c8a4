"""What the register refuses, each with its own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.keeping import actions as keeping
from commongrid.registry.rules.requests import reported
from tests.factories.desk import COUNTY
from tests.factories.scopes import scope_at
from tests.refusing import not_so, sentence_of

if TYPE_CHECKING:
    from tests.registry.conftest import Hamlet

COUNTY_WIDE = scope_at(COUNTY, "people.erase", "people.file", HARDSHIP, level="county")


@pytest.mark.parametrize(
    ("sort", "said", "sentence"),
    [
        ("eclipse", {}, "Choose what happened."),
        ("other", {"words": "长" * 201}, "This is too long"),
        ("born", {"sex": "1"}, "Enter the person's name"),
        ("correct", {"words": "不对"}, "Say which field is wrong"),
        ("split", {"words": " "}, "Please say in a few words"),
    ],
)
def test_a_report_says_what_happened(sort: str, said: dict[str, str], sentence: str) -> None:
    assert sentence_of(reported, sort, said).startswith(sentence)


def test_erasing_and_handing_a_file_out(village: Hamlet) -> None:
    one = village.person(village.home("1"), "周大山")
    erase = {"person_id": one}
    assert not_so(COUNTY_WIDE, [
        (keeping.erase_person, erase | {"why": keeping.Why(basis="whim", reason="要求")}, "Choose the legal basis."),
        (keeping.erase_person, erase | {"why": keeping.Why(basis="purpose", reason=" ")}, "Please say why"),
        (keeping.give_file, erase | {"shown_by": "wink"}, "Say how they showed who they are."),
    ]) == []  # fmt: skip
    assert village.read(one).erased_at is None
