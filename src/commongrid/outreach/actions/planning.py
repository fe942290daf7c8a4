"""Plans asked for, worked out, edited by hand and worked out anew."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.outreach.models import Declaration, Plan, PlannedLink
from commongrid.outreach.queries.solving import material, metres_between, task
from commongrid.outreach.rules.planning import Outcome, Terms
from commongrid.outreach.rules.solving import solved
from commongrid.outreach.rules.words import MOST, OPEN, refuse_move
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

KEEP: Final = 5000
"""Metres beyond which keeping a contact is no price any more."""
NEAR, FAR = 100, 30_000
"""Between so many metres somebody may say that nobody is better than a contact further away."""
ONE_OPEN: Final = N_("This village has an open plan already. Adopt or drop that one first.")


@action("outreach.plan_asked", power="links.edit", facts=("village",), kinds=("post", "clock"))
def propose(scope: Scope, act: Act, *, village: int, terms: Terms) -> Line:
    """Ask for a plan of a village's links; ``work_out`` fills it.

    Refuses: NotYours for a village out of scope; BadInput for limits that are none or where nobody is able yet;
    WrongState where an open plan is there already.
    """
    if level_of(village) != "village" or not scope.covers(village):
        raise NotYours
    _refuse_terms(terms)
    if Plan.objects.filter(place=village, state__in=OPEN).exists():
        raise WrongState(ONE_OPEN)
    if not _able(act, scope, village):
        raise BadInput(N_("Nobody in this village has declared to be able yet. Enter what the members say first."))
    with first_come("outreach_plan_one_open", ONE_OPEN):
        Plan.objects.create(id=act.id, place=village, asked_by=scope.post, asked_at=act.at, **asdict(terms))
    return Line(
        place=village, subject=act.id, subject_kind="plan", facts={"village": village}, answer={"plan": act.id}
    )  # fmt: skip


@action("outreach.plans_asked", power="links.edit", facts=("place", "plans"))
def propose_everywhere(scope: Scope, act: Act, *, place: int, terms: Terms) -> Line:
    """Ask for a plan in every village of a township or county where somebody is able and no plan is open.

    The clock works them out one after the other.

    Refuses: NotYours out of scope; BadInput for limits that are none or a place that is no township or county;
    WrongState where no village is left.
    """
    if level_of(place) not in ("township", "county"):
        raise BadInput(N_("Choose a township or the county."))
    if not scope.covers(place):
        raise NotYours
    _refuse_terms(terms)
    today = territory.calendar(scope).day_of(act.at)
    able = Declaration.objects.filter(in_force(today), answer="able", place__range=interval(place))
    taken = set(Plan.objects.filter(place__range=interval(place), state__in=OPEN).values_list("place", flat=True))
    villages = sorted(set(able.values_list("place", flat=True)) - taken)
    if not villages:
        raise WrongState(N_("In no village is anything left to propose: nobody is able yet, or a plan is open."))
    asked = [
        Plan(
            id=act.child(f"plan {village}").id, place=village, asked_by=scope.post, asked_at=act.at, **asdict(terms)
        )
        for village in villages
    ]  # fmt: skip
    with first_come("outreach_plan_one_open"):
        Plan.objects.bulk_create(asked)
    return Line(
        place=place, facts={"place": place, "plans": len(villages)}, answer={"plans": len(villages)},
    )  # fmt: skip


@action("outreach.plans_stopped", power="links.edit", facts=("count",))
def stop(scope: Scope, act: Act, *, place: int) -> Line:
    """Let go what waits in a township or county to be worked out: plans that have nothing yet are dropped.

    One that was only to be worked out anew is as it was before. Asking again takes up what was dropped.

    Refuses: NotYours out of scope; WrongState where nothing waits.
    """
    if not scope.covers(place):
        raise NotYours
    waiting = list(Plan.objects.select_for_update().filter(place__range=interval(place), state="asked"))
    if not waiting:
        raise WrongState(N_("Nothing waits here any more."))
    for plan in waiting:
        if plan.former:
            plan.take_back()
        else:
            plan.state, plan.ended_at = "dropped", act.at
    terms = [one.name for one in fields(Terms)]
    Plan.objects.bulk_update(waiting, ["state", "ended_at", "former", "fault", "asked_at", "ready_at", *terms])
    facts = {"count": len(waiting)}
    return Line(place=place, subject_kind="plan", facts=facts, answer=facts)


@action("outreach.plan_made", power="links.edit", facts=("links", "changes", "fault"), kinds=("post", "clock"))
def work_out(
    scope: Scope, act: Act, *, plan_id: UUID, asked_at: datetime | None = None, out: Outcome | None = None
) -> Line:
    """Work out a plan that was asked for: who is to be whose contact, how far, why. What was locked before stays.

    With ``out``, take what the planner made of it beside the clock as it was asked for at that time.

    Refuses: NotYours out of scope; WrongState where it was worked out, dropped or asked for otherwise meanwhile.
    """
    plan = _plan(scope, plan_id)
    if plan.state != "asked" or (asked_at is not None and plan.asked_at != asked_at):
        raise WrongState
    given = task(scope, plan, territory.calendar(scope).day_of(act.at))
    out = out or solved(given.homes, given.linkers, given.terms)
    plan.state, plan.fault = "failed" if out.fault else "ready", out.fault
    plan.figures, plan.ready_at, plan.former = out.figures, act.at, None
    plan.save(update_fields=["state", "fault", "figures", "ready_at", "former"])
    was = {one.household_id: one for one in PlannedLink.objects.filter(plan=plan, locked=True)}
    held = {one.id for one in given.homes if one.fixed}
    now = {one.id: one.now for one in given.homes}
    by_hand = {home for home, one in was.items() if one.by_hand and home in held}
    links = [one for one in out.links if one.household in now]
    if not out.fault:
        PlannedLink.objects.filter(plan=plan).delete()
    PlannedLink.objects.bulk_create(
        PlannedLink(
            id=act.child(f"household {one.household}").id, plan=plan, place=plan.place, household_id=one.household,
            member_id=one.member, now_id=now[one.household], metres=one.metres, facts=one.facts,
            reason="by_hand" if one.household in by_hand else one.reason, locked=one.household in held,
            by_hand=one.household in by_hand,
        )
        for one in links
    )  # fmt: skip
    changes = out.figures.get("changes", 0)
    return Line(
        place=plan.place, subject=plan.id, subject_kind="plan",
        facts={"links": len(links), "changes": changes, "fault": out.fault}, answer={"plan": plan.id},
    )  # fmt: skip


def keep_curve(plan_id: UUID, asked_at: datetime, points: list[list[int]]) -> int:
    """Keep the slider of a plan that is as it was; no act of anybody's, so apart from the journal. Answers how many."""
    found = Plan.objects.select_for_update().filter(id=plan_id, state="ready", asked_at=asked_at).first()
    if found is None:
        return 0
    found.figures = {**found.figures, "curve": points}
    found.save(update_fields=["figures"])
    return 1


@action("outreach.plan_asked_anew", power="links.edit")
def work_out_anew(scope: Scope, act: Act, *, plan_id: UUID, terms: Terms) -> Line:
    """Ask for a plan anew with other limits; what is locked stays, the rest is worked out again.

    Refuses: NotYours out of scope; BadInput for limits that are none; WrongState once it is approved or over.
    """
    _refuse_terms(terms)
    plan = _plan(scope, plan_id)
    refuse_move(plan.state, "work out")
    plan.set_aside()
    for name, value in asdict(terms).items():
        setattr(plan, name, value)
    plan.state, plan.fault, plan.ready_at, plan.asked_at = "asked", "", None, act.at
    plan.save()
    return Line(place=plan.place, subject=plan.id, subject_kind="plan", answer={"plan": plan.id})


@action("outreach.plan_edited", power="links.edit", facts=("locked",))
def set_link(
    scope: Scope, act: Act, *, plan_id: UUID, household_id: UUID, member_id: UUID | None, locked: bool
) -> Line:
    """Give a household of a plan another contact by hand, or nobody; locked, it stays when the rest is worked anew.

    Refuses: NotYours out of scope; BadInput for somebody who is not able, lives in the household, or whom the
    household would rather not have, or who has 30 already; WrongState once the plan is approved or over.
    """
    plan = _plan(scope, plan_id)
    refuse_move(plan.state, "edit")
    row = PlannedLink.objects.select_for_update().filter(plan=plan, household=household_id).first()
    if row is None:
        raise NotYours
    if member_id is not None and row.member_id != member_id and _laden(plan, member_id) >= MOST:
        raise BadInput(fields={"member": N_("Nobody looks after more than 30 households. Choose another.")})
    today = territory.calendar(scope).day_of(act.at)
    homes, linkers = material(scope, plan.place, today, {}, only=household_id)
    home = next((one for one in homes), None)
    if home is None:
        raise WrongState(N_("This household has ended or moved away since. Have the plan worked out anew."))
    linker = next((one for one in linkers if one.id == member_id), None)
    if member_id is not None and linker is None:
        raise BadInput(fields={"member": N_("Choose somebody who declared to be able.")})
    if linker is not None and (linker.home == home.id or linker.id in home.never):
        raise BadInput(fields={"member": N_("This household and this member don't go together. Choose another.")})
    if row.member_id != member_id:
        row.by_hand, row.reason, row.facts = True, "by_hand", {}
        plan.edited_at = act.at
        plan.save(update_fields=["edited_at"])
    row.member_id, row.locked = member_id, locked
    row.metres = metres_between(home.at, linker.at) if linker else None
    row.save()
    return Line(
        place=plan.place, subject=plan.id, subject_kind="plan", facts={"locked": locked}, answer={"plan": plan.id}
    )  # fmt: skip


def _laden(plan: Plan, member_id: UUID) -> int:
    return PlannedLink.objects.filter(plan=plan, member=member_id).count()


@contextmanager
def first_come(constraint: str, text: str = "") -> Iterator[None]:
    """Refuse in words whoever comes second where two do the same at once, and a constraint lets in one."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise WrongState(text) from None


def locked_plan(scope: Scope, plan_id: UUID) -> Plan:
    """The plan, locked, if the whole village is in scope. Refuses: NotYours."""
    return _plan(scope, plan_id)


def _plan(scope: Scope, plan_id: UUID) -> Plan:
    found = Plan.objects.select_for_update().filter(id=plan_id).first()
    if found is None or not scope.covers(found.place):
        raise NotYours
    return found


def _able(act: Act, scope: Scope, village: int) -> bool:
    today = territory.calendar(scope).day_of(act.at)
    return Declaration.objects.filter(in_force(today), place=village, answer="able").exists()


def _refuse_terms(terms: Terms) -> None:
    faults = {}
    if not 0 <= terms.keep <= KEEP:
        faults["keep"] = N_("A number of metres from 0 to 5,000.")
    if not 1 <= terms.target <= terms.most <= MOST:
        faults["most"] = N_("The target is at least 1, the most not less than it and at most 30.")
    elif not 0 <= terms.least <= terms.target:
        faults["least"] = N_("A number from 0 to the target.")
    if terms.unlinked is not None and not NEAR <= terms.unlinked <= FAR:
        faults["unlinked"] = N_("A number of metres from 100 to 30,000.")
    if terms.leaving is not None and not 0 <= terms.leaving <= KEEP:
        faults["leaving"] = N_("A number of metres from 0 to 5,000.")
    if faults:
        raise BadInput(fields=faults)
