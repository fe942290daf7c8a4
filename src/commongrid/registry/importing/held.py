"""The dry run of sites, things, organisations, members and flags: what rows name, and what the register has of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from django.db.models import Q

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.journal.dated import valid
from commongrid.kernel.places import interval, village_of
from commongrid.registry.importing import queries
from commongrid.registry.importing.rules.held import TOLD_APART, WHOSE, KnownHeld, PlacedHeld, fields_of, follow, plan
from commongrid.registry.importing.rules.held_columns import OF
from commongrid.registry.models import Flag, FlagType, HardshipFlag, Membership, Organisation, Site, Thing
from commongrid.registry.rules.holdings import LEADER

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.rules.held_reading import HeldRead
    from commongrid.registry.importing.rules.known import KnownHome, KnownPerson

T = TypeVar("T")
Where = int | tuple[int, str] | None
"""Inside of what a name is looked for: a village, a household, anywhere."""
TABLES: Final[dict[str, Any]] = {"site": Site, "thing": Thing, "organisation": Organisation}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows of one sheet: what it lists, on which day it is read, and whether its sender may see hardship.

    ``lock``: nobody changes the records meanwhile.
    """

    sort: str
    rows: Sequence[HeldRead]
    today: date
    hardship: bool = False
    lock: bool = False


def placed(scope: Scope, sheet: Sheet) -> list[PlacedHeld]:
    """What becomes of every row."""
    found = [PlacedHeld(read=read) for read in sheet.rows]
    for one in found:
        if one.read.bad:
            one.out("", "")
    good = [one for one in found if one.status != "out"]
    with acting(scope):
        if sheet.sort == "flags":
            _flags(scope, sheet, good)
        elif sheet.sort == "members":
            _members(scope, sheet, good)
        else:
            _records(scope, sheet, good)
    return found


def _records(scope: Scope, sheet: Sheet, good: Sequence[PlacedHeld]) -> None:
    of = OF[sheet.sort]
    named = Named(scope, sheet, good)
    for one in good:
        if of in WHOSE and (one.read.person or one.read.id_number or one.read.number):
            named.person(one, WHOSE[of])
        if one.read.site:
            named.other(one, "site", named.sites)
    plan(of, good, _known(of, good, lock=sheet.lock))
    for one in good:
        if one.status == "new":
            follow(one)


def _known(of: str, good: Sequence[PlacedHeld], *, lock: bool) -> list[KnownHeld]:
    """Records that a row may mean."""
    asked = Q(pk=None)
    for name in TOLD_APART[of]:
        asked |= Q(**{f"{name}__in": {one.read.said[name] for one in good if name in one.read.said}})
    rows = TABLES[of].objects.filter(asked, ended_on=None)
    return [
        KnownHeld(
            id=row.id, place=row.place, natural_village=getattr(row, "natural_village", None), version=row.version,
            values={name: getattr(row, column) for name, column in fields_of(of).items()},
        )
        for row in (rows.select_for_update(of=("self",)) if lock else rows)
    ]  # fmt: skip


def _members(scope: Scope, sheet: Sheet, good: Sequence[PlacedHeld]) -> None:
    named = Named(scope, sheet, good)
    for one in good:
        named.other(one, "organisation", named.organisations)
        named.person(one, "person")
    good = [one for one in good if one.status != "out"]
    rows = Membership.objects.filter(organisation_id__in={one.links["organisation"] for one in good})
    held: dict[object, list[Any]] = defaultdict(list)
    rows = rows.filter(Q(person_id__in={one.links["person"] for one in good}) | Q(duty=LEADER))
    for row in rows.select_for_update(of=("self",)) if sheet.lock else rows:
        held[row.organisation_id, row.person_id, row.duty].append(row)
        if row.duty == LEADER:
            held[row.organisation_id].append(row)
    once = list(_once(good, lambda one: (*one.links.values(), one.read.said["duty"])))
    for one in once:
        _dated(one, held[one.links["organisation"], one.links["person"], one.read.said["duty"]], sheet.today)
    ends = {one.known.id: one.read.said["to_on"] for one in once if one.known and one.status == "changed"}
    led = {
        of: [(row.from_on, ends.get(row.id, row.to_on)) for row in held[of]]
        for of in {one.links["organisation"] for one in once}
    }
    for one in once:
        if one.read.said["duty"] == LEADER and one.status == "new":
            mine, others = _span(one), led[one.links["organisation"]]
            if any(_meet(mine, other) for other in others):
                one.out("leader_held", "duty")
            else:
                others.append(mine)


def _flags(scope: Scope, sheet: Sheet, good: Sequence[PlacedHeld]) -> None:
    types = {row.code: row for row in FlagType.objects.filter(valid(sheet.today))}
    for one in good:
        _allowed(one, types[one.read.flag], hardship=sheet.hardship)
    good = [one for one in good if one.status != "out"]
    named = Named(scope, sheet, good)
    for one in good:
        if types[one.read.flag].of == "person":
            named.person(one, "person")
        else:
            named.home(one)
    held: dict[object, list[Any]] = defaultdict(list)
    good = [one for one in good if one.status != "out"]
    people = {one.links["person"] for one in good if "person" in one.links}
    homes = {one.links["household"] for one in good if "person" not in one.links}
    for table in (Flag, HardshipFlag) if sheet.hardship else (Flag,):
        rows = table.objects.filter(Q(person_id__in=people) | Q(person_id=None, household_id__in=homes))
        for row in rows.select_for_update(of=("self",)) if sheet.lock else rows:
            held[row.type_code, row.person_id or row.household_id].append(row)
    for one in _once(good, lambda one: (one.read.flag, *_of(one))):
        _dated(one, held[one.read.flag, _of(one)[0]], sheet.today)


def _of(one: PlacedHeld) -> tuple[UUID]:
    """Whom a flag is of."""
    return (one.links.get("person") or one.links["household"],)


def _allowed(one: PlacedHeld, kind: FlagType, *, hardship: bool) -> None:
    """Leave out what no sheet may give, or this sender not."""
    names_somebody = bool(one.read.person or one.read.id_number)
    if kind.procedure:
        one.out("flag_procedure", "flag")
    elif kind.sensitive and not hardship:
        one.out("flag_barred", "flag")
    elif kind.of == "person" and not names_somebody:
        one.out("flag_of_person", "person")
    elif kind.of == "household" and names_somebody:
        one.out("flag_of_home", "person")


def _once(good: Iterable[PlacedHeld], key: Callable[[PlacedHeld], object]) -> Iterable[PlacedHeld]:
    """Rows one after the other; a second one about the same is out."""
    seen: set[object] = set()
    for one in good:
        if (mine := key(one)) in seen:
            one.out("held_twice", "person")
        else:
            seen.add(mine)
            yield one


def _dated(one: PlacedHeld, rows: Iterable[Any], today: date) -> None:
    """New from a day on, unchanged where it holds already, ended by the row; out where the register says otherwise."""
    said = one.read.said
    if "to_on" in said:
        _ended(one, list(rows))
        return
    said.setdefault("from_on", today)
    for row in rows:
        if row.to_on is None:
            one.status, one.known, one.notes = "same", KnownHeld(id=row.id, place=row.place), ("held_kept",)
        elif one.status != "same" and _meet(_span(one), _span_of(row)):
            one.out("held_later", "from_on")


def _ended(one: PlacedHeld, rows: Sequence[Any]) -> None:
    """A row that says until when: it ends what stands, tells what is known, or brings a time that is over."""
    until, since = one.read.said["to_on"], one.read.said.get("from_on")
    stands = next((row for row in rows if row.to_on is None and (since is None or until > row.from_on)), None)
    known = stands or next((row for row in rows if row.to_on == until), None)
    if known is not None:
        one.known = KnownHeld(id=known.id, place=known.place)
        one.status, one.changed = ("changed", ("to_on",)) if stands else ("same", ())
        if stands and until < stands.from_on:
            one.out("ends_before", "to_on")
        elif since not in {None, known.from_on}:
            one.notes = ("held_kept",)
    elif since is None:
        one.out("ends_otherwise" if rows else "ends_nothing", "to_on")
    elif any(_meet(_span(one), _span_of(row)) for row in rows):
        one.out("held_later", "from_on")


def _span(one: PlacedHeld) -> tuple[date, date | None]:
    return one.read.said["from_on"], one.read.said.get("to_on")


def _span_of(row: Any) -> tuple[date, date | None]:
    return row.from_on, row.to_on


def _meet(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two times have a day in common; the last day is none of it any more."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


@dataclass(slots=True)
class Named:
    """The people, households, sites and organisations that rows name."""

    scope: Scope
    sheet: Sheet
    good: Sequence[PlacedHeld]
    by_number: Mapping[bytes, KnownPerson] = field(default_factory=dict)
    by_name: Mapping[tuple[str, Where], Sequence[KnownPerson]] = field(default_factory=dict)
    homes: Mapping[tuple[int, str], KnownHome] = field(default_factory=dict)
    sites: Mapping[tuple[str, Where], Sequence[Site]] = field(default_factory=dict)
    organisations: Mapping[tuple[str, Where], Sequence[Organisation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look all of them up at once."""
        reads, lock = [one.read for one in self.good], self.sheet.lock
        numbers = {read.id_number for read in reads if read.id_number}
        self.by_number = queries.people_numbered([sealed.index(number) for number in numbers], lock=lock)
        called = queries.people_called({read.person for read in reads if read.person and not read.id_number})
        self.by_name = _spread(((who.name, who.place, who.home), who) for some in called.values() for who in some)
        keys = {(read.village, read.number) for read in reads if read.number and not read.person}
        self.homes = queries.homes_known(self.scope, keys, lock=lock) if keys else {}
        self.sites = _by_name(Site, {read.site for read in reads})
        self.organisations = _by_name(Organisation, {read.organisation for read in reads})

    def person(self, one: PlacedHeld, link: str) -> None:
        """Who it is: by the identity number, else the only one of the name there."""
        read = one.read
        if one.status == "out":
            return
        if read.id_number:
            who = self.by_number.get(sealed.index(read.id_number) or b"")
            if who is None:
                one.out("person_unknown", "id_number")
            elif read.person not in {"", who.name}:
                one.out("person_otherwise", "id_number")
            else:
                one.links[link] = who.id
            return
        home = (read.village, read.number) if read.number and read.village else village_of(read.place)
        found = [who for who in self.by_name.get((read.person, home), ()) if _lives(who, read)]
        if len(found) == 1:
            one.links[link] = found[0].id
        else:
            one.out("person_several" if found else "person_unknown", "person")

    def home(self, one: PlacedHeld) -> None:
        """Which household it is."""
        found = self.homes.get((one.read.village, one.read.number))
        if found is None or found.state == "ended":
            one.out("household_unknown", "number")
        else:
            one.links["household"] = found.id

    def other(self, one: PlacedHeld, name: str, by_name: Mapping[tuple[str, Where], Sequence[Any]]) -> None:
        """Which site or organisation it is."""
        if one.status == "out":
            return
        called = by_name.get((getattr(one.read, name), village_of(one.read.place)), ())
        found = [row for row in called if _around(one.read, row.place)]
        exact = [row for row in found if one.read.place in {row.place, getattr(row, "natural_village", None)}]
        if len(exact or found) == 1:
            one.links[name] = (exact or found)[0].id
        else:
            one.out(f"{name}_several" if found else f"{name}_unknown", name)


def _by_name(table: Any, names: set[str]) -> Mapping[tuple[str, Where], Sequence[Any]]:
    rows = table.objects.filter(name__in=names - {""}, ended_on=None)
    return _spread(((row.name, row.place, None), row) for row in rows)


def _spread(
    found: Iterable[tuple[tuple[str, int, tuple[int, str] | None], T]],
) -> Mapping[tuple[str, Where], Sequence[T]]:
    """By name with the village, the household or nothing beside it: a name that thousands bear is no long list."""
    by: dict[tuple[str, Where], list[T]] = defaultdict(list)
    for (name, place, home), one in found:
        for where in {village_of(place), home, None}:
            by[name, where].append(one)
    return by


def _lives(who: KnownPerson, read: HeldRead) -> bool:
    """Whether a person lives where the row says, or in its village."""
    if read.number and read.village:
        return who.home == (read.village, read.number)
    if read.number and (who.home is None or who.home[1] != read.number):
        return False
    return not read.place or _around(read, who.place)


def _around(read: HeldRead, place: int) -> bool:
    """Whether a place lies in the village or township of a row."""
    lo, hi = interval(village_of(read.place) or read.place)
    return lo <= place <= hi
