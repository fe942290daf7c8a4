"""Plans decided: approved by the branch meeting, taken back, adopted from a day on, dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.outreach.actions.planning import locked_plan
from commongrid.outreach.models import Declaration, Plan, PlannedLink
from commongrid.outreach.queries.stale import stale
from commongrid.outreach.rules.words import carried, refuse_move
from commongrid.registry.models import Household, Person
from commongrid.roster.actions import Face, NewLink, call_links_off, relink
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

A_YEAR: Final = 366
"""Days ahead for which a plan is adopted at the most."""
CARRIED = N_(
    "A plan is approved where more than half of those with a vote came, and more than half of them all are in favour."
)
ANOTHER_LATER = N_("Another plan was adopted for a later day. Call that one off first.")
STALE = N_(
    "%(count)s households or members of this plan have changed, or said something else, since it was worked out. "
    "Take the approval back and have it worked out anew; what is locked stays."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A branch meeting's decision: its day, how many have a vote, how many were present and how many in favour."""

    on: date
    entitled: int
    present: int
    in_favour: int


@action(
    "outreach.plan_approved", power="links.edit", facts=("on", "entitled", "present", "in_favour"),
    kinds=("post", "clock"),
)  # fmt: skip
def approve(scope: Scope, act: Act, *, plan_id: UUID, meeting: Meeting) -> Line:
    """Enter that the branch meeting approved a plan; from then on nobody edits it.

    Refuses: NotYours out of scope; WrongState unless it is ready; BadInput for a day to come or before the plan was
    worked out or edited last, and where half or fewer of those with a vote came or were in favour.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "approve")
    calendar = territory.calendar(scope)
    today = calendar.day_of(act.at)
    final = max(plan.ready_at or act.at, plan.edited_at or plan.ready_at or act.at)
    if not calendar.day_of(final) <= meeting.on <= today:
        raise BadInput(
            fields={"on": N_("The meeting was held after the plan was worked out and edited, today at the latest.")}
        )
    if not carried(meeting.entitled, meeting.present, meeting.in_favour):
        raise BadInput(fields={"in_favour": CARRIED})
    plan.state, plan.approved_on, plan.wrote = "approved", meeting.on, scope.post
    plan.entitled, plan.present, plan.in_favour = meeting.entitled, meeting.present, meeting.in_favour
    plan.save()
    facts = {
        "on": meeting.on, "entitled": meeting.entitled, "present": meeting.present, "in_favour": meeting.in_favour,
    }  # fmt: skip
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", facts=facts, answer={"plan": plan.id})


@action("outreach.plan_reopened", power="links.edit")
def reopen(scope: Scope, act: Act, *, plan_id: UUID) -> Line:
    """Take an approval back, so that the plan can be edited and go to a meeting again.

    Refuses: NotYours out of scope; WrongState unless it is approved and not yet adopted.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "reopen")
    plan.state, plan.approved_on, plan.wrote = "ready", None, None
    plan.entitled = plan.present = plan.in_favour = None
    plan.save()
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", answer={"plan": plan.id})


@action("outreach.plan_dropped", power="links.edit")
def drop(scope: Scope, act: Act, *, plan_id: UUID) -> Line:
    """Drop a plan: it never becomes links. Refuses: NotYours out of scope; WrongState once it is over."""
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "drop")
    plan.state, plan.ended_at = "dropped", act.at
    plan.save()
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", answer={"plan": plan.id})


@action("outreach.plan_adopted", power="links.edit", facts=("on", "kept", "ended", "begun"), kinds=("post", "clock"))
def adopt(scope: Scope, act: Act, *, plan_id: UUID, on: date) -> Line:
    """Make an approved plan hold from a day on: its links begin, those that differ end, the others stay as they are.

    Members without a post get one at the village, so that they see their households from that day; who links nobody
    any more gives theirs up. Links of the past stay as they were. A plan adopted for a later day is dropped.

    Refuses: NotYours out of scope; BadInput for a day before today or more than a year ahead; WrongState unless it is
    approved, and where households or members have changed since, or said something else.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "adopt")
    today = territory.calendar(scope).day_of(act.at)
    if not 0 <= (on - today).days <= A_YEAR:
        raise BadInput(fields={"on": N_("Today or later, at most a year ahead.")})
    rows = list(PlannedLink.objects.filter(plan=plan))
    changed, unable = stale(plan.id, plan.place, on)
    if changed or unable:
        raise WrongState(STALE, count=len(changed) + len(unable))
    places = dict(Household.objects.filter(id__in=[one.household_id for one in rows]).values_list("id", "place"))
    phones = dict(Declaration.objects.filter(in_force(on), place=plan.place).values_list("person", "phone"))
    people = {one.member_id for one in rows if one.member_id}
    names = Person.objects.filter(id__in=people).values_list("id", "display_name")
    links = [NewLink(household=one.household_id, place=places[one.household_id], person=one.member_id) for one in rows]
    done = relink(
        scope, act, village=plan.place, on=on, links=links,
        faces={person: Face(name=name, phone=phones.get(person, "")) for person, name in names},
    )  # fmt: skip
    _to_come(plan, on, today).update(state="dropped", adopts_on=None, ended_at=act.at)
    plan.state, plan.adopts_on, plan.ended_at = "adopted", on, act.at
    plan.save()
    facts = {"on": on, "kept": done.kept, "ended": done.ended, "begun": done.begun}
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", facts=facts, answer={"plan": plan.id})


@action("outreach.plan_called_off", power="links.edit", facts=("on", "begun", "ended"))
def call_off(scope: Scope, act: Act, *, plan_id: UUID) -> Line:
    """Take an adoption back before its day: the links it was to begin never do, those it was to end go on.

    Refuses: NotYours out of scope; WrongState unless it is adopted and its day to come, and where another plan of the
    village was adopted for a day after it.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "call off")
    on, today = plan.adopts_on, territory.calendar(scope).day_of(act.at)
    if on is None or on <= today:
        raise WrongState(N_("This plan holds already. Propose another to change links."))
    if _to_come(plan, on, today).exists():
        raise WrongState(ANOTHER_LATER)
    homes = PlannedLink.objects.filter(plan=plan).values_list("household", flat=True)
    back = call_links_off(scope, act, village=plan.place, homes=list(homes), on=on)
    plan.state, plan.adopts_on, plan.ended_at = "dropped", None, act.at
    plan.save()
    facts = {"on": on, "begun": back.begun, "ended": back.ended}
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", facts=facts, answer={"plan": plan.id})


def _to_come(plan: Plan, on: date, today: date) -> QuerySet[Plan]:
    """Other plans of the village that were adopted for this day or a later one, and don't hold yet."""
    later = Plan.objects.filter(place=plan.place, state="adopted", adopts_on__gte=on, adopts_on__gt=today)
    return later.exclude(id=plan.id)
