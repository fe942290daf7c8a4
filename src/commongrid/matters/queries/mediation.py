"""Dispute files as read: row-level security decides who sees one at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from commongrid.accounts.sealed import sealer
from commongrid.journal.acting import acting
from commongrid.kernel import masking
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.sealing import place_of
from commongrid.matters.models import Mediation, MediationParty, MediationSession
from commongrid.matters.rules.relations import level_at
from commongrid.roster import queries as roster

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """One party: masked, and in full for the printed agreement."""

    position: int
    name: str
    phone: str
    address: str
    full_name: str
    full_phone: str
    full_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One sitting."""

    on: date
    attended: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationLine:
    """A dispute file in a list."""

    id: UUID
    matter: UUID
    place: int
    number: str
    post: UUID
    mediator: str
    committee: str
    method: str
    opened_at: datetime
    ended_at: datetime | None
    outcome: str
    agreed_on: date | None
    perform_by: date | None
    signed: UUID | None
    signed_at: datetime | None
    check_due_at: datetime | None
    kept: bool | None
    checked_at: datetime | None
    sealed: bool

    @property
    def overdue(self) -> bool:
        """Whether the day for asking whether it was kept has passed."""
        return self.check_due_at is not None and self.checked_at is None and self.check_due_at < timezone.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationRow(MediationLine):
    """A dispute file in full."""

    facts: str
    agreement: str
    performance: str
    ways_on: str
    replaced: str
    found: str
    parties: tuple[PartyRow, ...]
    sessions: tuple[SessionRow, ...]


_LINE = (
    "id", "matter", "place", "number", "post", "mediator", "committee", "method", "opened_at", "ended_at", "outcome",
    "agreed_on", "perform_by", "signed", "signed_at", "check_due_at", "kept", "checked_at", "sealed",
)  # fmt: skip
_WORDS = ("facts", "agreement", "performance", "ways_on", "replaced", "found")
MOST = 100
TOLD_AT: Final = {"township": ("township", "county"), "county": ("county",)}
"""What was raised to which level is shown to whom."""


def mediation(scope: Scope, mediation_id: UUID) -> MediationRow:
    """One dispute file. Refuses: NotFound for whoever is not in it."""
    with acting(scope):
        values = Mediation.objects.filter(id=mediation_id).values(*_LINE, *_WORDS).first()
        if values is None:
            raise NotFound(N_("There is no such file, or it is not yours to see."))
        parties = MediationParty.objects.filter(mediation=mediation_id).order_by("position")
        sessions = MediationSession.objects.filter(mediation=mediation_id).order_by("on", "id")
        return MediationRow(**values, parties=tuple(map(_party, parties)), sessions=tuple(map(_session, sessions)))


def mediations_of(scope: Scope, matter_id: UUID) -> list[MediationLine]:
    """The dispute files of a matter that this reader sees, the newest first."""
    return _lines(scope, matter=matter_id)


def mediations(scope: Scope) -> list[MediationLine]:
    """The dispute files that this reader sees, the newest first."""
    return _lines(scope)


def to_check(scope: Scope) -> list[MediationLine]:
    """Agreements that this post still has to see to, the earliest first: that it mediated, or that nobody asked about.

    The latter come to the judicial office and the justice bureau, once each was told.
    """
    if scope.post is None:
        return []
    told = Q(post=scope.post) | Q(check_raised__in=TOLD_AT.get(level_at(scope.place) if scope.place else "", ()))
    with acting(scope):
        found = Mediation.objects.filter(told, outcome="agreed", checked_at=None, check_due_at__isnull=False)
        found = found.order_by("check_due_at", "id")
        return [MediationLine(**values) for values in found.values(*_LINE)[:MOST]]


def mediators(scope: Scope, place: int) -> list[roster.Answering]:
    """The posts that may mediate where a dispute is: of its village, else of the level above."""
    at = enclosing(place, "village") or enclosing(place, "township") or place
    return roster.answering(scope, place=at, power="matters.mediate")


def _lines(scope: Scope, **where: Any) -> list[MediationLine]:
    with acting(scope):
        found = Mediation.objects.filter(**where).order_by("-opened_at", "id")
        return [MediationLine(**values) for values in found.values(*_LINE)[:MOST]]


def _party(row: MediationParty) -> PartyRow:
    seals = sealer()

    def read(column: str) -> str:
        value = getattr(row, column)
        return seals.open(bytes(value), place_of("matters_mediation_party", column, row.id)) if value else ""

    name, phone, address = read("name_sealed"), read("phone_sealed"), read("address_sealed")
    return PartyRow(
        position=row.position, name=masking.name(name), phone=masking.phone(phone), address=masking.cell(address),
        full_name=name, full_phone=phone, full_address=address,
    )  # fmt: skip


def _session(row: MediationSession) -> SessionRow:
    attended = sealer().open(
        bytes(row.attended_sealed), place_of("matters_mediation_session", "attended_sealed", row.id)
    )
    return SessionRow(on=row.on, attended=attended, note=row.note, at=row.at)
