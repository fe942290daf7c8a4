"""Sheets of sites, things, organisations, members and flags taken in: new rows together, changes field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from commongrid.accounts import sealed
from commongrid.kernel.act import new_id
from commongrid.registry.actions.correcting import taken
from commongrid.registry.actions.desk import ENTERED, FLAG, HARDSHIP_FLAG, MEMBER
from commongrid.registry.importing.actions.bulk import Book, Change, Kept, Record, text_of
from commongrid.registry.importing.actions.homes import Served
from commongrid.registry.importing.held import TABLES
from commongrid.registry.importing.rules.held import fields_of
from commongrid.registry.importing.rules.held_columns import OF
from commongrid.registry.importing.rules.layout import SAID
from commongrid.registry.models import Code, Flag, FlagType, HardshipFlag, Household, Membership, Organisation, Person
from commongrid.registry.rules.holdings import LEADER

if TYPE_CHECKING:
    from datetime import date

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
        names = dict(Code.objects.filter(list="duty", valid_to=None).values_list("code", "zh"))
        organisations = Organisation.objects.in_bulk([one.links["organisation"] for one in self.new])
        people = Person.objects.in_bulk([one.links["person"] for one in self.new])
        rows, marks = [], []
        for one in self.new:
            of, who, duty = organisations[one.links["organisation"]], people[one.links["person"]], one.read.said["duty"]
            rows.append(
                Membership(
                    id=new_id(), organisation_id=of.id, person_id=who.id, place=of.place, duty=duty,
                    name=who.display_name, from_on=one.read.said["from_on"], began_by=self.act.id,
                )
            )  # fmt: skip
            record = Record(of="organisation", subject=of.id, place=of.place, household=None)
            marks.append(record.change(MEMBER, "", names.get(str(duty), str(duty))))
        Membership.objects.bulk_create(rows, batch_size=AT_ONCE)
        self.book.keep(marks)
        led = [row.organisation_id for row in rows if row.duty == LEADER]
        with connection.cursor() as cursor:
            cursor.execute(_LED, [self.day, led])

    def _flags(self) -> None:
        sensitive = set(FlagType.objects.filter(valid_to=None, sensitive=True).values_list("code", flat=True))
        people = Person.objects.in_bulk([one.links["person"] for one in self.new if "person" in one.links])
        homes = Household.objects.in_bulk([one.links["household"] for one in self.new if "household" in one.links])
        rows: dict[type[Any], list[Any]] = {Flag: [], HardshipFlag: []}
        marks = []
        for one in self.new:
            about: Any = people[one.links["person"]] if "person" in one.links else homes[one.links["household"]]
            of, home = ("person", about.household_id) if isinstance(about, Person) else ("household", about.id)
            ident, said = new_id(), one.read.said
            record = Record(of=of, subject=about.id, place=about.place, household=home)
            basis: str = said.get("basis", "")
            table: type[Any]
            if one.read.flag in sensitive:
                table, mark = HardshipFlag, record.change(HARDSHIP_FLAG, "", str(ident))
                kept: dict[str, Any] = {"basis_sealed": sealed.seal(basis, HARDSHIP_TABLE, "basis_sealed", ident)}
            else:
                table, mark, kept = Flag, record.change(FLAG, "", one.read.flag), {"basis": basis}
            rows[table].append(
                table(
                    id=ident, type_code=one.read.flag, place=about.place, household_id=home, from_on=said["from_on"],
                    person_id=about.id if of == "person" else None, source=SAID, body=said.get("body", ""),
                    began_by=self.act.id, batch=self.act.id, **kept,
                )
            )  # fmt: skip
            marks.append(mark)
        for table, some in rows.items():
            table.objects.bulk_create(some, batch_size=AT_ONCE)
        self.book.keep(marks)


HARDSHIP_TABLE = "registry_hardship_flag"
_LED = """
UPDATE registry_organisation SET confirmed = confirmed || jsonb_build_object('leader', %s::text) WHERE id = ANY(%s)
"""
"""Who leads was said on this day."""
