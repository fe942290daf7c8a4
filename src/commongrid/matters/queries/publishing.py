"""Published texts as read: by anybody, and by those who publish; what a preview starts from; counts for the map."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from commongrid.accounts.sealed import sealer
from commongrid.journal.acting import acting
from commongrid.kernel.counting import LEAST, shown_parts
from commongrid.kernel.places import enclosing, interval
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.sealing import place_of
from commongrid.matters.models import Matter, MediationParty, Note, Party, Publication, PublicFace
from commongrid.matters.queries.vocabulary import guarded_words
from commongrid.matters.rules.publishing import LONGEST_TITLE, masked, maybe_names
from commongrid.matters.rules.relations import level_at
from commongrid.registry.models import Person
from commongrid.territory import queries as territory

PAGE: Final = 50
LISTED: Final = 200
"""How many texts of a state those who publish see at once."""
GATE: Final = clock("matters.gate", "matters.read")
"""Who looks for names that must not be published."""
SHOWN_FOR: Final = timedelta(days=90)
"""How long a text is proposed to be shown."""
_COLUMNS = (
    "id", "matter", "place", "kind_code", "title", "text", "answer", "opened_on", "answered_on", "until", "state",
    "proposed_at", "proposed_by", "published_at", "decided_by", "down_at", "why",
)  # fmt: skip
_PUBLIC = ("id", "place", "kind_code", "title", "text", "answer", "opened_on", "answered_on", "until", "published_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """A published text, all that anybody reads."""

    id: UUID
    place: int
    kind_code: str
    title: str
    text: str
    answer: str
    opened_on: date
    answered_on: date | None
    until: date
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationRow:
    """A text as those who publish see it, with who did what."""

    id: UUID
    matter: UUID
    place: int
    kind_code: str
    title: str
    text: str
    answer: str
    opened_on: date
    answered_on: date | None
    until: date
    state: str
    proposed_at: datetime
    proposed_by: UUID
    published_at: datetime | None
    decided_by: UUID | None
    down_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a preview starts from: everything masked that the gate would find."""

    title: str
    text: str
    answer: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageCount:
    """How many matters of public kinds a village or natural village had in a year; nothing where it is not told."""

    place: int
    count: int | None


def draft(scope: Scope, matter_id: UUID, title: str, text: str) -> Draft:
    """The masked words of a matter and of the last answer to its person."""
    with acting(scope):
        words = guarded_words(scope)
        said = Note.objects.filter(matter_id=matter_id, sort="answer").order_by("-at", "-id")
        answer = said.values_list("text", flat=True).first() or ""
        place = Matter.objects.values_list("place", flat=True).get(id=matter_id)
        names = (*names_of(matter_id), *registered(scope, place, title, text, answer))
    return Draft(
        title=masked(title, names, words)[:LONGEST_TITLE], text=masked(text or title, names, words),
        answer=masked(answer, names, words),
        until=timezone.localdate() + SHOWN_FOR,
    )  # fmt: skip


def names_of(matter_id: UUID) -> tuple[str, ...]:
    """The names that a matter and its dispute files know, for the mask and the gate; never shown.

    Who publishes is in no dispute file, so the gate looks itself.
    """
    seals = sealer()
    tables = (
        ("matters_party", Party.objects.filter(matter_id=matter_id)),
        ("matters_mediation_party", MediationParty.objects.filter(mediation__matter=matter_id)),
    )
    with acting(GATE):
        return tuple(
            seals.open(bytes(value or b""), place_of(table, "name_sealed", row))
            for table, rows in tables
            for row, value in rows.exclude(name_sealed=None).values_list("id", "name_sealed")
        )


def registered(scope: Scope, place: int, *texts: str) -> tuple[str, ...]:
    """The names in these texts that people bear who live in that township, as far as this post sees the register."""
    maybe: set[str] = set().union(*map(maybe_names, texts))
    with acting(scope):
        near = interval(enclosing(place, "township") or place)
        found = Person.objects.filter(display_name__in=maybe, place__range=near)
        return tuple(found.values_list("display_name", flat=True).distinct())


def moved_out_of_sight(matter_id: UUID) -> bool:
    """Whether where it happened is sealed: told in confidence, or about somebody of the government, if only a level."""
    with acting(GATE):
        return Party.objects.filter(matter_id=matter_id).exclude(where_sealed=None).exists()


def is_protected(m: Matter) -> bool:
    """Whether a matter is sealed, told in confidence, or about somebody of the government."""
    if m.sealed or m.confidential or m.accused_person_id or m.accused_unit_id:
        return True
    return level_at(m.place) in ("township", "county") and moved_out_of_sight(m.id)


def public_place(scope: Scope, place: int) -> int:
    """The place that may be named: the natural village, else the village; never a grid or a group."""
    return territory.natural_village_of(scope, place) or enclosing(place, "village") or place


def published(
    scope: Scope, *, kind: str = "", place: int | None = None, since: date | None = None, until: date | None = None,
    after: int = 0,
) -> list[PublicRow]:  # fmt: skip
    """Published texts, the newest first, one more than a page; by kind or class, place and days reported."""
    wanted = _shown()
    if kind:
        wanted &= Q(kind_code__startswith=kind)
    if place is not None:
        wanted &= Q(place__range=interval(place))
    if since is not None:
        wanted &= Q(opened_on__gte=since)
    if until is not None:
        wanted &= Q(opened_on__lte=until)
    with acting(scope):
        found = Publication.objects.filter(wanted).order_by("-published_at", "id").values(*_PUBLIC)
        return [PublicRow(**values) for values in found[after : after + PAGE + 1]]


def published_one(scope: Scope, publication_id: UUID) -> PublicRow:
    """One published text. Refuses: NotFound for what is not, or no longer, published."""
    with acting(scope):
        values = Publication.objects.filter(_shown(), id=publication_id).values(*_PUBLIC).first()
    if values is None:
        raise NotFound(N_("This is not published, or not any more."))
    return PublicRow(**values)


def _shown() -> Q:
    """What anybody reads: published, and its last day has not passed, though the clock may not have taken it down."""
    return Q(state="published", until__gte=timezone.localdate())


def publications(scope: Scope, *states: str) -> list[PublicationRow]:
    """Texts of matters in scope in these states, the newest first; those that wait, the longest waiting first."""
    order = "proposed_at" if states == ("proposed",) else "-proposed_at"
    with acting(scope):
        found = Publication.objects.filter(matter__isnull=False, state__in=states)
        found = found.filter(place__range=(scope.lo, scope.hi)).order_by(order, "id")
        return [_row(values) for values in found.values(*_COLUMNS)[:LISTED]]


def publications_of(scope: Scope, matter_id: UUID) -> list[PublicationRow]:
    """The texts of a matter, the newest first."""
    with acting(scope):
        found = Publication.objects.filter(matter_id=matter_id).order_by("-proposed_at", "id")
        return [_row(values) for values in found.values(*_COLUMNS)]


def publication(scope: Scope, publication_id: UUID) -> PublicationRow:
    """One text. Refuses: NotFound outside the scope."""
    with acting(scope):
        values = Publication.objects.filter(id=publication_id).values(*_COLUMNS).first()
    if values is None:
        raise NotFound(N_("There is nothing of that published here, or it is not yours to see."))
    return _row(values)


def over(scope: Scope, today: date, limit: int) -> list[UUID]:
    """Published texts whose last day has passed."""
    with acting(scope):
        found = Publication.objects.filter(state="published", until__lt=today).order_by("until", "id")
        return list(found.values_list("id", flat=True)[:limit])


def counts(scope: Scope, year: int, kind: str = "") -> list[VillageCount]:
    """Matters of public kinds by village that people reported themselves, of the days of a year; nothing below five.

    Of one class a count is told only where it can't be worked out from the whole village and the other classes.
    """
    by_village: dict[int, Counter[str]] = {}
    for place, code, n in _faces(scope, year):
        village = enclosing(place, "village")
        if village is not None:
            by_village.setdefault(village, Counter())[code[:1]] += n
    return [
        VillageCount(place=village, count=_told(by_class, kind[:1]))
        for village, by_class in sorted(by_village.items())
        if not kind or by_class[kind[:1]]
    ]


def _told(by_class: Counter[str], of: str) -> int | None:
    whole = by_class.total()
    if whole < LEAST:
        return None
    return shown_parts(by_class)[of] if of else whole


def counts_within(scope: Scope, year: int, village: int) -> list[VillageCount]:
    """The same by natural village inside a village, of all kinds together; what names none stands under the village.

    A count is told only where no count beside it, and none of the whole village, gives away one below five.
    """
    parts: Counter[int] = Counter()
    parts.update({row.code: 0 for row in territory.children(scope, village, level="natural_village")})
    for place, _code, n in _faces(scope, year, village):
        parts[place] += n
    shown = shown_parts(parts) if parts.total() >= LEAST else dict.fromkeys(parts)
    return [VillageCount(place=place, count=shown[place]) for place in sorted(parts)]


def _faces(scope: Scope, year: int, within: int | None = None) -> list[tuple[int, str, int]]:
    """Places, kinds and how many matters that people reported themselves, of the days of a year."""
    days = Q(series="asked", opened_on__gte=date(year, 1, 1), opened_on__lte=date(year, 12, 31))
    if within is not None:
        days &= Q(place__range=interval(within))
    with acting(scope):
        found = PublicFace.objects.filter(days).values_list("place", "kind_code").annotate(n=Count("id")).order_by()
        return list(found)


def _row(values: dict[str, Any]) -> PublicationRow:
    return PublicationRow(**values)
