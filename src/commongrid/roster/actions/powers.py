"""Which powers a role holds: dated rows, given and withdrawn by whoever keeps the database, never through the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.roster.models import Power, Role, RolePower
from commongrid.roster.rules import refuse_power

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("roster.power_given", power="roster.empower", facts=("role", "given", "from_on"), kinds=("clock",))
def give_power(scope: Scope, act: Act, *, role: str, power: str, from_on: date, place: int) -> Line:
    """Have a role hold a power from a day on; ``place`` is the county whose journal tells of it.

    Refuses: BadInput for an unknown role or power, a day that is over, or a
    power that this role never holds; WrongState where it holds it then already.
    """
    _refuse(role, power, from_on)
    refuse_power(role, power)
    if RolePower.objects.filter(Q(valid_to=None) | Q(valid_to__gt=from_on), role=role, power=power).exists():
        raise WrongState(N_("This role holds this power on that day already."))
    RolePower.objects.create(id=act.id, role_id=role, power_id=power, valid_from=from_on)
    return _line(place, role, given=power, since=from_on)


@action("roster.power_withdrawn", power="roster.empower", facts=("role", "withdrawn", "from_on"), kinds=("clock",))
def withdraw_power(scope: Scope, act: Act, *, role: str, power: str, from_on: date, place: int) -> Line:
    """End a role's power with a day, the first without it; earlier acts stay explained by the row.

    Refuses: BadInput for an unknown role or power or a day that is over;
    WrongState where it does not hold it then.
    """
    _refuse(role, power, from_on)
    if not RolePower.objects.filter(valid(from_on), role=role, power=power).update(valid_to=from_on):
        raise WrongState(N_("This role doesn't hold this power on that day."))
    return _line(place, role, withdrawn=power, since=from_on)


def _refuse(role: str, power: str, from_on: date) -> None:
    if not Role.objects.filter(code=role).exists():
        raise BadInput(N_("There is no role %(role)s."), role=role[:40])
    if not Power.objects.filter(code=power).exists():
        raise BadInput(N_("There is no power %(power)s."), power=power[:40])
    if from_on < localdate():
        raise BadInput(N_("Powers change from today on: what was done before stays explained by what was held then."))


def _line(place: int, role: str, *, since: date, given: str = "", withdrawn: str = "") -> Line:
    facts = {"role": role, "from_on": since.isoformat()} | ({"given": given} if given else {"withdrawn": withdrawn})
    return Line(place=place, subject_kind="role", facts=facts, answer={"role": role})
