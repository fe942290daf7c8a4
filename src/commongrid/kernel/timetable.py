"""The clock's work: what runs by itself, how often, under which name.

A module's ``jobs.py`` puts a function on the timetable; the worker imports every
``jobs.py`` and runs what is due, one after the other. A job must be harmless
when it runs twice or an hour late: deadlines are stored and scanned, the
timetable is never the deadline.

    @every(seconds=60, name="matters.tick")
    def tick() -> int:
        ...  # how many things it did
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ParamSpec

MISSED_TICKS = 3
"""After so many missed rounds a job counts as standing still, and the console turns red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timetable."""

    name: str
    seconds: float
    run: Callable[..., int]
    apart: bool = False

    def late_after(self) -> float:
        """Seconds without a round after which somebody should look."""
        return MISSED_TICKS * self.seconds + 30


TIMETABLE: dict[str, Entry] = {}
P = ParamSpec("P")


def every(*, seconds: float, name: str, apart: bool = False) -> Callable[[Callable[P, int]], Callable[P, int]]:
    """Put a function on the timetable; it answers how many things it did.

    One that may take long goes ``apart``, in a thread of its own, so that no deadline waits for it.
    """

    def put(run: Callable[P, int]) -> Callable[P, int]:
        known = TIMETABLE.get(name)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            message = f"two jobs are called {name}"
            raise ValueError(message)
        TIMETABLE[name] = Entry(name=name, seconds=seconds, run=run, apart=apart)
        return run

    return put


def each(steps: Iterable[Callable[[], int]]) -> int:
    """Take every step of a round, whatever becomes of another, and answer their sum.

    Raises: the first fault, once all were taken.
    """
    done, faults = 0, list[Exception]()
    for step in steps:
        try:
            done += step()
        except Exception as fault:  # noqa: BLE001 - the edge of a job; it goes on with the next and raises this after
            faults.append(fault)
    if faults:
        raise faults[0]
    return done
