"""Keeping: how long the rows of a table are kept, whose they are, and what becomes of them, declared beside the table.

A model with personal data carries ``keeps = Keeping(...)``, as it carries its
``wall``. The clock applies the periods, an erasure takes a person out, and the
file for a person's own eyes is read, all from these declarations, so that a new
table cannot be forgotten. The periods themselves are dated rows that officials
edit (``RetentionRule``); ``kind`` names the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

GONE: Final = "***"
"""What stands where a name or words stood; the same sign in every language."""
HIDDEN: Final = f"'{GONE}'"
"""The same as SQL."""
UNITS: Final = ("days", "months", "years")
OPEN_MATTER: Final = (
    "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = {matter} AND (m.closed_at IS NULL OR m.closed_at > now()))"
)
"""That the matter of a row is still worked on; one that was merged waits for the one it follows."""
CLOSED_AT: Final = "(SELECT m.closed_at FROM matters_matter m WHERE m.id = {matter})"
MEDIATED: Final = "EXISTS (SELECT 1 FROM matters_mediation d WHERE d.matter_id = {matter} AND d.mediator <> '***')"
"""That the matter of a row belongs to a dispute file whose archive still keeps it."""
NAMED: Final = (
    "({matter} = ANY(%(named)s) OR EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = {matter}"
    " AND m.place / 1000 = ANY(%(villages)s)))"
)
"""That the matter of a row is the person's, or of a village where nobody else bears the name."""
OF_THEM: Final = "= ANY(%(people)s)"
"""That a column names the person, or one whose record was joined into theirs."""
THEIR_HOME: Final = "IN (SELECT household_id FROM registry_person WHERE id = ANY(%(people)s))"
THEIR_BOOKLET: Final = "IN (SELECT booklet_id FROM registry_person WHERE id = ANY(%(people)s))"
"""That a column names where the person lives, or is registered, now."""
NEARBY: Final = "place / 1000 = ANY(%(villages)s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How rows of one table are kept. All conditions are SQL over the table's own columns.

    ``kind`` is the kind of record whose rule gives the period, counted from ``ended``; empty for rows that go with
    another record. ``leaves`` are columns and what they hold afterwards; without it the row is deleted.

    ``whose`` finds the rows of a person by the lists of ids in ``Traces`` (people, accounts, phones, parties, homes,
    booklets, matters, named); ``erased`` is what an erasure leaves where it is another thing than ``leaves``.
    ``words`` are columns of free words that may name people: in rows that ``about`` finds every name and number of
    the person is covered, in others only what is unmistakable, the numbers.

    ``waits``: rows still worked on, which an erasure comes back for. ``part_of`` with ``archive``: rows that belong to
    an archive of that kind, which keeps them as long as itself. ``bars``: rows that stand against an erasure at all.
    ``own``: rows that the file for a person shows, where they are others than ``whose``: what somebody else said of
    them goes with an erasure and is not told. ``own_sight``: of these only what the post at the counter sees by itself.
    """

    kind: str = ""
    ended: str = ""
    leaves: Mapping[str, str] = field(default_factory=dict)
    whose: str = ""
    erased: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    about: str = NEARBY
    waits: str = "false"
    part_of: str = "false"
    archive: str = ""
    bars: str = ""
    own: str = ""
    own_sight: bool = False

    @property
    def erasing(self) -> Mapping[str, str]:
        """The columns that an erasure empties; nothing means that the row goes."""
        return self.erased or self.leaves

    @property
    def emptied(self) -> tuple[str, ...]:
        """Every column that may ever be emptied or have words covered."""
        return tuple(sorted({*self.leaves, *self.erased, *self.words}))


def with_matter(matter: str = "matter_id", *, kind: str = "matter", archive: str = "", **more: Any) -> Keeping:
    """How rows that belong to a matter are kept: as long as it, not while it is worked on, in its dispute file longer.

    ``matter`` is the column that names it; where rows are part of its dispute file it must say its table too.
    """
    return Keeping(
        kind=kind, ended=CLOSED_AT.format(matter=matter), about=NAMED.format(matter=matter),
        waits=OPEN_MATTER.format(matter=matter), archive=archive,
        part_of=MEDIATED.format(matter=matter) if archive else "false", **more,
    )  # fmt: skip


def last_day_kept(today: date, length: int, unit: str) -> date:
    """The day before which a record must have ended to be due: ``length`` days, months or years before today."""
    if unit == "days":
        return today - timedelta(days=length)
    months = today.year * 12 + today.month - 1 - length * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, _last_of(date(year, month + 1, 1)).day))


def _last_of(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)
