"""End a post, move its holder, set and end a stand-in: one question a page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import interval, parent_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, Refusal
from commongrid.roster import actions, queries
from commongrid.surfaces.console.posts.words import day_field, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory.queries import children

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.roster.queries import PostLine
    from commongrid.surfaces.shared.doors import Asked


class EndForm(Form):
    """When a post ends."""

    on = day_field(
        _("No longer in force from"),
        today=True,
        help_text=_("Today ends it at once; sessions acting in it end too."),
    )


class MoveForm(Form):
    """Where somebody goes on in the same role."""

    place = forms.ChoiceField(label=_("New place"), error_messages={"required": _("Choose a place")})
    on = day_field(_("First day there"), today=True)


class StandInForm(Form):
    """Who acts in a post for a time."""

    by = forms.ChoiceField(
        label=_("Who stands in"),
        help_text=_("People who hold posts here or at the level above."),
        error_messages={"required": _("Choose a person from the list.")},
    )
    from_on = day_field(_("First day"), today=True)
    last_on = day_field(_("Last day"), required=False, help_text=_("Leave empty if it is not known yet."))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


@door("posts.appoint", methods=("GET", "POST"))
def end(request: Asked, post_id: UUID) -> HttpResponse:
    """End a post from a day on."""
    post = to_change(request.scope, post_id)
    form = EndForm(request.POST or None)

    def do() -> None:
        actions.end_post(request.scope, request.act, post_id=post_id, on=form.cleaned_data["on"])

    lead = gettext("Whoever stands in goes on; otherwise the level above answers until somebody is appointed.")
    return asked(request, post, form, do, (gettext("End this post"), lead, gettext("The post was ended.")))


@door("posts.appoint", methods=("GET", "POST"))
def move(request: Asked, post_id: UUID) -> HttpResponse:
    """Move the holder to another place of the same level, in the same role."""
    post = to_change(request.scope, post_id)
    form = MoveForm(request.POST or None, initial={"place": request.GET.get("place", "")[:15]})
    form.fields["place"].choices = _places_like(request.scope, post)  # type: ignore[attr-defined]

    def do() -> None:
        given = form.cleaned_data
        actions.move_post(
            request.scope, request.act, post_id=post_id, place=int(given["place"]), unit_id=None, on=given["on"]
        )

    lead = gettext("The post here ends and one in the same role begins there on the same day.")
    return asked(request, post, form, do, (gettext("Move to another place"), lead, gettext("Moved.")))


@door("posts.appoint", methods=("GET", "POST"))
def stand_in(request: Asked, post_id: UUID) -> HttpResponse:
    """Have somebody act in a post whose holder is away or gone."""
    post = to_change(request.scope, post_id)
    form = StandInForm(request.POST or None)
    form.fields["by"].choices = _who_may_stand_in(request.scope, post)  # type: ignore[attr-defined]

    def do() -> None:
        given = form.cleaned_data
        lending = actions.Lending(
            post=post_id,
            by=UUID(given["by"]),
            from_on=given["from_on"],
            to_on=_after(given["last_on"]),
            reason=given["reason"],
        )
        actions.set_stand_in(request.scope, request.act, lending=lending)

    lead = gettext("They get this post beside their own and choose it when they sign in.")
    return asked(request, post, form, do, (gettext("Set a stand-in"), lead, gettext("The stand-in was set.")))


@door("posts.appoint", methods=("POST",))
def stand_in_end(request: Asked, post_id: UUID, stand_in_id: UUID) -> HttpResponse:
    """End a standing-in today."""
    actions.end_stand_in(request.scope, request.act, stand_in_id=stand_in_id, on=localdate())
    messages.success(request, gettext("The stand-in was ended."))
    return HttpResponseRedirect(reverse("post", args=[post_id]))


def to_change(scope: Scope, post_id: UUID) -> PostLine:
    """The post, if it is in scope: who may not change it is told at once, not after a form. Refuses: NotYours."""
    post = queries.post(scope, post_id)
    if not scope.covers(post.place):
        raise NotYours
    return post


def asked(
    request: Asked, post: PostLine, form: Form, do: Callable[[], None], words: tuple[str, str, str]
) -> HttpResponse:
    """Show the question, or do it and go back to the post; a refusal is shown at the form. Used by ``villages`` too."""
    title, lead, done = words
    if request.method == "POST" and form.is_valid():
        try:
            do()
        except Refusal as refusal:
            form.refuse(at_form(refusal))
        else:
            messages.success(request, done)
            return HttpResponseRedirect(reverse("post", args=[post.id]))
    context = {"post": post, "form": form, "title": title, "lead": lead, "trail": trail(post, title)}
    return render(request, "console/posts/form.html", context, status=422 if form.errors else 200)


def at_form(refusal: Refusal) -> Refusal:
    """The refusal with the action's names of fields turned into the form's."""
    if "to_on" in refusal.fields:
        return BadInput(fields={"last_on": refusal.fields["to_on"]})
    return refusal


def _after(last: date | None) -> date | None:
    return last + timedelta(days=1) if last else None


def _places_like(scope: Scope, post: PostLine) -> list[tuple[str, str]]:
    """Other places of the same level in the same village, township or county, in scope."""
    above = parent_of(post.place)
    rows = children(scope, above) if above is not None else []
    kept = [row for row in rows if row.code != post.place and scope.covers(row.code)]
    return [("", gettext("Choose a place")), *((str(row.code), row.label(language())) for row in kept)]


def _who_may_stand_in(scope: Scope, post: PostLine) -> list[tuple[str, str]]:
    """Posts in force at the place, inside it, or at the place above, of other people."""
    around = [queries.Wanted(within=post.place)]
    if (above := parent_of(post.place)) is not None and interval(above).lo >= scope.lo:
        around.append(queries.Wanted(within=above))
    found = {}
    for wanted in around:
        for one in queries.posts(scope, wanted)[0]:
            if one.person not in {post.person, scope.person}:
                found[one.id] = f"{one.name} · {one.place_label(language())} {one.label(language())}"
    nobody = gettext(N_("Choose a person"))
    return [("", nobody), *((str(key), text) for key, text in found.items())]
