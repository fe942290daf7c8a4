"""Give the holder of a post a one-time sign-in link, or sign them out everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from commongrid.accounts.rules import LINK_HOURS, hashed, link_secret
from commongrid.kernel.refusals import NotYours
from commongrid.roster import queries
from commongrid.roster.actions import end_sessions, invite
from commongrid.surfaces.console.posts.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.qr import svg

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door("accounts.invite", methods=("GET", "POST"))
def link(request: Asked, post_id: UUID) -> HttpResponse:
    """Ask first, then show the link once, as text and as a code to scan; the secret is in no table."""
    post = queries.post(request.scope, post_id)
    if not request.scope.covers(post.place):
        raise NotYours
    context = {"post": post, "hours": LINK_HOURS, "trail": trail(post, gettext("Sign-in link"))}
    if request.method == "POST":
        secret = link_secret(settings.SECRET_KEY, request.act.id)
        invite(
            request.scope,
            request.act,
            person_id=post.person,
            post_id=post.id,
            secret_hash=hashed(secret),
            hours=LINK_HOURS,
        )
        address = request.build_absolute_uri(reverse("land", args=[secret]))
        context |= {"address": address, "qr": svg(address)}
    response = render(request, "console/posts/link.html", context)
    response["Cache-Control"] = "no-store"
    return response


@door("accounts.invite", methods=("POST",))
def sign_out(request: Asked, post_id: UUID) -> HttpResponse:
    """Sign the holder out on every device."""
    post = queries.post(request.scope, post_id)
    end_sessions(request.scope, request.act, person_id=post.person)
    messages.success(request, gettext("They are signed out everywhere."))
    return HttpResponseRedirect(reverse("post", args=[post_id]))
