"""A whole household moves: into a new home, with everybody who lives in it, and where so with their registration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.places import county_of, interval, village_of
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.registry.actions.booklets import leave_booklet
from commongrid.registry.actions.desk import Desk, change, desk, entered, home, lived, living
from commongrid.registry.actions.homes import end_home, founded, move_into
from commongrid.registry.actions.stays import begin_in_booklet
from commongrid.registry.models import Household, RegisteredHousehold
from commongrid.registry.rules.facts import SELF, as_to

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.models import Person
    from commongrid.registry.rules.facts import NewHome, Told

NOBODY: Final = N_("Nobody lives in this household.")


@action(
    "registry.household_moved", power="people.edit", facts=("from", "from_place", "people"), kinds=("post", "clock")
)
def move_household(
    scope: Scope, act: Act, *, household_id: UUID, new: NewHome, told: Told, registered: bool = False
) -> Line:
    """A whole household moves to a new home within the clerk's scope; the old one remains readable (举家迁移).

    Everybody stays what they are to the head. ``registered``: whoever is registered in the village that they leave is
    registered in the other from now on, with the booklet. Houses and things stay where they are.

    Refuses: NotYours where either is out of scope (hand it over instead); WrongState where nobody lives there, or it
    has ended or changed; BadInput as for a new household, and where the booklet's number is taken there.
    """
    at = desk(scope, act, told)
    old = home(at, household_id, seen=told.seen)
    left = old.place
    made, people = go_whole(at, old, new, registered=registered)
    return Line(
        place=made.place, subject=made.id, subject_kind="household",
        facts={"from": str(old.id), "from_place": left, "people": len(people)}, answer={"household": made.id},
    )  # fmt: skip


def go_whole(at: Desk, old: Household, new: NewHome, *, registered: bool) -> tuple[Household, list[Person]]:
    """Everybody into a new household; the old one ends and went on in that."""
    people, head, left = living(old), old.head_id, village_of(old.place)
    if not people:
        raise WrongState(NOBODY)
    made = founded(at, replace(new, began_on=at.on), at.act.id)
    for one in people:
        move_into(at, one, made, as_to_head=one.as_in_home, why="moved", head=one.id == head)
    end_home(at, old, into=made)
    change(at, made, head_id=head, state=lived(people))
    to = village_of(made.place)
    if registered and left and to and left != to:
        _register(at, people, left, to)
    return made, people


def _register(at: Desk, people: list[Person], left: int, to: int) -> None:
    """Who is registered in the village that was left is registered in the other; a family's booklet goes along."""
    with handing_over(at.scope, *interval(county_of(to) or to)):  # who stays in a booklet may live anywhere
        booklets = RegisteredHousehold.objects.select_for_update(of=("self",)).filter(
            id__in={one.booklet_id for one in people if one.booklet_id}, place__range=interval(left), ended_on=None
        )
        for booklet in booklets.order_by("id"):
            _carry(at, booklet, [one for one in people if one.booklet_id == booklet.id], to)
        for one in people:
            if one.booklet_id is None and one.registered_place and village_of(one.registered_place) == left:
                change(at, one, registered_place=to)


def _carry(at: Desk, booklet: RegisteredHousehold, going: list[Person], to: int) -> None:
    """Those who go stand in a booklet of the same number there, from a collective one in none for now."""
    made = _opened(at, booklet, to) if booklet.sort == "family" else None
    head = next((one for one in going if one.id == booklet.head_id), going[0])
    kept, former = head.id == booklet.head_id, head.as_in_booklet or SELF
    for one in sorted(going, key=lambda each: each.id == booklet.head_id):  # the head last: nobody who goes follows
        role = one.as_in_booklet if kept else as_to(former, one.as_in_booklet, sex=one.sex)
        role = SELF if one.id == head.id else role
        leave_booklet(at, one, "moved")
        change(at, one, booklet_id=made and made.id, as_in_booklet=role if made else "", registered_place=to)
        if made:
            begin_in_booklet(at, one, made, as_to_head=role, head=one.id == head.id, why="moved")
    if made:
        change(at, made, head_id=head.id)


def _opened(at: Desk, booklet: RegisteredHousehold, to: int) -> RegisteredHousehold:
    made = RegisteredHousehold(id=at.child(), place=to, number=booklet.number, sort=booklet.sort, began_on=at.on)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise BadInput(
            fields={"registered": N_("The village has a booklet of the number %(number)s already. Move the household "
                                     "without its registration, then enter the people into a booklet.")},
            number=booklet.number,
        ) from None  # fmt: skip
    entered(at, made)
    return made
