"""Small pictures in a page's text: pictograms, bars, clocks; every value in them is escaped here."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from commongrid.surfaces.shared import assets, times

SIZE: Final = 'width="20" height="20" viewBox="0 0 24 24"'
"""Pictograms stay small where the style sheet has not come."""
WARN: Final = 75
LATE: Final = 100


@lru_cache(maxsize=1000)
def icon(name: str, label: str = "") -> SafeString:
    """A pictogram of the sprite; silent to screen readers unless it has a ``label``."""
    lines = assets.icons().get(name) or assets.icons()["other"]
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true" focusable="false"'
    return mark_safe(f'<svg class="icon" {SIZE} {said}>{lines}</svg>')  # noqa: S308 - our own file


def bar(percent: float, tone: str = "") -> SafeString:
    """A thin bar drawn as SVG, without inline style; the number beside it says the same to everybody."""
    return _bar(max(0, min(LATE, round(percent or 0))), tone)


@lru_cache(maxsize=1000)
def _bar(width: int, tone: str) -> SafeString:
    return mark_safe(  # noqa: S308 - a number and an escaped word
        f'<svg class="bar {escape(tone)}" width="100" height="6" viewBox="0 0 100 6" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false"><rect class="rest" width="100" height="6"/>'
        f'<rect class="used" width="{width}" height="6"/></svg>'
    )


def clock_bar(
    due: datetime | None, start: datetime | None = None, percent: float | None = None, text: str = ""
) -> SafeString:
    """What is left of a deadline in words and as a bar; warns at 75 %, is late at 100 %.

    ``percent`` is the used share on the matter's own (working) clock; without it elapsed time counts.
    """
    if due is None:
        return SafeString("")
    share = times.used(start, due) if percent is None else max(0, min(LATE, round(percent)))
    overdue = times.used(None, due) >= LATE
    tone = "late" if overdue else "warn" if share >= WARN else ""
    return mark_safe(  # noqa: S308 - each value is escaped
        f'<div class="clock {tone}"><time datetime="{due.isoformat()}" title="{escape(times.when(due))}">'
        f"{escape(text or times.left(due))}</time>{bar(LATE if overdue else share)}</div>"
    )
