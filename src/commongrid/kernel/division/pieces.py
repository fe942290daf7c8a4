"""A village cut into what is divided by itself, with how many grids, within which limits, and why these."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from commongrid.kernel.division.arrays import Metres, Reals, Wholes
from commongrid.kernel.division.assigning import Piece
from commongrid.kernel.division.graph import Graph
from commongrid.kernel.division.joining import Ground
from commongrid.kernel.division.reckoning import Reason
from commongrid.kernel.division.solving import Start, Task
from commongrid.kernel.division.statement import (
    NONE,
    Cause,
    Households,
    Locks,
    Rules,
    TooFewGrids,
)
from commongrid.kernel.division.walking import Walking


@dataclass(slots=True, kw_only=True)
class Part:
    """Households that are divided among themselves."""

    who: Wholes
    area: int
    weight: int
    small: bool  # the official allows a small grid here
    shortened: tuple[int, ...]  # locked grids that lie in the same area
    cut: bool  # other households of the area lie beyond a barrier
    grids: int = 1
    labels: tuple[int, ...] = ()  # today's grids that go on here
    locked: tuple[int, ...] = ()  # those of them that households are locked to

    def fits(self, rules: Rules, grids: int) -> int:
        """By how much the sizes must leave the limits with so many grids."""
        lower = 1 if self.small else rules.lower
        return max(0, self.weight - grids * rules.upper) + max(0, grids * lower - self.weight)

    def most(self) -> int:
        """No more grids than households."""
        return len(self.who)

    def least(self) -> int:
        """No fewer grids than one, and one for each that households are locked to."""
        return max(1, len(self.locked))

    def natural(self, rules: Rules) -> int:
        """The number of grids nearest to the target whose limits can be met best."""
        wished = self.weight / rules.target
        candidates = {floor(wished), ceil(wished), floor(self.weight / rules.lower), ceil(self.weight / rules.upper)}
        allowed = {min(self.most(), max(self.least(), one)) for one in candidates}
        return min(allowed, key=lambda one: (self.fits(rules, one), abs(one - wished), one))

    def reason(self, rules: Rules) -> Reason:
        """Why the sizes are outside the limits, where the number of grids makes them so; else what else may."""
        if self.small and self.weight < rules.lower:
            return Reason(cause=Cause.ALLOWED_SMALL, blocked_by=(self.area,))
        if self.fits(rules, self.grids) == 0:
            return (
                Reason(cause=Cause.LOCKED_HOUSEHOLDS, blocked_by=self.locked)
                if self.locked
                else Reason(cause=Cause.SHAPE)
            )
        if len(self.locked) >= self.grids > 1:
            return Reason(cause=Cause.LOCKED_HOUSEHOLDS, blocked_by=self.locked)
        if self.shortened and self.fits(rules, self.natural(rules)):
            return Reason(cause=Cause.LOCKED_GRID, blocked_by=self.shortened)
        if self.grids != self.natural(rules):
            return Reason(cause=Cause.GIVEN_NUMBER)
        if self.weight < rules.lower:
            return (
                Reason(cause=Cause.CUT_OFF) if self.cut else Reason(cause=Cause.SMALL_VILLAGE, blocked_by=(self.area,))
            )
        return Reason(cause=Cause.NO_NUMBER_FITS)


def parts_of(given: Households, rules: Rules, locks: Locks, area: Wholes, part: Wholes) -> list[Part]:
    """The parts, their numbers of grids and the grids of today that go on in each."""
    frozen = np.isin(given.before, list(locks.grids))
    found = []
    for one in np.unique(part[~frozen]):
        who = np.flatnonzero((part == one) & ~frozen)
        here = int(area[who[0]])
        villages = np.unique(given.village[who])
        beside = np.unique(given.before[frozen & (area == here)])
        found.append(
            Part(
                who=who,
                area=here,
                weight=int(given.weight[who].sum()),
                small=len(villages) == 1 and int(villages[0]) in rules.small,
                shortened=tuple(int(label) for label in beside),
                cut=len(who) < int((area == here).sum()),
            )
        )
    _name(given, locks, found)
    _number(rules, found, len(locks.grids & {int(one) for one in given.before}))
    for one_part in found:
        one_part.labels = (*one_part.locked, *(la for la in one_part.labels if la not in one_part.locked))
        one_part.labels = one_part.labels[: one_part.grids]
    return found


def _name(given: Households, locks: Locks, found: list[Part]) -> None:
    """Each grid of today goes on where most of its locked households, else most of its households, are."""
    labels = [int(one) for one in np.unique(given.before) if one >= 0 and int(one) not in locks.grids]
    locked = np.full(len(given.before), NONE) if locks.households is None else locks.households
    for label in labels:
        weights = [(int((locked[p.who] == label).sum()), int((given.before[p.who] == label).sum())) for p in found]
        home = max(range(len(found)), key=lambda n: weights[n], default=None)
        if home is None:
            continue
        if weights[home][0]:
            found[home].locked += (label,)
        if weights[home][1] or weights[home][0]:
            found[home].labels += (label,)
    for one in found:
        count = {label: int((given.before[one.who] == label).sum()) for label in one.labels}
        one.labels = tuple(sorted(one.labels, key=lambda label: (-count[label], label)))


def _number(rules: Rules, found: list[Part], frozen: int) -> None:
    """How many grids each part gets: by the target, or so that the number given comes out."""
    for one in found:
        one.grids = one.natural(rules)
    if rules.grids is None:
        return
    needed = frozen + sum(one.least() for one in found)
    if rules.grids < needed:
        raise TooFewGrids(needed=needed, grids=rules.grids)
    while (wrong := rules.grids - frozen - sum(one.grids for one in found)) != 0:
        step = 1 if wrong > 0 else -1
        can = [one for one in found if one.least() <= one.grids + step <= one.most()]
        if not can:
            return
        best = min(can, key=lambda one: (_worse(one, rules, step), -step * one.weight / one.grids))
        best.grids += step


def _worse(one: Part, rules: Rules, step: int) -> int:
    return one.fits(rules, one.grids + step) - one.fits(rules, one.grids)


Lands = tuple[Graph, Walking]
"""Who is next to whom, and the walks."""


def task_of(given: Households, rules: Rules, locks: Locks, part: Part, lands: Lands) -> Task:
    """A part with everything that it takes to divide it."""
    graph, walks = lands
    piece = piece_of(given, rules, locks, part, walks(part.who))
    ground = _ground(given, rules, graph, part.who, piece)
    return Task(piece=piece, ground=ground, grids=part.grids, start=begun(piece, part, rules, walks))


def piece_of(given: Households, rules: Rules, locks: Locks, part: Part, metres: Metres) -> Piece:
    """The arrays of a part, its limits widened as far as the number of its grids demands."""
    who, grids = part.who, part.grids
    number = {label: k for k, label in enumerate(part.labels)}
    before = np.array([number.get(int(one), NONE) for one in given.before[who]], np.int64)
    held = np.full(len(given.before), NONE) if locks.households is None else locks.households
    locked = np.array([number.get(int(one), NONE) for one in held[who]], np.int64)
    even = bool((given.weight[who] == 1).all())
    lower, upper = (1 if part.small else rules.lower), rules.upper
    if part.fits(rules, grids):
        slack = 0 if even else int(given.weight[who].max())
        lower = max(0, min(lower, part.weight // grids - slack))
        upper = max(upper, ceil(part.weight / grids) + slack)
    _, village = np.unique(given.village[who], return_inverse=True)
    usual = np.minimum(np.bincount(village)[village], upper)
    foreign: Reals = rules.split / usual if village.max() > 0 else np.zeros(len(who))
    return Piece(
        metres=np.ascontiguousarray(metres),
        weight=given.weight[who],
        lower=lower,
        upper=upper,
        target=float(rules.target),
        beta=float(rules.uneven),
        sigma=float(rules.change),
        before=before,
        locked=locked,
        village=village.reshape(-1).astype(np.int64),
        foreign=foreign.astype(np.float64),
        split=float(rules.split) if village.max() > 0 else 0.0,
        even=even,
    )


def begun(piece: Piece, part: Part, rules: Rules, walks: Walking) -> Start | None:
    """Where changes cost something: today's grids, the rest from the households farthest from their centres."""
    named = int(max(piece.before.max(), piece.locked.max())) + 1
    if named == 0 or (rules.change == 0 and not (piece.locked >= 0).any()):
        return None
    centres: list[int] = []
    for k in range(named):
        mine = np.flatnonzero((piece.before == k) | (piece.locked == k))
        sums = walks(part.who[mine]).sum(axis=1)
        centres.append(int(mine[np.argmin(sums)]) if len(mine) else 0)
    grid = np.where(piece.locked >= 0, piece.locked, piece.before)
    if len(centres) == part.grids and bool((grid >= 0).all()):
        return np.array(centres, np.int64), grid.astype(np.int64)
    ways = walks(part.who, part.who[centres])
    while len(centres) < part.grids:
        away = ways.min(axis=0).astype(float)
        away[centres] = -1.0
        centres.append(int(np.argmax(away)))
        ways = np.vstack([ways, walks(part.who, part.who[centres[-1:]])])
    grid = np.where(grid >= 0, grid, np.argmin(ways, axis=0))
    return np.array(centres, np.int64), grid.astype(np.int64)


def _ground(given: Households, rules: Rules, graph: Graph, who: Wholes, piece: Piece) -> Ground:
    """Places and their neighbours within the part."""
    mine, place = np.unique(graph.place[who], return_inverse=True)
    at = np.full(len(graph.places), NONE, np.int64)
    at[mine] = np.arange(len(mine))
    ends = at[graph.ends]
    ends = ends[(ends >= 0).all(axis=1)]
    both = np.unique(np.vstack([ends, ends[:, ::-1]]), axis=0) if len(ends) else np.empty((0, 2), np.int64)
    place = place.reshape(-1).astype(np.int64)
    return Ground(
        place=place,
        first=np.searchsorted(both[:, 0], np.arange(len(mine) + 1)).astype(np.int64),
        beside=np.ascontiguousarray(both[:, 1]).astype(np.int64),
        begin=np.searchsorted(np.sort(place), np.arange(len(mine) + 1)).astype(np.int64),
        there=np.argsort(place, kind="stable").astype(np.int64),
        village=piece.village,
        heads=given.heads[who],
        capacity=given.capacity[who],
        split=float(rules.split),
        no_head=float(rules.no_head),
        short_member=float(rules.short_member),
    )
