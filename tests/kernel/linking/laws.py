"""The laws of a plan of links, checked from the outside, and its price by a general solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from commongrid.kernel.linking.flow import GRAIN, Terms, load_steps, terms
from commongrid.kernel.linking.statement import NOBODY, Households, LinkRules, Members, Pairs, Plan, Reason


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question."""

    households: Households
    members: Members
    rules: LinkRules
    pairs: Pairs

    @property
    def terms(self) -> Terms:
        """The price of every pair."""
        return terms(self.households, self.members, self.pairs, self.rules)


def case(seed: int, count: int = 14, many: int = 4) -> Case:
    """Households and members with wishes, links of today, kin, quarrels, a lock; sometimes too few members."""
    chance = np.random.default_rng(seed)
    households = Households.at(
        chance.uniform(0, 900, (count, 2)),
        group=chance.integers(0, 2, count),
        wishes=chance.choice([0, 0, 1, 3], count),
        before=chance.integers(-1, many, count),
    )
    upper = chance.choice([0, 2, 4, 6], many)
    upper[0] = 5
    members = Members.at(
        chance.uniform(0, 900, (many, 2)),
        group=chance.integers(0, 2, many),
        skills=chance.integers(0, 4, many),
        lower=np.minimum(upper, chance.integers(0, 3, many)),
        upper=upper,
    )
    pairs = Pairs(
        forbidden=np.column_stack([chance.integers(1, count, 3), chance.integers(0, many, 3)]),
        close=np.column_stack([chance.integers(0, count, 3), chance.integers(0, many, 3)]),
        bonus=chance.uniform(10, 300, 3),
    )
    leaving = [None, 0.0, 250.0][int(chance.integers(0, 3))]
    unlinked = [None, 400.0][int(chance.integers(0, 2))]
    rules = LinkRules(target=3, leaving=leaving, unlinked=unlinked)
    found = Case(households=households, members=members, rules=rules, pairs=pairs)
    possible = np.flatnonzero(found.terms.allowed[0])
    if len(possible):
        households.locked[0] = possible[0]
    return found


def least(one: Case) -> tuple[int, float]:
    """The fewest households without anybody and, with so few, the least price; by linear programming."""
    found, members, rules = one.terms, one.members, one.rules
    a, b = np.nonzero(found.allowed)
    count, many = found.allowed.shape
    steps = [(m, int(price)) for m in range(many) for price in load_steps(members, rules, m)]
    columns = len(a) + count + len(steps)
    big = 1e8 if rules.unlinked is None else rules.unlinked * GRAIN
    price = np.concatenate([found.link[a, b], np.full(count, big), [cost for _, cost in steps]])
    rows = np.zeros((count + many, columns))
    rows[a, np.arange(len(a))] = 1
    rows[np.arange(count), len(a) + np.arange(count)] = 1
    rows[count + b, np.arange(len(a))] = 1
    for number, (member, _) in enumerate(steps):
        rows[count + member, len(a) + count + number] = -1
    right = np.concatenate([np.ones(count), np.zeros(many)])
    none, most = np.zeros(columns), np.ones(columns)
    most[len(a) : len(a) + count] = one.households.locked == NOBODY
    solved = linprog(price, A_eq=rows, b_eq=right, bounds=list(zip(none, most, strict=True)), method="highs-ds")
    left = round(solved.x[len(a) : len(a) + count].sum())
    constant = sum(int(rules.too_few * GRAIN) * int(members.lower[m]) for m in range(many))
    return left, (solved.fun + constant - (big * left if rules.unlinked is None else 0)) / GRAIN


def broken(one: Case, plan: Plan) -> list[str]:
    """The laws that a plan breaks."""
    households, members, found = one.households, one.members, one.terms
    linked = plan.member != NOBODY
    told = []
    if len(plan.member) != len(households.points) or not found.allowed[linked, plan.member[linked]].all():
        told.append("at most one allowed link")
    for a, b in one.pairs.forbidden.tolist():
        if plan.member[a] == b:
            told.append("forbidden pairs are never linked")
    if (np.bincount(plan.member[linked], minlength=len(members.points)) > members.upper).any():
        told.append("nobody has more than may be")
    held = households.locked != NOBODY
    if (plan.member[held] != households.locked[held]).any():
        told.append("locks hold")
    left, price = least(one)
    if abs(plan.price - price) > 1e-3 or len(plan.unlinked) != left:
        told.append("the plan is the optimum")
    told += _of_reasons(one, plan)
    if plan.new_contact != int(((households.before != NOBODY) & (plan.member != households.before)).sum()):
        told.append("new contacts are counted")
    return sorted(set(told))


def _of_reasons(one: Case, plan: Plan) -> list[str]:
    """Every household has its cheapest offer at the prices of places, and these fit the loads."""
    told = []
    if [reason.household for reason in plan.reasons] != np.flatnonzero(plan.member != NOBODY).tolist():
        told.append("every link has a reason")
    for reason in plan.reasons:
        own = reason.own
        link = own.metres - own.bonus + own.wishes + own.leaving - own.keep
        steps = load_steps(one.members, one.rules, own.member)
        last = steps[min(plan.load[own.member], len(steps)) - 1]
        laws = {
            "every link has a reason": own.member == plan.member[reason.household],
            "the terms add up": abs(link * GRAIN - one.terms.link[reason.household, own.member]) < 1e-3,
            "a place is worth what the last one cost": own.place * GRAIN >= last - 1e-6,
        }
        told += [law for law, holds in laws.items() if not holds]
        told += _of_the_nearer(reason)
    return told


def _of_the_nearer(reason: Reason) -> list[str]:
    """The offer that was not taken is nearer, and dearer with its place."""
    own, nearer = reason.own, reason.nearer
    if nearer is None:
        return []
    laws = {
        "the own offer is the cheapest": own.total <= nearer.total + 1e-6,
        "what is worth more to others explains it": own.link - nearer.link <= reason.worth_more + 1e-6,
        "the nearer one is nearer": nearer.metres < own.metres,
    }
    return [law for law, holds in laws.items() if not holds]
