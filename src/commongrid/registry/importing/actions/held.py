"""Sheets of sites, things, organisations, members and flags taken in: new rows together, changes field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from commongrid.accounts import sealed
from commongrid.kernel.act import new_id
from commongrid.registry.actions.correcting import taken
from commongrid.registry.actions.desk import ENTERED, FLAG, HARDSHIP_FLAG, MEMBER
from commongrid.registry.importing.actions.bulk import Book, Change, Kept, Record, text_of, touch
from commongrid.registry.importing.actions.homes import Served
from commongrid.registry.importing.held import TABLES
from commongrid.registry.importing.rules.held import fields_of
from commongrid.registry.importing.rules.held_columns import OF
from commongrid.registry.importing.rules.layout import SAID
from commongrid.registry.models import Code, Flag, FlagType, HardshipFlag, Household, Membership, Organisation, Person
from commongrid.registry.rules.holdings import LEADER

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.looking import Look
    from commongrid.registry.importing.rules.held import PlacedHeld

AT_ONCE = 1_000


class Held:
    """Rows written with their history."""

    def __init__(self, scope: Scope, act: Act, today: date, found: Look) -> None:
        self.scope, self.act, self.sort = scope, act, found.file.sort
        self.day = today.isoformat()
        self.book = Book(Kept(act=act, on=today, source=SAID))
        self.new = [one for one in found.held if one.status == "new"]
        self.changed = [one for one in found.held if one.status == "changed"]

    def write(self) -> None:
        """All of it. Refuses: BadInput for a credit code that an organisation out of sight has."""
        if self.sort == "flags":
            self._flags()
        elif self.sort == "members":
            self._members()
        else:
            self._records(OF[self.sort])

    def _records(self, of: str) -> None:
        columns = fields_of(of)
        inside = of != "organisation"
        served = Served(self.scope, {one.read.place for one in self.new if inside and not one.read.grid})
        rows = []
        for one in self.new:
            read, values = one.read, {columns[name]: value for name, value in one.values.items()}
            place = read.grid or read.place
            if inside and not read.grid:
                place = served.at(read.place, values.get("lon"), values.get("lat"))
            if of == "site":
                values["natural_village"] = read.place
            confirmed = dict.fromkeys(one.values, self.day)
            rows.append(TABLES[of](id=new_id(), place=place, batch=self.act.id, confirmed=confirmed, **values))
        try:
            with transaction.atomic():
                TABLES[of].objects.bulk_create(rows, batch_size=AT_ONCE)
                self.book.change([change for one in self.changed for change in self._of(of, columns, one)])
        except IntegrityError as clash:
            raise taken(clash) from None
        self.book.keep(
            [Record(of=of, subject=row.id, place=row.place, household=None).change(ENTERED, "", "") for row in rows]
        )

    def _of(self, of: str, columns: dict[str, str], one: PlacedHeld) -> Iterator[Change]:
        if one.known is None:
            return
        record = Record(of=of, subject=one.known.id, place=one.known.place, household=None)
        for name in one.changed:
            yield record.change(columns[name], text_of(one.known.values[name]), text_of(one.values[name]))

    def _members(self) -> None:
        names = {
            one.code: one.zh
            for one in Code.objects.filter(list="duty", valid_from__lte=self.day).order_by("valid_from")
        }
        named = {one.links["organisation"] for one in (*self.new, *self.changed)}
        organisations = Organisation.objects.only("place").in_bulk(named)
        people = Person.objects.only("display_name").in_bulk([one.links["person"] for one in self.new])
        rows, marks = [], []
        for one in self.new:
            of, who = organisations[one.links["organisation"]], people[one.links["person"]]
            rows.append(
                Membership(
                    id=new_id(), organisation_id=of.id, person_id=who.id, place=of.place, duty=one.read.said["duty"],
                    name=who.display_name, **self._dated(one),
                )
            )  # fmt: skip
        for one in (*self.new, *self.changed):
            of, duty = organisations[one.links["organisation"]], str(one.read.said["duty"])
            record = Record(of="organisation", subject=of.id, place=of.place, household=None)
            marks += self._marks(one, record, MEMBER, names.get(duty, duty))
        self._end(Membership)  # first, for the next leader may begin on that day
        Membership.objects.bulk_create(rows, batch_size=AT_ONCE)
        self.book.keep(marks)
        touch("registry_organisation", organisations)
        led = [row.organisation_id for row in rows if row.duty == LEADER and row.to_on is None]
        with connection.cursor() as cursor:
            cursor.execute(_LED, [self.day, led])

    def _flags(self) -> None:
        sensitive = set(FlagType.objects.filter(sensitive=True).values_list("code", flat=True))
        every = (*self.new, *self.changed)
        named = {of: [one.links[of] for one in every if of in one.links] for of in ("person", "household")}
        people = Person.objects.only("place", "household").in_bulk(named["person"])
        homes = Household.objects.only("place").in_bulk(named["household"])
        rows: dict[type[Any], list[Any]] = {Flag: [], HardshipFlag: []}
        marks = []
        for one in every:
            about: Any = people[one.links["person"]] if "person" in one.links else homes[one.links["household"]]
            of, home = ("person", about.household_id) if isinstance(about, Person) else ("household", about.id)
            hidden, ident = one.read.flag in sensitive, one.known.id if one.known else new_id()
            if one.known is None:
                kept = {
                    "type_code": one.read.flag, "place": about.place, "household_id": home,
                    "person_id": about.id if of == "person" else None, "source": SAID, "batch": self.act.id,
                    "body": one.read.said.get("body", ""), **self._dated(one), **_basis(one, ident, hidden=hidden),
                }  # fmt: skip
                table = HardshipFlag if hidden else Flag
                rows[table].append(table(id=ident, **kept))
            record = Record(of=of, subject=about.id, place=about.place, household=home)
            said = (HARDSHIP_FLAG, str(ident)) if hidden else (FLAG, one.read.flag)
            marks += self._marks(one, record, *said)
        for table, some in rows.items():
            self._end(table)
            table.objects.bulk_create(some, batch_size=AT_ONCE)
        self.book.keep(marks)
        seen = [one.record for one in marks if one.column == FLAG]  # of hardship a version would tell
        for of, written in (("person", "registry_person"), ("household", "registry_household")):
            touch(written, {one.subject for one in seen if one.of == of})

    def _dated(self, one: PlacedHeld) -> dict[str, Any]:
        """From when and until when a new row holds, and by which act."""
        until = one.read.said.get("to_on")
        ended = {"to_on": until, "ended_by": self.act.id} if until else {}
        return {"from_on": one.read.said["from_on"], "began_by": self.act.id, **ended}

    def _marks(self, one: PlacedHeld, record: Record, field: str, said: str) -> list[Change]:
        """That it began, that it ended, or both."""
        began = [record.change(field, "", said)] if one.known is None else []
        return [*began, *([record.change(field, said, "")] if "to_on" in one.read.said else [])]

    def _end(self, table: type[Any]) -> None:
        """What stands ends on the day that its row says."""
        until = {one.known.id: one.read.said["to_on"] for one in self.changed if one.known}
        rows = list(table.objects.filter(id__in=until, to_on=None))
        for row in rows:
            row.to_on, row.ended_by = until[row.id], self.act.id
        table.objects.bulk_update(rows, ("to_on", "ended_by"), batch_size=AT_ONCE)


def _basis(one: PlacedHeld, ident: UUID, *, hidden: bool) -> dict[str, Any]:
    """On what it was recognised; sealed where it is hardship."""
    said: str = one.read.said.get("basis", "")
    return {"basis_sealed": sealed.seal(said, HARDSHIP_TABLE, "basis_sealed", ident)} if hidden else {"basis": said}


HARDSHIP_TABLE = "registry_hardship_flag"
_LED = """
UPDATE registry_organisation SET confirmed = confirmed || jsonb_build_object('leader', %s::text) WHERE id = ANY(%s)
"""
"""Who leads was said on this day."""
