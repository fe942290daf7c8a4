"""The message with a sign-in code: when it is sent, in which words, and that it never becomes a notice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from commongrid.kernel.dated import read_values
from commongrid.kernel.refusals import BadInput
from commongrid.notices import jobs
from commongrid.notices.channels import Outcome
from commongrid.notices.rules.texts import TEXTS
from tests.notices.recording import Recording
from tests.surfaces.test_sign_in_code import _gateway, ask, codes, delivered, desk, let_in

if TYPE_CHECKING:
    from tests.factories.desk import Desk

__all__ = ["_gateway", "desk"]


def test_a_text_without_the_code_is_refused() -> None:
    raw = {"sort": "sign_in_code", "channel": "sms", "language": "zh"}
    for text in ("您的验证码已发出。", "{number} {code}", "{{code}}"):
        with pytest.raises(BadInput) as refused:
            read_values(TEXTS, {**raw, "text": text}, {})
        assert "text" in refused.value.fields


def test_a_notice_never_holds_a_code(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner, pytest.raises(psycopg.errors.CheckViolation, match="notices_sort"):
        owner.execute(
            "INSERT INTO notices_notice (id, sort, channel, place, matter, facts, at, state, tries, reference, fault)"
            " VALUES (gen_random_uuid(), 'sign_in_code', 'sms', 990101000000000, gen_random_uuid(), '{}', now(),"
            " 'sent', 0, '', '')"
        )


def test_it_is_sent_at_once_tried_again_thrice_and_given_up(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    busy = Outcome(taken=False, fault="BUSY")
    way = Recording(answers=[busy] * 5)
    for _ in range(5):
        jobs.send_codes(ways={"sms": way})
    assert len({one.id for one in way.sent}) == 1, "the gateway knows it again"
    assert len(way.sent) == 3
    ask(client)
    refused = Recording(answers=[Outcome(taken=False, final=True, fault="BLACKLIST")])
    for _ in range(3):
        jobs.send_codes(ways={"sms": refused})
    assert len(refused.sent) == 1
    assert [row[3] for row in codes(desk)] == ["BLACKLIST"]
    ask(client)
    assert jobs.send_codes(timezone.now() + timedelta(minutes=6), {"sms": way}) == 0, "nobody waits for it any more"
    midnight = Recording()
    jobs.send_codes(ways={"sms": midnight})
    assert len(midnight.sent) == 1
    jobs.send_codes(ways={"sms": midnight})
    assert len(midnight.sent) == 1


@pytest.mark.parametrize(("language", "words"), [("zh", "登录验证码"), ("en", "your sign-in code"), ("", "登录验证码")])
def test_it_is_written_in_the_readers_language_and_names_nobody(desk: Desk, language: str, words: str) -> None:
    let_in(desk)
    get_user_model().objects.filter(pk=desk.accounts["clerk"]).update(language=language)
    ask(Client())
    way = Recording()
    (code,) = delivered(way)
    assert words in way.sent[0].text
    assert code in way.sent[0].text
    assert "朱" not in way.sent[0].text
    assert way.sent[0].subject == ""
