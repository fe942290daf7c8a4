"""The draw of return visits: anyone with the month's published seed can check who was drawn."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from uuid import UUID


def drawn(seed: str, matter: UUID, share: Decimal) -> bool:
    """Whether a matter is in the sample: its number below the share of all 32-bit numbers."""
    number = int.from_bytes(sha256(f"{seed}:{matter}".encode()).digest()[:4])
    return number < share * 2**32
