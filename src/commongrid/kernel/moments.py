"""Dates as older systems write them, read into plain datetimes.

Understood: ISO 8601 with or without offset, ``2024/4/16 3:05``, ``2024.4.16``,
``2024年4月16日 下午3时05分``, ``20240416030315``, ``16-Apr-2024``, ``04/16/2024
03:03:15 AM`` (once the order of day and month is known), and the serial
numbers of spreadsheets. Full-width digits are fine. Two-digit years are not
guessed. What has no offset is local time and returned without a zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Literal

Order = Literal["", "mdy", "dmy"]

MISSING = frozenset(("", "-", "--", "/", "—", "null", "none", "nil", "n/a", "na", "nan", "nat", "无", "空"))
FIRST_YEAR, LAST_YEAR = 1900, 2100
EPOCH_OF_SHEETS = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone
SERIALS = (20_000, 80_000)  # 1954 to 2119
MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
AFTERNOON = frozenset(("下午", "晚上", "傍晚", "pm"))
MORNING = frozenset(("上午", "早上", "凌晨", "am"))
NOON_HOUR = 12
MONTHS_OF_YEAR, LONGEST_MONTH = 12, 31

_DAY = re.compile(
    r"""(?:
      (?P<y>\d{4})(?:[-/.]|年)(?P<m>\d{1,2})(?:[-/.]|月)(?P<d>\d{1,2})日?
    | (?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y2>\d{4})
    | (?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})(?=\d{4}$|\d{6}$|$|[T\s])
    | (?P<d4>\d{1,2})[-\s](?P<n4>[a-z]{3,9})[-\s,]+(?P<y4>\d{4})
    | (?P<n5>[a-z]{3,9})\.?\s+(?P<d5>\d{1,2}),?\s+(?P<y5>\d{4})
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(
    r"""[T,\s]*(?P<before>上午|下午|晚上|傍晚|早上|凌晨)?\s*
      (?:(?P<h>\d{1,2})(?::|时|点)(?:(?P<mi>\d{1,2})(?:(?::|分)(?:(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?)?)?)?
      |  (?P<h2>\d{2})(?P<mi2>\d{2})(?P<s2>\d{2})?)
      \s*(?P<after>am|pm)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?""",
    re.VERBOSE | re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_TWICE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}(?!\d)")


class UnreadableDate(ValueError):
    """No date that can be read without guessing."""


def missing(value: object) -> bool:
    """Whether the cell stands for nothing at all."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in MISSING)


def read_moment(value: object, order: Order = "") -> datetime:
    """The date and time of one cell; without a zone where the cell names none.

    ``order`` settles whether 04/05/2024 is the fifth of April ("mdy") or the
    fourth of May ("dmy"); while it is "" such cells are unreadable. Spreadsheet
    times are fractions of a day and rounded to the millisecond.

    Raises: UnreadableDate.
    """
    if isinstance(value, datetime):
        found = _to_millisecond(value)
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - local until the zone is applied
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_serial(float(value)) if SERIALS[0] <= value < SERIALS[1] else _from_text(f"{value:.0f}", order)
    else:
        found = _from_text(str(value), order)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UnreadableDate
    return found


def order_of(values: Iterable[object]) -> tuple[Order, bool]:
    """What a column of dates reveals about the order of day and month.

    Answers the order ("" when nothing reveals it) and whether the column needs
    it: some strays in a column of other dates do not, they are unreadable and
    reported. A column that reveals both is read as most of its decisive cells
    say (the first of them where they are as many); those of the other order
    are unreadable too.
    """
    decisive: Counter[Order] = Counter()
    open_, others = 0, 0
    for value in values:
        if missing(value):
            continue
        found = _TWICE.match(unicodedata.normalize("NFKC", value.strip())) if isinstance(value, str) else None
        told = _told(int(found[1]), int(found[2])) if found else None
        if told:
            decisive[told] += 1
        elif told == "":
            open_ += 1
        else:
            others += 1
    if decisive:
        return decisive.most_common(1)[0][0], True
    return "", open_ > others


def _told(first: int, second: int) -> Order | None:
    """The order that 16/04 or 04/16 tells, "" for 04/05, None for what is no day of any month."""
    if not (0 < min(first, second) <= MONTHS_OF_YEAR and max(first, second) <= LONGEST_MONTH):
        return None
    if first > MONTHS_OF_YEAR:
        return "dmy"
    return "mdy" if second > MONTHS_OF_YEAR else ""


def _from_text(text: str, order: Order) -> datetime:
    text = text.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    text = unicodedata.normalize("NFKC", text)
    if _SERIAL.fullmatch(text) and SERIALS[0] <= float(text) < SERIALS[1]:
        return _from_serial(float(text))
    day = _DAY.match(text)
    if not day:
        raise UnreadableDate
    rest = text[day.end() :].strip()
    try:
        begun = datetime(*_day_of(day, order))  # noqa: DTZ001 - local until the zone is applied
        return _with_time(begun, rest) if rest else begun
    except (ValueError, OverflowError) as fault:
        raise UnreadableDate from fault


def _day_of(found: re.Match[str], order: Order) -> tuple[int, int, int]:
    part = {name: value for name, value in found.groupdict().items() if value}
    if "a" in part:
        if not order:
            raise UnreadableDate
        month, day = ("a", "b") if order == "mdy" else ("b", "a")
        return int(part["y2"]), int(part[month]), int(part[day])
    if name := part.get("n4") or part.get("n5"):
        month_of = MONTHS.get(name[:3].casefold(), 0)
        return int(part.get("y4") or part["y5"]), month_of, int(part.get("d4") or part["d5"])
    if "y" in part:
        return int(part["y"]), int(part["m"]), int(part["d"])
    return int(part["y3"]), int(part["m3"]), int(part["d3"])


def _with_time(day: datetime, text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if not found:
        raise UnreadableDate
    hour, minute = int(found["h"] or found["h2"]), int(found["mi"] or found["mi2"] or 0)
    second, fraction = int(found["s"] or found["s2"] or 0), (found["f"] or "0")[:6].ljust(6, "0")
    half = (found["before"] or found["after"] or "").casefold()
    if half in AFTERNOON and hour < NOON_HOUR:
        hour += NOON_HOUR
    elif half in MORNING and hour == NOON_HOUR:
        hour = 0
    moved = hour == 24 and not minute and not second  # noqa: PLR2004 - midnight at the end of the day
    at = day.replace(hour=0 if moved else hour, minute=minute, second=second, microsecond=int(fraction))
    return (at + timedelta(days=1) if moved else at).replace(tzinfo=_zone(found["zone"]))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return timezone.utc  # noqa: UP017 - one type for both branches
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _from_serial(days: float) -> datetime:
    return _to_millisecond(EPOCH_OF_SHEETS + timedelta(days=days))


def _to_millisecond(value: datetime) -> datetime:
    return value.replace(microsecond=0) + timedelta(milliseconds=round(value.microsecond / 1000))
