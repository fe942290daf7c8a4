"""A hidden value is shown for five minutes with a reason; every look is logged, and the person can learn of it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions
from commongrid.registry.joining.actions import Twins, join
from commongrid.registry.rules.facts import Told
from commongrid.surfaces.console.register import looks
from tests.factories.desk import OTHER_GRID, TOWNSHIP, VILLAGE, Desk, lay
from tests.factories.network import scope_as
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet

if TYPE_CHECKING:
    from tests.bed import Database

PHONE, BANK, ID = "13812345678", "6222021234567890123", "11010519491231002X"
CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


@pytest.fixture
def person(desk: Desk) -> UUID:
    """Somebody with every sealed field."""
    village = Hamlet()
    one = village.person(village.home("1"), "赵五", phone=PHONE, id_number=ID)
    fields = actions.Fields(of="person", subject=one, written={"bank": BANK})
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=DAY))
    return one


def text(answer: Any) -> str:
    return str(answer.content.decode())


def show(client: Client, person: UUID, field: str, reason: str = "打电话问近况") -> Any:
    return client.post(
        f"/console/households/people/{person}/reveal", {"act": str(Act.new().id), "field": field, "reason": reason}
    )


def lines(desk: Desk, person: UUID) -> list[tuple[str, str, str]]:
    auditor = scope_as(desk, "auditor")
    with acting(auditor):
        rows = AccessLine.objects.filter(subject=person).order_by("at", "id")
        return list(rows.values_list("event", "about", "reason"))


def test_masked_until_shown_and_each_look_is_logged(desk: Desk, person: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.sign_in(Client(), "clerk")
    page = f"/console/households/people/{person}"
    before = text(client.get(page))
    assert not [value for value in (PHONE, BANK, ID) if value in before]
    assert "138****5678" in before
    assert "***************0123" in before
    assert show(client, person, "phone").status_code == 302
    answer = client.get(page)
    assert PHONE in text(answer)
    assert BANK not in text(answer)
    (across,) = re.findall(r'class="watermark"[^>]*>([^<]+)<', text(answer))
    assert f"{timezone.localdate():%Y}" in across, "what is printed says by which post and when"
    assert across.split(" · ")[0] in text(client.get("/console/today/")), "the acting post as the header shows it"
    assert answer["Cache-Control"] == "no-store"
    assert 290 <= int(answer["Refresh"]) <= 302, "the browser asks again when the five minutes are over"
    client.get(page)
    assert lines(desk, person) == [("revealed", "phone", "打电话问近况")] * 2, "one line a look"
    later = time.time() + looks.OPEN_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    closed = client.get(page)
    assert PHONE not in text(closed)
    assert "Refresh" not in closed
    assert len(lines(desk, person)) == 2


def test_without_a_reason_nothing_is_shown(desk: Desk, person: UUID) -> None:
    client = desk.sign_in(Client(), "clerk")
    assert show(client, person, "phone", reason=" ").status_code == 302
    assert show(client, person, "nonsense").status_code == 302
    page = text(client.get(f"/console/households/people/{person}"))
    assert PHONE not in page
    assert "Say why you need it" in page
    assert lines(desk, person) == []


def test_the_field_calls_but_reads_no_identity_number(desk: Desk, person: UUID) -> None:
    client = desk.sign_in(Client(), "grid_head")
    page = f"/console/households/people/{person}"
    show(client, person, "id_number")
    show(client, person, "phone")
    shown = text(client.get(page))
    assert PHONE in shown
    assert ID not in shown
    assert 'value="id_number"' not in shown
    assert [about for _event, about, _why in lines(desk, person)] == ["phone"]


@pytest.mark.parametrize(("who", "status"), [("dispatcher", 403), ("auditor", 403), ("far_dispatcher", 403)])
def test_others_have_nothing_shown(desk: Desk, person: UUID, who: str, status: int) -> None:
    client = desk.sign_in(Client(), who)
    assert show(client, person, "phone").status_code == status


def test_another_post_of_the_same_session_finds_it_closed(desk: Desk, person: UUID) -> None:
    client = desk.sign_in(Client(), "clerk")
    show(client, person, "phone")
    session = client.session
    session["opened"] = {key.replace(str(scope_as(desk, "clerk").post), str(person)): value
                         for key, value in session["opened"].items()}  # fmt: skip
    session.save()
    assert PHONE not in text(client.get(f"/console/households/people/{person}"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_person_learns_who_looked_and_why(desk: Desk, person: UUID, language: str) -> None:
    show(desk.sign_in(Client(), "grid_head"), person, "phone", "通知体检")
    clerk = desk.sign_in(Client(), "clerk", language)
    page = text(clerk.get(f"/console/households/people/{person}/looks"))
    sheet = text(clerk.get(f"/console/households/people/{person}/looks/print"))
    for shown in (page, sheet):
        assert "通知体检" in shown
        assert "秦网格" in shown
        assert PHONE not in shown
    assert lines(desk, person)[-1][:2] == ("printed", "looks")
    log = text(desk.sign_in(Client(), "auditor", language).get(f"/console/access-log/?subject={person}"))
    assert "通知体检" in log
    assert desk.sign_in(Client(), "grid_head").get(f"/console/households/people/{person}/looks").status_code == 403


def test_the_cause_of_a_hardship_flag_is_sealed_and_shown_with_a_reason(desk: Desk, person: UUID) -> None:
    what = actions.Recognised(type_code="serious_illness", person=person, body="县医保局", basis="肝病三年")
    act = Act.new()
    actions.flag(CIVIL, act, what=what, told=Told(on=DAY))
    principal = desk.sign_in(Client(), "township_principal")
    page = f"/console/households/people/{person}"
    assert "肝病三年" not in text(principal.get(page))
    address = f"/console/households/flags/{act.id}/reveal"
    form = {"act": str(Act.new().id), "field": "basis", "reason": "核对救助申请"}
    assert desk.sign_in(Client(), "clerk").post(address, form).status_code == 403
    assert principal.post(address, form).status_code == 302
    assert "肝病三年" in text(principal.get(page))
    assert lines(desk, person) == [("revealed", "basis", "核对救助申请")]
    clerk = desk.sign_in(Client(), "clerk")
    assert "肝病三年" not in text(clerk.get(page))
    for part in ("looks", "looks/print"):
        assert "核对救助申请" not in text(clerk.get(f"{page}/{part}")), "that there is a cause is not the village's"
        assert "核对救助申请" in text(principal.get(f"{page}/{part}"))


def test_only_the_cause_can_be_asked_for_at_the_door_of_the_cause(desk: Desk, person: UUID) -> None:
    what = actions.Recognised(type_code="serious_illness", person=person, basis="肝病三年")
    act = Act.new()
    actions.flag(CIVIL, act, what=what, told=Told(on=DAY))
    principal = desk.sign_in(Client(), "township_principal")
    form = {"act": str(Act.new().id), "field": "phone", "reason": "核对"}
    principal.post(f"/console/households/flags/{act.id}/reveal", form)
    show(principal, person, "basis")
    assert lines(desk, person) == []


def test_looks_at_a_record_that_was_joined_into_this_one_are_told_too(desk: Desk, person: UUID) -> None:
    other = Hamlet().person(Hamlet().home("2"), "赵五")
    show(desk.sign_in(Client(), "clerk"), person, "phone", "合并之前")
    office = scope_at(TOWNSHIP, "people.edit", "people.read", "people.join", "people.hardship")
    join(office, Act.new(), twins=Twins(kept=other, ended=person), told=Told(on=DAY, source="本人说明"))
    assert "合并之前" in text(desk.sign_in(Client(), "clerk").get(f"/console/households/people/{other}/looks"))


def test_looks_go_with_the_record(desk: Desk, person: UUID) -> None:
    """Whoever keeps the record and tells of looks reads them, wherever those sit; nobody else reads any."""
    show(desk.sign_in(Client(), "clerk"), person, "phone")
    readers = (
        (scope_at(VILLAGE, "people.looks"), True),
        (scope_at(VILLAGE, "people.read"), False),
        (scope_at(OTHER_GRID, "people.looks"), False),
    )
    for scope, sees in readers:
        with acting(scope):
            assert AccessLine.objects.filter(subject=person).exists() is sees
