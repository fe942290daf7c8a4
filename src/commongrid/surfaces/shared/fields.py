"""What the form tags need to know about a field, and names of places for templates."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import connection
from django.utils.translation import gettext

from commongrid.kernel.places import county_of, show
from commongrid.kernel.refusals import Refusal
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.forms import BaseForm, BoundField
    from django.http import HttpRequest

    from commongrid.territory.queries import CountyRow, PlaceRow

_NAMES: dict[tuple[object, ...], tuple[float, Any]] = {}
MOST_NAMES = 5000
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field_context(bound: BoundField, optional: str) -> dict[str, object]:
    """A bound field, its kind, and its control described by hint and error."""
    widget = bound.field.widget
    described = [f"{bound.id_for_label or bound.html_name}-hint"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label or bound.html_name}-error")
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    group = isinstance(widget, GROUPS)
    return {
        "bound": bound,
        "id": bound.id_for_label or f"id_{bound.html_name}",
        "group": group,
        "tick": isinstance(widget, forms.CheckboxInput),
        "control": "" if group else bound.as_widget(attrs=attrs),
        "optional": not bound.field.required if optional == "auto" else bool(optional),
    }


def error_lines(form: BaseForm) -> list[tuple[str, str]]:
    """(id of the control or empty, sentence) for every error of a form."""
    lines = [("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or f"id_{bound.html_name}"
        lines += [(f"{target}_0" if isinstance(bound.field.widget, GROUPS) else target, str(m)) for m in bound.errors]
    return lines


def place_name(request: HttpRequest | None, code: int | None, *, whole: bool = False) -> str:
    """A place's name in the reader's language, asked for once per page; its code where it has none."""
    if code is None:
        return ""
    names = [place.label(language()) for place in know_places(request, [code]).get(code, ())]
    if not names:
        return show(code)
    return " › ".join(names[1:] or names) if whole else names[-1]


def know_places(request: HttpRequest | None, codes: Iterable[int]) -> dict[int, list[PlaceRow]]:
    """The ways to these places, kept for the page: one that names many in rows asks for all of them at once."""
    if request is None or (scope := getattr(request, "scope", None)) is None:
        return {}
    from commongrid.territory import queries

    known: dict[int, list[PlaceRow]] = request.__dict__.setdefault("_place_ways", {})
    if wanted := set(codes) - known.keys():
        known.update(queries.paths(scope, wanted))
    return known


def county_name(request: HttpRequest | None) -> str:
    """The county's name, asked for once a minute per process: of the place the page is about, else the reader's."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return ""
    from commongrid.territory import queries

    about: int | None = getattr(request, "about_place", None)
    if about is not None and (name := county_at(request, about)):
        return name
    try:
        return county_label(_kept(("county", scope.lo), lambda: queries.county(scope)))
    except Refusal:
        return ""


def county_at(request: HttpRequest | None, code: int) -> str:
    """The name of the county of a place, the demo marked; nothing where no such county was set up."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return ""
    from commongrid.territory import queries

    counties: list[CountyRow] = _kept(("counties", None), lambda: queries.set_up(scope))
    found = next((one for one in counties if one.code == county_of(code)), None)
    return county_label(found) if found is not None else ""


def county_label(row: CountyRow) -> str:
    """A county's name, with a mark where it is the demo."""
    return gettext("%(county)s (demo)") % {"county": row.label(language())} if row.demo else row.label(language())


def post_title(request: HttpRequest | None) -> str:
    """How the acting post is called: its title or role, and its place; asked for once a minute per process."""
    scope = getattr(request, "scope", None)
    if scope is None or scope.kind != "post" or scope.post is None:
        return ""
    from commongrid.roster import queries

    try:
        line = _kept(("post", scope.post), lambda: queries.post(scope, scope.post))
    except Refusal:
        return str(scope.role)
    place, title = line.place_label(language()), line.label(language())
    return title if not place or place in title else f"{place} · {title}"


def clock_stopped() -> bool:
    """Whether the worker ran and has missed three rounds of the clock; asked for once a minute per process."""
    from commongrid.journal import pulses

    return bool(_kept(("clock", None), lambda: any(one.missed for one in pulses.pulses() if one.job == pulses.CLOCK)))


def _kept(key: tuple[str, object], ask: Callable[[], Any]) -> Any:
    """What was asked for within the last minute, per database; names change rarely, pages show them always."""
    whole = (str(connection.settings_dict["NAME"]), *key)
    kept = _NAMES.get(whole)
    if kept is None or kept[0] < time.monotonic():
        if len(_NAMES) > MOST_NAMES:
            _NAMES.clear()
        kept = _NAMES[whole] = (time.monotonic() + 60, ask())
    return kept[1]
