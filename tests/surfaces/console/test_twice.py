"""The Households pages where two meet: two clerks at one record, one person about to be entered twice."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.pinyin import sort_key
from commongrid.registry import actions
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Told
from tests.factories.desk import FAR_VILLAGE, VILLAGE, Desk, lay
from tests.factories.network import scope_as
from tests.proof.world import insert
from tests.surfaces.console.test_register import CLERK, READER, household, person, send, text

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def seen_in(page: str) -> str:
    """The version that a form carries along."""
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_second_of_two_clerks_is_told_what_changed_and_keeps_what_was_typed(desk: Desk, language: str) -> None:
    client = desk.sign_in(Client(), "clerk", language)
    home = household(client)
    one = person(client, home, "周一", education="70")
    died, mend = (f"/console/households/people/{one}/{what}" for what in ("died", "correct"))
    late, mended = ({"act": str(Act.new().id), "seen": seen_in(text(client.get(way)))} for way in (died, mend))
    fields = actions.Fields(of="person", subject=one, written={"education": "60"})
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=localdate()))
    word = "Education" if language == "en" else "文化程度"
    again = send(client, died, source="医院证明", **late)
    page = text(again)
    told = page.split("alert", 1)[1].split("</div>", 1)[0]
    assert (again.status_code, word in told, "医院证明" in page) == (422, True, True), page
    typed = {"display_name": "周一", "education": "70", "works_at": "浙江"}
    page = text(send(client, mend, **typed, **mended))
    assert 'value="60" selected' in page, "what the second left as it was follows the first"
    answer = send(client, mend, **{**typed, "education": "60", "seen": seen_in(page)})
    assert answer.status_code == 302, text(answer)
    with acting(READER):
        row = Person.objects.get(id=one)
    assert (row.education, row.works_at) == ("60", "浙江")
    assert send(client, died, source="医院证明", seen=str(row.version)).status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_may_be_in_the_register_already_is_shown_before_somebody_is_entered(desk: Desk, language: str) -> None:
    client = desk.sign_in(Client(), "clerk", language)
    home, other = household(client), household(client, "13")
    one = person(client, other, "周大山", born_on="1980-05-06")
    address = f"/console/households/{home}/move-in"
    said = {"name": "周大山", "born_on": "1980-05-06", "phone": "13812345678"}
    assert 'name="another"' not in text(client.get(address))
    act = str(Act.new().id)
    again = send(client, address, **said)
    page = text(again)
    assert (again.status_code, f"people/{one}" in page, 'name="another"' in page) == (422, True, True), page
    assert "13812345678" in page, "what was typed stays"
    for _ in range(2):
        assert send(client, address, **{**said, "act": act, "another": "on"}).status_code == 302
    born = f"/console/households/{home}/birth"
    act = str(Act.new().id)
    for _ in range(2):
        assert send(client, born, name="周小五", act=act).status_code == 302, "sent twice it is one"
    assert send(client, f"/console/households/{other}/birth", name="周小五").status_code == 422


def test_that_somebody_is_elsewhere_is_said_without_showing_who_and_logged(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        insert(
            owner, "Person", id=new_id(), display_name="周大山", sort_key=sort_key("周大山"), place=FAR_VILLAGE,
            born_on=date(1980, 5, 6), state="here", phone_sealed=b"x",
        )  # fmt: skip
    client = desk.sign_in(Client(), "clerk")
    home = household(client)
    page = text(send(client, f"/console/households/{home}/move-in", name="周大山", born_on="1980-05-06"))
    assert "Ask the township" in page
    assert "In the register already" not in page
    with acting(scope_as(desk, "auditor")):
        assert AccessLine.objects.filter(event="revealed", about="elsewhere.1", subject=home).count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_second_of_two_is_told_what_changed_of_a_site_a_thing_and_an_organisation(
    desk: Desk, language: str
) -> None:
    client = desk.sign_in(Client(), "clerk", language)
    said = {
        "site": ({"name": "青石小学", "kind": "22", "self_built": "1"}, {"storeys": "3", "self_built": ""}),
        "thing": ({"name": "老井", "kind": "21", "every_months": "6"}, {"every_months": "12"}),
        "organisation": ({"name": "茶叶合作社", "kind": "13"}, {"name": "茶业合作社"}),
    }
    words = {
        "site": ("Storeys", "层数"),
        "thing": ("Checked every (months)", "检查周期(月)"),
        "organisation": ("Name", "名称"),
    }
    for of, (typed, changed) in said.items():
        new = actions.NewHolding(of=of, place=VILLAGE, written=typed)
        one = UUID(actions.add_holding(CLERK, Act.new(), new=new, told=Told(on=localdate()))[of])
        mend, end = (f"/console/holdings/{of}/{one}/{what}" for what in ("correct", "end"))
        mended, ended = ({"act": str(Act.new().id), "seen": seen_in(text(client.get(way)))} for way in (mend, end))
        fields = actions.Fields(of=of, subject=one, written=changed)
        actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=localdate()))
        page = text(send(client, mend, **typed, source="村医", **mended))
        told = page.split("alert", 1)[1].split("</div>", 1)[0]
        assert (words[of][language != "en"] in told, "村医" in page) == (True, True), page
        again = {name: changed.get(name, value) for name, value in typed.items()}
        assert all(f'value="{value}"' in page for name, value in again.items() if value and name != "kind"), page
        assert 'name="self_built" value="1" checked' not in page, "what the second left as it was follows the first"
        answer = send(client, end, source="村医", **ended)
        assert (answer.status_code, words[of][language != "en"] in text(answer)) == (422, True), text(answer)
        assert send(client, end, seen=seen_in(text(answer))).status_code == 302


def test_who_joins_leaves_or_checks_meanwhile_is_told_to_the_second(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk", "en")
    one, other = (person(client, household(client, number), name) for number, name in (("12", "周一"), ("13", "周二")))
    of = UUID(actions.add_holding(
        CLERK, Act.new(), told=Told(on=localdate()),
        new=actions.NewHolding(of="organisation", place=VILLAGE, written={"name": "茶叶合作社", "kind": "13"}),
    )["organisation"])  # fmt: skip
    way = f"/console/holdings/organisation/{of}/join"
    before = {"act": str(Act.new().id), "seen": seen_in(text(client.get(way)))}
    duty = actions.join(
        CLERK, Act.new(), organisation_id=of, person_id=one, duty="leader", told=Told(on=localdate())
    )["membership"]  # fmt: skip
    answer = send(client, f"{way}?q=周二", person=other, duty="member", **before)
    assert (answer.status_code, "somebody changed this" in text(answer)) == (422, True), text(answer)
    leave = f"/console/holdings/organisation/{of}/leave/{duty}"
    late = seen_in(text(client.get(leave)))
    assert send(client, f"{way}?q=周二", person=other, duty="member", seen=seen_in(text(answer))).status_code == 302
    assert send(client, leave, seen=late).status_code == 422
    assert send(client, leave).status_code == 302
