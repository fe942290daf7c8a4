"""Reads for the editor of dated vocabularies: rows and versions, what columns may name, what a change would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.queries import LineRow, history
from commongrid.kernel.dated import Known, Values, Vocabulary, mark
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import DangerWord, Kind, Matter, TileShown, UrgencyRule, WorkListRow
from commongrid.matters.rules import words
from commongrid.matters.rules.named import NAMED
from commongrid.matters.rules.vocabularies import STAYS_SEALED, VOCABULARIES
from commongrid.registry.rules.holdings import ASKED_FOR
from commongrid.roster import queries as roster
from commongrid.territory.models import County
from commongrid.territory.queries import children, county

Choice = tuple[str, str, str]
"""A code with its names, Chinese and English."""
FOR_GOOD: Final = N_("This stays as it is for good: flags of this type are kept by it. Add a type with another code.")
NAMESAKE: Final = N_("Another row is called so. Sheets are read by these names: choose a different one.")
USED_UP: Final = N_(
    "This code has ended, and records that carry it keep its word. Choose another code, or the same Chinese name."
)
CARRIED: Final[dict[str, tuple[str, ...]]] = {"flag_types": ("of", "sensitive"), "code_lists": ()}
"""Vocabularies whose rows the register's records carry by their code, with the columns that stay for good."""
LOOKED_AT: Final = 2000
"""Open matters that a preview counts anew, the nearest deadlines first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a row: its values and its period."""

    id: UUID
    key: str
    values: Values
    valid_from: date
    valid_to: date | None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def empty(self) -> bool:
        """Whether it was replaced on the day it began, so that it never was in force."""
        return self.valid_to is not None and self.valid_to <= self.valid_from


def vocabulary(code: str) -> Vocabulary:
    """A vocabulary of the loop by its code. Refuses NotFound."""
    try:
        return VOCABULARIES[code]
    except KeyError:
        raise NotFound from None


def table_of(of: Vocabulary) -> type[models.Model]:
    """The table that keeps a vocabulary."""
    return apps.get_model("commongrid", of.table)


def rows_of(of: Vocabulary) -> models.QuerySet[Any]:
    """The rows of its table that are the vocabulary's."""
    found = table_of(of)._default_manager.all()
    if of.part:
        found = found.filter(**{f"{of.part}__in": [code for code, _name in of.column(of.part).choices]})
    return found


def version_of(of: Vocabulary, row: models.Model) -> Version:
    """A table's row as the editor knows it."""
    values: Values = {}
    for column in of.columns:
        value = getattr(row, column.attribute)
        values[column.code] = (
            tuple(value) if isinstance(value, list) else str(value) if isinstance(value, UUID) else value
        )
    found: Any = row
    return Version(
        id=found.id, key=of.key_of(values), values=values, valid_from=found.valid_from, valid_to=found.valid_to
    )


def versions(scope: Scope, of: Vocabulary, *, current: bool = True) -> list[Version]:
    """The rows in force or to come, in order; with ``current`` off the former versions too."""
    with acting(scope):
        found = rows_of(of)
        if current:
            found = found.filter(Q(valid_to=None) | Q(valid_to__gt=localdate()))
        names = {one.name for one in table_of(of)._meta.concrete_fields}
        order = [*(["position"] if "position" in names else []), *(one.attribute for one in of.key), "valid_from"]
        return [one for row in found.order_by(*order) if not (one := version_of(of, row)).empty]


def version(scope: Scope, of: Vocabulary, row: UUID) -> Version:
    """One version. Refuses NotFound."""
    with acting(scope):
        found = rows_of(of).filter(id=row).first()
    if found is None:
        raise NotFound
    return version_of(of, found)


def versions_like(scope: Scope, of: Vocabulary, one: Version) -> list[Version]:
    """Every version of the same row, the newest first."""
    with acting(scope):
        found = table_of(of)._default_manager.filter(**{c.attribute: one.values[c.code] for c in of.key})
        rows = [version_of(of, row) for row in found.order_by("-valid_from", "-id")]
    return [row for row in rows if not row.empty]


def subject_of(of: Vocabulary, key: str = "") -> UUID:
    """What the journal calls a row of a vocabulary through its versions, or the whole vocabulary."""
    return uuid5(NAMESPACE_OID, f"commongrid vocabulary {of.code} {key}".strip())


def edits(scope: Scope, of: Vocabulary, key: str = "") -> list[LineRow]:
    """Who changed a row, or brought whole files in, and when; the newest first, as far as the scope sees the county."""
    key = mark(key)
    lines = history(scope, subject_of(of, key)) if key else []
    lines += [one for one in history(scope, subject_of(of)) if not key or key in one.facts.get("keys", ())]
    return sorted(lines, key=lambda one: one.at, reverse=True)


def choices(scope: Scope, of: Vocabulary) -> dict[str, list[tuple[str, str, str]]]:
    """What the vocabulary's columns may name, by source: code, Chinese, English."""
    wanted = {column.source for column in of.columns if column.source}
    return {source: list(_CHOICES[source](scope)) for source in wanted}


def known(found: Mapping[str, Iterable[tuple[str, str, str]]]) -> Known:
    """The codes alone."""
    return {source: {code for code, _zh, _en in rows} for source, rows in found.items()}


def _kinds(*, classes: bool) -> Iterator[tuple[str, str, str]]:
    rows = Kind.objects.filter(Q(valid_to=None) | Q(valid_to__gt=localdate()))
    rows = rows.filter(parent="") if classes else rows.exclude(parent="")
    yield from dict.fromkeys(rows.order_by("position", "code").values_list("code", "zh", "en"))


def _townships(scope: Scope) -> Iterator[tuple[str, str, str]]:
    for one in children(scope, county(scope).code):
        yield str(one.code), one.name, one.name_en or one.name


def _named(codes: Iterable[str]) -> Iterator[Choice]:
    yield from ((code, code, code) for code in codes)


_CHOICES: Final[dict[str, Callable[[Scope], Iterable[Choice]]]] = {
    "classes": lambda _scope: _kinds(classes=True),
    "kinds": lambda _scope: _kinds(classes=False),
    "functions": lambda scope: ((code, one.zh, one.en) for code, one in roster.functions(scope).items()),
    "roles": lambda scope: ((one.code, one.zh, one.en) for one in roster.roles(scope)),
    "units": lambda scope: ((str(one.id), one.zh, one.en or one.zh) for one in roster.units(scope)),
    "townships": _townships,
    "reasoned": lambda _scope: _named(words.REASONED),
    "sources": lambda _scope: _named(words.SOURCES),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An open matter that a change of a rule could touch, as its deadlines stand."""

    id: UUID
    number: str
    kind_id: UUID
    kind_code: str
    place: int
    owner_level: str
    unit_id: UUID | None
    state: str
    urgency: str
    clock: str
    due_at: datetime
    warn_at: datetime | None
    due_from: datetime | None
    opened_at: datetime
    finish_from: datetime | None
    finish_due_at: datetime | None
    external_due_at: datetime | None
    exchanged: bool
    finish_moved: bool


_TOUCHED: Final = (
    "id", "number", "kind_id", "kind_code", "place", "owner_level", "unit_id", "state", "urgency", "clock", "due_at",
    "warn_at", "due_from", "opened_at", "finish_from", "finish_due_at", "external_due_at", "exchanged", "finish_moved",
)  # fmt: skip


ANSWERED: Final = ("to_pass", "answered", "to_rate", "to_file", "review")
"""Open states in which the work is done, so that no finishing limit is counted any more."""


def _limited_by(code: str) -> Q:
    """The open matters that a limit speaks of: by its clock, or where their kind or urgency leaves it to the county."""
    today = localdate()
    in_force = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    at_once = Q(urgency__in=UrgencyRule.objects.filter(in_force, factor=0).values("code"))
    respond = Q(clock__in=("respond", "receipt"))
    finish = Q(finish_due_at__isnull=False) & ~Q(state__in=ANSWERED)
    match code:
        case "immediate_respond":
            return respond & at_once
        case "immediate_finish":
            return finish & at_once
        case "respond_default":
            return respond & Q(kind__respond_hours=None) & ~at_once
        case "finish_default":
            return finish & Q(kind__finish_days=None) & ~at_once
        case _:
            return Q(clock=code)


def _led(values: Values) -> Q:
    """Open matters that units of a row's level have, of its kind and in its area; the row's own unit or another's."""
    place, sits = values["place"], Q(unit__place__in=County.objects.values("code"))
    area = Q(place__range=interval(int(str(place)))) if place else Q()
    of_level = sits if values["level"] == "county" else ~sits
    return area & of_level & Q(kind_code=values["kind_code"], owner_level="unit", clock__in=("respond", "finish"))


def open_under(of: Vocabulary, values: Values) -> models.QuerySet[Matter]:
    """Open matters that the row of a vocabulary speaks of."""
    found = Matter.objects.filter(closed_at=None)
    match of.effect:
        case "lead":
            return found.filter(_led(values))
        case "kind":
            return found.filter(kind_code=values["code"])
        case "limit":
            return found.filter(_limited_by(str(values["code"])))
        case "urgency":
            return found.filter(urgency=values["code"])
        case _:
            return found.filter(kind_code=values["kind_code"]) if "kind_code" in values else found.none()


def touched(scope: Scope, found: models.QuerySet[Matter]) -> tuple[int, list[Touched]]:
    """How many open matters these are, and those with the nearest deadlines."""
    with acting(scope):
        rows = found.order_by("due_at", "id").values(*_TOUCHED)[:LOOKED_AT]
        return found.count(), [Touched(**row) for row in rows]


def unmeant(of: Vocabulary, values: Values, day: date) -> dict[str, str]:
    """What other rows don't allow from a day on, by column: words of danger always mean a sealed kind."""
    later = Q(valid_to=None) | Q(valid_to__gt=day)
    if of.code in CARRIED:
        return _carried(of, values, later)
    kind = values["kind_code"] if of.code == "danger" else None
    if kind and not Kind.objects.filter(later, code=kind, visibility="sealed", valid_from__lte=day).exists():
        return {"kind_code": N_("Words of danger mean a sealed kind. Choose one, or none for harmless words.")}
    unsealed = of.code == "kinds" and values["visibility"] != "sealed"
    if unsealed and DangerWord.objects.filter(later, kind_code=values["code"]).exists():
        return {"visibility": STAYS_SEALED}
    return {}


def _carried(of: Vocabulary, values: Values, later: Q) -> dict[str, str]:
    """Of rows that records carry by their code: what stays for good, names that are taken, codes that are used up."""
    same = rows_of(of).filter(**{one.attribute: values[one.code] for one in of.key})
    faults = {one: FOR_GOOD for one in CARRIED[of.code] if same.exclude(**{one: values[one]}).exists()}
    if not same.filter(later).exists() and (last := same.order_by("-valid_from").first()) and last.zh != values["zh"]:
        faults["code"] = USED_UP
    beside = rows_of(of).filter(later).exclude(code=values["code"])
    if of.part:
        beside = beside.filter(**{of.part: values[of.part]})
    for name in ("zh", "en"):
        if beside.filter(**{f"{name}__iexact": values[name]}).exists():
            faults[name] = NAMESAKE
    return faults


def _kind_in_use(values: Values, later: Q) -> str:
    code = values["code"]
    if code in NAMED:
        return N_("The pages and the loop ask for this kind by its code. Change its words and limits instead.")
    if DangerWord.objects.filter(later, kind_code=code).exists():
        return N_("Words of danger mean this kind. End those words first, or let them mean another sealed kind.")
    if not values["parent"] and Kind.objects.filter(later, parent=code).exists():
        return N_("There are still kinds in this class. End them first, or move them to another class.")
    if Matter.objects.filter(closed_at=None, kind_code=code).exists():
        return N_("Open matters are of this kind. Finish them or put their kind right first.")
    rows = (WorkListRow.objects.filter(later, kind_code=code), TileShown.objects.filter(later, kind_code=code))
    if any(found.exists() for found in rows):
        return N_("The work list or a tile still names this kind. End those rows first.")
    return ""


def in_use(of: Vocabulary, values: Values, day: date) -> str:
    """Why a row can't end on a day, as a sentence; nothing where it can."""
    later = Q(valid_to=None) | Q(valid_to__gt=day)
    if of.code == "kinds":
        return _kind_in_use(values, later)
    if of.code == "flag_types" and table_of(of)._default_manager.filter(code=values["code"], procedure=True).exists():
        return N_("The procedure for watched households gives this flag. Change its words instead of ending it.")
    if of.code == "code_lists" and (values["list"], values["code"]) in ASKED_FOR:
        return N_("Pages ask for this one by its code. Change its words instead of ending it.")
    if of.code == "work_list" and values["place"] is None:
        leaders = WorkListRow.objects.filter(later, kind_code=values["kind_code"], level=values["level"], place=None)
        needed = Kind.objects.filter(later, code=values["kind_code"]).exclude(visibility="sealed").exists()
        if needed and leaders.count() <= 1:
            return N_("Nobody would lead this kind at this level. Name another leader first.")
    return ""
