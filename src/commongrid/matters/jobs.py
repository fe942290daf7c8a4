"""The clock of the loop: deadlines are stored, the tick only scans for those that are due.

A tick that is missed, doubled or cut off changes nothing: each thing it does
is an act of its own, with an id that follows from the matter and its deadline.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.jobs import follow
from commongrid.journal.locks import held
from commongrid.journal.queries import LineRow
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import NobodyThere, Refusal
from commongrid.kernel.timetable import each, every
from commongrid.matters import actions
from commongrid.matters.actions.checking import next_told
from commongrid.matters.actions.noting import next_told as note_next_told
from commongrid.matters.actions.ticking import TICK, act_for, next_level
from commongrid.matters.exchange.actions import sweep_sheets
from commongrid.matters.queries import clock as due
from commongrid.matters.queries import publishing, rechecking, waiting
from commongrid.matters.queries import recounting as anew
from commongrid.matters.queries.vocabulary import draw_seed, limits
from commongrid.matters.rules.deciding.waiting import RESTING
from commongrid.matters.rules.table import EVENTS
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory

BATCH: Final = 500
SEED_AHEAD: Final = timedelta(days=7)
"""A month's seed is made so long before it begins."""
LOCK: Final = 7_301_001
"""The advisory lock of the tick, with the schema beside it: one at a time in each county."""
RECOUNTS: Final = 7_301_002
"""The same for counting deadlines anew."""
RECOUNTER: Final = "matters.recount"


@every(seconds=60, name="matters.tick")
def tick(now: datetime | None = None) -> int:
    """Warn, raise overdue and end waits whose time has come; answers how many.

    A fault in one matter doesn't stop the clocks of the others: it is raised when all were seen to.
    """
    with held(LOCK) as first:
        return each(_due(now or timezone.now())) if first else 0


def _due(at: datetime) -> Iterator[Callable[[], int]]:
    """Whatever is due, each to be done by itself."""
    last: due.Alarm | None = None
    while alarms := due.alarms(TICK, at, BATCH, last):
        yield from (partial(_ring, alarm, at) for alarm in alarms)
        last = alarms[-1]
    yield from (partial(_await, one, at) for one in due.awaited_replies(TICK, at, BATCH))
    yield from (partial(_check, one, at) for one in due.checks(TICK, at, BATCH))
    yield from (partial(_late_note, one, at) for one in due.late_notes(TICK, at, BATCH))


@every(seconds=3600, name="matters.fall")
def fall(now: datetime | None = None) -> int:
    """Let matters whose owner's post is empty fall to the level above; answers how many fell."""
    return each(_falling(now or timezone.now()))


def _falling(at: datetime) -> Iterator[Callable[[], int]]:
    yield from _following(at)
    for seat in due.seats(TICK):
        if seat.level == "county" or _somebody(seat, at):
            continue
        for matter_id, number in due.matters_of(TICK, seat):
            act = act_for(matter_id, f"fall:{seat.level}", number, at)
            yield _unless_refused(partial(actions.fall, TICK, act, matter_id=matter_id, deadline_no=number))


@every(seconds=3600, name="matters.applications")
def applications(now: datetime | None = None) -> int:
    """Hand applications on that nobody decided in time, or whose deputy's post is empty; answers how many."""
    at = now or timezone.now()
    return each(
        _unless_refused(
            partial(
                actions.raise_application, TICK, act_for(application, "raised", int(at.timestamp()) // 3600, at),
                matter_id=matter, application_id=application,
            )
        )
        for application, matter in waiting.asked_below(TICK)
    )  # fmt: skip


@every(seconds=60, name="matters.follow_grids")
def follow_grids(now: datetime | None = None) -> int:
    """Have open matters follow when their grid has ended; answers how many moved."""
    return each(_following(now or timezone.now()))


def _following(at: datetime) -> Iterator[Callable[[], int]]:
    with acting(TICK):
        today = territory.calendar(TICK).day_of(at)
    for one in due.left_behind(TICK, today):
        yield _unless_refused(
            partial(actions.leave_grid, TICK, Act(new_id(), at), matter_id=one.id, was=one.was, to=one.to)
        )


@every(seconds=60, name="matters.dissolve")
def dissolve(now: datetime | None = None) -> int:
    """Move what units that have ended still hold to those that follow them; answers how many matters moved.

    That a sealed one finds no body at all is said once; it is looked at again until one is set up.
    """
    at = now or timezone.now()
    return each(partial(_dissolve, matter, unit, number, at) for matter, unit, number in due.orphans(TICK, at))


def _dissolve(matter: UUID, unit: UUID | None, number: int, at: datetime) -> int:
    try:
        actions.dissolve(TICK, act_for(matter, f"dissolved:{unit}", number, at), matter_id=matter)
    except NobodyThere:
        told = act_for(matter, f"without body:{unit}", number, at)
        _harmless(partial(actions.leave_without_body, TICK, told, matter_id=matter))
        return 0
    except Refusal:
        return 0
    return 1


@every(seconds=3600, name="matters.sheets")
def sheets(now: datetime | None = None) -> int:
    """Take away sheets of other systems that nobody decided about for a day; answers how many."""
    at = now or timezone.now()
    act = Act(uuid5(NAMESPACE_OID, f"commongrid sheets {int(at.timestamp()) // 3600}"), at)
    return int(sweep_sheets(TICK, act)["rows"])


@every(seconds=3600, name="matters.publications")
def publications(now: datetime | None = None) -> int:
    """Take down published texts whose last day has passed; answers how many."""
    at = now or timezone.now()
    with acting(TICK):
        today = territory.calendar(TICK).day_of(at)
    return each(
        _unless_refused(partial(actions.end_publication, TICK, act_for(one, "over", 0, at), publication_id=one))
        for one in publishing.over(TICK, today, BATCH)
    )


@every(seconds=3600, name="matters.ratings")
def ratings(now: datetime | None = None) -> int:
    """Release ratings to their units in batches: five at a time, or what a quarter left; answers how many."""
    at = now or timezone.now()
    with acting(TICK):
        cal = territory.calendar(TICK)
        size = int(limits(TICK)["rating_batch"].amount)
    begin = _quarter(cal.day_of(at))
    done = 0
    for batch in _batches(due.held_ratings(TICK), size, begin, cal.zone):
        act = Act(uuid5(NAMESPACE_OID, "commongrid ratings " + " ".join(map(str, batch))), at)
        done += len(batch) * _harmless(partial(actions.release_ratings, TICK, act, ratings=batch))
    return done


@every(seconds=3600, name="matters.rechecks")
def rechecks(now: datetime | None = None) -> int:
    """Choose what ratings owe a recheck, order what is due to be ordered, hand on what is late; answers how many."""
    at = now or timezone.now()
    with acting(TICK):
        zone = str(territory.calendar(TICK).zone)
    return each(_rechecking(at, zone))


def _rechecking(at: datetime, zone: str) -> Iterator[Callable[[], int]]:
    for one in rechecking.owed(TICK, at, zone):
        chosen = partial(actions.choose_recheck, TICK, act_for(one.rating, "recheck", 0, at), owed=one)
        yield _unless_refused(chosen, counts=False)
    for matter, was in rechecking.late(TICK, at):
        act = act_for(matter, f"late:{was.isoformat()}", 0, at)
        yield _unless_refused(partial(actions.late_recheck, TICK, act, matter_id=matter))
    for cause, matter in rechecking.to_order(TICK, at):
        yield _unless_refused(partial(actions.order_recheck, TICK, act_for(cause, "order", 0, at), matter_id=matter))


@every(seconds=3600, name="matters.draw")
def draw(now: datetime | None = None) -> int:
    """Make the seed of the month's draws, and of the next some days before it begins; answers how many are new."""
    at = now or timezone.now()
    with acting(TICK):
        today = territory.calendar(TICK).day_of(at)
        ahead = {today.replace(day=1), (today + SEED_AHEAD).replace(day=1)}
        missing = sorted(month for month in ahead if not draw_seed(TICK, month))
    acts = ((month, Act(uuid5(NAMESPACE_OID, f"commongrid draw {month}"), at)) for month in missing)
    return sum(_harmless(partial(actions.publish_seed, TICK, act, month=month)) for month, act in acts)


@every(seconds=10, name=RECOUNTER)
def recount(now: datetime | None = None) -> int:
    """Count open deadlines anew where the calendar or a rule changed, batch by batch; answers how many were looked at.

    A recount that is cut off goes on behind the last matter it saw to; one counted twice comes out the same.
    """
    at = now or timezone.now()
    follow(RECOUNTER, _note_changes, scope=TICK)
    with acting(TICK):
        today = territory.calendar(TICK).day_of(at)
    with held(RECOUNTS) as first:
        waiting = anew.waiting_recounts(TICK, today) if first else []
        return sum(_go_on(one, at) for one in waiting)


def _note_changes(rows: list[LineRow]) -> None:
    """A changed calendar asks for a recount."""
    changed = [row.id for row in rows if row.name in ("calendar.published", "calendar.hours_set")]
    if changed:
        actions.ask_for_recounts(TICK, changed)


def _go_on(of: anew.RecountRow, at: datetime) -> int:
    """Go on with a recount to its end."""
    seen, reached = 0, of
    while batch := anew.next_matters(TICK, reached, BATCH):
        moved = Counter(_count_anew(of.id, matter_id, at) for matter_id in batch)
        actions.go_on_recount(TICK, of.id, batch[-1], len(batch), moved)
        seen, reached = seen + len(batch), replace(reached, reached=batch[-1])
    actions.go_on_recount(TICK, of.id, None, 0, Counter(), done_at=at)
    return seen


def _count_anew(cause: UUID, matter_id: UUID, at: datetime) -> str:
    try:
        return str(
            actions.recount(TICK, actions.act_of(cause, matter_id, at), matter_id=matter_id, cause=cause)["moved"]
        )
    except Refusal:
        return ""


def _ring(alarm: due.Alarm, at: datetime) -> int:
    """Do the one thing that is due for a deadline."""
    number, m = alarm.deadline_no, alarm.id
    if alarm.due_at > at:
        act = act_for(m, "warned", number, at)
        return _harmless(partial(actions.warn, TICK, act, matter_id=m, deadline_no=number))
    if alarm.state in RESTING:
        return _harmless(partial(actions.wake, TICK, act_for(m, "woken", number, at), matter_id=m))
    if alarm.state == "to_rate":
        act = act_for(m, "timed_out", number, at)
        return _harmless(partial(actions.time_out, TICK, act, matter_id=m, deadline_no=number))
    level = next_level(alarm.owner_level, alarm.handler_level, alarm.raised_level, alarm.state)
    act = act_for(m, f"overdue:{level}", number, at)
    return _harmless(partial(actions.raise_overdue, TICK, act, matter_id=m, deadline_no=number, level=level))


def _await(one: due.Awaited, at: datetime) -> int:
    """Warn of an interim answer, or tell its supervisor that it did not come; once each."""
    act = Act(uuid5(one.id, "missed" if one.missed else "awaited"), at)
    tell = actions.miss_reply if one.missed else actions.warn_of_reply
    return _harmless(partial(tell, TICK, act, matter_id=one.matter, supervision_id=one.id))


def _check(one: due.Check, at: datetime) -> int:
    """Remind whoever mediated, or tell the next level that nobody asked whether the agreement was kept; once each."""
    if one.due_at > at:
        act = Act(uuid5(one.id, f"check awaited {one.due_at.isoformat()}"), at)
        return _harmless(partial(actions.warn_of_check, TICK, act, mediation_id=one.id))
    level = next_told(one.raised)
    act = Act(uuid5(one.id, f"check overdue {level} {one.due_at.isoformat()}"), at)
    return _harmless(partial(actions.raise_check, TICK, act, mediation_id=one.id, level=level))


def _late_note(one: due.LateNote, at: datetime) -> int:
    """Tell a level that a leader waits past the day; once each."""
    level = note_next_told(one.level, one.raised)
    act = Act(uuid5(one.id, f"note overdue {level}"), at)
    return _harmless(partial(actions.raise_note, TICK, act, note_id=one.id, level=level))


def _harmless(do: Callable[[], object]) -> int:
    """Run one action; a matter that moved on meanwhile is no fault."""
    try:
        do()
    except Refusal:
        return 0
    return 1


def _unless_refused(do: Callable[[], object], *, counts: bool = True) -> Callable[[], int]:
    """The same, to be run later."""
    return lambda: _harmless(do) * counts


def _somebody(seat: due.Seat, at: datetime) -> bool:
    """Whether anybody in post, or standing in, answers for the next step of this owner."""
    with acting(TICK):
        day = territory.calendar(TICK).day_of(at)
        power = EVENTS[seat.step].power
        found = roster.answering(TICK, place=seat.place, power=power, unit=seat.unit, on=day)
    return bool(found) and found[0].fell == 0


def _batches(held: Iterable[due.Held], size: int, quarter: date, zone: ZoneInfo) -> Iterator[tuple[UUID, ...]]:
    """Per handler: fives, and before a new quarter whatever the last one left."""
    by_handler: dict[tuple[UUID | None, int], list[due.Held]] = defaultdict(list)
    for one in held:
        by_handler[(one.unit, one.handler_place if one.unit is None else 0)].append(one)
    for rows in by_handler.values():
        old = [one.id for one in rows if one.at.astimezone(zone).date() < quarter]
        fresh = [one.id for one in rows if one.id not in set(old)]
        if old:
            yield tuple(old)
        full = len(fresh) - len(fresh) % size
        for start in range(0, full, size):
            yield tuple(fresh[start : start + size])


def _quarter(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
