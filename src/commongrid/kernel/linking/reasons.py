"""What a place with each member is worth, and what that explains.

The worth of a member's next place is what it would cost in all to make room for
one more there: the cheapest chain of households that move on, down to a free
place. With these prices every household has the link that is cheapest for it,
which proves the plan optimal and tells each household why.
"""

from __future__ import annotations

import numpy as np

from commongrid.kernel.linking.flow import GRAIN, Terms, load_steps
from commongrid.kernel.linking.statement import (
    NOBODY,
    Households,
    LinkRules,
    Members,
    Offer,
    Reason,
    Wholes,
)

NO_ROOM = 10**12
"""The worth, in hundredths, of a place that nothing could make free."""


def worths(found: Terms, members: Members, rules: LinkRules, member: Wholes) -> Wholes:
    """The worth of the next place with each member, in hundredths.

    Bellman-Ford towards a free place: moving one household from a to b costs
    the difference of its links; leaving one unlinked costs that price. A plan
    that is not optimal has a circle that never ends, and that is an error.
    """
    many = found.allowed.shape[1]
    link = np.where(found.allowed, found.link, NO_ROOM)
    between = np.full((many, many), NO_ROOM)
    free = np.full(many, NO_ROOM)
    for a in range(many):
        mine = np.flatnonzero(member == a)
        steps = load_steps(members, rules, a)
        if len(mine) < len(steps):
            free[a] = steps[len(mine)]
        if len(mine):
            between[a] = (link[mine] - link[mine, a][:, np.newaxis]).min(axis=0)
            free[a] = min(int(free[a]), int((found.nobody[mine] - link[mine, a]).min()))
    between = np.minimum(between, NO_ROOM)
    worth = free
    for _ in range(many + 1):
        shorter = np.minimum(free, (between + worth[np.newaxis, :]).min(axis=1))
        if bool((shorter >= worth).all()):
            return worth
        worth = np.minimum(worth, shorter)
    message = "the plan is not optimal"
    raise ArithmeticError(message)


def offer(found: Terms, worth: Wholes, household: int, member: int) -> Offer:
    """What a link would cost, in metres."""
    at = household, member
    return Offer(
        member=member,
        metres=int(found.metres[at]) / GRAIN,
        bonus=int(found.bonus[at]) / GRAIN,
        wishes=int(found.wishes[at]) / GRAIN,
        leaving=int(found.leaving[at]) / GRAIN,
        keep=int(found.keep[at]) / GRAIN,
        place=int(worth[member]) / GRAIN,
    )


def reasons(households: Households, found: Terms, worth: Wholes, member: Wholes) -> tuple[Reason, ...]:
    """Why each linked household got its member; compared with the nearest one that may be linked to it."""
    load = np.bincount(member[member != NOBODY], minlength=len(worth))
    told = []
    for household in np.flatnonzero(member != NOBODY):
        own, here = int(member[household]), int(household)
        metres = np.where(found.allowed[here], found.metres[here], NO_ROOM)
        nearest = int(np.argmin(metres))
        nearer = offer(found, worth, here, nearest) if metres[nearest] < metres[own] else None
        told.append(
            Reason(
                household=here,
                locked=bool(households.locked[here] != NOBODY),
                own=offer(found, worth, here, own),
                nearer=nearer,
                nearer_has=0 if nearer is None else int(load[nearest]),
            )
        )
    return tuple(told)
