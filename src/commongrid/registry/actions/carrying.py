"""What hangs on a record that ends in another one: its place in a booklet, houses and things; and what must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commongrid.journal.acting import handing_over
from commongrid.kernel.places import county_of, interval
from commongrid.kernel.refusals import N_, WrongState
from commongrid.registry.actions.booklets import leave_booklet
from commongrid.registry.actions.desk import change
from commongrid.registry.actions.stays import Turn, begin_in_booklet, end_stay, turn_stay
from commongrid.registry.keeping.queries import barred
from commongrid.registry.keeping.tracing import Traces
from commongrid.registry.models import ChangeRequest, Handover, RegisteredHousehold, Site, Thing
from commongrid.registry.rules.facts import SELF

if TYPE_CHECKING:
    from commongrid.registry.actions.desk import Desk
    from commongrid.registry.models import Person

PROPERTY: Final[tuple[tuple[Any, str], ...]] = ((Site, "owner_id"), (Thing, "keeper_id"))
IN_OFFICE: Final = N_("The record that would end holds a post. Keep that one, or end the post first.")
WAITING: Final = N_("A change or an offer of the record that would end waits for a decision. Decide that first.")


def refuse_waiting(ended: Person) -> None:
    """Refuse with WrongState where the record that would end is in office, or somebody still decides about it."""
    if barred(Traces(people=[ended.id])):
        raise WrongState(IN_OFFICE)
    offered = Handover.objects.filter(person_id=ended.id, state="offered")
    if offered.exists() or ChangeRequest.objects.filter(person_id=ended.id, state="open").exists():
        raise WrongState(WAITING)


def carry_booklet(at: Desk, kept: Person, ended: Person) -> None:
    """The one that goes on stands in the other's booklet where it stands in none, as its head where that was it."""
    if ended.booklet_id is None:
        return
    with handing_over(at.scope, *interval(county_of(ended.place) or ended.place)):
        of = RegisteredHousehold.objects.select_for_update(of=("self",)).get(id=ended.booklet_id)
        if kept.booklet_id not in {None, of.id}:
            leave_booklet(at, ended, "joined")
            return
        heads = of.head_id == ended.id
        end_stay(at, ended, why="joined", sort="registered")
        if kept.booklet_id is None:
            role = ended.as_in_booklet
            change(at, kept, booklet_id=of.id, as_in_booklet=role, registered_place=of.place)
            begin_in_booklet(at, kept, of, as_to_head=role, head=heads, why="joined")
        elif heads:
            change(at, kept, as_in_booklet=SELF)
            turn_stay(at, kept, of, Turn(as_to_head=SELF, why="joined", head=True))
        if heads:
            change(at, of, head_id=kept.id)


def carry_property(at: Desk, kept: Person, ended: Person) -> None:
    """Houses that the one owned, and things that it kept, wherever in the county, are the other's."""
    with handing_over(at.scope, *interval(county_of(ended.place) or ended.place)):
        for table, column in PROPERTY:
            for record in table.objects.select_for_update(of=("self",)).filter(**{column: ended.id}, ended_on=None):
                change(at, record, **{column: kept.id})
