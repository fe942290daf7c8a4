"""The journal, day by day: who did what to which thing, by post; codes and numbers only, never a personal value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from commongrid.journal import queries as journal
from commongrid.roster.queries import faces
from commongrid.surfaces.console import fact_words, journal_words
from commongrid.surfaces.console.matters.history import who_of
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import chinese
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.journal.queries import LineRow
    from commongrid.surfaces.shared.doors import Asked

PAGE = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the journal in words."""

    at: datetime
    what: str
    name: str
    who: str
    where: str
    subject_kind: str
    subject: UUID | None
    facts: str


@door("journal.read")
def listed(request: Asked) -> HttpResponse:
    """One page of a day's lines, the latest first, perhaps of one act, post or thing."""
    day = _day(request.GET.get("day", ""))
    name = request.GET.get("act_name", "").strip()[:60]
    number = page_asked(request.GET.get("page", ""))
    wanted = journal.OfADay(
        begins=_midnight(day), ends=_midnight(day + timedelta(days=1)), name=name,
        post=_id(request.GET.get("post", "")), subject=_id(request.GET.get("subject", "")),
    )  # fmt: skip
    found = journal.lines_of_a_day(request.scope, wanted, first=(number - 1) * PAGE, limit=PAGE + 1)
    context = {
        "rows": _told(request, found[:PAGE]),
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < timezone.localdate() else None,
        "act_name": name,
        "acts": [
            (one, journal_words.act(one)) for one in sorted({*journal_words.ACTS, *(line.name for line in found)})
        ],
        "page": number,
        "more": len(found) > PAGE,
    }
    return render(request, "console/journal/list.html", context)


def _told(request: Asked, lines: list[LineRow]) -> list[Shown]:
    posts = {line.post for line in lines if line.post}
    known = faces(request.scope, posts) if posts else {}
    places = territory.places(request.scope, {line.place_now for line in lines}) if lines else {}
    lang = "zh" if chinese() else "en"
    names = fact_words.names(request.scope)
    return [
        Shown(
            at=line.at,
            what=journal_words.act(line.name),
            name=line.name,
            who=who_of(line, known),
            where=places[line.place_now].label(lang) if line.place_now in places else str(line.place_now),
            subject_kind=journal_words.concerned(line.subject_kind),
            subject=line.subject,
            facts=fact_words.facts(line.facts, names),
        )
        for line in lines
    ]


def _day(text: str) -> date:
    """The day asked for, today where none or nonsense is."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(day, date(2004, 1, 1)), today)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone()).astimezone(UTC)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [path("", listed, name="journal")]
