"""Reads of plans: those of a village, one with its households and reasons, what is waiting for the clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, Q
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotYours
from commongrid.outreach.models import Choice, Declaration, Plan, PlannedLink
from commongrid.outreach.queries.coverage import LIVED, homes_on
from commongrid.outreach.rules.planning import AT_ONCE
from commongrid.outreach.rules.words import OPEN
from commongrid.registry.models import Person
from commongrid.roster.models import Assignment
from commongrid.roster.rules import LINKED

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

PAGE: Final = 100
SHOWN: Final = ("changes", "first", "hand", "unlinked", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan: its limits, what it costs, where it stands."""

    id: UUID
    place: int
    state: str
    keep: int
    target: int
    most: int
    least: int
    leaving: int | None
    unlinked: int | None
    figures: dict[str, Any]
    fault: str
    asked_at: datetime
    ready_at: datetime | None
    approved_on: date | None
    entitled: int | None
    present: int | None
    in_favour: int | None
    adopts_on: date | None

    @property
    def open(self) -> bool:
        """Whether it still may become links."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A household of a plan: to whom, from whom, how far, why."""

    household: UUID
    number: str
    door: str
    natural_village: int
    home_state: str
    member: UUID | None
    member_name: str
    now: UUID | None
    now_name: str
    metres: int | None
    reason: str
    facts: dict[str, Any]
    locked: bool
    by_hand: bool

    @property
    def changes(self) -> bool:
        """Whether the household gets another contact than it has, or its first."""
        return self.member != self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many households somebody has in a plan and today, and how many they say they can look after."""

    person: UUID
    name: str
    planned: int
    now: int
    room: int | None = None


def plan(scope: Scope, plan_id: UUID) -> PlanRow:
    """One plan. Refuses: NotYours out of scope."""
    found = Plan.objects.filter(id=plan_id).first()
    if found is None:
        raise NotYours
    return _row(found)


def plans(scope: Scope, place: int, limit: int = 10) -> list[PlanRow]:
    """The plans of a place's villages, the newest first."""
    return [_row(one) for one in Plan.objects.filter(place__range=interval(place)).order_by("-asked_at", "id")[:limit]]


def small(scope: Scope, plan_id: UUID) -> bool:
    """Whether a plan is so small that it is worked out while somebody waits. Refuses: NotYours out of scope."""
    found = Plan.objects.filter(id=plan_id).first()
    if found is None:
        raise NotYours
    able = Declaration.objects.filter(in_force(localdate()), place=found.place, answer="able").count()
    return able * homes_on(found.place, localdate()).count() <= AT_ONCE


def to_link(scope: Scope, village: int) -> int:
    """How many households a plan made today would link: at home, or away with a contact or a wish to be called."""
    called = Choice.objects.filter(in_force(localdate()), place=village, sort="phone").values("household")
    held = Assignment.objects.filter(in_force(localdate()), kind=LINKED).values("household")
    return homes_on(village, localdate()).filter(Q(was=LIVED) | Q(id__in=called) | Q(id__in=held)).count()


def came_since(scope: Scope, of: PlanRow) -> int:
    """How many households at home an open plan does not have: they came since and would be without a contact."""
    if of.state not in ("ready", "approved"):
        return 0
    in_plan = PlannedLink.objects.filter(plan=of.id).values("household")
    return homes_on(of.place, localdate()).filter(Q(was=LIVED)).exclude(id__in=in_plan).count()


def open_plans(scope: Scope, place: int) -> dict[int, PlanRow]:
    """The open plan of each village of a place that has one, in the order of their codes."""
    found = Plan.objects.filter(place__range=interval(place), state__in=OPEN).order_by("place")
    return {one.place: _row(one) for one in found}


def planned(scope: Scope, plan_id: UUID, show: str = "all", page: int = 0) -> tuple[list[PlannedRow], bool]:
    """Households of a plan, a page of them: whose contact changes, who gets a first one, by hand, without, or all."""
    found = PlannedLink.objects.filter(plan=plan_id)
    if show == "changes":
        found = found.exclude(now=None).exclude(member=F("now"))
    elif show == "first":
        found = found.filter(now=None, member__isnull=False)
    elif show == "hand":
        found = found.filter(Q(by_hand=True) | Q(locked=True))
    elif show == "unlinked":
        found = found.filter(member=None)
    rows = found.select_related("household", "member", "now").order_by(
        "household__natural_village", "household__number", "id"
    )
    shown = [_planned(one) for one in rows[page * PAGE : page * PAGE + PAGE + 1]]
    return shown[:PAGE], len(shown) > PAGE


def planned_of(scope: Scope, plan_id: UUID, household: UUID) -> PlannedRow:
    """One household of a plan. Refuses: NotYours where the plan has no such household."""
    found = PlannedLink.objects.filter(plan=plan_id, household=household)
    row = found.select_related("household", "member", "now").first()
    if row is None:
        raise NotYours
    return _planned(row)


def adopted_of(scope: Scope, household: UUID) -> PlannedRow | None:
    """What the plan adopted last said of a household, where that still is its contact today; None otherwise."""
    today = localdate()
    found = PlannedLink.objects.filter(household=household, plan__state="adopted", plan__adopts_on__lte=today)
    rows = found.select_related("household", "member", "now").order_by("-plan__adopts_on", "-plan__asked_at")
    row = rows.first()
    if row is None or row.member_id is None:
        return None
    has = Assignment.objects.filter(in_force(today), kind=LINKED, household=household, post__person=row.member_id)
    return _planned(row) if has.exists() else None


def planned_loads(scope: Scope, plan_id: UUID) -> list[Load]:
    """How many households each has in a plan and today, the most laden first."""
    rows = list(PlannedLink.objects.filter(plan=plan_id).values_list("member", "now"))
    then, now = Counter(one for one, _ in rows if one is not None), Counter(one for _, one in rows if one is not None)
    names = names_of(scope, then.keys() | now.keys())
    found = [Load(person=one, name=names.get(one, ""), planned=then[one], now=now[one]) for one in then | now]
    return sorted(found, key=lambda one: (-one.planned, -one.now, one.name, str(one.person)))


def names_of(scope: Scope, people: Any) -> dict[UUID, str]:
    """Names by id, of those in sight."""
    return dict(Person.objects.filter(id__in=list(people)).values_list("id", "display_name"))


def _planned(one: PlannedLink) -> PlannedRow:
    home = one.household
    return PlannedRow(
        household=home.id, number=home.number, door=home.door, natural_village=home.natural_village,
        home_state=home.state, member=one.member_id, member_name=one.member.display_name if one.member else "",
        now=one.now_id, now_name=one.now.display_name if one.now else "", metres=one.metres, reason=one.reason,
        facts=one.facts, locked=one.locked, by_hand=one.by_hand,
    )  # fmt: skip


def _row(one: Plan) -> PlanRow:
    return PlanRow(
        id=one.id, place=one.place, state=one.state, keep=one.keep, target=one.target, most=one.most, least=one.least,
        leaving=one.leaving, unlinked=one.unlinked, figures=one.figures, fault=one.fault, asked_at=one.asked_at,
        ready_at=one.ready_at, approved_on=one.approved_on, entitled=one.entitled, present=one.present,
        in_favour=one.in_favour, adopts_on=one.adopts_on,
    )  # fmt: skip


def able(scope: Scope, of: PlanRow) -> list[Load]:
    """Those able to link in a plan's village, with how many they have in the plan, the least laden first."""
    found = Declaration.objects.filter(in_force(localdate()), place=of.place, answer="able")
    people = {one: (name, room) for one, name, room in found.values_list("person", "person__display_name", "capacity")}
    laden = {one.person: one for one in planned_loads(scope, of.id)}
    rows = [
        Load(person=one, name=name, planned=laden[one].planned if one in laden else 0,
             now=laden[one].now if one in laden else 0, room=room)
        for one, (name, room) in people.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (one.planned, one.name, str(one.person)))
