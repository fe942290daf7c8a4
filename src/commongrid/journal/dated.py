"""Dated rows: the period between two columns, for exclusion constraints and for "in force on that day".

Every period is half open: its last column is the first day on which the row no longer holds.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db.models import F, Func, Q, Value

TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
"""Today where the county is, for conditions in SQL; a connection's own day begins eight hours later."""


def period(begin: str, end: str) -> Func:
    """The half-open range of days between two columns, for exclusion constraints."""
    return Func(F(begin), F(end), Value("[)"), function="daterange", output_field=DateRangeField())


def in_force(on: date, begin: str = "from_on", end: str = "to_on", path: str = "") -> Q:
    """That a row's period holds the day; ``path`` leads to the row, e.g. ``by__``."""
    return Q(**{f"{path}{begin}__lte": on}) & (Q(**{f"{path}{end}": None}) | Q(**{f"{path}{end}__gt": on}))


def valid(on: date, path: str = "") -> Q:
    """The same for vocabularies and units, whose columns are ``valid_from`` and ``valid_to``."""
    return in_force(on, "valid_from", "valid_to", path)
