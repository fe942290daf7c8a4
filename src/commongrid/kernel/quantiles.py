"""Quantiles by linear interpolation, the definition spreadsheets and numpy use by default (Hyndman-Fan type 7)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def quantile(ordered: Sequence[int], share: Fraction) -> float | None:
    """The value below which ``share`` (0 to 1) of the ordered whole numbers lie; None where there are none.

    Exact: position ``(n - 1) * share`` is a fraction, and so is the
    interpolation between its two neighbours.
    """
    if not ordered:
        return None
    position = (len(ordered) - 1) * share
    index = int(position)
    if index + 1 >= len(ordered):
        return float(ordered[-1])
    return float(ordered[index] + (position - index) * (ordered[index + 1] - ordered[index]))


def median(ordered: Sequence[int]) -> float | None:
    """The middle of the ordered numbers; None where there are none."""
    return quantile(ordered, Fraction(1, 2))


def p90(ordered: Sequence[int]) -> float | None:
    """The ninth tenth of the ordered numbers; None where there are none."""
    return quantile(ordered, Fraction(9, 10))
