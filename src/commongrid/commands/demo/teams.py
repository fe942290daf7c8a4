"""Who leads and serves the demo's villages and grids: people of the register who live there, each asked once.

A few grids are staffed on purpose as no grid should be, so that the lists of the grid staff have something to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Protocol
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.scope import Scope
from commongrid.registry.models import Person

MEMBER, PROBATION, YOUTH, OF_NONE = "01", "02", "03", "13"
"""GB/T 4762."""
PREFERRED: Final = ((MEMBER, OF_NONE), (PROBATION, YOUTH, OF_NONE), (OF_NONE, YOUTH))
"""Whom the members of a village's grids are taken from, one grid after the other; enthusiasts are of no party."""
GROWN, OLD = 25 * 365, 66 * 365
"""Days of age between which people are asked."""
FAULTS: Final = {1: "no head", 2: "two grids", 3: "enthusiast"}
"""What is wrong with the last grid of the second, third and fourth village."""
VILLAGE_POSTS: Final = (
    ("village_secretary", "党支部书记", "Party secretary", (MEMBER,)),
    ("village_committee", "村委会主任", "Head of the committee", (MEMBER, OF_NONE)),
    ("village_clerk", "网格专干", "Village clerk", (YOUTH, OF_NONE)),
    ("mediator", "人民调解员", "Mediator", (OF_NONE,)),
    ("supervision_member", "村监委会主任", "Head of supervision", (OF_NONE,)),
)


class Seat(Protocol):
    """Puts a person into a post; somebody whom the register doesn't have where none is named."""

    def __call__(
        self, role: str, place: int, titles: tuple[str, str], unit: UUID | None = None, person: UUID | None = None
    ) -> UUID:
        """Answer the post."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """A village to be staffed: its grids, the villager group of the first of them, its Party group."""

    village: int
    grids: tuple[int, ...]
    group: int
    party: UUID


class _Roll:
    """Grown people at home in a village whom nobody has asked yet, in an order of chance."""

    def __init__(self, scope: Scope, village: int, today: date) -> None:
        born = today - timedelta(days=OLD), today - timedelta(days=GROWN)
        with acting(scope):
            found = Person.objects.filter(
                place__range=interval(village), state="here", household__isnull=False, born_on__range=born
            ).order_by("place", "household__number", "born_on", "display_name")
            self.rows = list(found.values_list("id", "place", "political"))
        Random(village).shuffle(self.rows)

    def ask(self, place: int, *kinds: str) -> UUID | None:
        """One of the first of these kinds that is left, of this grid rather than of another."""
        for kind in kinds:
            of_kind = [one for one in self.rows if one[2] == kind]
            found = next((one for one in of_kind if one[1] == place), of_kind[0] if of_kind else None)
            if found:
                self.rows.remove(found)
                return UUID(str(found[0]))
        return None


def staff(scope: Scope, seat: Seat, net: Net, nth: int, today: date) -> None:
    """Fill the posts of a village and its grids: the leaders of its groups head the first two grids, members others."""
    roll, first, last = _Roll(scope, net.village, today), net.grids[0], net.grids[-1]
    heads = [roll.ask(first, OF_NONE, YOUTH), roll.ask(net.grids[1 % len(net.grids)], MEMBER)]
    seat("villager_group_leader", net.group, ("一组组长", "Leader of group 1"), person=heads[0])
    seat("party_group_leader", net.village, ("党小组长", "Party group leader"), net.party, person=heads[1])
    heads = [*heads, *(roll.ask(grid, MEMBER) for grid in net.grids[2:])][: len(net.grids)]
    for role, zh, en, kinds in VILLAGE_POSTS:
        seat(role, net.village, (zh, en), person=roll.ask(first, *kinds))
    fault = FAULTS.get(nth, "")
    if fault == "two grids":
        heads[-1] = heads[-2]
    elif fault == "enthusiast":
        heads[-1] = roll.ask(last, OF_NONE)
    for n, (grid, head) in enumerate(zip(net.grids, heads, strict=True), 1):
        if not (grid == last and fault == "no head"):
            seat("grid_head", grid, (f"第{n}网格网格长", f"Head of grid {n}"), person=head)
        member = roll.ask(grid, *PREFERRED[(n - 1) % len(PREFERRED)])
        seat("grid_member", grid, (f"第{n}网格网格员", f"Member of grid {n}"), person=member)
