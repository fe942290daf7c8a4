"""Whom to divert to, with the reasons: who leads the kind, what the words say, what was done, what lies below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, Value
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Order
from commongrid.matters.queries.bodies import accused_units
from commongrid.matters.queries.vocabulary import (
    KindRow,
    LeadRow,
    danger_said,
    kind_version,
    kinds,
    recalled,
    work_list,
)
from commongrid.matters.rules.alike import closest
from commongrid.matters.rules.words import OWN_OFFICE
from commongrid.roster.models import Unit
from commongrid.territory import queries as territory

YEAR: Final = timedelta(days=365)
LOOKED_AT: Final = 200
"""So many earlier orders are looked at, the latest first: enough to tell, and the same cost after ten years."""
SHOWN: Final = 3
"""So many kinds are suggested by their words."""
LEAST_WORDS: Final = 2
"""So many words must point to a restricted kind before it stands among the others."""
SPOKEN_OF: Final = ("public", "parties")
"""Kinds whose earlier titles may be compared; of restricted and sealed ones nobody is told anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """What a unit did with this kind here in a year: ``answered`` of ``given``, ``on_time`` of those answered."""

    given: int
    all: int
    answered: int
    on_time: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A unit or place to divert to. ``why`` is the best reason: decided, leads, words, precedent, below or none.

    ``lead`` is the work list's row, ``said`` words of the text that point to
    it, ``before`` what it did with the kind in the last year. ``helps``: an
    office of the township's own, which only helps with this and needs a reason to be given it.
    """

    unit: UUID | None
    place: int
    zh: str
    en: str
    why: str
    list: str = ""
    outside_command: bool = False
    lead: UUID | None = None
    said: tuple[str, ...] = ()
    before: Precedent | None = None
    helps: bool = False

    def label(self, lang: str) -> str:
        """The name in the language asked for, where there is one."""
        return (self.en if lang == "en" else "") or self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSuggestion:
    """A kind that the words point to, and which words."""

    kind: KindRow
    said: tuple[str, ...]


def suggestions(scope: Scope, matter_id: UUID) -> list[Suggestion]:
    """Whom this post may divert the matter to, the best first, each with its reasons: one query for all the reasons.

    Units that may take it at this post's level come with a reason or, off the
    list, with why "" (a reason of the dispatcher's own is needed); levels below
    with why "below". Nothing here diverts anything.

    Refuses: NotFound outside the scope.
    """
    with acting(scope):
        m = (
            Matter.objects.filter(id=matter_id)
            .values(
                "place",
                "kind_id",
                "kind_code",
                "barred_unit",
                "barred_parts",
                "barred_place",
                "accused_person",
                "accused_unit",
                "title",
                "text",
            )
            .first()
        )
        if m is None:
            raise NotFound
        level, place = scope.level if scope.level in ("township", "county") else "", m["place"]
        seat = enclosing(place, level) if level else None  # type: ignore[arg-type]
        found = _units_at(scope, seat, level, m, matter_id) if seat else []
        kind = kind_version(scope, m["kind_id"])
        found += [] if kind.routed_round or kind.sealed else _below(scope, m)
    return sorted(found, key=_rank)


_RANKS = {"decided": 0, "leads": 1, "precedent": 2, "words": 3, "below": 4, "": 5}


def _rank(one: Suggestion) -> tuple[int, int, str]:
    return (_RANKS[one.why], -(one.before.given if one.before else 0), one.zh)


def _units_at(scope: Scope, seat: int, level: str, m: Mapping[str, Any], matter_id: UUID) -> list[Suggestion]:
    leads = work_list(scope, kind_code=m["kind_code"], level=level, place=m["place"])
    given, titles = _done_before(m["kind_code"], seat, matter_id)
    before, said = _precedents(given), _words(f"{m['title']} {m['text']}", titles)
    barred = {m["barred_unit"], *m["barred_parts"]}
    accused = accused_units(scope, m["accused_person"], m["accused_unit"])
    units = [one for one in _units(seat) if one.id not in barred and accused.isdisjoint(_over(one))]
    return [_unit(unit, leads, before.get(unit.id), said.get(unit.id, ())) for unit in units]


def _over(unit: Unit) -> tuple[UUID | None, ...]:
    return (unit.id, unit.parent_id, unit.master_id)


def kinds_said(scope: Scope, text: str) -> list[KindSuggestion]:
    """The kinds that somebody's words come closest to, the best first, words of danger before all: no query.

    Hardship, illness, births and the like are about one household: a single common word points to them last.
    """
    meant = [KindSuggestion(kind=of, said=said) for of, said in danger_said(scope, text)]
    named = {row.code: row for row in kinds(scope) if row.parent}
    found = closest(
        text, {code: f"{row.zh} {row.note} {row.en.lower()}" for code, row in named.items()}, most=2 * SHOWN
    )
    found = sorted(found, key=lambda one: named[one.key].visibility == "restricted" and len(one.words) < LEAST_WORDS)
    best = [one for one in found if one.key not in {of.kind.code for of in meant}][:SHOWN]
    return [*meant, *(KindSuggestion(kind=named[one.key], said=one.words) for one in best)]


def _units(place: int) -> list[Unit]:
    return list(Unit.objects.filter(place=place, valid_to=None).exclude(type="party_group").order_by("name_zh", "id"))


def _earlier(seat: int, but: UUID) -> Any:
    """Orders to units of this place in the last year, the latest first."""
    since = timezone.now() - YEAR
    found = Order.objects.filter(place=seat, unit__isnull=False, ordered_at__gte=since).exclude(matter_id=but)
    return found.order_by("-ordered_at")


def _done_before(kind_code: str, seat: int, but: UUID) -> tuple[list[Sequence[Any]], dict[UUID, list[str]]]:
    """What units of this place were given of the kind, and titles of what they answered: the one query of all this."""
    columns = ("unit_id", "outcome", "ordered_at", "ended_at", "due_at", "said")
    given = _earlier(seat, but).filter(kind_code=kind_code).annotate(said=Value(None, CharField()))
    answered = _earlier(seat, but).filter(outcome="answered", matter__kind__visibility__in=SPOKEN_OF)
    titled = answered.annotate(said=F("matter__title")).values_list(*columns)[:LOOKED_AT]
    rows, titles = list[Sequence[Any]](), defaultdict[UUID, list[str]](list)
    for row in given.values_list(*columns)[:LOOKED_AT].union(titled, all=True):
        if row[-1] is None:
            rows.append(row)
        else:
            titles[row[0]].append(row[-1])
    return rows, titles


def _precedents(rows: list[Sequence[Any]]) -> dict[UUID, Precedent]:
    """What each unit of this place did with the kind in the last year."""
    by_unit: dict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        by_unit[row[0]].append(row)
    return {unit: _precedent(own, len(rows)) for unit, own in by_unit.items()}


def _precedent(own: list[Sequence[Any]], among: int) -> Precedent:
    answered = [row for row in own if row[1] == "answered"]
    return Precedent(
        given=len(own), all=among, answered=len(answered), on_time=sum(row[3] <= row[4] for row in answered),
        last=max(row[2] for row in own),
    )  # fmt: skip


def _words(text: str, titles: Mapping[UUID, list[str]]) -> dict[UUID, tuple[str, ...]]:
    """Words of the text that stood in titles of what a unit answered before."""
    found = closest(text, {unit: " ".join(said) for unit, said in titles.items()})
    return {one.key: one.words for one in found}


def _unit(unit: Unit, leads: tuple[LeadRow, ...], before: Precedent | None, said: tuple[str, ...]) -> Suggestion:
    lead = next((row for row in leads if row.unit == unit.id), None)
    why = "decided" if lead else ""
    if lead is None and unit.function_id:
        lead = next((row for row in leads if row.function == unit.function_id), None)
        why = "leads" if lead else ""
    helps = lead is not None and lead.list == "support" and lead.level == "township" and unit.type == OWN_OFFICE
    why = why or ("precedent" if before and before.answered else "") or ("words" if said else "")
    return Suggestion(
        unit=unit.id, place=unit.place, zh=unit.name_zh, en=unit.name_en, why=why, list=lead.list if lead else "",
        outside_command=unit.outside_command, lead=lead.id if lead else None, said=said, before=before,
        helps=helps,
    )  # fmt: skip


def _below(scope: Scope, m: Mapping[str, Any]) -> list[Suggestion]:
    """The levels below this post that the matter lies in, and for a village its grids."""
    place = m["place"]
    wanted = [enclosing(place, level) for level in ("township", "village")]
    codes = [code for code in wanted if code and code != scope.place and scope.lo <= code <= scope.hi]
    named = territory.places(scope, codes)
    rows = [named[code] for code in codes if code in named]
    if scope.level == "village" and scope.place is not None:
        rows = territory.children(scope, scope.place, level="grid")
    taken = "recalled" if recalled(scope, m["kind_code"], place) else ""
    return [
        Suggestion(unit=None, place=row.code, zh=row.name, en=row.name_en, why="below", list=taken)
        for row in rows
        if row.code != m["barred_place"]
    ]
