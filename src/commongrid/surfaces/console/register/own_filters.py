"""Filters of own ledgers by a place or a linked member: what is offered, how it reads, whom it lets through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.registry.rules.own_ledgers import FILTER_LEVELS, Spec
from commongrid.roster import queries as roster
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import Wanted
    from commongrid.territory.queries import PlaceRow

OFFERED: Final = 600
"""So many places or members are offered to choose from; a wider post filters by wider places."""
WIDER: Final = ("county", "township", "village")
NOBODY: Final = N_("On this day no household is linked to this member, or none that your post sees.")


def choices(scope: Scope, key: str) -> list[tuple[str, str]]:
    """What a filter by place or member is chosen from; nothing where there would be too many."""
    if key == "linked":
        return [(str(one.id), _member(one)) for one in roster.linking_posts(scope, OFFERED)]
    levels = FILTER_LEVELS[key]
    rows = territory.places_reached(scope, levels, OFFERED)
    rows = rows or territory.places_reached(scope, [one for one in levels if one in WIDER], OFFERED)
    return list(zip((str(one.code) for one in rows), _places(scope, rows), strict=True))


def said(scope: Scope, spec: Spec) -> dict[str, str]:
    """What the filters by place and member name, in words; the code of a place that is no more."""
    codes = {key: int(spec.filters[key]) for key in FILTER_LEVELS if key in spec.filters}
    rows = territory.places(scope, codes.values())
    found = {key: rows[code].label(language()) if code in rows else str(code) for key, code in codes.items()}
    if "linked" in spec.filters:
        post = UUID(spec.filters["linked"])
        faces = roster.faces(scope, [post])
        found["linked"] = _member(faces[post]) if post in faces else "—"
    return found


def narrowed(scope: Scope, spec: Spec, wanted: Wanted) -> Wanted:
    """What is asked for, with the households of the member that a ledger is filtered by."""
    if "linked" not in spec.filters:
        return wanted
    return replace(wanted, homes=roster.homes_linked_to(scope, UUID(spec.filters["linked"]), wanted.on))


def lost(scope: Scope, spec: Spec, wanted: Wanted) -> list[str]:
    """Why a filter lets nobody through, for whoever opens the ledger: what it names is gone or out of sight."""
    return [*queries.lost(scope, spec).values(), *([NOBODY] if wanted.homes is not None and not wanted.homes else [])]


def _places(scope: Scope, rows: Iterable[PlaceRow]) -> list[str]:
    """The names of places, behind their village where they are of several."""
    rows, lang = list(rows), language()
    inside = {one.code: village for one in rows if (village := village_of(one.code)) not in (None, one.code)}
    of = territory.places(scope, set(inside.values())) if len(set(inside.values())) > 1 else {}
    return [
        f"{of[inside[one.code]].label(lang)} · {one.label(lang)}" if inside.get(one.code) in of else one.label(lang)
        for one in rows
    ]  # fmt: skip


def _member(one: roster.PostLine) -> str:
    return " · ".join(text for text in (one.name, one.place_label(language())) if text)
