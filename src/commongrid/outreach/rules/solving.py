"""From a village to the exact planner and back: what its numbers mean for households and members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final
from uuid import UUID

import numpy as np

from commongrid.kernel.linking.planning import STOPS, curve, link
from commongrid.kernel.linking.statement import (
    NOBODY,
    Households,
    LinkRules,
    LockedToNobody,
    Members,
    Offer,
    Pairs,
    Plan,
    Reason,
    Shortage,
)
from commongrid.outreach.rules.planning import Home, Link, Linker, Outcome, Task, Terms

A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude on a sphere of 6,371 km."""
BITS: Final = 60
"""Abilities wished for in one village beyond which the planner takes no more."""
LIKED, KIN = 10_000.0, 300.0
"""What a household's own choice, and kin, are worth in metres: a choice is kept wherever there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    """A village as the planner takes it, and the households that it does not see: locked to nobody."""

    homes: Sequence[Home]
    set_apart: Sequence[Home]
    linkers: Sequence[Linker]
    households: Households
    members: Members
    pairs: Pairs
    rules: LinkRules


def solved(homes: Sequence[Home], linkers: Sequence[Linker], terms: Terms) -> Outcome:
    """Who is to be whose contact, at the least price, each with a reason; or why nobody can say.

    Households that nobody has room for, or that nobody may be linked to, stand in the plan without a contact, and the
    figures say what would help.
    """
    if not linkers:
        return Outcome(fault="nobody")
    able = {one.id for one in linkers}
    if lost := sum(one.fixed and one.to is not None and one.to not in able for one in homes):
        return Outcome(fault="locked", figures={"count": lost})
    put = _put(homes, linkers, terms)
    if not put.homes:
        return Outcome(fault="none") if not put.set_apart else _told(put, terms, None)
    try:
        return _told(put, terms, link(put.households, put.members, put.rules, put.pairs))
    except LockedToNobody as refused:
        return Outcome(fault="locked", figures={"count": len(refused.households)})


def compared(task: Task) -> list[list[int]]:
    """The curve of the slider: for several worths of keeping a contact, how many get another and the metres saved.

    Those whose contact can't go on get another in each of them. Each of its points is a plan of its own.
    """
    put = _put(task.homes, task.linkers, task.terms)
    if not put.homes or not task.linkers:
        return []
    stops = sorted({*STOPS, float(task.terms.keep)})
    points = curve(put.households, put.members, put.rules, put.pairs, stops)
    able = {one.id for one in task.linkers}
    lost = sum(one.now is not None and one.now not in able for one in put.homes)
    lost += sum(one.now is not None for one in put.set_apart)  # locked to nobody, they lose theirs
    return [[round(one.keep), lost + one.new_contact, round(one.saved)] for one in points]


def _put(homes: Sequence[Home], linkers: Sequence[Linker], terms: Terms) -> _Put:
    seen = [one for one in homes if not (one.fixed and one.to is None)]
    index = {one.id: n for n, one in enumerate(linkers)}
    groups = {group: n for n, group in enumerate(sorted({_group(one) for one in homes} - {None}), start=1)}  # type: ignore[type-var]
    at_home = {one.id: _group(one) for one in homes}
    theirs = [one.group or (at_home.get(one.home) if one.home else None) for one in linkers]
    middle = radians(sum(one.at[1] for one in homes) / max(1, len(homes)))

    def metres(points: Sequence[tuple[float, float]]) -> Any:
        return np.array([(lon * cos(middle), lat) for lon, lat in points], float).reshape(-1, 2) * A_DEGREE

    close = {(n, index[one]): KIN for n, home in enumerate(seen) for one in home.kin if one in index}
    close |= {(n, index[home.liked]): LIKED for n, home in enumerate(seen) if home.liked in index}
    forbidden = [
        (n, index[one.id])
        for n, home in enumerate(seen)
        for one in linkers
        if one.home == home.id or one.id in home.never
    ]
    bits = {code: 1 << n for n, code in enumerate(sorted({code for one in seen for code in one.wishes})[:BITS])}
    return _Put(
        homes=seen,
        set_apart=[one for one in homes if one.fixed and one.to is None],
        linkers=linkers,
        households=Households.at(
            metres([one.at for one in seen]),
            group=np.array([groups.get(_group(one), 0) for one in seen], np.int64),
            before=np.array([index.get(one.now, NOBODY) for one in seen], np.int64),  # type: ignore[arg-type]
            wishes=np.array([sum(bits.get(code, 0) for code in one.wishes) for one in seen], np.int64),
            locked=np.array([index.get(one.to, NOBODY) if one.fixed else NOBODY for one in seen], np.int64),  # type: ignore[arg-type]
        ),
        members=Members.at(
            metres([one.at for one in linkers]),
            group=np.array([groups.get(one, 0) for one in theirs], np.int64),
            skills=np.array([sum(bits.get(code, 0) for code in one.can) for one in linkers], np.int64),
            lower=np.array([min(one.capacity, terms.most, terms.least) for one in linkers], np.int64),
            upper=np.array([min(one.capacity, terms.most) for one in linkers], np.int64),
        ),
        pairs=Pairs(
            forbidden=np.array(forbidden, np.int64).reshape(-1, 2), close=np.array([*close], np.int64).reshape(-1, 2),
            bonus=np.array([*close.values()], float),
        ),
        rules=LinkRules(target=terms.target, leaving=terms.leaving, keep=terms.keep, unlinked=terms.unlinked),
    )  # fmt: skip


def _group(home: Home) -> UUID | None:
    """The Party group that takes a home in; the first of several, none where it is outside them all."""
    return min(home.groups, default=None)


def _told(put: _Put, terms: Terms, plan: Plan | None) -> Outcome:
    """The plan in the village's own words."""
    links = [Link(household=one.id, member=None, metres=None, reason="locked") for one in put.set_apart]
    reasons = {one.household: one for one in plan.reasons} if plan else {}
    for n, home in enumerate(put.homes):
        if n in reasons:
            links.append(_link(put, home, reasons[n]))
        else:
            apart = plan is not None and n in plan.nobody_allowed
            links.append(Link(household=home.id, member=None, metres=None, reason="nobody_may" if apart else "nobody"))
    return Outcome(links=tuple(links), figures=_figures(put, terms, plan, links))


def _link(put: _Put, home: Home, why: Reason) -> Link:
    code, facts = _reason(put, home, why)
    return Link(
        household=home.id, member=put.linkers[why.own.member].id, metres=round(why.own.metres), reason=code,
        facts=facts,
    )  # fmt: skip


def _reason(put: _Put, home: Home, why: Reason) -> tuple[str, dict[str, Any]]:
    """What weighed most: a lock, the household's choice, kin, the contact it has, its Party group, its wish, room."""
    if why.locked:
        return "locked", {}
    if why.own.bonus:
        return ("liked" if put.linkers[why.own.member].id == home.liked else "kin"), {}
    if why.nearer is None:
        return ("stays" if why.own.keep else "nearest"), {}
    weighed = {
        "full": why.worth_more,
        "keeps": why.own.keep - why.nearer.keep,
        "group": why.nearer.leaving - why.own.leaving,
        "wish": why.nearer.wishes - why.own.wishes,
    }
    code = max(weighed, key=lambda one: weighed[one])
    if weighed[code] <= 0:
        return "as_near", {}
    return code, _beside(put, why.nearer, why)


def _beside(put: _Put, nearer: Offer, why: Reason) -> dict[str, Any]:
    return {
        "other": str(put.linkers[nearer.member].id), "other_metres": round(nearer.metres), "load": why.nearer_has,
        "price": round(why.worth_more),
    }  # fmt: skip


def _figures(put: _Put, terms: Terms, plan: Plan | None, links: Sequence[Link]) -> dict[str, Any]:
    """Numbers for the page: how many, how far, what would help where members are too few."""
    walked = [one.metres for one in links if one.metres is not None]
    able, now = {one.id for one in put.linkers}, {one.id: one.now for one in (*put.homes, *put.set_apart)}
    changed = [was for one in links if (was := now[one.household]) is not None and was != one.member]
    figures: dict[str, Any] = {
        "homes": len(links), "unlinked": sum(one.member is None for one in links),
        "first": sum(now[one.household] is None and one.member is not None for one in links),
        "changes": len(changed), "left": sum(one not in able for one in changed),
        "mean": round(sum(walked) / len(walked)) if walked else None, "mean_now": _mean_now(put),
        "near": sum(one.near for one in (*put.homes, *put.set_apart)),
    }  # fmt: skip
    if plan is not None:
        figures["short"] = [_short(one, terms) for one in plan.shortages]
        figures["apart"] = len(plan.nobody_allowed)
    return figures


def _short(one: Shortage, terms: Terms) -> dict[str, Any]:
    """Where members are too few and what would help: a higher limit, more people, other groups."""
    return {
        "homes": one.households, "places": one.places, "limit": one.limit, "more": one.members, "others": one.others,
        "whole": one.group is None or terms.leaving is not None,
    }  # fmt: skip


def _mean_now(put: _Put) -> int | None:
    """How far households are from the contact they have now, on average; of those whose contact is able still."""
    has = np.flatnonzero(put.households.before != NOBODY)
    if not len(has):
        return None
    there = put.members.points[put.households.before[has]]
    return round(float(np.linalg.norm(put.households.points[has] - there, axis=1).mean()))
