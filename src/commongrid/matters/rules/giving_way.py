"""How rows of the work list give way to a decision on a returned order: until its last day has passed, or for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The day on which a row ends, and the one from which it holds again: none where the decision replaces it."""

    ends: date
    again: date | None


def gives_way(today: date, over: date | None, *, begins: date, ends: date | None, decided: bool) -> Way | None:
    """How a row of the same township gives way to a decision in force from ``today`` until before ``over``.

    Nothing where it does not: it is over, begins later than the decision ends,
    or was put on the list for a day to come, which no decision undoes. An
    earlier decision that was to hold again gives way like one that holds.
    """
    if ends is not None and ends <= max(today, begins):
        return None
    if begins > today and (not decided or (over is not None and begins >= over)):
        return None
    again = over if over is not None and (ends is None or ends > over) else None
    return Way(ends=max(today, begins), again=again)
