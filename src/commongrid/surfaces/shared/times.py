"""Dates, times and durations the reader's way: 2026年11月24日 14:32, or 24 Nov 2026, 14:32.

Pure functions of values and a language; the county's zone is Django's current one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_ZH = "一二三四五六日"


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def between() -> str:
    """What stands between the parts of a list."""
    return "、" if chinese() else ", "


def colon() -> str:
    """What stands between a label and what it labels."""
    return "：" if chinese() else ": "


def in_a_row(parts: Iterable[object]) -> str:
    """Several things in a row of words."""
    return between().join(map(str, parts))


def language() -> str:
    """The reader's language as rows know it: "zh" or "en"."""
    return "zh" if chinese() else "en"


def local(value: datetime) -> datetime:
    """The moment on the county's clock."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day(value: date, *, year: bool = True) -> str:
    """A date; without its year where the year is plain."""
    if chinese():
        return f"{value.year}年{value.month}月{value.day}日" if year else f"{value.month}月{value.day}日"
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return f"{text} {value.year}" if year else text


def written_day(text: str) -> str:
    """A date that a record keeps as text (2026-03-01), the reader's way; nothing where it keeps none."""
    return day(date.fromisoformat(text)) if text else ""


def weekday(value: date) -> str:
    """A date with its day of the week."""
    if chinese():
        return f"{day(value)} 星期{DAYS_ZH[value.weekday()]}"
    return f"{DAYS[value.weekday()]}, {day(value)}"


def _short_day(value: date, today: date) -> str:
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}.get((value - today).days)
    return near or day(value, year=value.year != today.year)


def when(value: date | datetime | None, form: str = "") -> str:
    """A date or moment in words.

    ``form``: "" date and time; "date"; "time"; "short" (today, yesterday, no
    year where it is this one); "weekday".
    """
    if value is None or value == "":
        return ""
    moment = local(value) if isinstance(value, datetime) else None
    dated: date = moment.date() if moment else value
    if form == "weekday":
        return weekday(dated)
    if moment is None or form == "date":
        return _short_day(dated, timezone.localdate()) if form == "short" else day(dated)
    clock = f"{moment:%H:%M}"
    if form == "time":
        return clock
    if form == "short":
        return f"{_short_day(dated, timezone.localdate())} {clock}"
    return f"{day(dated)} {clock}" if chinese() else f"{day(dated)}, {clock}"


def lasting(value: timedelta | float | None) -> str:
    """A length of time, in its two largest units at most."""
    if value is None:
        return ""
    seconds = int(abs(value.total_seconds() if isinstance(value, timedelta) else value))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    if days >= 10 or (days and not hours):  # noqa: PLR2004 - beyond ten days hours say nothing
        return _("%(d)d d") % {"d": days}
    if days:
        return _("%(d)d d %(h)d h") % {"d": days, "h": hours}
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes} if minutes else _("%(h)d h") % {"h": hours}
    return _("%(m)d min") % {"m": max(minutes, 1)}


def ago(value: datetime | None) -> str:
    """How long since a moment; a date once that is clearer."""
    if value is None:
        return ""
    passed = timezone.now() - value
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=24):
        return _("%(time)s ago") % {"time": lasting(passed)}
    return when(value, "short")


def left(value: datetime | None) -> str:
    """How long until a deadline, or by how much it has passed."""
    if value is None:
        return ""
    rest = value - timezone.now()
    text = _("%(time)s left") if rest >= timedelta(0) else _("%(time)s overdue")
    return text % {"time": lasting(rest)}


def used(start: datetime | None, due: datetime | None, now: datetime | None = None) -> int:
    """The share of a period that has passed, 0 to 100."""
    if start is None or due is None or due <= start:
        return 100 if due is not None and due <= (now or timezone.now()) else 0
    share = ((now or timezone.now()) - start) / (due - start)
    return max(0, min(100, round(share * 100)))
