"""The work list, to be read: kinds of matters with limits and who leads, and the table of states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commongrid.kernel.refusals import N_
from commongrid.matters.queries import vocabulary
from commongrid.matters.rules.table import EVENTS, LIVE_OPEN, STATES
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import chinese, in_a_row
from commongrid.territory.queries import places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.vocabulary import KindRow, LeadRow
    from commongrid.matters.rules.table import Event
    from commongrid.surfaces.shared.doors import Asked

WHO: Final = {
    "anyone": N_("anyone"),
    "owner": N_("whoever has it"),
    "above": N_("a level above"),
    "near": N_("grid or village on the spot"),
    "visitor": N_("another level than the handler"),
    "reporter": N_("the reporter, by slip"),
    "within": N_("whoever sees it"),
    "clock": N_("the clock"),
    "caller": N_("the centre that gave the part out"),
    "counter": N_("the counter of its village, township or county"),
    "keeper": N_("the level that had it last, or one above"),
    "rechecker": N_("the level the recheck was given to"),
}
LEVELS: Final = {"grid": N_("Grid"), "village": N_("Village"), "township": N_("Township"), "county": N_("County")}
LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who leads a kind at a level, in words; ``place`` where it holds for one place only."""

    level: str
    who: str
    list: str
    tone: str
    place: str
    basis: str
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A kind in the reader's words."""

    kind: KindRow
    respond: str
    finish: str
    first_level: str
    visit: str
    visibility: str
    closes: str
    leads: tuple[Lead, ...]
    settle: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether the text is in its code, names or those who lead."""
        found = (self.kind.code, self.kind.zh, self.kind.en, *(lead.who for lead in self.leads))
        return any(text.casefold() in one.casefold() for one in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that can happen in a state, where it leads and who may cause it."""

    event: str
    to: str
    who: str
    refused: str


def in_hours(value: Decimal | None) -> str:
    """A response limit in words; minutes below an hour."""
    if value is None:
        return ""
    if value < 1:
        return _("%(n)s min") % {"n": _number(value * 60)}
    return _("%(n)s h") % {"n": _number(value)}


def in_days(value: Decimal | None, calendar: str) -> str:
    """A finishing limit in words, on its calendar."""
    if value is None:
        return ""
    if calendar == "W":
        return ngettext("%(n)s working day", "%(n)s working days", int(value)) % {"n": _number(value)}
    return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": _number(value)}


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


class Glossary:
    """The names that a work list needs, fetched once."""

    def __init__(self, scope: Scope) -> None:
        """Fetch functions, roles, and the units and places that single rows name."""
        self.lang = "zh" if chinese() else "en"
        self.rows = vocabulary.work_list(scope)
        self.functions = {code: row.label(self.lang) for code, row in roster.functions(scope).items()}
        self.roles = {row.code: row.label(self.lang) for row in roster.roles(scope)}
        units = {row.unit for row in self.rows if row.unit}
        self.units = {one.id: one.label(self.lang) for one in roster.units(scope) if one.id in units} if units else {}
        codes = {row.place for row in self.rows if row.place}
        self.places = {code: one.label(self.lang) for code, one in places(scope, codes).items()} if codes else {}

    def leads(self, kind: str) -> tuple[Lead, ...]:
        """Who leads a kind, the township first."""
        rows = sorted((row for row in self.rows if row.kind_code == kind), key=lambda row: row.level != "township")
        return tuple(self._lead(row) for row in rows)

    def _lead(self, row: LeadRow) -> Lead:
        who = self.units.get(row.unit, "") if row.unit else self.functions.get(row.function, row.function)
        return Lead(
            level=words.say(LEVELS, row.level),
            who=who,
            list=words.say(words.LISTS, row.list) if row.list else "",
            tone={"basic": "ok", "support": "info"}.get(row.list, ""),
            place=self.places.get(row.place, "") if row.place else "",
            basis=row.basis,
            decided=row.decided,
        )

    def row(self, kind: KindRow) -> Row:
        """A kind in the reader's words."""
        first = self.functions.get(kind.competent, "") if kind.sealed else ""
        return Row(
            kind=kind,
            respond=in_hours(kind.respond_hours),
            finish=in_days(kind.finish_days, kind.calendar),
            first_level=first or words.say(LEVELS, kind.first_level),
            visit=words.say(words.VISIT_RULES, kind.visit),
            visibility=words.say(words.VISIBILITIES, kind.visibility),
            closes=words.say(words.CLOSES, kind.closes),
            leads=self.leads(kind.code),
            settle=tuple(self.roles.get(code, code) for code in kind.settle_roles),
        )


def grouped(classes: Iterable[KindRow], rows: Iterable[Row]) -> list[tuple[KindRow, list[Row]]]:
    """Rows under their classes; empty classes are left out."""
    rows = list(rows)
    found = [(one, [row for row in rows if row.kind.parent == one.code]) for one in classes]
    return [(one, inside) for one, inside in found if inside]


@door("worklist.read")
def kinds(request: Asked) -> HttpResponse:
    """Kinds by class with who leads, limits, return visit, rating, who may settle, validity."""
    text, chosen = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST], request.GET.get("class", "")[:8]
    everything = vocabulary.kinds(request.scope)
    classes = [one for one in everything if not one.parent]
    if not text and chosen not in {one.code for one in classes}:
        chosen = classes[0].code if classes else ""
    glossary = Glossary(request.scope)
    rows = (glossary.row(one) for one in everything if one.parent and chosen in ("", one.parent))
    groups = grouped(classes, (row for row in rows if not text or row.holds(text)))
    return render(
        request,
        "console/work_list/kinds.html",
        {"groups": groups, "classes": classes, "q": text, "chosen": chosen},
    )


@door("worklist.read")
def states(request: Asked) -> HttpResponse:
    """The table of states: who has a matter, which limit runs, what can happen and where it leads."""
    always = [event for event in EVENTS.values() if event.live and all(to == (of,) for of, to in event.ways)]
    own = [event for event in EVENTS.values() if event.live and event not in always]
    rows = [
        (state, words.say(words.CLOCKS, state.clock), ways(own, state.code)) for state in STATES.values() if state.live
    ]
    return render(request, "console/work_list/states.html", {"rows": rows, "always": ways(always, LIVE_OPEN[0])})


def ways(events: Iterable[Event], state: str) -> list[Way]:
    """What can happen in a state, in the table's order."""
    return [
        Way(
            event=words.event(event.code),
            to=in_a_row(map(words.state, leads)),
            who=in_a_row(words.say(WHO, one) for one in event.who),
            refused=event.refused_zh if chinese() else event.refused_en,
        )
        for event in events
        if (leads := event.leads(state))
    ]


urlpatterns = [
    path("", kinds, name="worklist"),
    path("states/", states, name="loop_states"),
]
