"""A row of another system's sheet, read into an order or a result, or into its faults; nothing here asks a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from commongrid.kernel import masking
from commongrid.kernel.clock import localise
from commongrid.kernel.moments import Order as DateOrder
from commongrid.kernel.moments import UnreadableDate, missing, read_moment
from commongrid.kernel.refusals import N_
from commongrid.matters.exchange import layout
from commongrid.matters.importing.rules.columns import Binding
from commongrid.matters.importing.rules.reading import plain, written, yes_or_no
from commongrid.matters.rules.routing_round import UNSURE

T = TypeVar("T")
NUMBER_LENGTH = 64
TEXT_LENGTH = 8000
SAID_LENGTH = 4000
CONTACT_LENGTH = 60
LONGEST_WHOM = 120
OFFICES = ("书记", "主任", "干部", "镇长", "乡长", "站长", "所长", "局长", "县长", "科长", "网格员", "网格长")
"""Words that name an office-holder: a row with one is pointed out, and decided by whoever looks through the rows."""
END_OF_DAY = time(23, 59)

FAULTS: dict[str, tuple[str, str]] = {
    "number_missing": (N_("The order's number is missing."), N_("Copy it from the other system.")),
    "number_too_long": (N_("The number is longer than 64 characters."), N_("Check that the column holds numbers.")),
    "number_twice": (N_("The number appears earlier in this sheet."), N_("Delete one of the two rows.")),
    "number_unknown": (N_("No order with this number came in here."), N_("Check the number, or import the order.")),
    "text_missing": (N_("What is asked is missing."), N_("Copy the words from the other system.")),
    "text_too_long": (N_("The words are longer than 8,000 characters."), N_("Shorten them; attach the rest.")),
    "received_missing": (N_("The day it was received is missing."), N_("Write it like 2026-11-24 09:30.")),
    "received_unreadable": (N_("The day it was received can't be read."), N_("Write it like 2026-11-24 09:30.")),
    "received_later": (N_("The day it was received lies in the future."), N_("Correct the date.")),
    "due_unreadable": (N_("Their deadline can't be read."), N_("Write it like 2026-12-08 or 2026-12-08 17:30.")),
    "due_before": (N_("Their deadline lies before the day it was received."), N_("Correct one of the two dates.")),
    "reply_due_unreadable": (N_("The date for the reply can't be read."), N_("Write it like 2026-12-08.")),
    "place_unknown": (
        N_("There is no such place in your area, or several of that name."),
        N_(
            "Choose it from the list of the template, or leave it empty and put it right later: it then waits with you."
        ),
    ),
    "kind_unknown": (
        N_("There is no such kind of matter."),
        N_("Choose it from the list of the template, or leave it empty: it is then sorted later."),
    ),
    "urgency_unknown": (N_("How urgent it is can't be read."), N_("Write normal, urgent or immediate.")),
    "contact_too_long": (N_("A name or phone is longer than 60 characters."), N_("Check the columns.")),
    "result_missing": (N_("The result is missing."), N_("Write solved, not solved or rework.")),
    "result_unknown": (N_("The result can't be read."), N_("Write solved, not solved or rework.")),
    "said_too_long": (N_("The words are longer than 4,000 characters."), N_("Shorten them; attach the rest.")),
    "about_too_long": (N_("Whom it is about is longer than 120 characters."), N_("Shorten it to a name or a post.")),
    "confidential_unreadable": (
        N_("In confidence or not can't be read."),
        N_("Write yes or no, or leave it empty."),
    ),
    "satisfied_unreadable": (N_("Satisfied or not can't be read."), N_("Write yes or no, or leave it empty.")),
}
NOTES: dict[str, str] = {
    "due_missing": N_("No deadline given: the system's own days or the kind's limit run."),
    "due_past": N_("Their deadline has passed already: it comes in as overdue."),
    "place_own": N_("No place given: it waits with you until its place is put right."),
    "office_named": N_("The words name an office: say whom it is about, if it is about somebody."),
    "kind_unsorted": N_("No kind given: it is sorted later."),
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault: row as the spreadsheet numbers it, heading, masked value."""

    row: int
    code: str
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRead:
    """An order as read. ``place`` and ``kind`` are codes of this county.

    ``about`` is whom in the government it is about, "" nobody; ``about_words`` how the sheet says it.
    """

    row: int
    number: str
    received_at: datetime
    text: str
    place: int
    kind: str
    urgency: str
    name: str
    phone: str
    due_at: datetime | None
    reply_due_at: datetime | None
    about: str = ""
    about_words: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRead:
    """A result as read."""

    row: int
    number: str
    result: str
    satisfied: bool | None
    said: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the sheet's words mean here: kinds, places in reach, the reader's own place, zone and now."""

    kinds: Mapping[str, str]
    places: Mapping[str, int]
    own_place: int
    unsorted: str
    zone: ZoneInfo
    now: datetime
    orders: Mapping[str, DateOrder] = field(default_factory=dict)


@dataclass(slots=True)
class RowReader:
    """Reads one row after the other; a row's faults are all told, not only the first."""

    binding: Binding
    meaning: Meaning
    seen: set[str] = field(default_factory=set)
    faults: list[RowFault] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)
    _row: int = 0
    _cells: Sequence[object] = ()
    _bad: bool = False

    def order(self, row: int, cells: Sequence[object]) -> OrderRead | None:
        """The order of a row, or nothing after its faults were kept."""
        self._begin(row, cells)
        number, text = self._number(), self._text()
        received = self._received()
        due = self._due(received)
        about, about_words = self._about(text)
        read = OrderRead(
            row=row, number=number, received_at=received or self.meaning.now, text=text, place=self._place(),
            kind=self._kind(), urgency=self._urgency(), name=self._contact("name"), phone=self._contact("phone"),
            due_at=due, reply_due_at=self._moment("reply_due", end=True),
            about=about, about_words=about_words, confidential=self._yes_or_no("confidential") or False,
        )  # fmt: skip
        return None if self._bad else read

    def result(self, row: int, cells: Sequence[object]) -> ResultRead | None:
        """The result of a row, or nothing after its faults were kept."""
        self._begin(row, cells)
        number = self._number()
        told = plain(self._cell("result"))
        result = layout.word(told, layout.RESULT_WORDS) if told else None
        if result is None:
            self._fault("result_unknown" if told else "result_missing", "result")
        satisfied, said = self._yes_or_no("satisfied"), written(self._cell("said"))
        if len(said) > SAID_LENGTH:
            self._fault("said_too_long", "said")
        read = ResultRead(
            row=row, number=number, result=result or "", satisfied=satisfied,
            said=said, due_at=self._moment("due", end=True),
        )  # fmt: skip
        return None if self._bad else read

    def fault(self, row: int, code: str, name: str, cells: Sequence[object]) -> None:
        """Keep a fault that only the tables could tell."""
        self._begin(row, cells)
        self._fault(code, name)

    def _begin(self, row: int, cells: Sequence[object]) -> None:
        self._row, self._cells, self._bad = row, cells, False

    def _cell(self, name: str) -> object:
        return self.binding.cell(self._cells, name)

    def _fault(self, code: str, name: str) -> None:
        self._bad = True
        value = masking.cell(masking.text(plain(self._cell(name))))
        self.faults.append(RowFault(self._row, code, self.binding.headers.get(name, ""), value))

    def _note(self, code: str) -> None:
        self.notes.setdefault(self._row, []).append(code)

    def _number(self) -> str:
        number = plain(self._cell("number"))
        if not number:
            self._fault("number_missing", "number")
        elif len(number) > NUMBER_LENGTH:
            self._fault("number_too_long", "number")
        elif number in self.seen:
            self._fault("number_twice", "number")
        self.seen.add(number)
        return number

    def _text(self) -> str:
        text = written(self._cell("text"))
        if not text:
            self._fault("text_missing", "text")
        elif len(text) > TEXT_LENGTH:
            self._fault("text_too_long", "text")
        return text

    def _received(self) -> datetime | None:
        if missing(self._cell("received")):
            self._fault("received_missing", "received")
            return None
        at = self._moment("received")
        if at is not None and at > self.meaning.now + timedelta(days=1):
            self._fault("received_later", "received")
        return at

    def _due(self, received: datetime | None) -> datetime | None:
        if missing(self._cell("due")):
            self._note("due_missing")
            return None
        due = self._moment("due", end=True)
        if due is not None and received is not None and due < received:
            self._fault("due_before", "due")
        elif due is not None and due < self.meaning.now:
            self._note("due_past")
        return due

    def _moment(self, name: str, *, end: bool = False) -> datetime | None:
        """An instant; a day without a time ends with that day where it is a deadline."""
        value = self._cell(name)
        if missing(value):
            return None
        try:
            at = read_moment(value, self.meaning.orders.get(name, ""))
        except UnreadableDate:
            self._fault(f"{name}_unreadable", name)
            return None
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        if end and at.time() == time():
            at = datetime.combine(at.date(), END_OF_DAY)
        return localise(at, self.meaning.zone).at

    def _place(self) -> int:
        text = plain(self._cell("place"))
        if not text:
            self._note("place_own")
            return self.meaning.own_place
        found = _meant(text, self.meaning.places)
        if found is None:
            self._fault("place_unknown", "place")
        return found or self.meaning.own_place

    def _kind(self) -> str:
        text = plain(self._cell("kind"))
        if not text:
            self._note("kind_unsorted")
            return self.meaning.unsorted
        found = _meant(text, self.meaning.kinds)
        if found is None:
            self._fault("kind_unknown", "kind")
        return found or self.meaning.unsorted

    def _urgency(self) -> str:
        text = plain(self._cell("urgency"))
        found = layout.word(text, layout.URGENCY_WORDS) if text else "normal"
        if found is None:
            self._fault("urgency_unknown", "urgency")
        return found or "normal"

    def _contact(self, name: str) -> str:
        text = plain(self._cell(name))
        if len(text) > CONTACT_LENGTH:
            self._fault("contact_too_long", name)
        return text

    def _about(self, text: str) -> tuple[str, str]:
        """Whom it is about, and in what words; where the sheet says nothing, an office in the words is pointed out."""
        said = plain(self._cell("about"))
        if not said:
            if any(office in text for office in OFFICES):
                self._note("office_named")
            return "", ""
        if len(said) > LONGEST_WHOM:
            self._fault("about_too_long", "about")
        found = layout.word(said, layout.ABOUT_WORDS)
        return (UNSURE, said) if found is None else (found, "")

    def _yes_or_no(self, name: str) -> bool | None:
        value = self._cell(name)
        if missing(value):
            return None
        text = plain(value)
        found = next((one for part in (text, *text.split()) if (one := yes_or_no(part)) is not None), None)
        if found is None:
            self._fault(f"{name}_unreadable", name)
        return found


def _meant(text: str, known: Mapping[str, T]) -> T | None:
    """What a cell names: as a whole, else by its first or last word (a code with a name beside it)."""
    plain_text = text.casefold()
    if plain_text in known:
        return known[plain_text]
    parts = plain_text.split()
    return next((known[part] for part in (parts[0], parts[-1]) if part in known), None) if parts else None
