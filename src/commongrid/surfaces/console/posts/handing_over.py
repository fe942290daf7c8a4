"""Hand a post over: who takes it on, from when, and what goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotYours, Refusal
from commongrid.matters.queries import waiting as matters
from commongrid.roster import actions, queries
from commongrid.surfaces.console.posts.appointing import AppointForm, searched
from commongrid.surfaces.console.posts.words import trail
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.roster.queries import PostLine
    from commongrid.surfaces.shared.doors import Asked

TIES = {
    "contact_point": N_("Contact points"),
    "assigned_village": N_("Assigned villages"),
    "named_helper": N_("Households helped"),
    "petition_case": N_("Cases taken up"),
    "linked_household": N_("Linked households"),
}
"""What the page calls what is tied to a post."""


class HandOverForm(AppointForm):
    """Who takes a post on, and from when; role, place and unit are the post's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without what is given."""
        super().__init__(*args, roles=[], units=[], **kwargs)
        del self.fields["role"]


@door("posts.appoint", methods=("GET", "POST"))
def page(request: Asked, post_id: UUID) -> HttpResponse:
    """Say who takes the post on; sending it ends the old post and leads to the new one."""
    scope, post = request.scope, queries.post(request.scope, post_id)
    if not scope.covers(post.place):
        raise NotYours
    if request.method != "POST":
        form = HandOverForm(near=post.place, initial={"title_zh": post.title_zh, "title_en": post.title_en,
                                                      "office_phone": post.office_phone})  # fmt: skip
        form.choose(scope, request.GET.get("person", ""))
        return _form(request, form, post)
    form = HandOverForm(request.POST, near=post.place)
    if form.is_answered(scope, request.act.child("begin")):
        try:
            to = form.appointment(role=post.role, place=post.place, unit=post.unit)
            done = actions.hand_over(scope, request.act, post_id=post_id, to=to)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Handed over. Give them a sign-in link if they have none."))
            return HttpResponseRedirect(reverse("post", args=[done["post"]]))
    return _form(request, form, post)


def _form(request: Asked, form: HandOverForm, post: PostLine) -> HttpResponse:
    title = gettext("Hand over")
    context = {"post": post, "form": form, "title": title, "along": _along(request.scope, post),
               "trail": trail(post, title), **searched(request, post.place, (), {})}  # fmt: skip
    return render(request, "console/posts/hand_over.html", context, status=422 if form.errors else 200)


def _along(scope: Scope, post: PostLine) -> list[tuple[str, int]]:
    """What goes along with the post: open matters of the seat, and what is tied to it today."""
    open_ones = matters.held(scope, post.unit) if post.unit else matters.held_at(scope, post.level, post.place)
    ties = queries.tied(scope, post.id, localdate())
    return [(gettext("Open matters"), open_ones), *((gettext(TIES[kind]), count) for kind, count in ties.items())]
