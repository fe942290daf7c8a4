"""A file taken in: all good rows or none, as one act, with its history on every record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.journal.locks import taken
from commongrid.kernel.act import new_id
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.kernel.sealing import place_of
from commongrid.registry.importing import looking, queries
from commongrid.registry.importing.actions.bulk import Book, Change, Kept, Record, text_of, touch
from commongrid.registry.importing.actions.held import Held
from commongrid.registry.importing.actions.homes import Homes
from commongrid.registry.importing.models import ImportBatch, ImportUpload
from commongrid.registry.importing.rules.layout import SAID
from commongrid.registry.rules.facts import SELF
from commongrid.registry.rules.fields import FURTHER

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.looking import Look
    from commongrid.registry.importing.queries import UploadRow
    from commongrid.registry.importing.rules.known import Key, KnownPerson
    from commongrid.registry.importing.rules.matching import Placed

FACTS: Final = ("sort", "rows", "fresh", "changed", "same", "left_out", "homes")
SOURCE: Final = "import"
CHANGED: Final = N_(
    "The register changed since you looked at this file. Nothing was taken in; look it through again and decide anew."
)
PLACES_BUSY: Final = N_(
    "The places of this county are being merged or re-coded right now. Nothing was taken in; try again in some minutes."
)
IMPORT_BUSY: Final = N_(
    "Somebody else is taking a file in right now. Nothing was taken in; look your file through again in a minute."
)
NOTHING_NEW: Final = N_("There is nothing new in this file: nothing to take in.")
NO_GOOD: Final = N_("There is no good row in this file. Mend the workbook and send it again.")
SOME_OUT: Final = N_(
    "Some rows have a fault or wait for an answer. Mend the workbook, or tick that the good rows come in alone."
)
LOCK: Final = 7_301_003
"""The advisory lock of imports, with the schema beside it: one at a time in each county."""
COLUMN: Final = {
    "name": "display_name", "relation": "as_in_home", "id_number": "id_sealed", "phone": "phone_sealed",
    "bank": "bank_sealed",
}  # fmt: skip
"""Where a field is kept, where that is not its own name."""
CONFIRMED: Final = {
    "name": "display_name", "relation": "as_in_home", "sex": "sex", "born_on": "born_on", "id_number": "id_number",
    "phone": "phone", "education": "education", "occupation": "occupation", "political": "political",
    "marital": "marital", "works_at": "works_at", "registered_place": "registered_place",
    "collective": "collective", "bank": "bank", **{name: name for name in FURTHER},
}  # fmt: skip
"""By field of a row: which field of the record it makes fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the clerk decided: on which plan, the answers to doubts by row, whether good rows alone shall come in."""

    digest: str
    answers: tuple[tuple[int, str], ...] = ()
    good_only: bool = False


@action("registry.imported", power="people.edit", facts=FACTS)
def take_in(scope: Scope, act: Act, *, upload_id: UUID, decision: Decision) -> Line:
    """Take a file of records in, as one act (导入).

    It is compared with the register once more, with its records locked. Without ``good_only`` a single row that has a
    fault or waits for an answer keeps everything out.

    Refuses: WrongState where the register or its places changed since the file was looked at, or another import is
    under way; BadInput with rows that are out, or where there is nothing new in it.
    """
    row = queries.upload(scope, upload_id)
    data = queries.data_of(scope, upload_id)
    _alone()
    today = queries.today_of(scope, act.at)
    file = looking.ready(upload_id) or looking.read_file(scope, data, row, today=today)
    found = looking.look(scope, file, lock=True)
    if found.digest != decision.digest or row.digest != decision.digest:
        raise WrongState(CHANGED)
    if decision.answers:
        found = looking.look(scope, found.file, dict(decision.answers))
    _demand_good(found, good_only=decision.good_only)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            WRITERS.get(row.sort, Held)(scope, act, today, found).write()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as clash:
        raise WrongState(CHANGED) from clash
    return _done(act, row, found, data, scope)


def _alone() -> None:
    """One import at a time, and none while places are being changed. Refuses: WrongState.

    A hundred thousand rows are thought about for long on a busy machine; PostgreSQL takes that for forgotten later.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE territory_place IN ROW EXCLUSIVE MODE NOWAIT")
    except DatabaseError as busy:
        raise WrongState(PLACES_BUSY) from busy
    if not taken(LOCK):
        raise WrongState(IMPORT_BUSY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout TO '15min'")


def _demand_good(found: Look, *, good_only: bool) -> None:
    counts = found.counts
    waiting = counts.get("out", 0) + counts.get("doubt", 0)
    if not counts.get("new", 0) + counts.get("changed", 0):
        raise BadInput(NO_GOOD if waiting else NOTHING_NEW)
    if waiting and not good_only:
        raise BadInput(SOME_OUT)


def _done(act: Act, row: UploadRow, found: Look, data: bytes, scope: Scope) -> Line:
    counts = found.counts
    facts = {
        "sort": row.sort, "rows": len(found.file.rows), "fresh": counts.get("new", 0),
        "changed": counts.get("changed", 0), "same": counts.get("same", 0),
        "left_out": counts.get("out", 0) + counts.get("doubt", 0), "homes": found.fresh_homes,
    }  # fmt: skip
    ImportBatch(
        id=act.id, place=row.place, file_hash=hashlib.sha256(data).digest(), post=scope.post, at=act.at, **facts
    ).save(force_insert=True)
    ImportUpload.objects.filter(id=row.id).delete()
    return Line(place=row.place, subject=act.id, subject_kind="import", facts=facts, answer={**facts, "batch": act.id})


class People:
    """People written: their new households first, then they themselves, then what is changed of those known."""

    def __init__(self, scope: Scope, act: Act, today: date, found: Look) -> None:
        self.act, self.today = act, today
        self.book = Book(Kept(act=act, on=today, source=SAID))
        self.new = [one for one in found.placed if one.status == "new"]
        self.changed = [one for one in found.placed if one.status == "changed"]
        coming = [*self.new, *(one for one in self.changed if one.joins)]
        self.ids = {one.read.row: new_id() if one.known is None else one.known.id for one in coming}
        self.coming: dict[Key, list[Placed]] = {}
        for one in coming:
            self.coming.setdefault(one.read.home, []).append(one)
        self.known = queries.homes_known(scope, {one.read.home for one in (*coming, *self.changed)})
        self.served = queries.served_from(scope, {village for village, _ in self.coming})
        self.home_ids = {key: home.id for key, home in self.known.items()}
        self.enrolled = [one for one in (*self.new, *self.changed) if one.read.enrolled]
        self.booklets = queries.booklets_known(scope, {one.read.enrolled for one in self.enrolled if one.read.enrolled})
        self.booklet_ids = {key: booklet.id for key, booklet in self.booklets.items()}

    def write(self) -> None:
        """All of it."""
        self.book.homes(list(self.homes()))
        self.book.booklets(list(self._new_booklets()))
        self.book.people(self.rows())
        self.book.change(list(self._changes()))
        if joined := [one for one in self.changed if one.joins]:
            self._join(joined)
        self._enrol([one for one in self.changed if one.enrols])
        self.book.change(list(self._homes_changed()))
        touch("registry_household", [self.known[key].id for key in self.coming if key in self.known])

    def homes(self) -> Iterator[tuple[Any, ...]]:
        """Households that the register lacks, each with its head and whether anybody of it is at home."""
        for n, (key, rows) in enumerate((key, rows) for key, rows in self.coming.items() if key not in self.known):
            village, number = key
            ident = self.home_ids[key] = new_id()
            head = next(one for one in rows if one.read.relation == SELF)
            group = next((one.read.villager_group for one in rows if one.read.villager_group), None)
            door = next((one.read.door for one in rows if one.read.door), "")
            state = "away" if all(one.read.state == "away" for one in rows) else "lived"
            confirmed = {"people": self.today.isoformat(), "head": self.today.isoformat()}
            confirmed |= {"door": self.today.isoformat()} if door else {}
            yield (
                ident, self.served[village], village, group, number, state, door, None, None, "",
                self.ids[head.read.row], None, Jsonb(confirmed), self.act.id, n,
            )  # fmt: skip

    def _place(self, key: Key) -> int:
        return self.known[key].place if key in self.known else self.served[key[0]]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """New people, in the order of the file."""
        seal = self.book.sealer.seal
        day, table = self.today.isoformat(), "registry_person"
        for n, one in enumerate(self.new):
            read, ident = one.read, self.ids[one.read.row]
            yield (
                ident, read.name, sort_key(read.name), initials(read.name)[:24], self._place(read.home),
                read.state or "here", read.sex, read.born_on,
                seal(read.id_number, place_of(table, "id_sealed", ident)) if read.id_number else None,
                one.facts.id_index,
                seal(read.phone, place_of(table, "phone_sealed", ident)) if read.phone else None,
                one.facts.phone_index, read.education, read.occupation, read.political, read.marital, read.works_at,
                self.home_ids[read.home], read.relation, read.registered_place,
                self.booklet_ids[read.enrolled] if read.enrolled else None, read.as_in_booklet, read.collective,
                seal(read.bank, place_of(table, "bank_sealed", ident)) if read.bank else None,
                *(getattr(read, name) for name in FURTHER), Jsonb(_fresh(one, day)), SOURCE, self.act.id, n,
                read.relation == SELF, read.since,
            )  # fmt: skip

    def _changes(self) -> Iterator[Change]:
        """What is changed of people who are known; of sealed fields the former value is opened first."""
        opened = _opened(
            [one.known.id for one in self.changed if one.known and {"id_number", "phone", "bank"} & set(one.changed)]
        )
        for one in self.changed:
            if one.known is not None:
                yield from self._of(one, one.known, opened)

    def _of(self, one: Placed, who: KnownPerson, opened: dict[tuple[UUID, str], str]) -> Iterator[Change]:
        home = self.home_ids[one.read.home]
        record = Record(of="person", subject=who.id, place=who.place, household=who.household or home)
        for name in one.changed:
            column, said = COLUMN.get(name, name), text_of(getattr(one.read, name))
            if column.endswith("_sealed"):
                yield record.change(column, opened.get((who.id, column), ""), said, hidden=True)
            else:
                before = who.as_in_home if name == "relation" else text_of(getattr(who, name))
                yield record.change(column, before, said)
            if name == "name":
                yield record.change("sort_key", sort_key(who.name), sort_key(said))
                yield record.change("initials", initials(who.name), initials(said)[:24])
        if one.enrols and one.read.enrolled:
            yield record.change("booklet_id", "", str(self.booklet_ids[one.read.enrolled]))
            yield record.change("as_in_booklet", who.as_in_booklet, one.read.as_in_booklet)
        if one.returns:
            yield record.change("ended_on", text_of(who.ended_on), "")
            if who.works_at and "works_at" not in one.changed:
                yield record.change("works_at", who.works_at, "")
        if one.joins:
            yield record.change("household_id", "", str(home))
            yield record.change("place", str(who.place), str(self._place(one.read.home)))

    def _join(self, joined: Sequence[Placed]) -> None:
        """Whoever was known and gets a household now lives there from the day said."""
        rows = [
            (self.ids[one.read.row], self.home_ids[one.read.home], self._place(one.read.home), one.read.name,
             one.read.relation, one.read.relation == SELF, one.read.since or (self.today if one.returns else None),
             "moved_in" if one.returns else "imported")
            for one in joined
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.executemany(_JOIN, [(*row, self.act.id, self.act.id) for row in rows])

    def _new_booklets(self) -> Iterator[tuple[Any, ...]]:
        """Booklets that the register lacks, each with its head where a row says who that is."""
        by_booklet: dict[Key, list[Placed]] = {}
        for one in self.enrolled:
            if one.read.enrolled and one.read.enrolled not in self.booklets:
                by_booklet.setdefault(one.read.enrolled, []).append(one)
        for n, (key, rows) in enumerate(by_booklet.items()):
            self.booklet_ids[key] = new_id()
            head = next((self._who(one) for one in rows if one.read.as_in_booklet == SELF), None)
            yield self.booklet_ids[key], key[0], key[1], "family", head, 1, self.act.id, n

    def _kept_at(self, key: Key) -> int:
        """The place of a booklet: its own, or the village of one that is new."""
        return self.booklets[key].place if key in self.booklets else key[0]

    def _who(self, one: Placed) -> UUID:
        return one.known.id if one.known else self.ids[one.read.row]

    def _enrol(self, enrolled: Sequence[Placed]) -> None:
        """Whoever was known stands in a booklet now; a booklet without a head gets the one that a row names."""
        rows = [
            (one.known.id, self.booklet_ids[key], self._kept_at(key), one.read.name, one.read.as_in_booklet,
             one.read.as_in_booklet == SELF)
            for one in enrolled if one.known and (key := one.read.enrolled)
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.executemany(_ENROL, [(*row, self.act.id, self.act.id) for row in rows])
        self.book.change([
            Record(of="booklet", subject=found.id, place=found.place, household=None).change(
                "head_id", "", str(self._who(one))
            )
            for one in self.enrolled
            if one.read.as_in_booklet == SELF and (one.known is None or one.enrols) and (key := one.read.enrolled)
            and (found := self.booklets.get(key)) is not None and found.head is None
        ])  # fmt: skip

    def _homes_changed(self) -> Iterator[Change]:
        """Known households that get a head, or whose last at home left, or whose first came."""
        touched = {one.read.home for one in self.changed if "state" in one.changed} | set(self.coming)
        found = [self.known[key] for key in touched if key in self.known]
        at_home = _at_home([home.id for home in found])
        for home in found:
            record = Record(of="household", subject=home.id, place=home.place, household=home.id)
            state = "lived" if at_home.get(home.id) else "away"
            if state != home.state:
                yield record.change("state", home.state, state)
            key = (home.natural_village, home.number)
            head = next((one for one in self.coming.get(key, ()) if one.read.relation == SELF), None)
            if home.head is None and head is not None:
                yield record.change("head_id", "", str(self.ids[head.read.row]))


_JOIN = """
INSERT INTO registry_stay (id, person_id, sort, household_id, place, name, as_to_head, head, from_on, why_began,
  why_ended, began_by, batch)
SELECT md5(r.person::text || r.household::text || r.act::text)::uuid, r.person, 'living', r.household, r.place, r.name,
  r.relation, r.head, COALESCE(r.since, (SELECT max(s.to_on) FROM registry_stay s
    WHERE s.sort = 'living' AND (s.person_id = r.person OR r.head AND s.head AND s.household_id = r.household))),
  r.why, '', r.act, r.batch
FROM (VALUES (%s::uuid, %s::uuid, %s::bigint, %s::text, %s::text, %s::bool, %s::date, %s::text, %s::uuid, %s::uuid))
  AS r(person, household, place, name, relation, head, since, why, act, batch)
"""


_ENROL = """
INSERT INTO registry_stay (id, person_id, sort, booklet_id, place, name, as_to_head, head, from_on, why_began,
  why_ended, began_by, batch)
SELECT md5(r.person::text || r.booklet::text || r.act::text)::uuid, r.person, 'registered', r.booklet, r.place, r.name,
  r.relation, r.head, (SELECT max(s.to_on) FROM registry_stay s
    WHERE s.sort = 'registered' AND (s.person_id = r.person OR r.head AND s.head AND s.booklet_id = r.booklet)),
  'enrolled', '', r.act, r.batch
FROM (VALUES (%s::uuid, %s::uuid, %s::bigint, %s::text, %s::text, %s::bool, %s::uuid, %s::uuid))
  AS r(person, booklet, place, name, relation, head, act, batch)
"""


WRITERS: Final[dict[str, type[People | Homes | Held]]] = {"people": People, "homes": Homes}


def _fresh(one: Placed, day: str) -> dict[str, str]:
    return {field: day for name, field in CONFIRMED.items() if getattr(one.read, name)}


def _opened(people: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    """Numbers as they stand, in the clear, by person and column."""
    found: dict[tuple[UUID, str], str] = {}
    if not people:
        return found
    with connection.cursor() as cursor:
        columns = ("id_sealed", "phone_sealed", "bank_sealed")
        cursor.execute(
            "SELECT id, id_sealed, phone_sealed, bank_sealed FROM registry_person WHERE id = ANY(%s)", [list(people)]
        )
        for ident, *values in cursor.fetchall():
            for column, value in zip(columns, values, strict=True):
                found[ident, column] = sealed.unseal(value, "registry_person", column, ident)
    return found


def _at_home(homes: Iterable[UUID]) -> dict[UUID, bool]:
    """Whether anybody of these households is at home."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, bool_or(state = 'here') FROM registry_person WHERE household_id = ANY(%s) GROUP BY 1",
            [list(homes)],
        )
        return dict(cursor.fetchall())
