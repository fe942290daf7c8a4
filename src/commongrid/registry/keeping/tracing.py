"""By what a person is found in the tables: their records, what they reported, and the signs to look for in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.registry.keeping.rules import any_of, rare, sought_names, sought_numbers
from commongrid.registry.models import Correction, Handover, Membership, Person, Stay

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

MOST_OPENED: Final = 20_000
"""Sealed names of reporters in the person's villages that are opened, to find those who are this person."""
_BY_PHONE = "SELECT id, name_sealed, phone_index FROM matters_party WHERE phone_index = ANY(%s) AND person_id IS NULL"
_BY_NAME = (
    "SELECT p.id, p.name_sealed FROM unnest(%s::bigint[]) v JOIN matters_party p"
    " ON p.place BETWEEN v * 1000 AND v * 1000 + 999"
    " WHERE p.name_sealed IS NOT NULL AND p.person_id IS NULL LIMIT %s"
)
_HELD = (
    "SELECT phone_index, id_index FROM registry_person WHERE (phone_index = ANY(%(indexes)s)"
    " OR id_index = ANY(%(indexes)s)) AND NOT id = ANY(%(people)s) AND erased_at IS NULL"
)
"""Numbers that the record of somebody else holds too: a phone of two people says neither of them."""
_NAMED = (
    "SELECT matter_id, part = 'reporter' FROM matters_party WHERE person_id = ANY(%(people)s) OR id = ANY(%(parties)s)"
    " UNION SELECT id, false FROM matters_matter WHERE accused_person_id = ANY(%(people)s)"
)
"""Matters know people by these; the one place where the register reads names from above, as the journal's walls do."""
_NAMESAKES = (
    "SELECT DISTINCT place / 1000 FROM registry_person WHERE NOT id = ANY(%s) AND erased_at IS NULL"
    " AND place / 1000 = ANY(%s) AND display_name ~ %s"
)
_HOMES = (
    "SELECT h.id FROM {table} h WHERE h.ended_on IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM registry_stay s WHERE s.{column} = h.id AND s.person_id = ANY(%(people)s)) AND NOT EXISTS"
    " (SELECT 1 FROM registry_stay s JOIN registry_person p ON p.id = s.person_id WHERE s.{column} = h.id"
    "  AND NOT s.person_id = ANY(%(people)s) AND p.erased_at IS NULL)"
)
"""Homes that have ended and in which nobody else whose record stands ever was."""


@dataclass(slots=True, kw_only=True)
class Traces:
    """Everything by which a person is found in the tables: ids of records, and the signs to look for in words.

    ``names`` and ``numbers`` are looked for in what is theirs; of others' words only ``rare_names`` in ``villages``
    and ``own_numbers`` anywhere, because they can mean nobody and nothing else. ``corrected`` are names that a
    correction alone tells: what stood there may be any word (不详).
    """

    people: list[UUID]
    accounts: list[int] = field(default_factory=list)
    parties: list[UUID] = field(default_factory=list)
    homes: list[UUID] = field(default_factory=list)
    booklets: list[UUID] = field(default_factory=list)
    matters: list[UUID] = field(default_factory=list)
    named: list[UUID] = field(default_factory=list)
    villages: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    rare_names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    own_numbers: list[str] = field(default_factory=list)

    @property
    def signs(self) -> str:
        """The names and numbers as JSON, to be sealed while something waits."""
        return json.dumps([self.names, self.numbers, self.corrected], ensure_ascii=False)


def with_joined(person_id: UUID) -> list[UUID]:
    """The record and all that were joined into it, one after another."""
    found, fresh = [person_id], [person_id]
    while fresh:
        fresh = list(Person.objects.filter(merged_into__in=fresh).exclude(id__in=found).values_list("id", flat=True))
        found += fresh
    return found


def traces(scope: Scope, people: Sequence[UUID], kept: str = "") -> Traces:
    """By what these records of one person are found everywhere, as far as the scope sees.

    ``kept`` are the signs of an erasure that waits: by then the record itself no longer says them.
    """
    of = Traces(people=list(people))
    with acting(scope):
        rows = list(Person.objects.filter(id__in=of.people))
        names, numbers, corrected = _signs(of.people, rows)
        if kept:
            then = [*json.loads(kept), []]
            names, numbers, corrected = names | set(then[0]), numbers | set(then[1]), corrected | set(then[2])
        said = sought_names(names - corrected)
        of.names, of.corrected = list(sought_names(names)), list(sought_names(corrected))
        of.numbers = list(sought_numbers(numbers))
        of.accounts = [one.account_id for one in rows if one.account_id is not None]
        of.villages = _villages(of, rows, said)
        of.rare_names = list(rare(said)) if of.villages else []
        values = {"people": of.people}
        of.homes = _ids(_HOMES.format(table="registry_household", column="household_id"), values)
        of.booklets = _ids(_HOMES.format(table="registry_registered_household", column="booklet_id"), values)
        indexes = {one: index for one in numbers if (index := sealed.index(one))}
        held = _held(of, list(indexes.values()))
        of.own_numbers = list(sought_numbers({one for one in numbers if indexes.get(one) not in held}))
        of.parties = [*_parties_by_phone(of, list(indexes.values()), held), *_parties_by_name(of, said)]
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, {"people": of.people, "parties": of.parties})
            found = cursor.fetchall()
        of.named = sorted({matter for matter, _own in found})
        of.matters = sorted({matter for matter, own in found if own})
    return of


def _signs(people: list[UUID], rows: list[Person]) -> tuple[set[str], set[str], set[str]]:
    """Every name and number that the records say or ever said, and which of the names only a correction tells."""
    names = {name for one in rows for name in (one.display_name, one.former_name) if name}
    for table in (Stay, Handover, Membership):
        names |= set(table._default_manager.filter(person_id__in=people).values_list("name", flat=True))
    corrected: set[str] = set()
    numbers = {
        sealed.unseal(getattr(one, column), "registry_person", column, one.id)
        for one in rows for column in ("id_sealed", "phone_sealed", "bank_sealed")
    }  # fmt: skip
    for row in Correction.objects.filter(subject__in=people):
        if row.field in ("display_name", "former_name"):
            corrected |= {row.before, row.after} - names - {""}
        elif row.field in ("id_sealed", "phone_sealed", "bank_sealed", "id_number", "phone", "bank"):
            numbers |= {
                sealed.unseal(getattr(row, column), "registry_correction", column, row.id)
                for column in ("before_sealed", "after_sealed")
            }
    return names | corrected, numbers, corrected


def _villages(of: Traces, rows: list[Person], said: tuple[str, ...]) -> list[int]:
    """Villages where the person's records lie and nobody else bears the name."""
    places = {one.place for one in rows} | {one.registered_place for one in rows if one.registered_place}
    places |= set(Stay.objects.filter(person_id__in=of.people).values_list("place", flat=True))
    villages = {int(place) // 1000 for place in places}
    if not said:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NAMESAKES, [of.people, list(villages), any_of(said)])
        return sorted(villages - {village for (village,) in cursor.fetchall()})


def _held(of: Traces, indexes: list[bytes]) -> set[bytes | None]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"indexes": indexes, "people": of.people})
        return {bytes(one) for row in cursor.fetchall() for one in row if one is not None}


def _parties_by_phone(of: Traces, indexes: list[bytes], held: set[bytes | None]) -> list[UUID]:
    """Who gave the person's number and their name; without a name, where nobody else's record has the number.

    One phone serves a whole family, and what another of them reported is not this person's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_PHONE, [indexes])
        found = cursor.fetchall()
    parties = []
    for ident, sealed_name, index in found:
        name = sealed.unseal(sealed_name, "matters_party", "name_sealed", ident).strip()
        if name in of.names or (not name and bytes(index) not in held):
            parties.append(ident)
    return parties


def _parties_by_name(of: Traces, said: tuple[str, ...]) -> list[UUID]:
    """Reporters and people concerned who were told by name alone, where the name can only be this person's."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_NAME, [of.villages, MOST_OPENED])
        return [
            ident
            for ident, name in cursor.fetchall()
            if sealed.unseal(name, "matters_party", "name_sealed", ident).strip() in said
        ]


def _ids(sql: str, values: Any) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
