"""Importing the national list: new, renamed, re-coded and ended places in one act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from commongrid.journal.actions import Line, action
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import county_of, parent_of
from commongrid.kernel.refusals import N_, BadInput, Refusal
from commongrid.territory import queries
from commongrid.territory.actions.recoding import recode
from commongrid.territory.models import County, FormerName, GridCover, Place, Succession
from commongrid.territory.rules.values import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.territory.rules.listing import Listed
    from commongrid.territory.rules.values import Change, Comparison, Meaning

BATCH = 2000
_ONE_AT_A_TIME = "LOCK TABLE territory_place IN SHARE ROW EXCLUSIVE MODE"


@action(
    "places.imported",
    power="places.import",
    facts=("new", "renamed", "recoded", "ended", "unchanged", "rows"),
    kinds=("clock",),
)
def import_places(
    scope: Scope,
    act: Act,
    *,
    listed: tuple[Listed, ...],
    on: date,
    meaning: Meaning = PLAIN,
) -> Line:
    """Apply a list of places: what is new begins, what is gone ends on ``on``, and references follow.

    The comparison is made again under a lock, so what is applied is what the
    list means now. All or nothing. Needs the owner role.

    Refuses: BadInput when the list has faults, or ``on`` lies before a place
    that would end began; what ``recode`` refuses.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    comparison = queries.compared(scope, listed, meaning).comparison
    if comparison.faults:
        first = comparison.faults[0]
        raise BadInput(first.text, **first.params)
    by_what = {
        what: [each for each in comparison.changes if each.what == what]
        for what in ("new", "renamed", "recoded", "ended")
    }
    _begin(act, [*by_what["new"], *by_what["recoded"]], on)
    _rename(act, by_what["renamed"], on)
    _succeed(act, comparison, on)
    moved = {}
    if comparison.moves:
        moved = recode(scope, act.child("recode"), moves=tuple(sorted(comparison.moves.items())), on=on)
    _end([*comparison.moves, *(each.code for each in by_what["ended"])], on)
    county = _first_county(listed)
    facts = {what: len(each) for what, each in by_what.items()}
    facts |= {"unchanged": len(comparison.changes) - sum(facts.values()), "rows": moved.get("rows", 0)}
    return Line(place=county, subject_kind="place", facts=facts, answer=facts)


def _first_county(listed: Sequence[Listed]) -> int:
    """Where the act is recorded: the list's first county, else its first place."""
    if not listed:
        raise BadInput(N_("The list is empty."))
    counties = {county for each in listed if (county := county_of(each.code)) is not None}
    return min(counties or {each.code for each in listed})


def _begin(act: Act, changes: Sequence[Change], on: date) -> None:
    """Rows of new places and of places under new codes, or their old rows again; a county gets its settings."""
    codes = {each.code for each in changes}
    back = set(Place.objects.filter(code__in=list(codes)).values_list("code", flat=True))
    _go_on(act, back, on)
    above = {parent for code in codes if (parent := parent_of(code)) is not None}
    known = codes | set(Place.objects.filter(code__in=above).values_list("code", flat=True))
    Place.objects.bulk_create(
        (
            Place(
                code=each.code, level=each.level, kind=each.kind, name=each.name, name_en=each.name_en,
                initials=initials(each.name, place=True), sort_key=sort_key(each.name, place=True),
                parent=_known_parent(each.code, known), valid_from=on,
            )
            for each in sorted(changes, key=lambda each: each.code)
            if each.code not in back
        ),
        batch_size=BATCH,
    )  # fmt: skip
    County.objects.bulk_create(
        (County(code=each.code) for each in changes if each.level == "county"), ignore_conflicts=True
    )


def _go_on(act: Act, codes: set[int], on: date) -> None:
    """Places that a wrong list ended are in force again, and their grids serve again what ended with them."""
    days = dict(Place.objects.filter(code__in=list(codes)).values_list("code", "valid_to"))
    covers = GridCover.objects.filter(grid__in=list(codes), covered__in=list(codes))
    GridCover.objects.bulk_create(
        GridCover(id=act.child(f"again {each.id}").id, grid=each.grid, covered=each.covered, valid_from=on)
        for each in covers
        if each.valid_to is not None and each.valid_to == days[each.grid] == days[each.covered]
    )
    Place.objects.filter(code__in=list(codes)).update(valid_to=None)


def _known_parent(code: int, known: set[int]) -> int | None:
    parent = parent_of(code)
    return parent if parent in known else None


def _rename(act: Act, changes: Iterable[Change], on: date) -> None:
    """New names, with the former ones kept."""
    new = {each.code: each for each in changes}
    places = list(Place.objects.filter(code__in=list(new)))
    FormerName.objects.bulk_create(
        FormerName(
            id=act.child(f"name {place.code}").id, place=place.code, name=place.name, name_en=place.name_en, until=on
        )
        for place in places
        if place.name != new[place.code].name
    )
    for place in places:
        change = new[place.code]
        place.name, place.name_en, place.kind = change.name, change.name_en, change.kind
        place.initials, place.sort_key = initials(change.name, place=True), sort_key(change.name, place=True)
    Place.objects.bulk_update(places, ["name", "name_en", "kind", "initials", "sort_key"], batch_size=BATCH)


def _succeed(act: Act, comparison: Comparison, on: date) -> None:
    """Which place became which, for good."""
    Succession.objects.bulk_create(
        (
            Succession(id=act.child(f"succession {old} {new}").id, old=old, new=new, on=on)
            for old, new in comparison.successions
        ),
        ignore_conflicts=True,
    )


def _end(codes: Sequence[int], on: date) -> None:
    """End places, and what grids among them serve or by which grids they are served."""
    ended = Place.objects.in_force().filter(code__in=list(codes))
    if ended.filter(valid_from__gt=on).exists():
        raise _too_early(on)
    ended.update(valid_to=on)
    GridCover.objects.filter(valid_to=None, grid__in=list(codes)).update(valid_to=on)
    GridCover.objects.filter(valid_to=None, covered__in=list(codes)).update(valid_to=on)


def _too_early(on: date) -> Refusal:
    return BadInput(
        N_("A place that would end on %(on)s began later than that. Give a later day with --on."), on=on.isoformat()
    )
