"""Grids are staffed before their day: who is planned sits there on it, whatever has become of some of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.registry import actions as registry
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Told
from commongrid.roster import actions as roster
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.jobs import carry_out_divisions
from commongrid.roster.dividing.models import DivisionSeat
from commongrid.roster.dividing.queries import seats as planned
from commongrid.roster.models import Assignment, Post
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, id_of
from tests.factories.network import fill, tie
from tests.factories.scopes import scope_at
from tests.roster.dividing.conftest import CLOCK, POWERS, SECRETARY, TOMORROW

if TYPE_CHECKING:
    from tests.roster.dividing.conftest import Land

BRANCH = replace(SECRETARY, post=id_of("secretary"))
"""The secretary as the desk has one: whoever plans is asked on the day whether they still may."""


def plan(made: UUID, grid: UUID, role: str = "grid_head", **who: object) -> UUID:
    seat = actions.Seat(grid=grid, role=role, **who)  # type: ignore[arg-type]
    return UUID(actions.plan_seat(BRANCH, Act.new(), division_id=made, seat=seat)["seat"])


def person_of(post: UUID) -> UUID:
    with acting(CLOCK):
        return Post.objects.get(id=post).person_id


def rows(made: UUID) -> dict[UUID, planned.SeatRow]:
    with acting(BRANCH):
        return {one.id: one for one in planned.seats(BRANCH, made, localdate())}


def post_of(seat: planned.SeatRow) -> Post:
    assert seat.post is not None
    return Post.objects.get(id=seat.post)


def adopted(land: Land) -> UUID:
    made = land.propose()
    actions.adopt(BRANCH, Act.new(), division_id=made, on=localdate())
    return made


def test_whoever_is_planned_sits_there_on_the_day_and_sees_nothing_before(land: Land) -> None:
    head = fill("grid_head", GRID, name="旧长", title_zh="网格长")
    tie(head, "contact_point", place=HAMLET)
    with acting(CLOCK):
        party = list(Person.objects.filter(household__in=land.homes, political="01").order_by("id"))
        posts = Post.objects.count()
    made = adopted(land)
    grids = land.grids(made)
    moved = plan(made, grids[0].id, person=person_of(head))
    known = plan(made, grids[1].id, person=party[0].id, title_zh="网格长", office_phone="0990-7654321")
    new = plan(made, grids[2].id, "grid_member", name="新来")
    assert {one.eligible for one in rows(made).values()} == {None, True}
    for narrow in (GRID, grids[0].code or OTHER_GRID):
        sees = scope_at(narrow, *POWERS, level="grid", person=person_of(head))
        with acting(sees):
            assert not DivisionSeat.objects.exists(), "who is only planned reads nothing of it"
    with acting(CLOCK):
        assert Post.objects.count() == posts, "and holds nothing yet"
    assert carry_out_divisions() == 1
    became = {one.id: one.became for one in land.grids(made)}
    sat = rows(made)
    assert [sat[one].left for one in (moved, known, new)] == ["", "", ""]
    with acting(CLOCK):
        for seat, grid in ((moved, 0), (known, 1), (new, 2)):
            assert post_of(sat[seat]).place == became[grids[grid].id]
        assert not Post.objects.filter(id=head, to_on=None).exists(), "the old post ended"
        tied = Assignment.objects.get(kind="contact_point", place=HAMLET, to_on=None)
        assert tied.post_id == sat[moved].post, "what was theirs went along"
        assert post_of(sat[known]).office_phone == "0990-7654321"
        assert sat[new].person == post_of(sat[new]).person_id


def test_who_can_not_be_appointed_any_more_is_left_out_with_the_reason(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(CLOCK):
        gone, there, odd, well = Person.objects.filter(household__in=land.homes, political="01").order_by("id")[:4]
    made = land.propose(lower=1, upper=60, target=20, grids=2)
    numbers = {one.code: one.number for one in land.grids(made)}
    for code in (GRID, OTHER_GRID):
        land.paint(made, homes=tuple(home for home, place in land.places().items() if place == code),
                   grid=numbers[code], locked=False)  # fmt: skip
    mover = next(home for home, place in land.places().items() if place == GRID)
    land.paint(made, homes=(mover,), grid=None, locked=False)
    kept, other = (next(one for one in land.grids(made) if one.code == code) for code in (OTHER_GRID, GRID))
    assert kept.same
    actions.adopt(BRANCH, Act.new(), division_id=made, on=localdate())
    seats = {
        "gone": plan(made, other.id, person=gone.id), "there": plan(made, kept.id, person=there.id),
        "refused": plan(made, other.id, "grid_member", person=odd.id), "": plan(made, kept.id, person=well.id),
    }  # fmt: skip
    lost = replace(BRANCH, post=fill("grid_head", OTHER_GRID))
    seat = actions.Seat(grid=other.id, role="grid_force", name="某警")
    seats["planner"] = UUID(actions.plan_seat(lost, Act.new(), division_id=made, seat=seat)["seat"])
    registry.died(SECRETARY, Act.new(), person_id=gone.id, told=Told(on=localdate()))
    fill("grid_head", OTHER_GRID, person=there.id, name="", from_on=TOMORROW)
    done = roster.appoint

    def fails(scope: object, act: Act, *, to: roster.Appointment) -> object:
        if to.person == odd.id:
            raise BadInput("odd")
        return done(scope, act, to=to)  # type: ignore[arg-type]

    monkeypatch.setattr("commongrid.roster.dividing.actions.seating.appoint", fails)
    assert carry_out_divisions() == 1
    assert land.row(made).state == "done"
    found = rows(made)
    assert {why: found[seat].left for why, seat in seats.items()} == {why: why for why in seats}
    with acting(CLOCK):
        assert post_of(found[seats[""]]).place == OTHER_GRID, "a grid that stays gets its people too"


def test_what_is_planned_is_refused_as_an_appointment_is(land: Land) -> None:
    made = adopted(land)
    grid = land.grids(made)[0].id
    with acting(CLOCK):
        who = Person.objects.filter(household__in=land.homes).order_by("id")[0].id
    seat = actions.Seat(grid=grid, role="grid_head", person=who)

    def refused(error: type[Exception], scope: object = BRANCH, **other: object) -> None:
        with pytest.raises(error):
            actions.plan_seat(scope, Act.new(), division_id=made, seat=replace(seat, **other))  # type: ignore[arg-type]

    refused(NotAllowed, replace(BRANCH, person=who))
    refused(NotAllowed, replace(BRANCH, level="grid"))
    refused(NotAllowed, replace(BRANCH, powers=BRANCH.powers - {"posts.appoint"}))
    refused(NotYours, scope_at(FAR_VILLAGE, *POWERS, level="village"))
    refused(BadInput, role="secretary")
    refused(BadInput, grid=made)
    refused(BadInput, person=made)
    refused(BadInput, person=None, name="  ")
    refused(BadInput, title_zh="长" * 61)
    kept = plan(made, grid, person=who)
    refused(WrongState)
    with pytest.raises(NotYours):
        actions.take_seat_back(
            scope_at(FAR_VILLAGE, *POWERS, level="village"), Act.new(), division_id=made, seat_id=kept
        )
    actions.take_seat_back(BRANCH, Act.new(), division_id=made, seat_id=kept)
    with pytest.raises(NotYours):
        actions.take_seat_back(BRANCH, Act.new(), division_id=made, seat_id=kept)
    assert not rows(made)


def test_who_is_planned_stays_when_it_is_called_off_and_goes_when_it_is_worked_out_anew(land: Land) -> None:
    made = adopted(land)
    plan(made, land.grids(made)[0].id, name="某甲")
    actions.call_off(BRANCH, Act.new(), division_id=made)
    assert len(rows(made)) == 1
    plan(made, land.grids(made)[1].id, name="某乙")
    actions.adopt(BRANCH, Act.new(), division_id=made, on=localdate() + timedelta(days=9))
    with acting(BRANCH):
        ((ahead,), _more) = planned.coming(BRANCH, BRANCH.lo, BRANCH.hi)
    assert (ahead.grids, ahead.headless) == (4, 2)
    actions.call_off(BRANCH, Act.new(), division_id=made)
    land.again(made)
    assert not rows(made)
    plan(made, land.grids(made)[0].id, name="某甲")
    actions.drop(BRANCH, Act.new(), division_id=made)
    assert not rows(made)


def test_no_grid_that_people_are_planned_for_is_painted_empty(land: Land) -> None:
    made = land.propose()
    first, second, *_rest = land.grids(made)
    plan(made, first.id, name="新网格长")
    homes = tuple(home for home, row in land.drawn(made).items() if row.grid == first.id)
    assert homes
    with pytest.raises(WrongState, match="people are planned for it"):
        land.paint(made, homes=homes, grid=second.number)
    land.paint(made, homes=homes[1:], grid=second.number)
    assert len(rows(made)) == 1
