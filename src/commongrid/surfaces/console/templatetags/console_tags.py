"""The lines of a list of matters, drawn without a template: a page of fifty costs a fifth of what a template needs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commongrid.surfaces.shared import pictures
from commongrid.surfaces.shared.times import when

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commongrid.surfaces.console.matters.present import Chip, Shown

register = template.Library()
HECTARE: Final = 10_000
SQUARE_KILOMETRE: Final = 100 * HECTARE
_PLAIN: Final = '<span class="small">{}</span>'


@register.simple_tag
def matter_lines(rows: Iterable[Shown], brief: object = "") -> SafeString:
    """A ``<tr>`` per matter; ``brief`` leaves out who has it and the action."""
    labels = tuple(escape(text) for text in (_("Place"), _("Time left"), _("State")))
    return mark_safe("".join(_line(one, labels, brief=bool(brief)) for one in rows))  # noqa: S308 - each value is escaped


@register.filter
def land(square_metres: float) -> str:
    """An area as somebody says it: in square metres below ten hectares, in square kilometres from ten of those on."""
    if square_metres < 10 * HECTARE:
        return f"{number_format(round(square_metres), force_grouping=True)} m²"
    if square_metres >= 10 * SQUARE_KILOMETRE:
        return _("%(n)s km²") % {"n": number_format(round(square_metres / SQUARE_KILOMETRE, 1), force_grouping=True)}
    return _("%(n)s hectares") % {"n": number_format(round(square_metres / HECTARE), force_grouping=True)}


@register.simple_tag
def map_words() -> SafeString:
    """What a map's buttons are called, and what is said where it can't be fetched: attributes of its element."""
    said = {
        "zoom-in": _("Nearer"), "zoom-out": _("Farther"), "title": _("Map"), "again": _("Try again"),
        "failed": _(
            "The map could not be fetched: there is no connection, or you are signed out. What it shows stands in the "
            "tables and forms of this page too."
        ),
    }  # fmt: skip
    return format_html_join(" ", 'data-{}="{}"', said.items())


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The options of a select: codes and texts, one of them chosen."""
    lines = (
        f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(text)}</option>'
        for code, text in pairs
    )
    return mark_safe("".join(lines))  # noqa: S308 - each value is escaped


def _line(one: Shown, labels: tuple[str, ...], *, brief: bool) -> str:
    place, left, state = labels
    url, row = escape(one.url), one.row
    chips = "".join(map(_chip, one.chips))
    line = (
        f'<tr>\n<td><div class="titles"><a class="title" href="{url}">{escape(one.title)}</a>'
        f'<span class="chips">{chips}'
        f'<span class="small">{escape(row.number)} · {escape(one.kind)}</span></span></div></td>\n'
        f'<td data-label="{place}">{escape(one.place)}{"" if brief else _PLAIN.format(escape(one.source))}</td>\n'
        f'<td data-label="{left}">{_time(one)}</td>\n'
    )
    if brief:
        return f"{line}</tr>"
    owner = _PLAIN.format(escape(one.owner)) if one.owner else ""
    go = f'<a class="btn go small" href="{url}#next" tabindex="-1">{escape(one.step)}</a>' if one.mine else ""
    return f'{line}<td data-label="{state}">{escape(one.state)}{owner}</td>\n<td class="num">{go}</td></tr>'


def _chip(chip: Chip) -> str:
    drawn = pictures.icon(chip.pictogram) if chip.pictogram else ""
    return f'<span class="chip {escape(chip.tone)}">{drawn}{escape(chip.text)}</span>\n'


def _time(one: Shown) -> str:
    """What is left of the deadline, or when it ended."""
    row = one.row
    if row.due_at:
        return pictures.clock_bar(row.due_at, percent=one.percent)
    if row.ended_at is None:
        return _PLAIN.format("")
    ended, full = escape(when(row.ended_at, "short")), escape(when(row.ended_at))
    return _PLAIN.format(f'<time datetime="{row.ended_at.isoformat()}" title="{full}">{ended}</time>')
