"""Cases taken up (包案): a leader answers for a matter until it is solved; it keeps its owner and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters.models import Matter
from commongrid.matters.queries.taking_up import may_take_up
from commongrid.roster.actions import leave_case, take_case
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

NO_CENTRE: Final = N_("Only the centre of a township or of the county, or a leader, says who takes a case up.")
WHO: Final = N_("Choose a leader who is over the place of the matter and whom it is not about.")
NOT_SO: Final = N_("Sealed matters and those that have ended are taken up by nobody.")


@action("matters.taken_up", power="matters.supervise", facts=("level",))
def take_up(scope: Scope, act: Act, *, matter_id: UUID, leader: UUID | None) -> Line:
    """Have a leader answer for a matter from today on. Whoever has it goes on with it; several leaders may.

    Refuses: NotFound outside the scope; NotAllowed below the township; BadInput for nobody or a leader who is not over
    the place, or whom or whose unit it is about; WrongState for sealed kinds, once it has ended, and for a leader who
    has it already.
    """
    m = _found(scope, matter_id)
    if m.sealed or m.closed_at is not None:
        raise WrongState(NOT_SO)
    on = territory.calendar(scope).day_of(act.at)
    places = {post: place for post, place, _name in may_take_up(scope, m, on)}
    if leader is None or leader not in places:
        raise BadInput(fields={"leader": WHO})
    take_case(scope, act.child("case"), post=leader, matter=m.id, place=m.place, on=on)
    return _line(m, {"level": level_of(places[leader])})


@action("matters.let_go", power="matters.supervise")
def let_go(scope: Scope, act: Act, *, matter_id: UUID, assignment_id: UUID) -> Line:
    """Have a leader no longer answer for a matter, from today on.

    Refuses: NotFound outside the scope; NotAllowed below the township; NotYours for a leader above; WrongState twice.
    """
    m = _found(scope, matter_id)
    on = territory.calendar(scope).day_of(act.at)
    leave_case(scope, act, assignment_id=assignment_id, matter=m.id, on=on)
    return _line(m, {})


def _found(scope: Scope, matter_id: UUID) -> Matter:
    m = Matter.objects.select_for_update().filter(id=matter_id).first()
    if m is None:
        raise NotFound(N_("There is no such matter, or it is not yours to see."))
    if scope.level not in ("township", "county"):
        raise NotAllowed(NO_CENTRE)
    return m


def _line(m: Matter, facts: dict[str, object]) -> Line:
    answer = {"matter": m.id}
    return Line(place=m.place, subject=m.id, subject_kind="matter", unit=m.unit_id, facts=facts, answer=answer)
