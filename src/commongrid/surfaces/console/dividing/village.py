"""The grids of one village: today's, proposals kept side by side, barriers, who sits in grids that have ended."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext

from commongrid.kernel.places import code_read, is_code, level_of
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.roster import actions as roster
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.queries import divisions, staffing
from commongrid.roster.dividing.rules.planning import fitting
from commongrid.roster.dividing.rules.words import STATE_WORDS
from commongrid.surfaces.console.dividing import forms
from commongrid.surfaces.console.dividing.words import TONES, gap_said, title_of, trail
from commongrid.surfaces.console.mapping import tiles
from commongrid.surfaces.console.network.words import hamlets, village
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language
from commongrid.territory import actions as territory_actions
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked


@door("grids.divide")
def page(request: Asked, code: int) -> HttpResponse:
    """Today's grids with their size, the proposals, the barriers, and posts in grids that have ended."""
    row = village(request.scope, code)
    return _shown(
        request,
        code,
        forms.TermsForm(initial=_fitting(request, code)).offer(offered(request.scope, code)),
        row.label(language()),
    )


def _fitting(request: Asked, code: int) -> dict[str, Any]:
    """Limits that fit the village's size."""
    return asdict(fitting(sum(divisions.homes_per_grid(request.scope, code).values())))


def _shown(request: Asked, code: int, form: forms.TermsForm, name: str) -> HttpResponse:
    homes = divisions.homes_per_grid(request.scope, code)
    named = territory.places(request.scope, homes)
    found = divisions.divisions(request.scope, code)
    context = {
        "place": named.get(code) or village(request.scope, code), "name": name, "form": form,
        "grids": [(named[each], count) for each, count in sorted(homes.items()) if each != code],
        "loose": homes.get(code, 0), "homes": sum(homes.values()),
        "divisions": [(one, title_of(one), gettext(STATE_WORDS[one.state]), TONES[one.state]) for one in found],
        "barriers": divisions.barriers(request.scope, code),
        "left": staffing.left_behind(request.scope, code, localdate()),
        "appoints": request.scope.may("posts.appoint"), "trail": trail(request.scope, code)[:-1],
    }  # fmt: skip
    return render(request, "console/dividing/village.html", context, status=422 if form.errors else 200)


def offered(scope: Scope, code: int) -> list[tuple[int, str]]:
    """The natural villages of a village, for a choice."""
    return [(one.code, one.label(language())) for one in hamlets(scope, code)]


@door("grids.divide", methods=("POST",))
def propose(request: Asked, code: int) -> HttpResponse:
    """Have grids proposed for the village."""
    row = village(request.scope, code)
    form = forms.TermsForm(request.POST).offer(offered(request.scope, code))
    if form.is_valid():
        try:
            made = actions.propose(request.scope, request.act, village=code, terms=form.terms)
            return HttpResponseRedirect(reverse("division", args=[made["division"]]))
        except Refusal as refusal:
            form.refuse(refusal)
    return _shown(request, code, form, row.label(language()))


@door("posts.appoint", methods=("POST",))
def carry_posts(request: Asked, code: int) -> HttpResponse:
    """Move everybody who sits in a grid that has ended to one that carries it on."""
    village(request.scope, code)
    grid, to = (code_read(request.POST.get(name, "")) or 0 for name in ("grid", "to"))
    done = roster.carry_posts(request.scope, request.act, grid=grid, to=to, on=localdate())
    n = done["posts"]
    said = ngettext("%(count)s post moved, with what is its.", "%(count)s posts moved, with what is theirs.", n)
    messages.success(request, said % {"count": n})
    return HttpResponseRedirect(reverse("dividing", args=[code]))


def _wide(request: Asked, code: int) -> None:
    """Refuses: NotFound for what is no township or county of the post's own."""
    wide = is_code(code) and level_of(code) in ("township", "county")
    if not wide or not territory.covers_whole(request.scope, code):
        raise NotFound


@door("grids.divide", methods=("GET", "POST"))
def everywhere(request: Asked, code: int) -> HttpResponse:
    """Have grids proposed in every village of a township or the county; the clock works them out."""
    _wide(request, code)
    last = divisions.last_terms(request.scope, code)
    form = forms.TermsForm(request.POST or None, initial=asdict(last) if last else None).offer([])

    def do() -> str:
        done = actions.propose_everywhere(request.scope, request.act, place=code, terms=form.terms)
        n = done["villages"]
        said = ngettext("%(count)s village was asked for.", "%(count)s villages were asked for.", n)
        messages.info(request, said % {"count": n})
        return reverse("dividing_everywhere", args=[code])

    title = gettext("Propose grids in every village")
    found = divisions.open_divisions(request.scope, code)
    names = territory.places(request.scope, {one.place for one in found})
    left = len(divisions.villages_left(request.scope, code))
    waiting = sum(one.state == "asked" for one in found)
    villages = len({one.place for one in found})
    back = reverse("network") + f"?place={code}"
    context = {
        "title": title, "place": territory.place(request.scope, code), "back": back,
        "waiting": waiting, "left": left, "total": villages + left, "worked": len(found) - waiting,
        "asked": len(found), "out": sum(one.figures.get("out", 0) for one in found if not one.fault), "resumes": last,
        "divisions": [
            (one, names.get(one.place), gettext(STATE_WORDS[one.state]), TONES[one.state], gap_said(one))
            for one in found
        ],
        "trail": [(gettext("Network"), back), (title, "")],
    }  # fmt: skip
    return answered(
        request, form, do, context, template="console/dividing/everywhere.html",
        done=N_("The proposals are being worked out, one after the other."),
    )  # fmt: skip


@door("grids.divide", methods=("POST",))
def stop(request: Asked, code: int) -> HttpResponse:
    """Let go what still waits to be worked out."""
    _wide(request, code)
    actions.stop(request.scope, request.act, place=code)
    messages.success(request, gettext("Stopped. What was worked out already stays."))
    return HttpResponseRedirect(reverse("dividing_everywhere", args=[code]))


@door("grids.divide", methods=("GET", "POST"))
def barriers(request: Asked, code: int) -> HttpResponse:
    """Draw what nobody walks across and the ways over it; see and take away what is there."""
    row = village(request.scope, code)
    form = forms.BarrierForm(request.POST or None).offer()

    def do() -> str:
        territory_actions.draw_barrier(request.scope, request.act, village=code, drawn=form.drawn)
        return reverse("barriers", args=[code])

    title = gettext("Barriers and roads")
    found = divisions.barriers(request.scope, code)
    context = {
        "place": row, "title": title, "trail": trail(request.scope, code, (title, "")), "barriers": found,
        "may_import": request.scope.may("places.edit"),
        "lines": json.dumps([{"sort": one.sort, "line": one.line} for one in found]),
        "around": f"{reverse('map_shapes', args=[code])}?level=natural_village",
        "points": reverse("map_points", args=[code]) if request.scope.may("people.read") else "", **tiles.base(),
    }  # fmt: skip
    return answered(
        request, form, do, context, template="console/dividing/barriers.html",
        done=N_("The line was entered. Proposals take it in when they are worked out anew."),
    )  # fmt: skip


@door("grids.divide", methods=("POST",))
def barrier_remove(request: Asked, code: int, barrier_id: UUID) -> HttpResponse:
    """Take a barrier, bridge or road away."""
    village(request.scope, code)
    territory_actions.remove_barrier(request.scope, request.act, barrier_id=barrier_id)
    messages.success(request, gettext("Taken away. It stays in the history."))
    return HttpResponseRedirect(reverse("barriers", args=[code]))
