"""Reporting in three steps, without account and without script: what, where, tell us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import BadInput, Refusal
from commongrid.matters import queries as matters
from commongrid.matters.rules.named import FAMILY, VIOLENCE
from commongrid.surfaces.public import asking, pictures, sending
from commongrid.surfaces.public.forms import Telling
from commongrid.surfaces.public.where import choice, nearby, precise
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.throttle import throttled

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import KindRow
    from commongrid.surfaces.public.asking import Asking
    from commongrid.surfaces.shared.doors import Asked

REPORTS_AN_HOUR = 120
POLICE = "110"


@dataclass(frozen=True, slots=True)
class Found:
    """A kind that a search found, with its group."""

    kind: KindRow
    group: KindRow | None


@door("matters.report", kinds=("public",))
def what(request: Asked) -> HttpResponse:
    """First step: some twelve pictures, a search over all kinds, or one's own words."""
    said = asking.read(request)
    search = request.GET.get("q", "").strip()[:60]
    meant = _meant(request.scope, search)
    return render(
        request,
        "public/report/what.html",
        {
            "tiles": [tile for tile in matters.tiles(request.scope) if tile.kind_code != matters.UNSORTED],
            "search": search or None,
            "found": _search(request.scope, search, meant) if search else [],
            "calls": numbers_of(meant),
            "place": precise(request.scope, said.at),
        },
    )


def numbers_of(meant: list[KindRow]) -> list[str]:
    """Whom to call where somebody is in danger: the police, then who else the words point to; nothing without such."""
    return list(dict.fromkeys([POLICE, *(kind.emergency for kind in meant if kind.emergency)])) if meant else []


def _meant(scope: Scope, text: str) -> list[KindRow]:
    """The sealed kinds that somebody's words of danger mean."""
    return [kind for kind, _said in matters.danger_said(scope, text)]


def _search(scope: Scope, text: str, meant: list[KindRow]) -> list[Found]:
    """What words of danger mean, then kinds whose name, group or group's name holds the words, in either language."""
    rows = matters.kinds(scope)
    groups = {row.code: row for row in rows if not row.parent}
    wanted = text.lower()

    def holds(row: KindRow | None) -> bool:
        return row is not None and (wanted in row.zh or wanted in row.en.lower())

    hits = [row for row in rows if row.parent and row.code != matters.UNSORTED]
    own = [row for row in hits if holds(row)]
    of_group = [row for row in hits if row not in own and holds(groups.get(row.parent))]
    return [Found(row, groups.get(row.parent)) for row in dict.fromkeys([*meant, *own, *of_group])][:30]


@door("matters.report", kinds=("public",), methods=("GET", "POST"))
def where(request: Asked) -> HttpResponse:
    """Second step: from township to natural village, or by name. A poster's code names the place already."""
    said = asking.read(request)
    if _kind(request.scope, said) is None and not said.words:
        return HttpResponseRedirect(reverse("report"))
    given = request.POST if request.method == "POST" else request.GET
    return _where_page(request, said, given.get("q", "").strip()[:60])


@door("matters.report", kinds=("public",), methods=("GET", "POST"))
def tell(request: Asked) -> HttpResponse:
    """Third step: words, photos, whom we may ask back; what is already known there is shown first."""
    said = asking.read(request)
    kind = _kind(request.scope, said)
    if kind is None and not said.words:
        return HttpResponseRedirect(reverse("report"))
    if precise(request.scope, said.at) is None:
        return _where_again(request, said)
    initial = {"text": said.words}
    if _meant(request.scope, said.words) or (kind is not None and kind.emergency):
        initial["urgency"] = "immediate"
    return _tell_page(request, said, Telling(initial=initial))


@throttled("report", REPORTS_AN_HOUR)
@door("matters.report", kinds=("public",), methods=("GET", "POST"))
def send(request: Asked) -> HttpResponse:
    """Send it. Whatever is refused comes back with every word kept."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("report"))
    said = asking.read(request)
    place = precise(request.scope, said.at)
    if place is None:
        return _where_again(request, said)
    form = Telling(request.POST, request.FILES)
    photos = pictures.gathered(request, form)
    if form.is_valid():
        kind = _kind(request.scope, said)
        told = {**form.cleaned_data, "photos": photos, "whom": form.whom()}
        meant = _meant(request.scope, told["text"])
        if meant and "warned" not in request.POST:
            told["urgency"] = "immediate"
        try:
            code = sending.report(request, kind.code if kind else matters.UNSORTED, place.code, told)
        except Refusal as refusal:
            form.refuse(refusal)
            return _tell_page(request, said, form, refusal.status, photos)
        call = f"&call={meant[0].code}" if meant else ""
        return HttpResponseRedirect(f"{reverse('slip', args=[code])}?sent=1{call}")
    return _tell_page(request, said, form, BadInput.status, photos)


def _kind(scope: Scope, said: Asking) -> KindRow | None:
    """The kind, or None where there is none of that code."""
    if not said.kind:
        return None
    try:
        return matters.kind(scope, said.kind)
    except Refusal:
        return None


def _may_complain(kind: KindRow | None) -> bool:
    """Kinds that are complaints, and words that nobody has sorted yet."""
    return kind is None or kind.code == matters.UNSORTED or kind.complaint


def _where_again(request: Asked, said: Asking) -> HttpResponse:
    response = _where_page(request, said, "", wrong=_("Please choose the village where it is."))
    response.status_code = BadInput.status
    return response


def _about(request: Asked, at: int | None) -> None:
    """The page is headed by the county it is about."""
    request.about_place = at


def _where_page(request: Asked, said: Asking, search: str, wrong: str = "") -> HttpResponse:
    _about(request, said.at)
    context = {
        "asking": said,
        "kind": _kind(request.scope, said),
        "search": search,
        "choice": choice(request.scope, said.at, search),
        "nearby": nearby(request.scope, request.POST.get("lon", ""), request.POST.get("lat", "")),
        "wrong": wrong,
    }
    return render(request, "public/report/where.html", context)


def _tell_page(
    request: Asked, said: Asking, form: Telling, status: int = 200, photos: tuple[Staged, ...] = ()
) -> HttpResponse:
    kind = _kind(request.scope, said)
    place = precise(request.scope, said.at)
    _about(request, said.at)
    if place and _may_complain(kind):
        form.offer(request.scope, place.code)
    named = None if kind is None or kind.code == matters.UNSORTED else kind
    similar = matters.similar(request.scope, kind_code=named.code, place=place.code) if place and named else ()
    meant = _meant(request.scope, str(form["text"].value() or ""))
    context = {
        "form": form,
        "kind": named,
        "place": place,
        "emergency": kind.emergency if kind else "",
        "calls": numbers_of(meant),
        "meant": [] if kind is not None and kind.sealed else meant,
        "asks_about_violence": kind is not None and kind.code == FAMILY,
        "violence": VIOLENCE,
        "at": str(said.at or ""),
        "complaint": kind is not None and kind.complaint,
        "own_words": _may_complain(kind) and not (kind is not None and kind.complaint),
        "similar": similar,
        "tickets": pictures.tickets(photos),
        "other": any(form[name].value() or form[name].errors for name in Telling.CONCERNED),
    }
    return render(request, "public/report/tell.html", context, status=status)
