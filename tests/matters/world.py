"""What can happen to a matter in the model: where it begins, what each call makes of it, everything reachable."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding import waiting
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import TRIES, Call, Move, Standing
from commongrid.matters.rules.owners import entry
from commongrid.matters.rules.relations import Whereabouts, may, relations
from commongrid.matters.rules.table import EVENTS, LIVE_EVENTS
from tests.matters.calls import calls
from tests.matters.model import ACTORS, TARGETS, State, Target, rank

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
    yield from in_parts()
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
    "merge", "call_meeting", "route_round", "put_right", "fall", "withdraw", "recheck", "call_up", "raise", "supervise",
    "remind", "instruct", "report_back", "reject", "reply_late",
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


def in_parts() -> Iterator[State]:
    """A matter that two units answered in parts; and a lead given up, whose reporter asked once more already."""
    whole = Standing(
        state="answered", owner="county", handler="township", to_visit=True, to_rate=True, interim=True, tries=TRIES,
    )  # fmt: skip
    yield State(whole, base="township", parts="station+office")
    given_up = Standing(
        state="closed", handler="township", outcome="given_up", refused="township", asked_again=True, leads=True,
        interim=True,
    )  # fmt: skip
    yield State(given_up, base="township")


def parts() -> Iterator[State]:
    """Every fresh part of a matter that a centre split: to a unit or a level below it."""
    for caller, target in itertools.product(("township", "county"), TARGETS):
        if target.level != "county" or target.unit:
            fresh = Standing(
                state="diverted", owner=target.owner, handler=target.level, by_unit=bool(target.unit), ordered=True,
                caller=caller, interim=True,
            )  # fmt: skip
            yield State(fresh, unit=target.unit, base="grid")


SPOKEN = ("answered", "to_rate", "to_file", "review")
"""States after the work: how the order came there is looked at by no rule any more, and every way back begins anew."""


def applied(state: State, move: Move, target: Target | None, call: Call) -> State:
    """The model's picture of what ``matters.actions.moving`` writes."""
    s, barred = state.s, state.barred
    if call.event in ("instruct", "report_back", "renew_slip", "add", "add_for"):
        return state
    if move.ended:
        return _ended(state, move, call)
    if move.sets.get("sealed") or (call.event == "mediate" and call.moves_on):
        return SEALED
    if move.sets.get("bar"):
        barred = "+".join(filter(None, (state.parts, state.unit or s.handler)))
    elif "bar" in move.sets:
        barred = ""
    handler, unit = _hands(state, move, target, call)
    sets: dict[str, Any] = {name: value for name, value in move.sets.items() if name != "bar"}
    sets.setdefault("sealed", s.sealed or (call.event == "accept" and call.moves_on and call.to == "unit"))
    fresh = replace(
        s, state=move.state, owner="" if move.ended else move.owner, handler=handler, by_unit=bool(unit),
        barred=next((one for one in barred.split("+") if one in words.LEVELS), ""), outcome="", recheck=False,
        leads=s.leads and move.state not in ("reopened", "review"), **{"refused": "", **sets},
    )  # fmt: skip
    fresh, barred = _forgotten(fresh, barred)
    base = max(state.base, call.to, key=rank) if call.event == "route_round" else state.base
    if fresh.owner in words.LEVELS:
        fresh = replace(fresh, owner=max(fresh.owner, base, key=rank))
    return State(fresh, unit, barred, base, state.parts if fresh.state in SPOKEN else "")


def _hands(state: State, move: Move, target: Target | None, call: Call) -> tuple[str, str]:
    """Whose level does the work after the move, and which unit."""
    s = state.s
    if move.handler == "clear":
        return "", ""
    if move.handler == "target" and target is not None:
        return target.level, target.unit
    if move.handler == "owner" and s.owner != "unit":
        return (call.level if call.event == "settle" else s.owner), ""
    return s.handler, state.unit


def _forgotten(fresh: Standing, barred: str) -> tuple[Standing, str]:
    """What no rule looks at any more is the same in the model, so that it stays small."""
    if fresh.state not in ("in_hand", "split", *waiting.WAITING):
        fresh = replace(fresh, extended=0)  # counts on in real life; the model only has to see that it ends
    if fresh.state != "reported":
        fresh = replace(fresh, asked_again=False)
    if fresh.tries < TRIES:
        fresh = replace(fresh, tries=0)  # how many days were tried is said by the call; only the last counts later
    if fresh.state in SPOKEN:
        fresh, barred = replace(fresh, given_back=False, sent_back=False, ordered=False, barred=""), ""
    return fresh, barred


def _ended(state: State, move: Move, call: Call) -> State:
    """Over: some ends leave a way back, the others none."""
    s = state.s
    if move.state == "rejected":
        no = replace(s, state="rejected", owner="", handler="", by_unit=False, applied="", refused=s.owner)
        return State(no, base=state.base)
    if call.event == "withdraw_for" and _plain(state):  # the way back is seen to on plain ones; others stay away
        back = Standing(
            state="withdrawn", refused=call.level, to_visit=s.to_visit, to_rate=s.to_rate, closes=s.closes,
            grid_may=s.grid_may, interim=True,
        )  # fmt: skip
        return State(back, base=state.base)
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
        recheck=call.event == "ask_recheck", outcome=move.outcome,
        refused=handler if move.outcome == "given_up" else "",
    )  # fmt: skip
    return State(over, state.unit if by_unit else "", base=state.base, parts=state.parts)


@cache
def allowed(actor: int, state: str, where: Whereabouts) -> tuple[str, ...]:
    """What the table lets an actor of ACTORS cause."""
    return may(ACTORS[actor], state, relations(ACTORS[actor], where))


ASKED = {*waiting.DECIDERS} - {
    "grant",
    "refuse",
    "resume",
    "wake",
    "take_receipt",
    "come_back",
    "ask_again",
    "withdraw_for",
}
"""Events explored on plain matters only: nothing they look at differs on the others."""


def _plain(state: State) -> bool:
    """First round, in a grid, not given back, leading no others, of no other system."""
    s = state.s
    more = s.reopened, s.given_back, s.sent_back, s.barred, s.leads, s.caller, s.exchanged, s.dispute
    return state.base == "grid" and not any(more)


def _bound(state: State, event: str) -> bool:
    """What may not last past something else: a part past its whole, an order of another system past its date."""
    s = state.s
    return bool((s.caller and event == "extend") or (s.exchanged and event == "park")) and not s.reopened


def steps(state: State, actor: int) -> Iterator[tuple[Call, Move, State]]:
    """Everything this actor can do to the matter now, by table, relation and rule."""
    scope = ACTORS[actor]
    for event in allowed(actor, state.s.state, state.whereabouts):
        if event in ASKED and not (_plain(state) or _bound(state, event)):
            continue
        if event == "put_right" and not (_plain(state) or state.s.state in ("reopened", "returned") or state.s.leads):
            continue
        if event in BESIDE and (state.s.exchanged or state.s.dispute):
            continue
        for call, target in calls(state, event, scope):
            try:
                move = decide(_visited(state), call)
            except Refusal:
                continue
            yield call, move, applied(state, move, target, call)


def _visited(state: State) -> Standing:
    """Where only the county may look and did the work itself, nobody is left to visit: ``handling.to_visit``."""
    alone = state.base == "county" and not state.unit
    return replace(state.s, to_visit=state.s.to_visit and not alone)


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
