"""The laws of the loop, checked on every reachable state of the model: each yields what breaks it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from commongrid.kernel.scope import Scope
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding import waiting
from commongrid.matters.rules.moves import TRIES, Call, Move, Standing
from commongrid.matters.rules.owners import step_of
from commongrid.matters.rules.relations import level_of_actor
from commongrid.matters.rules.table import EVENTS, LIVE_EVENTS, STATES
from tests.matters.model import State

Edge = tuple[Scope, Call, Move, State]
STAYING = (
    "renew_slip", "add", "add_for", "extend_theirs", "supervise", "instruct", "report_back", "retell", "reply", "warn",
    "overdue", "reply_late",
)  # fmt: skip
SEALED_TOO = ("warn", "overdue", "reply_late", "receipt", "hand_on", "dissolve", "add", "unseal")
"""Events that reach a sealed matter."""
AFTER_THE_END = (
    ("closed", "ask_recheck"),
    ("merged", "unmerge"), ("closed", "recheck"), ("closed", "take_result"), ("closed", "not_kept"),
    *itertools.product(("rejected", "closed", "withdrawn"), ("ask_again", "ask_again_for")),
    *itertools.product(words.ENDED, ("report_back", "renew_slip")),
)  # fmt: skip
LEVEL_RANK = {level: n for n, level in enumerate(words.LEVELS)}
HELPED = (
    *STAYING, "route_round", "put_right", "call_up", "fall", "withdraw", "time_out", "withdraw_for", "dissolve", "wake",
)  # fmt: skip
"""Events that don't count as the owner's own way on."""


def broken(state: State, edges: Iterable[Edge]) -> Iterator[str]:
    """Every law this state or one of its edges breaks."""
    edges = list(edges)
    yield from _open_matters_are_owed(state)
    yield from _owner_has_a_way_on(state, edges)
    for edge in edges:
        yield from _edge_laws(state, *edge)


def _open_matters_are_owed(state: State) -> Iterator[str]:
    s = state.s
    if s.state in words.ENDED:
        if s.owner:
            yield f"{s.state} still has an owner"
        return
    if s.owner not in words.OWNERS or (s.owner == "unit") != bool(s.owner == "unit" and state.unit):
        yield f"{s.state} has no owner"
    if STATES[s.state].clock not in words.CLOCKS:
        yield f"{s.state} has no deadline"
    step = step_of(s.state, s.owner, sealed=s.sealed, grid_may=s.grid_may)
    if step not in LIVE_EVENTS or not EVENTS[step].leads(s.state):
        yield f"{s.state} of {s.owner} has no next step the table knows: {step}"
    if s.tries > TRIES or s.reopened > 1:
        yield f"{s.state} counts past its limits"


def _owner_has_a_way_on(state: State, edges: list[Edge]) -> Iterator[str]:
    s = state.s
    if s.state in words.ENDED:
        others = any(call.event == "ask_again" and call.follower for _scope, call, *_rest in edges)
        if s.state == "closed" and s.refused and s.leads and not others:
            yield "somebody whose matter was merged can't ask again"
        late = [call.event for _scope, call, *_rest in edges if (s.state, call.event) not in AFTER_THE_END]
        if late:
            yield f"{s.state} is not the end: {late[0]}"
        return
    if s.caller and EVENTS["drop"].leads(s.state) and not any(call.event == "drop" for _s, call, *_rest in edges):
        yield f"{s.state}: the centre that gave a part out can't drop it"
    step = step_of(s.state, s.owner, sealed=s.sealed, grid_may=s.grid_may)
    events = {call.event for _scope, call, _move, after in edges if after != state}
    own = {call.event for scope, call, _move, after in edges if after != state and call.event not in HELPED}
    if not own:
        yield f"{s.state} of {s.owner} is a dead end for its owner"
    itself = s.reopened and s.state in ("reopened", "accepted") and "start" in events  # no other unit: itself
    if step not in events and not itself:
        yield f"{s.state} of {s.owner}: nobody can do the next step, {step}"


def _edge_laws(state: State, scope: Scope, call: Call, move: Move, after: State) -> Iterator[str]:
    s, event = state.s, call.event
    yield from _deadline_laws(state, call, move)
    yield from _answer_laws(state, call, move)
    yield from _sealed_laws(state, scope, call)
    yield from _rounding_laws(state, call, move, after)
    yield from _correcting_laws(state, call, move, after)
    yield from _waiting_laws(state, scope, call, move, after)
    yield from _elsewhere_laws(state, call, move, after)
    if call.outside and move.owner == "unit":
        yield "a body outside the county's command is ordered"
    if event in STAYING and (move.state, move.owner) != (s.state, s.owner):
        yield f"{event} moves the matter"
    only_the_county = state.base == "county" and s.by_unit
    if event == "visit" and level_of_actor(scope) == s.handler and not only_the_county:
        yield "the handler's own level makes the return visit"
    again = s.state == "reopened" and after.s.state in ("diverted", "in_hand")
    if again and (after.unit or after.s.owner) in state.barred.split("+"):
        yield "a reopened matter goes back to whom it was taken from"
    if event == "give_back" and s.given_back:
        yield "given back twice"


def _elsewhere_laws(state: State, call: Call, move: Move, after: State) -> Iterator[str]:
    s, event = state.s, call.event
    spoken = s.state in ("answered", "to_rate", "to_file", "closed")
    if event == "take_result" and spoken and (call.result == "solved") == (move.state in ("reopened", "review")):
        yield f"{call.result} there leads from {s.state} to {move.state}"
    if event == "take_result" and s.state == "closed" and call.result == "not_solved" and move.state != "review":
        yield "not solved after the end is not for the centre to decide"
    if event == "mediate" and call.moves_on and not (after.s.sealed and after.s.owner == "unit"):
        yield "violence does not go to the competent body"
    if event in ("mediate", "not_kept") and not s.dispute:
        yield f"{event} of what is no dispute"
    if s.exchanged and event in ("answer", "answer_for") and move.ended:
        yield "an order of another system ends before its reply"


def _waiting_laws(state: State, scope: Scope, call: Call, move: Move, after: State) -> Iterator[str]:
    """Waiting needs the deputy, lasts until a day, and ends nowhere unseen."""
    s, event = state.s, call.event
    enters = move.state in ("paused", "parked", "referred") and move.state != s.state
    ends = move.outcome == "given_up" and s.state not in words.ENDED
    if (enters or ends) and "matters.approve" not in scope.powers:
        yield f"{event} to {move.state} without the deputy"
    if after.s.applied and after.s.state not in ("accepted", "in_hand", "woken", *waiting.SHARED):
        yield f"an application waits in {after.s.state}"
    if after.s.applied and (after.s.state, after.s.owner) != (s.state, s.owner):
        yield "an application outlives the hand that asked"
    if move.state == "in_hand" and s.state in ("paused", "parked", "woken") and move.restart == (s.state == "paused"):
        yield "goes on with the wrong limit"
    if scope.kind == "clock" and s.state in ("parked", "woken") and move.state == "in_hand":
        yield "what was parked goes on without anybody's decision"
    if s.state in waiting.SHARED and move.state in ("parked", "referred") and (after.unit or after.s.handler):
        yield "an outside body, or a unit, keeps what was set aside"
    if event in ("extend", "ask_extend") and move.state != s.state:
        yield "more time takes it out of the hands it is in"
    yield from _time_and_no_laws(state, call, move, after)


def _time_and_no_laws(state: State, call: Call, move: Move, after: State) -> Iterator[str]:
    """More time is asked for in time and not for ever; a no can be objected to once, at the level above."""
    s, event = state.s, call.event
    if event in ("extend", "grant") and after.s.extended > call.most:
        yield "extended for ever"
    if call.beyond and s.caller and event in ("extend", "pause", "park", "grant"):
        yield "a part has longer than its whole"
    if call.beyond and s.exchanged and move.state == "parked":
        yield "an order of another system is parked past its date"
    if event in ("extend", "pause", "grant") and call.late and move.state in ("in_hand", "paused"):
        yield "more time after the limit had passed"
    if event in ("ask_again", "ask_again_for"):
        higher = words.LEVELS.index(after.s.owner) > words.LEVELS.index(s.refused or "county")
        if (s.asked_again and not call.follower) or not (higher or s.refused == "county"):
            yield "asked again twice, or not of the level above"


def _deadline_laws(state: State, call: Call, move: Move) -> Iterator[str]:
    s, event = state.s, call.event
    if move.state in words.OPEN and move.clock not in ("", *words.CLOCKS):
        yield f"{event} starts no limit: {move.clock}"
    if move.state in words.OPEN and move.state != s.state and not move.clock and event not in _KEEPING:
        yield f"{event} to {move.state} keeps an old deadline"


def _rounding_laws(state: State, call: Call, move: Move, after: State) -> Iterator[str]:
    """Routed round, it never stays with whoever had it below, and nobody below sees where it is now."""
    if call.event != "route_round":
        return
    if after.unit and not after.s.sealed:
        yield "a complaint stays with the unit it is about"
    if after.s.owner in words.LEVELS and LEVEL_RANK[after.base] < LEVEL_RANK[call.to]:
        yield "a complaint stays in sight of the level it is about"
    if move.clock == "":
        yield "a complaint keeps the deadline of whom it is about"


def _correcting_laws(state: State, call: Call, move: Move, after: State) -> Iterator[str]:
    """What is put right stays with whoever has it, or begins anew with somebody else's clock; sealed stays sealed."""
    s = state.s
    if call.event == "hand_on" and not (s.sealed and after.s.sealed and move.clock):
        yield "a sealed matter is handed on out of its seal, or with the former body's clock"
    if call.event != "put_right":
        return
    if s.state in ("diverted", "in_hand") and not call.over:
        yield "whoever was given the work puts it right themselves"
    if not call.to and (move.state, move.owner, move.clock) != (s.state, s.owner, ""):
        yield "what stays theirs is moved"
    if call.to and (move.owner != call.to or move.handler == "keep" or not move.clock):
        yield "it belongs elsewhere and stays with who had it"
    if call.to and s.leads:
        yield "a lead goes elsewhere without those merged into it"


def _sealed_laws(state: State, scope: Scope, call: Call) -> Iterator[str]:
    if state.s.sealed and call.event not in SEALED_TOO:
        yield f"{call.event} touches a sealed matter"
    if state.s.sealed and scope.kind == "post" and scope.unit != state.whereabouts.unit:
        yield "somebody else reaches a sealed matter"


_KEEPING = ("accept", "raise", "call_up", "fall", "dissolve", "visit")
"""Moves within one limit: the response runs on until somebody takes it on, the visit's until it is made."""


def _answer_laws(state: State, call: Call, move: Move) -> Iterator[str]:
    s = state.s
    asked = call.event == "rate" or call.result == "asked"
    unsolved = (asked and call.solved is False) or call.result in ("not_done", "fails")
    if unsolved and move.state != ("review" if s.reopened else "reopened"):
        yield f"not solved leads to {move.state}"
    if move.outcome == "disagrees" and s.state not in ("review", "closed"):
        yield "closed over the reporter's head without a review"
    yield from _rating_laws(s, call, move, unsolved=unsolved)
    yield from _part_laws(s, call, move)


def _rating_laws(s: Standing, call: Call, move: Move, *, unsolved: bool) -> Iterator[str]:
    """Who has to have spoken, and what they said, before it ends."""
    if call.others and call.event in ("rate", "visit") and not unsolved and call.result != "checked" and move.ended:
        yield "it ends before everybody who reported it has spoken"
    if call.bad and move.state == "closed":
        yield "somebody who is not satisfied is closed unread"
    if s.state == "to_rate" and s.to_rate and move.ended and move.outcome not in ("rated", "not_rated"):
        yield f"a rated kind ends as {move.outcome}"
    if call.event == "rate" and call.solved and call.satisfied is False and move.state == "closed":
        yield "not satisfied is closed unread"
    if call.event == "visit" and call.result == "not_reached" and call.days < TRIES and move.state != s.state:
        yield "not reached counts before the third day"


def _part_laws(s: Standing, call: Call, move: Move) -> Iterator[str]:
    """Answers go through the centre, once back at most; a part never asks the person."""
    if call.event in ("answer", "answer_for") and s.owner == "unit" and move.state != "to_pass":
        yield "a unit's answer reaches the person past the centre"
    if call.event == "answer" and call.waiting and s.state == "split":
        yield "the whole is answered before its parts"
    if s.caller and move.state in ("answered", "to_rate", "to_file", "reopened", "review"):
        yield "a part asks the person itself"
    if call.event == "send_back" and (s.sent_back or not move.sets.get("sent_back")):
        yield "an answer is sent back more than once"
    if call.event == "drop" and not s.caller:
        yield "a matter of its own is dropped"


def without_an_end(found: Mapping[State, list[Edge]]) -> set[State]:
    """States from which no end can be reached."""
    back: dict[State, set[State]] = {}
    for state, edges in found.items():
        for *_rest, after in edges:
            back.setdefault(after, set()).add(state)
    reached = {state for state in found if state.s.state in words.ENDED}
    waiting = list(reached)
    while waiting:
        for before in back.get(waiting.pop(), ()):
            if before not in reached:
                reached.add(before)
                waiting.append(before)
    return set(found) - reached


def unused_ways(found: Mapping[State, list[Edge]]) -> set[tuple[str, str, str]]:
    """Ways of the table that nobody ever takes."""
    table = {
        (event.code, start, to)
        for event in EVENTS.values()
        if event.live and event.code != "report"
        for start, ends in event.ways
        for to in ends
    }
    taken = {(call.event, state.s.state, move.state) for state, edges in found.items() for _s, call, move, _a in edges}
    return table - taken
