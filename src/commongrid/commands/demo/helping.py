"""Named helpers of the demo's households in hardship: officials from outside the village, a few households each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from commongrid.commands.demo import hours
from commongrid.commands.demo.teams import Seat
from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.scope import clock
from commongrid.registry.actions import Recognised, flag
from commongrid.registry.models import HardshipFlag
from commongrid.registry.rules.facts import Told

SCOPE: Final = clock("demo", "people.read", "people.edit", "people.hardship")
HELPED: Final = ("dibao", "dibao_edge", "tekun_home", "rigid_spending", "disabled_severe")
"""Types of flags of households that have a helper."""
EACH: Final = 8
"""So many households at the most look to one helper."""
Tie = Callable[[UUID, UUID, date], None]
"""Ties a post to a household as its helper from a day on."""


def in_need(household: UUID, since: date) -> None:
    """Recognise that a household needs the minimum allowance."""
    what = Recognised(type_code="dibao", household=household, body="县民政局", basis="家庭收入核对")
    flag(SCOPE, hours.act_on(since), what=what, told=Told(on=since, source="民政台账"))


def help_all(seat: Seat, tie: Tie, village: int, since: date) -> None:
    """Give each household of a village in hardship a helper, at the earliest since the network has been there."""
    with acting(SCOPE):
        found = HardshipFlag.objects.filter(
            place__range=interval(village), type_code__in=HELPED, to_on=None, household__isnull=False
        ).order_by("place", "household__number", "-from_on")
        homes = dict(found.values_list("household", "from_on"))
    helper = None
    for n, (household, recognised) in enumerate(homes.items()):
        if n % EACH == 0:
            helper = seat("helper", village, ("帮扶责任人", "Named helper"))
        if helper is not None:
            tie(helper, household, max(since, recognised))
