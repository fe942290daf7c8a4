"""Sites, things, organisations, booklets: entered, checked, ended, joined; what is refused; laws that always hold."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotYours, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.actions import NewBooklet, NewHolding
from commongrid.registry.models import Membership, Stay, Thing
from commongrid.registry.rules.facts import NewHome, Told
from commongrid.registry.rules.holdings import SIGNS, WEIGHTS, credit_code, months_later
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws

if TYPE_CHECKING:
    from tests.bed import Database

TOLD = Told(on=DAY, source="普查")
TODAY = date(2026, 11, 24)
GRID_MEMBER = scope_at(VILLAGE, "people.confirm", "people.read", role="grid")
OTHER_CLERK = scope_at(OTHER_VILLAGE, "people.edit", "people.read")
TOWNSHIP_CLERK = scope_at(TOWNSHIP, "people.edit", "people.read")
CODE = "91350100M000100Y43"


def made(of: str, place: int = GRID, /, **written: str) -> UUID:
    answer = actions.add_holding(CLERK, Act.new(), new=NewHolding(of=of, place=place, written=written), told=TOLD)
    return UUID(answer[of])


def check(thing: UUID, day: date, *, sound: bool = True) -> None:
    actions.check_thing(GRID_MEMBER, Act.new(), thing_id=thing, sound=sound, told=Told(on=day))


def read(thing: UUID) -> Thing:
    with acting(CLERK):
        return Thing.objects.get(id=thing)


@given(st.text(SIGNS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(SIGNS))
def test_a_credit_code_with_one_wrong_sign_is_refused(body: str, at: int, other: str) -> None:
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    whole = body + SIGNS[(31 - total % 31) % 31]
    assert credit_code(f" {whole.lower()} ") == whole
    wrong = body[:at] + other + body[at + 1 :]
    if wrong != body:
        with pytest.raises(BadInput):
            credit_code(wrong + whole[-1])


def test_a_known_credit_code_is_taken_and_others_are_not() -> None:
    assert credit_code(CODE) == CODE
    assert credit_code("") == ""
    for wrong in ("123", CODE[:-1] + "I", CODE[:-1] + "4"):
        with pytest.raises(BadInput):
            credit_code(wrong)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 24), 14, date(2028, 1, 24)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_a_thing_is_due_until_it_is_checked(village: Hamlet) -> None:
    keeper = village.person(village.home("1"), "赵五")
    thing = made("thing", kind="12", name="灭火器", every_months="6", keeper=str(keeper))
    with acting(CLERK):
        page = queries.holdings(CLERK, "thing", VILLAGE, queries.Asked(overdue=True), TODAY)
        assert [(line.id, line.person) for line in page.lines] == [(thing, "赵五")]
    check(thing, date(2026, 10, 1), sound=False)
    found = read(thing)
    assert (found.last_check_on, found.next_check_on) == (date(2026, 10, 1), date(2027, 4, 1))
    assert (found.condition, found.confirmed["next_check_on"]) == ("fault", "2026-10-01")
    with acting(CLERK):
        assert queries.holdings(CLERK, "thing", VILLAGE, queries.Asked(overdue=True), TODAY).total == 0
        assert queries.holdings(CLERK, "thing", VILLAGE, queries.Asked(overdue=True), date(2027, 4, 1)).total == 1
    with pytest.raises(WrongState):
        check(thing, date(2026, 9, 1))
    with pytest.raises(BadInput):
        check(thing, date(2099, 1, 1))


def test_a_check_is_undone(village: Hamlet) -> None:
    thing = made("thing", kind="11", every_months="12")
    act = Act.new()
    actions.check_thing(CLERK_WHO_CHECKS, act, thing_id=thing, sound=True, told=Told(on=DAY))
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    found = read(thing)
    assert (found.last_check_on, found.next_check_on, found.condition) == (None, None, "")


CLERK_WHO_CHECKS = scope_at(VILLAGE, "people.confirm", "people.edit")


@pytest.mark.parametrize(
    ("of", "written", "field"),
    [
        ("site", {}, "kind"),
        ("site", {"kind": "77"}, "kind"),
        ("site", {"kind": "11", "owner": "5d0f7c1e-0000-4000-8000-000000000000"}, "owner"),
        ("site", {"kind": "11", "storeys": "0"}, "storeys"),
        ("thing", {"kind": "11", "every_months": "500"}, "every_months"),
        ("organisation", {"kind": "11"}, "name"),
        ("organisation", {"kind": "11", "name": "合作社", "credit_code": "123"}, "credit_code"),
    ],
)
def test_what_can_not_be_is_refused(village: Hamlet, of: str, written: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        made(of, GRID, **({"name": ""} if of == "organisation" and "name" not in written else {}), **written)
    assert field in refused.value.fields


def test_out_of_scope_nothing_is_entered_or_read(village: Hamlet) -> None:
    with pytest.raises(NotYours):
        made("site", FAR_VILLAGE, kind="11")
    site = made("site", kind="11", name="周家老屋")
    far = scope_at(FAR_VILLAGE, "people.read", "people.edit")
    with acting(far), pytest.raises(NotYours):
        queries.holding(far, "site", site)
    with acting(far):
        assert queries.find_holdings(far, "老屋") == []
    with acting(CLERK):
        assert [one.id for one in queries.find_holdings(CLERK, "老屋")] == [site]


def test_a_code_is_one_organisations(village: Hamlet) -> None:
    made("organisation", kind="13", name="甲合作社", credit_code=CODE)
    with pytest.raises(BadInput) as refused:
        made("organisation", kind="13", name="乙合作社", credit_code=CODE)
    assert list(refused.value.fields) == ["credit_code"]


def test_an_organisation_has_one_leader_at_a_time(village: Hamlet) -> None:
    home = village.home("1")
    first, second = village.person(home, "赵五"), village.person(home, "钱六", "97")
    of = made("organisation", kind="41", name="红白理事会")
    for who, day in ((first, date(2026, 4, 1)), (second, date(2026, 9, 1))):
        actions.join(CLERK, Act.new(), organisation_id=of, person_id=who, duty="leader", told=Told(on=day))
    with pytest.raises(BadInput):
        actions.join(CLERK, Act.new(), organisation_id=of, person_id=second, duty="leader", told=Told(on=TODAY))
    member = UUID(
        actions.join(CLERK, Act.new(), organisation_id=of, person_id=first, duty="member", told=TOLD)["membership"]
    )
    with acting(CLERK):
        lines = queries.members_of(CLERK, of)
        assert [(one.name, one.duty, one.to_on) for one in lines] == [
            ("钱六", "leader", None), ("赵五", "member", None), ("赵五", "leader", date(2026, 9, 1)),
        ]  # fmt: skip
        assert [one.organisation for one in queries.memberships_of(CLERK, second)] == [of]
    with pytest.raises(BadInput):
        actions.leave(CLERK, Act.new(), membership_id=member, told=Told(on=date(2026, 1, 1)))
    actions.leave(CLERK, Act.new(), membership_id=member, told=Told(on=TODAY))
    with pytest.raises(WrongState):
        actions.leave(CLERK, Act.new(), membership_id=member, told=Told(on=TODAY))
    actions.end_holding(CLERK, Act.new(), of="organisation", subject=of, told=Told(on=TODAY))
    with acting(CLERK):
        assert not Membership.objects.filter(organisation_id=of, to_on=None).exists()
    with pytest.raises(WrongState):
        actions.join(CLERK, Act.new(), organisation_id=of, person_id=first, duty="member", told=Told(on=TODAY))


def members(of: UUID) -> set[tuple[str, str, bool]]:
    """Who holds which duty, and whether still."""
    with acting(CLERK):
        rows = Membership.objects.filter(organisation_id=of)
        return {(one.name, one.duty, one.to_on is None) for one in rows}


def test_joining_and_leaving_are_undone(village: Hamlet) -> None:
    """The former leader leads again; a term that has ended since stays as it was."""
    of = made("organisation", kind="41", name="合作社")
    home = village.home("1")
    first, second = village.person(home, "周一"), village.person(home, "吴二", "10")
    first_act, second_act = Act.new(), Act.new()
    actions.join(CLERK, first_act, organisation_id=of, person_id=first, duty="leader", told=TOLD)
    actions.join(CLERK, second_act, organisation_id=of, person_id=second, duty="leader", told=Told(on=TODAY))
    assert members(of) == {("周一", "leader", False), ("吴二", "leader", True)}
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=first_act.id, told=TOLD)
    actions.undo(CLERK, Act.new(), done=second_act.id, told=TOLD)
    assert members(of) == {("周一", "leader", True)}
    left = Act.new()
    actions.leave(CLERK, left, membership_id=first_act.id, told=Told(on=TODAY))
    assert members(of) == {("周一", "leader", False)}
    actions.undo(CLERK, Act.new(), done=left.id, told=TOLD)
    assert members(of) == {("周一", "leader", True)}
    actions.undo(CLERK, Act.new(), done=first_act.id, told=TOLD)
    assert members(of) == set()


def booklet(number: str, place: int = VILLAGE) -> UUID:
    made = actions.open_booklet(CLERK, Act.new(), new=NewBooklet(place=place, number=number), told=TOLD)
    return UUID(made["booklet"])


def enrol(person: UUID, into: UUID, as_to_head: str = "", on: date = DAY) -> UUID:
    act = Act.new()
    actions.enrol(CLERK, act, person_id=person, booklet_id=into, as_to_head=as_to_head, told=Told(on=on))
    return act.id


def test_registered_and_living_households_are_two_things(village: Hamlet) -> None:
    _home, (head, wife, son, father) = village.family()
    one, two = booklet("0001"), booklet("0002")
    enrol(father, one)
    enrol(head, one, "20")
    enrol(wife, two)
    with acting(CLERK):
        assert [(m.name, m.head) for m in queries.registered_on(CLERK, one, TODAY)] == [("周四", True), ("周一", False)]
        people = queries.population(CLERK, VILLAGE)
        assert people is not None
        assert (people.resident, people.registered, people.both) == (4, 3, 3)
        assert queries.booklets_of(CLERK, [son])[son] == (None, "", None)
        assert [(line.number, line.people, line.resident) for line in queries.booklets(CLERK, VILLAGE)[0]] == [
            ("0001", 2, 2), ("0002", 1, 1),
        ]  # fmt: skip
    enrol(father, two, "97", on=date(2026, 5, 1))
    with acting(CLERK):
        assert [m.name for m in queries.registered_on(CLERK, one, TODAY)] == ["周一"]
        assert queries.booklet(CLERK, one).head == "周一"
        assert [m.name for m in queries.registered_on(CLERK, one, date(2026, 4, 1))] == ["周四", "周一"]
    assert broken_laws() == []


def test_what_registration_refuses(village: Hamlet) -> None:
    _home, (head, wife, *_) = village.family()
    one = booklet("0001")
    enrol(head, one)
    for who, as_to_head in ((head, ""), (wife, "02")):
        with pytest.raises(BadInput):
            enrol(who, one, as_to_head)
    with pytest.raises(BadInput):
        booklet("0001")
    with pytest.raises(WrongState):
        actions.strike(CLERK, Act.new(), person_id=wife, told=TOLD)


def test_the_last_out_of_a_booklet_ends_it_and_undoing_brings_it_back(village: Hamlet) -> None:
    _home, (head, *_) = village.family()
    one = booklet("0001")
    enrol(head, one)
    act = Act.new()
    actions.died(CLERK, act, person_id=head, told=Told(on=date(2026, 6, 1)))
    with acting(CLERK):
        assert queries.booklet(CLERK, one).ended_on == date(2026, 6, 1)
        assert not Stay.objects.filter(person_id=head, to_on=None).exists()
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    with acting(CLERK):
        assert queries.booklet(CLERK, one).ended_on is None
        assert [m.name for m in queries.registered_on(CLERK, one, TODAY)] == ["周一"]
    assert broken_laws() == []


def test_grids_narrow_what_is_seen(village: Hamlet) -> None:
    thing = made("thing", OTHER_GRID, kind="11")
    narrow = scope_at(VILLAGE, "people.read", "people.confirm", narrow="grids", grids=(GRID,))
    with acting(narrow):
        assert queries.holdings(narrow, "thing", VILLAGE, queries.Asked(), TODAY).total == 0
    with pytest.raises(NotYours):
        actions.check_thing(narrow, Act.new(), thing_id=thing, sound=True, told=TOLD)


def elsewhere(database: Database) -> UUID:
    """A booklet of the other village."""
    act = Act.new()
    new = NewBooklet(place=OTHER_VILLAGE, number="77")
    actions.open_booklet(OTHER_CLERK, act, new=new, told=TOLD)
    return act.id


def test_a_registration_follows_across_villages_from_either_side(village: Hamlet, database: Database) -> None:
    _home, (head, wife, son, _father) = village.family()
    there = elsewhere(database)
    with pytest.raises(NotYours):
        enrol(head, there)
    for who, role in ((head, ""), (wife, "10"), (son, "20")):
        actions.enrol(TOWNSHIP_CLERK, Act.new(), person_id=who, booklet_id=there, as_to_head=role, told=TOLD)
    here = booklet("1")
    enrol(head, here, on=date(2026, 5, 1))
    assert (village.read(head).booklet_id, village.read(head).registered_place) == (here, VILLAGE)
    with acting(OTHER_CLERK):
        booklets = [(one.name, one.head) for one in queries.registered_on(OTHER_CLERK, there, date(2026, 6, 1))]
        assert booklets == [("吴二", True), ("周三", False)], "who is left has another head"
        assert queries.standing_in(OTHER_CLERK, son) == "周三"
        with pytest.raises(NotYours):
            queries.standing_in(OTHER_CLERK, head)
    with pytest.raises(NotYours):
        actions.strike(OTHER_CLERK, Act.new(), person_id=head, told=TOLD)
    with pytest.raises(NotYours):
        actions.strike(scope_at(FAR_VILLAGE, "people.edit"), Act.new(), person_id=son, told=Told(on=TODAY))
    actions.strike(OTHER_CLERK, Act.new(), person_id=son, told=Told(on=date(2026, 5, 2)))
    actions.strike(CLERK, Act.new(), person_id=wife, told=Told(on=date(2026, 5, 3)))
    assert [village.read(one).booklet_id for one in (wife, son)] == [None, None]
    with acting(OTHER_CLERK):
        assert queries.booklet(OTHER_CLERK, there).ended_on == date(2026, 5, 3)
    assert broken_laws() == []


def test_places_that_keep_nothing_are_refused(village: Hamlet, database: Database) -> None:
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [OTHER_GRID])
    group = NewHome(place=GRID, natural_village=HAMLET, number="9", villager_group=VILLAGE + 77)
    for place in (OTHER_GRID, VILLAGE + 99):
        new = NewHome(place=place, natural_village=HAMLET, number="9")
        for way in (
            partial(made, "site", place, kind="21"), partial(booklet, "9", place),
            partial(actions.found_household, CLERK, Act.new(), new=new),
        ):  # fmt: skip
            with pytest.raises(BadInput) as refused:
                way()
            assert list(refused.value.fields) == ["place"]
    with pytest.raises(BadInput) as refused:
        actions.found_household(CLERK, Act.new(), new=group)
    assert list(refused.value.fields) == ["villager_group"]
    with pytest.raises(BadInput) as refused:
        actions.open_booklet(CLERK, Act.new(), new=NewBooklet(place=VILLAGE, number="9", sort="other"), told=TOLD)
    assert list(refused.value.fields) == ["sort"]


def test_what_stands_at_a_site_is_told_and_members_to_come_never_come(village: Hamlet) -> None:
    home = village.home("8")
    site, of = made("site", kind="11", name="老屋"), made("organisation", kind="41", name="合作社")
    fields = actions.Fields(of="household", subject=home, written={"dwelling": str(site)})
    actions.correct(CLERK, Act.new(), fields=fields, told=TOLD)
    thing = made("thing", kind="99", name="水泵", site=str(site))
    with acting(CLERK):
        assert queries.stands_at(CLERK, site) == [("household", home, "8"), ("thing", thing, "水泵")]
    who = village.person(home, "赵五")
    actions.join(CLERK, Act.new(), organisation_id=of, person_id=who, duty="member", told=Told(on=TODAY))
    actions.end_holding(CLERK, Act.new(), of="organisation", subject=of, told=Told(on=date(2026, 11, 1)))
    with acting(CLERK):
        assert [(one.from_on, one.to_on) for one in Membership.objects.all()] == [(TODAY, TODAY)]
