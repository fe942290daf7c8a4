"""The clock's part: periods each day, erasures that waited, and those that a restored backup knows nothing of."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.keeping import last_day_kept
from commongrid.kernel.refusals import NotYours, WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.registry.keeping import actions, listing, queries
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

NAME: Final = "registry.retention"
CLOCK: Final = clock(NAME)
MOST_PEOPLE: Final = 50
"""So many people are erased on one day because their time is over; the rest on the next."""


@every(seconds=6 * 3600, name=NAME)
def apply_periods(now: datetime | None = None) -> int:
    """Remove what has been kept long enough, once a day; answers how many rows and people went."""
    at, gone = now or timezone.now(), 0
    faults: list[Exception] = []
    for county in _counties():
        scope = actions.eraser(county)
        on = territory.calendar(scope).day_of(at)
        if on not in {one.on for one in queries.reports(scope, 1)}:
            people = _erase_due(scope, at, on, faults)
            act = Act(uuid5(NAMESPACE_OID, f"commongrid periods {county} {on}"), at)
            gone += int(actions.apply_periods(scope, act, on=on, people=people)["removed"])
    _tell(faults)
    return gone


def _erase_due(scope: Scope, at: datetime, on: date, faults: list[Exception]) -> dict[str, Any]:
    """Erase people whose record ended long enough ago, so many a day, each by an act of their own.

    Answers their line of the report: how many went, stay because they are in office again, and are left for later.
    """
    row: dict[str, Any] = {"kind": "person", "removed": 0, "held": 0, "archive": "", "left": 0}
    rule = queries.rules(scope, on).get("person")
    if rule is None or rule.length is None:
        return row
    for person_id in queries.due(scope, last_day_kept(on, rule.length, rule.unit)):
        if row["removed"] >= MOST_PEOPLE:
            row["left"] += 1
            continue
        act = Act(uuid5(person_id, f"erased when due {on}"), at)
        try:
            row["removed"] += int(actions.erase_when_due(scope, act, person_id=person_id)["people"])
        except WrongState:
            row["held"], row["archive"] = row["held"] + 1, "post"
        except NotYours:  # erased meanwhile
            continue
        except Exception as fault:  # noqa: BLE001 - the others are due too; it is told at the end
            row["left"] += 1
            faults.append(fault)
    return row


@every(seconds=600, name="registry.erasures")
def do_again(path: Path | None = None) -> int:
    """Do each erasure again that stands on the list and not in the database, as after a restore; answers how many.

    What the database knows and the list lacks is written to the list.
    """
    done, counties = 0, set(_counties())
    faults: list[Exception] = []
    listed = listing.read(path)
    known = {one.act: one for county in counties for one in queries.known(actions.eraser(county))}
    for one in listed:
        if one.act not in known and one.place in counties:
            try:
                actions.erase_again(actions.eraser(one.place), Act.new(), again=one)
                done += 1
            except Exception as fault:  # noqa: BLE001 - the others are due too; it is told at the end
                faults.append(fault)
    own = {one.act for one in listing.read()}
    listing.add(one for one in [*known.values(), *listed] if one.act not in own)
    _tell(faults)
    return done


def missing(path: Path | None = None) -> int:
    """How many erasures stand on the list that the database does not know."""
    counties = set(_counties())
    known = {one.act for county in counties for one in queries.known(actions.eraser(county))}
    return sum(one.act not in known and one.place in counties for one in listing.read(path))


@every(seconds=3600, name="registry.erasures_waiting")
def go_on() -> int:
    """Come back for what was still worked on; answers how many erasures are whole now."""
    done = 0
    faults: list[Exception] = []
    for county in _counties():
        scope = actions.eraser(county)
        for ident in queries.waiting(scope):
            act = Act(new_id(), timezone.now())
            try:
                done += not actions.go_on_erasing(scope, act, erasure_id=ident)["waits"]
            except WrongState:  # all of it is still worked on
                continue
            except Exception as fault:  # noqa: BLE001 - the others are due too; it is told at the end
                faults.append(fault)
    _tell(faults)
    return done


def _tell(faults: list[Exception]) -> None:
    if faults:
        message = "erasures failed"
        raise ExceptionGroup(message, faults)


def _counties() -> list[int]:
    with acting(CLOCK):
        return [one.code for one in territory.counties(CLOCK)]
