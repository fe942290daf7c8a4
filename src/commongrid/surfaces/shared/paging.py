"""Which page of a list an address asks for."""

from __future__ import annotations

from typing import Final

from commongrid.kernel.widths import plain_number

DIGITS: Final = 5


def page_asked(text: str) -> int:
    """The number of the page, as the address has it; the first for anything else."""
    return max(1, plain_number(text, DIGITS) or 1)
