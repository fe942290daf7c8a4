"""Who is to staff the grids of a proposal: planned before its day, appointed by the clock on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Q

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, BadInput, NotYours, Refusal, WrongState
from commongrid.registry.actions import a_name
from commongrid.registry.models import Person
from commongrid.roster.actions.posts import (
    PHONE_LENGTH,
    TITLE_LENGTH,
    Appointment,
    appoint,
    chosen_person,
    move_post,
    refuse_beneath,
    refuse_two_hats,
    role_of,
    short,
)
from commongrid.roster.dividing.actions.drawing import locked_division
from commongrid.roster.dividing.models import Division, DivisionSeat
from commongrid.roster.dividing.rules.words import refuse_move
from commongrid.roster.models import Post, RolePower, StandIn
from commongrid.roster.rules import GRID_ROLES, may_appoint, refuse_own_person
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

FILLS: Final = "posts.appoint"
HERE: Final = ("here", "away")
"""States of a person who may be given a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who is to be what in which grid of a proposal: ``person`` of the register, or ``name`` of somebody new to it."""

    grid: UUID
    role: str
    person: UUID | None = None
    name: str = ""
    title_zh: str = ""
    title_en: str = ""
    office_phone: str = ""


class Unseated(Exception):
    """That somebody planned could not be appointed; the division is to be carried out without them."""

    def __init__(self, seat: UUID) -> None:
        """Which of the planned seats."""
        super().__init__(str(seat))
        self.seat = seat


@action("roster.seat_planned", power=FILLS, facts=("role", "number"))
def plan_seat(scope: Scope, act: Act, *, division_id: UUID, seat: Seat) -> Line:
    """Plan who is to staff a grid of a proposal from its day; until then it grants nothing.

    Refuses: as ``appoint``; NotYours out of scope; BadInput for a grid that is none of the proposal's, a role that
    staffs no grid and somebody who is no longer here; WrongState where the proposal is neither ready nor adopted and
    where the same is planned already.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "staff")
    grid = found.drawn.filter(id=seat.grid).first()
    if grid is None:
        raise BadInput(fields={"grid": N_("Choose one of the list.")})
    if seat.role not in GRID_ROLES:
        raise BadInput(fields={"role": N_("Choose a role from the list.")})
    today = territory.calendar(scope).day_of(act.at)
    role = role_of(seat.role, found.adopts_on or today)
    refuse_beneath(scope, role.scope_level)
    name = _who(scope, seat, found.adopts_on or today)
    same = Q(person=seat.person) if seat.person else Q(person=None, name=name)
    if DivisionSeat.objects.filter(same, grid=grid, role=role).exists():
        raise WrongState(N_("This is planned already."))
    DivisionSeat.objects.create(
        id=act.id, grid=grid, place=found.place, role=role, person_id=seat.person, name=name, planned_by=scope.post,
        title_zh=short(seat.title_zh, "title_zh", TITLE_LENGTH),
        title_en=short(seat.title_en, "title_en", TITLE_LENGTH),
        office_phone=short(seat.office_phone, "office_phone", PHONE_LENGTH),
    )  # fmt: skip
    return Line(
        place=found.place, subject=found.id, subject_kind="division",
        facts={"role": role.code, "number": grid.number}, answer={"seat": act.id, "number": grid.number},
    )  # fmt: skip


def _who(scope: Scope, seat: Seat, on: date) -> str:
    """The name of whoever is meant, where nothing stands against them."""
    if seat.person is None:
        return a_name(seat.name)
    chosen = chosen_person(scope, seat.person)
    if not Person.objects.filter(id=chosen.id, state__in=HERE).exists():
        raise BadInput(fields={"person": N_("Choose a person from the list.")})
    refuse_own_person(scope.person, chosen.id)
    refuse_two_hats(seat.role, chosen.id, on, None)
    return chosen.name


@action("roster.seat_taken_back", power=FILLS, facts=("role", "number"))
def take_seat_back(scope: Scope, act: Act, *, division_id: UUID, seat_id: UUID) -> Line:
    """Plan somebody no longer.

    Refuses: NotYours out of scope and for no seat of this proposal; NotAllowed for a level not beneath one's own;
    WrongState once the proposal is carried out.
    """
    found = locked_division(scope, division_id)
    seat = DivisionSeat.objects.select_related("grid", "role").filter(id=seat_id, grid__division=found).first()
    if seat is None:
        raise NotYours
    refuse_move(found.state, "staff")
    refuse_beneath(scope, seat.role.scope_level)
    seat.delete()
    return Line(
        place=found.place, subject=found.id, subject_kind="division",
        facts={"role": seat.role_id, "number": seat.grid.number}, answer={"number": seat.grid.number},
    )  # fmt: skip


def fill_seats(
    scope: Scope, act: Act, of: Division, on: date, *, ends: Collection[int], without: Collection[UUID]
) -> tuple[int, int]:
    """Appoint whoever was planned, or move them there from a grid that ends; how many were, and how many were left out.

    Called by ``carry_out``. Raises: Unseated for somebody who is refused all the same.
    """
    seats = list(DivisionSeat.objects.filter(grid__division=of).select_related("grid", "person", "role").order_by("id"))
    fillers = _fillers(of, {one.planned_by for one in seats if one.planned_by}, on)
    for seat in seats:
        level = fillers.get(seat.planned_by, "") if seat.planned_by else ""
        seat.left = "refused" if seat.id in without else _against(seat, level, on)
        if not seat.left:
            try:
                seat.post, seat.person_id = _seated(scope, act.child(f"seat {seat.id}"), seat, on, ends)
            except (Refusal, DatabaseError) as refused:
                raise Unseated(seat.id) from refused
    DivisionSeat.objects.bulk_update(seats, ["post", "person", "left"])
    left = sum(bool(one.left) for one in seats)
    return len(seats) - left, left


def _fillers(of: Division, posts: Collection[UUID], on: date) -> dict[UUID, str]:
    """The level of each post that may still fill seats of this village: in force or stood in for, with the power."""
    held = Post.objects.filter(id__in=posts).filter(
        in_force(on) | Q(id__in=StandIn.objects.filter(in_force(on), post__in=posts).values("post"))
    )
    may = held.filter(role__in=RolePower.objects.filter(valid(on), power=FILLS).values("role"))
    lo, hi = interval(of.place)
    rows = may.values_list("id", "place", "role__scope_level")
    return {one: level for one, place, level in rows if interval(place)[0] <= lo and hi <= interval(place)[1]}


def _against(seat: DivisionSeat, level: str, on: date) -> str:
    """Why somebody planned is left out; nothing where they are not."""
    if seat.grid.became is None:
        return "no_grid"
    if seat.person is not None and seat.person.state not in HERE:
        return "gone"
    held = Post.objects.filter(Q(to_on=None) | Q(to_on__gt=on), role=seat.role, place=seat.grid.became)
    if seat.person is not None and held.filter(person=seat.person).exists():
        return "there"
    return "" if may_appoint(level, seat.role.scope_level) else "planner"


def _seated(scope: Scope, act: Act, seat: DivisionSeat, on: date, ends: Collection[int]) -> tuple[UUID, UUID]:
    """Their post in the grid that became of the proposed one, and who they are in the register."""
    place = seat.grid.became or 0
    own = {name: getattr(seat, name) for name in ("title_zh", "title_en", "office_phone")}
    held = Post.objects.filter(in_force(on), person=seat.person, role=seat.role, place__in=ends)
    if seat.person_id is not None and (old := held.order_by("from_on", "id").first()) is not None:
        new = UUID(move_post(scope, act, post_id=old.id, place=place, unit_id=None, on=on)["post"])
        if said := {name: value for name, value in own.items() if value}:
            Post.objects.filter(id=new).update(**said)
        return new, seat.person_id
    to = Appointment(
        role=seat.role_id, place=place, from_on=on, person=seat.person_id,
        name="" if seat.person_id else seat.name, **own,
    )  # fmt: skip
    done = appoint(scope, act, to=to)
    return UUID(done["post"]), UUID(done["person"])
