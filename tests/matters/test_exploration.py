"""Every reachable state x role x event of the loop, the laws that hold in each, and that broken rules are caught."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from commongrid.matters.rules import deciding, loop, moves, relations, table, words
from commongrid.matters.rules.deciding import (
    calling,
    correcting,
    dispatching,
    entering,
    rating,
    waiting,
    watching,
    working,
)
from commongrid.matters.rules.moves import Move
from tests.figures import Record
from tests.matters import laws, model, world
from tests.matters.laws import broken, unused_ways, without_an_end
from tests.sizes import in_turn

KINDS = ((True, True, "rating", True), (False, True, "filing", False), (False, False, "filing", True))
"""Kinds of kind explored each time: visited, rated, what closes it, whether the grid may finish it."""


ONCE = pytest.mark.xdist_group("exploration")
"""Tests that share the explored states run on one worker."""


@pytest.fixture(scope="module")
def found() -> dict[model.State, list[Any]]:
    """The explored states of those kinds."""
    return world.explored(KINDS)


@ONCE
def test_every_open_state_has_owner_deadline_next_step_and_a_way_on(
    found: dict[model.State, list[Any]], figure: Record
) -> None:
    complaints = {complaint for state, edges in found.items() for complaint in broken(state, edges)}
    assert complaints == set()
    figure("states of the loop explored, laws broken", asked=8_000, done=len(found), wrong=len(complaints))
    assert len(found) > 8_000
    assert sum(map(len, found.values())) > 200_000


@ONCE
def test_from_every_state_an_end_can_be_reached(found: dict[model.State, list[Any]]) -> None:
    assert without_an_end(found) == set()


@ONCE
def test_every_way_of_the_table_is_taken_and_no_other(found: dict[model.State, list[Any]]) -> None:
    assert unused_ways(found) == set()
    assert {state.s.state for state in found} == {code for code, state in table.STATES.items() if state.live}


@pytest.mark.nightly
def test_all_kinds_of_kind_keep_the_laws(figure: Record) -> None:
    everything = world.explored()
    wrong = {complaint for state, edges in everything.items() for complaint in broken(state, edges)}
    figure("states of the loop explored, all kinds of kind", asked=20_000, done=len(everything), wrong=len(wrong))
    assert wrong == set()
    assert without_an_end(everything) == set()


def _swap(name: str, **changes: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """A defect in the table: one event changed."""
    return lambda patch: patch.setitem(table.EVENTS, name, replace(table.EVENTS[name], **changes))


def _decider(name: str, wrong: Callable[..., Move]) -> Callable[[pytest.MonkeyPatch], None]:
    """A defect in a rule: one decider replaced."""
    return lambda patch: patch.setitem(loop.DECIDERS, name, wrong)


def _plain(name: str, wrong: object, where: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(where, name, wrong)


def _leading(event: str, state: str, *to: str) -> dict[str, object]:
    """The event's ways with those from one state replaced."""
    return {"ways": tuple((start, to if start == state else ends) for start, ends in table.EVENTS[event].ways)}


DEFECTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a complaint stays with the unit it is about": _decider(
        "route_round", lambda s, c: moves.goes("accepted" if c.to == c.level else "reported", c.to)
    ),
    "a complaint keeps the old deadline": _decider(
        "route_round", lambda s, c: Move(state="reported", owner=c.to, handler="clear")
    ),
    "a matter of another place stays with who had it": _decider("put_right", moves.stays),
    "whoever has the work puts it right": _plain("AT_WORK", (), correcting),
    "a sealed matter is handed on out of its seal": _decider(
        "hand_on", lambda s, c: moves.goes("reported", "unit", handler="target", sets={"sealed": False})
    ),
    "an answer forgets the owner": _plain("visit_owner", lambda handler: "", working),
    "the handler's level owes the visit and makes it": _plain("_may_visit", lambda scope, matter: True, relations),
    "a reopened matter may go back to its handler": _decider(
        "divert", lambda s, c: dispatching.given(c, reopened=s.state == "reopened")
    ),
    "a reopened village takes its own matter again": _decider(
        "start", lambda s, c: moves.goes("in_hand", s.owner, handler="owner")
    ),
    "what another system says is filed away": _decider("take_result", moves.stays),
    "violence is mediated": _decider("mediate", lambda s, c: moves.goes("in_hand", s.owner, handler="owner")),
    "an order of another system ends with our answer": _decider(
        "answer", lambda s, c: Move(state="closed", outcome="done", handler="owner")
    ),
    "a lead is over before the others have spoken": _plain(
        "_waits", lambda s, rating, **sets: moves.ends("closed", "rated"), rating
    ),
    "a recheck that fails is filed away": _decider("recheck", lambda s, c: Move(state="closed", outcome=s.outcome)),
    "a merged matter closes its lead's complaint unread": _plain(
        "after", lambda s, rating, good=True, **sets: moves.ends("closed", rating or "rated"), rating
    ),
    "not solved closes the matter": _plain("_not_solved", lambda s, rating: moves.ends("closed", "rated"), rating),
    "not solved reopens for ever": _plain(
        "_not_solved",
        lambda s, rating: moves.goes("reopened", "township", handler="clear", sets={"reopened": s.reopened + 1}),
        rating,
    ),
    "an order is given back for ever": _decider(
        "give_back",
        lambda s, c: moves.goes("returned", "county", handler="clear", sets={"given_back": True}),
    ),
    "not reached counts on the first day": _plain("TRIES", 1, rating),
    "a sealed matter is open to whoever is above": lambda patch: (
        *(
            patch.setattr(where, "not_sealed", lambda s: None)
            for where in (entering, dispatching, working, watching, calling)
        ),
        patch.setattr(relations, "_is_above", lambda scope, matter: True),
    )[0],
    "a supervisor takes the matter over": _decider("supervise", lambda s, c: Move(state=s.state, owner="county")),
    "a warning loses the owner": _decider("warn", lambda s, c: Move(state=s.state)),
    "nobody may close": _swap("close", power="matters.nothing"),
    "nobody decides on what was given back": _swap("decide", who=("near",)),
    "the review has no way out": _swap("review", ways=()),
    "the grid can't pass up": _swap("raise", ways=(("accepted", ("accepted",)), ("in_hand", ("accepted",)))),
    "handing over a sealed matter is not offered": _swap("receipt", live=False),
    "a wait for the rating has no step": _plain("step_of", lambda *a, **k: "", laws),
    "not satisfied closes by itself": _plain(
        "after",
        lambda s, rating, good=True, **sets: moves.ends("closed", rating or "checked", rating=rating, **sets),
        deciding.rating,
    ),
    "the third day ends as if it were checked": _plain(
        "after",
        lambda s, rating, good=True, **sets: moves.ends("closed", "checked", rating="", **sets),
        deciding.rating,
    ),
    "an answered matter keeps the handler's deadline": _decider(
        "answer", lambda s, c: replace(working.answered(s, moves.level_of_owner(s)), clock="")
    ),
    "a unit tells the person itself": _decider("answer", lambda s, c: working.answered(s, moves.level_of_owner(s))),
    "a part is returned to its unit for ever": _decider(
        "send_back", lambda s, c: moves.goes("in_hand", "unit" if s.by_unit else s.handler, sets={"sent_back": True})
    ),
    "a part goes to the person": _decider("pass_on", lambda s, c: working.answered(s, s.handler, keeps="keep")),
    "an outside body is ordered": _decider("divert", lambda s, c: dispatching.given(c, reopened=s.state == "reopened")),
    "any matter may be dropped": lambda patch: (
        _decider("drop", lambda s, c: moves.ends("withdrawn", "withdrawn"))(patch),
        _swap("drop", who=("owner",))(patch),
    )[0],
    "the centre that called is not known": _plain("_called", lambda scope, matter: False, relations),
    "the whole does not wait for its parts": _decider("answer", lambda s, c: working._answer(s, replace(c, waiting=0))),
    "parked without asking the deputy": _swap("park", power="matters.handle"),
    "extended for ever": _decider(
        "extend", lambda s, c: moves.goes("in_hand", s.owner, sets={"extended": s.extended + 1})
    ),
    "an application outlives the hand that asked": _plain("tidied", lambda s, move: move, deciding.waiting),
    "a pause starts the limit anew": _decider("wake", lambda s, c: moves.goes("in_hand", s.owner, restart=True)),
    "a body asked outside keeps what is parked": _plain(
        "_set_aside", lambda state, s: moves.goes(state, s.owner), waiting
    ),
    "more time for the whole ends its parts": _decider(
        "extend", lambda s, c: moves.goes("in_hand", s.owner, handler="owner", sets={"extended": s.extended + 1})
    ),
    "parking forgets the owner": _decider("park", lambda s, c: Move(state="parked", clock="resume")),
    "a no is objected to for ever": _decider(
        "ask_again", lambda s, c: moves.goes("reported", "county", handler="clear", restart=True)
    ),
    "a part has longer than its whole": _decider(
        "extend", lambda s, c: moves.goes("in_hand", s.owner, sets={"extended": 1})
    ),
    "an order of another system is parked past its date": _decider("park", lambda s, c: moves.goes("parked", s.owner)),
    "who follows may not ask again": _decider(
        "ask_again", lambda s, c: waiting._ask_again(s, replace(c, follower=False))
    ),
    "units of the parts get it again": _plain("bars", lambda state, who: state.barred == who, model.State),
    "nobody takes the receipt": _swap("take_receipt", power="matters.nothing"),
    "withdrawn after the end": _swap("withdraw", ways=(*table.EVENTS["withdraw"].ways, ("closed", ("withdrawn",)))),
}


@pytest.mark.parametrize("defect", in_turn(list(DEFECTS), 3))
def test_a_defect_in_the_rules_is_caught(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.allowed.cache_clear()
    DEFECTS[defect](monkeypatch)
    try:
        assert _caught(), f"{defect}: no law was broken"
    finally:
        world.allowed.cache_clear()


def _caught() -> bool:
    """Whether exploring with the defect breaks a law: parts first, then leads, orders and disputes, then all others."""
    return any(
        _breaks(begin, most)
        for begin, most in (
            (world.parts(), 1500),
            (world.leads(), 500),
            (world.in_parts(), 500),
            (world.elsewhere(), 500),
            (world.starts(KINDS[:2]), 4000),
        )
    )


def _breaks(begin: Iterable[model.State], most: int) -> bool:
    """Whether a law breaks within that many states from these, stopping at the first."""
    seen: set[model.State] = set()
    waiting = deque(begin)
    while waiting and len(seen) < most:
        state = waiting.popleft()
        if state in seen:
            continue
        seen.add(state)
        try:
            edges = [(scope, *step) for actor, scope in enumerate(model.ACTORS) for step in world.steps(state, actor)]
        except (AssertionError, ValueError):
            return True
        if any(broken(state, edges)):
            return True
        waiting.extend(after for *_rest, after in edges if after not in seen)
    return False


def test_the_closed_sets_agree() -> None:
    assert set(table.STATES) == set(words.STATES)
    assert {state.clock for state in table.STATES.values() if state.clock} <= set(words.CLOCKS)
    for event in table.EVENTS.values():
        assert {start for start, _ in event.ways} <= {*words.STATES, ""}
        assert {to for _, ends in event.ways for to in ends} <= set(words.STATES)
