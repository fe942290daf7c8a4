"""Standard answers in force, remembered like every vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import StandardAnswer
from commongrid.matters.queries.vocabulary import remember


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """A standard answer: when it is offered, for which kind, and its words."""

    id: UUID
    sort: str
    kind_code: str
    title: str
    text: str


def standard_answers(scope: Scope, language: str) -> tuple[AnswerRow, ...]:
    """The answers of a language, the special ones of a kind first."""
    return remember(f"answers {language}", lambda: _load(scope, language))


def _load(scope: Scope, language: str) -> tuple[AnswerRow, ...]:
    today = localdate()
    with acting(scope):
        found = StandardAnswer.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
        rows = found.filter(language=language).order_by("-kind_code", "sort", "code")
        return tuple(AnswerRow(**values) for values in rows.values("id", "sort", "kind_code", "title", "text"))
