"""Who heads and staffs grids: what counts while they are drawn, and who moves once they have changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed, NotYours, WrongState
from commongrid.outreach.actions import Said, declare
from commongrid.registry.models import Person
from commongrid.roster import actions as roster
from commongrid.roster.actions import Appointment
from commongrid.roster.dividing.queries.staffing import to_staff
from commongrid.roster.dividing.rules.planning import Terms, fitting
from commongrid.roster.models import Assignment, Post
from commongrid.territory.models import Boundary
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, VILLAGE
from tests.factories.network import fill, tie
from tests.factories.scopes import scope_at
from tests.refusing import not_so
from tests.roster.dividing.conftest import CLOCK, SECRETARY, SINCE

if TYPE_CHECKING:
    from tests.roster.dividing.conftest import Land


def test_new_grids_have_a_shape_at_once_and_are_to_be_staffed(land: Land) -> None:
    land.adopt(land.propose())
    became = set(land.places().values())
    with acting(CLOCK):
        assert set(Boundary.objects.filter(place__in=became, valid_to=None).values_list("place", flat=True)) == became
    with acting(SECRETARY):
        (asked,) = to_staff(SECRETARY, localdate())
    assert (asked.village.code, asked.headless) == (VILLAGE, 4)
    fill("grid_head", min(became))
    with acting(SECRETARY):
        assert [one.headless for one in to_staff(SECRETARY, localdate())] == [3]


def test_everybody_of_an_ended_grid_moves_at_once_with_what_is_theirs(land: Land) -> None:
    member = fill("grid_member", GRID)
    fill("grid_force", GRID)
    tie(member, "contact_point", place=HAMLET)
    own = fill("grid_member", GRID, name="自己")
    tie(own, "contact_point", place=VILLAGE)
    with acting(CLOCK):
        person = Post.objects.get(id=own).person_id
    oneself = replace(SECRETARY, person=person)
    with pytest.raises(WrongState):
        roster.carry_posts(SECRETARY, Act.new(), grid=GRID, to=OTHER_GRID, on=localdate())
    land.adopt(land.propose())
    to = land.places()[land.homes[0]]
    carried, seat = {"grid": GRID, "on": localdate()}, Appointment(role="grid_member", place=GRID, from_on=localdate())
    assert not_so(SECRETARY, [
        (roster.carry_posts, carried | {"to": OTHER_GRID}, "Choose a grid that carries this one on."),
        (roster.appoint, {"to": replace(seat, name="新人")}, "This place no longer exists."),
    ]) == []  # fmt: skip
    sat = roster.carry_posts(oneself, Act.new(), grid=GRID, to=to, on=localdate())["posts"]
    with acting(CLOCK):
        here = Post.objects.filter(place=to, to_on=None)
        assert {"grid_member", "grid_force"} <= set(here.values_list("role", flat=True))
        assert here.count() == sat
        tied = Assignment.objects.get(kind="contact_point", place=HAMLET, to_on=None)
        assert tied.post.place == to
    with pytest.raises(NotAllowed):
        roster.carry_posts(oneself, Act.new(), grid=GRID, to=to, on=localdate())
    already = fill("grid_member", to, person=person, name="")
    assert roster.carry_posts(SECRETARY, Act.new(), grid=GRID, to=to, on=localdate())["posts"] == 1
    with acting(CLOCK):
        assert Assignment.objects.get(kind="contact_point", place=VILLAGE, to_on=None).post_id == already
        assert Post.objects.get(person=person, to_on=None).id == already
    assert not_so(SECRETARY, [(roster.carry_posts, carried | {"to": to}, "Nobody sits in this grid any more.")]) == []
    with pytest.raises(NotYours):
        roster.carry_posts(scope_at(FAR_VILLAGE, "posts.appoint", level="village"), Act.new(), grid=GRID, to=to,
                           on=localdate())  # fmt: skip


def test_who_declared_counts_with_what_they_said(land: Land) -> None:
    with acting(CLOCK):
        first, second = Person.objects.filter(household__in=land.homes, political="01").order_by("id")[:2]
    branch = scope_at(VILLAGE, "links.edit", level="village")
    for who, said in ((first, Said(answer="declines")), (second, Said(answer="able", capacity=25))):
        declare(branch, Act.new(), village=VILLAGE, person_id=who.id, said=said, on=localdate())
    made = land.propose()
    assert sum(one.room for one in land.grids(made)) == 8 * 10 - 20 + 25
    land.paint(made, hamlet=land.hamlets[1], grid=None)
    assert sum(one.room for one in land.grids(made)) == 8 * 10 - 20 + 25, "counted so by hand too"


def test_a_party_group_is_kept_whole_where_that_is_asked_for(land: Land) -> None:
    group = roster.NewUnit(type="party_group", name_zh="第一党小组", place=VILLAGE, valid_from=SINCE)
    unit = UUID(roster.add_unit(CLOCK, Act.new(), unit=group)["unit"])
    roster.cover(CLOCK, Act.new(), unit_id=unit, places=tuple(land.hamlets), on=localdate())
    made = land.propose(groups=True, lower=20, target=40, upper=40)
    assert [one.homes for one in land.grids(made)] == [40]
    assert len(land.grids(land.propose(lower=20, target=40, upper=40))) == 2


def test_the_limits_fit_the_village() -> None:
    assert fitting(800) == Terms()
    assert (fitting(50).target, fitting(50).lower, fitting(20).lower, fitting(20).target) == (50, 30, 19, 20)
