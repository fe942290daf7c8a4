"""What the clock does to what waits: wakes it, hands applications on, moves what an ended unit or grid had."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import inside, level_of
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import (
    FACTS,
    Case,
    Target,
    is_barred,
    line,
    moved,
    opened,
    owner_place,
    whereabouts,
    written,
)
from commongrid.matters.actions.protecting import Accused, competent
from commongrid.matters.actions.waiting import left_over
from commongrid.matters.models import Application
from commongrid.matters.queries import waiting as asked
from commongrid.matters.queries.bodies import accused_units, stays_outside
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules.limits import step_due
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.owners import above
from commongrid.matters.rules.routing_round import OUTSIDE
from commongrid.matters.rules.table import EVENTS
from commongrid.roster import queries as roster


@action("matters.woken", power="matters.tick", kinds=("clock",), facts=FACTS)
def wake(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """End a pause on its day, with the time that was left; wake what is parked on its day of review.

    Refuses: WrongState when it goes on already, or before the day.
    """
    case = opened(scope, act, matter_id=matter_id, event="wake")
    if case.matter.due_at is None or case.matter.due_at > act.at:
        raise WrongState
    return moved(case, Call(event="wake"), **left_over(case))


@action("matters.application_raised", power="matters.tick", kinds=("clock",), facts=(*FACTS, "level"))
def raise_application(scope: Scope, act: Act, *, matter_id: UUID, application_id: UUID) -> Line:
    """Hand an application on that nobody decided in time, or whose deputy's post is empty: to the level above.

    Refuses: WrongState where it is decided, at the county, or neither late nor without anybody.
    """
    case = opened(scope, act, matter_id=matter_id, event="fall")
    row = Application.objects.filter(id=application_id, outcome="").first()
    if row is None or row.due_at is None or row.to_level == "county":
        raise WrongState
    seat = asked.seat(scope, whereabouts(case.matter), case.calendar.day_of(act.at))
    if row.due_at <= act.at:
        level = case.matter.handler_level if row.to_level == "unit" else above(row.to_level)
        seat = asked.Seat(level, owner_place(case.matter.place, level))
    if seat == asked.seat_of(row):
        raise WrongState
    row.to_level, row.to_place, row.to_unit_id = seat.level, seat.place, seat.unit
    row.due_at = step_due(case.calendar, act.at, "application", limits(scope)).at
    row.save(update_fields=["to_level", "to_place", "to_unit", "due_at"])
    m = case.matter
    told = line(case, event="fall", before=(m.state, m.owner_level))
    return replace(told, facts={**told.facts, "level": seat.level})


@action("matters.unit_dissolved", power="matters.tick", kinds=("clock",), facts=FACTS)
def dissolve(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """Move a matter out of a unit that has ended: to the unit that follows it, else back to the centre above.

    A sealed one goes to the body that is competent now, else to whoever takes its place at the county.

    Refuses: WrongState while the unit is there, or when it has moved on; NobodyThere for a sealed one that no body
    is set up for.
    """
    case = opened(scope, act, matter_id=matter_id, event="dissolve")
    m = case.matter
    day = case.calendar.day_of(act.at)
    if m.owner_level != "unit" or m.unit_id is None or roster.lives(scope, m.unit_id, day):
        raise WrongState
    target = _sealed(case) if m.sealed else _successor(case)
    return moved(case, Call(event="dissolve", to=target.owner if target else ""), target=target)


@action("matters.left_without_body", power="matters.tick", kinds=("clock",), facts=FACTS)
def leave_without_body(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """Say once that a sealed matter is left without any competent body, so that the county sets one up.

    Nothing of the matter is said. It moves as soon as there is such a body.

    Refuses: WrongState for what is not sealed, or while its unit is there.
    """
    case = opened(scope, act, matter_id=matter_id, event="dissolve")
    m = case.matter
    if not m.sealed or m.unit_id is None or roster.lives(scope, m.unit_id, case.calendar.day_of(act.at)):
        raise WrongState
    return line(case, event="dissolve", before=(m.state, m.owner_level))


@action("matters.grid_ended", power="matters.tick", kinds=("clock",), facts=(*FACTS, "was_place"))
def leave_grid(scope: Scope, act: Act, *, matter_id: UUID, was: int, to: int) -> Line:
    """Move a matter out of a grid that has ended: to a grid that carries it on, or to the village.

    What the ended grid has goes on with whoever answers for the other one; where nobody does it falls to the level
    above, as from any empty post. Everything else stays as it is, and so does the place that figures count it by.

    Refuses: WrongState where it has ended or lies elsewhere meanwhile.
    """
    case = opened(scope, act, matter_id=matter_id, event="fall")
    m = case.matter
    if m.closed_at is not None or m.sealed or m.place != was:
        raise WrongState
    m.place = to
    if m.barred_place == was and level_of(to) == "below":
        m.barred_place = to
    if m.owner_level == "grid" and not _somebody(case, to):
        done = moved(case, Call(event="fall"))
    else:
        if m.owner_level == "grid":
            m.owner_place, m.handler_place = to, to if m.handler_place == was else m.handler_place
        written(case)
        done = line(case, event="fall", before=(m.state, m.owner_level))
    return replace(done, facts={**done.facts, "was_place": was})


def _somebody(case: Case, grid: int) -> bool:
    """Whether anybody at the grid answers for the next step."""
    day = case.calendar.day_of(case.act.at)
    return level_of(grid) == "below" and grid in roster.answered_at(
        case.scope, [grid], EVENTS[case.matter.step].power, day
    )


def _successor(case: Case) -> Target | None:
    """The unit named to follow, if it sees the matter's place and is neither whom it is about nor the former handler.

    A sealed one takes the unit's place.
    """
    m = case.matter
    found = roster.successor(case.scope, m.unit_id, case.calendar.day_of(case.act.at))
    if found is None or not (m.sealed or inside(m.place, found.place)):
        return None
    accused = accused_units(case.scope, m.accused_person_id, m.accused_unit_id)
    about = not accused.isdisjoint(roster.units_over(case.scope, found.id))
    target = Target(place=found.place, unit=found.id)
    return None if about or is_barred(m, target) else target


def _sealed(case: Case) -> Target:
    """Whoever follows the unit, else the body that would take the matter in today; it goes where that body sees it.

    What is about the county's leadership stays with the discipline inspection alone.
    """
    m = case.matter
    level = OUTSIDE if stays_outside(m, case.kind) else ""
    accused = Accused(level=level, person=m.accused_person_id, unit=m.accused_unit_id)
    target = _successor(case) or competent(case, m.place, accused, case.kind.competent)
    m.place = target.place
    return target
