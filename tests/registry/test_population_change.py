"""The ledger of population change: who came, who left, who moved inside the place; it adds up on both sides."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.places import interval
from commongrid.registry import actions, queries
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Into, NewHome, Told
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, VILLAGE
from tests.registry.conftest import CLERK, OTHER_CLERK, Hamlet
from tests.registry.test_changes import offer

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


def test_population_change_adds_up_in_both_villages(village: Hamlet, other_hamlet: int) -> None:
    home, (head, wife, son, father) = village.family()
    before, on = 4, date(2026, 5, 2)
    actions.moved(
        CLERK, Act.new(), person_id=father, into=Into(household=village.home("2")), told=Told(on=date(2026, 5, 1))
    )
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offer(son), into=Into(household=there))
    parting = actions.Leaving(people=(wife,), head=wife, home=NewHome(place=GRID, natural_village=HAMLET, number="3"))
    actions.split(CLERK, Act.new(), household_id=home, leaving=parting, told=Told(on=on))
    actions.died(CLERK, Act.new(), person_id=head, told=Told(on=on))
    changes, moves = told("changes"), told("moves")
    assert [one for one in changes if one[1] == "within"] == [("周四", "within", "moved"), ("吴二", "within", "split")]
    ways = Counter(way for _name, way, _why in changes)
    with acting(CLERK):
        here = Person.objects.filter(place__range=interval(VILLAGE), household__isnull=False).count()
    assert (ways["in"], ways["out"], ways["in"] - ways["out"]) == (before, 2, here)
    assert [one[0] for one in moves if one[1] == "out"] == ["周三"]
    assert {one[1] for one in moves} == {"in", "out"}
    assert told("moves", OTHER_CLERK, OTHER_VILLAGE) == [("周三", "in", "moved")]


def told(code: str, scope: Scope = CLERK, place: int = VILLAGE) -> list[tuple[str, str, str]]:
    """Who moved which way and why, by a ready ledger of this year."""
    wanted = queries.Wanted(place=place, population="resident", on=localdate(), since=date(2026, 1, 1))
    with acting(scope):
        rows = queries.ledger_rows(scope, queries.ledger(scope, code), wanted)
        sums = queries.ledger_totals(scope, queries.ledger(scope, code), wanted)
    ways = [sums.all[sums.sorts.index(f"way:{way}")] for way in ("in", "out", "within")]
    found = [(row.values["name"], row.values["way"], row.values["why"]) for row in rows]
    assert ways == [sum(way == one[1] for one in found) for way in ("in", "out", "within")]
    return found
