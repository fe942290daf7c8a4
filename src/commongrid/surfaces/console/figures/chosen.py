"""What the Figures page is asked for: a place, whole days, a kind, a series; what is odd is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.insight.queries.board import midnight
from commongrid.insight.queries.chosen import kinds_meant
from commongrid.insight.queries.dispatching import Period
from commongrid.insight.rules import Question
from commongrid.kernel.places import code_read, interval
from commongrid.kernel.refusals import NotFound
from commongrid.matters.queries import vocabulary
from commongrid.surfaces.console.matters import words
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

PERIOD: Final = 30
"""Days of the period shown first, today included."""
"""Of a place's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the address asks for: a place, whole days, a kind or group, a series; and what could not be read.

    ``opens``: this post may see the matters behind the figures.
    """

    place: PlaceRow
    way: tuple[PlaceRow, ...] = ()
    """The way to the place, from its county; the place itself last."""
    first: date
    last: date
    kind: str
    series: str
    opens: bool = True
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date]:
        """The period as tallies want it: the end is not included."""
        return self.first, self.last + timedelta(days=1)

    def address(self, which: str = "", /, **other: object) -> str:
        """This choice as an address, of the page or of the rows behind a figure."""
        return f"{reverse('figures_behind', args=[which]) if which else reverse('figures')}?{self.query(**other)}"

    def query(self, **other: object) -> str:
        """This choice as the query of an address."""
        values = {
            "place": self.place.code,
            "from": self.first,
            "to": self.last,
            "kind": self.kind,
            "series": self.series,
        }
        kept = {name: value for name, value in (values | other).items() if value}
        return urlencode(kept)


def chosen_of(request: Asked) -> Chosen:
    """What the address asks for; what can't be read is said and replaced by the usual.

    Refuses: NotFound for a place outside the post's reach.
    """
    today, wrong = timezone.localdate(), dict[str, str]()
    last = _day(request, "to", today, wrong)
    first = _day(request, "from", last - timedelta(days=PERIOD - 1), wrong)
    if last < first:
        wrong["to"] = _("The period ends before it begins.")
        first = last - timedelta(days=PERIOD - 1)
    series, kind = request.GET.get("series", "asked"), request.GET.get("kind", "")[:8]
    if kind and not any(row.code == kind for row in vocabulary.kinds(request.scope)):
        wrong["kind"] = _("The work list has no such kind.")
        kind = ""
    way = _way(request)
    return Chosen(
        place=way[-1],
        way=way,
        first=first,
        last=last,
        kind=kind,
        series=series if series in words.SERIES else "asked",
        opens=request.scope.may("matters.read"),
        wrong=wrong,
    )


def _day(request: Asked, name: str, usual: date, wrong: dict[str, str]) -> date:
    text = request.GET.get(name, "").strip()
    if not text:
        return usual
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2100:  # noqa: PLR2004 - no register reaches further
        wrong[name] = _('"%(text)s" is not a date. Write it like 2026-11-24.') % {"text": text[:40]}
        return usual
    return day


def _way(request: Asked) -> tuple[PlaceRow, ...]:
    """The way to the place that is asked for."""
    scope, text = request.scope, request.GET.get("place", "")
    if not text:
        home = territory.home(scope)
        if home is None:
            home = territory.county(scope).code
        return _way_to(scope, home)
    code = code_read(text)
    if code is None:
        raise NotFound
    way = _way_to(scope, code)
    lo, hi = interval(way[-1].code)
    if hi < scope.lo or scope.hi < lo:
        raise NotFound
    return way


def _way_to(scope: Scope, code: int) -> tuple[PlaceRow, ...]:
    way = territory.path(scope, code)
    if not way or way[-1].code != code:
        raise NotFound
    return tuple(way)


def question_of(scope: Scope, chosen: Chosen, series: str = "", *, tallied: bool = False) -> Question:
    """The same as a question about matters; ``tallied`` asks for their periods by whole days, without the calendar."""
    lo, hi = interval(chosen.place.code)
    if tallied:
        return Question(at=timezone.now(), lo=lo, hi=hi, series=series)
    zone = territory.calendar(scope).zone
    begin, end = (midnight(day, zone) for day in chosen.days)
    kinds = kinds_meant(scope, chosen.kind) if chosen.kind else ()
    return Question(at=timezone.now(), begin=begin, end=end, lo=lo, hi=hi, kinds=kinds, series=series)


def period_of(scope: Scope, chosen: Chosen) -> Period:
    """The place, the days as instants, and the series."""
    zone = territory.calendar(scope).zone
    begin, end = (midnight(day, zone) for day in chosen.days)
    return Period(area=interval(chosen.place.code), begin=begin, end=end, series=chosen.series)


def periods(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Periods people ask for, as addresses; the third says whether it is the one shown."""
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    found = [
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("Last 30 days"), today - timedelta(days=PERIOD - 1), today),
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This year"), today.replace(month=1, day=1), today),
    ]
    shown = next((text for text, a, b in found if (a, b) == (chosen.first, chosen.last)), "")
    return [(text, chosen.address(**{"from": a, "to": b}), text == shown) for text, a, b in found]
