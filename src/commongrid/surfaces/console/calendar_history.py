"""What was changed about the county's clock: notices and office hours before and after, who did it; as a table too."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext

from commongrid.journal import queries as journal
from commongrid.kernel.delimited import harmless
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters.history import who_of
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import saved
from commongrid.surfaces.shared.times import in_a_row, when
from commongrid.territory import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words."""

    at: datetime
    what: str
    since: date
    before: str
    after: str
    source: str
    who: str


def changes(scope: Scope) -> list[Told]:
    """The changes of the county's clock in words, the newest first."""
    rows = queries.calendar_changes(scope, SHOWN)
    lines = {one.subject: one for one in journal.lines_about(scope, [row.id for row in rows])}
    faces = roster.faces(scope, {one.post for one in lines.values() if one.post})
    return [
        Told(
            at=row.at, since=row.since, source=row.source,
            what=gettext("Notice of %(year)s") % {"year": row.year} if row.sort == "year" else gettext("Office hours"),
            before=_side(row.sort, row.before), after=_side(row.sort, row.after),
            who=who_of(lines[row.id], faces) if row.id in lines else "",
        )
        for row in rows
    ]  # fmt: skip


def _side(sort: str, kept: Mapping[str, Any]) -> str:
    """One side of a change: the days that differ, or the hours of each period."""
    if sort != "year":
        return "\n".join(hours_in_words(kept["hours"]))
    if not kept["days"]:
        return gettext("no notice")
    off = [_day(day) for day, works in sorted(kept["days"].items()) if not works]
    worked = [_day(day) for day, works in sorted(kept["days"].items()) if works]
    told = gettext("Off: %(days)s") % {"days": in_a_row(off) or "—"}
    return told + "\n" + gettext("Worked: %(days)s") % {"days": in_a_row(worked) or "—"}


def hours_in_words(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """The hours of each period, the latest first: (opens, closes, from, until) as kept."""
    periods: dict[tuple[str, str], list[str]] = {}
    for opens, closes, begins, ends in sorted(rows, key=lambda one: (one[2] or "", one[0] or "")):
        spoken = f"{time.fromisoformat(opens or '00:00'):%H:%M}–{time.fromisoformat(closes or '00:00'):%H:%M}"
        periods.setdefault((begins or "", ends or ""), []).append(spoken)
    return [
        f"{in_a_row(spoken)} ({when(date.fromisoformat(begins), 'date')} – "
        f"{when(date.fromisoformat(ends), 'date') if ends else ''})"
        for (begins, ends), spoken in reversed(periods.items())
    ]


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.month}/{day.day}"


@door("calendar.read")
def listed(request: Asked) -> HttpResponse:
    """Every change, the newest first, with what was and what is."""
    context = {
        "rows": changes(request.scope),
        "trail": [(gettext("Calendar"), reverse("calendar")), (gettext("What was changed"), "")],
    }
    return render(request, "console/calendar/history.html", context)


@door("calendar.read")
def export(request: Asked) -> HttpResponse:
    """The same as a table."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(map(gettext, ("Time", "What", "In force from", "Before", "After", "Source", "Who")))
    for one in changes(request.scope):
        cells = (one.at.isoformat(timespec="minutes"), one.what, one.since.isoformat(), one.before, one.after)
        rows.writerow([harmless(cell) for cell in (*cells, one.source, one.who)])
    return saved(b"\xef\xbb\xbf" + text.getvalue().encode(), "calendar-changes.csv", "text/csv; charset=utf-8")


urlpatterns = [
    path("history/", listed, name="calendar_history"),
    path("history/file", export, name="calendar_history_csv"),
]
