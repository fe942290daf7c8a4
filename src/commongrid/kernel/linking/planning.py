"""The plan, the curve of the slider, and the honest answer where members are too few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.linking.flow import GRAIN, Terms, flow, hundredths, load_steps, terms, without
from commongrid.kernel.linking.reasons import reasons, worths
from commongrid.kernel.linking.statement import (
    NOBODY,
    CurvePoint,
    Households,
    LimitsCrossed,
    LinkRules,
    LockedToNobody,
    Members,
    NobodyToLink,
    NoMembers,
    Pairs,
    Plan,
    Shortage,
    UnequalLists,
    Wholes,
)

STOPS = (0.0, 50.0, 100.0, 200.0, 400.0, 800.0)
"""Metres of discount at which the slider stops."""


def link(households: Households, members: Members, rules: LinkRules, pairs: Pairs | None = None) -> Plan:
    """Link every household to one member at the least price, and say why.

    Locked households keep their member, forbidden pairs are never linked, no
    member has more than their largest number. Where that leaves a household
    without anybody it is listed, with what would help.

    Refuses: NobodyToLink, NoMembers, UnequalLists, LimitsCrossed, LockedToNobody.
    """
    pairs = pairs or Pairs()
    _check(households, members, pairs)
    found = terms(households, members, pairs, rules)
    _check_locks(households, members, found)
    member = flow(found, members, rules)
    linked = np.flatnonzero(member != NOBODY)
    changed = _changed(households, member)
    return Plan(
        member=member,
        load=np.bincount(member[linked], minlength=len(members.points)),
        metres=int(found.metres[linked, member[linked]].sum()) / GRAIN,
        price=price(found, members, rules, member),
        new_contact=int(changed.sum()),
        left=int((changed & ~_keepable(households, found)).sum()),
        reasons=reasons(households, found, worths(found, members, rules, member), member),
        unlinked=tuple(int(one) for one in np.flatnonzero(member == NOBODY)),
        nobody_allowed=tuple(int(one) for one in np.flatnonzero(~found.allowed.any(axis=1))),
        shortages=_shortages(households, members, rules) if len(linked) < len(member) else (),
    )


def price(found: Terms, members: Members, rules: LinkRules, member: Wholes) -> float:
    """What the links cost with the loads and, where a price was given, with those left unlinked."""
    linked = np.flatnonzero(member != NOBODY)
    total = int(found.link[linked, member[linked]].sum())
    for one in range(len(members.points)):
        count = int((member == one).sum())
        steps = load_steps(members, rules, one)
        total += int(steps[:count].sum()) + int(hundredths(rules.too_few)) * min(int(members.lower[one]), len(steps))
    if rules.unlinked is not None:
        total += without(rules) * (len(member) - len(linked))
    return total / GRAIN


def curve(
    households: Households,
    members: Members,
    rules: LinkRules,
    pairs: Pairs | None = None,
    stops: Sequence[float] = STOPS,
) -> tuple[CurvePoint, ...]:
    """For several discounts: how many people get a new contact, and how many metres that saves."""
    pairs = pairs or Pairs()
    _check(households, members, pairs)
    found = [_stop(households, members, rules, pairs, keep) for keep in (*stops, None)]
    most = found[-1][3]
    return tuple(
        CurvePoint(keep=keep, new_contact=changed, left=left, metres=metres, saved=most - metres)
        for keep, changed, left, metres in found
        if keep is not None
    )


def _stop(
    households: Households, members: Members, rules: LinkRules, pairs: Pairs, keep: float | None
) -> tuple[float | None, int, int, float]:
    """One stop of the slider, in a function of its own: one table of prices at a time is enough to hold."""
    rule = replace(rules, keep=1e5 if keep is None else keep)
    priced = terms(households, members, pairs, rule)
    member = flow(priced, members, rule)
    linked = np.flatnonzero(member != NOBODY)
    changed = _changed(households, member)
    metres = int(priced.metres[linked, member[linked]].sum()) / GRAIN
    return keep, int(changed.sum()), int((changed & ~_keepable(households, priced)).sum()), metres


def _changed(households: Households, member: Wholes) -> NDArray[np.bool_]:
    return np.asarray((households.before != NOBODY) & (member != households.before))


def _keepable(households: Households, found: Terms) -> NDArray[np.bool_]:
    """Whose link of today may go on: the member is still asked and nothing forbids it."""
    has = households.before != NOBODY
    return np.asarray(has & found.allowed[np.arange(len(has)), np.where(has, households.before, 0)])


def _check(households: Households, members: Members, pairs: Pairs) -> None:
    count, many = len(households.points), len(members.points)
    lists = [households.group, households.wishes, households.before, households.locked]
    theirs = [members.group, members.skills, members.lower, members.upper]
    wrong = any(len(one) != count for one in lists) or any(len(one) != many for one in theirs)
    named = max(households.before.max(initial=NOBODY), households.locked.max(initial=NOBODY))
    if wrong or len(pairs.close) != len(pairs.bonus) or named >= many:
        raise UnequalLists
    if pairs.metres is not None and pairs.metres.shape != (count, many):
        raise UnequalLists
    if count == 0:
        raise NobodyToLink
    if not bool((members.upper > 0).any()):
        raise NoMembers
    if bool(((members.upper > 0) & (members.lower > members.upper)).any()):
        raise LimitsCrossed


def _check_locks(households: Households, members: Members, found: Terms) -> None:
    """Locks must be possible: an allowed pair each, and no member with more than may be."""
    locked = np.flatnonzero(households.locked != NOBODY)
    if not len(locked):
        return
    to = households.locked[locked]
    wrong = ~found.allowed[locked, to]
    wrong |= (np.bincount(to, minlength=len(members.points)) > members.upper)[to]
    if bool(wrong.any()):
        raise LockedToNobody(tuple(int(one) for one in locked[wrong]))


def _shortages(households: Households, members: Members, rules: LinkRules) -> tuple[Shortage, ...]:
    """In which groups there are more households than places, and what would help there."""
    room = int(members.upper.sum()) - len(households.points)
    found = []
    for group in np.unique(households.group) if rules.leaving is None else [None]:
        mine = members.upper > 0 if group is None else (members.group == group) & (members.upper > 0)
        count = len(households.group) if group is None else int((households.group == group).sum())
        places, able = int(members.upper[mine].sum()), int(mine.sum())
        if count <= places:
            continue
        usual = int(np.median(members.upper[mine])) if able else int(np.median(members.upper[members.upper > 0]))
        found.append(
            Shortage(
                group=None if group is None else int(group),
                households=count,
                places=places,
                limit=ceil(count / able) if able else None,
                members=ceil((count - places) / usual),
                others=room >= 0 and group is not None,
            )
        )
    return tuple(found)
