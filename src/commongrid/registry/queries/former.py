"""What a field of a record was on an earlier day, for figures: one expression, whatever the number of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.timezone import localdate

from commongrid.registry.models import Correction

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.expressions import Combinable


def value_on(of: str, field: str, on: date, column: Any, *, record: str = "pk", now: str = "") -> Combinable:
    """A field as it was on a day, read as the kind of ``column``: of the record whose id stands in ``record``.

    What was written last of the changes that held by the day, else what the first of all replaced, else what stands
    there today (``now`` is the path to it). What was undone counts as never done.
    """
    today = F(now or field)
    if on >= localdate():
        return today
    rows = Correction.objects.stood().filter(subject=OuterRef(record), of=of, field=field)
    by_then = rows.filter(since_on__lte=on).order_by("-at", "-no").values("after")[:1]
    first = rows.order_by("at", "no").values("before")[:1]
    told = Coalesce(Subquery(by_then), Subquery(first), Cast(today, TextField()), output_field=TextField())
    changed = Correction.objects.filter(of=of, field=field).values("subject")  # few: read once, not for each record
    return Case(
        When(**{f"{record}__in": changed}, then=Cast(NullIf(told, Value("")), column)), default=Cast(today, column)
    )
