"""What happened to a matter, told in plain words from the journal; officials by title, never a citizen by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from commongrid.journal.queries import LineRow
from commongrid.kernel.refusals import N_
from commongrid.kernel.scope import Scope
from commongrid.matters.queries import MatterDetail, OrderRow, vocabulary
from commongrid.roster import queries as roster
from commongrid.roster.queries import PostLine
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.shared.times import in_a_row, language, when

ACTS: Final = {
    "matters.reported": N_("Reported"),
    "matters.imported": N_("Taken over from an older system"),
    "matters.accepted": N_("Accepted"),
    "matters.routed_round": N_("Routed round whoever it is about"),
    "matters.put_right": N_("Put right"),
    "matters.unsealed": N_("Given back into the common way"),
    "matters.handed_on": N_("Handed on to another competent body"),
    "matters.retold": N_("Retold by the centre"),
    "matters.rejected": N_("Not accepted"),
    "matters.settled": N_("Settled on the spot"),
    "matters.raised": N_("Passed up"),
    "matters.called_up": N_("Taken over from below"),
    "matters.diverted": N_("Diverted"),
    "matters.started": N_("Taken on"),
    "matters.given_back": N_("Given back"),
    "matters.decided": N_("Decided who has it"),
    "matters.answered": N_("Answered"),
    "matters.passed_on": N_("Answer passed on"),
    "matters.sent_back": N_("Sent back to be completed"),
    "matters.split": N_("Split into parts"),
    "matters.meeting_called": N_("Joint meeting called"),
    "matters.attended": N_("Recorded who came to the meeting"),
    "matters.dropped": N_("Part dropped"),
    "matters.reminded": N_("Reminded by letter"),
    "matters.visited": N_("Return visit"),
    "matters.rated": N_("The person has rated"),
    "matters.closed": N_("Filed and closed"),
    "matters.reviewed": N_("Reviewed by the county"),
    "matters.receipted": N_("Handed over with a receipt"),
    "matters.withdrawn": N_("Withdrawn by the reporter"),
    "matters.supervised": N_("Supervised"),
    "matters.replied": N_("Interim answer"),
    "matters.instructed": N_("A leader's note"),
    "matters.reported_back": N_("Answered to the leader"),
    "matters.warned": N_("Warned: three quarters of the time are gone"),
    "matters.overdue": N_("Overdue, told to a level above"),
    "matters.reply_awaited": N_("Reminded: the interim answer is due soon"),
    "matters.reply_missed": N_("No interim answer came in time, the supervisor was told"),
    "matters.recounted": N_("The deadline was counted anew"),
    "matters.timed_out": N_("No rating came in time"),
    "matters.units_rated": N_("The person has rated each office"),
    "matters.merged": N_("Merged into another one"),
    "matters.unmerged": N_("Given back its own way"),
    "matters.recheck_ordered": N_("A recheck was ordered"),
    "matters.recheck_asked": N_("A recheck was asked for"),
    "matters.recheck_chosen": N_("Chosen for a recheck"),
    "matters.recheck_late": N_("A recheck is late"),
    "matters.rechecked": N_("Rechecked"),
    "notices.wished": N_("Wishes about notices changed"),
    "matters.slip_renewed": N_("A new slip was given"),
    "matters.added": N_("The person added something, by slip"),
    "matters.added_for": N_("The person added something, at the counter or by call"),
    "matters.order_linked": N_("A further order of another system is this matter"),
    "matters.order_changed": N_("The other system changed its dates"),
    "matters.order_extended": N_("More time by the other system's rules"),
    "matters.reply_worded": N_("The reply to the other system was put in other words"),
    "matters.result_taken": N_("The other system said what came of it"),
    "matters.mediation_begun": N_("Taken up for mediation"),
    "matters.mediation_sat": N_("The parties sat together"),
    "matters.mediation_worded": N_("The agreement was written down"),
    "matters.mediation_signed": N_("The signed sheet is in the file"),
    "matters.mediation_agreed": N_("Settled by agreement"),
    "matters.mediation_failed": N_("Mediation ended without agreement"),
    "matters.mediation_checked": N_("Asked whether the agreement was kept"),
    "matters.check_awaited": N_("Reminded to ask whether the agreement was kept"),
    "matters.check_overdue": N_("Nobody asked in time whether the agreement was kept; the judicial office was told"),
    "matters.taken_up": N_("A leader took the case up"),
    "matters.let_go": N_("A leader no longer has the case"),
    "matters.note_overdue": N_("The leader's note was not answered in time; the centre was told"),
    "matters.mediation_handed": N_("The file has another mediator"),
    "matters.applied": N_("Asked of the deputy"),
    "matters.granted": N_("Granted"),
    "matters.application_refused": N_("Not granted"),
    "matters.application_raised": N_("Nobody decided in time, so the level above does"),
    "matters.extended": N_("More time given"),
    "matters.paused": N_("Paused"),
    "matters.parked": N_("Parked"),
    "matters.referred": N_("Referred out"),
    "matters.given_up": N_("Ended with reasons"),
    "matters.resumed": N_("Goes on"),
    "matters.woken": N_("The day of review has come"),
    "matters.receipt_taken": N_("The other body gave its receipt"),
    "matters.came_back": N_("The other body did not take it"),
    "matters.asked_again": N_("The person asked the level above"),
    "matters.asked_again_for": N_("The person asked the level above, at the counter or by call"),
    "matters.withdrawn_for": N_("Withdrawn for the person, at the counter or by call"),
    "matters.unit_dissolved": N_("Its unit was dissolved"),
    "matters.left_without_body": N_("Its unit was dissolved and no other body is competent; the county was told"),
    "matters.answered_on_paper": N_("Answered on paper; the sheet is in the file"),
    "matters.rated_on_paper": N_("The person has rated on paper"),
    "matters.published": N_("A public text was written"),
    "matters.publication_approved": N_("The public text was approved"),
    "matters.publication_refused": N_("The public text was not approved"),
    "matters.publication_taken_down": N_("The public text was taken down"),
    "matters.publication_over": N_("The public text was taken down, its last day had come"),
    "matters.grid_ended": N_("Its grid has ended, so it went along"),
    "matters.fell": N_("Nobody in post, so it went to the level above"),
    "registry.change_opened": N_("A matter asked for a change of the register"),
    "registry.change_approved": N_("Reported change approved"),
    "registry.change_refused": N_("Reported change not taken over"),
    "registry.change_late": N_("Reported change not decided in time"),
    "registry.change_closed": N_("Requested change closed with its matter"),
    "registry.change_reopened": N_("What the report led to was undone; it waits again"),
}
LEFT: Final = "matters.grid_ended"
GIVEN: Final = ("matters.diverted", "matters.decided", "matters.reviewed")
STEPS: Final = (
    ("report", N_("Reported")),
    ("accept", N_("Accepted")),
    ("divert", N_("Diverted")),
    ("work", N_("Worked on")),
    ("visit", N_("Return visit")),
    ("rate", N_("Rating")),
    ("close", N_("Closed")),
)
"""The rail over a matter."""
TO_DO: Final = {
    "accept": N_("Accept"),
    "divert": N_("Divert"),
    "work": N_("Work"),
    "visit": N_("Return visit"),
    "rate": N_("Rating"),
    "close": N_("Closing"),
}
"""How the rail's steps are called while they are still to come."""
NOW_AT: Final = {
    "reported": 1,
    "accepted": 2,
    "reopened": 2,
    "returned": 2,
    "diverted": 3,
    "in_hand": 3,
    "paused": 3,
    "parked": 3,
    "woken": 3,
    "referred": 3,
    "split": 3,
    "asked": 3,
    "to_pass": 3,
    "answered": 4,
    "to_rate": 5,
    "to_file": 6,
    "review": 6,
}
DONE_BY: Final = {
    "accept": ("matters.accepted", "matters.settled", "matters.started", "matters.mediation_begun"),
    "divert": ("matters.diverted", "matters.decided", "matters.split", "matters.meeting_called"),
    "work": (
        "matters.answered", "matters.answered_on_paper", "matters.settled", "matters.mediation_agreed",
        "matters.mediation_failed",
    ),
    "visit": ("matters.visited", "matters.rated_on_paper"),
    "rate": ("matters.rated", "matters.units_rated", "matters.rated_on_paper"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened: when, what, by whom, and the words given with it."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RailStep:
    """One step of the rail: done, now or to come."""

    text: str
    note: str = ""
    state: str = ""


def faces_of(scope: Scope, m: MatterDetail) -> dict[UUID, PostLine]:
    """The public faces of everybody whose post acted on the matter, in one query."""
    posts = {line.post for line in m.history if line.post}
    return roster.faces(scope, posts) if posts else {}


def told(
    scope: Scope, m: MatterDetail, faces: Mapping[UUID, PostLine], names: Mapping[UUID, str], places: Mapping[int, str]
) -> list[Told]:
    """The history, the newest first."""
    return [
        Told(
            at=line.at,
            title=title_of(scope, line, m, names, places),
            who=who_of(line, faces),
            text=note.text if (note := m.note_of(line.id)) else "",
        )
        for line in reversed(m.history)
    ]


def title_of(scope: Scope, line: LineRow, m: MatterDetail, names: Mapping[UUID, str], places: Mapping[int, str]) -> str:
    """What happened, as a sentence."""
    plain = _(ACTS[line.name]) if line.name in ACTS else line.name
    if line.name in GIVEN and (order := _order_at(m, line.at)) is not None:
        return _("Diverted to %(who)s") % {"who": target_name(order, names, places)}
    if line.name == "matters.visited" and (result := str(line.facts.get("result", ""))) in words.VISITS:
        return _("Return visit: %(result)s") % {"result": words.say(words.VISITS, result)}
    if line.name in WAITED and (sort := str(line.facts.get("sort", ""))) in SORTS:
        return _("%(what)s: %(sort)s") % {"what": plain, "sort": _(SORTS[sort])} + _until(line)
    if line.name == "matters.put_right" and (changed := [_(text) for fact, text in RIGHTED if fact in line.facts]):
        now = _("%(what)s: %(sort)s") % {"what": plain, "sort": in_a_row(changed)}
        return now + _formerly(scope, line, places)
    if line.name == LEFT:
        now = _("%(what)s: %(sort)s") % {"what": plain, "sort": places.get(line.place_now, "")}
        return now + _formerly(scope, line, places)
    if line.name == "matters.overdue" and (level := str(line.facts.get("level", ""))) in words.LEVELS:
        return _("Overdue: %(level)s was told") % {"level": words.say(words.LEVELS, level)}
    if line.name in JUDGED and line.facts.get("to") == "reopened":
        return _("%(what)s, it is reopened") % {"what": plain}
    return plain


def _until(line: LineRow) -> str:
    """Until which day, as it was asked or granted."""
    try:
        day = date.fromisoformat(str(line.facts.get("until", "")))
    except ValueError:
        return ""
    return _(", until %(day)s") % {"day": when(day, "date")}


RIGHTED: Final = (
    ("was_place", N_("where it belongs")),
    ("was_kind", N_("what it is about")),
    ("was_urgency", N_("how urgent it is")),
)  # fmt: skip
"""What was put right, by the fact that keeps what it was before."""


def _formerly(scope: Scope, line: LineRow, places: Mapping[int, str]) -> str:
    """What it was before."""
    place, of, urgency = (line.facts.get(fact) for fact, _text in RIGHTED)
    was = [
        places.get(int(str(place)), "") if place else "",
        vocabulary.kind_named(scope, str(of), language()) if of else "",
        words.say(words.URGENCIES, str(urgency)) if urgency else "",
    ]  # fmt: skip
    told = [one for one in was if one]
    return _(" (before: %(was)s)") % {"was": in_a_row(told)} if told else ""


JUDGED: Final = ("matters.rated", "matters.units_rated", "matters.rated_on_paper", "matters.visited")
WAITED: Final = (
    "matters.applied", "matters.granted", "matters.application_refused", "matters.extended", "matters.paused",
    "matters.parked", "matters.referred", "matters.given_up",
)  # fmt: skip
SORTS: Final = {
    "extend": N_("More time"),
    "pause": N_("Pause"),
    "park": N_("Parking"),
    "refer": N_("Referral"),
    "end": N_("End with reasons"),
}
"""What is asked of the deputy."""


def target_name(order: OrderRow, names: Mapping[UUID, str], places: Mapping[int, str]) -> str:
    """Whom an order went to."""
    if order.unit:
        return names.get(order.unit, words.say(words.LEVELS, "unit"))
    return places.get(order.place) or words.say(words.LEVELS, order.level)


def _order_at(m: MatterDetail, at: datetime) -> OrderRow | None:
    return next((order for order in m.orders if order.ordered_at == at), None)


def who_of(line: LineRow, faces: Mapping[UUID, PostLine]) -> str:
    """Who did it: an official by title and place, everybody else by kind only."""
    if line.post is not None:
        face = faces.get(line.post)
        if face is None:
            return line.role
        lang = language()
        title, place = face.label(lang), face.place_label(lang)
        return title if place and place in title else f"{place} · {title}"
    sort = line.author.partition(":")[0]
    return {"public": _("on the public page"), "slip": _("by the holder of the slip"), "clock": _("by the clock")}.get(
        sort, ""
    )


def rail(m: MatterDetail, left: str) -> list[RailStep]:
    """The rail: what is done with its day, what is due now with what is left, what is to come."""
    row = m.row
    times = {line.name: line.at for line in m.history}
    if row.outcome in ("rejected", "withdrawn", "handed_over", "merged", "referred", "given_up"):
        return [
            RailStep(text=_("Reported"), note=when(row.opened_at, "short"), state="done"),
            RailStep(text=words.say(words.OUTCOMES, row.outcome), note=when(_ended(m, times), "short"), state="done"),
        ]
    now = len(STEPS) if row.closed_at else NOW_AT.get(row.state, 1) if row.step != "start" else NOW_AT["diverted"]
    return [_rail_step(m, code, at, now, times, left) for at, (code, _text) in enumerate(STEPS)]


def _ended(m: MatterDetail, times: Mapping[str, datetime]) -> datetime | None:
    """When it ended for itself: a merged one when it was merged, though it counts until its lead is over."""
    return times.get("matters.merged") if m.row.outcome == "merged" else m.row.closed_at


def _rail_step(m: MatterDetail, code: str, at: int, now: int, times: Mapping[str, datetime], left: str) -> RailStep:
    if at > now:
        return RailStep(text=_(TO_DO[code]))
    if at == now:
        name = TO_DO[code] if code == "work" else ""
        return RailStep(text=_(name) if name else words.event(m.row.step), note=left, state="now")
    done = _done_at(m, code, times)
    if done is None and code == "work":
        done = m.row.finished_at
    note = when(done, "short") if done else _("not needed")
    return RailStep(text=_(dict(STEPS)[code]), note=note, state="done")


def _done_at(m: MatterDetail, code: str, times: Mapping[str, datetime]) -> datetime | None:
    if code == "report":
        return m.row.opened_at
    if code == "close":
        return m.row.closed_at
    if code == "accept" and m.accepted_at is not None:
        return m.accepted_at
    found = [times[name] for name in DONE_BY[code] if name in times]
    if code == "rate":
        found += [visit.at for visit in m.visits if visit.result == "asked"]
    return max(found, default=None)
