"""Excel is the door: templates, a file sent and looked through, taken in, returned with what to do, and undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from commongrid.kernel.act import new_id
from commongrid.kernel.refusals import N_, NotFound, Refusal, TooLarge
from commongrid.registry import queries as registry
from commongrid.registry.importing import actions, looking, queries, workbooks
from commongrid.registry.importing.rules import layout
from commongrid.registry.importing.rules.faults import DOUBTS, FAULTS, NOTES
from commongrid.registry.importing.rules.held_columns import OF
from commongrid.registry.importing.standing import later_on
from commongrid.surfaces.console.register.ledger_words import code_words
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.queries import BatchRow, UploadRow

SORTS: Final = {
    "people": (N_("List of people"), N_("Sheet of people"), gettext_lazy("People, one per row")),
    "homes": (N_("List of households"), N_("Sheet of households"), gettext_lazy("Households, one per row")),
    "sites": (N_("List of sites"), N_("Sheet of sites"), gettext_lazy("Sites, one per row")),
    "things": (N_("List of things"), N_("Sheet of things"), gettext_lazy("Things with their checks, one per row")),
    "organisations": (
        N_("List of organisations"), N_("Sheet of organisations"), gettext_lazy("Organisations, one per row"),
    ),
    "members": (
        N_("List of members"), N_("Sheet of members"),
        gettext_lazy("Officers and members of organisations, one per row"),
    ),
    "flags": (
        N_("List of flags"), N_("Sheet of flags"), gettext_lazy("Flags of people and households, one per row"),
    ),
}  # fmt: skip
"""What a list, its template and its rows are called."""
PLACES: Final = ("grid", "villager_group", "registered_place", "collective")
CODED: Final = {"state": "person_state", "as_in_booklet": "relation"}
"""Fields whose values are places, and those whose code list has another name."""
STATUSES: Final = {
    "new": (N_("Newly entered"), "ok"), "changed": (N_("Changed"), "info"), "same": (N_("Unchanged"), ""),
    "doubt": (N_("In doubt"), "warn"),
}  # fmt: skip
ANSWERS: Final = {"same": N_("The same person"), "new": N_("Another person"), "": N_("Leave the row out")}
STANDS: Final = {
    "changed": N_("was changed"), "lives": N_("lives or lived there by another act"), "moved": N_("has moved since"),
    "flagged": N_("has a mark"), "signs_in": N_("signs in here"), "asked": N_("has a change that waits for approval"),
    "offered": N_("is offered to another place"), "member": N_("has a duty in an organisation"),
    "owns": N_("owns a building"), "keeps": N_("keeps a thing"), "dwelling": N_("lives in a building of it"),
    "named": N_("is at a site of it"), "members": N_("has members by another act"),
    "ended": N_("has a flag of it that has ended"),
}  # fmt: skip


class Send(Form):
    """Choose a file and say what it lists."""

    sort = forms.ChoiceField(
        label=gettext_lazy("What the sheet lists"),
        choices=[(sort, words[2]) for sort, words in SORTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one.")},
    )
    sheet = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("The template filled in, or your own list: .xlsx or CSV, at most 32 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.gz"}),
        error_messages={
            "required": gettext_lazy("Choose the spreadsheet."),
            "empty": gettext_lazy("This file is empty."),
        },
    )


class Decide(Form):
    """Decide about a file."""

    good_only = forms.BooleanField(
        label=gettext_lazy("Take only the good rows in, leave the others out"), required=False
    )
    digest = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)


class Undo(Form):
    """Why a whole file is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=40,
        error_messages={"required": gettext_lazy("Please say why, in a sentence.")},
    )


@door("people.edit", methods=("GET", "POST"))
def desk(request: Asked) -> HttpResponse:
    """Templates, a form to send a file, files that wait, and what came in before."""
    sort = {"sort": request.GET.get("sort", "people")}
    form, status = Send(request.POST or None, request.FILES or None, initial=sort), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _sent(request, form)
            except Refusal as refusal:
                form.add_error("sheet", sentence(refusal))
                status = refusal.status
    context = {
        "form": form, "waiting": [(one, _(SORTS[one.sort][0])) for one in queries.uploads(request.scope)],
        "batches": [(one, _(SORTS[one.sort][0])) for one in queries.batches(request.scope)],
        "templates": [(sort, _(words[1])) for sort, words in SORTS.items()], "trail": trail(None, (_("Import"), "")),
    }  # fmt: skip
    return render(request, "console/register/import.html", context, status=status)


def _sent(request: Asked, form: Send) -> HttpResponse:
    given = form.cleaned_data["sheet"]
    if (given.size or 0) > looking.LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=looking.LIMITS.sent >> 20)
    answer = actions.send_file(
        request.scope, request.act, sort=form.cleaned_data["sort"], name=str(given.name)[:120], data=given.read()
    )
    if answer["small"]:
        actions.look_through(request.scope, request.act.child("look"), upload_id=UUID(answer["upload"]))
    return redirect("people_upload", upload_id=answer["upload"])


@door("people.edit")
def template(request: Asked, sort: str) -> HttpResponse:
    """An empty sheet with this area's places and codes to choose from."""
    if sort not in layout.LAYOUTS:
        raise NotFound
    return workbook(workbooks.template(sort, offered=_offered(request.scope)), f"{sort}-v{layout.VERSION}.xlsx")


def _offered(scope: Scope) -> dict[str, list[str]]:
    codes = registry.codes(scope, *queries.LISTS)
    listed = {name: [(row.zh, row.en) for row in rows.values()] for name, rows in codes.items()}
    listed["relation"] = [pair for pair in listed["relation"] if pair[0] != "本人"]
    types = [one for of in ("person", "household") for one in registry.flag_types(scope, of)]
    listed["flag"] = [(one.zh, one.en) for one in types]
    places = {
        "natural_villages": queries.places_of(scope, "natural_village"),
        "villager_groups": queries.places_of(scope, "villager_group"), "grids": queries.places_of(scope, "grid"),
        "registered": queries.villages_of_the_county(scope),
        "places": [*queries.places_of(scope, "township"), *queries.places_of(scope, "village")],
    }  # fmt: skip
    return workbooks.offered(
        listed, {name: [one.text for one in rows[: queries.OFFERED]] for name, rows in places.items()}
    )


@door("people.edit", methods=("GET", "POST"))
def upload(request: Asked, upload_id: UUID) -> HttpResponse:
    """What a file would do, row by row; POST takes it in."""
    try:
        row = queries.upload(request.scope, upload_id)
    except NotFound:
        if request.method != "POST" or not (form := Decide(request.POST)).is_valid():
            raise
        decision = _said(request, form)
        return _taken(request, actions.take_in(request.scope, request.act, upload_id=upload_id, decision=decision))
    if row.state in ("sent", "looking"):
        context = {"row": row, "trail": _trail(_("Being looked through"))}
        return render(request, "console/register/import_progress.html", context)
    form = Decide(request.POST or None, initial={"digest": row.digest})
    if request.method != "POST" or not form.is_valid():
        return _looked(request, row, form)
    try:
        with looking.read_before(row.id, _file(request, row)):
            answer = actions.take_in(request.scope, request.act, upload_id=row.id, decision=_said(request, form))
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _looked(request, row, form, status=refusal.status)
    return _taken(request, answer)


def _said(request: Asked, form: Decide) -> actions.Decision:
    """What the clerk decided, as the form brought it."""
    answers = tuple(
        (number, answer)
        for name, answer in request.POST.items()
        if answer in ("same", "new") and (number := _row_of(name)) is not None
    )
    return actions.Decision(
        digest=form.cleaned_data["digest"], answers=answers, good_only=form.cleaned_data["good_only"]
    )


def _taken(request: Asked, answer: dict[str, Any]) -> HttpResponse:
    """On to what came of it; a form that was sent twice gets there too."""
    messages.success(
        request, _("%(fresh)s new, %(changed)s changed, %(same)s unchanged, %(left_out)s left out.") % answer
    )
    return redirect("people_batch", batch_id=answer["batch"])


def _row_of(name: str) -> int | None:
    begin, _mark, number = name.partition("-")
    return int(number) if begin == "doubt" and number.isascii() and number.isdecimal() and len(number) <= 7 else None  # noqa: PLR2004


def _looked(request: Asked, row: UploadRow, form: Decide, status: int = 200) -> HttpResponse:
    found = queries.found(request.scope, row.id)
    counts = found.get("counts", {})
    names = _villages(request.scope, {one["village"] for one in found.get("new", ())})
    context = {
        "row": row, "form": form, "fault": _refused(row.fault), "rows": found.get("rows", 0),
        "counts": [(_(text), counts.get(code, 0), tone) for code, (text, tone) in STATUSES.items()],
        "faulty": found.get("faulty", 0), "homes": found.get("homes", 0),
        "faults": list(map(_fault, found.get("faults", ()))),
        "more_faults": found.get("more_faults", 0), "doubts": list(map(_doubt, found.get("doubts", ()))),
        "more_doubts": found.get("more_doubts", 0),
        "fresh": [{**one, "village": names.get(one["village"], "")} for one in found.get("new", ())],
        "changed": _changes(request.scope, row.sort, found.get("changed", ())),
        "more_changed": found.get("more_changed", 0),
        "notes": [_note(code, rows) for code, rows in found.get("notes", {}).items()],
        "good": counts.get("new", 0) + counts.get("changed", 0) + counts.get("doubt", 0),
        "waits": found.get("faulty", 0) + counts.get("doubt", 0),
        "act": request.act.id if request.method == "POST" and status == 200 else new_id(),  # noqa: PLR2004 - HTTP
        "trail": _trail(_("What this file would do")),
    }  # fmt: skip
    return render(request, "console/register/import_look.html", context, status=status)


def _villages(scope: Scope, codes: set[int]) -> dict[int, str]:
    return {code: row.label(language()) for code, row in territory.places(scope, codes).items()}


def _refused(fault: str) -> str:
    if not fault:
        return ""
    text, params = json.loads(fault)
    return _(text) % params if params else _(text)


def _both(what: str, remedy: str) -> dict[str, str]:
    found = {}
    for name, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            found[name] = f"{_(what)} {_(remedy)}"
    return found


def _fault(one: list[Any]) -> dict[str, Any]:
    row, code, column, value = one
    return {"row": row, "column": column, "value": value, **_both(*FAULTS[code])}


def _doubt(one: dict[str, Any]) -> dict[str, Any]:
    answers = [(answer, _(ANSWERS[answer])) for answer in (*one["answers"], "")]
    what, remedy = DOUBTS[one["why"]]
    return {**one, "number": one["home"][1], "choices": answers, "what": _(what), "remedy": _(remedy)}


def _changes(scope: Scope, sort: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each row that changes a record: the fields with what the register says now and what it would say."""
    heads = {column.field: column.zh if language() == "zh" else column.en for column in layout.LAYOUTS[sort]}
    words = code_words(scope)
    sides = [(name, side) for one in rows for name, *both in one["fields"] for side in both]
    codes = {int(side) for name, side in sides if name in PLACES and side.isdecimal()}
    places = _villages(scope, codes)

    def said(name: str, side: str) -> str:
        if name in PLACES and side.isdecimal():
            return places.get(int(side), side)
        named = words.get(CODED.get(name, name), {})
        return named.get(side, side) or _("nothing")

    def told(name: str, was: str, now: str) -> str:
        head = heads.get(name, name)
        return (
            f"{head}{'：' if language() == 'zh' else ': '}{said(name, was)} → {said(name, now)}" if was or now else head
        )

    return [
        {
            "row": one["row"], "name": one["name"],
            "fields": [*(told(*field) for field in one["fields"]), *([_("Household")] if one["joins"] else [])],
        }
        for one in rows
    ]  # fmt: skip


def _note(code: str, rows: list[int]) -> dict[str, Any]:
    more = -rows[-1] if rows and rows[-1] < 0 else 0
    return {"text": _(NOTES[code]), "rows": [row for row in rows if row > 0], "more": more}


@door("people.edit")
def mended(request: Asked, upload_id: UUID) -> HttpResponse:
    """The file as it was sent, with a column that says what to do."""
    row = queries.upload(request.scope, upload_id)
    look = looking.look(request.scope, _file(request, row))
    return workbook(workbooks.returned(look, offered=_offered(request.scope)), f"{row.sort}-to-mend.xlsx")


def _file(request: Asked, row: UploadRow) -> looking.File:
    """The file, read again: it stays sealed until it is decided about."""
    data = queries.data_of(request.scope, row.id)
    today = queries.today_of(request.scope, timezone.now())
    return looking.read_file(request.scope, data, row, today=today, progress=looking.awake)


@door("people.edit", methods=("POST",))
def drop(request: Asked, upload_id: UUID) -> HttpResponse:
    """Take the file away undecided."""
    actions.drop_file(request.scope, request.act, upload_id=upload_id)
    messages.success(request, _("The file was dropped. Nothing was taken in."))
    return redirect("people_import")


@door("people.edit", methods=("GET", "POST"))
def batch(request: Asked, batch_id: UUID) -> HttpResponse:
    """What came of a file, and the way to undo it; or what stands on it."""
    row = queries.batch(request.scope, batch_id)
    form = Undo(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_import(request.scope, request.act, batch_id=row.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Everything this file did was taken back."))
            return redirect("people_batch", batch_id=row.id)
    return render(
        request, "console/register/import_batch.html", _batch(request, row, form), status=422 if form.errors else 200
    )


def _batch(request: Asked, row: BatchRow, form: Undo) -> dict[str, Any]:
    later = [] if row.undone_at else later_on(request.scope, row)
    return {
        "row": row, "form": form, "sort": _(SORTS[row.sort][0]), "of": OF.get(row.sort, ""),
        "later": [(one, _(STANDS[one.what])) for one in later],
        "trail": _trail(_("A file that came in")),
    }  # fmt: skip


def _trail(title: str) -> list[tuple[str, str]]:
    return trail(None, (_("Import"), reverse("people_import")), (title, ""))


urlpatterns = [
    path("import", desk, name="people_import"),
    path("import/<slug:sort>.xlsx", template, name="people_template"),
    path("import/<uuid:upload_id>", upload, name="people_upload"),
    path("import/<uuid:upload_id>/mended.xlsx", mended, name="people_mended"),
    path("import/<uuid:upload_id>/drop", drop, name="people_drop"),
    path("import/batches/<uuid:batch_id>", batch, name="people_batch"),
]
