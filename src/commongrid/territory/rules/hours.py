"""What office hours may be."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from commongrid.kernel.refusals import N_, BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time


def check_hours(hours: Sequence[tuple[time, time]], on: date, today: date) -> None:
    """Refuse a day before today, and hours that are empty, overlapping or out of order."""
    if on < today:
        raise BadInput(fields={"on": N_("A change begins today or later: what was in force stays as it was.")})
    marks = [mark for pair in hours for mark in pair]
    if not marks or any(later <= earlier for earlier, later in pairwise(marks)):
        raise BadInput(
            fields={"hours": N_("Give the hours in order, none overlapping, such as 09:00-12:00, 14:00-18:00.")}
        )
