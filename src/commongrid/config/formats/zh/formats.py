"""Figures are grouped by three, as in statistics (GB/T 15835) and in English."""

from __future__ import annotations

from typing import Final

THOUSAND_SEPARATOR: Final = ","
NUMBER_GROUPING: Final = 3
