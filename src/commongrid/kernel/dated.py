"""Dated vocabularies, described once: what a row holds, how a value is read, what a change of it may be.

A vocabulary is a table of rows with a period of validity that officials edit: kinds
of matters, the work list, limits, texts. A row in force is never altered; a change
ends it on a day and begins the next version there. This module knows how such a
table is described and how typed or imported text becomes values; it writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import halfwidth

Sort = Literal["text", "words", "code", "choice", "several", "number", "whole", "flag"]
Values = dict[str, object]
Known = Mapping[str, Collection[str]]
"""What a column with a ``source`` may name, by source."""

CODE: Final = re.compile(r"[A-Za-z0-9_]{1,24}")
_MARK: Final = re.compile(r"[A-Za-z0-9_./-]{0,80}")
_YES: Final = frozenset({"1", "yes", "true", "on", "是", "y"})
_NO: Final = frozenset({"", "0", "no", "false", "off", "否", "n"})

MISSING: Final = N_("Please fill this in.")
NOT_THERE: Final = N_("Choose one that is offered.")
NOT_A_NUMBER: Final = N_("Enter a number, such as 5 or 0.5.")
OUT_OF_RANGE: Final = N_("This number is outside what is allowed here.")
TOO_LONG: Final = N_("This is too long.")
NOT_A_CODE: Final = N_("A code is made of letters, digits and _, at most 24.")
YES_OR_NO: Final = N_("Say yes or no.")
NOT_BEFORE_TODAY: Final = N_("A change begins today or later: what was in force stays as it was.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a vocabulary's row: its name, what it holds and what may be in it.

    ``choices`` are codes with their labels; ``source`` names a list that only the
    database knows (kinds, functions, roles, units, townships). ``fixed`` is part
    of what identifies the row, so a change can't touch it.
    """

    code: str
    label: str
    sort: Sort = "text"
    needed: bool = False
    fixed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    longest: int = 60
    least: Decimal | None = None
    most: Decimal | None = None
    hint: str = ""
    stored: str = ""

    @property
    def attribute(self) -> str:
        """The attribute of the table's row."""
        return self.stored or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A dated table as its editor needs it.

    ``table`` is the model's name, ``power`` what an edit asks for. ``check`` says
    what is wrong with values that are each fine by themselves. ``effect`` names
    what a change may do to open matters (nothing where it is empty). ``lasting``:
    a row can be changed but not ended, because the loop can't do without it.
    ``group`` names the column by which a long list is read in parts; kinds are
    grouped by their class, whichever column names them. ``part`` names a column
    outside whose choices the table holds rows that are not the editor's.
    """

    code: str
    title: str
    lead: str
    table: str
    power: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    check: Callable[[Values], dict[str, str]] = field(default=lambda _values: {})
    effect: Literal["", "kind", "limit", "urgency", "lead"] = ""
    lasting: bool = False
    new: bool = True
    group: str = ""
    part: str = ""

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns that identify a row through its versions."""
        return tuple(one for one in self.columns if one.fixed)

    def column(self, code: str) -> Column:
        """A column by its code."""
        return next(one for one in self.columns if one.code == code)

    def key_of(self, values: Mapping[str, object]) -> str:
        """What identifies the row; the journal writes its ``mark``."""
        return "/".join(str(values[one.code] or "-") for one in self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to do to a vocabulary: a version beginning ``on`` a day; without ``values`` the row ends then.

    ``row`` is the version it follows, none for a new row.
    """

    row: UUID | None
    values: Values | None
    on: date


def mark(key: str) -> str:
    """A row's key as the journal may hold it: as it is where it is a code, else a digest, for words are no facts."""
    return key if _MARK.fullmatch(key) else f"w:{sha256(key.encode()).hexdigest()[:24]}"


def read_values(vocabulary: Vocabulary, raw: Mapping[str, object], known: Known) -> Values:
    """The values of one row, from text as typed or as it stands in a file.

    Refuses: BadInput with a sentence per column.
    """
    values: Values = {}
    faults: dict[str, str] = {}
    for column in vocabulary.columns:
        try:
            values[column.code] = _value(column, raw.get(column.code, ""), known)
        except BadInput as refusal:
            faults[column.code] = refusal.text
    if not faults:
        faults = vocabulary.check(values)
    if faults:
        raise BadInput(fields=faults)
    return values


def changed_columns(vocabulary: Vocabulary, before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The codes of the columns that differ, in order."""
    return [one.code for one in vocabulary.columns if _plain(before.get(one.code)) != _plain(after.get(one.code))]


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(value)
    if isinstance(value, UUID):
        return str(value)
    return value


def _value(column: Column, given: object, known: Known) -> object:
    if column.sort == "several":
        return _several(column, given, known)
    if column.sort == "flag":
        return _flag(given)
    text = str("" if given is None else given).replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        return _nothing(column)
    if column.sort in ("number", "whole"):
        return _number(column, text)
    if column.sort == "choice" or column.source:
        return _choice(column, text, known)
    return _text(column, text if column.sort == "words" else " ".join(text.split()))


def _nothing(column: Column) -> object:
    if column.needed:
        raise BadInput(MISSING)
    return None if column.sort in ("number", "whole") or column.stored or column.source == "townships" else ""


def _text(column: Column, text: str) -> str:
    if column.sort == "code" and not CODE.fullmatch(text):
        raise BadInput(NOT_A_CODE)
    if len(text) > column.longest:
        raise BadInput(TOO_LONG)
    return text


def _flag(given: object) -> bool:
    text = str(given).strip().casefold() if not isinstance(given, bool) else ("1" if given else "0")
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadInput(YES_OR_NO)


def _several(column: Column, given: object, known: Known) -> tuple[str, ...]:
    parts = given if isinstance(given, list | tuple) else re.split(r"[|,;、，；]", str(given))
    found = tuple(dict.fromkeys(one for part in parts if (one := str(part).strip())))
    for one in found:
        _choice(column, one, known)
    return found


def _choice(column: Column, text: str, known: Known) -> object:
    allowed = known.get(column.source, ()) if column.source else {code for code, _label in column.choices}
    if text not in allowed:
        raise BadInput(NOT_THERE)
    return int(text) if column.source == "townships" else text


def _number(column: Column, text: str) -> Decimal | int:
    try:
        number = Decimal(halfwidth(text))
    except InvalidOperation:
        raise BadInput(NOT_A_NUMBER) from None
    if not number.is_finite() or (column.sort == "whole" and number != int(number)):
        raise BadInput(NOT_A_NUMBER)
    if (column.least is not None and number < column.least) or (column.most is not None and number > column.most):
        raise BadInput(OUT_OF_RANGE)
    return int(number) if column.sort == "whole" else number.quantize(Decimal("0.001")).normalize()
