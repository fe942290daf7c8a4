"""The clock of kept agreements: whoever mediated is reminded, then the judicial office and the justice bureau are told.

Nobody else is told, because nobody else is in the file.
"""

from __future__ import annotations

from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Mediation
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules.limits import step_due
from commongrid.territory import queries as territory

LEVELS = ("township", "county")
"""Who is told that nobody asked, one after the other."""


@action("matters.check_awaited", power="matters.tick", kinds=("clock",))
def warn_of_check(scope: Scope, act: Act, *, mediation_id: UUID) -> Line:
    """Remind whoever mediated that three quarters of the time for asking are gone.

    Refuses: WrongState once it was asked, or past the day.
    """
    row = _waiting(mediation_id)
    if row.check_due_at is None or row.check_due_at <= act.at or row.check_alarm_at == row.check_due_at:
        raise WrongState
    row.check_alarm_at = row.check_due_at
    row.save(update_fields=["check_alarm_at"])
    return _line(row, {})


@action("matters.check_overdue", power="matters.tick", kinds=("clock",), facts=("level",))
def raise_check(scope: Scope, act: Act, *, mediation_id: UUID, level: str) -> Line:
    """Tell one level that nobody asked whether an agreement was kept: the judicial office first, then the bureau.

    Refuses: WrongState once it was asked, before the day, or where that level was told.
    """
    row = _waiting(mediation_id)
    if row.check_due_at is None or row.check_due_at > act.at or next_told(row.check_raised) != level:
        raise WrongState
    row.check_raised = level
    further = next_told(level)
    row.check_alarm_at = (
        step_due(territory.calendar(scope), act.at, "raise_step", limits(scope)).at if further else None
    )
    row.save(update_fields=["check_raised", "check_alarm_at"])
    return _line(row, {"level": level})


def next_told(raised: str) -> str:
    """Which level is told next, nothing once the county was."""
    return LEVELS[0] if not raised else LEVELS[1] if raised == LEVELS[0] else ""


def _waiting(mediation_id: UUID) -> Mediation:
    row = Mediation.objects.select_for_update().filter(id=mediation_id, outcome="agreed", checked_at=None).first()
    if row is None or row.check_alarm_at is None:
        raise WrongState
    return row


def _line(row: Mediation, facts: dict[str, object]) -> Line:
    answer = {"mediation": row.id, "matter": row.matter_id}
    return Line(place=row.place, subject=row.matter_id, subject_kind="matter", facts=facts, answer=answer)
