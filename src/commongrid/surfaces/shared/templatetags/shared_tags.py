"""Tags of every page: built files, pictograms, names and dates in the reader's language, fields, clocks.

Loaded as builtins; how to use them is in docs/howto/write-a-page.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from commongrid.kernel.act import new_id
from commongrid.surfaces.shared import assets, fields, navigation, pictures, times
from commongrid.surfaces.shared.preferences import chosen

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.forms import BaseForm, BoundField

register = template.Library()
register.filter("when", times.when)
register.filter("in_a_row", times.in_a_row)
register.simple_tag(times.between, name="between")
register.simple_tag(times.colon, name="colon")
register.filter("ago", times.ago)
register.filter("left", times.left)
register.filter("lasting", times.lasting)
Context = template.Context


# files and pictograms


@register.simple_tag
def asset(entry: str) -> SafeString:
    """Link the style sheets and the module of a built entry, e.g. ``{% asset "console.ts" %}``."""
    files = assets.built(entry)
    styles = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(file),) for file in files.styles))
    scripts = format_html_join("\n", '<script type="module" src="{}"></script>', ((static(f),) for f in files.scripts))
    return mark_safe(f"{styles}\n{scripts}")  # noqa: S308 - both parts were escaped by format_html_join


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Put a pictogram of the sprite into the page; silent to screen readers unless it has a ``label``."""
    return pictures.icon(name, str(label))


# names


@register.filter
def named(row: Any) -> str:
    """The name of a row in the reader's language: ``.label(language)``, ``zh``/``en`` or ``name_zh``/``name_en``."""
    if row is None or isinstance(row, str):
        return row or ""
    chinese = times.chinese()
    if callable(label := getattr(row, "label", None)):
        return str(label("zh" if chinese else "en"))
    first, second = ("zh", "en") if chinese else ("en", "zh")
    for key in (first, f"name_{first}", second, f"name_{second}", "name"):
        value = row.get(key) if isinstance(row, dict) else getattr(row, key, None)
        if value:
            return str(value)
    return str(row)


@register.filter
def in_words(row: Any, field: str) -> str:
    """What a row says in a field that it holds in both languages, in the reader's; nothing where it says nothing."""
    name = f"{field}_zh" if times.chinese() else f"{field}_en"
    return str((row.get(name) if isinstance(row, dict) else getattr(row, name, "")) or "")


@register.simple_tag(takes_context=True)
def place_name(context: Context, code: int | None, *, whole: bool = False) -> str:
    """The name of a place by its code; ``whole=True`` gives the way to it below the county."""
    return fields.place_name(context.get("request"), code, whole=whole)


# times


@register.simple_tag(name="time")
def time_tag(value: date | datetime | None, form: str = "") -> SafeString | str:
    """A ``<time>`` element; forms as in ``times.when``, and "ago"."""
    if not value:
        return ""
    text = times.ago(value) if form == "ago" else times.when(value, form)  # type: ignore[arg-type]
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), times.when(value), text)


register.simple_tag(pictures.bar, name="bar")
register.simple_tag(pictures.clock_bar, name="clock_bar")


# forms


@register.simple_tag
def act_id() -> SafeString:
    """The hidden number of the act that this form asks for: sending the form twice does it once."""
    return format_html('<input type="hidden" name="act" value="{}">', new_id())


@register.inclusion_tag("shared/parts/field.html", name="field")
def field_tag(bound: BoundField, optional: str = "auto") -> dict[str, object]:
    """A labelled control with hint and error; says "(optional)" where nothing need be given."""
    return fields.field_context(bound, optional)


@register.inclusion_tag("shared/parts/errors.html")
def errors(form: BaseForm) -> dict[str, object]:
    """The summary above a form: every error, linked to its field."""
    return {"lines": fields.error_lines(form)}


@register.inclusion_tag("shared/parts/fields.html", name="fields")
def fields_tag(form: BaseForm) -> dict[str, object]:
    """Every visible and hidden field of a form, in order."""
    return {"form": form}


# the page


@register.simple_tag(takes_context=True)
def html_attributes(context: Context) -> SafeString:
    """Language, text size and theme on the root element."""
    request = context.get("request")
    code = "zh-Hans" if times.chinese() else (get_language() or "en")
    text, theme = (chosen(request, "text"), chosen(request, "theme")) if request else ("", "")
    marks = ((name, value) for name, value in (("text", text), ("theme", theme)) if value)
    return format_html('lang="{}"{}', code, format_html_join("", ' data-{}="{}"', marks))


@register.simple_tag(takes_context=True)
def look_url(context: Context, **choice: str) -> str:
    """The address that remembers a choice of language, text or theme and comes back here."""
    request = context.get("request")
    back = request.get_full_path() if request is not None and request.method in {"GET", "HEAD"} else "/"
    if request is not None and request.method == "POST":
        back = request.path
    return f"{reverse('look')}?{urlencode({**choice, 'next': back})}"


@register.simple_tag(takes_context=True)
def chosen_look(context: Context, name: str) -> str:
    """The reader's choice of "text" or "theme"."""
    request = context.get("request")
    return chosen(request, name) if request is not None else ""


@register.simple_tag(takes_context=True)
def county_name(context: Context) -> str:
    """The county's name in the reader's language; nothing on pages outside a door."""
    return fields.county_name(context.get("request"))


@register.simple_tag(takes_context=True)
def county_at(context: Context, code: int) -> str:
    """The name of the county of a place, the demo marked."""
    return fields.county_at(context.get("request"), code)


@register.inclusion_tag("shared/parts/acting_post.html", takes_context=True)
def acting_post(context: Context) -> dict[str, object]:
    """The acting post, always visible, leading to the page where it is switched."""
    request = context.get("request")
    scope = getattr(request, "scope", None)
    place, _dot, title = fields.post_title(request).rpartition(" · ")
    return {"post": scope if scope is not None and scope.kind == "post" else None, "place": place, "title": title}


@register.simple_tag
def clock_stopped() -> bool:
    """Whether nobody watches the deadlines, so that every page of the console says so."""
    return fields.clock_stopped()


@register.inclusion_tag("shared/parts/watermark.html", takes_context=True)
def watermark(context: Context) -> dict[str, object]:
    """Across a page of the console that a post prints: which post it was, and when. Papers for people have none."""
    request = context.get("request")
    scope = getattr(request, "scope", None)
    printed = scope is not None and scope.kind == "post"
    return {"title": fields.post_title(request) if printed else "", "at": timezone.now()}


@register.simple_tag(takes_context=True)
def navigation_list(context: Context) -> SafeString:
    """The navigation of the acting post; shown twice on a page (aside and in the menu), drawn once."""
    request = context.get("request")
    page: dict[str, Any] = {} if request is None else request.__dict__
    if "_navigation" not in page:
        items = navigation.destinations(getattr(request, "scope", None))
        current = navigation.current(items, request.path if request is not None else "")
        values = {"items": items, "current": current, "counts": context.get("counts") or {}}
        page["_navigation"] = render_to_string("shared/parts/navigation.html", values)
    drawn: SafeString = page["_navigation"]
    return drawn


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """This page's query with some parameters changed; an empty value takes one away."""
    request = context.get("request")
    values = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in {None, ""}:
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@register.filter
def get(mapping: Any, key: object) -> Any:
    """A value of a mapping by a key held in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None
