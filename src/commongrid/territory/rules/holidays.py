"""Reading the State Council's yearly notice on days off and worked weekends (节假日安排通知), pasted or as a table.

Pasted: "10月1日(周四)至7日(周三)放假,共7天。9月27日(周日)、10月10日(周六)上班。" Dates belong to the
next verb; a date without a month has that of the one before. As a table: a day, whether
it is off or worked, and the holiday's name. A notice that contradicts itself is refused
whole, with every line that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from commongrid.kernel.clock import HOLIDAYS
from commongrid.kernel.refusals import N_
from commongrid.kernel.widths import halfwidth

WEEKDAYS: Final = "一二三四五六日"
OFF_WORDS: Final = frozenset({"放假", "休", "休息", "假", "off", "rest", "holiday", "0"})
WORK_WORDS: Final = frozenset({"上班", "班", "补班", "调休上班", "work", "worked", "1"})
_WEEKEND: Final = 5
_SPREAD: Final = 40
_TOKEN: Final = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:\((?P<about>[^()]*)\))?"
    r"|(?P<to>至|到|—|~|-)|共(?P<total>\d{1,2})天|(?P<off>放假|休息)|(?P<work>上班)"
)
_NUMBERING: Final = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|\d+[.、])?\s*(?P<name>[^::\d]{2,12}?)\s*[::]")
_SAYS: Final = re.compile(r"(?:周|星期)([一二三四五六日天])")

USUAL: Final = (
    ("元旦", (1, 1), (1, 4)), ("春节", (1, 18), (2, 28)), ("清明节", (4, 2), (4, 8)), ("劳动节", (4, 28), (5, 6)),
    ("端午节", (5, 24), (6, 28)), ("中秋节", (9, 6), (10, 10)), ("国庆节", (9, 29), (10, 9)),
)  # fmt: skip
"""Within which days of a year each holiday has a day off; those of the lunar calendar move."""

OUTSIDE: Final = N_("Line %(line)s: %(day)s is not in %(year)s.")
NO_SUCH_DAY: Final = N_("Line %(line)s: there is no such day as %(day)s.")
BOTH: Final = N_("Lines %(line)s: %(day)s is said to be both off and worked.")
NOT_A_WEEKEND: Final = N_("Line %(line)s: %(day)s is said to be a worked weekend but is a weekday.")
OTHER_WEEKDAY: Final = N_("Line %(line)s: %(day)s is another day of the week than the notice says.")
OTHER_TOTAL: Final = N_("Line %(line)s: the notice says %(told)s days off, the dates give %(found)s.")
BACKWARDS: Final = N_("Line %(line)s: the days from %(day)s run backwards, or over more than forty days.")
NOTHING: Final = N_("No day off or worked weekend was found in this text. Paste the notice's own sentences.")
UNCLEAR: Final = N_("Line %(line)s: say for each day whether it is off (放假) or worked (上班).")
NO_DAY: Final = N_("Line %(line)s: this is no day. Write it as 2027-10-01.")


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day as the notice has it, and the line that says so."""

    on: date
    works: bool
    zh: str
    line: int

    @property
    def en(self) -> str:
        """The holiday's English name, where it is one of the usual."""
        return next((english for english, chinese in HOLIDAYS.items() if chinese == self.zh), "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, as a sentence with its parameters."""

    text: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as read: its days in order and what is wrong with it; nothing may be applied while anything is."""

    year: int
    days: tuple[NoticeDay, ...]
    faults: tuple[Fault, ...]

    @property
    def differing(self) -> tuple[NoticeDay, ...]:
        """The days that differ from Monday to Friday, which is all that is kept."""
        return tuple(one for one in self.days if one.works != (one.on.weekday() < _WEEKEND))

    @property
    def missing(self) -> tuple[str, ...]:
        """Holidays near whose usual days nothing is off, by their Chinese names: perhaps only a part was pasted."""
        off = {(one.on.month, one.on.day) for one in self.days if not one.works}
        return tuple(zh for zh, first, last in USUAL if not any(first <= day <= last for day in off))


def read_text(text: str, year: int) -> Notice:
    """A notice pasted as text."""
    reader = _Reader(year)
    for number, line in enumerate(halfwidth(text).replace("(", "(").replace(")", ")").splitlines(), 1):
        reader.line(number, line)
    return checked(year, reader.days, reader.faults)


def read_table(rows: Iterable[tuple[int, Sequence[object]]], columns: tuple[int, int, int | None], year: int) -> Notice:
    """A notice as numbered rows of a table; ``columns`` say where the day, off or worked, and the name stand."""
    days, faults = [], []
    on, sort, name = columns
    for number, cells in rows:
        day = _iso(cells[on])
        word = halfwidth(str(cells[sort])).strip().casefold()
        if day is None:
            faults.append(Fault(NO_DAY, {"line": number}))
        elif word not in OFF_WORDS | WORK_WORDS:
            faults.append(Fault(UNCLEAR, {"line": number}))
        else:
            days.append(
                NoticeDay(day, word in WORK_WORDS, str(cells[name]).strip()[:60] if name is not None else "", number)
            )
    return checked(year, days, faults)


def checked(year: int, days: Sequence[NoticeDay], faults: Sequence[Fault]) -> Notice:
    """The notice with everything that contradicts itself named."""
    found = list(faults)
    known: dict[date, NoticeDay] = {}
    for one in days:
        before = known.setdefault(one.on, one)
        if before.works != one.works:
            found.append(Fault(BOTH, {"line": f"{before.line}, {one.line}", "day": one.on.isoformat()}))
        if one.on.year != year:
            found.append(Fault(OUTSIDE, {"line": one.line, "day": one.on.isoformat(), "year": year}))
        if one.works and one.on.weekday() < _WEEKEND:
            found.append(Fault(NOT_A_WEEKEND, {"line": one.line, "day": one.on.isoformat()}))
    if not days and not found:
        found.append(Fault(NOTHING, {}))
    return Notice(year, tuple(sorted(known.values(), key=lambda one: one.on)), tuple(found))


def _iso(cell: object) -> date | None:
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    parts = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", halfwidth(str(cell)).strip())
    return _date(*map(int, parts.groups())) if parts else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


class _Reader:
    """Reads sentences: dates gather until a verb says what they are."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.days: list[NoticeDay] = []
        self.faults: list[Fault] = []
        self.name = ""

    def line(self, number: int, text: str) -> None:
        """One line: its holiday's name, then its sentences."""
        if named := _NUMBERING.match(text):
            self.name = named["name"].strip()
        self.number, self.month, self.to = number, 0, False
        self.waiting: list[date] = []
        self.off = 0
        for token in _TOKEN.finditer(text):
            self._token(token)
        if self.waiting:
            self._fault(UNCLEAR)

    def _token(self, token: re.Match[str]) -> None:
        if token["day"]:
            self._day(token)
        elif token["to"]:
            self.to = bool(self.waiting)
        elif token["total"]:
            if int(token["total"]) != self.off:
                self._fault(OTHER_TOTAL, told=int(token["total"]), found=self.off)
        else:
            self._verb(works=bool(token["work"]))

    def _day(self, token: re.Match[str]) -> None:
        self.month = int(token["month"] or self.month)
        day = _date(int(token["year"] or self.year), self.month, int(token["day"])) if self.month else None
        to, self.to = self.to, False
        if day is None:
            self._fault(NO_SUCH_DAY, day=token[0])
            return
        says = _SAYS.search(token["about"] or "")
        if says and WEEKDAYS[day.weekday()] != says[1].replace("天", "日"):
            self._fault(OTHER_WEEKDAY, day=day.isoformat())
        if not to:
            self.waiting.append(day)
        elif 0 < (day - self.waiting[-1]).days <= _SPREAD:
            self.waiting += _between(self.waiting[-1], day)
        else:
            self._fault(BACKWARDS, day=self.waiting[-1].isoformat())

    def _verb(self, *, works: bool) -> None:
        self.days += [NoticeDay(day, works, self.name, self.number) for day in self.waiting]
        self.off += 0 if works else len(self.waiting)
        self.waiting = []

    def _fault(self, text: str, **params: object) -> None:
        self.faults.append(Fault(text, {"line": self.number, **params}))


def _between(first: date, last: date) -> Iterator[date]:
    """The days after the first, up to the last."""
    for step in range(1, (last - first).days + 1):
        yield first + timedelta(days=step)
