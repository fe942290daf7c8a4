"""Changes that the field reports, and records handed over: approved, carried out, undone, refused, lapsed."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils import timezone

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, NotYours, WrongState
from commongrid.registry import actions, jobs, queries
from commongrid.registry.models import ChangeRequest, Handover, Person
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.registry.rules.requests import reported
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, OTHER_CLERK, Hamlet, broken_laws

if TYPE_CHECKING:
    from commongrid.journal.queries import LineRow
    from tests.bed import Database

TOLD = Told(on=date(2026, 5, 1))
FIELD = scope_at(VILLAGE, "people.confirm", "people.read", role="grid", narrow="grids", grids=(GRID,))
STRANGER = scope_at(FAR_VILLAGE, "people.edit", "people.read", role="stranger")


def report(home: UUID, sort: str, person: UUID | None = None, **said: str) -> UUID:
    change = actions.Change(sort=sort, household=home, person=person, said=said)
    return UUID(actions.report_change(FIELD, Act.new(), change=change, told=TOLD)["request"])


def state(request: UUID) -> str:
    with acting(CLERK):
        return ChangeRequest.objects.get(id=request).state


def test_a_reported_death_waits_for_the_village_and_can_be_undone(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked = report(home, "died", head)
    assert village.read(head).state == "here"
    with pytest.raises(NotAllowed):
        actions.approve_change(FIELD, Act.new(), request_id=asked)
    act = Act.new()
    actions.approve_change(CLERK, act, request_id=asked)
    found = village.read(head)
    assert (found.state, found.ended_on) == ("dead", date(2026, 5, 1)), "as of the day told"
    assert broken_laws() == []
    with pytest.raises(WrongState):
        actions.approve_change(CLERK, Act.new(), request_id=asked)
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert village.read(head).state == "here"
    assert broken_laws() == []


def test_what_the_county_lets_pass_is_so_at_once(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked = report(home, "left", head, to="浙江义乌")
    assert state(asked) == "done"
    assert (village.read(head).state, village.read(head).works_at) == ("away", "浙江义乌")
    back = report(home, "returned", head)
    assert state(back) == "done"
    assert village.read(head).state == "here"


def test_a_birth_and_a_correction_are_carried_out(village: Hamlet) -> None:
    home, (_head, wife, *_) = village.family()
    actions.approve_change(CLERK, Act.new(), request_id=report(home, "born", name="周小五", sex="2", as_to_head="30"))
    actions.approve_change(CLERK, Act.new(), request_id=report(home, "correct", wife, phone="13812345678"))
    with acting(CLERK):
        child = Person.objects.get(display_name="周小五")
    assert (child.born_on, child.sex, child.household_id) == (date(2026, 5, 1), "2", home)
    phone = sealed.unseal(village.read(wife).phone_sealed, "registry_person", "phone_sealed", wife)
    assert phone == "13812345678"
    assert broken_laws() == []


def test_what_was_told_is_sealed_and_shown_masked(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked = report(home, "correct", head, phone="13812345678", words="换了号")
    with acting(CLERK):
        row = ChangeRequest.objects.get(id=asked)
        assert b"138" not in bytes(row.said_sealed or b"")
        assert queries.request(CLERK, asked).said == {"phone": "138****5678", "words": "换了号"}
        assert [one.id for one in queries.requests(CLERK)[0]] == [asked]


def test_refused_with_a_reason_and_withdrawn_by_whoever_asked(village: Hamlet) -> None:
    home, (head, wife, *_) = village.family()
    first, second = report(home, "died", head), report(home, "died", wife)
    with pytest.raises(BadInput):
        actions.refuse_change(CLERK, Act.new(), request_id=first, reason=" ")
    actions.refuse_change(CLERK, Act.new(), request_id=first, reason="人在医院，没有去世")
    other = scope_at(VILLAGE, "people.confirm", role="another")
    with pytest.raises(NotFound):
        actions.withdraw_change(other, Act.new(), request_id=second)
    actions.withdraw_change(FIELD, Act.new(), request_id=second)
    assert (state(first), state(second)) == ("refused", "withdrawn")
    assert village.read(head).state == "here"


@pytest.mark.parametrize(
    ("sort", "said", "field"),
    [
        ("nonsense", {}, "sort"),
        ("born", {"sex": "1"}, "name"),
        ("split", {}, "words"),
        ("moved_out", {"to": "x" * 201}, "words"),
    ],
)
def test_a_report_that_says_too_little_is_refused(sort: str, said: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        reported(sort, said)
    assert list(refused.value.fields) == [field]


def test_a_correction_must_correct_something() -> None:
    with pytest.raises(BadInput):
        reported("correct", {"words": "有错"})


def test_somebody_of_another_household_can_not_be_meant(village: Hamlet) -> None:
    home, _people = village.family("1")
    other = village.person(village.home("2"), "钱六")
    for who in (None, other):
        with pytest.raises(BadInput):
            report(home, "died", who)


def test_a_matter_of_class_l_opens_one_request(village: Hamlet) -> None:
    scope, matter = jobs.CHANGES, UUID(int=7)
    for _ in range(2):
        actions.open_change(scope, Act.new(), sort="born", matter=matter, place=GRID, on=DAY)
    with acting(CLERK):
        found = ChangeRequest.objects.get(matter=matter)
    assert (found.sort, found.place, found.state) == ("born", GRID, "open")
    with pytest.raises(BadInput, match="Enter first"):
        actions.approve_change(CLERK, Act.new(), request_id=found.id)
    home, act = village.family()[0], Act.new()
    with pytest.raises(BadInput, match="Enter first"):
        actions.approve_change(CLERK, Act.new(), request_id=found.id, entered=act.id)
    actions.born(CLERK, act, into=Into(household=home), child=NewPerson(name="周小五"), told=TOLD)
    actions.approve_change(CLERK, Act.new(), request_id=found.id, entered=act.id)
    with acting(CLERK):
        done = queries.request(CLERK, found.id)
    assert (done.state, done.carried_by, done.household, done.person) == ("done", act.id, home, act.id)


def test_what_cannot_be_carried_out_is_approved_with_what_the_village_enters_of_that_household(village: Hamlet) -> None:
    home, (head, *_) = village.family("1")
    asked, other = report(home, "moved_in", name="郑七"), village.home("2")
    act, wrong = Act.new(), Act.new()
    actions.moved_in(CLERK, wrong, into=Into(household=other), newcomer=NewPerson(name="郑七"), told=TOLD)
    for entered, sentence in ((None, "Enter first"), (wrong.id, "not about the household")):
        with pytest.raises(BadInput, match=sentence):
            actions.approve_change(CLERK, Act.new(), request_id=asked, entered=entered)
    actions.moved_in(CLERK, act, into=Into(household=home, as_to_head="97"), newcomer=NewPerson(name="郑八"), told=TOLD)
    actions.undo(CLERK, Act.new(), done=wrong.id, told=TOLD)
    actions.approve_change(CLERK, Act.new(), request_id=asked, entered=act.id)
    assert state(asked) == "done"
    soldier = report(home, "army_school", head, to="某部")
    actions.approve_change(CLERK, Act.new(), request_id=soldier)
    assert (village.read(head).state, village.read(head).works_at) == ("away", "某部")


def test_only_the_report_of_a_matter_opens_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[UUID] = []
    monkeypatch.setattr(jobs, "open_change", lambda _scope, act, **_told: opened.append(act.id))

    zone = SimpleNamespace(day_of=lambda at: at.date())
    monkeypatch.setattr("commongrid.territory.queries.calendar", lambda _scope: zone)

    def line(name: str, kind: str) -> LineRow:
        told = SimpleNamespace(
            id=uuid4(), name=name, subject=UUID(int=7), place_now=GRID, at=timezone.now(), facts={"kind": kind}
        )
        return cast("LineRow", told)

    jobs._open([line("matters.reported", "L01"), line("matters.accepted", "L01"), line("matters.reported", "G02")])
    assert len(opened) == 1


def offer(person: UUID, to_place: int = OTHER_VILLAGE) -> UUID:
    made = actions.offer_record(CLERK, Act.new(), person_id=person, to_place=to_place, note="出嫁", told=TOLD)
    return UUID(made["handover"])


def test_a_record_moves_when_the_other_side_accepts(village: Hamlet, other_hamlet: int) -> None:
    home, (head, wife, *_) = village.family()
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    offered = offer(head)
    assert village.read(head).household_id == home, "until then it stays"
    with acting(OTHER_CLERK):
        assert not Person.objects.filter(id=head).exists(), "the other side sees a name and no record"
        assert queries.handover(OTHER_CLERK, offered).name == "周一"
    with acting(STRANGER), pytest.raises(NotFound):
        queries.handover(STRANGER, offered)
    for scope in (STRANGER, CLERK):
        with pytest.raises((NotFound, NotYours)):
            actions.accept_record(scope, Act.new(), handover_id=offered, into=Into(household=there))
    actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offered, into=Into(household=there))
    with acting(OTHER_CLERK):
        moved = Person.objects.get(id=head)
        assert (moved.household_id, moved.place, moved.as_in_home) == (there, OTHER_VILLAGE, "02")
    with acting(CLERK):
        assert not Person.objects.filter(id=head).exists()
        assert queries.members_on(CLERK, home, date(2026, 4, 1))[0].name == "周一", "readable as it was"
    assert village.read_home(home).head_id == wife
    with pytest.raises(WrongState):
        actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offered, into=Into(household=there))


def test_the_other_side_makes_itself_no_offer_and_turns_none_to_somebody_else(
    village: Hamlet, database: Database
) -> None:
    _home, (head, wife, *_) = village.family()
    offered = offer(head)
    scope = f"SET LOCAL cg.kind='post'; SET LOCAL cg.lo='{OTHER_VILLAGE}'; SET LOCAL cg.hi='{OTHER_VILLAGE + 999}'"
    copy = "INSERT INTO registry_handover SELECT (jsonb_populate_record(h, %s::jsonb)).* FROM registry_handover h"
    with database.as_role("app") as app:
        for statement, values in (
            (copy, [f'{{"id": "{uuid4()}", "person_id": "{wife}"}}']),
            ("UPDATE registry_handover SET person_id = %s", [wife]),
        ):
            app.execute(b"BEGIN")
            app.execute(scope.encode())
            assert app.execute("SELECT id FROM registry_handover").fetchone() == (offered,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement.encode(), values)
            app.execute(b"ROLLBACK")


def test_an_offer_from_a_village_that_the_record_has_left_is_void(village: Hamlet, other_hamlet: int) -> None:
    _home, (head, *_) = village.family()
    office = scope_at(TOWNSHIP, "people.edit", "people.read")
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    offered = offer(head)
    actions.moved(office, Act.new(), person_id=head, into=Into(household=there, as_to_head="02"), told=TOLD)
    with pytest.raises(WrongState, match="another village now"):
        actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offered, into=Into(household=there))


def test_what_an_offer_refuses(village: Hamlet) -> None:
    _home, (head, *_) = village.family()
    for place in (VILLAGE, TOWNSHIP, GRID, 1):
        with pytest.raises(BadInput):
            offer(head, place)
    offer(head)
    with pytest.raises(WrongState):
        offer(head)


def test_refused_withdrawn_or_lapsed_it_stays(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    offered = offer(head)
    with pytest.raises(NotFound):
        actions.refuse_record(CLERK, Act.new(), handover_id=offered, reason="x")
    actions.refuse_record(OTHER_CLERK, Act.new(), handover_id=offered, reason="此人未到本村")
    second = offer(head)
    with pytest.raises(NotFound):
        actions.withdraw_record(OTHER_CLERK, Act.new(), handover_id=second)
    actions.withdraw_record(CLERK, Act.new(), handover_id=second)
    third = offer(head)
    assert jobs.lapse() == 0
    with pytest.raises(WrongState):
        actions.lapse_record(jobs.CHANGES, Act.new(), handover_id=third)
    late = Act(Act.new().id, timezone.now() + timedelta(days=60))
    actions.lapse_record(jobs.CHANGES, late, handover_id=third)
    with acting(CLERK):
        states = [Handover.objects.get(id=one).state for one in (offered, second, third)]
        assert queries.offer_of(CLERK, head) is not None
    assert states == ["refused", "withdrawn", "lapsed"]
    assert village.read(head).household_id == home


def test_what_was_told_is_for_those_who_decide_and_whoever_told_it(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked = report(home, "correct", head, words="换了号", works_at="浙江")
    reader = scope_at(TOWNSHIP, "people.read", role="dispatcher")
    for scope, told in ((CLERK, True), (FIELD, True), (reader, False)):
        with acting(scope):
            found = queries.request(scope, asked)
        assert (bool(found.said), found.withheld) == (told, not told)


def test_who_was_entered_stays_while_a_change_or_an_offer_stands_on_them(village: Hamlet) -> None:
    home, _people = village.family()
    act = Act.new()
    newcomer = NewPerson(name="郑七")
    actions.moved_in(CLERK, act, into=Into(household=home, as_to_head="97"), newcomer=newcomer, told=Told(on=DAY))
    other = report(home, "died", act.id)
    actions.refuse_change(CLERK, Act.new(), request_id=other, reason="没有去世")
    with pytest.raises(WrongState, match="three years"):
        actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    with acting(CLERK):
        assert ChangeRequest.objects.get(id=other).person_id == act.id


def test_what_out_of_sight_stands_on_a_record_keeps_it_too(village: Hamlet) -> None:
    home, _people = village.family()
    act = Act.new()
    newcomer = NewPerson(name="郑七")
    actions.moved_in(CLERK, act, into=Into(household=home, as_to_head="97"), newcomer=newcomer, told=Told(on=DAY))
    civil = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship", role="civil")
    actions.flag(civil, Act.new(), what=actions.Recognised(type_code="disabled", person=act.id), told=TOLD)
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert village.read(act.id).state == "here"


def test_who_moved_within_the_village_meanwhile_is_taken_over_and_the_offer_stays_readable(
    village: Hamlet, other_hamlet: int
) -> None:
    _home, (_head, wife, *_) = village.family()
    offered = offer(wife)
    to = NewHome(place=VILLAGE, natural_village=HAMLET, number="8")
    elsewhere = UUID(actions.found_household(CLERK, Act.new(), new=to)["household"])
    actions.moved(CLERK, Act.new(), person_id=wife, into=Into(household=elsewhere), told=Told(on=DAY))
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offered, into=Into(household=there))
    for scope in (CLERK, OTHER_CLERK):
        with acting(scope):
            assert queries.handover(scope, offered).state == "accepted"


def test_what_waits_is_never_hidden_behind_what_was_answered(village: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    home, (head, wife, son, father) = village.family()
    waits, told = offer(head), report(home, "died", head)
    for one in (wife, son, father):
        actions.refuse_record(OTHER_CLERK, Act.new(), handover_id=offer(one), reason="未到")
        actions.refuse_change(CLERK, Act.new(), request_id=report(home, "died", one), reason="没有去世")
    monkeypatch.setattr(import_module("commongrid.registry.queries.requests"), "MOST", 2)
    with acting(CLERK):
        first, more = queries.handovers(CLERK)
        rest, last = queries.handovers(CLERK, page=2)
        assert [one.id for one in queries.requests(CLERK)[0]] == [told]
        assert len(queries.decided(CLERK)) == 3
    assert (first[0].id, len(first), more, len(rest), last) == (waits, 2, True, 2, False)


def test_what_nobody_decides_is_called_late_once_and_what_its_matter_drops_is_closed(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked, matter = report(home, "died", head), UUID(int=8)
    actions.open_change(jobs.CHANGES, Act.new(), sort="born", matter=matter, place=GRID, on=DAY)
    assert jobs.call_late() == 0
    with pytest.raises(WrongState):
        actions.call_change_late(jobs.CHANGES, Act.new(), request_id=asked)
    late = Act(Act.new().id, timezone.now() + timedelta(days=60))
    actions.call_change_late(jobs.CHANGES, late, request_id=asked)
    with acting(jobs.CHANGES):
        assert asked not in queries.changes_running_late(jobs.CHANGES, late.at)
        opened = queries.change_of_matter(jobs.CHANGES, matter)
    assert (state(asked), opened is not None) == ("open", True)
    line = SimpleNamespace(id=uuid4(), subject=matter, at=timezone.now(), facts={"kind": "L01", "to": "withdrawn"})
    going_on = SimpleNamespace(id=uuid4(), subject=matter, at=timezone.now(), facts={"kind": "L01", "to": "accepted"})
    with acting(jobs.CHANGES):
        jobs._close([cast("LineRow", going_on)])
    assert state(cast("UUID", opened)) == "open"
    with acting(jobs.CHANGES):
        jobs._close([cast("LineRow", line), cast("LineRow", line)])
    assert state(cast("UUID", opened)) == "withdrawn"
