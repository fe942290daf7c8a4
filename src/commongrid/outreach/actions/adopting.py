"""Plans decided: approved by the branch meeting, taken back, adopted from a day on, dropped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.outreach.actions.planning import locked_plan
from commongrid.outreach.models import Choice, Declaration, Plan, PlannedLink
from commongrid.outreach.rules.words import carried, refuse_move
from commongrid.registry.models import Household, Person
from commongrid.roster.actions import Face, NewLink, relink
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

STALE = N_(
    "%(count)s households or members of this plan have changed, or said something else, since it was worked out. "
    "Take the approval back and have it worked out anew; what is locked stays."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A branch meeting's decision: its day, how many were present and how many in favour."""

    on: date
    present: int
    in_favour: int


@action("outreach.plan_approved", power="links.edit", facts=("on", "present", "in_favour"), kinds=("post", "clock"))
def approve(scope: Scope, act: Act, *, plan_id: UUID, meeting: Meeting) -> Line:
    """Enter that the branch meeting approved a plan; from then on nobody edits it.

    Refuses: NotYours out of scope; WrongState unless it is ready; BadInput for a day to come or before the plan was
    worked out, and where half or fewer of those present were in favour.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "approve")
    calendar = territory.calendar(scope)
    today = calendar.day_of(act.at)
    if not calendar.day_of(plan.ready_at or act.at) <= meeting.on <= today:
        raise BadInput(fields={"on": N_("The meeting was held after the plan was worked out, today at the latest.")})
    if not carried(meeting.present, meeting.in_favour):
        raise BadInput(
            fields={"in_favour": N_("A plan is approved by more than half of those present, and by no more than came.")}
        )
    plan.state, plan.approved_on, plan.wrote = "approved", meeting.on, scope.post
    plan.present, plan.in_favour = meeting.present, meeting.in_favour
    plan.save()
    facts = {"on": meeting.on, "present": meeting.present, "in_favour": meeting.in_favour}
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", facts=facts, answer={"plan": plan.id})


@action("outreach.plan_reopened", power="links.edit")
def reopen(scope: Scope, act: Act, *, plan_id: UUID) -> Line:
    """Take an approval back, so that the plan can be edited and go to a meeting again.

    Refuses: NotYours out of scope; WrongState unless it is approved and not yet adopted.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "reopen")
    plan.state, plan.approved_on, plan.present, plan.in_favour, plan.wrote = "ready", None, None, None, None
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
    any more gives theirs up. Links of the past stay as they were.

    Refuses: NotYours out of scope; BadInput for a day before today; WrongState unless it is approved, and where
    households or members have changed since, or said something else.
    """
    plan = locked_plan(scope, plan_id)
    refuse_move(plan.state, "adopt")
    if on < territory.calendar(scope).day_of(act.at):
        raise BadInput(fields={"on": N_("Today or later.")})
    rows = list(PlannedLink.objects.filter(plan=plan))
    _refuse_stale(plan, rows, on)
    places = dict(Household.objects.filter(id__in=[one.household_id for one in rows]).values_list("id", "place"))
    phones = dict(Declaration.objects.filter(in_force(on), place=plan.place).values_list("person", "phone"))
    people = {one.member_id for one in rows if one.member_id}
    names = Person.objects.filter(id__in=people).values_list("id", "display_name")
    links = [NewLink(household=one.household_id, place=places[one.household_id], person=one.member_id) for one in rows]
    done = relink(
        scope, act, village=plan.place, on=on, links=links,
        faces={person: Face(name=name, phone=phones.get(person, "")) for person, name in names},
    )  # fmt: skip
    plan.state, plan.adopts_on, plan.ended_at = "adopted", on, act.at
    plan.save()
    facts = {"on": on, "kept": done.kept, "ended": done.ended, "begun": done.begun}
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", facts=facts, answer={"plan": plan.id})


def _refuse_stale(plan: Plan, rows: list[PlannedLink], on: date) -> None:
    """Refuse where a household ended, left or would rather not since, or a member is not able any more or for fewer.

    What was chosen by hand beyond what somebody said they can was the meeting's to see.
    """
    linked = [one for one in rows if one.member_id]
    homes = dict(
        Household.objects.filter(id__in=[one.household_id for one in rows])
        .exclude(state__in=("ended", "empty"))
        .values_list("id", "place")
    )
    said = Declaration.objects.filter(
        in_force(on), place=plan.place, answer="able", person__state__in=("here", "away")
    ).values_list("person", "capacity", "person__household")
    room = {person: capacity for person, capacity, _home in said}
    apart = {(home, person) for person, _capacity, home in said}
    apart |= set(Choice.objects.filter(in_force(on), place=plan.place, sort="not").values_list("household", "member"))
    load = Counter(one.member_id for one in linked if not one.by_hand)
    changed = {one.household_id for one in rows if village_of(homes.get(one.household_id, 10**14)) != plan.place}
    changed |= {one.household_id for one in linked if (one.household_id, one.member_id) in apart}
    unable = {who for one in linked if (who := one.member_id) not in room or load[who] > room[who]}
    if changed or unable:
        raise WrongState(STALE, count=len(changed) + len(unable))
