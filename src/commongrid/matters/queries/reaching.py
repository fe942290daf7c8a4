"""How the person behind a matter can be reached, for those who send: opened at the last moment, never kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from commongrid.accounts.sealed import sealer
from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import place_of
from commongrid.matters.models import Matter, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """A matter's protection, the phone that was left for it, its reader's language; ``repr`` never shows the phone."""

    sealed: bool
    confidential: bool
    phone: str = field(default="", repr=False)
    language: str = "zh"


def reachable(scope: Scope, matter_id: UUID) -> Reachable | None:
    """The phone that the reporter left for this matter, empty where none; nothing for a matter out of sight."""
    with acting(scope):
        matter = Matter.objects.filter(id=matter_id).only("sealed", "confidential", "anonymous").first()
        if matter is None:
            return None
        party = Party.objects.filter(matter_id=matter_id, part="reporter", phone_sealed__isnull=False).first()
    phone = ""
    if party is not None and party.phone_sealed is not None and not matter.anonymous:
        seals = sealer()
        phone = seals.open(bytes(party.phone_sealed), place_of("matters_party", "phone_sealed", party.id))
    language = party.language if party is not None else "zh"
    return Reachable(sealed=matter.sealed, confidential=matter.confidential, phone=phone, language=language)


def protection(scope: Scope, matter_id: UUID) -> bool | None:
    """Whether a matter is kept so closely that nothing is sent unless asked for; None where no phone was left.

    Who reported in confidence is out of the slip's sight, so there the question is always open.
    """
    with acting(scope):
        row = Matter.objects.filter(id=matter_id).values("sealed", "confidential", "anonymous").first()
        if row is None or row["anonymous"]:
            return None
        closed = bool(row["sealed"] or row["confidential"])
        left = closed or Party.objects.filter(matter_id=matter_id, part="reporter", phone_sealed__isnull=False).exists()
    return closed if left else None
