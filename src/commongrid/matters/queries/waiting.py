"""Waiting and other ends: who decides on an application, what waits for whom, what is parked, bodies and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput
from commongrid.matters.models import Application, Matter, Note, Referral, ReferralBody, WaitingReason
from commongrid.matters.queries.listing import PAGE, in_sight
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules import words
from commongrid.matters.rules.relations import Whereabouts, level_at, relations
from commongrid.roster import queries as roster

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

APPROVE: Final = "matters.approve"
APPROVING: Final = (*words.APPROVED, "grant", "refuse")
"""Events that need the deputy."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who decides: a unit, or a level at a place."""

    level: str
    place: int
    unit: UUID | None = None

    def is_of(self, scope: Scope) -> bool:
        """Whether this scope decides here."""
        if not scope.may(APPROVE):
            return False
        if self.unit is not None:
            return scope.unit == self.unit
        return scope.level == self.level and scope.place == self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """A body that a matter may be referred to."""

    id: UUID
    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    contact: str
    valid_from: date
    valid_to: date | None

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh

    def about(self, lang: str) -> str:
        """What it is for, in the language asked for."""
        return self.about_en if lang == "en" else self.about_zh


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """A reason of the county's list, with what it advises the person."""

    id: UUID
    sort: str
    code: str
    zh: str
    en: str
    advice_zh: str
    advice_en: str

    def label(self, lang: str) -> str:
        """The reason in the language asked for."""
        return self.en if lang == "en" else self.zh

    def advice(self, lang: str) -> str:
        """What the person can do, in the language asked for."""
        return (self.advice_en if lang == "en" else "") or self.advice_zh


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """What the deputy was asked for or did, as pages show it."""

    id: UUID
    sort: str
    asked_at: datetime
    asked_by: UUID | None
    until: date | None
    reason: ReasonRow | None
    body: BodyRow | None
    told: str
    to: Seat
    due_at: datetime | None
    outcome: str
    decided_at: datetime | None
    decided_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """A referral, as pages show it."""

    body: BodyRow
    referred_at: datetime
    receipt_due_at: datetime
    outcome: str
    ended_at: datetime | None
    number: str
    received_on: date | None
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """A parked matter with why, until when it is looked at, how often it was parked, and how the person was told."""

    row: MatterRow
    reason: ReasonRow | None
    since: datetime
    review: date | None
    times: int
    told: str
    approved_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a reporter is told of a wait, a referral or a no: until when, why, with whom, what they can do."""

    sort: str
    until: date | None = None
    reason: ReasonRow | None = None
    body: BodyRow | None = None
    referral: ReferralRow | None = None
    words: str = ""


def seat(scope: Scope, where: Whereabouts, on: date | None = None) -> Seat:
    """Who decides on an application now: the unit's own deputy or a stand-in, else the nearest level above."""
    if where.owner_level == "unit" and where.unit is not None:
        place = where.handler_place or where.place
        if roster.of_unit(scope, where.unit, APPROVE, on):
            return Seat("unit", place, where.unit)
    else:
        place = where.owner_place or where.place
    found = roster.answering(scope, place=place, power=APPROVE, on=on)
    at = found[0].place if found else enclosing(place, "county") or place
    return Seat(level_at(at), at)


def decides(scope: Scope, where: Whereabouts, asked: Seat | None) -> bool:
    """Whether this scope decides: as the owner's own, as whom it was asked of, or because nobody below is in post."""
    if not scope.may(APPROVE):
        return False
    related = relations(scope, where)
    if "owner" in related:
        return True
    return "above" in related and ((asked is not None and asked.is_of(scope)) or seat(scope, where).is_of(scope))


def decides_now(scope: Scope, row: MatterRow, allowed: Collection[str]) -> bool:
    """Whether this scope decides on a matter as a list or page shows it; asked only where the table lets it."""
    if not set(allowed) & set(APPROVING):
        return False
    one = application(row.id) if row.applied else None
    return decides(scope, row.whereabouts, seat_of(one) if one else None)


def facts(scope: Scope, finish_due_at: object) -> dict[str, Any]:
    """What a call has to know of more time: whether the limit has passed, how often it may be extended."""
    late = isinstance(finish_due_at, datetime) and finish_due_at < timezone.now()
    return {"late": late, "most": int(limits(scope)["extensions"].amount)}


def application(matter_id: UUID) -> Application | None:
    """The application that waits. Called inside the seam."""
    return Application.objects.filter(matter_id=matter_id, outcome="").first()


def seat_of(row: Application) -> Seat:
    """Whom an application is asked of."""
    return Seat(row.to_level, row.to_place, row.to_unit_id)


def applications(matter_id: UUID) -> tuple[ApplicationRow, ...]:
    """Every application of a matter, the oldest first. Called inside the seam."""
    found = Application.objects.filter(matter_id=matter_id).select_related("reason", "body").order_by("asked_at", "id")
    return tuple(_application(one) for one in found)


def referrals(matter_id: UUID) -> tuple[ReferralRow, ...]:
    """Every referral of a matter, the oldest first. Called inside the seam."""
    found = Referral.objects.filter(matter_id=matter_id).select_related("body").order_by("referred_at", "id")
    columns = ("referred_at", "receipt_due_at", "outcome", "ended_at", "number", "received_on", "contact")
    return tuple(ReferralRow(body=_body(one.body), **{name: getattr(one, name) for name in columns}) for one in found)


def wait_of(row: MatterRow, refused_why: UUID | None) -> Wait | None:
    """What the holder of the slip is told of a matter that waits, got more time, went to another body or got a no.

    Called inside the seam.
    """
    if row.state == "rejected":
        why = WaitingReason.objects.filter(id=refused_why).first() if refused_why else None
        return Wait(sort="reject", reason=_reason(why) if why else None)
    if not _told_of(row):
        return None
    found = applications(row.id)
    one = next((one for one in reversed(found) if one.outcome == "granted" and one.sort in _told_of(row)), None)
    if one is None:
        return None
    note = Note.objects.filter(matter_id=row.id, act=one.id, sort="waiting").values_list("text", flat=True).first()
    sent = referrals(row.id)[-1] if one.sort == "refer" else None
    return Wait(sort=one.sort, until=one.until, reason=one.reason, body=one.body, referral=sent, words=note or "")


TOLD_IN: Final = {
    "in_hand": ("extend",), "split": ("extend",), "paused": ("pause",), "parked": ("park",), "woken": ("park",),
    "referred": ("refer",), "given_up": ("end",),
}  # fmt: skip
"""Which decisions the reporter is told of while a matter stands in a state, or ended so."""


def _told_of(row: MatterRow) -> tuple[str, ...]:
    if row.state in ("in_hand", "split") and not row.extended:
        return ()
    return TOLD_IN.get(row.outcome or row.state, ())


def waiting_for(scope: Scope) -> QuerySet[Application]:
    """Applications that wait for this scope. Called inside the seam."""
    if not scope.may(APPROVE):
        return Application.objects.none()
    mine = Q(to_level=scope.level, to_place=scope.place, to_unit=None)
    if scope.unit is not None:
        mine |= Q(to_unit=scope.unit)
    return Application.objects.filter(mine, outcome="")


def to_decide(scope: Scope) -> list[tuple[ApplicationRow, MatterRow]]:
    """Applications that wait for this post with their matters, the nearest deadline first."""
    with acting(scope):
        found = list(waiting_for(scope).select_related("reason", "body").order_by("due_at", "id")[:PAGE])
        rows = {row.id: row for row in rows_of(scope, Matter.objects.filter(id__in=[one.matter_id for one in found]))}
    return [(_application(one), rows[one.matter_id]) for one in found if one.matter_id in rows]


def parked(scope: Scope) -> list[ParkedRow]:
    """What is parked in this post's sight, the nearest day of review first; what waits for a decision comes first."""
    with acting(scope):
        found = Matter.objects.filter(in_sight(scope), closed_at=None, state__in=("parked", "woken"))
        rows = rows_of(scope, found.order_by("-state", "due_at", "id")[: 4 * PAGE])
        granted = Application.objects.filter(matter_id__in=[row.id for row in rows], sort="park", outcome="granted")
        latest = {one.matter_id: one for one in granted.select_related("reason").order_by("decided_at")}
        times = dict(granted.order_by().values_list("matter_id").annotate(Count("id")))
    return [_parked(row, latest[row.id], times[row.id]) for row in rows if row.id in latest]


def held(scope: Scope, unit_id: UUID) -> int:
    """How many open matters a unit has, as far as this post sees."""
    with acting(scope):
        return Matter.objects.filter(closed_at=None, owner_level="unit", unit=unit_id).count()


def held_at(scope: Scope, level: str, place: int) -> int:
    """How many open matters wait for whoever sits at a place, as far as this post sees."""
    with acting(scope):
        return Matter.objects.filter(closed_at=None, owner_level=level, owner_place=place).count()


def bodies(scope: Scope, *, ended: bool = False) -> list[BodyRow]:
    """Bodies in force, in order; with ``ended`` also those of former days."""
    with acting(scope):
        found = ReferralBody.objects.all() if ended else ReferralBody.objects.filter(_in_force(localdate()))
        return [_body(one) for one in found.order_by("position", "code", "valid_from")]


def body(scope: Scope, code: str) -> BodyRow:
    """The body in force under a code. Refuses BadInput."""
    found = ReferralBody.objects.filter(_in_force(localdate()), code=code).first()
    if found is None:
        raise BadInput(fields={"body": N_("Choose the body that it goes to.")})
    return _body(found)


def reasons(scope: Scope, sort: str) -> list[ReasonRow]:
    """Reasons in force for something, in order."""
    with acting(scope):
        found = WaitingReason.objects.filter(_in_force(localdate()), sort=sort).order_by("position", "code")
        return [_reason(one) for one in found]


def reason(scope: Scope, sort: str, code: str, *, field: str = "reason") -> ReasonRow:
    """The reason in force under a code. Refuses BadInput."""
    found = WaitingReason.objects.filter(_in_force(localdate()), sort=sort, code=code).first()
    if found is None:
        raise BadInput(fields={field: N_("Choose a reason from the list.")})
    return _reason(found)


def busy_seats(scope: Scope) -> tuple[frozenset[Seat], frozenset[Seat]]:
    """Who is asked to decide an application, and who owes the next step of an open matter; a unit by itself alone."""
    with acting(scope):
        asked = Application.objects.filter(outcome="").values_list("to_level", "to_place", "to_unit_id").distinct()
        open_ones = Matter.objects.filter(closed_at=None).exclude(state__in=("paused", "parked"))
        owing = open_ones.values_list("owner_level", "owner_place", "unit_id").distinct()
        return _seats(asked), _seats((level, place, unit if level == "unit" else None) for level, place, unit in owing)


def _seats(rows: Iterable[tuple[str, int | None, UUID | None]]) -> frozenset[Seat]:
    return frozenset(Seat("", 0, unit) if unit else Seat(level, place or 0, None) for level, place, unit in rows)


def asked_below(scope: Scope) -> list[tuple[UUID, UUID]]:
    """Every application that waits below the county, with its matter."""
    with acting(scope):
        found = Application.objects.filter(outcome="").exclude(to_level="county")
        return list(found.order_by("asked_at", "id").values_list("id", "matter_id"))


def _in_force(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def _body(one: ReferralBody) -> BodyRow:
    columns = ("id", "code", "zh", "en", "about_zh", "about_en", "contact", "valid_from", "valid_to")
    return BodyRow(**{name: getattr(one, name) for name in columns})


def _reason(one: WaitingReason) -> ReasonRow:
    return ReasonRow(
        **{name: getattr(one, name) for name in ("id", "sort", "code", "zh", "en", "advice_zh", "advice_en")}
    )


def _application(one: Application) -> ApplicationRow:
    columns = ("id", "sort", "asked_at", "asked_by", "until", "told", "due_at", "outcome", "decided_at", "decided_by")
    return ApplicationRow(
        **{name: getattr(one, name) for name in columns},
        reason=_reason(one.reason) if one.reason else None,
        body=_body(one.body) if one.body else None,
        to=seat_of(one),
    )


def _parked(row: MatterRow, one: Application, times: int) -> ParkedRow:
    return ParkedRow(
        row=row, reason=_reason(one.reason) if one.reason else None, since=one.decided_at or one.asked_at,
        review=one.until, times=times, told=one.told, approved_by=one.decided_by,
    )  # fmt: skip
