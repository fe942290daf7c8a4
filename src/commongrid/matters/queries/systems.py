"""Other systems that send orders here, as read: their rules, and the cases of a matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.refusals import N_, BadInput, NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import ExternalCase, ExternalResult, ExternalSystem
from commongrid.matters.queries.vocabulary import remember


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRow:
    """Another system under the rules in force."""

    id: UUID
    code: str
    zh: str
    en: str
    source: str
    accept_days: int | None
    finish_days: int | None
    extend_days: int | None
    their_visit: bool
    note: str
    position: int
    valid_from: date

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One order of another system on a matter."""

    id: UUID
    matter: UUID
    system: str
    number: str
    received_at: datetime
    accept_due_at: datetime | None
    due_at: datetime | None
    reply_due_at: datetime | None
    extended_at: datetime | None
    replied_at: datetime | None
    replied_in: UUID | None
    result: str
    satisfied: bool | None
    result_text: str
    result_at: datetime | None
    late: bool


_SYSTEM = (
    "id", "code", "zh", "en", "source", "accept_days", "finish_days", "extend_days", "their_visit", "note", "position",
    "valid_from",
)  # fmt: skip
_CASE: Final = (
    "id", "matter", "system", "number", "received_at", "accept_due_at", "due_at", "reply_due_at", "extended_at",
    "replied_at", "replied_in",
)  # fmt: skip
_RESULT: Final = {
    "result": "result", "satisfied": "satisfied", "result_text": "text", "result_at": "at", "late": "late",
}  # fmt: skip
_NONE_YET: Final = {"result": "", "satisfied": None, "result_text": "", "result_at": None, "late": False}


def systems(scope: Scope) -> tuple[SystemRow, ...]:
    """The systems in force, in order."""
    return remember("systems", lambda: _load(scope))


def system(scope: Scope, code: str) -> SystemRow:
    """One system in force. Refuses: NotFound."""
    found = known_system(scope, code)
    if found is None:
        raise NotFound(N_("There is no such system."))
    return found


def known_system(scope: Scope, code: str) -> SystemRow | None:
    """One system in force, or None."""
    return next((row for row in systems(scope) if row.code == code), None)


def cases(scope: Scope, matter_id: UUID) -> tuple[CaseRow, ...]:
    """The orders of other systems on a matter, the oldest first, with what came of each as far as this reader sees."""
    with acting(scope):
        return tuple(_rows(ExternalCase.objects.filter(matter=matter_id).order_by("received_at", "id")))


def case_of(scope: Scope, system_code: str, number: str) -> CaseRow | None:
    """The order with this number, if it is in sight."""
    with acting(scope):
        return next(_rows(ExternalCase.objects.filter(system=system_code, number=number)), None)


def cases_numbered(scope: Scope, system_code: str, numbers: Iterable[str]) -> dict[str, CaseRow]:
    """Those of the numbers that are known here already, by number."""
    with acting(scope):
        found = ExternalCase.objects.filter(system=system_code, number__in=list(numbers))
        return {row.number: row for row in _rows(found)}


def _rows(found: QuerySet[ExternalCase]) -> Iterator[CaseRow]:
    """Orders with the newest result of each that this reader sees: one query."""
    newest = ExternalResult.objects.filter(case=OuterRef("id")).order_by("-at", "-id")
    asked = found.annotate(**{f"said_{name}": Subquery(newest.values(column)[:1]) for name, column in _RESULT.items()})
    for values in asked.values(*_CASE, *(f"said_{name}" for name in _RESULT)):
        said = {name: values.pop(f"said_{name}") for name in _RESULT}
        yield CaseRow(**values, **(said if said["result"] else _NONE_YET))


def need_system(scope: Scope, code: str, field: str = "system") -> SystemRow:
    """The system a person chose. Refuses: BadInput."""
    found = known_system(scope, code)
    if found is None:
        raise BadInput(fields={field: N_("Choose the system it comes from.")})
    return found


def _load(scope: Scope) -> tuple[SystemRow, ...]:
    today = localdate()
    with acting(scope):
        found = ExternalSystem.objects.order_by("position", "code", "valid_from")
        rows = [row for row in found.values(*_SYSTEM, "valid_to") if row["valid_from"] <= today]
    return tuple(
        SystemRow(**{name: row[name] for name in _SYSTEM})
        for row in rows
        if row["valid_to"] is None or row["valid_to"] > today
    )
