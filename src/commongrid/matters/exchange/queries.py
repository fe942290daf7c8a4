"""Reads for the exchange: what a sheet means here, what is known already, what waits for its reply, batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from commongrid.accounts.sealed import seal_bytes, unseal_bytes
from commongrid.journal.acting import acting
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.scope import clock
from commongrid.kernel.sealing import blind_index
from commongrid.matters.exchange import layout
from commongrid.matters.exchange.reading import Meaning
from commongrid.matters.importing.queries import kind_words, place_words
from commongrid.matters.models import (
    ExternalBatch,
    ExternalCase,
    ExternalColumn,
    ExternalReply,
    ExternalUpload,
    Note,
    Party,
)
from commongrid.matters.rules.named import UNSORTED
from commongrid.territory import queries as territory
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

ANSWERED: Final = ("answered", "to_rate", "to_file", "closed")
"""States in which a matter's answer stands, so that it can go to the other system."""
REFUSED: Final = "rejected"
TAKEN_BACK: Final = "withdrawn"
TAKEN_BACK_TEXT: Final = "本人已撤回。 Taken back by the person."
HANDED_OVER_TEXT: Final = "已交有权机关依法处理。 Handed over to the competent body."
REPLIER: Final = clock("matters.replies", "matters.read")
"""Who replies to orders of sealed matters, whose number alone is known where the order came in."""
ENDED_WITH: Final = {"referred": "finding", "given_up": "ended", "disagrees": "finding"}
"""Ends without an answer, or against the person's own view of it, and the words that say why."""
ALIKE_DAYS: Final = 3
"""The same words from the same village within so many days are probably the same appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An order that is probably the same: its matter, and its numbers here and there."""

    matter: UUID
    own: str
    number: str
    received_at: datetime
    phone: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReply:
    """An order whose matter is answered (or not accepted) and that has had no reply yet.

    Of one whose matter is sealed nothing is said but its number and a sentence that is always the same: no ``matter``.
    """

    case: UUID
    matter: UUID | None
    own: str
    title: str
    number: str
    reply: str
    original: str
    who: str
    answered_at: datetime | None
    reply_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One sheet that went in or out."""

    id: UUID
    system: str
    sort: str
    rows: int
    fresh: int
    known: int
    changed: int
    faulty: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """One row of an export, as it went out."""

    number: str
    own: str
    text: str
    original: str
    who: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of a system is open here."""

    system: str
    open: int
    overdue: int


def alike_key(text: str, place: int) -> bytes:
    """Under this the same words from the same village are found again, without keeping them twice."""
    return blind_index(settings.KEYS.blind, f"{text} @ {village_of(place) or place}")


def phone_key(phone: str) -> bytes | None:
    """Under this the same phone is found again."""
    return blind_index(settings.KEYS.blind, phone) if phone.strip() else None


def meaning(scope: Scope) -> Meaning:
    """What a sheet's words mean for this post: kinds in force, places in its reach."""
    county = territory.county(scope)
    reach = place_words(scope, county.code)
    places = {word: code for word, code in reach.codes.items() if scope.covers(code) and code not in reach.now}
    calendar = territory.calendar(scope)
    return Meaning(
        kinds=kind_words(scope, county.code).codes, places=places, own_place=scope.place or county.code,
        unsorted=UNSORTED, zone=calendar.zone, now=timezone.now(),
    )  # fmt: skip


def remembered(scope: Scope, system: str, sort: str) -> dict[str, str]:
    """The headings that were mapped for this system's sheet, by field."""
    with acting(scope):
        found = ExternalColumn.objects.filter(system=system, sort=sort).order_by("field")
        return dict(found.values_list("field", "header"))


def reply_layout(scope: Scope, system: str) -> tuple[layout.Placed, ...]:
    """The columns of a system's sheet of replies in their order; ours while it has given none."""
    known = {one.field for one in layout.fields("replies")}
    with acting(scope):
        found = ExternalColumn.objects.filter(system=system, sort="replies").order_by("position", "field")
        rows = tuple(found.values_list("header", "field"))
    return tuple(layout.Placed(header, field if field in known else "") for header, field in rows) or layout.OURS


def alike(scope: Scope, keys: Iterable[bytes]) -> dict[bytes, list[Alike]]:
    """Orders with the same words from the same village, by key, the newest first."""
    wanted = [key for key in keys if key]
    found: dict[bytes, list[Alike]] = {}
    with acting(scope):
        phone = Party.objects.filter(matter=OuterRef("matter"), part="reporter").values("phone_index")[:1]
        rows = (
            ExternalCase.objects.filter(alike__in=wanted)
            .annotate(phone=Subquery(phone))
            .order_by("-received_at", "id")
            .exclude(matter__state=TAKEN_BACK)
            .values_list("alike", "matter", "matter__number", "number", "received_at", "phone")
        )
        for key, matter, own, number, at, index in rows:
            one = Alike(
                matter=matter, own=own, number=number, received_at=at, phone=bytes(index) if index is not None else None
            )
            found.setdefault(bytes(key or b""), []).append(one)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A sheet that waits for its decision, without what is in it."""

    id: UUID
    system: str
    sort: str
    name: str


def upload(scope: Scope, upload_id: UUID) -> tuple[SheetRow, bytes]:
    """A sheet that waits for its decision, opened. Refuses: NotFound."""
    with acting(scope):
        row = ExternalUpload.objects.filter(id=upload_id).first()
    if row is None:
        raise NotFound(N_("This sheet is no longer here: it was applied, dropped, or waited for more than a day."))
    data = unseal_bytes(row.sealed, "matters_external_upload", "sealed", row.id)
    return SheetRow(id=row.id, system=row.system, sort=row.sort, name=row.name), data


def sealed_upload(data: bytes, row_id: UUID) -> bytes:
    """A sheet's bytes sealed for its row."""
    return seal_bytes(data, "matters_external_upload", "sealed", row_id)


def to_reply(scope: Scope, system: str, limit: int = 2000) -> list[ToReply]:
    """Orders whose answer stands and that have had no reply yet, the most pressing first; sealed ones at the end.

    The reply is the answer itself, of one not accepted the reason, of a sealed one that it was handed over.
    """
    with acting(scope):
        found = _waiting(system).order_by("reply_due_at", "received_at", "id")[:limit]
        answered = [one for values in found if (one := _to_reply(values)) is not None]
        return answered + _handed_over(scope, system, limit - len(answered))


def _handed_over(scope: Scope, system: str, limit: int) -> list[ToReply]:
    """Orders whose matter is sealed, for the centre where they came in by sheet or by hand, and for the county's."""
    came_in = Q()
    if scope.level != "county":
        sheets = list(ExternalBatch.objects.filter(system=system, sort="orders").values_list("id", flat=True))
        came_in = Q(imported_in__in=sheets) | Q(imported_in=None, matter__reported_by=scope.post)
    with acting(REPLIER):
        found = ExternalCase.objects.filter(came_in, system=system, replied_at=None, matter__sealed=True)
        rows = found.order_by("reply_due_at", "received_at", "id").values("id", "number", "reply_due_at")[:limit]
        return [
            ToReply(
                case=row["id"], matter=None, own="", title="", number=row["number"], reply=HANDED_OVER_TEXT,
                original="", who="", answered_at=None, reply_due_at=row["reply_due_at"],
            )
            for row in rows
        ]  # fmt: skip


def one_to_reply(scope: Scope, case_id: UUID) -> ToReply:
    """One order that waits for its reply. Refuses: NotFound for any other."""
    with acting(scope):
        system = ExternalCase.objects.filter(id=case_id).values_list("system", flat=True).first() or ""
        found = _waiting(system).filter(id=case_id).first()
        one = _to_reply(found) if found is not None else None
    if one is None:
        raise NotFound(N_("This order does not wait for a reply: it went out, or has no answer yet."))
    return one


def _waiting(system: str) -> QuerySet[ExternalCase, Any]:
    done = Q(matter__state__in=ANSWERED, matter__finished_at__isnull=False) | Q(matter__state__in=(REFUSED, TAKEN_BACK))
    done |= Q(matter__state="closed", matter__outcome__in=ENDED_WITH)
    return _replies(ExternalCase.objects.filter(done, system=system, replied_at=None, matter__sealed=False))


def _replies(found: QuerySet[ExternalCase]) -> QuerySet[ExternalCase, Any]:
    last = Note.objects.filter(matter=OuterRef("matter")).order_by("-at", "-id").values("text")
    return found.annotate(
        answer=Subquery(last.filter(sort="answer")[:1]), reason=Subquery(last.filter(sort="reason")[:1]),
        finding=Subquery(last.filter(sort="finding")[:1]), ended=Subquery(last.filter(sort="waiting")[:1]),
        centre=Subquery(Place.objects.filter(code=OuterRef("matter__handler_place")).values("name")[:1]),
    ).values(
        "id", "matter", "matter__number", "matter__title", "matter__state", "matter__unit__name_zh",
        "matter__finished_at", "matter__closed_at", "number", "reply_due_at", "answer", "reason",
        "finding", "ended", "centre", "matter__outcome", "wording", "worded_from",
    )  # fmt: skip


def _said(values: Mapping[str, Any]) -> str:
    """The words that the person reads, by how it ended."""
    if values["matter__state"] == TAKEN_BACK:
        return TAKEN_BACK_TEXT
    by = "reason" if values["matter__state"] == REFUSED else ENDED_WITH.get(values["matter__outcome"], "answer")
    return values[by] or ""


def _to_reply(values: Mapping[str, Any]) -> ToReply | None:
    text = _said(values)
    if not text:
        return None
    reworded = bool(values["wording"]) and values["worded_from"] == text
    answered = values["matter__state"] in ANSWERED and values["matter__finished_at"] is not None
    return ToReply(
        case=values["id"], matter=values["matter"], own=values["matter__number"], title=values["matter__title"],
        number=values["number"], reply=values["wording"] if reworded else text,
        original=text if reworded else "", who=values["matter__unit__name_zh"] or values["centre"] or "",
        answered_at=values["matter__finished_at"] if answered else values["matter__closed_at"],
        reply_due_at=values["reply_due_at"],
    )  # fmt: skip


def waiting(scope: Scope) -> dict[str, Waiting]:
    """How many orders of each system are open in sight, and how many of them are past their date."""
    now = timezone.now()
    with acting(scope):
        rows = (
            ExternalCase.objects.filter(matter__closed_at=None)
            .order_by()
            .values("system")
            .annotate(open=Count("id"), overdue=Count("id", filter=Q(due_at__lt=now)))
        )
        return {row["system"]: Waiting(**row) for row in rows}


_BATCH: Final = ("id", "system", "sort", "rows", "fresh", "known", "changed", "faulty", "at")


def batches(scope: Scope, limit: int = 30) -> list[BatchRow]:
    """Sheets that went in or out, the newest first."""
    with acting(scope):
        return [BatchRow(**row) for row in ExternalBatch.objects.order_by("-at", "id").values(*_BATCH)[:limit]]


def batch(scope: Scope, batch_id: UUID) -> BatchRow:
    """One sheet that went in or out. Refuses: NotFound."""
    with acting(scope):
        row = ExternalBatch.objects.filter(id=batch_id).values(*_BATCH).first()
    if row is None:
        raise NotFound
    return BatchRow(**row)


def replies_of(scope: Scope, batch_id: UUID) -> list[ReplyRow]:
    """The rows of an export as they went out. Refuses: NotFound."""
    batch(scope, batch_id)
    with acting(scope):
        found = _sent(ExternalReply.objects.filter(batch=batch_id).exclude(text=HANDED_OVER_TEXT))
    with acting(REPLIER):
        sealed = _sent(ExternalReply.objects.filter(batch=batch_id, text=HANDED_OVER_TEXT))
    return [
        ReplyRow(number=number, own=own, text=text, original=original, who=who, answered_at=at)
        for number, own, text, original, who, at in (*found, *((number, "", *rest) for number, _own, *rest in sealed))
    ]


def _sent(found: QuerySet[ExternalReply]) -> list[tuple[Any, ...]]:
    columns = "case__number", "case__matter__number", "text", "original", "who", "answered_at"
    return list(found.order_by("row").values_list(*columns))
