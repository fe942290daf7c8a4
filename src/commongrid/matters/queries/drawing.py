"""The draw as anybody may check it: fingerprints of seeds to come and in use, seeds of months that are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import DrawSeed
from commongrid.territory import queries as territory

SHOWN = 36
"""Months on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A month's draw: the seed's fingerprint, and the seed itself once the month is over."""

    month: date
    published_at: datetime
    fingerprint: str
    seed: str
    in_time: bool


def draws(scope: Scope, now: datetime) -> list[Drawn]:
    """The latest months first. ``in_time``: the fingerprint was public before the month began."""
    calendar = territory.calendar(scope)
    current = calendar.day_of(now).replace(day=1)
    with acting(scope):
        found = list(DrawSeed.objects.order_by("-month")[:SHOWN])
    return [
        Drawn(
            month=one.month,
            published_at=one.published_at,
            fingerprint=sha256(one.value.encode()).hexdigest(),
            seed=one.value if one.month < current else "",
            in_time=calendar.day_of(one.published_at) < one.month,
        )
        for one in found
    ]
