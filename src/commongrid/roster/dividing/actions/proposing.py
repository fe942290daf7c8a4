"""Proposals asked for, worked out, worked out anew, and kept beside another."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max

from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.places import interval, level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.roster.dividing.actions.drawing import draw, locked_division
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome
from commongrid.roster.dividing.queries.divisions import villages_left
from commongrid.roster.dividing.rules.planning import Outcome, Terms
from commongrid.roster.dividing.rules.words import KEPT_OPEN, OPEN, refuse_move, refuse_terms
from commongrid.territory import queries as territory
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

TOO_MANY = N_("This village has eight open proposals. Drop one of them first.")


@action("roster.division_asked", power="grids.divide", kinds=("post", "clock"))
def propose(scope: Scope, act: Act, *, village: int, terms: Terms) -> Line:
    """Ask for a proposal of a village's grids; ``work_out`` fills it.

    Refuses: NotYours for a village out of scope; BadInput for limits that are none; WrongState where eight lie open.
    """
    if level_of(village) != "village" or not territory.covers_whole(scope, village):
        raise NotYours
    refuse_terms(terms)
    made = _new(act.id, scope, act, village, terms)
    return Line(place=village, subject=made.id, subject_kind="division", answer={"division": made.id})


@action("roster.divisions_asked", power="grids.divide", facts=("count",))
def propose_everywhere(scope: Scope, act: Act, *, place: int, terms: Terms) -> Line:
    """Ask for a proposal in every village of a township or county that has households and no proposal open.

    The clock works them out one after the other.

    Refuses: NotYours out of scope; BadInput for limits that are none or a place that is no township or county;
    WrongState where no village is left.
    """
    if level_of(place) not in ("township", "county"):
        raise BadInput(N_("Choose a township or the county."))
    if not territory.covers_whole(scope, place):
        raise NotYours
    refuse_terms(terms)
    villages = villages_left(scope, place)
    if not villages:
        raise WrongState(N_("In no village is anything left to propose: a proposal is open, or nobody lives there."))
    for village in villages:
        _new(act.child(f"division {village}").id, scope, act, village, terms)
    count = len(villages)
    return Line(place=place, subject_kind="division", facts={"count": count}, answer={"villages": count})


@action("roster.divisions_stopped", power="grids.divide", facts=("count",))
def stop(scope: Scope, act: Act, *, place: int) -> Line:
    """Let go what waits in a township or county to be worked out: proposals that have nothing yet are dropped.

    One that was only to be worked out anew is as it was before.

    Refuses: NotYours out of scope; WrongState where nothing waits.
    """
    if not territory.covers_whole(scope, place):
        raise NotYours
    waiting = list(Division.objects.select_for_update().filter(place__range=interval(place), state="asked"))
    if not waiting:
        raise WrongState(N_("Nothing waits here any more."))
    for one in waiting:
        if one.former:
            one.take_back()
        else:
            one.state, one.ended_at = "dropped", act.at
    terms = [one.name for one in fields(Terms)]
    Division.objects.bulk_update(waiting, ["state", "ended_at", "former", "fault", "quick", "asked_at", *terms])
    facts = {"count": len(waiting)}
    return Line(place=place, subject_kind="division", facts=facts, answer=facts)


@action("roster.division_made", power="grids.divide", facts=("homes", "moved"), kinds=("clock",))
def work_out(scope: Scope, act: Act, *, division_id: UUID, asked_at: datetime, out: Outcome) -> Line:
    """Take what the planner made of a proposal that was asked for at that time. What was locked before stays so.

    Refuses: WrongState where it was worked out, dropped or asked for otherwise meanwhile.
    """
    found = locked_division(scope, division_id)
    if found.state != "asked" or found.asked_at != asked_at:
        raise WrongState
    found.state, found.fault, found.ready_at = "failed" if out.fault else "ready", out.fault, act.at
    found.former = None
    if out.fault:
        found.figures, found.quick = out.figures, False
    else:
        locked = {one.code or one.number for one in found.drawn.filter(locked=True)}
        held = {one.household_id: (one.locked, one.by_hand and one.locked) for one in found.homes.all()}
        draw(act, found, out, locked=locked, held=held)
    found.save()
    moved = 0 if out.fault else found.figures["changed"]
    return Line(
        place=found.place, subject=found.id, subject_kind="division",
        facts={"homes": len(out.homes), "moved": moved}, answer={"division": found.id, "state": found.state},
    )  # fmt: skip


@action("roster.division_asked_anew", power="grids.divide")
def work_out_anew(scope: Scope, act: Act, *, division_id: UUID, terms: Terms) -> Line:
    """Ask for a proposal anew with other limits; locked grids and homes stay, the rest is worked out again.

    Refuses: NotYours out of scope; BadInput for limits that are none; WrongState once it is adopted or over.
    """
    refuse_terms(terms)
    found = locked_division(scope, division_id)
    refuse_move(found.state, "work out")
    found.set_aside()
    for name, value in asdict(terms).items():
        setattr(found, name, value)
    found.alone = list(terms.alone)
    found.state, found.fault, found.share, found.asked_at = "asked", "", 0, act.at
    found.quick = found.drawn.filter(locked=True).exists() or found.homes.filter(locked=True).exists()
    found.save()
    return Line(place=found.place, subject=found.id, subject_kind="division", answer={"division": found.id})


def progressed(scope: Scope, *, division_id: UUID, share: int) -> None:
    """Tell how far the planner is, in per cent."""
    with acting(scope):
        Division.objects.filter(id=division_id).update(share=share)


@action("roster.division_proven", power="grids.divide", kinds=("clock",))
def prove(scope: Scope, act: Act, *, division_id: UUID, asked_at: datetime, gap: int | None) -> Line:
    """Take the proof of a proposal that was answered quickly; none where it could not be proven.

    Refuses: WrongState where it was changed or asked for otherwise meanwhile.
    """
    found = locked_division(scope, division_id)
    if found.state != "ready" or not found.quick or found.asked_at != asked_at:
        raise WrongState
    found.quick, found.figures = False, found.figures | {"gap": gap}
    found.save()
    return Line(place=found.place, subject=found.id, subject_kind="division", answer={"division": found.id})


@action("roster.division_copied", power="grids.divide")
def keep_copy(scope: Scope, act: Act, *, division_id: UUID) -> Line:
    """Keep a copy of a proposal beside it, with its locks, so that one can be changed and the two compared.

    Refuses: NotYours out of scope; WrongState where it is not worked out, or eight lie open.
    """
    of = locked_division(scope, division_id)
    refuse_move(of.state, "copy")
    made = _new(act.id, scope, act, of.place, of.terms)
    made.state, made.figures, made.ready_at = "ready", of.figures, of.ready_at
    made.save()
    new = {one.id: act.child(f"grid {one.number}").id for one in of.drawn.all()}
    grids = list(of.drawn.all())
    homes = list(of.homes.all())
    for one in grids:
        one.id, one.division_id, one.became = new[one.id], made.id, None
    DivisionGrid.objects.bulk_create(grids)
    for home in homes:
        home.id, home.division_id, home.grid_id = act.child(f"home {home.household_id}").id, made.id, new[home.grid_id]
    DivisionHome.objects.bulk_create(homes, batch_size=500)
    return Line(place=of.place, subject=made.id, subject_kind="division", answer={"division": made.id})


def _new(ident: UUID, scope: Scope, act: Act, village: int, terms: Terms) -> Division:
    """A proposal with the next number of its village."""
    Place.objects.select_for_update().filter(code=village).first()
    there = Division.objects.filter(place=village)
    if there.filter(state__in=OPEN).count() >= KEPT_OPEN:
        raise WrongState(TOO_MANY)
    number = (there.aggregate(last=Max("number"))["last"] or 0) + 1
    given = asdict(terms) | {"alone": list(terms.alone)}
    return Division.objects.create(
        id=ident, place=village, number=number, asked_by=scope.post, asked_at=act.at, **given
    )
