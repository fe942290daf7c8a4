"""From a sheet of paper back to its step: a QR code leads a phone to the page where the signed sheet is photographed.

A printed sheet carries a short signed address that names the step, the matter
and the sheet. Whoever scans it signs in as the post they hold; the page says
whose sheet it is, masked, and asks for the last signs of the number on the
paper in the hand, so that a photo of another sheet is noticed. A step joins by
a line in ``STEPS``: how its sheet is shown and what keeps the photo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.journal import attachments
from commongrid.kernel.photos import LARGEST
from commongrid.kernel.refusals import N_, BadInput, NotFound, Refusal, TooLarge
from commongrid.surfaces.console.matters import papers
from commongrid.surfaces.console.mediation import paper
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.rating import pair
from commongrid.surfaces.shared.sheets import Face, Named, named

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import BoundField
    from django.http import HttpResponse

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

MOST_PHOTOS: Final = 4
YES_NO: Final = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
TELLING: Final = 4
"""So many last signs of the number are typed from the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A kind of sheet: how it is shown (refusing whoever must not see it) and what keeps its photo."""

    name: str
    power: str
    face: Callable[[Scope, UUID, UUID], Face]
    keep: Callable[[Scope, Act, Named, tuple[Staged, ...], dict[str, Any]], Any]
    form: type[Photographed]


class Photographed(Form):
    """The photo of a signed sheet, with the last signs of its number as they stand on the paper."""

    telling = forms.CharField(
        label=gettext_lazy("The last four signs of the number on the paper"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": gettext_lazy("Read them from the sheet in your hand.")},
    )
    photos = forms.FileField(
        label=gettext_lazy("Photo of the signed sheet"),
        required=False,
        help_text=gettext_lazy("All of the sheet, with every signature. Up to four photos."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf", "capture": "environment"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it replaces the photo that is there"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def ask_of(self, units: tuple[tuple[UUID, str], ...]) -> None:
        """Ask about each of several offices; only what a person ticks asks about any."""


class AnswerWritten(Photographed):
    """What somebody wrote on a printed order, typed from the paper."""

    field_order = ("telling", "answer", "photos", "reason")
    answer = forms.CharField(
        label=gettext_lazy("The answer, as it stands on the paper"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("In the words on the sheet; the person reads them."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Ticked(Photographed):
    """What the person ticked on a printed answer."""

    field_order = ("telling", "solved", "satisfied", "words", "photos", "reason")
    solved = forms.ChoiceField(
        label=gettext_lazy("Is it solved?"), choices=YES_NO, required=False, widget=forms.RadioSelect
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("Are they satisfied with how it was dealt with?"), choices=YES_NO, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Their own words, if they wrote any"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def ask_of(self, units: tuple[tuple[UUID, str], ...]) -> None:
        """The two questions of each office, in the order of the sheet."""
        if not units:
            return
        del self.fields["solved"], self.fields["satisfied"]
        for unit, name in units:
            for question, field in pair(unit.hex, name).items():
                field.required = False
                self.fields[question] = field
        asked = [name for name in self.fields if name.startswith(("solved_", "satisfied_"))]
        self.order_fields(["telling", *asked, "words", "photos", "reason"])

    @property
    def questions(self) -> list[BoundField]:
        """The questions, in the order of the sheet."""
        return [self[name] for name in self.fields if name.startswith(("solved", "satisfied"))]


STEPS: Final[dict[str, Step]] = {
    "m": Step(
        name=N_("Signed agreement"), power="matters.mediate", face=paper.face, keep=paper.keep, form=Photographed
    ),
    "o": Step(
        name=N_("Order on paper"), power="matters.read", face=papers.order_face, keep=papers.keep_order,
        form=AnswerWritten,
    ),
    "a": Step(
        name=N_("Answer on paper"), power="matters.visit", face=papers.answer_face, keep=papers.keep_answer, form=Ticked
    ),
}  # fmt: skip
"""Every kind of sheet that is photographed back, by the one letter that its address carries."""


@door("matters.read", methods=("GET", "POST"))
def sheet(request: Asked, token: str) -> HttpResponse:
    """Whose sheet it is, and the photo of it."""
    found = named(token)
    step = STEPS.get(found.step)
    if step is None:
        raise NotFound
    request.scope.demand(step.power)
    face = step.face(request.scope, found.matter, found.sheet)
    form = _form(request, step, face)
    if request.method != "POST":
        return _page(request, step, face, form)
    staged: tuple[Staged, ...] = ()
    status = 422
    if form.is_valid():
        try:
            staged = _staged(request)
            _same_sheet(face, form.cleaned_data["telling"])
            step.keep(request.scope, request.act, found, staged, form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("The sheet is in the file."))
            return redirect(face.back)
    return _page(request, step, face, form, staged=staged, status=status)


def _form(request: Asked, step: Step, face: Face) -> Photographed:
    """The step's form; where a photo came before only the photo is replaced, and what was entered stays."""
    form = step.form(request.POST or None, request.FILES or None)
    form.ask_of(face.units)
    kept = ("telling", "photos", "reason")
    for name in [one for one in form.fields if (one not in kept if face.done else one == "reason")]:
        del form.fields[name]
    return form


def _page(
    request: Asked, step: Step, face: Face, form: Photographed, *, staged: tuple[Staged, ...] = (), status: int = 200
) -> HttpResponse:
    context = {
        "form": form, "face": face, "name": _(step.name), "tickets": [attachments.ticket(one) for one in staged],
    }  # fmt: skip
    return render(request, "console/sheets/sheet.html", context, status=status)


def _same_sheet(face: Face, typed: str) -> None:
    """Refuse the photo of another sheet: its number ends otherwise."""
    plain = "".join(sign for sign in typed if sign.isalnum()).casefold()[-TELLING:]
    wanted = "".join(sign for sign in face.number if sign.isalnum()).casefold()[-TELLING:]
    if plain != wanted:
        text = N_("This is another sheet: its number ends otherwise. Scan the code on the sheet that you photographed.")
        raise BadInput(text, fields={"telling": text})


def _staged(request: Asked) -> tuple[Staged, ...]:
    """Photos sent now and those kept from a form that was refused."""
    before = [attachments.staged_from(given) for given in request.POST.getlist("ticket")[:MOST_PHOTOS]]
    sent = request.FILES.getlist("photos")
    if len(before) + len(sent) > MOST_PHOTOS:
        raise BadInput(fields={"photos": N_("At most four photos, please.")})
    if any((one.size or 0) > LARGEST for one in sent):
        raise TooLarge(fields={"photos": N_("One of the photos is larger than 20 MB. Please choose a smaller one.")})
    return (*before, *(attachments.stage(one.read()) for one in sent))


urlpatterns = [path("<str:token>/", sheet, name="sheet")]
