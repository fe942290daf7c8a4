"""How complete the records of each village are, counted by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.journal.actions import Line, action
from commongrid.registry.models import RecordTally
from commongrid.registry.queries.completeness import counted
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("registry.records_counted", power="people.count", facts=("rows",), kinds=("clock",))
def count_records(scope: Scope, act: Act, *, county: int) -> Line:
    """Count of each field, village by village, in how many records it is asked for, missing and stale.

    Refuses: nothing; counted again, the same stands there.
    """
    today = territory.calendar(scope).day_of(act.at)
    lines = counted(scope, county, today, by_village=True)
    RecordTally.objects.filter(place__range=(county, county + 10**9 - 1)).delete()
    RecordTally.objects.bulk_create(
        [
            RecordTally(
                place=one.place, of=one.of, field=one.field, who=one.who, weight=one.weight, asked=one.asked,
                missing=one.missing, stale=one.stale, since=one.since, at=act.at,
            )
            for one in lines
        ],
        batch_size=2000,
    )  # fmt: skip
    return Line(place=county, subject_kind="place", facts={"rows": len(lines)}, answer={"rows": len(lines)})
