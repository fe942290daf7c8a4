"""A county in miniature for the rules alone: one chain of places, a few units, every role; no database."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID, uuid5

from commongrid.kernel.places import interval
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import Scope, clock, slip
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding import waiting
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Move, Standing
from commongrid.matters.rules.owners import entry
from commongrid.matters.rules.relations import Whereabouts, level_of_actor, may, relations
from commongrid.matters.rules.table import EVENTS, LIVE_EVENTS
from tests.matters.among import among

COUNTY, TOWNSHIP, VILLAGE, GRID = 990101000000000, 990101001000000, 990101001001000, 990101001001001
OTHER_VILLAGE, OTHER_TOWNSHIP = 990101001002000, 990101002000000
CHAIN = {"county": COUNTY, "township": TOWNSHIP, "village": VILLAGE, "grid": GRID}
_IDS = UUID(int=7)
UNITS = {name: uuid5(_IDS, name) for name in ("station", "office", "department")}
UNIT_LEVEL = {"station": "township", "office": "township", "department": "county"}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("commongrid.roster").joinpath("seeds", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


ROLES = {row["code"]: row["scope_level"] for row in _rows("roles.csv")}
POWERS = {role: frozenset(row["power"] for row in _rows("role_powers.csv") if row["role"] == role) for role in ROLES}


def scope_of(role: str, chain: dict[str, int] = CHAIN, unit: str = "") -> Scope:
    """The scope of a role at its place on a chain."""
    level = ROLES[role]
    at = {"assigned_village": "village", "unit": UNIT_LEVEL.get(unit, "township")}.get(level, level)
    place = chain.get(at, chain["grid"])
    sight = {"grid": chain["village"], "villager_group": chain["village"], "household": chain["village"]}.get(
        level, place
    )
    lo, hi = interval(sight)
    narrow = {
        "grid": "grids",
        "villager_group": "grids",
        "party_group": "grids",
        "household": "households",
        "unit": "unit",
    }
    return Scope(
        kind="post",
        lo=lo,
        hi=hi,
        powers=POWERS[role],
        narrow=narrow.get(level, ""),  # type: ignore[arg-type]
        grids=(place,) if narrow.get(level) == "grids" else (),
        unit=UNITS.get(unit),
        post=uuid5(_IDS, f"{role}{place}{unit}"),
        role=role,
        level=level,
        place=chain["township"] if level == "assigned_village" else place,
    )


def actors() -> Iterator[Scope]:
    """Every role at the matter's own places, the handlers of every unit, the slip and the clock.

    Roles that stand and may alike are told apart by nothing the rules look at, so each such group acts once.
    """
    alike: dict[object, Scope] = {}
    for scope in _everyone():
        mine = frozenset(power for power in scope.powers if power.startswith("matters.")) - {
            "matters.read",
            "matters.report",
        }
        if mine:
            alike.setdefault((scope.kind, scope.level, scope.place, scope.unit, mine), scope)
    yield from alike.values()


def _everyone() -> Iterator[Scope]:
    for role, level in ROLES.items():
        if level == "unit":
            yield from (scope_of(role, unit=unit) for unit in UNITS)
        else:
            yield scope_of(role)
    yield slip(b"s" * 32, "matters.rate")
    yield clock("matters.tick", "matters.tick")


ACTORS = tuple(actors())


@dataclass(frozen=True, slots=True)
class State:
    """A matter in the model: its standing, which unit has or had it, and the level of its place."""

    s: Standing
    unit: str = ""
    barred: str = ""
    base: str = "grid"

    @property
    def whereabouts(self) -> Whereabouts:
        """As relations see it."""
        return Whereabouts(
            place=CHAIN["township" if self.s.sealed else self.base], owner_level=self.s.owner,
            owner_place=CHAIN.get(self.s.owner), unit=UNITS.get(self.unit), handler_level=self.s.handler,
            handler_place=CHAIN.get(self.s.handler), sealed=self.s.sealed, caller=self.s.caller,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a call names: a unit or a level."""

    unit: str = ""
    level: str = ""

    @property
    def owner(self) -> str:
        """Level, or "unit"."""
        return "unit" if self.unit else self.level


TARGETS = (*(Target(unit, UNIT_LEVEL[unit]) for unit in UNITS), *(Target("", level) for level in words.LEVELS))


SEALED = State(
    Standing(state="reported", owner="unit", handler="township", by_unit=True, sealed=True, closes="receipt"),
    unit="station",
)
"""A sealed matter at its competent body; one routed round the whole county becomes the same."""


def starts(every: tuple[tuple[bool, bool, str, bool], ...] | None = None) -> Iterator[State]:
    """Every fresh matter: each kind of kind, place and urgency."""
    flags = every or tuple(itertools.product((False, True), (False, True), ("rating", "filing"), (False, True)))
    for to_visit, to_rate, closes, grid_may in flags:
        for first, lowest, urgency in itertools.product(words.LEVELS, words.LEVELS, words.URGENCIES):
            owner = entry(first_level=first, lowest=lowest, urgency=urgency, sealed=False, routed_round=False)
            fresh = Standing(
                state="reported", interim=True, owner=owner, to_visit=to_visit, to_rate=to_rate, closes=closes,
                grid_may=grid_may,
            )  # fmt: skip
            yield State(fresh, base="grid" if lowest == "village" else lowest)
    yield SEALED
    yield from parts()
    yield from leads()
    yield from elsewhere()


def elsewhere() -> Iterator[State]:
    """Orders of other systems, one of them visited and rated here, and disputes that may be mediated.

    What they share with every other matter is explored with those (``BESIDE`` is left out here).
    """
    order = Standing(state="reported", owner="township", closes="rating", exchanged=True, interim=True, given_back=True)
    yield State(order, base="township")
    yield State(replace(order, to_visit=True, to_rate=True), base="township")
    worked = replace(order, owner="unit", handler="township", by_unit=True)
    yield State(replace(worked, state="paused"), unit="station", base="township")
    for state in ("parked", "referred", "woken"):
        yield State(replace(worked, state=state, owner="township"), unit="station", base="township")
    quarrel = replace(order, owner="grid", exchanged=False, dispute=True, reopened=1)
    yield State(quarrel, base="grid")
    yield State(replace(quarrel, owner="village"), base="grid")
    yield State(replace(quarrel, state="reopened", owner="village"), base="grid")
    agreed = replace(quarrel, handler="township", by_unit=True, reopened=0, owner="county", to_visit=True, to_rate=True)
    for state in ("answered", "to_rate"):
        yield State(replace(agreed, state=state), unit="station", base="township")
    yield State(replace(agreed, state="to_file", owner="township"), unit="station", base="township")
    over = replace(agreed, state="closed", owner="", recheck=True, outcome="rated")
    yield State(over, unit="station", base="township")


BESIDE = (
    "merge", "call_meeting", "route_round", "fall", "withdraw", "recheck", "call_up", "raise", "supervise", "remind",
    "reject", "reply_late",
)  # fmt: skip
"""Events that look at nothing that makes an order or a dispute another matter: explored on the others."""


def leads() -> Iterator[State]:
    """Answered matters that others were merged into: who speaks when, and what it comes to."""
    for closes, by_unit in itertools.product(("rating", "filing"), (True, False)):
        handler = "township" if by_unit else "village"
        one = Standing(
            state="answered", owner="county" if by_unit else "township", handler=handler, by_unit=by_unit,
            to_visit=True, to_rate=True, closes=closes, interim=True, leads=True,
        )  # fmt: skip
        yield State(one, unit="station" if by_unit else "", base="grid")


def parts() -> Iterator[State]:
    """Every fresh part of a matter that a centre split: to a unit or a level below it."""
    for caller, target in itertools.product(("township", "county"), TARGETS):
        if target.level != "county" or target.unit:
            fresh = Standing(
                state="diverted", owner=target.owner, handler=target.level, by_unit=bool(target.unit), ordered=True,
                caller=caller, interim=True,
            )  # fmt: skip
            yield State(fresh, unit=target.unit, base="grid")


def calls(state: State, event: str, scope: Scope) -> Iterator[tuple[Call, Target | None]]:
    """Every way in which this actor may ask for the event."""
    level = level_of_actor(scope)
    plain = Call(event=event, level=level)
    if event in ("divert", "decide", "review", "accept"):
        for target in (one for one in TARGETS if _rank(one.level) >= _rank(state.base)):
            barred = state.barred == (target.unit or target.level)
            yield replace(plain, to=target.owner, to_level=target.level, to_barred=barred), target
            if event == "divert" and target.unit:
                yield replace(plain, to="unit", to_level=target.level, to_barred=barred, outside=True), target
        if event == "review":
            yield replace(plain, ends=True), None
        if event == "accept":
            yield plain, None
            station = TARGETS[0]
            yield replace(plain, moves_on=True, to="unit", to_level="township"), station
            yield replace(plain, moves_on=True, to="township", to_level="township"), Target("", "township")
    elif event == "route_round":
        had = state.s.owner if state.s.owner in words.LEVELS else state.s.handler
        for to in ("township", "county"):
            if _rank(to) >= _rank(had):
                yield replace(plain, to=to, to_level=to), Target("", to)
        yield replace(plain, to="unit", to_level="township"), TARGETS[0]
    elif event == "mediate":
        yield replace(plain, to_barred=state.s.owner != "unit" and state.barred == state.s.owner), None
        yield replace(plain, moves_on=True, to="unit", to_level="township"), TARGETS[0]
    elif event == "take_result":
        said = itertools.product(("solved", "not_solved", "rework"), (None, True, False))
        yield from ((replace(plain, result=result, satisfied=one), None) for result, one in said)
    elif event == "recheck":
        yield from ((replace(plain, result=result), None) for result in ("holds", "fails"))
    elif state.s.leads and event in ("rate", "visit", "time_out"):
        yield from ((call, None) for call in among(plain))
    elif event in ("rate", "visit"):
        asked = itertools.product((True, False), (True, False))
        yield from ((replace(plain, result="asked", solved=one, satisfied=two), None) for one, two in asked)
        if event == "visit":
            yield from ((replace(plain, result="not_reached", days=days), None) for days in (1, 2, 3))
            yield from ((replace(plain, result=result), None) for result in ("left_slip", "checked", "not_done"))
    elif event in ("answer", "attend", "split"):
        yield from ((replace(plain, waiting=n, met=bool(n), to_barred=bool(n)), None) for n in (0, 1))
    elif event in waiting.DECIDERS:
        yield from _waiting_calls(plain)
    elif event == "start":
        yield replace(plain, to_barred=state.s.owner != "unit" and state.barred == state.s.owner), None
    else:
        yield from ((replace(plain, settler=settler), None) for settler in (True, False))


def _waiting_calls(plain: Call) -> Iterator[tuple[Call, Target | None]]:
    """What waiting and other ends look at: asked for in time or late, extended once at most, which unit follows."""
    if plain.event == "dissolve":
        yield from ((replace(plain, to="unit", to_level=one.level), one) for one in TARGETS if one.unit)
    sort = plain.event.removeprefix("ask_")
    late = (False, True) if sort in ("extend", "pause", "grant") else (False,)
    yield from ((replace(plain, late=one, most=1), None) for one in late)


def applied(state: State, move: Move, target: Target | None, call: Call) -> State:
    """The model's picture of what ``matters.actions.moving`` writes."""
    s, unit, barred = state.s, state.unit, state.barred
    if move.ended:
        return _ended(state, move, call)
    if move.sets.get("sealed") or (call.event == "mediate" and call.moves_on):
        return SEALED
    if move.sets.get("bar"):
        barred = unit or s.handler
    elif "bar" in move.sets:
        barred = ""
    handler = s.handler
    if move.handler == "clear":
        handler, unit = "", ""
    elif move.handler == "target" and target is not None:
        handler, unit = target.level, target.unit
    elif move.handler == "owner" and s.owner != "unit":
        handler, unit = (call.level if call.event == "settle" else s.owner), ""
    sealed = s.sealed or (call.event == "accept" and call.moves_on and call.to == "unit")
    sets: dict[str, Any] = {name: value for name, value in move.sets.items() if name != "bar"}
    fresh = replace(
        s, state=move.state, owner="" if move.ended else move.owner, handler=handler, by_unit=bool(unit), sealed=sealed,
        barred=barred if barred in words.LEVELS else "", outcome="", recheck=False,
        leads=s.leads and move.state not in ("reopened", "review"), **{"refused": "", **sets},
    )  # fmt: skip
    if fresh.state not in ("in_hand", *waiting.WAITING):
        fresh = replace(fresh, extended=0)  # counts on in real life; the model only has to see that it ends
    if fresh.state != "reported":
        fresh = replace(fresh, asked_again=False)
    base = max(state.base, call.to, key=_rank) if call.event == "route_round" else state.base
    if fresh.owner in words.LEVELS:
        fresh = replace(fresh, owner=max(fresh.owner, base, key=_rank))
    return State(fresh, unit, barred, base)


def _ended(state: State, move: Move, call: Call) -> State:
    """Over: some ends leave a way back, the others none."""
    s = state.s
    if move.state == "rejected":
        no = replace(s, state="rejected", owner="", handler="", by_unit=False, applied="", refused=s.owner)
        return State(no, base=state.base)
    if move.state == "merged" or (move.state == "closed" and not s.sealed and not s.caller):
        return _over(state, move, call)
    return State(Standing(state=move.state), base=state.base)


def _over(state: State, move: Move, call: Call) -> State:
    """Over, but not for good: a merged one may be given back, a recheck may find that it is not done."""
    s = state.s
    if move.state == "merged":
        merged = Standing(
            state="merged", handler=call.level, to_visit=s.to_visit, to_rate=s.to_rate, closes=s.closes,
            grid_may=s.grid_may, interim=True,
        )  # fmt: skip
        return State(merged, base=state.base)
    handler = call.level if call.event == "settle" else s.owner if move.handler == "owner" else s.handler
    by_unit = s.by_unit and (move.handler != "owner" or s.owner == "unit")
    handler = s.handler if handler == "unit" else handler
    over = Standing(
        state="closed", handler=handler, by_unit=by_unit, reopened=s.reopened, to_visit=s.to_visit, to_rate=s.to_rate,
        closes=s.closes, grid_may=s.grid_may, interim=True, exchanged=s.exchanged, dispute=s.dispute,
        recheck=True, outcome=move.outcome, refused=handler if move.outcome == "given_up" else "",
    )  # fmt: skip
    return State(over, state.unit if by_unit else "", base=state.base)


def _rank(level: str) -> int:
    """Levels from the lowest."""
    return words.LEVELS.index(level)


@cache
def allowed(actor: int, state: str, where: Whereabouts) -> tuple[str, ...]:
    """What the table lets an actor of ACTORS cause."""
    return may(ACTORS[actor], state, relations(ACTORS[actor], where))


ASKED = {*waiting.DECIDERS} - {"grant", "refuse", "resume", "wake", "take_receipt", "come_back", "ask_again"}
"""Events explored on plain matters only: nothing they look at differs on the others."""


def _plain(state: State) -> bool:
    """First round, in a grid, not given back, leading no others, of no other system."""
    s = state.s
    more = s.reopened, s.given_back, s.sent_back, s.barred, s.leads, s.caller, s.exchanged, s.dispute
    return state.base == "grid" and not any(more)


def steps(state: State, actor: int) -> Iterator[tuple[Call, Move, State]]:
    """Everything this actor can do to the matter now, by table, relation and rule."""
    scope = ACTORS[actor]
    for event in allowed(actor, state.s.state, state.whereabouts):
        if event in ASKED and not _plain(state):
            continue
        if event in BESIDE and (state.s.exchanged or state.s.dispute):
            continue
        for call, target in calls(state, event, scope):
            try:
                move = decide(state.s, call)
            except Refusal:
                continue
            yield call, move, applied(state, move, target, call)


def explored(
    every: tuple[tuple[bool, bool, str, bool], ...] | None = None,
) -> dict[State, list[tuple[Scope, Call, Move, State]]]:
    """Every reachable state with everything that can happen in it; perhaps of some kinds of kind only."""
    found: dict[State, list[tuple[Scope, Call, Move, State]]] = {}
    waiting = list(starts(every))
    while waiting:
        state = waiting.pop()
        if state in found:
            continue
        found[state] = [(scope, *step) for actor, scope in enumerate(ACTORS) for step in steps(state, actor)]
        waiting.extend(after for *_rest, after in found[state] if after not in found)
    return found


def never_offered() -> set[str]:
    """Events of the table that are kept for later."""
    return set(EVENTS) - set(LIVE_EVENTS)
