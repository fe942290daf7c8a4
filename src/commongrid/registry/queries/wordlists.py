"""Code lists, types of flags, and the flags of a household and its people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.dated import valid
from commongrid.kernel.refusals import N_, NotFound
from commongrid.registry.models import Code, Flag, FlagType, HardshipFlag
from commongrid.registry.rules.vocabularies import PAYMENTS

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One entry of a code list in both languages, and whether it has ended."""

    code: str
    zh: str
    en: str
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTypeRow:
    """A type of flag that may be given: its code, names, whom it hangs on, whether it is hardship."""

    code: str
    zh: str
    en: str
    of: str
    sensitive: bool
    procedure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLine:
    """A flag as those allowed to see it read it."""

    id: UUID
    zh: str
    en: str
    person: UUID | None
    household: UUID | None
    from_on: date
    to_on: date | None
    body: str
    sensitive: bool
    basis: str = ""
    sealed: bool = False
    procedure: bool = False

    def held(self, on: date) -> bool:
        """Whether it was in force on a day."""
        return self.from_on <= on and (self.to_on is None or self.to_on > on)


@dataclass(frozen=True, slots=True, kw_only=True)
class HardshipRow:
    """A hardship flag as far as a reveal of its cause needs it."""

    id: UUID
    place: int
    person: UUID | None
    household: UUID | None


def codes(scope: Scope, *lists: str, also: Collection[str] = ()) -> Mapping[str, Mapping[str, CodeRow]]:
    """The entries in force of some code lists, by list and code, in their order; after them ended ones of ``also``."""
    return {
        name: {code: row for code, row in rows.items() if not row.ended or code in also}
        for name, rows in code_words(scope, *lists).items()
    }


def code_words(scope: Scope, *lists: str) -> Mapping[str, Mapping[str, CodeRow]]:
    """The same with every entry that has ended, as it was called last: what a record carries keeps its word."""
    today = localdate()
    found: dict[str, dict[str, CodeRow]] = {one: {} for one in lists}
    rows = Code.objects.filter(list__in=lists, valid_from__lte=today).order_by("position", "-valid_from")
    aged = [(one.valid_to is not None and one.valid_to <= today, one) for one in rows]
    for ended, row in sorted(aged, key=itemgetter(0)):
        found[row.list].setdefault(row.code, CodeRow(code=row.code, zh=row.zh, en=row.en or row.zh, ended=ended))
    return found


def flag_types(scope: Scope, of: str) -> list[FlagTypeRow]:
    """The types that may be given by hand to a kind of record; hardship only to those who may see it."""
    rows = FlagType.objects.filter(valid(localdate()), of=of, procedure=False).order_by("position")
    if not scope.may("people.hardship"):
        rows = rows.filter(sensitive=False)
    return [
        FlagTypeRow(code=one.code, zh=one.zh, en=one.en, of=one.of, sensitive=one.sensitive, procedure=one.procedure)
        for one in rows
    ]


def flag_words(scope: Scope) -> dict[str, CodeRow]:
    """What each type of flag is called, also those that only a procedure gives and those that have ended."""
    rows = FlagType.objects.filter(valid_from__lte=localdate()).order_by("valid_from")
    if not scope.may("people.hardship"):
        rows = rows.filter(sensitive=False)
    return {one.code: CodeRow(code=one.code, zh=one.zh, en=one.en) for one in rows}


def hardship_flag(scope: Scope, flag_id: UUID) -> HardshipRow:
    """A hardship flag within sight. Refuses: NotFound."""
    row = HardshipFlag.objects.filter(id=flag_id).first()
    if row is None:
        raise NotFound
    return HardshipRow(id=row.id, place=row.place, person=row.person_id, household=row.household_id)


def revealed_basis(scope: Scope, flag_id: UUID) -> str:
    """The cause and basis of a hardship flag in the clear, for a reveal that the surface logs with its reason.

    Refuses: NotAllowed without the power to see hardship; NotFound out of sight or where nothing was written.
    """
    scope.demand("people.hardship")
    row = HardshipFlag.objects.filter(id=flag_id).first()
    if row is None or row.basis_sealed is None:
        raise NotFound(N_("There is nothing to show."))
    return sealed.unseal(row.basis_sealed, "registry_hardship_flag", "basis_sealed", row.id)


def flags_of(scope: Scope, *, household: UUID | None = None, person: UUID | None = None) -> list[FlagLine]:
    """The flags of a household with its people's, or of a person, in force first; hardship as far as it is seen.

    What people have paid for stands on their own pages alone: of a household it would be many lines each year.
    """
    paid = FlagType.objects.filter(group__in=PAYMENTS).values("code")
    whose = Q(person_id=person) if person else Q(household_id=household) & ~Q(type_code__in=paid)
    return sorted(_lines(whose), key=lambda one: (one.to_on is not None, one.from_on))


def flag(scope: Scope, flag_id: UUID) -> FlagLine:
    """One flag as those allowed to see it read it. Refuses: NotFound out of sight."""
    found = _lines(Q(id=flag_id))
    if not found:
        raise NotFound
    return found[0]


def _lines(which: Q) -> list[FlagLine]:
    names = {row.code: row for row in FlagType.objects.filter(valid_from__lte=localdate()).order_by("valid_from")}
    return [
        FlagLine(
            id=row.id,
            zh=named.zh if (named := names.get(row.type_code)) else row.type_code,
            en=named.en if named else row.type_code,
            person=row.person_id,
            household=row.household_id,
            from_on=row.from_on,
            to_on=row.to_on,
            body=row.body,
            sensitive=table is HardshipFlag,
            basis=getattr(row, "basis", ""),
            sealed=getattr(row, "basis_sealed", None) is not None,
            procedure=named is not None and named.procedure,
        )
        for table in (Flag, HardshipFlag)
        for row in table.objects.filter(which)
    ]
