"""One matter: where it stands, what was said and done, who has it until when, and what this post may do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import MatterDetail
from commongrid.matters.queries.themes import themes_of
from commongrid.roster import queries as roster
from commongrid.surfaces.console import publishing
from commongrid.surfaces.console.matters import (
    calling,
    elsewhere,
    forms,
    history,
    joining,
    leaders,
    markets,
    panel,
    papers,
    present,
    standard,
    taking_up,
    waiting_page,
    words,
)
from commongrid.surfaces.console.register import changes
from commongrid.surfaces.console.register.looks import OPEN_SECONDS
from commongrid.surfaces.shared import files
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language, left
from commongrid.territory import queries as territory

PARTS: Final = {
    "reporter": N_("Reporter"),
    "concerned": N_("Person concerned"),
    "accused": N_("Whom it is about"),
    "where": N_("Where it happened"),
}
DONE = ("answered", "settled")


@door("matters.read")
def matter(request: Asked, matter_id: UUID) -> HttpResponse:
    """The page of one matter."""
    return shown(request, matter_id)


@door("matters.read", methods=("POST",))
def reveal(request: Asked, matter_id: UUID) -> HttpResponse:
    """Show one sealed field for five minutes, with a reason, logged; for those who have to reach the person."""
    form = forms.Reveal(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return shown(request, matter_id, reveal=form, status=422)
    part, field = form.cleaned_data["what"].split(":")
    try:
        value = queries.revealed(request.scope, matter_id, part, field)
    except Refusal as refusal:
        form.refuse(refusal)
        return shown(request, matter_id, reveal=form, status=refusal.status)
    about = Access(
        event="revealed",
        about=f"{part}.{field}",
        reason=form.cleaned_data["reason"],
        subject_kind="matter",
        subject=matter_id,
    )
    accounts.log_access(request.scope, Act.new(), access=about)  # sent twice, it is shown and logged twice
    response = shown(request, matter_id, opened={"part": part, "field": field, "value": value})
    response["Cache-Control"] = "no-store"
    response["Refresh"] = f"{OPEN_SECONDS}; url={reverse('matter', args=[matter_id])}"
    return response


def shown(
    request: Asked,
    matter_id: UUID,
    *,
    refused: tuple[str, forms.Step] | None = None,
    reveal: forms.Reveal | None = None,
    opened: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, perhaps with a step standing open, refused or to be seen first, or with a field just revealed."""
    m = queries.matter(request.scope, matter_id)
    context = page(request, m)
    context["steps"] = standard.offer(request, m, panel.steps_for(request.scope, m, refused))
    context["parties"] = parties(m, opened)
    context["reveal"] = reveal or forms.Reveal(auto_id="reveal_%s")
    sealed = any(one["has"] for one in context["parties"])
    context["may_reveal"] = sealed and m.reachable
    return render(request, "console/matters/matter.html", context, status=status)


def page(request: Asked, m: MatterDetail) -> dict[str, Any]:
    """Everything on the page that asks nothing of the reader."""
    scope, row = request.scope, m.row
    lang = language()
    units = {one: row.label(lang) for one, row in roster.units_by_id(scope, _units_of(m)).items()}
    codes = (
        {order.place for order in m.orders} | {told.place for told in m.told} | {one.place for one in m.supervisions}
    )
    went = [line for line in m.history if "was_place" in line.facts]
    codes |= {code for line in went for code in (int(str(line.facts["was_place"])), line.place_now)}
    places = {code: one.label(lang) for code, one in territory.places(scope, codes).items()} if codes else {}
    faces = history.faces_of(scope, m)
    due = left(row.due_at) if row.due_at else ""
    return {
        "m": m,
        "shown": present.shown(scope, row),
        "trail": trail(scope, m),
        "group": group_name(scope, m),
        "rail": history.rail(m, due),
        "history": history.told(scope, m, faces, units, places),
        "orders": orders(m, units, places),
        "told": [
            (one, words.say(words.ESCALATIONS, one.sort), places.get(one.place) or words.say(words.LEVELS, one.level))
            for one in reversed(m.told)
        ],
        "supervisions": supervisions(m, places),
        "ratings": ratings(m, units, places),
        "photos": files.shown(request, attachments.files_of(scope, row.id)) if m.readable else [],
        "alike": joining.alike(scope, m),
        "joined": joining.joined(scope, m),
        "themes": themes_of(scope, row.id),
        "markets": markets.coming(scope, row.place) if row.open and set(m.may) & markets.CHOOSES else [],
        "causes": joining.causes(scope, m),
        "calling": calling.card(scope, m),
        "change": changes.of_matter(scope, row.id, row.kind.code),
        **waiting_page.card(scope, m),
        **leaders.card(scope, m),
        **taking_up.card(scope, m),
        "source": words.say(words.SOURCES, row.source),
        "series": words.say(words.SERIES, row.series),
        "visibility": words.say(words.VISIBILITIES, row.kind.visibility),
        **elsewhere.beside(scope, m),
        **papers.card(request, m),
        **publishing.card(scope, m),
        "own_slip": m.reported_by is not None and m.reported_by == scope.post,
    }


def _units_of(m: MatterDetail) -> set[UUID]:
    named = [*(order.unit for order in m.orders), *(rating.unit for rating in m.ratings), m.row.unit]
    return {unit for unit in named if unit is not None}


def trail(scope: Scope, m: MatterDetail) -> list[tuple[str, str]]:
    """The way to the matter: the queue, then its places down to its own."""
    lang = language()
    queue = reverse("matters")
    way = [(one.label(lang), f"{queue}?place={one.code}") for one in territory.path(scope, m.row.place)[1:]]
    return [(_("Matters"), queue), *way, (m.row.number, "")]


def group_name(scope: Scope, m: MatterDetail) -> str:
    """The class of its kind."""
    names = {row.code: row.label(language()) for row in queries.kinds(scope)}
    return names.get(m.row.kind.parent, "")


def orders(m: MatterDetail, units: Mapping[UUID, str], places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Who was given it, until when, and what came of it; the newest first."""
    outcomes = {
        "": _("not ended yet"), "answered": _("answered"), "settled": _("settled"), "given_back": _("given back"),
        "taken_away": _("taken away"),
    }  # fmt: skip
    return [
        {"row": one, "who": history.target_name(one, units, places), "outcome": outcomes[one.outcome]}
        for one in reversed(m.orders)
    ]


def supervisions(m: MatterDetail, places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Words from above, the newest first, with the interim answer they want."""
    notes = {note.at: note.text for note in m.notes if note.sort == "supervision"}
    return [
        {"row": one, "who": places.get(one.place) or words.say(words.LEVELS, one.level), "text": notes.get(one.at, "")}
        for one in reversed(m.supervisions)
    ]


def ratings(m: MatterDetail, units: Mapping[UUID, str], places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Ratings this reader may see, the newest first, each about whoever did that round's work."""
    did = {one.round: history.target_name(one, units, places) for one in m.orders if one.outcome in DONE}
    return [
        {"row": one, "about": did.get(one.round) or words.say(words.LEVELS, one.handler_level)}
        for one in reversed(m.ratings)
    ]


def parties(m: MatterDetail, opened: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """Who reported and whom it concerns, masked; one field in the clear where it was just revealed."""
    found = []
    for one in m.parties:
        values = {"name": one.name, "phone": one.phone}
        if opened and opened["part"] == one.part:
            values[opened["field"]] = opened["value"]
        label = _(PARTS[one.part])
        found.append({"part": one.part, "label": label, "has": one.has, "opened": bool(opened), **values})
    return found


urlpatterns = [
    path("<uuid:matter_id>/", matter, name="matter"),
    path("<uuid:matter_id>/reveal", reveal, name="matter_reveal"),
    *calling.urlpatterns,
    *papers.urlpatterns,
]
