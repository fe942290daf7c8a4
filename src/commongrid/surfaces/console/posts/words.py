"""What the Posts pages call things, and small forms they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import is_code, parse
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from commongrid.kernel.scope import Scope
    from commongrid.roster.queries import PostLine
    from commongrid.territory.queries import PlaceRow

STATES = {
    "in_force": N_("In force"),
    "to_come": N_("To come"),
    "ended": N_("Ended"),
    "all": N_("All"),
}
TONES = {"in_force": "ok", "to_come": "info", "ended": ""}
ACTS = {
    "roster.appointed": N_("Appointed"),
    "roster.post_ended": N_("The post was ended"),
    "roster.post_moved": N_("Moved here from another place"),
    "roster.handed_over": N_("Taken over from somebody else"),
    "roster.stand_in_set": N_("A stand-in was set"),
    "roster.stand_in_ended": N_("The stand-in was ended"),
}
"""Acts in a post's history."""


def trail(post: PostLine | None = None, *more: str) -> list[tuple[str, str]]:
    """Where this page is."""
    way = [(gettext("Posts"), reverse("posts"))]
    if post is not None:
        way.append((f"{post.name} · {post.label(language())}", reverse("post", args=[post.id])))
    return [*way, *((text, "") for text in more)]


def place_asked(scope: Scope, text: str) -> PlaceRow | None:
    """The place that an address names, or None where it names none. Refuses NotFound for nonsense."""
    if not text:
        return None
    try:
        code = parse(text)
    except Refusal:
        raise NotFound from None
    if not is_code(code):
        raise NotFound
    return territory.place(scope, code)


class DayInput(forms.DateInput):
    """A day by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        """In the only form browsers take."""
        super().__init__(format="%Y-%m-%d")


def day_field(
    label: StrOrPromise, *, required: bool = True, help_text: StrOrPromise = "", today: bool = False
) -> forms.DateField:
    """A day; today where asked."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"],
        initial=localdate if today else None,
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as 2026-11-24.")},
    )
