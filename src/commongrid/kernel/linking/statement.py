"""Who is to be linked to whom, at which prices; and the plan that comes out.

Households and members are numbers; points are metres in a plane. A forbidden
pair has no reason here, because none is stored anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.refusals import N_, Refusal

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]
NOBODY = -1


class NobodyToLink(Refusal):
    """There is no household."""

    default = N_("There are no households here to link.")


class NoMembers(Refusal):
    """No member may be asked."""

    default = N_("No Party member here is able to take households. Add members, or ask those who are away or declined.")


class UnequalLists(Refusal):
    """The lists do not describe the same households or members."""

    default = N_("The lists of households or members have different lengths.")


class LimitsCrossed(Refusal):
    """A member's limits contradict each other."""

    default = N_("A member's smallest number of households must not be above the largest.")


class LockedToNobody(Refusal):
    """A household is locked to a member who can't have it."""

    default = N_(
        "%(count)s households are locked to a member who may not be linked to them, is not asked or has too many. "
        "Take these locks away first."
    )

    def __init__(self, households: tuple[int, ...]) -> None:
        """Keep which households they are, for the page to mark them."""
        super().__init__(count=len(households))
        self.households = households


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """One entry for each: where, in which Party group, what they wish (bits), linked to whom so far, locked to whom."""

    points: Reals
    group: Wholes
    wishes: Wholes
    before: Wholes
    locked: Wholes

    @classmethod
    def at(cls, points: Reals, **given: Wholes) -> Households:
        """Households at these points; what is not given: one group, no wish, no link, no lock."""
        count = len(points)
        standard = {"group": 0, "wishes": 0, "before": NOBODY, "locked": NOBODY}
        lists = {name: np.asarray(given.get(name, np.full(count, one)), np.int64) for name, one in standard.items()}
        return cls(points=np.asarray(points, float).reshape(-1, 2), **lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """One entry for each: where, in which group, what they speak and can do (bits), how many they should and may have.

    A member who is old, infirm, away or declined has an upper limit of zero and
    is not asked.
    """

    points: Reals
    group: Wholes
    skills: Wholes
    lower: Wholes
    upper: Wholes

    @classmethod
    def at(cls, points: Reals, **given: Wholes) -> Members:
        """Members at these points; what is not given: one group, no skill, from none to fifteen households."""
        count = len(points)
        standard = {"group": 0, "skills": 0, "lower": 0, "upper": 15}
        lists = {name: np.asarray(given.get(name, np.full(count, one)), np.int64) for name, one in standard.items()}
        return cls(points=np.asarray(points, float).reshape(-1, 2), **lists)


def _no_pairs() -> Wholes:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What holds between a household and a member.

    ``metres`` (household x member) along the walking graph, else the straight
    line; ``forbidden`` the member's own household and quarrels; ``bonus`` in
    metres for ``close`` pairs: kin, or the household's own choice.
    """

    metres: Reals | None = None
    forbidden: Wholes = field(default_factory=_no_pairs)
    close: Wholes = field(default_factory=_no_pairs)
    bonus: Reals = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """Prices in metres. ``leaving`` a Party group is forbidden where it is None; ``unlinked`` likewise."""

    target: int = 10
    wish: float = 150.0
    leaving: float | None = None
    load_step: float = 20.0
    too_few: float = 100.0  # for each household that a member has below the lower limit
    keep: float = 200.0
    unlinked: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a link would cost, term by term; ``place`` is what the member's next place is worth to others."""

    member: int
    metres: float
    bonus: float
    wishes: float
    leaving: float
    keep: float
    place: float

    @property
    def link(self) -> float:
        """The link itself."""
        return self.metres - self.bonus + self.wishes + self.leaving - self.keep

    @property
    def total(self) -> float:
        """The link and the place that it takes."""
        return self.link + self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a household got its member: what it has, and the nearer member it did not get, if there is one.

    ``own.total`` is never more than that of any other offer, and the plan as a
    whole is optimal because of it. ``nearer_has`` is how many households that
    member has already.
    """

    household: int
    locked: bool
    own: Offer
    nearer: Offer | None
    nearer_has: int

    @property
    def worth_more(self) -> float:
        """By how many metres a place with the nearer member is worth more to others than one with the own."""
        return 0.0 if self.nearer is None else self.nearer.place - self.own.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Where members are too few: a Party group (or None for all together), and what would help.

    ``limit`` is the largest number for each member that would be enough,
    ``members`` how many more at today's limits, ``others`` whether members of
    other groups have room for all.
    """

    group: int | None
    households: int
    places: int
    limit: int | None
    members: int
    others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Each household's member (or nobody), loads, price, the reasons, and what is short."""

    member: Wholes
    load: Wholes
    metres: float
    price: float
    new_contact: int  # households that had a link and get another member
    left: int  # of these, whose member can't be kept
    reasons: tuple[Reason, ...]
    unlinked: tuple[int, ...]
    nobody_allowed: tuple[int, ...]  # households that no member may be linked to
    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One stop of the slider: at this discount so many households change, and the walks are this long."""

    keep: float
    new_contact: int
    left: int
    metres: float
    saved: float  # against keeping all that can be kept
