"""Reporting: anyone tells the county something, and from that moment somebody owes an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction

from commongrid.journal.actions import Line, action
from commongrid.journal.attachments import Staged, Subject, attach
from commongrid.journal.fixed import lay_row
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_code, slip_hash
from commongrid.kernel.places import enclosing, level_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.cases import Elsewhere, accept_theirs, begin_case, lay
from commongrid.matters.actions.moving import Case, Target, line, owner_place
from commongrid.matters.actions.noting import Instruction, first_due, note_of_report, told_by
from commongrid.matters.actions.numbering import number_ahead, numbers
from commongrid.matters.actions.protecting import (
    NO_CONTACT,
    NOBODY,
    About,
    Accused,
    Contact,
    accuse,
    accused_of,
    competent,
    keep_parties,
    keep_words,
    place_over,
)
from commongrid.matters.actions.timing import start
from commongrid.matters.models import Escalation, ExternalCase, Matter, PublicFace
from commongrid.matters.queries.vocabulary import KindRow, danger_said, kind, limits, pace
from commongrid.matters.rules import words
from commongrid.matters.rules.limits import finish_due
from commongrid.matters.rules.owners import entry, step_of
from commongrid.matters.rules.routing_round import OUTSIDE, at_least
from commongrid.matters.rules.series import series_of
from commongrid.matters.rules.table import EVENTS
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory

LONGEST_TEXT: Final = 8000
LONGEST_TITLE: Final = 60
LONGEST_CONTACT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody tells: kind, place, words, and how to reach whom it concerns.

    ``about`` says whom in the government it is about. ``source`` is the channel.
    ``confidential``: known to the centre, hidden below, the place no finer than
    the village, the words put away until the centre retells them. Without any
    contact the report is anonymous. ``leader`` is the leader's note that it comes
    from. ``photos`` are files that the surface staged before. ``slip`` is of the
    slip that follows it where it was reported before, to a body that had it sealed.
    """

    kind_code: str
    place: int
    text: str
    title: str = ""
    urgency: str = "normal"
    source: str = "villager"
    confidential: bool = False
    contact: Contact = NO_CONTACT
    about: About = NOBODY
    external_system: str = ""
    external_number: str = ""
    elsewhere: Elsewhere | None = None
    leader: Instruction | None = None
    photos: tuple[Staged, ...] = ()
    slip: bytes | None = None


@action(
    "matters.reported",
    power="matters.report",
    kinds=("public", "post"),
    facts=("kind", "to", "has", "series", "urgency"),
    ahead=territory.calendar_ahead,
)
def report(scope: Scope, act: Act, *, report: Report) -> Line:
    """Take in a matter and start its response clock.

    The level that first meets the kind owes acceptance; immediate ones start
    at the township at least, complaints about village affairs at the
    township out of the village's sight, sealed kinds with the competent unit
    alone. Words of danger hold it at the township, out of sight, until the
    centre has sorted it. Where nobody is in post there, the level above has it. The answer
    holds the number; the slip code follows from the matter's id.

    Refuses: BadInput without kind, place or words; NobodyThere where a sealed
    kind has no competent unit and no county centre yet.
    """
    of = kind(scope, report.kind_code)
    _check(report)
    calendar = territory.calendar(scope)
    matter = _fresh(scope, act, report, of)
    day = calendar.day_of(act.at)
    number_ahead(day)
    case = Case(matter, of, scope, act, calendar)
    accused = accused_of(scope, report.about)
    matter.danger_kind = _danger(case, accused)
    _enter(case, report.place, accused)
    matter.number = numbers(matter.place, day, 1)[0]
    kept = keep_words(case)
    theirs = _theirs(case, report)
    leader = told_by(scope, report.leader) if report.leader is not None else None
    if report.leader is not None:
        matter.leader_due_at = first_due(case, report.leader)
    start(case, "receipt" if matter.sealed else "respond")
    if theirs is not None:
        accept_theirs(case, theirs)
    _insert(matter)
    if theirs is not None:
        lay(theirs)
    if report.leader is not None and leader is not None:
        note_of_report(case, leader, report.leader)
    keep_parties(case, report.contact, report.place, report.about.words, rounded=accused is not None)
    attach(scope, act, to=Subject(kept, matter.id, matter.place), files=report.photos)
    round_it = of.routed_round or matter.danger_kind or accused is not None
    if of.visibility == "public" and not round_it and not matter.confidential:
        _show(case, report.place)
    if report.urgency != "normal" and not matter.sealed:
        tell_dispatcher(case)
    facts = {"series": matter.series, "urgency": matter.urgency, "to": matter.state, "has": matter.owner_level}
    done = line(case, event="report", before=("", ""))
    return replace(done, facts={} if matter.sealed else {**facts, "kind": of.code})


def _danger(case: Case, accused: Accused | None) -> str:
    """The sealed kind that the words mean; nothing where the matter goes round the village anyway."""
    if case.kind.sealed or case.kind.routed_round or accused is not None:
        return ""
    said = danger_said(case.scope, f"{case.matter.title}\n{case.matter.text}")
    return said[0][0].code if said else ""


def _theirs(case: Case, report: Report) -> ExternalCase | None:
    """The order of another system that this report is, if it is one."""
    given = report.elsewhere
    if given is None and report.external_number:
        given = Elsewhere(system=report.external_system, number=report.external_number)
    row = begin_case(case, given) if given is not None else None
    if row is not None:
        case.matter.series, case.matter.to_rate = "systems", False
    return row


def _insert(matter: Matter) -> None:
    """Lay the row. Refuses: BadInput where another system's number was taken in before."""
    if not matter.external_number:
        lay_row(matter)
        return
    try:
        with transaction.atomic():
            lay_row(matter)
    except IntegrityError as error:
        known = N_("A matter with this number of the other system is already recorded.")
        raise BadInput(fields={"external_number": known}) from error


def code_of(matter_id: UUID, slip_no: int = 0) -> str:
    """The slip code of a matter, printed whenever somebody needs it again; another one for each new slip."""
    return slip_code(settings.KEYS.slip, uuid5(matter_id, f"slip:{slip_no}") if slip_no else matter_id)


def _check(report: Report) -> None:
    fields: dict[str, str] = {}
    if not report.text.strip():
        fields["text"] = N_("Please say what it is about, in your own words.")
    if len(report.text) > LONGEST_TEXT:
        fields["text"] = N_("This is too long: at most 8,000 characters.")
    if report.urgency not in words.URGENCIES:
        fields["urgency"] = N_("Please choose how urgent it is.")
    if report.source not in words.SOURCES:
        fields["source"] = N_("Please choose where it comes from.")
    contact = report.contact
    if report.source == "anonymous" and (contact.name.strip() or contact.phone.strip()):
        fields["contact"] = N_("Whoever gives no name leaves none here. Choose another source, or take it out.")
    if max(map(len, (contact.name, contact.phone, contact.concerned_name, contact.concerned_phone))) > LONGEST_CONTACT:
        fields["contact"] = N_("A name or phone number is too long.")
    if fields:
        raise BadInput(fields=fields)


def _fresh(scope: Scope, act: Act, report: Report, of: KindRow) -> Matter:
    place = known_place(scope, report.place)
    contact = report.contact
    series = series_of(of.parent, report.source)
    told = bool(contact.name or contact.phone or contact.concerned_name or contact.concerned_phone)
    text = report.text.strip()
    return Matter(
        id=act.id,
        place=place,
        place_then=place,
        kind_id=of.id,
        kind_code=of.code,
        series=series,
        source=report.source,
        urgency=report.urgency,
        title=headline(report.title.strip() or text),
        text=text,
        state="reported",
        opened_at=act.at,
        finish_from=act.at,
        to_rate=of.rated and series == "asked",
        sealed=of.sealed,
        confidential=report.confidential,
        anonymous=report.source == "anonymous" or not told,
        unsealed=report.slip is not None,
        slip_hash=report.slip or slip_hash(settings.KEYS.slip, code_of(act.id)),
        reported_by=scope.post if report.slip is None else None,
        external_system=report.external_system,
        external_number=report.external_number,
    )


def headline(text: str) -> str:
    """A title from somebody's words: the first line, cut between words where it is long."""
    first = text.splitlines()[0]
    if len(first) <= LONGEST_TITLE:
        return first
    head, space, _rest = first[:LONGEST_TITLE].rpartition(" ")
    return f"{head if space and len(head) > LONGEST_TITLE // 2 else first[: LONGEST_TITLE - 1]}…"


def known_place(scope: Scope, code: int) -> int:
    """The place of a matter. Refuses: BadInput for what is no place in force, or is none that matters belong to."""
    found = territory.place_meant(scope, code) if level_of(code) in ("county", "township", "village", "below") else None
    if found is None or found.ended or found.level == "villager_group":
        raise BadInput(N_("Please choose the village."), fields={"place": N_("Please choose the village.")})
    return code


def _enter(case: Case, place: int, accused: Accused | None) -> None:
    """Give the fresh matter its first owner, and hide where it is from those it must not reach.

    Of a confidential one no more than the village is shown; the spot is sealed with the reporter's name.
    """
    m, of = case.matter, case.kind
    m.finish_due_at = finish_due(case.calendar, case.act.at, pace(case.scope, of, m.urgency), limits(case.scope)).at
    if accused is not None:
        accuse(m, accused)
    handled = accused.level if accused else "township" if m.danger_kind else ""
    if of.sealed or handled == OUTSIDE:
        _to_competent(case, competent(case, place, accused, of.competent))
        return
    if m.confidential and level_of(place) == "below":
        m.place = m.place_then = place = enclosing(place, "village") or place
    level = first_level(case, place)
    if of.routed_round or handled:
        m.place = m.place_then = place_over(place, handled or "township")
    settle_owner(case, at_least(level, handled))


def first_level(case: Case, place: int) -> str:
    """The level that first meets a matter of this kind and urgency there."""
    m, of, lowest = case.matter, case.kind, level_of(place)
    level = entry(
        first_level=of.first_level, lowest="village" if lowest == "below" else lowest, urgency=m.urgency, sealed=False,
        routed_round=of.routed_round, confidential=m.confidential,
    )  # fmt: skip
    return "grid" if level == "village" and of.first_level == "grid" and lowest == "below" else level


def _to_competent(case: Case, target: Target) -> None:
    """Hand a sealed matter to its body; its place is that unit's. It ends by its receipt: no finishing limit runs."""
    m = case.matter
    m.sealed, m.to_rate, m.finish_due_at = True, False, None
    m.place = m.place_then = target.place
    m.unit_id, m.owner_level, m.owner_place = target.unit, "unit", None
    m.handler_level, m.handler_place = target.level, target.place
    m.step = "receipt"


def settle_owner(case: Case, level: str) -> None:
    """The level that has it: this one, or the next above where somebody is in post for the step."""
    m = case.matter
    level, m.owner_place = first_owner(case, level)
    m.owner_level = level
    m.step = step_of(m.state, level, sealed=m.sealed, grid_may=case.kind.grid_may)


def first_owner(case: Case, level: str) -> tuple[str, int]:
    """This level, or the next above where somebody is in post to take a matter in, and its place."""
    place = owner_place(case.matter.place, level)
    if level not in ("grid", "village"):
        return level, place
    step = step_of("reported", level, grid_may=case.kind.grid_may)
    return _staffed(case, level, place, EVENTS[step].power)


def _staffed(case: Case, level: str, place: int, power: str) -> tuple[str, int]:
    """This level if somebody answers there, else the one where somebody does; the county at last."""
    found = roster.answering(case.scope, place=place, power=power)
    if found and found[0].fell == 0:
        return level, place
    above = [level_of(one.place) for one in found]
    lands = next((one for one in words.LEVELS[words.LEVELS.index(level) + 1 :] if one in above), "township")
    return lands, owner_place(case.matter.place, lands)


def shown_place(scope: Scope, place: int) -> int:
    """What of a place anybody may know: the natural village, else the village."""
    return territory.natural_village_of(scope, place) or enclosing(place, "village") or place


def _show(case: Case, place: int) -> None:
    """The public face: kind, village and day, never finer than a natural village."""
    shown = shown_place(case.scope, place)
    face = PublicFace(
        id=case.matter.id,
        kind_code=case.kind.code,
        place=shown,
        opened_on=case.calendar.day_of(case.act.at),
        state="open",
        series=case.matter.series,
    )
    lay_row(face)


def tell_dispatcher(case: Case) -> None:
    """Urgent and immediate ones are told to the township's dispatcher at once."""
    m = case.matter
    place = enclosing(m.place, "township") or m.place
    told = Escalation(
        id=case.act.child("told").id, matter_id=m.id, deadline_no=m.deadline_no, sort="told", level=level_of(place),
        place=place, due_at=m.due_at or case.act.at, at=case.act.at,
    )  # fmt: skip
    lay_row(told)
