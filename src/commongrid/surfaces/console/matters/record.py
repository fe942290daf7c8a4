"""Recording a matter for somebody at the counter or on the phone, or as a find on patrol: fill in, check, send, slip.

Without script every press goes to the server and comes back with what was
typed; with script the place is looked up while typing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from django import forms
from django.core import signing
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.journal import attachments
from commongrid.kernel.act import new_id
from commongrid.kernel.places import code_read
from commongrid.kernel.refusals import N_, Refusal
from commongrid.matters import actions, queries
from commongrid.matters.queries import Filters, vocabulary
from commongrid.matters.queries.systems import systems
from commongrid.matters.rules.named import UNSORTED
from commongrid.surfaces.console.matters import leaders, present, words
from commongrid.surfaces.console.matters.choosing import kind_meant, place_asked, places_for, reaches
from commongrid.surfaces.console.matters.photos import gathered
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.about import NAMES, AboutSomebody
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form, PhoneField
from commongrid.surfaces.shared.times import chinese
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse
    from django.utils.datastructures import MultiValueDict

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.vocabulary import KindRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

SOURCES: Final = (
    ("villager", _("Somebody came, called or asked me to")),
    ("patrol", _("I found it on my round")),
    ("anonymous", _("Somebody who does not give a name")),
    ("hotline", _("Hotline 12345")),
    ("petition", _("Petition")),
    ("leader", _("Leader's note")),
    ("department", _("Department")),
)
LANGUAGES: Final = (("zh", "中文"), ("en", "English"))
SLIP_SHOWN: Final = 24 * 3600
"""Seconds for which the page after recording can be opened again."""
COMES_BY: Final = {"hotline": "hotline_12345", "petition": "petition"}
"""The system that an order comes from where only its channel was chosen."""
ALIKE: Final = 5
CHOOSE_KIND: Final = N_("Choose a kind from the list, or leave it empty: it is then sorted later.")
CHOOSE_PLACE: Final = N_("Look the place up and choose it.")


def contact(**more: str) -> forms.TextInput:
    """A control for a name or phone: never kept on the device, never filled in by the browser."""
    return forms.TextInput(attrs={"data-nodraft": "", "class": "middle", "autocomplete": "off", **more})


class Record(AboutSomebody, Form):
    """What somebody tells, as a member of staff writes it down."""

    source = forms.ChoiceField(
        label=_("How it came in"),
        choices=SOURCES,
        widget=forms.RadioSelect,
        initial="villager",
        error_messages={"required": _("Choose how it came in.")},
    )
    kind = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=80,
        help_text=_("Type a word or a code, such as water or B01, and choose. Leave it empty where you are not sure."),
        widget=forms.TextInput(attrs={"list": "kinds", "autocomplete": "off", "class": "middle"}),
    )
    place = forms.CharField(required=False, max_length=15)
    text = forms.CharField(
        label=_("What they say"),
        max_length=8000,
        help_text=_("In their words: what, since when, who is affected."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("Please say what it is about."),
            "max_length": _("This is too long: at most 8,000 characters."),
        },
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        widget=forms.RadioSelect,
        initial="normal",
        error_messages={"required": _("Choose how urgent it is.")},
    )
    name = forms.CharField(label=_("Name of the reporter"), required=False, max_length=60, widget=contact())
    phone = PhoneField(label=_("Phone of the reporter"), required=False, max_length=30, widget=contact(inputmode="tel"))
    concerned_name = forms.CharField(
        label=_("Name of the person concerned"), required=False, max_length=60, widget=contact()
    )
    concerned_phone = PhoneField(
        label=_("Phone of the person concerned"), required=False, max_length=30, widget=contact(inputmode="tel")
    )
    language = forms.ChoiceField(
        label=_("Messages to the reporter in"),
        choices=LANGUAGES,
        required=False,
        initial="zh",
        widget=forms.Select(attrs={"class": "control middle"}),
    )
    confidential = forms.BooleanField(
        label=_("Keep the reporter confidential"),
        required=False,
        help_text=_("Name and phone are then known to the centre only."),
    )
    external_system = forms.ChoiceField(
        label=_("Which system"), required=False, widget=forms.Select(attrs={"class": "control middle"})
    )
    their_due = forms.DateTimeField(
        label=_("They want it finished by"),
        required=False,
        help_text=_("Their date counts. Empty: the days of that system, else the limit of the kind."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "middle"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write it like 2026-12-08 17:30.")},
    )
    external_number = forms.CharField(
        label=_("Number in the other system"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "middle"}),
    )

    leader = forms.UUIDField(
        label=_("Whose note it is"),
        required=False,
        help_text=_("The centre owes this leader an answer; they read it on their Today."),
        widget=forms.Select(attrs={"class": "control middle"}),
    )
    leader_words = forms.CharField(
        label=_("The note"),
        required=False,
        max_length=4000,
        help_text=_("In the leader's own words. Empty: the same as above."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    leader_due = forms.DateField(
        label=_("Answer wanted by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choose a day, such as 2026-11-30.")},
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        """Offer the urgencies in force, and the leaders of this place."""
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.leaders = leaders.choices(scope)
        cast("forms.Select", self.fields["leader"].widget).choices = [("", "—"), *self.leaders]
        language = "zh" if chinese() else "en"
        rows = [(row.code, row.label(language)) for row in vocabulary.urgencies(scope)]
        cast("forms.ChoiceField", self.fields["external_system"]).choices = [
            ("", "—"), *((row.code, row.label(language)) for row in systems(scope))
        ]  # fmt: skip
        cast("forms.ChoiceField", self.fields["urgency"]).choices = rows or words.choices(words.URGENCIES)

    def clean_kind(self) -> KindRow:
        """The kind that was meant: by code, by name, or by the only one that fits; unsorted where left empty."""
        found = kind_meant(self.scope, self.cleaned_data["kind"])
        if found is None:
            raise forms.ValidationError(gettext(CHOOSE_KIND))
        return found

    def clean_place(self) -> PlaceRow:
        """The place chosen, in this post's reach."""
        code = code_read(self.cleaned_data["place"])
        row = territory.place_meant(self.scope, code) if code else None
        if row is None or row.ended or not reaches(self.scope, row.code):
            raise forms.ValidationError(gettext(CHOOSE_PLACE))
        return row

    def report(self, photos: tuple[Staged, ...]) -> actions.Report:
        """What the action takes."""
        given = self.cleaned_data
        number, elsewhere = given["external_number"].strip(), None
        external = given["external_system"] or COMES_BY.get(given["source"], "other")
        if number:
            elsewhere = actions.Elsewhere(system=external, number=number, due_at=given["their_due"])
        note = None
        if given["leader"] or (given["source"] == "leader" and self.leaders):
            note = actions.Instruction(
                leader=given["leader"], words=given["leader_words"], reply_on=given["leader_due"]
            )  # fmt: skip
        return actions.Report(
            kind_code=given["kind"].code,
            place=given["place"].code,
            text=given["text"],
            urgency=given["urgency"],
            source=given["source"],
            confidential=given["confidential"],
            contact=actions.Contact(
                name=given["name"],
                phone=given["phone"],
                concerned_name=given["concerned_name"],
                concerned_phone=given["concerned_phone"],
                language=given["language"] or "zh",
            ),
            about=self.whom(),
            external_system=external if number else "",
            external_number=number,
            elsewhere=elsewhere,
            leader=note,
            photos=photos,
        )


@door("matters.report")
def places(request: Asked) -> HttpResponse:
    """The places that match what is typed, for the form."""
    text = request.GET.get("place_text", "").replace("\x00", "")[:60]
    return render(
        request,
        "console/matters/places.html",
        {"found": places_for(request.scope, text), "place_text": text, "chosen": request.GET.get("place", "")},
    )


@door("matters.report", methods=("GET", "POST"))
def record(request: Asked) -> HttpResponse:
    """Fill in, check against similar open matters, send; then the slip, at an address of its own for a while."""
    if request.method != "POST":
        if (done := _recorded_as(request)) is not None:
            return _slip(request, *done, patrol=request.GET.get("source") == "patrol")
        patrol = request.scope.level == "grid" or request.GET.get("source") == "patrol"
        return _filled(request, Record(scope=request.scope, initial={"source": "patrol" if patrol else "villager"}))
    form = Record(request.POST, scope=request.scope)
    what = request.POST.get("do", "check")
    if what in ("find", "change") or not form.is_valid():
        status = 200 if what in ("find", "change") else 422
        return _filled(request, form if status != 200 else _unchecked(request, form), status)  # noqa: PLR2004 - HTTP
    if what != "send":
        return _checked(request, form)
    try:
        photos = gathered(request)
    except Refusal as refusal:
        form.refuse(refusal)
        return _checked(request, form, status=refusal.status)
    try:
        answer = actions.report(request.scope, request.act, report=form.report(photos))
    except Refusal as refusal:
        form.refuse(refusal)
        return _checked(request, form, status=refusal.status, photos=photos)
    asked = {"recorded": _recorded(request.scope, answer), "source": form.cleaned_data["source"]}
    return redirect(f"{reverse('report_for')}?{urlencode(asked)}")


def _recorded(scope: Scope, answer: Mapping[str, object]) -> str:
    """What was recorded, sealed for this post: it may be out of its sight already, and the slip must still be given."""
    return signing.dumps([str(answer["matter"]), str(answer["number"])], salt=f"recorded {scope.post}")


def _recorded_as(request: Asked) -> tuple[UUID, str] | None:
    """The matter and number that this post has just recorded, or None."""
    try:
        found = signing.loads(
            request.GET.get("recorded", ""), salt=f"recorded {request.scope.post}", max_age=SLIP_SHOWN
        )
    except signing.BadSignature:
        return None
    return UUID(found[0]), str(found[1])


def _unchecked(request: Asked, form: Record) -> Record:
    """The same words in a form that complains about nothing yet."""
    names = [*form.fields]
    return Record(scope=request.scope, initial={name: request.POST.get(name, "") for name in names})


def _filled(request: Asked, form: Record, status: int = 200) -> HttpResponse:
    place = place_asked(request)
    kinds = vocabulary.kinds(request.scope)
    return render(
        request,
        "console/matters/record.html",
        {
            "form": form,
            "kinds": [row for row in kinds if row.parent],
            **place,
            "asked": bool(place["place_text"]),
            "behalf": bool(form["concerned_name"].value() or form["concerned_phone"].value()),
        },
        status=status,
    )


def _checked(request: Asked, form: Record, status: int = 200, photos: tuple[Staged, ...] = ()) -> HttpResponse:
    """Everything once more, with similar open matters, before it is sent."""
    given = form.cleaned_data
    meant = [of for of, _said in vocabulary.danger_said(request.scope, given["text"])]
    asks = given["kind"].complaint or given["kind"].code == UNSORTED
    if asks:
        form.offer(request.scope, given["place"].code)
    village = given["place"].code - given["place"].code % 1000
    similar = queries.queue(request.scope, Filters(kind=given["kind"].code, place=village)).rows[:ALIKE]
    return render(
        request,
        "console/matters/check.html",
        {
            "form": form,
            "given": given,
            "meant": [] if given["kind"].sealed else meant,
            "emergency": given["kind"].emergency or next((of.emergency for of in meant if of.emergency), ""),
            "source": dict(SOURCES)[given["source"]],
            "urgency": words.say(words.URGENCIES, given["urgency"]),
            "similar": present.rows(request.scope, similar),
            "act": request.act.id if status != 200 else new_id(),  # noqa: PLR2004 - HTTP
            "asks": asks,
            "kept": _carried(request.POST, NAMES if asks else ()),
            "tickets": [attachments.ticket(one) for one in photos],
        },
        status=status,
    )


def _carried(post: MultiValueDict[str, str], asked: tuple[str, ...]) -> list[tuple[str, str]]:
    """What the form held, for hidden fields, without what is ``asked`` on the page itself."""
    left_out = {"csrfmiddlewaretoken", "do", "act", "photos", "ticket", *asked}
    return [(name, str(post[name])) for name in post if name not in left_out]


@door("matters.read")
def slip(request: Asked, matter_id: UUID) -> HttpResponse:
    """The slip once more, for the post that recorded the matter: nobody else gets at a person's right to rate."""
    m = queries.matter(request.scope, matter_id)
    if m.reported_by is None or m.reported_by != request.scope.post:
        return render(request, "console/matters/slip_of_others.html", {"m": m})
    return _slip(request, matter_id, m.row.number, m.row.title, m.row.slip_no, patrol=m.row.source == "patrol")


def _slip(
    request: Asked, matter_id: UUID, number: str, title: str = "", slip_no: int = 0, *, patrol: bool = False
) -> HttpResponse:
    """Number, code and QR, to print or read out; of a find on patrol the number alone: nobody asked, nobody rates."""
    code = actions.code_of(matter_id, slip_no)
    address = request.build_absolute_uri(reverse("slip", kwargs={"code": code}))
    context = {
        "matter_id": matter_id,
        "number": number,
        "title": title,
        "visible": request.scope.may("matters.read") and queries.numbered(request.scope, number) is not None,
        "code": code,
        "patrol": patrol,
        "address": address,
        "picture": qr.svg(address),
    }
    return render(request, "console/matters/slip.html", context)


urlpatterns = [
    path("new/", record, name="report_for"),
    path("new/places/", places, name="report_places"),
    path("<uuid:matter_id>/slip/", slip, name="matter_slip"),
]
