"""Today: what waits for this post, in lanes, with the list behind each and the state of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commongrid.journal import pulses
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import Filters
from commongrid.matters.queries.mediation import MediationLine, to_check
from commongrid.notices.queries import unread
from commongrid.outreach.queries.notices import behind
from commongrid.registry import queries as registry
from commongrid.roster.dividing.queries.seats import SHOWN, Coming, coming
from commongrid.roster.dividing.queries.staffing import ToStaff, to_staff
from commongrid.roster.queries import PostLine, helping, posts_of_the_dead
from commongrid.surfaces.console.matters import leaders, present, taking_up, waiting_page
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import in_a_row
from commongrid.territory import queries as territory
from commongrid.territory.queries import PlaceRow

LANES: Final = {
    "all": (N_("Waits for me"), ""),
    "overdue": (N_("Overdue"), "late"),
    "today": (N_("Due within a day"), "warn"),
    "accept": (N_("To accept"), ""),
    "divert": (N_("To divert"), ""),
    "start": (N_("To take on"), ""),
    "answer": (N_("To answer"), ""),
    "pass_on": (N_("Answers to pass on"), ""),
    "decide": (N_("Given back, to decide"), ""),
    "visit": (N_("To visit or be rated"), ""),
    "close": (N_("To file"), ""),
    "receipt": (N_("Receipts due"), "warn"),
    "woken": (N_("Parked to review"), "warn"),
    "review": (N_("To review"), ""),
    "reply": (N_("Interim answers wanted"), "warn"),
    "leader": (N_("Leaders' notes to answer"), "warn"),
    "recheck": (N_("To look at once more"), ""),
    "resting": (N_("Paused and parked"), ""),
    "below": (N_("Overdue below, told to me"), "late"),
}
"""Lanes by code: name and tone."""
ALWAYS: Final = ("all", "overdue", "today")
"""Lanes that are shown even when nothing is in them."""
SOON: Final = 7
"""So many days ahead an agreement is shown that is to be asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Whether the deadlines are being watched: when the tick last ran, and the hours of office."""

    at: datetime | None
    stopped: bool
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneShown:
    """A lane as the page shows it."""

    code: str
    text: str
    count: int
    tone: str
    url: str
    current: bool
    note: str = ""


@door("matters.read")
def today(request: Asked) -> HttpResponse:
    """What waits for this post; ``lane`` chooses the list."""
    counted = {lane.code: lane.count for lane in queries.lanes(request.scope)}
    applications = waiting_page.to_decide(request.scope)
    chosen = request.GET.get("lane", "all")
    if chosen not in LANES:
        return redirect("today")
    page = queries.queue(request.scope, Filters(lane=chosen), after=request.GET.get("after", "")[:80])
    now = timezone.now()
    changes = _changes(request.scope, now)
    to_plan, to_plan_more = grids_to_come(request.scope)
    return render(
        request,
        "console/today/today.html",
        {
            "now": now,
            "clock": clock(request.scope),
            "lanes": [*lanes(counted, chosen), *_applied(len(applications)), *changes],
            "lane": _(LANES[chosen][0]),
            "chosen": chosen,
            "applications": applications,
            "elsewhere": bool(applications or changes),
            "own_notes": leaders.own(request.scope),
            "rows": present.rows(request.scope, page.rows),
            "next": page.next,
            "checks": checks(request.scope),
            "to_staff": new_grids(request.scope),
            "to_plan": to_plan,
            "to_plan_more": to_plan_more,
            "to_post": old_notices(request.scope),
            "dead": dead_in_office(request.scope),
            "own_cases": taking_up.own(request.scope, localdate()),
            "helped": helped(request),
            "unhelped": helping.without_helper(request.scope, localdate()),
            "waiting": counted.get("all", 0),
            "may_report": request.scope.may("matters.report"),
            "counts": {"today": counted.get("all", 0), "notices": unread(request.scope)},
        },
    )


def helped(request: Asked) -> list[helping.Helped]:
    """Of a named helper: the households that this post helps today."""
    if request.scope.level != "household" or not request.scope.may("people.hardship"):
        return []
    found = helping.helped_by(request.scope, localdate())
    know_places(request, (one.natural_village for one in found))
    return found


def new_grids(scope: Scope) -> list[ToStaff]:
    """Of whoever appoints in a village: its new grids without a head, and posts left in those that have ended."""
    return to_staff(scope, localdate()) if scope.level == "village" and scope.may("posts.appoint") else []


def grids_to_come(scope: Scope) -> tuple[list[Coming], int]:
    """Of whoever appoints in a village: its grids to come that nobody is planned to head, and how many more."""
    if scope.level != "village" or not scope.may("posts.appoint"):
        return [], 0
    return coming(scope, scope.lo, scope.hi, headless=True, most=SHOWN)


def old_notices(scope: Scope) -> list[PlaceRow]:
    """Of whoever keeps a village's links: natural villages whose notice names others than their contacts today."""
    keeps = scope.level == "village" and scope.may("links.edit") and level_of(scope.lo) == "village"
    return behind(scope, scope.lo, localdate()) if keeps else []


def dead_in_office(scope: Scope) -> list[PostLine]:
    """Of whoever appoints: posts whose holders have died, which they end."""
    return posts_of_the_dead(scope, localdate()) if scope.may("posts.appoint") else []


def checks(scope: Scope) -> list[MediationLine]:
    """Agreements that this post mediated and is soon to ask about: whether they were kept."""
    if not scope.may("matters.mediate"):
        return []
    soon = timezone.now() + timedelta(days=SOON)
    return [one for one in to_check(scope) if one.check_due_at is not None and one.check_due_at <= soon]


def lanes(counted: dict[str, int], chosen: str) -> list[LaneShown]:
    """The lanes with something in them, and those that are always shown."""
    base = reverse("today")
    return [
        LaneShown(
            code=code,
            text=_(text),
            count=counted.get(code, 0),
            tone=tone,
            url=base if code == "all" else f"{base}?lane={code}",
            current=code == chosen,
        )
        for code, (text, tone) in LANES.items()
        if code in ALWAYS or counted.get(code) or code == chosen
    ]


def _applied(count: int) -> list[LaneShown]:
    """What was applied for and waits for this post: no matter of its own, and yet its turn."""
    if not count:
        return []
    text = _("Applications to decide")
    return [LaneShown(code="applications", text=text, count=count, tone="warn", url="#applications", current=False)]


def _changes(scope: Scope, now: datetime) -> list[LaneShown]:
    """What the register of a village waits for: changes to decide, records on offer to take over."""
    place = territory.home(scope)
    if place is None or scope.level != "village" or not scope.may("people.edit"):
        return []
    waits, url = registry.waiting(scope, place, now), reverse("changes")
    tone = "late" if waits.late else "warn"
    lanes = (
        (_("Changes of the register to decide"), waits.asked, tone),
        (_("Records on offer"), waits.offered, "warn"),
    )
    return [
        LaneShown(code="changes", text=text, count=count, tone=tone, url=url, current=False)
        for text, count, tone in lanes
        if count
    ]


def clock(scope: Scope) -> Clock:
    """The tick's pulse and the hours of office."""
    pulse = next((one for one in pulses.pulses() if one.job == pulses.CLOCK), None)
    calendar = territory.calendar(scope)
    stretches = calendar.office_on(calendar.day_of(timezone.now()))
    return Clock(
        at=pulse.done_at if pulse else None,
        stopped=pulse is None or pulse.missed,
        hours=in_a_row(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in stretches),
    )


urlpatterns = [path("today/", today, name="today")]
