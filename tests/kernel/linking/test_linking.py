"""Linking is exact, keeps its laws, explains itself, and says where members are too few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.kernel.linking import flow, planning
from commongrid.kernel.linking.planning import curve, link
from commongrid.kernel.linking.statement import (
    NOBODY,
    Households,
    LimitsCrossed,
    LinkRules,
    LockedToNobody,
    Members,
    NobodyToLink,
    NoMembers,
    Pairs,
    Plan,
    UnequalLists,
)
from tests.kernel.linking.laws import Case, broken, case

FREE = LinkRules(target=15, load_step=0.0, keep=0.0, too_few=0.0)


def made(one: Case) -> Plan:
    return link(one.households, one.members, one.rules, one.pairs)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**7))
def test_every_law_holds_and_the_price_is_the_optimum(seed: int) -> None:
    one = case(seed)
    plan = made(one)
    assert broken(one, plan) == []
    assert (made(one).member == plan.member).all()


Mutant = Callable[..., Any]


def without_wishes(*given: Any) -> Any:
    found = flow.terms(*given)
    return replace(found, wishes=0 * found.wishes)


def without_forbidden(homes: Households, members: Members, pairs: Pairs, rules: LinkRules) -> Any:
    return flow.terms(homes, members, replace(pairs, forbidden=np.empty((0, 2), np.int64)), rules)


def without_locks(homes: Households, members: Members, pairs: Pairs, rules: LinkRules) -> Any:
    return flow.terms(replace(homes, locked=np.full(len(homes.locked), NOBODY)), members, pairs, rules)


def without_limits(found: Any, members: Members, rules: LinkRules) -> Any:
    return flow.flow(found, replace(members, upper=members.upper + 9 * (members.upper > 0)), rules)


def all_to_the_first(found: Any, members: Members, rules: LinkRules) -> Any:
    return np.zeros(len(found.allowed), np.int64)


def worth(value: int) -> Mutant:
    return lambda found, members, rules, member: np.full(len(members.points), value)


MUTANTS: dict[str, tuple[str, Mutant]] = {
    "at most one allowed link": ("flow", all_to_the_first),
    "forbidden pairs are never linked": ("terms", without_forbidden),
    "nobody has more than may be": ("flow", without_limits),
    "locks hold": ("terms", without_locks),
    "the plan is the optimum": ("terms", without_wishes),
    "new contacts are counted": ("_changed", lambda homes, member: member != homes.before),
    "every link has a reason": ("reasons", lambda *given: ()),
    "the own offer is the cheapest": ("worths", worth(0)),
    "a place is worth what the last one cost": ("worths", worth(-(10**7))),
}


@pytest.mark.parametrize("law", MUTANTS)
def test_a_mutant_breaks_its_law(law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, mutant = MUTANTS[law]
    if name == "flow":  # which has no prices then, and says so
        monkeypatch.setattr(planning, "worths", worth(0))
    monkeypatch.setattr(planning, name, mutant)
    told: set[str] = set()
    for seed in range(40):
        one = case(seed)
        told |= set(broken(one, made(one)))
        if law in told:
            return
    pytest.fail(f"only {told} broke")


def test_the_reason_says_who_is_nearer_and_what_a_place_there_is_worth() -> None:
    homes = Households.at(np.array([[0.0, 0], [10.0, 0], [60.0, 0]]))
    members = Members.at(np.array([[5.0, 0], [300.0, 0]]), upper=np.array([2, 15]))
    plan = link(homes, members, FREE)
    assert plan.member.tolist() == [0, 0, 1]
    told = plan.reasons[2]
    assert (told.own.metres, told.nearer_has) == (240.0, 2)
    assert told.nearer is not None
    assert told.nearer.metres == 55.0
    assert told.worth_more == pytest.approx(290.0 - 5.0)
    assert plan.reasons[0].nearer is None


def test_a_member_who_leaves_moves_few_others_at_the_usual_discount() -> None:
    chance = np.random.default_rng(4)
    homes = Households.at(chance.uniform(0, 2500, (150, 2)))
    members = Members.at(chance.uniform(0, 2500, (14, 2)))
    rules = LinkRules(target=12)
    first = link(homes, members, rules)
    gone = int(np.argmax(first.load))
    after = replace(members, upper=np.where(np.arange(14) == gone, 0, 15))
    homes = replace(homes, before=first.member)
    plan = link(homes, after, rules)
    assert plan.left == first.load[gone]
    assert plan.new_contact - plan.left <= 10
    stops = curve(homes, after, rules)
    assert [one.keep for one in stops] == list(planning.STOPS)
    changes = [one.new_contact for one in stops]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > changes[-1]
    saved = [one.saved for one in stops]
    assert saved == sorted(saved, reverse=True)
    assert stops[3].new_contact == plan.new_contact
    assert stops[3].metres == pytest.approx(plan.metres)


def test_too_few_members_are_said_with_what_helps() -> None:
    homes = Households.at(np.arange(32.0).reshape(16, 2), group=np.zeros(16, np.int64))
    one = Members.at(np.array([[0.0, 0], [9.0, 9]]), group=np.array([0, 1]))
    plan = link(homes, one, FREE)
    assert len(plan.unlinked) == 1
    (short,) = plan.shortages
    assert (short.group, short.households, short.places) == (0, 16, 15)
    assert (short.limit, short.members, short.others) == (16, 1, True)
    assert link(homes, one, replace(FREE, leaving=100.0)).shortages == ()
    raised = link(homes, replace(one, upper=np.array([16, 15])), FREE)
    assert raised.unlinked == ()
    nobody = link(replace(homes, group=np.full(16, 3)), one, FREE)
    assert nobody.shortages[0].limit is None
    assert len(nobody.nobody_allowed) == 16


def test_bad_input_is_refused_in_words() -> None:
    homes, members = Households.at(np.zeros((3, 2))), Members.at(np.zeros((2, 2)))
    with pytest.raises(NobodyToLink):
        link(Households.at(np.empty((0, 2))), members, FREE)
    with pytest.raises(NoMembers):
        link(homes, replace(members, upper=np.zeros(2, np.int64)), FREE)
    with pytest.raises(UnequalLists):
        link(replace(homes, group=np.zeros(2, np.int64)), members, FREE)
    with pytest.raises(UnequalLists):
        link(homes, members, FREE, Pairs(metres=np.zeros((2, 2))))
    with pytest.raises(LimitsCrossed):
        link(homes, replace(members, lower=np.array([16, 0])), FREE)
    with pytest.raises(LockedToNobody) as refused:
        link(replace(homes, locked=np.array([0, NOBODY, NOBODY])), members, FREE, Pairs(forbidden=np.array([[0, 0]])))
    assert refused.value.households == (0,)
    with pytest.raises(LockedToNobody):
        link(replace(homes, locked=np.zeros(3, np.int64)), replace(members, upper=np.array([2, 15])), FREE)


def test_all_at_one_point_are_linked_evenly_where_load_has_a_price() -> None:
    plan = link(Households.at(np.zeros((12, 2))), Members.at(np.zeros((3, 2))), LinkRules(target=2))
    assert plan.load.tolist() == [4, 4, 4]
