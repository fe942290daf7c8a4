"""The county's clock as officials set it: the year's working days, office hours, market days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db.models import F

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours
from commongrid.kernel.scope import Scope
from commongrid.territory import queries
from commongrid.territory.models import CalendarChange, CalendarDay, County, MarketDays, OfficeHours
from commongrid.territory.rules.holidays import NoticeDay, checked
from commongrid.territory.rules.hours import check_hours
from commongrid.territory.rules.markets import check_market


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """On which days a township's market is held."""

    place: int
    sort: str
    numbers: tuple[int, ...]
    anchor: date | None = None


@action("calendar.published", power="calendar.edit", facts=("year", "off", "worked"), kinds=("post", "clock"))
def publish_year(scope: Scope, act: Act, *, year: int, days: tuple[NoticeDay, ...], source: str = "") -> Line:
    """Put the State Council's notice of a year in force: its days off and worked weekends replace what was there.

    The year is then published, no longer provisional; open deadlines are
    counted anew by the clock of the modules that keep some.

    Refuses: BadInput for a notice that is empty or contradicts itself.
    """
    queries.demand_rules(scope)
    notice = checked(year, days, ())
    if notice.faults:
        first = notice.faults[0]
        raise BadInput(first.text, fields=None, told=None, **first.params)
    former = CalendarDay.objects.filter(day__year=year)
    before = {
        "days": {day.isoformat(): works for day, works in former.values_list("day", "working")},
        "published": queries.published_until(scope).year >= year,
    }
    kept = notice.differing
    former.delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=one.on, working=one.works, zh=one.zh, en=one.en, source=source.strip()[:60]) for one in kept
    )
    after = {"days": {one.on.isoformat(): one.works for one in kept}, "published": True}
    _changed(act, sort="year", year=year, since=date(year, 1, 1), source=source, before=before, after=after)
    off = sum(not one.works for one in kept)
    facts = {"year": year, "off": off, "worked": len(kept) - off}
    return Line(place=queries.county(scope).code, subject=act.id, subject_kind="calendar", facts=facts, answer=facts)


@action("calendar.hours_set", power="calendar.edit", facts=("on", "stretches"))
def set_office_hours(scope: Scope, act: Act, *, hours: tuple[tuple[time, time], ...], on: date) -> Line:
    """Set the county's office hours from a day on; until then the former ones hold.

    Refuses: BadInput for a day before today, and for hours that are empty,
    overlapping or out of order.
    """
    queries.demand_rules(scope)
    check_hours(hours, on, queries.calendar(scope).day_of(act.at))
    before = _all_hours()
    OfficeHours.objects.filter(valid_from__gte=on).delete()
    OfficeHours.objects.filter(valid_to=None).update(valid_to=on)
    OfficeHours.objects.filter(valid_to__gt=on).update(valid_to=on)
    OfficeHours.objects.bulk_create(
        OfficeHours(id=act.child(f"hours {opens}").id, opens=opens, closes=closes, valid_from=on)
        for opens, closes in hours
    )
    _changed(act, sort="hours", year=None, since=on, source="", before={"hours": before}, after={"hours": _all_hours()})
    facts = {"on": on, "stretches": len(hours)}
    return Line(place=queries.county(scope).code, subject=act.id, subject_kind="calendar", facts=facts, answer=facts)


@action("calendar.market_set", power="calendar.edit", facts=("place", "sort", "numbers"))
def set_market_days(scope: Scope, act: Act, *, market: Market | None = None, none_at: int | None = None) -> Line:
    """Say on which days a township's market is held, from today; or that none is held at a place any more.

    Refuses: NotYours outside the scope; BadInput for another level of place or a rhythm that can't be followed.
    """
    place = market.place if market is not None else none_at or 0
    if not queries.covers_whole(scope, place):
        raise NotYours
    if level_of(place) != "township":
        raise BadInput(N_("Market days belong to a township."))
    today = queries.calendar(scope).day_of(act.at)
    MarketDays.objects.filter(place=place, valid_to=None).update(valid_to=today)
    if market is not None:
        check_market(market.sort, market.numbers, market.anchor)
        MarketDays.objects.create(
            id=act.id, place=place, sort=market.sort, numbers=list(market.numbers), anchor=market.anchor,
            valid_from=today,
        )  # fmt: skip
    facts = {
        "place": place,
        "sort": market.sort if market else "none",
        "numbers": list(market.numbers) if market else [],
    }
    return Line(place=place, subject=act.id, subject_kind="calendar", facts=facts, answer={"place": place})


def _all_hours() -> list[list[str | None]]:
    return [
        [opens.isoformat(), closes.isoformat(), begin.isoformat(), end.isoformat() if end else None]
        for opens, closes, begin, end in OfficeHours.objects.values_list("opens", "closes", "valid_from", "valid_to")
    ]


def _changed(act: Act, **row: object) -> None:
    """Keep what was and what is, and let every process know that its calendar is stale."""
    CalendarChange.objects.create(id=act.id, at=act.at, **row)
    County.objects.update(calendar_version=F("calendar_version") + 1)
    queries.forget_calendars()
