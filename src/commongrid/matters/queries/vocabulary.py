"""The loop's vocabularies as read: kinds, the work list, limits, urgencies, tiles.

They change a few times a year and are read by every request, so each process
remembers them for a minute, by database.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.places import inside
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.models import (
    DangerWord,
    DrawSeed,
    DutyHours,
    GuardedWord,
    Kind,
    Limit,
    SealedBody,
    TileShown,
    UrgencyRule,
    WorkListRow,
)
from commongrid.matters.rules import danger
from commongrid.matters.rules.limits import LimitRow, Pace
from commongrid.matters.rules.named import DISPUTES, WITH_AN_AUTHORITY
from commongrid.matters.rules.publishing import Guarded, people

_REMEMBERED: Final = 60.0
_memory: dict[tuple[str, str], tuple[float, object]] = {}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """A kind of matter under one version of its rules."""

    id: UUID
    code: str
    parent: str
    zh: str
    en: str
    first_level: str
    respond_hours: Decimal | None
    finish_days: Decimal | None
    calendar: str
    visit: str
    rated: bool
    visibility: str
    sensitive: bool
    publish: str
    closes: str
    routed_round: bool
    settle_roles: tuple[str, ...]
    competent: str
    emergency: str
    note: str
    valid_from: date
    valid_to: date | None

    @property
    def sealed(self) -> bool:
        """Whether only the competent body may see it."""
        return self.visibility == "sealed"

    @property
    def complaint(self) -> bool:
        """Whether it may be about somebody of the government, so that the person is asked whom."""
        return self.routed_round or self.competent == "discipline"

    @property
    def dispute(self) -> bool:
        """Whether it is a dispute between people, not one with an authority; what is sealed is never mediated."""
        return self.parent == DISPUTES and self.code != WITH_AN_AUTHORITY

    @property
    def publishers(self) -> int:
        """How many people it takes to publish a matter of it; 0 where none is ever published."""
        return people(self.visibility, self.publish, sensitive=self.sensitive, routed_round=self.routed_round)

    @property
    def grid_may(self) -> bool:
        """Whether the grid may finish it."""
        return any(role in ("grid_head", "grid_member") for role in self.settle_roles)

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """Who leads a kind at a level, by function or by a decision's unit."""

    id: UUID
    kind_code: str
    level: str
    place: int | None
    function: str
    unit: UUID | None
    list: str
    respond_hours: Decimal | None
    finish_days: Decimal | None
    basis: str
    decided: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TileRow:
    """A picture to report by."""

    code: str
    zh: str
    en: str
    kind_code: str
    picture: str
    emergency: str

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyRow:
    """How pressing, with its factor on the limits."""

    code: str
    zh: str
    en: str
    factor: Decimal
    note: str

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


def forget_vocabularies(only: str = "") -> None:
    """Forget what this process remembers: after an edit (perhaps one list only), and in tests between databases."""
    for key in [key for key in _memory if only in ("", key[1])]:
        _memory.pop(key, None)


def kinds(scope: Scope) -> tuple[KindRow, ...]:
    """Kinds in force with their groups' codes, in order; groups themselves have no parent."""
    today = localdate()
    return tuple(
        row
        for row in _all_kinds(scope).values()
        if row.valid_from <= today and (row.valid_to is None or row.valid_to > today)
    )


def kind(scope: Scope, code: str) -> KindRow:
    """The kind in force under a code. Refuses BadInput for a group or an unknown code."""
    found = next((row for row in kinds(scope) if row.code == code and row.parent), None)
    if found is None:
        raise BadInput(N_("Please choose what it is about."), fields={"kind": N_("Please choose what it is about.")})
    return found


def kind_version(scope: Scope, kind_id: UUID) -> KindRow:
    """A kind as it was when a matter was decided under it."""
    if kind_id not in _all_kinds(scope):
        forget_vocabularies("kinds")
    return _all_kinds(scope)[kind_id]


def kind_named(scope: Scope, code: str, lang: str) -> str:
    """A kind's name by its last version, in force or not; the code where there is none."""
    return next((row.label(lang) for row in [*_all_kinds(scope).values()][::-1] if row.code == code), code)


def limits(scope: Scope) -> Mapping[str, LimitRow]:
    """The county's own limits in force, by code."""
    return remember("limits", lambda: _load_limits(scope))


def urgencies(scope: Scope) -> tuple[UrgencyRow, ...]:
    """Urgencies in order."""
    return remember("urgencies", lambda: _load_urgencies(scope))


def tiles(scope: Scope) -> tuple[TileRow, ...]:
    """The tiles of the public page, in order."""
    return remember("tiles", lambda: _load_tiles(scope))


def work_list(scope: Scope, *, kind_code: str = "", level: str = "", place: int | None = None) -> tuple[LeadRow, ...]:
    """The work list in force: decisions before the general rows, nearer places first; for one kind or level."""
    rows = remember("work_list", lambda: _load_work_list(scope))
    wanted = [
        row
        for row in rows
        if (not kind_code or row.kind_code == kind_code)
        and (not level or row.level == level)
        and (place is None or row.place is None or inside(place, row.place))
    ]
    return tuple(sorted(wanted, key=lambda row: (row.kind_code, row.level, -(row.place or 0), row.function)))


def recalled(scope: Scope, kind_code: str, place: int) -> bool:
    """Whether the department does this kind itself where that is, whatever else the township is given."""
    leads = work_list(scope, kind_code=kind_code, level="township", place=place)
    return bool(leads) and leads[0].list == "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """Duty hours: the kinds whose limits run day and night, until they end."""

    id: UUID
    kinds: tuple[str, ...]
    reason: str
    begun_at: datetime
    ended_at: datetime | None = None


def duty_hours(scope: Scope) -> tuple[DutyRow, ...]:
    """Duty hours in force, the oldest first."""
    return remember("duty", lambda: _load_duty(scope))


def all_duty_hours(scope: Scope, limit: int = 50) -> tuple[DutyRow, ...]:
    """Duty hours in force and ended, the latest first."""
    with acting(scope):
        return tuple(_duty_row(row) for row in DutyHours.objects.order_by("-begun_at")[:limit])


def pace(scope: Scope, of: KindRow, urgency: str, lead: LeadRow | None = None) -> Pace:
    """How fast a matter of this kind and urgency has to go; the work list's own limits come before the kind's.

    In duty hours the limits of the kinds named run on the natural clock.
    """
    factor = next((row.factor for row in urgencies(scope) if row.code == urgency), Decimal(1))
    return Pace(
        respond_hours=lead.respond_hours if lead and lead.respond_hours is not None else of.respond_hours,
        finish_days=lead.finish_days if lead and lead.finish_days is not None else of.finish_days,
        calendar="C" if any(of.code in row.kinds for row in duty_hours(scope)) else of.calendar,
        urgency=urgency,
        factor=factor,
    )


def draw_seed(scope: Scope, month: date) -> str:
    """The published seed of a month's draws, empty while there is none."""
    with acting(scope):
        found = DrawSeed.objects.filter(month=month.replace(day=1)).values_list("value", flat=True).first()
    return found or ""


def guarded_words(scope: Scope) -> tuple[Guarded, ...]:
    """The words that no published text may hold today, the longest first; for whoever publishes."""
    return remember("guarded", lambda: _load_guarded(scope))


def danger_said(scope: Scope, text: str) -> tuple[tuple[KindRow, tuple[str, ...]], ...]:
    """The sealed kinds that somebody's words of danger mean, with those words; nothing in most texts."""
    listed = remember("danger", lambda: _load_danger(scope))
    known = {row.code: row for row in kinds(scope) if row.parent and row.sealed}
    return tuple((known[one.kind_code], one.words) for one in danger.danger_in(text, listed) if one.kind_code in known)


def sealed_bodies(scope: Scope) -> frozenset[str]:
    """Fields of work whose bodies take sealed matters beside the one that each kind names first."""
    return remember("sealed bodies", lambda: _load_sealed_bodies(scope))


def remember(name: str, load: Callable[[], T]) -> T:
    """What was loaded under this name within the last minute, by database, else what loading gives now."""
    key = (str(connection.settings_dict["NAME"]), name)
    kept = _memory.get(key)
    if kept is None or time.monotonic() - kept[0] > _REMEMBERED:
        kept = (time.monotonic(), load())
        _memory[key] = kept
    return cast("T", kept[1])


_KIND_COLUMNS: Final = (
    "id", "code", "parent", "zh", "en", "first_level", "respond_hours", "finish_days", "calendar", "visit", "rated",
    "visibility", "sensitive", "publish", "closes", "routed_round", "settle_roles", "competent", "emergency", "note",
    "valid_from", "valid_to",
)  # fmt: skip


def _all_kinds(scope: Scope) -> Mapping[UUID, KindRow]:
    return remember("kinds", lambda: _load_kinds(scope))


def _now(table: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a dated table that are in force today."""
    today = localdate()
    return table._default_manager.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)


def _load_kinds(scope: Scope) -> Mapping[UUID, KindRow]:
    with acting(scope):
        found = Kind.objects.order_by("position", "code", "valid_from").values(*_KIND_COLUMNS)
        rows = [KindRow(**{**values, "settle_roles": tuple(values["settle_roles"])}) for values in found]
    return {row.id: row for row in rows}


def _load_limits(scope: Scope) -> Mapping[str, LimitRow]:
    with acting(scope):
        found = _now(Limit)
        return {
            code: LimitRow(amount=amount, measure=measure, calendar=calendar)
            for code, amount, measure, calendar in found.values_list("code", "amount", "measure", "calendar")
        }


def _load_urgencies(scope: Scope) -> tuple[UrgencyRow, ...]:
    with acting(scope):
        found = _now(UrgencyRule).order_by("position").values("code", "zh", "en", "factor", "note")
        return tuple(UrgencyRow(**values) for values in found)


def _load_duty(scope: Scope) -> tuple[DutyRow, ...]:
    with acting(scope):
        found = DutyHours.objects.filter(ended_at=None).order_by("begun_at")
        return tuple(_duty_row(row) for row in found)


def _duty_row(row: DutyHours) -> DutyRow:
    return DutyRow(
        id=row.id, kinds=tuple(row.kinds), reason=row.reason, begun_at=row.begun_at, ended_at=row.ended_at
    )  # fmt: skip


def _load_guarded(scope: Scope) -> tuple[Guarded, ...]:
    with acting(scope):
        rows = [Guarded(word, sort) for word, sort in _now(GuardedWord).values_list("word", "sort")]
    return tuple(sorted(rows, key=lambda one: (-len(one.word), one.word)))


def _load_danger(scope: Scope) -> tuple[danger.DangerWord, ...]:
    with acting(scope):
        return tuple(danger.DangerWord(word, kind) for word, kind in _now(DangerWord).values_list("word", "kind_code"))


def _load_sealed_bodies(scope: Scope) -> frozenset[str]:
    with acting(scope):
        return frozenset(_now(SealedBody).values_list("function", flat=True))


def _load_tiles(scope: Scope) -> tuple[TileRow, ...]:
    phones = {row.code: row.emergency for row in kinds(scope)}
    with acting(scope):
        found = _now(TileShown).order_by("position").values("code", "zh", "en", "kind_code", "picture")
        return tuple(TileRow(**values, emergency=phones.get(values["kind_code"], "")) for values in found)


def lead_row(row: WorkListRow) -> LeadRow:
    """A row of the work list as it is read."""
    return LeadRow(
        id=row.id, kind_code=row.kind_code, level=row.level, place=row.place, function=row.function,
        unit=row.unit_id, list=row.list, respond_hours=row.respond_hours, finish_days=row.finish_days,
        basis=row.basis, decided=row.decided_in is not None, valid_from=row.valid_from, valid_to=row.valid_to,
    )  # fmt: skip


def _load_work_list(scope: Scope) -> tuple[LeadRow, ...]:
    with acting(scope):
        found = _now(WorkListRow)
        return tuple(map(lead_row, found))
