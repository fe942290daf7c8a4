"""How an actor stands to a matter: owner, above, near, visitor, reporter, clock; and what that lets them do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from commongrid.kernel.places import level_of
from commongrid.kernel.scope import Scope
from commongrid.matters.rules import words
from commongrid.matters.rules.table import EVENTS, LIVE_EVENTS

ACTS_AT: Final = {
    "county": "county",
    "township": "township",
    "assigned_village": "township",
    "village": "village",
    "natural_village": "grid",
    "villager_group": "grid",
    "party_group": "grid",
    "grid": "grid",
    "household": "grid",
}
"""The level at which a role's post stands in the loop; unit posts stand at their unit's place."""

CONTENT: Final = frozenset(
    f"matters.{verb}" for verb in ("accept", "settle", "divert", "handle", "decide", "supervise", "visit", "review")
)
"""Any of these powers opens the words of a restricted matter; seeing that it exists needs only matters.read."""

WORKING: Final = frozenset({"owner", "above", "caller", "keeper"})
"""Relations of those who work or worked on a matter, or lead those who do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a matter is and who has it, as far as relations need."""

    place: int
    owner_level: str
    owner_place: int | None
    unit: UUID | None
    handler_level: str
    handler_place: int | None = None
    sealed: bool = False
    caller: str = ""
    answered_by: UUID | None = None
    state: str = ""
    rechecked_by: str = ""
    """The level that a recheck was ordered of, while it waits."""


def level_of_actor(scope: Scope) -> str:
    """The level of the loop at which this scope acts, or nothing."""
    if scope.level == "unit":
        return level_at(scope.place) if scope.place else ""
    return ACTS_AT.get(scope.level, "")


def level_at(place: int) -> str:
    """The level of the loop of a place: below a village everything is the grid's."""
    level = level_of(place)
    return "grid" if level == "below" else level


def relations(scope: Scope, matter: Whereabouts) -> frozenset[str]:
    """Every relation this scope has to the matter; nothing for those who don't see it."""
    if scope.kind == "slip":
        return frozenset({"reporter"})
    if scope.kind == "clock":
        return frozenset({"clock"})
    if scope.kind != "post":
        return frozenset()
    found = {
        "owner": _owns(scope, matter),
        "above": _is_above(scope, matter),
        "near": _is_near(scope, matter),
        "counter": _at_counter(scope, matter),
        "visitor": _may_visit(scope, matter),
        "within": not matter.sealed and (scope.covers(matter.place) or _holds(scope, matter)),
        "caller": _called(scope, matter),
        "keeper": _keeps(scope, matter),
        "rechecker": _may_recheck(scope, matter),
    }
    return frozenset(name for name, holds in found.items() if holds)


def _owns(scope: Scope, matter: Whereabouts) -> bool:
    if matter.owner_level == "unit":
        return scope.unit is not None and scope.unit == matter.unit
    if scope.level == "unit" or matter.sealed or level_of_actor(scope) != matter.owner_level:
        return False
    if matter.owner_level == "grid":
        return matter.owner_place == scope.place or (matter.owner_place in scope.grids and scope.level == "grid")
    return scope.place == matter.owner_place and scope.level == matter.owner_level


def _is_above(scope: Scope, matter: Whereabouts) -> bool:
    if scope.level not in words.LEVELS or matter.sealed or not scope.covers(matter.place):
        return False
    rank = words.LEVELS.index(scope.level)
    if matter.owner_level == "unit":
        return scope.unit != matter.unit and rank >= words.LEVELS.index(matter.handler_level)
    return matter.owner_level in words.LEVELS and rank > words.LEVELS.index(matter.owner_level)


def _keeps(scope: Scope, matter: Whereabouts) -> bool:
    """The level that had it last, or one above it, of a matter that has ended."""
    if matter.owner_level or matter.sealed or matter.handler_level not in words.LEVELS:
        return False
    enough = scope.level in words.LEVELS and scope.covers(matter.place)
    return enough and words.LEVELS.index(scope.level) >= words.LEVELS.index(matter.handler_level)


def _may_recheck(scope: Scope, matter: Whereabouts) -> bool:
    """The level that would make the return visit; whether a recheck was ordered, and of whom, is the order's."""
    return not matter.owner_level and scope.level in words.LEVELS and _may_visit(scope, matter)


def _called(scope: Scope, matter: Whereabouts) -> bool:
    """The centre that gave this part out and answers for the whole."""
    return bool(matter.caller) and scope.level == matter.caller and scope.covers(matter.place)


def _holds(scope: Scope, matter: Whereabouts) -> bool:
    """The unit that does or did the work."""
    return scope.unit is not None and scope.unit == matter.unit


def _is_near(scope: Scope, matter: Whereabouts) -> bool:
    return (
        level_of_actor(scope) in ("grid", "village")
        and scope.level != "household"
        and matter.owner_level in ("grid", "village")
        and scope.covers(matter.place)
    )


def _at_counter(scope: Scope, matter: Whereabouts) -> bool:
    """The village, township or county where it is: whoever comes to its counter is served there. Not for parts."""
    level = scope.level in ("village", "township", "county")
    return level and not matter.sealed and not matter.caller and scope.covers(matter.place)


def _may_visit(scope: Scope, matter: Whereabouts) -> bool:
    """Somebody else of another level than the handler; where only the county is left, its centre for a unit.

    Nobody visits what they answered themselves, whatever post they do it in.
    """
    if scope.level == "unit" or matter.sealed or not scope.covers(matter.place):
        return False
    if matter.answered_by is not None and scope.person == matter.answered_by:
        return False
    if level_of_actor(scope) == matter.handler_level:
        return level_at(matter.place) == "county" and matter.unit is not None
    return bool(level_of_actor(scope))


def may(scope: Scope, state: str, related: Collection[str]) -> tuple[str, ...]:
    """The events the table lets this actor cause from this state, in the table's order; guards are the deciders'."""
    return tuple(code for code in LIVE_EVENTS if code != "report" and causes(scope, code, state, related))


def causes(scope: Scope, code: str, state: str, related: Collection[str]) -> bool:
    """Whether the table lets this actor cause this event from this state."""
    event = EVENTS.get(code)
    return (
        event is not None
        and event.live
        and event.power in scope.powers
        and scope.kind in event.kinds
        and any(relation in related for relation in event.who)
        and bool(event.leads(state))
    )


def reads_words(scope: Scope, matter: Whereabouts, visibility: str) -> bool:
    """Whether the words of a restricted matter are shown: to those who work on it, not to all who see the list.

    That is who owes the next step or stands above, who did the work or had it
    last, and while a visit is due who makes it; a grid's visitor is told whom
    to see and where, never why.
    """
    if visibility not in ("restricted", "sealed"):
        return True
    if scope.kind in ("slip", "clock"):
        return True
    if not CONTENT & scope.powers:
        return False
    if WORKING & relations(scope, matter) or _holds(scope, matter):
        return True
    return level_of_actor(scope) != "grid" and visits_now(scope, matter)


def may_reach(scope: Scope, matter: Whereabouts) -> bool:
    """Whether this reader has to reach the person: works on the matter, or has its visit to make now."""
    works = any(scope.may(power) for power in ("matters.handle", "matters.accept", "matters.settle"))
    return (works and "owner" in relations(scope, matter)) or visits_now(scope, matter)


def visits_now(scope: Scope, matter: Whereabouts) -> bool:
    """Whether a return visit or a recheck is due that this actor may make."""
    related = relations(scope, matter)
    if causes(scope, "visit", matter.state, related):
        return True
    ordered = matter.rechecked_by != "" and matter.rechecked_by == level_of_actor(scope)
    return ordered and causes(scope, "recheck", matter.state, related)
