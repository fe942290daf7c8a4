"""What can be wrong with a row, what is done about it, and the account of an import.

A *fault* keeps the row out (or, for a doubtful date, flags it where asked); a
*note* leaves it in and is counted. Every sentence here is the key of its
translation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from commongrid.kernel.refusals import N_

Dirty = Literal["keep-out", "flag"]

FAULTS: dict[str, tuple[str, str]] = {
    "number_missing": (
        N_("The number is missing."),
        N_("Give each row the number it has in the older system."),
    ),
    "number_too_long": (
        N_("The number is longer than 64 characters."),
        N_("Check that the column holds numbers, not texts."),
    ),
    "number_twice": (
        N_("The number appears earlier in the file."),
        N_("Nothing to do if both rows are the same matter; the first is taken."),
    ),
    "number_known": (
        N_("A matter with this number was taken over before."),
        N_("Nothing to do; it is not taken twice."),
    ),
    "opened_missing": (
        N_("The date of opening is missing."),
        N_("Fill in the date, or import with --dirty flag."),
    ),
    "opened_unreadable": (
        N_("The date of opening can't be read."),
        N_("Write it like 2024-04-16 03:05, or say --dates mdy or dmy."),
    ),
    "closed_unreadable": (
        N_("The date of closing can't be read."),
        N_("Write it like 2024-04-16 03:05, say --dates mdy or dmy, or leave it empty if the matter is open."),
    ),
    "closed_before_opened": (
        N_("It was closed before it was opened."),
        N_("Correct one of the two dates, or import with --dirty flag."),
    ),
    "place_unknown": (
        N_("The county has no such place, or several of that name."),
        N_("Write the place's code, or name a --default-place."),
    ),
    "about_unknown": (
        N_("The column says it is about somebody of the government, and not of which level."),
        N_("Write village, township, unit, county or unsure, or leave it empty."),
    ),
    "about_county": (
        N_("It is about the county's leadership; such a complaint leaves the county."),
        N_("Hand it to the discipline inspection above the county (12388)."),
    ),
    "kind_sealed": (
        N_("The kind is sealed, and the county has no unit competent for it."),
        N_("Hand the matter to the competent body, or set up its unit first."),
    ),
}
DUPLICATES = ("number_twice", "number_known")
DOUBTS = ("opened_missing", "opened_unreadable", "closed_unreadable", "closed_before_opened")

NOTES: dict[str, str] = {
    "time_first": N_("The local time happened twice that night; the first was taken."),
    "time_forward": N_("The local time did not happen that night; it was moved forward."),
    "place_default": N_("The place was not found; the default place was taken."),
    "kind_unsorted": N_("The kind is not in the work list; the matter is left to be sorted."),
    "series_unknown": N_("The series can't be read; the matter counts as asked."),
    "source_unknown": N_("The source can't be read; villager was taken."),
    "due_unreadable": N_("The deadline can't be read and was left out."),
    "satisfied_unreadable": N_("Satisfied or not can't be read and counts as not asked."),
    "reopened_unreadable": N_("Reopened or not can't be read and counts as not known."),
    "text_cut": N_("The text was longer than 20,000 characters and was cut."),
    "opened_later": N_("The date of opening lies in the future."),
    "closed_later": N_("The date of closing lies in the future."),
}

EXAMPLES = 20
SHOWN = 24
CODE_LENGTHS = (6, 9, 12)
_LONG_DIGITS = re.compile(r"\d(?:[ -]?\d){6,}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row's fault: row as the spreadsheet numbers it (the header is row 1), header and masked value."""

    row: int
    code: str
    column: str
    value: str


Sink = Callable[[Fault, Sequence[object]], None]


@dataclass(slots=True)
class Account:
    """Everything a dry run has to say: counts of rows, faults, notes, and the first examples of each fault."""

    rows: int = 0
    taken: int = 0
    flagged: int = 0
    open: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Fault]] = field(default_factory=dict)
    unsorted: Counter[str] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    sink: Sink | None = None

    def fault(self, fault: Fault, row: Sequence[object]) -> None:
        """Count a fault, keep it if it is among the first of its class, and hand the row to the sink."""
        self.faults[fault.code] += 1
        kept = self.examples.setdefault(fault.code, [])
        if len(kept) < EXAMPLES:
            kept.append(fault)
        if self.sink:
            self.sink(fault, row)

    @property
    def duplicates(self) -> int:
        """Rows left out because their number was taken over already, in this file or before."""
        return sum(self.faults[code] for code in DUPLICATES)

    @property
    def kept_out(self) -> int:
        """Rows left out for a fault other than a known number."""
        return self.rows - self.taken - self.duplicates


def masked(value: object) -> str:
    """A cell as a report may show it: short, and long runs of digits hidden but for both ends."""
    text = _hidden("" if value is None else value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _hidden(value: object) -> str:
    text = " ".join(str(value).split())
    return _LONG_DIGITS.sub(lambda run: f"{run[0][:2]}***{run[0][-2:]}" if "-" not in run[0] else _dashed(run[0]), text)


def masked_word(word: str) -> str:
    """The same for words not understood, whole, so that a table of kinds can be made of them; place codes stay."""
    return word if word.isdecimal() and len(word) in CODE_LENGTHS else _hidden(word)


def _dashed(run: str) -> str:
    """Dates stay readable (2024-04-16 is no secret); other runs with dashes are hidden."""
    return run if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?: \d{2})?", run) else f"{run[:2]}***{run[-2:]}"
