"""Seeds of the draw: one per month, made before the month begins; its fingerprint is public at once, the seed after it.

Nobody can guess who will be drawn while it still matters, and nobody can
change the seed afterwards: the fingerprint was there before.
"""

from __future__ import annotations

import secrets
from datetime import date

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope
from commongrid.matters.models import DrawSeed
from commongrid.matters.queries.vocabulary import draw_seed
from commongrid.territory import queries as territory


def month_seed(scope: Scope, act: Act, month: date | None = None) -> str:
    """The seed of a month (the one at hand), made where there is none. Called by every answer and by publish_seed."""
    month = (month or territory.calendar(scope).day_of(act.at)).replace(day=1)
    if kept := draw_seed(scope, month):
        return kept
    fresh = DrawSeed(month=month, value=secrets.token_hex(32), published_at=act.at)
    DrawSeed.objects.bulk_create([fresh], ignore_conflicts=True)
    return draw_seed(scope, month)


@action("matters.seed_published", power="matters.tick", kinds=("clock",), facts=("month",))
def publish_seed(scope: Scope, act: Act, *, month: date | None = None) -> Line:
    """Make the seed of a month and publish its fingerprint before anybody answers in that month.

    Refuses: nothing; a month that has one keeps it.
    """
    month = (month or territory.calendar(scope).day_of(act.at)).replace(day=1)
    month_seed(scope, act, month)
    return Line(place=territory.county(scope).code, facts={"month": month}, answer={"month": month})
