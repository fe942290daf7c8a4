"""Lists of matters: the queue, lanes with their counts, search, the public face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.fixed import Fixed
from commongrid.journal.sending import remembered
from commongrid.kernel.codes import ending
from commongrid.kernel.places import interval, township_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Party, PublicFace
from commongrid.matters.queries.leaders import owed_by
from commongrid.matters.queries.rows import COLUMNS, MatterRow, owned_by, rows_from, rows_of
from commongrid.matters.queries.veil import WITH_THE_CENTRE, covered, covers_some, in_state
from commongrid.matters.queries.vocabulary import KindRow, kinds, limits
from commongrid.matters.rules import words
from commongrid.matters.rules.table import EVENTS

PAGE: Final = 50
OF_THE_COUNTY: Final = 7
"""A number begins with its county and a dash; so much alone would find everything."""
SEARCHED: Final = 200
"""At most so many hits of a text search are looked at."""

RESTING: Final = Q(state__in=("paused", "parked"))
"""Nobody owes anything before a day."""
AT_REST: Final = RESTING | Q(step="rate")
"""The same, or the next word is the person's."""
LANES: Final = (
    ("accept", Q(step__in=("accept", "settle", "raise", "receipt"))),
    ("divert", Q(step="divert")),
    ("start", Q(step="start")),
    ("answer", Q(step="answer")),
    ("pass_on", Q(step="pass_on")),
    ("decide", Q(step="decide")),
    ("visit", Q(step__in=("visit", "rate"))),
    ("close", Q(step="close")),
    ("review", Q(step="review")),
    ("receipt", Q(step="take_receipt")),
    ("woken", Q(state="woken")),
    ("resting", RESTING),
    ("reply", Q(interim_due_at__isnull=False)),
)
"""Lanes of what waits for this post, by the step it owes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the queue is wanted; empty means everything open.

    ``unplaced``: whose place is not known more closely than this post's centre.
    ``order``: by urgency and then the time left, "due" by the time left alone, "new" the latest first.
    """

    lane: str = ""
    state: str = ""
    group: str = ""
    kind: str = ""
    place: int | None = None
    unit: UUID | None = None
    series: str = ""
    source: str = ""
    urgency: str = ""
    overdue: bool = False
    pressing: bool = False
    outside: bool = False
    noted: bool = False
    unplaced: bool = False
    text: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list and where the next begins, empty after the last."""

    rows: tuple[MatterRow, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """How many matters wait in a lane."""

    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRow:
    """What anybody may know of an open matter."""

    kind: KindRow
    place: int
    opened_on: date


def queue(scope: Scope, filters: Filters | None = None, after: str = "") -> Page:
    """One page of matters in scope: open ones by urgency, then time left; ended ones by their opening, latest first.

    ``after`` is the former page's ``next``. A number or words in ``text`` search.

    Refuses: BadInput for an ``after`` that is none.
    """
    wanted = filters or Filters()
    with acting(scope):
        if wanted == EVERYTHING and not after and _quick(scope):
            rows = rows_from(scope, _first_page(scope))
            return Page(rows=tuple(rows[:PAGE]), next=_mark(rows[PAGE - 1], "due_at") if len(rows) > PAGE else "")
        found = _filtered(scope, wanted).filter(in_sight(scope))
        ended = _by_opening(wanted) or (wanted.state == "answered" and covers_some(scope))
        clock = "opened_at" if ended else OWN_CLOCKS.get(wanted.lane, "due_at")
        soonest = (clock, "id") if clock != "due_at" else ORDERS[wanted.order]
        found = _after_mark(found, after, clock, urgent_first=soonest == ORDER)
        ordered = found.order_by("-opened_at", "-id") if ended else found.order_by(*soonest)
        rows = rows_of(scope, ordered[: PAGE + 1])
    more = _mark(rows[PAGE - 1], clock) if len(rows) > PAGE else ""
    return Page(rows=tuple(_found_by(wanted.text, rows[:PAGE])), next=more)


def whole(scope: Scope, filters: Filters, most: int) -> list[MatterRow]:
    """The whole list under these filters in the queue's order, at most so many: for a file."""
    with acting(scope):
        rows = rows_of(scope, _in_order(scope, filters)[:most])
    return _found_by(filters.text, rows)


def whole_keys(scope: Scope, filters: Filters) -> list[UUID]:
    """The whole list of any length in the queue's order; ``whole_batch`` reads a part of it."""
    with acting(scope):
        return list(_in_order(scope, filters).values_list("id", flat=True))


def whole_batch(scope: Scope, filters: Filters, keys: Sequence[UUID]) -> list[MatterRow]:
    """These matters in their order, without those that the list no longer holds."""
    with acting(scope):
        rows = {row.id: row for row in rows_of(scope, _in_order(scope, filters).filter(id__in=keys))}
    return _found_by(filters.text, [rows[one] for one in keys if one in rows])


def _in_order(scope: Scope, filters: Filters) -> QuerySet[Matter]:
    found = _filtered(scope, filters).filter(in_sight(scope))
    return found.order_by(*(("-opened_at", "-id") if _by_opening(filters) else ORDERS[filters.order]))


def _by_opening(wanted: Filters) -> bool:
    """Whether the latest come first: asked for, or there is no deadline to go by."""
    return wanted.order == "new" or wanted.state in words.ENDED or bool(wanted.text)


def in_sight(scope: Scope) -> Q:
    """What row-level security decides anyway, said so that an index can serve it; it never shows more."""
    if scope.kind != "post" or scope.narrow == "households":
        return Q()
    if scope.narrow == "unit":
        return Q(unit=scope.unit)
    return Q(place__in=scope.grids) if scope.narrow == "grids" else Q(place__range=(scope.lo, scope.hi))


def _quick(scope: Scope) -> bool:
    """Whether the page that everybody opens has a statement of its own for this scope."""
    return scope.kind == "post" and (scope.narrow == "unit" or (scope.narrow == "" and not covers_some(scope)))


EVERYTHING: Final = Filters()
ORDER: Final = ("pressing", "due_at", "id")
"""The queue's order: immediate, urgent, normal, and the nearest deadline first in each."""
ORDERS: Final = {"": ORDER, "due": ("due_at", "id"), "new": ("-opened_at", "-id")}
NONE: Final = Q(pk__in=[])
OWN_CLOCKS: Final = {"recheck": "recheck_due_at", "leader": "leader_due_at"}
"""The deadline of a lane whose matters may be over: they have none of their own any more."""


def _first_page(scope: Scope) -> list[tuple[Any, ...]]:
    """The columns of the page that everybody opens: all that is open, by urgency, then time left."""
    if scope.narrow == "unit":
        return _OF_UNIT.rows(unit=scope.unit)
    if scope.level == "township":
        return _OF_TOWNSHIP.rows(lo=scope.lo, hi=scope.hi, township=township_of(scope.lo))
    return _OF_AREA.rows(lo=scope.lo, hi=scope.hi)


def _open_page(but: Q = NONE, **where: Any) -> QuerySet[Matter, Any]:
    return (
        Matter.objects.filter(closed_at=None, **where).exclude(but).order_by(*ORDER).values_list(*COLUMNS)[: PAGE + 1]
    )


_OF_AREA: Final = Fixed(lambda lo, hi: _open_page(place__range=(lo, hi)), lo=-101, hi=-102)
_OF_TOWNSHIP: Final = Fixed(
    lambda lo, hi, township: _open_page(place__range=(lo, hi), township=township), lo=-101, hi=-102, township=-103
)
"""By its own index: at a large county's fifty thousand open matters one township's are far between."""
_OF_UNIT: Final = Fixed(lambda unit: _open_page(Q(state__in=WITH_THE_CENTRE), unit=unit), unit=UUID(int=101))


def lanes(scope: Scope, now: datetime | None = None) -> list[Lane]:
    """What waits for this post, by the step it owes, and what is overdue: four queries."""
    at = now or timezone.now()
    tonight = at + timedelta(days=1)
    with acting(scope):
        mine = Matter.objects.filter(_acted_on(scope), closed_at=None)
        counts = mine.aggregate(
            all=Count("id", filter=~AT_REST),
            overdue=Count("id", filter=Q(due_at__lt=at)),
            today=Count("id", filter=Q(due_at__gte=at, due_at__lt=tonight)),
            **{code: Count("id", filter=condition) for code, condition in LANES},
        )
        counts["below"] = Matter.objects.filter(_told(scope)).count()
        counts["recheck"] = Matter.objects.filter(rechecked_by(scope)).count()
        counts["leader"] = Matter.objects.filter(owed_by(scope)).count()
    order = ("all", "overdue", "today", *(code for code, _ in LANES), "leader", "recheck", "below")
    return [Lane(code=code, count=counts[code]) for code in order]


def search(scope: Scope, text: str) -> list[MatterRow]:
    """Matters by the beginning or the last digits of their number, by external number, or by words of their title."""
    with acting(scope):
        found = _searched(Matter.objects.all(), scope, text.strip())
        return _found_by(text.strip(), rows_of(scope, found.order_by("-opened_at", "-id")[:PAGE]))


def similar(scope: Scope, *, place: int, kind_code: str = "", limit: int = 5) -> list[FaceRow]:
    """Open matters of public kinds in the same village lately, so that nobody reports alone what is known."""
    lo, hi = interval(place - place % 1000)
    named = {row.code: row for row in kinds(scope)}
    since = timezone.localdate() - timedelta(days=int(limits(scope)["similar_days"].amount))
    with acting(scope):
        found = PublicFace.objects.filter(place__gte=lo, place__lte=hi, state="open", opened_on__gte=since)
        if kind_code:
            found = found.filter(kind_code=kind_code)
        values = list(found.order_by("-opened_on", "id").values_list("kind_code", "place", "opened_on")[:limit])
    return [FaceRow(kind=named[code], place=where, opened_on=day) for code, where, day in values if code in named]


def still_seen(scope: Scope, number: str) -> bool:
    """Whether a matter that has just moved is still in scope; the move itself often knows."""
    return (remembered(("seen", number)) or numbered(scope, number)) is not None


def numbered(scope: Scope, number: str) -> UUID | None:
    """The id of the matter with exactly this number, if it is in scope."""
    with acting(scope):
        return Matter.objects.filter(number=number).values_list("id", flat=True).first()


def _filtered(scope: Scope, wanted: Filters) -> QuerySet[Matter]:
    found = _searched(Matter.objects.all(), scope, wanted.text) if wanted.text else Matter.objects.all()
    if wanted.state:
        found = found.filter(in_state(scope, wanted.state))
    elif not wanted.text and wanted.lane not in OWN_CLOCKS:
        found = found.filter(closed_at=None).exclude(covered(scope))
    plain = {
        "series": wanted.series, "source": wanted.source, "urgency": wanted.urgency,
        "kind_code": wanted.kind, "unit": wanted.unit,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.state in words.OPEN and not (wanted.state == "answered" and covers_some(scope)):
        found = found.filter(closed_at=None)
    if wanted.group:
        found = found.filter(kind_code__startswith=wanted.group)
    if wanted.place is not None:
        found = found.filter(place__range=interval(wanted.place))
    ticked = (
        (wanted.overdue, Q(due_at__lt=timezone.now())), (wanted.pressing, Q(pressing__lt=2)),
        (wanted.outside, Q(state="asked")), (wanted.noted, Q(leader_due_at__isnull=False) | Q(source="leader")),
        (wanted.unplaced, _unplaced(scope)),
    )  # fmt: skip
    found = found.filter(*(condition for on, condition in ticked if on))
    return _in_lane(scope, found, wanted.lane)


def _unplaced(scope: Scope) -> Q:
    """What lies at this centre's own code, so that its place has still to be put right; not what is kept there."""
    if scope.level not in ("township", "county"):
        return NONE
    kept = [row.code for row in kinds(scope) if row.routed_round]
    here = Q(place=scope.place, sealed=False, danger_kind="", accused_person=None, accused_unit=None)
    above = Party.objects.filter(Q(part="accused") | Q(where_sealed__isnull=False), matter_id=OuterRef("id"))
    return here & ~Q(kind_code__in=kept) & ~Q(Exists(above))


def _in_lane(scope: Scope, found: QuerySet[Matter], lane: str) -> QuerySet[Matter]:
    if not lane:
        return found
    if lane == "below":
        return found.filter(_told(scope))
    if lane == "recheck":
        return found.filter(rechecked_by(scope))
    if lane == "leader":
        return found.filter(owed_by(scope))
    mine = found.filter(_acted_on(scope), closed_at=None)
    now = timezone.now()
    more = {
        "all": ~AT_REST,
        "overdue": Q(due_at__lt=now),
        "today": Q(due_at__gte=now, due_at__lt=now + timedelta(days=1)),
        **dict(LANES),
    }
    if lane not in more:
        raise BadInput(N_("There is no such list."))
    return mine.filter(more[lane])


def _acted_on(scope: Scope) -> Q:
    """What this scope owes the next step of, and has the power to take it; a mediator takes disputes up."""
    able = [code for code, event in EVENTS.items() if scope.may(event.power)]
    may = Q(step__in=able)
    if scope.may("matters.visit"):
        may |= Q(step="rate")
    if scope.may("matters.mediate"):
        disputes = [row.code for row in kinds(scope) if row.dispute]
        may |= Q(kind_code__in=disputes, state__in=[of for of, _to in EVENTS["mediate"].ways])
    return owned_by(scope) & may


def rechecked_by(scope: Scope) -> Q:
    """Closed matters that this post's level owes a recheck."""
    if scope.level not in ("township", "county") or not scope.may("matters.visit"):
        return NONE
    return Q(recheck_level=scope.level, recheck_place=scope.place)


def _told(scope: Scope) -> Q:
    """Overdue matters below, of which this post's level was told."""
    if scope.level not in ("village", "township", "county"):
        return Q(pk__in=[])
    told = words.LEVELS[words.LEVELS.index(scope.level) :]
    return Q(closed_at=None, raised_level__in=told, place__range=(scope.lo, scope.hi))


def _searched(found: QuerySet[Matter], scope: Scope, text: str) -> QuerySet[Matter]:
    """By the beginning or the end of a number, by external number, else by words of the title."""
    if not text:
        return found.none()
    if _is_number(text):
        begins = Q(number__gte=text, number__lt=text + "~") if len(text) > OF_THE_COUNTY else NONE
        hits = _hits("find_numbers", ending(text), scope)
        return found.filter(begins | Q(id__in=hits) | Q(external_number=text))
    return found.filter(Q(id__in=_hits("find_matters", text, scope)) | Q(external_number=text))


def _hits(how: Literal["find_matters", "find_numbers"], text: str, scope: Scope) -> list[UUID]:
    """The latest matters that a search function of the database finds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s, %s, %s, %s)", [text, scope.lo, scope.hi, SEARCHED])
        return [row[0] for row in cursor.fetchall()]


def _is_number(text: str) -> bool:
    return text[0].isdigit() and all(sign.isdigit() or sign == "-" for sign in text)


def _found_by(text: str, rows: list[MatterRow]) -> list[MatterRow]:
    """Without those found by a title that is hidden from this reader: a search tells no more than the page."""
    if not text or _is_number(text):
        return rows
    return [row for row in rows if row.title or row.external_number == text]


def _mark(row: MatterRow, clock: str) -> str:
    at: datetime | None = getattr(row, clock)
    return f"{row.pressing}~{at.isoformat() if at else ''}~{row.id}"


def _after_mark(found: QuerySet[Matter], after: str, clock: str, *, urgent_first: bool) -> QuerySet[Matter]:
    if not after:
        return found
    try:
        pressing_text, at_text, id_text = after.split("~")
        pressing, at, row_id = int(pressing_text), datetime.fromisoformat(at_text), UUID(id_text)
    except ValueError as error:
        raise BadInput(N_("This page doesn't exist any more. Start again from the first.")) from error
    if clock == "opened_at":
        return found.filter(Q(opened_at__lt=at) | Q(opened_at=at, id__lt=row_id), opened_at__lte=at)
    later = Q(**{f"{clock}__gt": at}) | Q(**{clock: at}, id__gt=row_id)
    if not urgent_first:
        return found.filter(later, **{f"{clock}__gte": at})
    return found.filter(Q(pressing__gt=pressing) | (Q(pressing=pressing) & later), pressing__gte=pressing)
