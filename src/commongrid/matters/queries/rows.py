"""A matter as lists show it: plain rows with the names of its place, kind and owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from commongrid.journal.fixed import Fixed
from commongrid.kernel.places import village_of
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter
from commongrid.matters.queries.veil import veiled
from commongrid.matters.queries.vocabulary import KindRow, kind_version
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding.merging import NOT_YET
from commongrid.matters.rules.relations import Whereabouts, reads_words
from commongrid.roster.models import Unit
from commongrid.territory import queries as territory
from commongrid.territory.queries import PlaceRow

COLUMNS: Final = (
    "id", "number", "place", "kind_id", "series", "source", "urgency", "title", "state", "step", "owner_level",
    "owner_place", "unit_id", "handler_level", "handler_place", "clock", "due_at", "warn_at", "provisional",
    "raised_level", "opened_at", "finished_at", "closed_at", "outcome", "reopened", "round", "supervised_at",
    "interim_due_at", "leader_due_at", "sealed", "confidential", "anonymous", "external_system", "external_number",
    "held", "exchanged", "external_due_at", "rating", "pressing", "parent_id", "caller", "sent_back",
    "applied", "extended", "slip_no", "leads", "recheck_level", "recheck_place", "recheck_due_at",
    "danger_kind", "answered_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRow:
    """One line of a list of matters."""

    id: UUID
    number: str
    place: int
    place_zh: str
    place_en: str
    kind: KindRow
    series: str
    source: str
    urgency: str
    title: str
    state: str
    step: str
    owner_level: str
    owner_place: int | None
    owner_zh: str
    owner_en: str
    outside_command: bool
    unit: UUID | None
    handler_level: str
    handler_place: int | None
    clock: str
    due_at: datetime | None
    warn_at: datetime | None
    provisional: bool
    raised_level: str
    opened_at: datetime
    finished_at: datetime | None
    closed_at: datetime | None
    outcome: str
    reopened: int
    round: int
    supervised_at: datetime | None
    interim_due_at: datetime | None
    leader_due_at: datetime | None
    sealed: bool
    confidential: bool
    anonymous: bool
    external_system: str
    external_number: str
    held: bool
    exchanged: bool
    external_due_at: datetime | None
    rating: str
    slip_no: int
    leads: int
    recheck_level: str
    applied: str
    extended: int
    recheck_place: int | None
    recheck_due_at: datetime | None
    pressing: int
    parent_id: UUID | None
    caller: str
    sent_back: bool
    danger_kind: str = ""
    answered_by: UUID | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still owes a step."""
        return self.closed_at is None

    @property
    def ended_at(self) -> datetime | None:
        """When it was over; nothing for a merged one whose lead is not."""
        return None if self.closed_at == NOT_YET else self.closed_at

    def overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.due_at is not None and self.due_at < now

    def warned(self, now: datetime) -> bool:
        """Whether three quarters of the time are gone and it is not overdue yet."""
        return not self.overdue(now) and self.warn_at is not None and self.warn_at <= now

    def place_label(self, lang: str) -> str:
        """Where it is, in the language asked for."""
        return (self.place_en if lang == "en" else "") or self.place_zh

    def owner_label(self, lang: str) -> str:
        """Who has it, in the language asked for; nothing once it has ended."""
        return (self.owner_en if lang == "en" else "") or self.owner_zh

    @property
    def whereabouts(self) -> Whereabouts:
        """Where it is and who has it, for relations."""
        return Whereabouts(
            place=self.place, owner_level=self.owner_level, owner_place=self.owner_place, unit=self.unit,
            handler_level=self.handler_level, handler_place=self.handler_place, sealed=self.sealed,
            caller=self.caller, state=self.state, rechecked_by=self.recheck_level, answered_by=self.answered_by,
        )  # fmt: skip


def owned_by(scope: Scope) -> Q:
    """The condition that this scope owes the next step."""
    owned = Q(pk__in=[])
    if scope.unit is not None:
        owned |= Q(owner_level="unit", unit=scope.unit)
    if scope.level == "grid":
        owned |= Q(owner_level="grid", owner_place__in=[*scope.grids, scope.place])
    elif scope.level in words.LEVELS:
        owned |= Q(owner_level=scope.level, owner_place=scope.place)
    return owned


def rows_of(scope: Scope, found: QuerySet[Matter]) -> list[MatterRow]:
    """Rows of these matters in their order: one query, and one each for the names of places and units."""
    return rows_from(scope, list(found.values_list(*COLUMNS)))


def rows_from(scope: Scope, found: Iterable[tuple[Any, ...]]) -> list[MatterRow]:
    """Rows from their columns."""
    values = [veiled(scope, dict(zip(COLUMNS, row, strict=True))) for row in found]
    codes = {code for row in values for code in (row["place"], row["owner_place"]) if code}
    places = territory.places(scope, codes | {village for code in codes if (village := village_of(code))})
    units = _units(row["unit_id"] for row in values if row["unit_id"])
    return [_row(scope, row, places, units) for row in values]


def _units(ids: Iterable[UUID]) -> dict[UUID, tuple[str, str, bool]]:
    wanted = set(ids)
    if not wanted:
        return {}
    count = 1 << (len(wanted) - 1).bit_length()
    filled = [*wanted, *[next(iter(wanted))] * (count - len(wanted))]
    found = _units_named(count).rows(**{f"unit{n}": one for n, one in enumerate(filled)})
    return {unit: (zh, en, outside) for unit, zh, en, outside in found}


@cache
def _units_named(count: int) -> Fixed:
    """The query for so many units; counts are powers of two, so there are few of them."""
    columns = ("id", "name_zh", "name_en", "outside_command")
    return Fixed(
        lambda **ids: Unit.objects.filter(id__in=list(ids.values())).values_list(*columns),
        planned=True,
        **{f"unit{n}": UUID(int=101 + n) for n in range(count)},
    )


def _row(
    scope: Scope, values: Mapping[str, Any], places: Mapping[int, PlaceRow], units: Mapping[UUID, tuple[str, str, bool]]
) -> MatterRow:
    kind, unit = kind_version(scope, values["kind_id"]), units.get(values["unit_id"], ("", "", False))
    where = _named(values["place"], places)
    zh, en = (unit[0], unit[1]) if values["owner_level"] == "unit" else _owning(values, places)
    rest = {name: values[name] for name in COLUMNS if name not in ("kind_id", "unit_id")}
    row = MatterRow(
        **rest, kind=kind, unit=values["unit_id"], outside_command=unit[2], owner_zh=zh, owner_en=en,
        place_zh=where[0], place_en=where[1],
    )  # fmt: skip
    return row if reads_words(scope, row.whereabouts, kind.visibility) else _hidden(row)


def _owning(values: Mapping[str, Any], places: Mapping[int, PlaceRow]) -> tuple[str, str]:
    """Whose turn it is by place; nobody is in post at a natural village or group, the grid that serves it answers."""
    zh, en = _named(values["owner_place"], places)
    own = places.get(values["owner_place"] or 0)
    if values["owner_level"] != "grid" or own is None or own.level == "grid":
        return zh, en
    return f"{zh}所在网格", en and f"Grid of {en}"


def _named(code: int | None, places: Mapping[int, PlaceRow]) -> tuple[str, str]:
    """A place's names; below a village with the village's, because every village has a first grid."""
    own = places.get(code) if code else None
    if own is None or code is None:
        return "", ""
    village = places.get(village_of(code) or 0)
    if village is None or village.code == code:
        return own.name, own.name_en
    both = own.name_en and village.name_en
    return f"{village.name}{own.name}", f"{own.name_en}, {village.name_en}" if both else ""


def _hidden(row: MatterRow) -> MatterRow:
    """The row without its words, for those who see that it exists but do not work on it."""
    values = {name: getattr(row, name) for name in row.__slots__}
    return MatterRow(**{**values, "title": ""})
