"""Signing in by a code on one's phone: whom it lets in, what it never tells, and where it never stands."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from commongrid.accounts import sealed
from commongrid.accounts.rules import sign_in_code
from commongrid.kernel.act import Act
from commongrid.notices import jobs
from commongrid.notices.channels import Outcome
from commongrid.roster.actions import ask_code
from commongrid.surfaces.console.sign_in_code import ASKED_AN_HOUR, CODES_A_DAY, ENTERING
from tests.factories.desk import Desk, id_of, lay
from tests.notices.recording import Recording
from tests.surfaces.test_sign_in import english, enter, link, logged, not_a_demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bed import Database

PHONE, UNKNOWN = "19900441234", "19900445678"
ASK, ENTER = "/accounts/code/", "/accounts/code/enter/"


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.NOTICES = replace(settings.NOTICES, sms_url="https://sms.example/send")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def has_phone(desk: Desk, name: str, phone: str = PHONE) -> None:
    """Write a phone into somebody's record, as a clerk would."""
    who = id_of(f"{name}_person")
    kept = sealed.seal(phone, "registry_person", "phone_sealed", who)
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE registry_person SET phone_sealed = %s, phone_index = %s WHERE id = %s",
            [kept, sealed.index(phone), who],
        )


def let_in(desk: Desk, name: str = "clerk", phone: str = PHONE) -> None:
    """Somebody whose record holds a phone, and who came by a link before."""
    has_phone(desk, name, phone)
    assert Client().post(link(name)).status_code == 302


def ask(client: Client, phone: str = PHONE, **more: str) -> Any:
    return english(client).post(ASK, {"phone": phone, **more})


def delivered(way: Recording | None = None) -> list[str]:
    """The codes that come out of the gateway now."""
    way = way or Recording()
    jobs.send_codes(ways={"sms": way})
    return [found[0] for one in way.sent if (found := re.findall(r"\d{6}", one.text))]


def asked_for(client: Client) -> str:
    """The digits that would be right, sent or not."""
    return sign_in_code(configured.SECRET_KEY, UUID(client.session["sign_in_code"]))


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def codes(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.database.as_role("owner") as owner:
        return owner.execute("SELECT account_id, tries, sends, fault FROM accounts_sign_in_code").fetchall()


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_lets_in_and_leads_to_the_post(desk: Desk, client: Client) -> None:
    let_in(desk)
    assert "By a code on my phone" in english(client).get("/accounts/login/").text
    assert ask(client, "+86 199-0044 1234")["Location"] == ENTER
    page: Any = client.get(ENTER)
    assert page["Cache-Control"] == "no-store"
    assert 'autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text
    (code,) = delivered()
    answer = client.post(ENTER, {"code": f" {code[:3]} {code[3:]}"}, follow=True)
    assert answer.redirect_chain[0][0] == "/console/post/"
    assert client.session["post"] == str(id_of("clerk"))
    account = desk.accounts["clerk"]
    assert [row[:2] for row in logged(desk, "code_asked")] == [(account, "")]
    assert (account, "code") in [row[:2] for row in logged(desk, "signed_in")]
    assert codes(desk) == [], "one that was used is gone"


def test_it_leads_back_to_what_was_asked_for_and_nowhere_else(desk: Desk) -> None:
    let_in(desk)
    for target, kept in (("/console/work-list/", True), ("//evil.example/", False)):
        client = Client()
        sent = ask(client, next=target)["Location"]
        assert ("next=" in sent) is kept
        answer = client.post(sent, {"code": delivered()[0]}, follow=True)
        assert (answer.redirect_chain[-1][0] == target) is kept
        assert "evil" not in str(answer.redirect_chain)


def test_without_a_gateway_nothing_is_offered(desk: Desk, client: Client, settings: Any) -> None:
    let_in(desk)
    settings.NOTICES = replace(settings.NOTICES, sms_url="")
    assert "code on my phone" not in english(client).get("/accounts/login/").content.decode()
    assert client.get(ASK)["Location"] == "/accounts/login/"
    assert ask(client)["Location"] == "/accounts/login/"
    assert client.get(ENTER)["Location"] == ASK
    assert codes(desk) == []
    assert jobs.send_codes() == 0


def _switched_off(desk: Desk) -> None:
    let_in(desk)
    get_user_model().objects.filter(pk=desk.accounts["clerk"]).update(is_active=False)


def _state(state: str) -> Callable[[Desk], None]:
    def make(desk: Desk) -> None:
        let_in(desk)
        with desk.database.as_role("owner") as owner:
            owner.execute(
                "UPDATE registry_person SET state = %s, ended_on = '2026-01-01' WHERE id = %s",
                [state, id_of("clerk_person")],
            )

    return make


def _shared(desk: Desk) -> None:
    let_in(desk)
    has_phone(desk, "grid_head")


def _both_let_in(desk: Desk) -> None:
    let_in(desk)
    let_in(desk, "grid_head")


def _written_down_by_a_clerk(desk: Desk) -> None:
    let_in(desk, "grid_head", UNKNOWN)
    has_phone(desk, "grid_head")


SILENT: dict[str, Callable[[Desk], None]] = {
    "nobody's": lambda _desk: None,
    "never came by a link": lambda desk: has_phone(desk, "clerk"),
    "another than at the last link": _written_down_by_a_clerk,
    "two people's": _shared,
    "two people's with accounts": _both_let_in,
    "switched off": _switched_off,
    "gone": _state("gone"),
    "dead": _state("dead"),
}


def plain(response: Any) -> str:
    """A page without what differs each time."""
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("case", SILENT)
def test_no_answer_tells_whether_a_number_is_known(desk: Desk, case: str) -> None:
    let_in(desk, "secretary", "19900449999")
    known, silent = Client(), Client()
    SILENT[case](desk)
    for client, phone in ((known, "19900449999"), (silent, PHONE)):
        assert ask(client, phone)["Location"] == ENTER
    assert plain(known.get(ENTER)) == plain(silent.get(ENTER))
    way = Recording()
    assert len(delivered(way)) == 1
    assert [one.to for one in way.sent] == ["19900449999"]
    for n in range(3):
        wrong, right = another(asked_for(known)), asked_for(silent)
        answers = [known.post(ENTER, {"code": wrong}), silent.post(ENTER, {"code": right})]
        assert [one.status_code for one in answers] == [422, 422], n
        assert plain(answers[0]).replace(wrong, "") == plain(answers[1]).replace(right, "")
    assert not is_in(silent), "even the right digits open nothing"


def test_two_people_with_one_number_are_told_of_the_link(desk: Desk, client: Client) -> None:
    _both_let_in(desk)
    ask(client)
    assert delivered() == []
    assert [row[:2] for row in logged(desk, "code_asked")] == [(None, "phone_shared")]
    assert "only if nobody else has the same number" in client.get(ENTER).content.decode()


def test_whoever_keeps_the_register_lets_nobody_in_by_another_number(desk: Desk, client: Client) -> None:
    _written_down_by_a_clerk(desk)
    ask(client)
    assert delivered() == []
    Client().post(link("grid_head"))
    ask(client)
    client.post(ENTER, {"code": delivered()[0]})
    assert int(client.session["_auth_user_id"]) == desk.accounts["grid_head"], "after a new link it counts"


def test_three_tries_and_no_fourth(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    (code,) = delivered()
    said = [client.post(ENTER, {"code": another(code)}).content.decode() for _ in range(3)]
    assert ["This is not the code" in one for one in said] == [True, True, False]
    assert "no longer good" in said[2]
    assert "no longer good" in client.post(ENTER, {"code": code}).content.decode()
    assert not is_in(client)
    failed = [row[:2] for row in logged(desk, "sign_in_failed")]
    assert failed == [(desk.accounts["clerk"], "code")] * 3 + [(None, "code")]


def test_a_row_takes_no_fourth_try(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    with desk.database.as_role("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute("UPDATE accounts_sign_in_code SET tries = 4")


def test_words_are_no_try_and_say_what_is_wrong(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    for typed in ("", "12345", "1234567", "abcdef", "１２３", "١٢٣٤٥٦"):
        answer = client.post(ENTER, {"code": typed})
        assert answer.status_code == 422
        assert 'class="error"' in answer.content.decode()
    assert [row[1] for row in codes(desk)] == [0]
    (code,) = delivered()
    client.post(ENTER, {"code": code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))})
    assert is_in(client), "full-width digits are digits"
    for phone in ("", "12", "x" * 29, "1" * 21):
        assert english(Client()).post(ASK, {"phone": phone}).status_code == 422


def test_good_for_five_minutes(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    (code,) = delivered()
    with desk.database.as_role("owner") as owner:
        (seconds,) = owner.execute(
            "SELECT extract(epoch FROM expires_at - made_at)::int FROM accounts_sign_in_code"
        ).fetchone() or (0,)
        owner.execute("UPDATE accounts_sign_in_code SET made_at = made_at - interval '1 hour', expires_at = now()")
    assert seconds == 300
    assert "no longer good" in client.post(ENTER, {"code": code}).content.decode()
    assert not is_in(client)


def test_one_at_a_time_and_each_once(desk: Desk) -> None:
    let_in(desk)
    first, second = Client(), Client()
    ask(first)
    (old,) = delivered()
    ask(second)
    assert len(codes(desk)) == 1
    first.post(ENTER, {"code": old})
    assert not is_in(first)
    (new,) = delivered()
    third = english(Client())
    third.get(ASK)
    assert third.post(ENTER, {"code": new})["Location"] == ASK, "in another browser the digits open nothing"
    shadow = Client()
    shadow.cookies["cg_session"] = second.cookies["cg_session"].value
    assert second.post(ENTER, {"code": new})["Location"] == "/console/post/"
    assert shadow.post(ENTER, {"code": new})["Location"] == ASK
    assert not is_in(shadow)


def test_an_account_switched_off_meanwhile_stays_out(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    get_user_model().objects.filter(pk=desk.accounts["clerk"]).update(is_active=False)
    client.post(ENTER, {"code": delivered()[0]})
    assert not is_in(client)


@pytest.mark.parametrize("phone", [PHONE, UNKNOWN])
def test_a_number_gets_so_many_codes_a_day_whoever_asks(desk: Desk, phone: str) -> None:
    let_in(desk)
    for n in range(CODES_A_DAY):
        assert Client(REMOTE_ADDR=f"127.3.0.{n}").post(ASK, {"phone": phone}).status_code == 302
    answer = english(Client(REMOTE_ADDR="127.4.0.1")).post(ASK, {"phone": f"+86 {phone}"})
    assert answer.status_code == 422
    assert "too often today" in answer.content.decode()
    assert (None, "phone_too_often") in [row[:2] for row in logged(desk, "sign_in_failed")]
    assert Client().post(ASK, {"phone": "19900440000"}).status_code == 302


def test_a_sender_asks_so_often_an_hour(desk: Desk) -> None:
    for n in range(ASKED_AN_HOUR):
        assert Client().post(ASK, {"phone": f"1990044{n:04}"}).status_code == 302
    assert Client().post(ASK, {"phone": PHONE}).status_code == 429
    assert Client(REMOTE_ADDR="127.9.9.9").post(ASK, {"phone": PHONE}).status_code == 302


@pytest.mark.parametrize("demo", [True, False])
def test_it_is_one_factor(desk: Desk, client: Client, demo: bool) -> None:
    let_in(desk, "dispatcher")
    if not demo:
        not_a_demo(desk)
    ask(client)
    page = client.post(ENTER, {"code": delivered()[0]}, follow=True)
    assert "ask for a second factor" in page.content.decode()
    assert client.post(reverse("take_post"), {"post": str(id_of("dispatcher"))}).status_code == 403
    assert "post" not in client.session


def test_a_second_factor_that_is_set_up_is_asked_for(desk: Desk, client: Client) -> None:
    let_in(desk)
    TOTP.activate(get_user_model().objects.get(pk=desk.accounts["clerk"]), generate_totp_secret())
    ask(client)
    assert client.post(ENTER, {"code": delivered()[0]})["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_neither_code_nor_number_stands_anywhere(desk: Desk, client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """Every table of every schema, as text, and every line that was logged."""
    let_in(desk)
    way = Recording(answers=[Outcome(taken=False, fault="BUSY")])
    seen: list[str] = []
    for phone in (PHONE, UNKNOWN):
        asker = Client()
        ask(asker, phone)
        code = asked_for(asker)
        seen += [phone, phone.encode().hex(), code, code.encode().hex()]
        delivered(way)
        asker.post(ENTER, {"code": another(code)})
    wanted = re.compile("|".join(rf"(?<![0-9a-f-]){one}(?![0-9a-f-])" for one in seen))
    found = []
    with desk.database.as_admin() as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            rows = admin.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall()
            found += [f"{table}: {text}" for (text,) in rows if wanted.search(text)]
        assert admin.execute("SELECT count(*) FROM notices_notice").fetchone() == (0,)
        assert not [row for row in admin.execute("SELECT name FROM journal_line").fetchall() if "code" in row[0]]
    said = capfd.readouterr()
    assert found + [line for line in (said.out + said.err).splitlines() if wanted.search(line)] == []
    assert wanted.search(way.sent[0].text), "the message alone holds it"
    assert not [key for key in client.session.keys() if wanted.search(str(client.session[key]))]  # noqa: SIM118


def test_two_who_ask_at_once_leave_one_code(desk: Desk) -> None:
    let_in(desk)
    for _ in range(2):
        ask_code(ENTERING, Act.new(), phone=PHONE)
    assert len(codes(desk)) == 1
    with desk.database.as_role("owner") as owner, pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(
            "INSERT INTO accounts_sign_in_code (id, account_id, made_at, expires_at, tries, sends, fault)"
            " SELECT gen_random_uuid(), account_id, made_at, expires_at, 0, 0, '' FROM accounts_sign_in_code"
        )


def test_the_pages_are_ours_in_both_languages(desk: Desk) -> None:
    for language, word in (("zh-hans", "验证码"), ("en", "code")):
        client = Client()
        client.cookies["cg_language"] = language
        client.post(ASK, {"phone": PHONE})
        for address in (ASK, ENTER, "/accounts/login/"):
            text = client.get(address).content.decode()
            assert word in text
            assert " style=" not in text
            assert 'class="skip"' in text


def test_a_sign_in_by_a_link_clears_what_was_asked(desk: Desk, client: Client) -> None:
    let_in(desk)
    ask(client)
    enter(client, "clerk")
    assert "sign_in_code" not in client.session
