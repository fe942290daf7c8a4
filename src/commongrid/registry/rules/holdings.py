"""Rules of sites, things and organisations: their next check, their credit codes, the kinds that pages ask for."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Final

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import halfwidth

SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a unified social credit code (GB 32100-2015): no I, O, S, V, Z."""
WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LEADER: Final = "leader"
"""The duty of which an organisation has one holder at a time."""
DWELLING: Final = "11"
"""The kind of site that is somebody's home; it stands on the map as their household."""
DOG: Final = "41"
"""The kind of thing that has a ready ledger of its own."""
SELF_ORGANISED: Final = ("41", "42", "43")
"""The kinds of organisations that every village should have: self-governing, cultural, volunteer (三自)."""
ASKED_FOR: Final = frozenset(
    {("duty", LEADER), ("site", DWELLING), ("thing", DOG), *(("organisation", kind) for kind in SELF_ORGANISED)}
)
"""Codes, with their list, that pages ask for; a county renames them and never ends them."""


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def credit_code(text: str) -> str:
    """A unified social credit code as it is kept, or nothing. Refuses: BadInput where its check sign doesn't fit."""
    plain = "".join(halfwidth(text).split()).upper()
    if not plain:
        return ""
    if len(plain) != len(WEIGHTS) + 1 or any(sign not in SIGNS for sign in plain):
        raise BadInput(N_("A unified social credit code has 18 digits and letters."))
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(plain, WEIGHTS, strict=False))
    if SIGNS.index(plain[-1]) != (31 - total % 31) % 31:
        raise BadInput(N_("The last sign doesn't fit this code; one of the others is wrong."))
    return plain
