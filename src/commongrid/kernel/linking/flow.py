"""The minimum-cost flow: every household to one member, convex prices for a member's load.

Prices are rounded to a hundredth of a metre, so that whole numbers flow and the
optimum is exact. All pairs that are allowed are arcs: leaving some out has
missed optima.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.linking.statement import NOBODY, Households, LinkRules, Members, Pairs, Reals, Wholes

GRAIN = 100
"""Prices are whole hundredths of a metre."""
LAST_RESORT = 10**9
"""The price, in hundredths, of a household that nobody looks after where that is not allowed: above all walks."""


LOCKED = 10 * LAST_RESORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The price of every pair, term by term (household x member, whole hundredths), and which pairs may be."""

    metres: Wholes
    bonus: Wholes
    wishes: Wholes
    leaving: Wholes
    keep: Wholes
    allowed: NDArray[np.bool_]
    nobody: Wholes  # what it costs to leave a household without anybody; for a locked one more than anything

    @property
    def link(self) -> Wholes:
        """What a link costs."""
        return self.metres - self.bonus + self.wishes + self.leaving - self.keep


def hundredths(value: Reals | float) -> Wholes:
    """Metres as whole hundredths."""
    return np.round(np.asarray(value, float) * GRAIN).astype(np.int64)


def without(rules: LinkRules) -> int:
    """What it costs, in hundredths, to leave a household without anybody."""
    return LAST_RESORT if rules.unlinked is None else int(hundredths(rules.unlinked))


def terms(households: Households, members: Members, pairs: Pairs, rules: LinkRules) -> Terms:
    """The price of every pair."""
    count, many = len(households.points), len(members.points)
    given = pairs.metres
    if given is None:
        given = np.hypot(*(households.points[:, np.newaxis, at] - members.points[np.newaxis, :, at] for at in (0, 1)))
    bonus = np.zeros((count, many))
    if len(pairs.close):
        np.maximum.at(bonus, (pairs.close[:, 0], pairs.close[:, 1]), pairs.bonus)
    unmet = np.bitwise_count(households.wishes[:, np.newaxis] & ~members.skills[np.newaxis, :])
    leaves = households.group[:, np.newaxis] != members.group[np.newaxis, :]
    allowed = np.broadcast_to(members.upper[np.newaxis, :] > 0, (count, many)).copy()
    if rules.leaving is None:
        allowed &= ~leaves
    if len(pairs.forbidden):
        allowed[pairs.forbidden[:, 0], pairs.forbidden[:, 1]] = False
    has = households.before[:, np.newaxis] == np.arange(many)[np.newaxis, :]
    held = np.flatnonzero(households.locked != NOBODY)
    only = np.zeros((count, many), np.bool_)
    only[held, households.locked[held]] = True
    allowed[held] &= only[held]
    allowed &= np.isfinite(given)
    return Terms(
        metres=hundredths(np.where(np.isfinite(given), given, 0.0)),
        bonus=hundredths(bonus),
        wishes=hundredths(rules.wish * unmet),
        leaving=hundredths(np.where(leaves, rules.leaving or 0.0, 0.0)),
        keep=hundredths(np.where(has, rules.keep, 0.0)),
        allowed=allowed,
        nobody=np.where(households.locked == NOBODY, without(rules), LOCKED),
    )


def load_steps(members: Members, rules: LinkRules, member: int) -> Wholes:
    """What the first, second, ... household of a member costs for the load alone."""
    upper, lower = int(members.upper[member]), int(members.lower[member])
    number = np.arange(1, upper + 1)
    above = hundredths(rules.load_step) * np.maximum(0, number - max(rules.target, lower))
    return (above - hundredths(rules.too_few) * (number <= lower)).astype(np.int64)


def flow(found: Terms, members: Members, rules: LinkRules) -> Wholes:
    """Each household's member, or nobody, at the least price."""
    count, many = found.allowed.shape
    a, b = np.nonzero(found.allowed)
    steps = [load_steps(members, rules, one) for one in range(many)]
    link = found.link[a, b]
    lowest = min(int(link.min(initial=0)), int(found.nobody.min()))
    cheapest = min((int(one.min(initial=0)) for one in steps), default=0)
    sink, nobody = count + many, count + many + 1
    from ortools.graph.python import min_cost_flow  # here, for only who plans needs its 16 MB

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(a, count + b, np.ones(len(a), np.int64), link - lowest)
    everyone = np.arange(count)
    solver.add_arcs_with_capacity_and_unit_cost(
        everyone, np.full(count, nobody), np.ones(count, np.int64), found.nobody - lowest
    )
    for one in range(many):
        prices, capacity = np.unique(steps[one], return_counts=True)
        width = len(prices)
        solver.add_arcs_with_capacity_and_unit_cost(
            np.full(width, count + one), np.full(width, sink), capacity.astype(np.int64), prices - cheapest
        )
    solver.add_arc_with_capacity_and_unit_cost(nobody, sink, count, -cheapest)
    solver.set_nodes_supplies(np.append(everyone, sink), np.append(np.ones(count, np.int64), -count))
    if solver.solve() != solver.OPTIMAL:  # the arcs to nobody make every case solvable
        message = "the flow has no optimum"
        raise ArithmeticError(message)
    member = np.full(count, NOBODY, np.int64)
    used = np.asarray(solver.flows(arcs)) > 0
    member[a[used]] = b[used]
    return member
