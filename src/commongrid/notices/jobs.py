"""Making notices from the journal, and sending what goes outside.

Lines older than two days tell nobody anything new and make none, so that a
county that is set up, restored or brought up to date does not write to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid5

import structlog
from django.conf import settings
from django.utils import timezone

from commongrid.accounts.actions import note_code_sent
from commongrid.journal.acting import acting
from commongrid.journal.jobs import follow
from commongrid.journal.queries import LineRow
from commongrid.kernel.places import county_of, enclosing, township_of
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import each, every
from commongrid.matters.queries.leaders import leaders_answered, leaders_waiting
from commongrid.matters.queries.telling import (
    Told,
    application_seats,
    asked_by,
    check_asked,
    parts_given,
    supervisors_of,
    told_of,
    with_followers,
)
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules.table import EVENTS
from commongrid.notices import actions, queries
from commongrid.notices.channels import Channel, Email, Message, Outcome, SmsGateway
from commongrid.notices.models import Notice
from commongrid.notices.queries import NoticeRow
from commongrid.notices.rules import hearing
from commongrid.notices.rules.giving import gives
from commongrid.notices.rules.sending import out_of_quiet
from commongrid.notices.rules.texts import Facts
from commongrid.registry.joining.queries import join_of
from commongrid.registry.queries import asked_again
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory

log = structlog.get_logger("notices")
READER: Final = "notices.read"
SCOPE: Final = clock(READER, "matters.read")
CODES: Final = clock("notices.codes", "accounts.enter")
FRESH: Final = timedelta(days=2)
BATCH: Final = 200
CENTRES: Final = "matters.divert"
"""Who hears of the calendar and the work list: every centre."""

PARTED: Final = ("matters.split", "matters.meeting_called")
NOTES: Final = ("matters.instructed", "matters.reported_back", "matters.note_overdue")
"""Of leaders' notes, whose answer is owed also after the end."""
CHECKS: Final = ("matters.check_awaited", "matters.check_overdue")
"""Of agreements that somebody has to ask about, also when their matter is over."""
SAID: Final = {"matters.supervised": "supervised", "matters.added": "added", "matters.added_for": "added"}
"""Acts that say something to whoever has it, and the sort of their notice."""
APPLIED: Final = ("matters.applied", "matters.application_raised")
DECIDED: Final = ("matters.granted", "matters.application_refused")
"""Of applications, told to whoever applied, also when the matter ended by it."""


@dataclass(frozen=True, slots=True)
class ToPost:
    """A notice to a post."""

    sort: str
    post: UUID
    place: int
    facts: Facts
    matter: UUID | None = None


@every(seconds=10, name=READER)
def read(now: datetime | None = None) -> int:
    """Make the notices that new lines of the journal ask for; answers how many lines were read."""
    at, done = now or timezone.now(), 0
    for _ in range(20):
        lines = follow(READER, lambda rows: _make(rows, at), scope=SCOPE, batch=BATCH)
        done += lines
        if lines < BATCH:
            break
    return done


def _make(rows: list[LineRow], now: datetime) -> None:
    fresh = [row for row in rows if now - row.at < FRESH]
    told = told_of(SCOPE, {row.subject for row in fresh if row.subject and row.subject_kind == "matter"})
    desk = _Desk(territory.calendar(SCOPE).day_of(now))
    joined = with_followers(SCOPE, (one for one in told.values() if one.leads))
    made: list[Notice] = []
    last = {row.subject: row.id for row in fresh if gives(row.name, row.facts)}
    for row in fresh:
        made += [one for to in _of_parts(row, desk) for one in _for_post(row, to, now)]
        if gives(row.name, row.facts) and last[row.subject] != row.id:
            continue  # it went further meanwhile: only whoever has it now is told
        matter = told.get(row.subject) if row.subject else None
        for one in _to_posts(row, matter, desk):
            made += _for_post(row, one, now)
        if matter is not None and (sort := _to_person(row, matter)):
            made += [_for_person(row, one, sort, now) for one in (matter, *joined.get(matter.id, ()))]
    actions.keep(SCOPE, made)


class _Desk:
    """Who answers where, asked once a batch."""

    def __init__(self, day: object) -> None:
        self.day = day
        self.known: dict[tuple[int, str, UUID | None], list[tuple[UUID, int]]] = {}

    def at(self, place: int, power: str, unit: UUID | None = None) -> list[tuple[UUID, int]]:
        """Posts that answer, with their places."""
        key = (place, power, unit)
        if key not in self.known:
            found = roster.answering(SCOPE, place=place, power=power, unit=unit, on=self.day)  # type: ignore[arg-type]
            self.known[key] = [(one.post, one.place) for one in found]
        return self.known[key]


def _to_posts(row: LineRow, m: Told | None, desk: _Desk) -> Iterator[ToPost]:
    if row.name in hearing.FOR_CENTRES:
        yield from _to_centres(row, hearing.FOR_CENTRES[row.name], desk)
    elif row.name in hearing.AT_PLACES:
        yield from _at_places(row, desk)
    elif row.name in hearing.JOINS:
        yield from _of_a_join(row, desk)
    elif row.name in hearing.AGAIN:
        yield from _of_what_waits_again(row, m, desk)
    elif m is not None:
        yield from _of_a_matter(row, m, desk)


def _of_a_matter(row: LineRow, m: Told, desk: _Desk) -> Iterator[ToPost]:
    if row.name in CHECKS:
        yield from _of_a_check(row, m, desk)
    elif row.name in NOTES:
        yield from _of_a_note(row, m, desk)
    elif row.name in DECIDED:
        yield from _each(row, m, "decided", asked_by(SCOPE, m.id, row.at))
    elif m.open:
        yield from _about(row, m, desk)


def _about(row: LineRow, m: Told, desk: _Desk) -> Iterator[ToPost]:
    """Who hears of this line about an open matter, and what; that a sealed one is late its competent body alone."""
    if row.name in APPLIED:
        for seat in application_seats(SCOPE, m.id):
            yield from _each(row, m, "application", desk.at(seat.place, "matters.approve", seat.unit))
    elif row.name == "matters.reply_missed":
        yield from _each(row, m, "reply_missed", supervisors_of(SCOPE, m.id))
    elif row.name == "matters.left_without_body":
        county = enclosing(m.place, "county") or territory.county(SCOPE).code
        for post, at in desk.at(county, CENTRES):
            yield ToPost("no_body", post, at, Facts())
    elif row.name == "matters.overdue":
        place = m.place_at(str(row.facts.get("level", "")))
        yield from _each(row, m, "overdue", desk.at(place, CENTRES) if place else _owing(m, desk))
    elif sort := _to_owner(row, m):
        yield from _each(row, m, sort, _reading(m, desk) if sort == "added" else _owing(m, desk))


def _of_parts(row: LineRow, desk: _Desk) -> Iterator[ToPost]:
    """Each unit hears of the part that it was given: a part has no line of its own."""
    if row.name in PARTED and row.subject:
        for part in parts_given(SCOPE, row.subject, row.at):
            yield from _each(row, part, "given", _owing(part, desk) if part.open else [])


def _to_owner(row: LineRow, m: Told) -> str:
    """The sort of notice that a line means for whoever owes the next step, or nothing."""
    if gives(row.name, row.facts):
        return "given"
    if row.name == "matters.warned":
        return "warned" if m.state != "to_rate" else ""
    if row.name in SAID:
        return SAID[row.name]
    return "sooner" if row.name == "matters.recounted" and row.facts.get("moved") == "sooner" else ""


def _owing(m: Told, desk: _Desk) -> list[tuple[UUID, int]]:
    """The posts that owe the next step, with their places."""
    return desk.at(m.owner, EVENTS[m.step].power if m.step in EVENTS else "matters.handle", m.unit)


def _reading(m: Told, desk: _Desk) -> list[tuple[UUID, int]]:
    """Who reads what the person adds: whoever has it, of what was said in confidence the centre alone."""
    centre = m.place_at("township") or m.place_at("county")
    return desk.at(centre, CENTRES) if m.in_confidence and centre else _owing(m, desk)


def _at_places(row: LineRow, desk: _Desk) -> Iterator[ToPost]:
    """Those who decide about it in the village, and where it waits too long in the township above."""
    sort, power, levels = hearing.AT_PLACES[row.name]
    places = [code for level in levels if row.place_now and (code := level(row.place_now))]
    for post, place in dict.fromkeys(one for code in places for one in desk.at(code, power)):
        yield ToPost(sort, post, place, Facts(date=territory.calendar(SCOPE).day_of(row.at)))


def _of_a_join(row: LineRow, desk: _Desk) -> Iterator[ToPost]:
    """Those who join records where one went on and the other ended in another township, also when that is undone."""
    join = join_of(SCOPE, row)
    ends = (join.place, join.facts.get("from_place", join.place)) if join else ()
    places = {township_of(int(code)) or 0 for code in ends}
    facts = Facts(date=territory.calendar(SCOPE).day_of(row.at))
    if len(places) > 1:
        seats = {one for code in places if code for one in desk.at(code, "people.join") if one[0] != row.post}
        yield from (ToPost(hearing.JOINS[row.name], post, place, facts) for post, place in seats)


def _of_what_waits_again(row: LineRow, m: Told | None, desk: _Desk) -> Iterator[ToPost]:
    """Whoever asked for the change, itself or through a matter, and the village that decides."""
    asked, place = asked_again(SCOPE, row)
    who = asked or (m.reported_by if m else None)
    facts = Facts(date=territory.calendar(SCOPE).day_of(row.at))
    posts = dict.fromkeys([*desk.at(place, "people.edit"), *([(who, row.place_now)] if who else ())])
    yield from (ToPost("change_reopened", post, at, facts) for post, at in posts if post != row.post)


def _of_a_check(row: LineRow, m: Told, desk: _Desk) -> Iterator[ToPost]:
    """Whoever is in the dispute file hears that somebody has to ask whether the agreement was kept."""
    asked = check_asked(SCOPE, m.id, str(row.facts.get("level", "")))
    if asked is None:
        return
    posts = [(asked.post, m.place)] if asked.post else []
    if asked.seat is not None:
        posts = desk.at(asked.seat.place, "matters.mediate", asked.seat.unit)
    for post, place in posts:
        yield ToPost("check", post, place, Facts(number=m.number, date=asked.day), m.id)


def _of_a_note(row: LineRow, m: Told, desk: _Desk) -> Iterator[ToPost]:
    """The centre hears that a leader waits for its answer, the leader that it came or is late."""
    if row.name == "matters.reported_back":
        yield from _each(row, m, "note_answered", leaders_answered(SCOPE, row.id))
        return
    place = m.place_at(str(row.facts.get("level", "")))
    centre = desk.at(place, CENTRES) if place else []
    if row.name == "matters.instructed":
        yield from _each(row, m, "leader_note", centre)
    else:
        waiting = [one for one in leaders_waiting(SCOPE, m.id, row.at) if one[1] == place]
        yield from _each(row, m, "note_late", [*centre, *waiting])


def _each(row: LineRow, m: Told, sort: str, posts: list[tuple[UUID, int]]) -> Iterator[ToPost]:
    """One to each post but whoever did it; of what is closed off from others not even the number."""
    facts = Facts(number=m.number, date=m.due_on) if not m.closed_off else Facts(date=m.due_on)
    for post, place in posts:
        if post != row.post and post not in m.accused:
            yield ToPost("closed_off" if m.closed_off else sort, post, place, facts, m.id)


def _to_centres(row: LineRow, sort: str, desk: _Desk) -> Iterator[ToPost]:
    counties = [one.code for one in territory.set_up(SCOPE)]
    places = [
        code for county in counties for code in (county, *(one.code for one in territory.children(SCOPE, county)))
    ]
    day = territory.calendar(SCOPE).day_of(row.at)
    for post, place in dict.fromkeys(one for code in places for one in desk.at(code, CENTRES)):
        if post != row.post:
            yield ToPost(sort, post, place, Facts(date=day))


def _for_post(row: LineRow, to: ToPost, now: datetime) -> Iterator[Notice]:
    """In the console at once; by e-mail where the county sends any and an address is known."""
    about = {
        "sort": to.sort, "place": to.place, "post": to.post, "matter": to.matter, "facts": to.facts.kept(),
        "at": row.at,
    }  # fmt: skip
    yield Notice(id=uuid5(row.id, f"inbox {to.post}"), channel="inbox", state="sent", done_at=now, **about)
    if settings.NOTICES.email and queries.address_for(SCOPE, to.post)[0]:
        yield Notice(id=uuid5(row.id, f"email {to.post}"), channel="email", next_at=now, **about)


def _to_person(row: LineRow, m: Told) -> str:
    """The sort of notice that a line means for the person, or nothing."""
    if m.part:
        return ""
    granted = row.name == "matters.granted"
    if row.name in hearing.LONGER or (granted and m.state in ("paused", "parked", "in_hand", "split")):
        return "later"
    if row.name in hearing.REFUSED or (granted and row.facts.get("sort") == "end"):
        return "refused"
    if row.name == "matters.referred" or (granted and m.state == "referred"):
        return "referred"
    if m.state == "to_rate" and row.facts.get("to") == "to_rate":
        return "please_rate"
    if row.name in hearing.DONE and row.facts.get("to") in ("answered", "to_file", "closed"):
        return "answered"
    if row.name == "registry.change_reopened":
        return "change_undone" if m.state in hearing.TOLD_DONE else ""
    return hearing.TOLD_SO.get(row.name, "")


def _for_person(row: LineRow, m: Told, sort: str, now: datetime) -> Notice:
    """By message; it belongs to the matter's county, so that only its own administrators see whether it arrives."""
    facts = Facts(number=m.number, date=m.due_on, unit=m.handler_unit)
    ident = uuid5(row.id, "sms person" if m.id == row.subject else f"sms person {m.id}")
    return Notice(
        id=ident, sort=sort, channel="sms", place=county_of(m.place) or m.place, matter=m.id, facts=facts.kept(),
        at=row.at, next_at=now,
    )  # fmt: skip


@every(seconds=15, name="notices.send")
def send(now: datetime | None = None, ways: dict[str, Channel] | None = None) -> int:
    """Send what waits; answers how many were tried. What fails is tried again later, and shown once it is given up.

    A fault over one notice doesn't stop the others: it counts as a try, and is raised when all were seen to.
    """
    at = now or timezone.now()
    open_ways = configured() if ways is None else ways
    return each(partial(_tried, notice, open_ways, at) for notice in queries.waiting(SCOPE, at, BATCH))


def _tried(notice: NoticeRow, ways: dict[str, Channel], at: datetime) -> int:
    try:
        _send(notice, ways, at)
    except Exception:
        actions.note_outcome(SCOPE, notice.id, Outcome(taken=False, fault="not_sent"), at)
        raise
    return 1


@every(seconds=3, name="notices.codes")
def send_codes(now: datetime | None = None, ways: dict[str, Channel] | None = None) -> int:
    """Send the sign-in codes that people asked for, at any hour; answers how many were tried.

    Each is worked out here, sent and forgotten: neither it nor the number is kept or logged.
    """
    way = (configured() if ways is None else ways).get("sms")
    if way is None:
        return 0
    at = now or timezone.now()
    due = queries.code_messages(CODES, at, BATCH)
    for message in due:
        unsent = Outcome(taken=False, final=True, fault="no_text" if message.to else "nobody_to_tell")
        outcome = way.send(message) if message.to and message.text else unsent
        fault = (outcome.fault or "refused")[:24] if outcome.final else ""
        note_code_sent(CODES, code_id=message.id, now=at, taken=outcome.taken, fault=fault)
        if not outcome.taken:
            log.warning("a sign-in code was not sent", fault=outcome.fault)
    return len(due)


def configured() -> dict[str, Channel]:
    """The ways out that the environment names."""
    found = settings.NOTICES
    ways: dict[str, Channel] = {}
    if found.email:
        ways["email"] = Email(sender=found.email)
    if found.sms_url:
        ways["sms"] = SmsGateway(
            url=found.sms_url, key=found.sms_key, secret=found.sms_secret, signature=found.sms_signature
        )
    return ways


def _send(notice: NoticeRow, ways: dict[str, Channel], at: datetime) -> None:
    """One notice in its reader's language, else in Chinese; by its way, outside any transaction, at a decent hour."""
    way = ways.get(notice.channel)
    if way is None:
        actions.drop(SCOPE, notice.id, "no_such_way")
        return
    if notice.channel == "sms" and (later := _decent(at)) > at:
        actions.put_off(SCOPE, notice.id, later)
        return
    with acting(SCOPE):
        whose = notice.matter or notice.id
        to, language = queries.address_for(SCOPE, notice.post) if notice.post else queries.phone_for(SCOPE, whose)
        units = queries.units_named(SCOPE, [notice])
        text = queries.words_of(SCOPE, notice, language, units) or queries.words_of(SCOPE, notice, "zh", units)
    if not to or not text:
        actions.drop(SCOPE, notice.id, "nobody_to_tell" if not to else "no_text")
        return
    subject = text.splitlines()[0][:60] if notice.channel == "email" else ""
    outcome = way.send(Message(id=notice.id, to=to, text=text, subject=subject))
    actions.note_outcome(SCOPE, notice.id, outcome, at)


def _decent(at: datetime) -> datetime:
    with acting(SCOPE):
        found, zone = limits(SCOPE), territory.calendar(SCOPE).zone
    begin, end = (int(found[name].amount) if name in found else 0 for name in ("quiet_from", "quiet_until"))
    return out_of_quiet(at, zone, begin % 24, end % 24)
