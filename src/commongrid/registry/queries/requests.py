"""Reads of changes asked for and of records on offer, always within scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, When

from commongrid.accounts import sealed
from commongrid.journal.dated import valid
from commongrid.journal.queries import LineRow, lines_about
from commongrid.kernel import masking
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotFound
from commongrid.registry.models import ChangeRequest, ChangeRule, Handover
from commongrid.registry.rules.requests import OF_KIND, read_kept

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A change asked for: what, of which household and whom, by which post or matter, until when.

    ``withheld``: something was told that this reader may not see.
    """

    id: UUID
    sort: str
    place: int
    household: UUID | None
    door: str
    number: str
    person: UUID | None
    name: str
    matter: UUID | None
    on: date
    asked_at: datetime
    asked_by: UUID | None
    due_at: datetime
    state: str
    decided_by: UUID | None
    carried_by: UUID | None
    reason: str
    said: dict[str, str] = field(default_factory=dict)
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """A record on offer, or a whole ``household``; ``mine`` tells that it is offered to this scope."""

    id: UUID
    person: UUID
    household: UUID | None
    people: int
    registered: bool
    name: str
    place: int
    to_place: int
    on: date
    note: str
    offered_at: datetime
    due_at: datetime
    state: str
    reason: str
    mine: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SortRow:
    """A sort of change in both languages, and whether the village approves it."""

    sort: str
    zh: str
    en: str
    approve: bool
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many changes wait for a decision, how many of them too long, and how many records are on offer."""

    asked: int
    late: int
    offered: int


def sorts(scope: Scope, today: date) -> dict[str, SortRow]:
    """The sorts of change in their order, as the rules of a day have them."""
    rows = ChangeRule.objects.filter(valid(today)).order_by("position", "sort")
    return {one.sort: SortRow(sort=one.sort, zh=one.zh, en=one.en, approve=one.approve, days=one.days) for one in rows}


def requests(scope: Scope, *, page: int = 1) -> tuple[list[RequestLine], bool]:
    """One page of the changes that wait in scope, the nearest deadline first, and whether another follows."""
    rows, more = _page(_named(ChangeRequest.objects.filter(state="open")).order_by("due_at", "id"), page)
    return [_request(one) for one in rows], more


def decided(scope: Scope, *, most: int = 30) -> list[RequestLine]:
    """Changes that were decided in scope, the latest first."""
    rows = ChangeRequest.objects.exclude(state="open")
    return [_request(one) for one in _named(rows).order_by("-decided_at", "id")[:most]]


def _page(rows: Any, page: int) -> tuple[list[Any], bool]:
    start = (max(page, 1) - 1) * MOST
    found = list(rows[start : start + MOST + 1])
    return found[:MOST], len(found) > MOST


def request(scope: Scope, request_id: UUID) -> RequestLine:
    """One change asked for; what was told for those who decide or told it, a phone masked. Refuses: NotFound."""
    one = _named(ChangeRequest.objects.filter(id=request_id)).first()
    if one is None:
        raise NotFound
    if not (scope.may("people.edit") or (one.asked_by is not None and one.asked_by == scope.post)):
        return _request(one, withheld=one.said_sealed is not None)
    said = read_kept(sealed.unseal(one.said_sealed, "registry_change_request", "said_sealed", one.id))
    if said.get("phone"):
        said["phone"] = masking.phone(said["phone"])
    return _request(one, said)


def handovers(scope: Scope, *, page: int = 1) -> tuple[list[HandoverLine], bool]:
    """One page of the records offered by this place or to it, those that wait first; and whether another follows."""
    waiting = Case(When(state="offered", then="due_at"))
    rows, more = _page(Handover.objects.order_by(waiting.asc(nulls_last=True), "-offered_at", "id"), page)
    return [_handover(scope, one) for one in rows], more


def handover(scope: Scope, handover_id: UUID) -> HandoverLine:
    """One record on offer. Refuses: NotFound."""
    one = Handover.objects.filter(id=handover_id).first()
    if one is None:
        raise NotFound
    return _handover(scope, one)


def offer_of(scope: Scope, person_id: UUID) -> HandoverLine | None:
    """The last offer of a person's record, if there was any."""
    one = Handover.objects.filter(person_id=person_id).order_by("-offered_at").first()
    return _handover(scope, one) if one else None


def offer_of_home(scope: Scope, household_id: UUID) -> HandoverLine | None:
    """The last offer of a whole household, if there was any."""
    one = Handover.objects.filter(household_id=household_id).order_by("-offered_at").first()
    return _handover(scope, one) if one else None


def handovers_lapsing(scope: Scope, at: datetime) -> list[UUID]:
    """Offers whose time has passed."""
    return list(Handover.objects.filter(state="offered", due_at__lte=at).values_list("id", flat=True)[:500])


def changes_running_late(scope: Scope, at: datetime) -> list[UUID]:
    """Changes whose time has passed and of which nobody was told yet."""
    late = ChangeRequest.objects.filter(state="open", due_at__lte=at, late_at=None)
    return list(late.order_by("due_at").values_list("id", flat=True)[:500])


def asked_by_matter(scope: Scope, matter: UUID, kind: str) -> tuple[UUID, str] | None:
    """The change that a matter of this kind asked for, and what came of it; nothing for kinds that ask for none."""
    if kind not in OF_KIND or not scope.may("people.read"):
        return None
    return ChangeRequest.objects.filter(matter=matter).values_list("id", "state").first()


def change_of_matter(scope: Scope, matter: UUID) -> UUID | None:
    """The change that a matter asked for and that still waits, if there is one."""
    return ChangeRequest.objects.filter(matter=matter, state="open").values_list("id", flat=True).first()


def asked_again(scope: Scope, line: LineRow) -> tuple[UUID | None, int]:
    """Of a line that says that a change or an offer waits again: the post that asked for it, and where it waits."""
    if "request" in line.facts:
        found = ChangeRequest.objects.filter(id=line.facts["request"]).values_list("asked_by", "place").first()
    else:
        found = Handover.objects.filter(id=line.facts["handover"]).values_list("offered_by", "to_place").first()
    who, place = found or (None, line.place_now)
    return who, village_of(place) or place


def history(scope: Scope, one: RequestLine) -> list[LineRow]:
    """What was done with a change asked for, oldest first."""
    lines = lines_about(scope, [about for about in (one.household, one.matter) if about])
    return [line for line in lines if line.facts.get("request") == str(one.id)]


def waiting(scope: Scope, place: int, now: datetime) -> Waiting:
    """How many changes wait for a decision at a place, and how many records are offered to it."""
    lo, hi = interval(place)
    rows = ChangeRequest.objects.filter(state="open", place__range=(lo, hi))
    counted = rows.aggregate(asked=Count("id"), late=Count("id", filter=Q(due_at__lte=now)))
    return Waiting(**counted, offered=Handover.objects.filter(state="offered", to_place__range=(lo, hi)).count())


def _named(rows: Any) -> Any:
    return rows.annotate(
        home_door=F("household__door"), home_number=F("household__number"), called=F("person__display_name")
    )


def _request(one: Any, said: dict[str, str] | None = None, *, withheld: bool = False) -> RequestLine:
    return RequestLine(
        id=one.id, sort=one.sort, place=one.place, household=one.household_id, door=one.home_door or "",
        number=one.home_number or "", person=one.person_id, name=one.called or "", matter=one.matter, on=one.on,
        asked_at=one.asked_at, asked_by=one.asked_by, due_at=one.due_at, state=one.state, decided_by=one.decided_by,
        carried_by=one.carried_by, reason=one.reason, said=said or {}, withheld=withheld,
    )  # fmt: skip


def _handover(scope: Scope, one: Handover) -> HandoverLine:
    return HandoverLine(
        id=one.id, person=one.person_id, household=one.household_id, people=one.people, registered=one.registered,
        name=one.name, place=one.place, to_place=one.to_place, on=one.on, note=one.note,
        offered_at=one.offered_at, due_at=one.due_at, state=one.state, reason=one.reason,
        mine=scope.covers(one.to_place), own=scope.covers(one.place),
    )  # fmt: skip
