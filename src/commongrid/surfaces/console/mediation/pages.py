"""The dispute file: begun with the question about violence, sat, worded, printed, signed, concluded, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.matters import queries
from commongrid.matters.actions import mediating
from commongrid.matters.queries import mediation as files
from commongrid.matters.rules.relations import level_of_actor
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters.forms import Step
from commongrid.surfaces.console.mediation import forms, paper
from commongrid.surfaces.shared import files as shown_files
from commongrid.surfaces.shared import qr, sheets
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.mediation import MediationRow

POLICE: Final = "110"
WAYS_ON: Final = N_(
    "Court: an action at the county people's court. Land: arbitration of contracted land at the county."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """One thing done in a file: its form, what carries it out, whether the matter is named too, and what is said."""

    form: type[Step]
    do: Callable[..., Any]
    done: str
    matter: bool = False


DOINGS: Final = {
    "sit": Doing(form=forms.Sit, do=mediating.sit, done=N_("The sitting is in the file.")),
    "word": Doing(form=forms.Word, do=mediating.word_agreement, done=N_("The agreement is written down. Print it.")),
    "agree": Doing(form=Step, do=mediating.agree, done=N_("Settled by agreement."), matter=True),
    "fail": Doing(
        form=forms.Fail, do=mediating.fail, done=N_("Ended without agreement; the ways are told."), matter=True
    ),
    "check": Doing(form=forms.Check, do=mediating.check, done=N_("What you found is in the file."), matter=True),
    "hand": Doing(form=forms.Hand, do=mediating.hand, done=N_("The file has another mediator.")),
}


@door("matters.mediate")
def mediations(request: Asked) -> HttpResponse:
    """Files that this post is in, and agreements it still has to ask about."""
    rows = files.mediations(request.scope)
    named = {
        code: one.label(language()) for code, one in territory.places(request.scope, {r.place for r in rows}).items()
    }
    context = {
        "rows": [(row, named.get(row.place, "")) for row in rows], "checks": files.to_check(request.scope),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "console/mediation/list.html", context)


@door("matters.mediate", methods=("GET", "POST"))
def mediate(request: Asked, matter_id: UUID) -> HttpResponse:
    """Ask about violence first; without it, who with whom and how."""
    m = queries.matter(request.scope, matter_id)
    asked = request.POST.get("violence") or request.GET.get("violence", "")
    if request.method == "POST" and asked == "yes":
        return _violence(request, matter_id)
    if asked != "no":
        return render(request, "console/mediation/violence.html", {"m": m, "police": POLICE})
    form = forms.Begin(request.POST or None, initial=_initial(request.scope, m))
    status = 200
    if request.method == "POST":
        done = _begun(request, matter_id, form)
        if not isinstance(done, int):
            return done
        status = done
    return render(request, "console/mediation/begin.html", {"m": m, "form": form}, status=status)


def _begun(request: Asked, matter_id: UUID, form: forms.Begin) -> HttpResponse | int:
    """The file's page, or the status under which the form is shown again."""
    if not form.is_valid():
        return 422
    try:
        answer = mediating.begin(request.scope, request.act, matter_id=matter_id, **form.arguments())
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        if "parties" in refusal.fields:
            form.add_error("name_1", _(refusal.fields["parties"]))
        return refusal.status
    messages.success(request, _("Taken up for mediation."))
    return redirect("mediation", mediation_id=answer["mediation"])


def _violence(request: Asked, matter_id: UUID) -> HttpResponse:
    """It goes to the competent body; what counts now is the number to call."""
    mediating.begin(request.scope, request.act, matter_id=matter_id, violence=True)
    return render(request, "console/mediation/handed.html", {"police": POLICE})


def _initial(scope: Scope, m: queries.MatterDetail) -> dict[str, str]:
    """Who mediates for which committee, as the post says."""
    post = roster.post(scope, scope.post) if scope.post else None
    level = level_of_actor(scope)
    at = enclosing(m.row.place, "village" if level in ("grid", "village") else "township") or m.row.place
    place = territory.places(scope, [at]).get(at)
    name = place.name if place else ""
    return {"mediator": post.name if post else "", "committee": f"{name}人民调解委员会", "facts": m.text[:1000]}


@door("matters.mediate")
def mediation(request: Asked, mediation_id: UUID) -> HttpResponse:
    """One dispute file."""
    return _file(request, mediation_id)


def _file(
    request: Asked, mediation_id: UUID, refused: tuple[str, Step] | None = None, status: int = 200
) -> HttpResponse:
    scope = request.scope
    row = files.mediation(scope, mediation_id)
    own = row.post == scope.post
    context = {
        "row": row, "own": own, "method": dict(forms.METHODS)[row.method], "may_hand": not own,
        "photos": shown_files.shown(request, attachments.files_of(scope, row.id)),
        "forms": _forms(scope, row, refused), "refused": refused[0] if refused else "",
        "refused_form": refused[1] if refused else None,
        "sheet": sheets.address(request, "m", row.matter, row.id),
        "qr": qr.svg(sheets.address(request, "m", row.matter, row.id)),
    }  # fmt: skip
    return render(request, "console/mediation/file.html", context, status=status)


def _forms(scope: Scope, row: MediationRow, refused: tuple[str, Step] | None) -> dict[str, Step]:
    """The forms of what may be done in the file, the refused one as it was."""
    first = {
        "sit": {"on": forms.today()},
        "word": {
            "facts": row.facts, "text": row.agreement, "performance": row.performance,
            "on": row.agreed_on or forms.today(), "perform_by": row.perform_by,
        },
        "fail": {"ways_on": _(WAYS_ON)},
    }  # fmt: skip
    more: dict[str, dict[str, Any]] = {"hand": {"posts": _posts(scope, row)}}
    made = {
        code: doing.form(auto_id=f"{code}_%s", initial=first.get(code), **more.get(code, {}))
        for code, doing in DOINGS.items()
    }
    if refused:
        made[refused[0]] = refused[1]
    return made


def _posts(scope: Scope, row: MediationRow) -> list[tuple[str, str]]:
    """Posts in the village or township that may mediate."""
    if scope.unit is None:
        return []
    return [(str(one.post), one.name) for one in files.mediators(scope, row.place) if one.post != row.post]


@door("matters.mediate")
def agreement(request: Asked, mediation_id: UUID) -> HttpResponse:
    """The agreement on A4, to be read out, signed and photographed back by its code."""
    row = files.mediation(request.scope, mediation_id)
    if not row.agreement:
        raise NotFound(N_("There are no words to sign yet."))
    picture = qr.svg(sheets.address(request, "m", row.matter, row.id), scale=3)
    about = Access(event="printed", about="agreement", subject_kind="matter", subject=row.matter)
    accounts.log_access(request.scope, Act.new(), access=about)
    context = {"row": row, "qr": picture, **paper.words(row)}
    return render(request, "console/mediation/agreement.html", context)


def _door(code: str) -> Callable[..., HttpResponse]:
    """The view of one thing done in a file."""

    def step(request: Asked, mediation_id: UUID) -> HttpResponse:
        return _do(request, mediation_id, code)

    step.__name__ = step.__qualname__ = f"mediation_{code}"
    step.__doc__ = f"{code.capitalize()}."
    return door("matters.mediate", methods=("POST",))(step)


def _do(request: Asked, mediation_id: UUID, code: str) -> HttpResponse:
    """Carry it out; where it is refused, show the file with the form as it was."""
    doing = DOINGS[code]
    form = doing.form(request.POST, auto_id=f"{code}_%s")
    row = files.mediation(request.scope, mediation_id)
    status = 422
    if form.is_valid():
        more = {"matter_id": row.matter} if doing.matter else {}
        try:
            doing.do(request.scope, request.act, mediation_id=mediation_id, **more, **form.arguments())
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _(doing.done))
            return redirect("mediation", mediation_id=mediation_id)
    return _file(request, mediation_id, (code, form), status)


urlpatterns = [
    path("", mediations, name="mediations"),
    path("of/<uuid:matter_id>/", mediate, name="mediate"),
    path("<uuid:mediation_id>/", mediation, name="mediation"),
    path("<uuid:mediation_id>/agreement", agreement, name="mediation_agreement"),
    *(path(f"<uuid:mediation_id>/{code}", _door(code), name=f"mediation_{code}") for code in DOINGS),
]
