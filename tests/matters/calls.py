"""Every way in which somebody may ask for an event: what the rules look at, in all its values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from commongrid.kernel.scope import Scope
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding import waiting
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor, relations
from tests.matters.among import among
from tests.matters.model import TARGETS, State, Target, rank


def calls(state: State, event: str, scope: Scope) -> Iterator[tuple[Call, Target | None]]:
    """Every way in which this actor may ask for the event."""
    plain = Call(event=event, level=level_of_actor(scope))
    if state.s.leads and event in ("rate", "visit", "time_out"):
        yield from ((call, None) for call in among(plain))
    elif event in _WAYS:
        yield from _WAYS[event](state, plain)
    elif event == "put_right":
        yield from _put_right(state, replace(plain, over="above" in relations(scope, state.whereabouts)))
    elif event in ("ask_again", "ask_again_for") and state.s.leads:
        yield from ((replace(plain, follower=one), None) for one in (False, True))
    elif event in waiting.DECIDERS:
        yield from _waiting_calls(state, plain)
    else:
        yield from ((replace(plain, settler=settler), None) for settler in (True, False))


Ways = Iterator[tuple[Call, Target | None]]


def _given_to(state: State, plain: Call) -> Ways:
    """To every unit and level; a reopened one perhaps to the former handler."""
    for target in (one for one in TARGETS if rank(one.level) >= rank(state.base)):
        barred = state.bars(target.unit or target.level)
        yield replace(plain, to=target.owner, to_level=target.level, to_barred=barred), target
        if plain.event == "divert" and target.unit:
            yield replace(plain, to="unit", to_level=target.level, to_barred=barred, outside=True), target


def _reviewed(state: State, plain: Call) -> Ways:
    yield from _given_to(state, plain)
    yield replace(plain, ends=True), None


def _accepted(state: State, plain: Call) -> Ways:
    yield from _given_to(state, plain)
    yield plain, None
    yield replace(plain, moves_on=True, to="unit", to_level="township"), TARGETS[0]
    yield replace(plain, moves_on=True, to="township", to_level="township"), Target("", "township")


def _routed_round(state: State, plain: Call) -> Ways:
    had = state.s.owner if state.s.owner in words.LEVELS else state.s.handler
    for to in ("township", "county"):
        if rank(to) >= rank(had):
            yield replace(plain, to=to, to_level=to), Target("", to)
    yield replace(plain, to="unit", to_level="township"), TARGETS[0]


def _put_right(state: State, plain: Call) -> Ways:
    """As it stands; begun anew by a level, once reopened by a centre, never by who handled it; or sealed to a body."""
    yield plain, None
    levels = words.LEVELS[2:] if state.s.reopened else words.LEVELS
    yield from ((replace(plain, to=to, to_level=to), Target("", to)) for to in levels if not state.bars(to))
    yield replace(plain, to="unit", to_level="township"), TARGETS[0]


def _handed_on(_state: State, plain: Call) -> Ways:
    yield replace(plain, to="unit", to_level="township"), TARGETS[1]


def _started(state: State, plain: Call) -> Ways:
    yield replace(plain, to_barred=state.s.owner != "unit" and state.bars(state.s.owner)), None


def _mediated(state: State, plain: Call) -> Ways:
    yield from _started(state, plain)
    yield replace(plain, moves_on=True, to="unit", to_level="township"), TARGETS[0]


def _resulted(_state: State, plain: Call) -> Ways:
    said = itertools.product(("solved", "not_solved", "rework"), (None, True, False))
    yield from ((replace(plain, result=result, satisfied=one), None) for result, one in said)


def _rechecked(_state: State, plain: Call) -> Ways:
    yield from ((replace(plain, result=result), None) for result in ("holds", "fails"))


def _rated(_state: State, plain: Call) -> Ways:
    asked = itertools.product((True, False), (True, False))
    yield from ((replace(plain, result="asked", solved=one, satisfied=two), None) for one, two in asked)


def _visited(state: State, plain: Call) -> Ways:
    yield from _rated(state, plain)
    yield from ((replace(plain, result="not_reached", days=days), None) for days in (1, 2, 3))
    yield from ((replace(plain, result=result), None) for result in ("left_slip", "checked", "not_done"))


def _in_parts(_state: State, plain: Call) -> Ways:
    yield from ((replace(plain, waiting=n, met=bool(n), to_barred=bool(n)), None) for n in (0, 1))


_WAYS: dict[str, Callable[[State, Call], Ways]] = {
    "divert": _given_to, "decide": _given_to, "review": _reviewed, "accept": _accepted, "route_round": _routed_round,
    "mediate": _mediated, "hand_on": _handed_on,
    "take_result": _resulted, "recheck": _rechecked, "rate": _rated, "visit": _visited,
    "answer": _in_parts, "attend": _in_parts, "split": _in_parts, "start": _started,
}  # fmt: skip


def _waiting_calls(state: State, plain: Call) -> Ways:
    """What waiting and other ends look at: in time or late, past what binds it, extended once, which unit follows."""
    if plain.event == "dissolve":
        yield from ((replace(plain, to="unit", to_level=one.level), one) for one in TARGETS if one.unit)
    sort = plain.event.removeprefix("ask_")
    late = (False, True) if sort in ("extend", "pause", "grant") else (False,)
    bound = (False, True) if state.s.caller or state.s.exchanged else (False,)
    yield from (
        (replace(plain, late=one, beyond=beyond, most=1), None) for one, beyond in itertools.product(late, bound)
    )
