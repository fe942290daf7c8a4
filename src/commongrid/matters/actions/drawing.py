"""Seeds of the draw: one per month, made once, readable by everybody and never changed."""

from __future__ import annotations

import secrets

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope
from commongrid.matters.models import DrawSeed
from commongrid.matters.queries.vocabulary import draw_seed
from commongrid.territory import queries as territory


def month_seed(scope: Scope, act: Act) -> str:
    """The seed of the month at hand, made where there is none yet. Called by every answer and by publish_seed."""
    month = territory.calendar(scope).day_of(act.at).replace(day=1)
    if kept := draw_seed(scope, month):
        return kept
    fresh = DrawSeed(month=month, value=secrets.token_hex(32), published_at=act.at)
    DrawSeed.objects.bulk_create([fresh], ignore_conflicts=True)
    return draw_seed(scope, month)


@action("matters.seed_published", power="matters.tick", kinds=("clock",), facts=("month",))
def publish_seed(scope: Scope, act: Act) -> Line:
    """Publish the seed of the month at hand before anybody answers in it.

    Refuses: nothing; a month that has one keeps it.
    """
    month_seed(scope, act)
    month = territory.calendar(scope).day_of(act.at).replace(day=1)
    return Line(place=territory.county(scope).code, facts={"month": month}, answer={"month": month})
