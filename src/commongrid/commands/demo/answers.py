"""Stories of what comes after the answer: the same thing reported by several, a second look, a theme."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from commongrid.commands.demo import hours
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing, interval
from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters import actions, jobs
from commongrid.matters.models import Matter
from commongrid.matters.rules.deciding.merging import TAKES_MORE


def merge(scope: Scope, act: Act, *, matter_id: UUID) -> Any:
    """Into an open one of the same kind in the township, the one that leads most first."""
    with acting(scope):
        own = Matter.objects.filter(id=matter_id).values_list("kind_code", "place").first()
        if own is None:
            raise NotFound
        around = interval(enclosing(own[1], "township") or own[1])
        found = Matter.objects.filter(kind_code=own[0], place__range=around, state__in=TAKES_MORE, series="asked")
        found = found.filter(parent=None)
        lead = found.exclude(id=matter_id).order_by("-leads", "-opened_at").values_list("number", flat=True).first()
    if lead is None:
        raise NotFound
    return actions.merge(scope, act, matter_id=matter_id, lead=lead, note="与主办件是同一处。")


def seeds(now: datetime, days: int) -> None:
    """The draws of the months the stories run through, each published before its month."""
    for back in range(days + 62, -1, -7):
        jobs.draw(now - timedelta(days=back))


def theme(posts: list[Scope]) -> None:
    """One theme over what a township's people came about several times."""
    for scope in posts:
        if scope.role != "dispatcher":
            continue
        with acting(scope):
            found = Matter.objects.filter(kind_code="G02", sealed=False, confidential=False, in_theme=None)
            numbers = tuple(found.order_by("opened_at").values_list("number", flat=True)[:4])
        try:
            actions.open_theme(
                scope, hours.act(), name="雨季涵洞和便桥反复损坏", numbers=numbers,
                story="同一片涵洞、便桥每逢大雨就坏，逐件修补不够，放在一起研究排水和管径。",
            )  # fmt: skip
        except Refusal:
            continue
        return
