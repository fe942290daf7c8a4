"""An act: one thing done, named before it is done.

Whoever asks (a form, a phone, a job) makes the id, a UUIDv7, so asking twice is
harmless. Further rows of the same act take ids derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): sorts by the millisecond in which it was made."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def is_id(text: str) -> bool:
    """Whether a text is an id as it is written out; whether there is such a row is another question."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Act:
    """Identity and time of one thing done.

    ``at`` is the server's time of receipt, ``device_at`` what the device's
    clock said, kept beside it and never used to order anything.
    """

    id: UUID
    at: datetime
    device_at: datetime | None = None

    @classmethod
    def new(cls, act_id: UUID | None = None, device_at: datetime | None = None) -> Act:
        """An act received now, with the caller's id or a fresh one."""
        return cls(act_id or new_id(), datetime.now(UTC), device_at)

    def child(self, name: str) -> Act:
        """An act within this one: same time, an id anyone can derive (UUIDv5 of this id and ``name``)."""
        return Act(uuid5(self.id, name), self.at, self.device_at)
