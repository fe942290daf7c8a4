"""Pages of the editor: the rows of a vocabulary, one row with its versions and who changed it, adding and ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from commongrid.kernel.dated import Change, changed_columns, read_values
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, Refusal
from commongrid.matters.queries import dated, previewing
from commongrid.matters.queries.previewing import Preview
from commongrid.matters.queries.recounting import recounts
from commongrid.roster import queries as roster
from commongrid.surfaces.console.editing.areas import RULES, WORDING, Area, choices, lang, said
from commongrid.surfaces.console.editing.forms import DayForm, RowForm
from commongrid.surfaces.console.editing.groups import ALL, Group, groups, part_of
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.dated import Values, Vocabulary
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.dated import Version
    from commongrid.surfaces.console.editing.areas import Choices
    from commongrid.surfaces.shared.doors import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A version in words: what it is called, its cells, its period."""

    version: Version
    name: str
    code: str
    cells: list[tuple[str, str]]
    future: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do: the columns that differ, and what open matters have to do with it."""

    columns: list[tuple[str, str, str]]
    moves: Preview
    can_apply: bool


def trail(area: Area, of: Vocabulary, title: str) -> list[tuple[str, str]]:
    """Where a page of the editor is."""
    return [(gettext(area.title), ""), (gettext(of.title), reverse(f"{area.name}_list", args=[of.code])), (title, "")]


def shown(of: Vocabulary, version: Version, found: Choices) -> Shown:
    """A version in words."""
    today = timezone.localdate()
    values = version.values
    named = values.get(lang()) or values.get("title")
    first = of.key[0]
    name = str(named) if named else said(first, values[first.code], found)
    more = [said(one, values[one.code], found) for one in of.key[1:] if values[one.code]]
    code = str(values.get("code") or values[first.code])
    return Shown(
        version=version, name=" · ".join([name, *(more if not named else [])]), code=code,
        cells=[(gettext(of.column(one).label), said(of.column(one), values[one], found)) for one in of.shown],
        future=version.valid_from > today, current=version.holds(today),
    )  # fmt: skip


def _list(request: Asked, area: Area, code: str) -> HttpResponse:
    of = area.vocabulary(code)
    found = choices(request.scope, of)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    rows = [shown(of, one, found) for one in dated.versions(request.scope, of)]
    if text:
        rows = [one for one in rows if text.casefold() in f"{one.name} {one.code} {one.cells}".casefold()]
    parts = groups(request.scope, of, rows, found, ALL if text else request.GET.get("group", "")[:12])
    chosen = next((one for one in parts if one.chosen), None)
    return render(
        request,
        "console/editing/list.html",
        {
            "area": area, "of": of, "rows": rows, "q": text, "may": request.scope.may(of.power), "parts": parts,
            "shown": [chosen] if chosen else parts or [Group(code="", name="", rows=tuple(rows))], "chosen": chosen,
            "heads": [gettext(of.column(one).label) for one in of.shown],
            "lists": [(one, gettext(one.title)) for one in area.vocabularies.values()],
            "title": gettext(of.title), "lead": gettext(of.lead), "recounts": _recounts(request.scope, of),
        },
    )  # fmt: skip


def _recounts(scope: Scope, of: Vocabulary) -> list[Any]:
    """The last recounts that this vocabulary asked for."""
    return [one for one in recounts(scope) if one.vocabulary == of.code][:3] if of.effect else []


def _row(request: Asked, area: Area, code: str, row: UUID | None) -> HttpResponse:
    of = area.vocabulary(code)
    scope = request.scope
    if not scope.may(of.power):
        raise NotAllowed
    if row is None and not of.new:
        raise NotFound
    version = dated.version(scope, of, row) if row else None
    found = choices(scope, of)
    form = RowForm(request.POST if request.method == "POST" else None, of=of, found=found, version=version)
    effect: Effect | None = None
    if request.method == "POST" and form.is_valid():
        try:
            values = read_values(of, form.values(), dated.known(found))
            effect = _effect(scope, of, version, values, found)
            if request.POST.get("step") == "save":
                return _save(request, area, form, effect, values)
        except Refusal as refusal:
            form.refuse(refusal)
    return render(request, "console/editing/row.html", _context(request, area, form, found, effect),
                  status=422 if form.errors else 200)  # fmt: skip


def _save(request: Asked, area: Area, form: RowForm, effect: Effect, values: Values) -> HttpResponse:
    of, version = form.of, form.version
    if version is not None and not effect.columns and form.cleaned_data["on"] == version.valid_from:
        raise BadInput(_("Nothing was changed."))
    more = {"apply_open": True} if of.effect and request.POST.get("apply_open") else {}
    change = Change(row=version.id if version else None, values=form.values(), on=form.cleaned_data["on"])
    area.carry_out(request, of, (change,), **more)
    messages.success(
        request, _("The change was kept. Open matters keep their rule, unless you had it applied to them.")
    )
    return HttpResponseRedirect(reverse(f"{area.name}_list", args=[of.code]) + part_of(request.scope, of, values))


def _context(
    request: Asked, area: Area, form: RowForm, found: Choices, effect: Effect | None
) -> dict[str, Any]:  # fmt: skip
    scope, of, version = request.scope, form.of, form.version
    title = shown(of, version, found).name if version else gettext("Add a row")
    lines = dated.edits(scope, of, version.key) if version else []
    faces = roster.faces(scope, {one.post for one in lines if one.post})
    return {
        "area": area, "of": of, "form": form, "version": version, "title": title, "effect": effect,
        "part": part_of(scope, of, version.values) if version else "",
        "day": DayForm() if version and not of.lasting else None,
        "versions": [shown(of, one, found) for one in dated.versions_like(scope, of, version)] if version else [],
        "edits": [
            (one, faces.get(one.post) if one.post else None,
             [gettext(column.label) for column in of.columns if column.code in one.facts.get("columns", ())])
            for one in lines
        ],
        "trail": trail(area, of, title),
    }  # fmt: skip


def _effect(scope: Scope, of: Vocabulary, version: Version | None, values: Values, found: Choices) -> Effect:
    """What a change would do to open matters, counted as the recount would."""
    before = version.values if version else {}
    differ = changed_columns(of, before, values) if version else []
    columns = [
        (gettext(of.column(one).label), said(of.column(one), before.get(one), found),
         said(of.column(one), values[one], found))
        for one in differ
    ]  # fmt: skip
    moves = Preview()
    if of.effect == "lead":
        moves = previewing.under_leads(scope, of, version.id if version else None, values)
    elif of.effect and version and differ:
        moves = previewing.under_rule(scope, of, values)
    elif version:
        moves = Preview(open=dated.touched(scope, dated.open_under(of, values))[0])
    return Effect(
        columns=columns, moves=moves, can_apply=bool(of.effect and moves.open and (differ or version is None))
    )


def _end(request: Asked, area: Area, code: str, row: UUID) -> HttpResponse:
    of = area.vocabulary(code)
    version = dated.version(request.scope, of, row)
    form = DayForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("Choose the day."))
    if of.effect == "lead" and request.POST.get("step") != "save":
        return _before_end(request, area, version, form)
    more = {"apply_open": True} if of.effect and request.POST.get("apply_open") else {}
    area.carry_out(request, of, (Change(row=row, values=None, on=form.cleaned_data["on"]),), **more)
    messages.success(request, _("The row ends on that day."))
    return HttpResponseRedirect(reverse(f"{area.name}_list", args=[of.code]))


def _before_end(request: Asked, area: Area, version: Version, form: DayForm) -> HttpResponse:
    """What ending a row of the work list would do to open matters. Refuses: BadInput as ending does."""
    scope, of, on = request.scope, area.vocabulary("work_list"), form.cleaned_data["on"]
    if why := dated.in_use(of, version.values, on):
        raise BadInput(why)
    row = shown(of, version, choices(scope, of))
    context = {
        "area": area, "of": of, "version": version, "form": form, "row": row, "title": row.name, "on": on,
        "moves": previewing.under_leads(scope, of, version.id, version.values, ends=True),
        "part": part_of(scope, of, version.values), "trail": trail(area, of, row.name),
    }  # fmt: skip
    return render(request, "console/editing/end.html", context)


@door("worklist.read")
def rules_list(request: Asked, vocabulary: str) -> HttpResponse:
    """The rows of one of the loop's lists, in force and to come."""
    return _list(request, RULES, vocabulary)


@door("worklist.edit", methods=("GET", "POST"))
def rules_add(request: Asked, vocabulary: str) -> HttpResponse:
    """Add a row from a day on."""
    return _row(request, RULES, vocabulary, None)


@door("worklist.edit", methods=("GET", "POST"))
def rules_row(request: Asked, vocabulary: str, row: UUID) -> HttpResponse:
    """Change a row from a day on, after seeing what that does to open matters."""
    return _row(request, RULES, vocabulary, row)


@door("worklist.edit", methods=("POST",))
def rules_end(request: Asked, vocabulary: str, row: UUID) -> HttpResponse:
    """End a row on a day."""
    return _end(request, RULES, vocabulary, row)


@door("texts.edit")
def wording_list(request: Asked, vocabulary: str) -> HttpResponse:
    """Standard answers, or the texts of notices."""
    return _list(request, WORDING, vocabulary)


@door("texts.edit", methods=("GET", "POST"))
def wording_add(request: Asked, vocabulary: str) -> HttpResponse:
    """Add a text from a day on."""
    return _row(request, WORDING, vocabulary, None)


@door("texts.edit", methods=("GET", "POST"))
def wording_row(request: Asked, vocabulary: str, row: UUID) -> HttpResponse:
    """Change a text from a day on."""
    return _row(request, WORDING, vocabulary, row)


@door("texts.edit", methods=("POST",))
def wording_end(request: Asked, vocabulary: str, row: UUID) -> HttpResponse:
    """End a text on a day."""
    return _end(request, WORDING, vocabulary, row)
