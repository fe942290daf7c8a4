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
from commongrid.kernel.division.solving import Task
from commongrid.kernel.division.statement import (
    NONE,
    Cause,
    Households,
    Locks,
    Rules,
    TooFewGrids,
)


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


def task_of(given: Households, rules: Rules, locks: Locks, part: Part, lands: tuple[Graph, Metres]) -> Task:
    """The arrays of a part, its limits widened as far as the number of its grids demands."""
    graph, walks = lands
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
    piece = Piece(
        metres=np.ascontiguousarray(walks[np.ix_(who, who)]),
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
    ground = _ground(given, rules, graph, who, piece)
    return Task(piece=piece, ground=ground, grids=grids, start=_start(piece, grids, rules, locked))


def _start(piece: Piece, grids: int, rules: Rules, locked: Wholes) -> tuple[Wholes, Wholes] | None:
    """Where changes cost something: today's grids, the rest from the households farthest from their centres."""
    named = int(max(piece.before.max(), locked.max())) + 1
    if named == 0 or (rules.change == 0 and not (locked >= 0).any()):
        return None
    centres: list[int] = []
    for k in range(named):
        mine = np.flatnonzero((piece.before == k) | (locked == k))
        centres.append(int(mine[np.argmin(piece.metres[np.ix_(mine, mine)].sum(axis=1))]) if len(mine) else 0)
    while len(centres) < grids:
        away = piece.metres[centres].min(axis=0).astype(float)
        away[centres] = -1.0
        centres.append(int(np.argmax(away)))
    chosen = np.array(centres, np.int64)
    nearest = np.argmin(piece.metres[chosen], axis=0)
    grid = np.where(locked >= 0, locked, np.where(piece.before >= 0, piece.before, nearest))
    return chosen, grid.astype(np.int64)


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
