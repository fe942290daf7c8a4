"""Villages of a post: those a township's cadre is assigned to and sees, and the contact points of a leader."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import NotFound
from commongrid.roster import actions, queries
from commongrid.roster.rules import POINTED
from commongrid.surfaces.console.posts.changing import asked, to_change
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory.queries import children, children_each

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.roster.queries import PostLine
    from commongrid.surfaces.shared.doors import Asked

LEVEL = "assigned_village"
"""Of the posts that see the villages they are assigned to, and none besides; the kind of assignment too."""


def kind_of(post: PostLine) -> str:
    """How a post may be tied to villages, or nothing."""
    return LEVEL if post.level == LEVEL else "contact_point" if post.role in POINTED else ""


class VillageForm(Form):
    """A village for a post, from when to when."""

    place = forms.ChoiceField(label=_("Village"), error_messages={"required": _("Choose a village.")})
    from_on = day_field(_("First day"), today=True)
    last_on = day_field(_("Last day"), required=False, help_text=_("Leave empty if it is not known yet."))


@door("posts.appoint", methods=("GET", "POST"))
def village(request: Asked, post_id: UUID) -> HttpResponse:
    """Assign a village to a post, which sees it from that day on, or make it a leader's contact point."""
    post = to_change(request.scope, post_id)
    kind = kind_of(post)
    if not kind:
        raise NotFound
    form = VillageForm(request.POST or None)
    form.fields["place"].choices = _villages(request.scope, post)  # type: ignore[attr-defined]

    def do() -> None:
        given = form.cleaned_data
        to = actions.NewAssignment(
            post=post_id, kind=kind, place=int(given["place"]), from_on=given["from_on"],
            to_on=given["last_on"] + timedelta(days=1) if given["last_on"] else None,
        )  # fmt: skip
        actions.assign(request.scope, request.act, to=to)

    if kind == LEVEL:
        title, done = gettext("Assign a village"), gettext("The village was assigned.")
        lead = gettext(
            "From the first day on the post sees this village and everything in it; others only where assigned."
        )
    else:
        title, done = gettext("Add a contact point"), gettext("The contact point was added.")
        lead = gettext("A village that this leader goes to and answers for; it counts on the county sheet.")
    return asked(request, post, form, do, (title, lead, done))


@door("posts.appoint", methods=("POST",))
def village_end(request: Asked, post_id: UUID, assignment_id: UUID) -> HttpResponse:
    """End an assignment today; the post no longer sees the village."""
    actions.end_assignment(request.scope, request.act, assignment_id=assignment_id, on=localdate())
    messages.success(request, gettext("The assignment was ended."))
    return HttpResponseRedirect(reverse("post", args=[post_id]))


def _villages(scope: Scope, post: PostLine) -> list[tuple[str, str]]:
    """The villages of the post's township or county that it is not assigned to now."""
    held = {one.place for one in queries.assigned_villages(scope, post.id) if one.runs_on(localdate())}
    around = children(scope, post.place)
    parts = {row.code: row.label(language()) for row in around if row.level == "township"}
    rows = [row for part in children_each(scope, parts, level="village").values() for row in part]
    rows = [row for row in [*around, *rows] if row.level == "village" and row.code not in held]
    names = [(parts.get(row.parent or 0, ""), row.label(language())) for row in rows]
    named = [(str(row.code), " › ".join(filter(None, name))) for row, name in zip(rows, names, strict=True)]
    return [("", gettext("Choose a village.")), *named]
