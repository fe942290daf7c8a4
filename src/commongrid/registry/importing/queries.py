"""Reads for the import: what words mean here, what the register knows of the rows, files and batches."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.journal.dated import valid
from commongrid.kernel.places import county_of, interval, significant
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.sheets import plain_name
from commongrid.registry import queries as registry
from commongrid.registry.importing.models import ImportBatch, ImportUpload
from commongrid.registry.importing.rules.known import Facts, Key, Known, KnownBooklet, KnownHome, KnownPerson
from commongrid.registry.importing.rules.rows import Meaning, PersonRead
from commongrid.registry.importing.rules.words import FIXED, meanings
from commongrid.registry.models import FlagType, Stay
from commongrid.registry.queries.alike import taken_elsewhere
from commongrid.registry.rules.fields import FURTHER
from commongrid.territory import queries as territory
from commongrid.territory.models import GridCover, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

K = TypeVar("K")
TABLE = "registry_import_upload"
LISTS = (
    "relation", "sex", "education", "occupation", "political", "marital", "site", "use", "hazard", "thing",
    "organisation", "duty", "inflow", "domicile",
)  # fmt: skip
LEASE = timedelta(minutes=5)
"""After so long without a sign of its reader a file is read anew."""
OFFERED = 1000
"""So many places at most does a template offer in one list."""

_PERSON = (
    "p.id, p.display_name, split_part(p.sort_key, E'\\x1f', 1), p.id_index, p.phone_index, p.state, p.household_id, "
    "p.place, p.as_in_home, p.sex, p.born_on, p.education, p.occupation, p.political, p.marital, p.works_at, "
    "p.registered_place, p.collective, p.booklet_id, p.as_in_booklet, p.bank_sealed, p.version, p.ended_on, "
    + "".join(f"p.{name}, " for name in FURTHER)
    + "h.natural_village, h.number"
)
_PEOPLE = f"SELECT {_PERSON} FROM registry_person p LEFT JOIN registry_household h ON h.id = p.household_id WHERE "  # noqa: S608 - columns of ours
_BOOKLETS = """
SELECT b.id, asked.village, b.place, b.number, b.head_id, b.ended_on IS NOT NULL
FROM registry_registered_household b JOIN unnest(%s::bigint[], %s::text[]) AS asked(village, number)
  ON b.place / 1000 * 1000 = asked.village AND b.number = asked.number
"""
_HOMES = """
SELECT h.id, h.place, h.natural_village, h.number, h.head_id, h.state, h.door, h.villager_group, h.lon, h.lat,
  h.began_on, h.version
FROM registry_household h JOIN unnest(%s::bigint[], %s::text[]) AS asked(village, number)
  ON h.natural_village = asked.village AND h.number = asked.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChoice:
    """A place as a template offers it: its name with its code."""

    code: int
    name: str

    @property
    def text(self) -> str:
        """What stands in the drop-down."""
        return f"{self.name} {significant(self.code)}"


def places_of(scope: Scope, level: str) -> list[PlaceChoice]:
    """Places of a level inside the scope, by code."""
    with acting(scope):
        rows = Place.objects.in_force().within(scope.lo, scope.hi).filter(level=level).order_by("code")
        return [PlaceChoice(code=code, name=name) for code, name in rows.values_list("code", "name")]


def villages_of_the_county(scope: Scope) -> list[PlaceChoice]:
    """Every village of the scope's county: where somebody may be registered."""
    county = county_of(scope.lo)
    if county is None:
        return []
    lo, hi = interval(county)
    with acting(scope):
        rows = Place.objects.in_force().within(lo, hi).filter(level="village").order_by("code")
        return [PlaceChoice(code=code, name=name) for code, name in rows.values_list("code", "name")]


def meaning(scope: Scope, today: date) -> Meaning:
    """What the words of a sheet mean for this scope."""
    with acting(scope):
        found: dict[str, Iterable[tuple[str, str, str]]] = {
            name: [(row.code, row.zh, row.en) for row in rows.values()]
            for name, rows in registry.codes(scope, *LISTS).items()
        }
        types = FlagType.objects.filter(valid(today)).order_by("position")
        found["flag"] = list(types.values_list("code", "zh", "en"))
    codes = {name: meanings(rows, name) for name, rows in {**found, **FIXED}.items()}
    villages = villages_of_the_county(scope)
    return Meaning(
        today=today,
        natural_villages=_words(places_of(scope, "natural_village")),
        villager_groups=_words(places_of(scope, "villager_group")),
        grids=_words(places_of(scope, "grid")),
        registered=_words(villages),
        places=_words([*places_of(scope, "township"), *places_of(scope, "village")]),
        codes=codes,
    )


def _words(places: Iterable[PlaceChoice]) -> dict[str, int | None]:
    """Names and codes of places; a name that several have means none of them."""
    found: dict[str, int | None] = {}
    for one in places:
        name = plain_name(one.name)
        found[name] = one.code if name not in found else None
    for one in places:
        for word in (one.text, significant(one.code), str(one.code), str(one.code)[:12] if not one.code % 1000 else ""):
            if word:
                found[plain_name(word)] = one.code
    return found


def served_from(scope: Scope, villages: Iterable[int]) -> dict[int, int]:
    """From where the households of natural villages are served: their only grid, else the natural village itself."""
    return {code: only(code, grids) for code, grids in serving(scope, villages).items()}


def only(code: int, grids: Sequence[int]) -> int:
    """The only one of a natural village's grids, else the natural village itself."""
    return grids[0] if len(grids) == 1 else code


def serving(scope: Scope, villages: Iterable[int]) -> dict[int, list[int]]:
    """The grids that serve each of these natural villages."""
    found: dict[int, list[int]] = {code: [] for code in sorted(set(villages))}
    with acting(scope):
        rows = GridCover.objects.filter(covered__in=list(found), valid_to=None)
        for covered, grid in rows.values_list("covered", "grid"):
            found[covered].append(grid)
    return found


def known(scope: Scope, rows: Sequence[tuple[PersonRead, Facts]], *, lock: bool = False) -> Known:
    """What the register knows of these people and their households; with ``lock`` nobody changes them meanwhile."""
    numbers = sorted({facts.id_index for _, facts in rows if facts.id_index})
    nameless = sorted({read.name for read, facts in rows if read.name and not read.bad})
    with acting(scope):
        homes = homes_known(scope, {read.home for read, _ in rows if not read.bad}, lock=lock)
        inside = _people("p.household_id = ANY(%s)", [home.id for home in homes.values()], lock=lock)
        numbered = _people("p.id_index = ANY(%s) AND p.state <> 'merged'", numbers, lock=lock)
        by_number = {one.id_index: one for one in numbered if one.id_index}
        left = [number for number in numbers if number not in by_number]
        named = _people("p.display_name = ANY(%s) AND p.state IN ('here', 'away', 'gone')", nameless, lock=False)
        if any(facts.bank_index for _, facts in rows):
            inside, by_number = (
                [_with_bank(one) for one in inside],
                {n: _with_bank(one) for n, one in by_number.items()},
            )
            named = [_with_bank(one) for one in named]
        return Known(
            booklets=booklets_known(scope, {read.enrolled for read, _ in rows if read.enrolled}, lock=lock),
            reach=(scope.lo, scope.hi), by_number=by_number, elsewhere=taken_elsewhere(left), homes=homes,
            inside=_grouped(inside, lambda one: one.household), named=_grouped(named, lambda one: one.name),
            lives_since=_lives_since(one.id for one in inside) if any(read.since for read, _ in rows) else {},
        )  # fmt: skip


def _lives_since(people: Iterable[UUID]) -> dict[UUID, date | None]:
    stays = Stay.objects.told().filter(person__in=list(people), sort="living", to_on=None)
    return dict(stays.values_list("person_id", "from_on"))


def homes_known(scope: Scope, keys: Iterable[Key], *, lock: bool = False) -> dict[Key, KnownHome]:
    """Households by natural village and number."""
    asked = sorted(keys)
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            _HOMES + (" ORDER BY h.id FOR UPDATE OF h" if lock else ""), [[v for v, _ in asked], [n for _, n in asked]]
        )
        names = ("id", "place", "natural_village", "number", "head", "state", "door", "villager_group", "lon", "lat",
                 "began_on", "version")  # fmt: skip
        found = [KnownHome(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    return {(one.natural_village, one.number): one for one in found}


def booklets_known(scope: Scope, keys: Iterable[Key], *, lock: bool = False) -> dict[Key, KnownBooklet]:
    """Booklets by village and number, wherever in the village each is kept."""
    asked = sorted(keys)
    found: dict[Key, list[KnownBooklet]] = {}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            _BOOKLETS + (" ORDER BY b.id FOR UPDATE OF b" if lock else ""),
            [[village for village, _ in asked], [number for _, number in asked]],
        )
        for ident, village, place, number, head, ended in cursor.fetchall():
            one = KnownBooklet(id=ident, place=place, head=head, ended=ended)
            found.setdefault((village, number), []).append(one)
    return {key: _first(rows) for key, rows in found.items()}


def _first(rows: Iterable[KnownBooklet]) -> KnownBooklet:
    """Of booklets of one number and village the one that a page finds by it."""
    first, *others = sorted(rows, key=lambda one: (one.ended, one.place, one.id))
    return replace(first, others=tuple(others))


def people_numbered(numbers: Iterable[bytes | None], *, lock: bool = False) -> dict[bytes, KnownPerson]:
    """Living records by the blind index of their identity number."""
    asked = sorted(number for number in numbers if number)
    found = _people("p.id_index = ANY(%s) AND p.state IN ('here', 'away')", asked, lock=lock)
    return {one.id_index: one for one in found if one.id_index}


def people_called(names: Iterable[str]) -> dict[str, list[KnownPerson]]:
    """Living records by name."""
    found = _people("p.display_name = ANY(%s) AND p.state IN ('here', 'away')", sorted(names), lock=False)
    return _grouped(found, lambda one: one.name)


def _with_bank(one: KnownPerson) -> KnownPerson:
    """The bank account by a blind index made for the comparison alone, in place of what is sealed."""
    text = sealed.unseal(one.bank_index, "registry_person", "bank_sealed", one.id)
    return replace(one, bank_index=sealed.index(text) if text else None)


def _people(where: str, values: Sequence[object], *, lock: bool) -> list[KnownPerson]:
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE + where + (" ORDER BY p.id FOR UPDATE OF p" if lock else ""), [list(values)])
        return [_person(row) for row in cursor.fetchall()]


def _person(row: Sequence[object]) -> KnownPerson:
    names = ("id", "name", "sounds", "id_index", "phone_index", "state", "household", "place", "as_in_home", "sex",
             "born_on", "education", "occupation", "political", "marital", "works_at", "registered_place",
             "collective", "booklet", "as_in_booklet", "bank_index", "version", "ended_on", *FURTHER)  # fmt: skip
    values = dict(zip(names, row, strict=False))
    for name in ("id_index", "phone_index"):
        values[name] = bytes(values[name]) if values[name] is not None else None  # type: ignore[call-overload]
    return KnownPerson(**values, home=(row[-2], row[-1]) if row[-2] is not None else None)  # type: ignore[arg-type]


def _grouped(people: Iterable[KnownPerson], key: Callable[[KnownPerson], K | None]) -> dict[K, list[KnownPerson]]:
    found: dict[K, list[KnownPerson]] = {}
    for one in people:
        if (mine := key(one)) is not None:
            found.setdefault(mine, []).append(one)
    return found


# ---- files and batches


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRow:
    """A file that waits for its decision, without what is in it."""

    id: UUID
    place: int
    lo: int
    hi: int
    post: UUID
    sort: str
    hardship: bool
    name: str
    size: int
    state: str
    share: int
    tries: int
    digest: str
    fault: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A file taken in: how many rows did what, and whether it was undone since."""

    id: UUID
    place: int
    sort: str
    rows: int
    fresh: int
    changed: int
    same: int
    left_out: int
    homes: int
    at: datetime
    undone_at: datetime | None


_UPLOAD = tuple(one.name for one in fields(UploadRow))
_BATCH = tuple(one.name for one in fields(BatchRow))


def upload(scope: Scope, upload_id: UUID) -> UploadRow:
    """A file that waits for its decision. Refuses: NotFound."""
    with acting(scope):
        row = ImportUpload.objects.filter(id=upload_id).values(*_UPLOAD).first()
    if row is None:
        raise NotFound(N_("This file is no longer here: it was taken in, dropped, or waited for more than a day."))
    return UploadRow(**row)


def data_of(scope: Scope, upload_id: UUID) -> bytes:
    """The file itself, opened. Refuses: NotFound."""
    with acting(scope):
        row = ImportUpload.objects.filter(id=upload_id).values_list("sealed", flat=True).first()
    if row is None:
        raise NotFound(N_("This file is no longer here: it was taken in, dropped, or waited for more than a day."))
    return sealed.unseal_bytes(row, TABLE, "sealed", upload_id)


def sealed_data(data: bytes, row: UUID) -> bytes:
    """A file's bytes sealed for its row."""
    return sealed.seal_bytes(data, TABLE, "sealed", row)


def found(scope: Scope, upload_id: UUID) -> dict[str, Any]:
    """What was found in a file that was looked through. Refuses: NotFound."""
    upload(scope, upload_id)
    with acting(scope):
        kept = ImportUpload.objects.filter(id=upload_id).values_list("found_sealed", flat=True).first()
    text = sealed.unseal(kept, TABLE, "found_sealed", upload_id)
    told: dict[str, Any] = json.loads(text) if text else {}
    return told


def uploads(scope: Scope) -> list[UploadRow]:
    """The files of this post that wait for a decision, newest first."""
    with acting(scope):
        rows = ImportUpload.objects.filter(post=scope.post or UUID(int=0)).order_by("-at")
        return [UploadRow(**row) for row in rows.values(*_UPLOAD)[:10]]


def unread(at: datetime) -> QuerySet[ImportUpload]:
    """Files that nobody reads: those just sent, and those whose reader has said nothing for a while."""
    return ImportUpload.objects.filter(Q(state="sent") | Q(state="looking", read_at__lt=at - LEASE))


def waiting(scope: Scope, at: datetime) -> list[UploadRow]:
    """Files nobody looks through, oldest first; for the clock."""
    with acting(scope):
        return [UploadRow(**row) for row in unread(at).order_by("at").values(*_UPLOAD)[:5]]


def batches(scope: Scope, limit: int = 30) -> list[BatchRow]:
    """The files taken in within the scope, newest first."""
    with acting(scope):
        return [BatchRow(**row) for row in ImportBatch.objects.order_by("-at", "id").values(*_BATCH)[:limit]]


def batch(scope: Scope, batch_id: UUID) -> BatchRow:
    """One file taken in. Refuses: NotFound."""
    with acting(scope):
        row = ImportBatch.objects.filter(id=batch_id).values(*_BATCH).first()
    if row is None:
        raise NotFound
    return BatchRow(**row)


def today_of(scope: Scope, at: datetime) -> date:
    """The day of a moment on the county's calendar."""
    with acting(scope):
        return territory.calendar(scope).day_of(at)
