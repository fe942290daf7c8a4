"""Following a matter by its slip: where it stands, who has it, the answer; rating, withdrawing, the slip on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from commongrid.accounts import queries as access
from commongrid.journal.attachments import files_of
from commongrid.journal.queries import history
from commongrid.kernel.codes import normalise
from commongrid.kernel.refusals import BadInput, Refusal
from commongrid.matters import actions
from commongrid.matters import queries as matters
from commongrid.notices.queries import messages_wanted
from commongrid.roster import queries as roster
from commongrid.surfaces.public import telling
from commongrid.surfaces.public.forms import Follow
from commongrid.surfaces.shared import files, qr, standing
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.rating import YES_NO, Rate, RateUnits
from commongrid.surfaces.shared.throttle import throttled
from commongrid.surfaces.shared.times import chinese

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import Followed
    from commongrid.surfaces.shared.doors import Asked

GUESSES = 60
"""Slips not found per sender and ten minutes."""
WINDOW = 600


@throttled("follow", GUESSES, seconds=WINDOW)
@door(None, kinds=("public",), methods=("GET", "POST"))
def follow(request: Asked) -> HttpResponse:
    """Type the code of a slip."""
    form = Follow(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(reverse("slip", args=[normalise(form.cleaned_data["code"])]))
        except BadInput as refusal:
            form.refuse(BadInput(fields={"code": refusal.text}))
    status = BadInput.status if form.errors else 200
    return render(request, "public/slip/follow.html", {"form": form}, status=status)


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.follow", kinds=("slip",))
def slip(request: Asked, code: str) -> HttpResponse:
    """The matter of a slip."""
    matter = matters.followed(request.scope)
    waited = standing.told(matter)
    context = {
        **_about(request, matter, code),
        "sent": request.GET.get("sent") == "1",
        "calls": _calls(request, matter),
        "done": _done(request.GET.get("done", "")),
        "now": standing.sentence(matter, waited),
        "told": waited,
        "steps": telling.steps(matter.phase),
        "messages_wanted": messages_wanted(request.scope, matter.id),
        "photos": [] if matter.sealed else files.shown(request, files_of(request.scope, matter.id), code),
        "events": []
        if matter.sealed
        else telling.happenings(
            [*history(request.scope, matter.id), *matter.lines],
            {at: zh if chinese() else en or zh for at, zh, en in matter.hands},
            matter.id,
        ),
        "looks": [] if matter.sealed else _looks(request.scope, matter.id),
    }
    return render(request, "public/slip/matter.html", context)


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.follow", kinds=("slip",))
def paper(request: Asked, code: str) -> HttpResponse:
    """The slip for paper: two on a sheet of A4."""
    matter = matters.followed(request.scope)
    copies = [(_("for the person"), True), (_("for the file"), False)]
    context = {**_about(request, matter, code), "copies": copies, "told": standing.told(matter)}
    return render(request, "public/slip/paper.html", context)


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.rate", kinds=("slip",), methods=("GET", "POST"))
def rate(request: Asked, code: str) -> HttpResponse:
    """The two questions."""
    matter = matters.followed(request.scope)
    form = (RateUnits if matter.units else Rate)(request.POST if request.method == "POST" else None)
    if isinstance(form, RateUnits):
        form.ask_of(matter.units, "zh" if chinese() else "en")
    status = 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            if isinstance(form, RateUnits):
                units = tuple(actions.OfUnit(unit=one, solved=yes, satisfied=good) for one, yes, good in form.answers())
                actions.rate_units(request.scope, request.act, matter_id=matter.id, units=units, words=told["words"])
            else:
                solved, satisfied = YES_NO[told["solved"]], YES_NO[told["satisfied"]]
                actions.rate(
                    request.scope, request.act, matter_id=matter.id, solved=solved, satisfied=satisfied,
                    words=told["words"],
                )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return _back(code, "rated")
    status = BadInput.status if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    return render(request, "public/slip/rate.html", {**_about(request, matter, code), "form": form}, status=status)


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.rate", kinds=("slip",), methods=("POST",))
def withdraw(request: Asked, code: str) -> HttpResponse:
    """Take the matter back while nobody has answered it."""
    actions.withdraw(request.scope, request.act, matter_id=matters.followed(request.scope).id)
    return _back(code, "withdrawn")


def _about(request: Asked, matter: Followed, code: str) -> dict[str, Any]:
    """What every page of a slip shows."""
    plain = normalise(code)
    request.about_place = matter.county
    return {
        "matter": matter,
        "code": plain,
        "qr": qr.svg(f"{settings.ADDRESS}{reverse('slip', args=[plain])}"),
        "address": f"{settings.ADDRESS}{reverse('follow')}",
        "owner": matter.owner_label("zh" if chinese() else "en"),
        "answers": matter.said,
    }


def _looks(scope: Scope, matter_id: UUID) -> list[telling.Happening]:
    """Who had the name or phone behind this slip shown, the latest first."""
    lines = access.looks_at(scope, matter_id)
    faces = roster.faces(scope, {one.post for one in lines if one.post}) if lines else {}
    lang = "zh" if chinese() else "en"
    return [telling.looked(one, faces.get(one.post) if one.post else None, lang) for one in lines]


def _calls(request: Asked, matter: Followed) -> list[str]:
    """Whom to call in danger: of a sealed matter always, else right after words of danger were sent."""
    rows = {row.code: row for row in matters.kinds(request.scope) if row.sealed}
    meant = matter.kind if matter.sealed else rows.get(request.GET.get("call", ""))
    if meant is None or matter.closed_at is not None:
        return []
    in_danger = meant.emergency and meant.competent != "discipline"
    return list(dict.fromkeys(["110", meant.emergency])) if in_danger else []


def _back(code: str, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('slip', args=[normalise(code)])}?done={done}")


def _done(word: str) -> str:
    """What was just done, to be said above the page."""
    if word == "messages":
        return _("Your wish about messages is kept.")
    if word == "rated":
        return _("Thank you. Your answers have been recorded.")
    if word == "asked":
        return _("The level above looks at it now. You will read the answer here.")
    if word == "added":
        return _("It was added; whoever has the matter now is told.")
    return _("It has been withdrawn.") if word == "withdrawn" else ""
