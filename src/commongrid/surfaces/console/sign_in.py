"""Signing in by a one-time link, choosing and switching the post, and one's own security page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth import logout as forget
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.accounts import actions as accounts
from commongrid.accounts import queries
from commongrid.accounts.rules import came_by_link, hashed, looks_like_a_secret, second_factor_shown
from commongrid.accounts.texts import EVENT_TEXTS
from commongrid.kernel.act import Act
from commongrid.kernel.places import county_of
from commongrid.kernel.refusals import N_, NotAllowed, NotFound, NotYours, Refusal
from commongrid.kernel.scope import clock, public
from commongrid.roster.actions import enter
from commongrid.roster.queries import PostRow, posts_of_account, scope_of
from commongrid.roster.rules import needs_second_factor
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.navigation import first_page
from commongrid.surfaces.shared.sessions import POST_KEY, WAIVED_KEY
from commongrid.territory.queries import county, is_demo

if TYPE_CHECKING:
    from django.urls import URLPattern

    from commongrid.surfaces.shared.doors import Asked

WANTED_KEY = "wanted_post"
ENTERING = clock("sign-in link", "accounts.enter")
"""Whoever comes with a link is nobody yet, so a named job lets them in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A post to choose from, and whether a second factor is missing, waived or not asked for."""

    row: PostRow
    locked: bool
    waived: bool
    acting: bool


@door(None, kinds=("public",), methods=("GET", "POST"))
def land(request: Asked, secret: str) -> HttpResponse:
    """Where a one-time link leads: a page with a button, so that link previews don't use it up; the button signs in.

    The act's id is made here and not taken from the form: a form sent again
    must find the link used.
    """
    if not looks_like_a_secret(secret):
        raise NotFound
    now = datetime.now(UTC)
    if request.method != "POST":
        queries.usable_link(request.scope, hashed(secret), now)
        response = render(request, "console/sign_in/land.html")
        response["Cache-Control"], response["Referrer-Policy"] = "no-store", "same-origin"
        return response
    entered = enter(ENTERING, Act.new(), secret_hash=hashed(secret))
    user = get_user_model().objects.get(pk=entered["account"])
    forget(request)
    if entered["post"]:
        request.session[WANTED_KEY] = entered["post"]
    record_authentication(request, user, method="link")
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("choose_post")))
    return answer


@door(None, kinds=("post", "account"))
def front(request: Asked) -> HttpResponse:
    """Where the console begins: the acting post's first page; who acts in none, or in one without pages, chooses.

    Somebody whose only post has no page in the console belongs on the public pages.
    """
    if request.scope.kind == "post" and (page := first_page(request.scope)):
        return HttpResponseRedirect(page)
    others = [one for one in posts_of_account(request.user.pk or 0, localdate()) if one.id != request.scope.post]
    if request.scope.kind == "post" and not others:
        return HttpResponseRedirect(reverse("home"))
    return HttpResponseRedirect(reverse("choose_post"))


@door(None, kinds=("account",), methods=("GET",))
def choose_post(request: Asked) -> HttpResponse:
    """Choose the post to act in; someone with a single post, or coming with a link for one, takes it up at once."""
    choices = _choices(request)
    target = safe_next(request)
    wanted = request.session.pop(WANTED_KEY, None)
    if POST_KEY not in request.session:
        ready = [one for one in choices if not one.locked and (len(choices) == 1 or str(one.row.id) == wanted)]
        if ready:
            return _take(request, ready[0], target)
    return render(
        request,
        "console/sign_in/choose_post.html",
        {
            "choices": choices,
            "locked": any(one.locked for one in choices),
            "waived": any(one.waived for one in choices),
            "ready_to_prove": bool(queries.second_factors(request.scope.account or 0)),
            "next": target,
        },
    )


@door(None, kinds=("account",), methods=("POST",))
def take_post(request: Asked) -> HttpResponse:
    """Take up a post for this session. Refuses one that is not the account's, or that lacks its second factor."""
    chosen = next((one for one in _choices(request) if str(one.row.id) == request.POST.get("post")), None)
    if chosen is None:
        raise NotYours(N_("This post is not yours, or no longer. Choose another."))
    if chosen.locked:
        raise NotAllowed(N_("This post asks for a second factor. Set one up on your security page first."))
    return _take(request, chosen, safe_next(request))


class LoginNameForm(Form):
    """One's own login name."""

    login_name = forms.CharField(
        label=gettext_lazy("Login name"),
        help_text=gettext_lazy("3 to 40 small letters, digits, dots or dashes; it begins with a letter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


@door(None, kinds=("account",), methods=("GET", "POST"))
def security(request: Asked) -> HttpResponse:
    """One's own way in: login name, password, second factors, devices, what was logged."""
    account_id = request.scope.account or 0
    mine = queries.account(request.scope, account_id)
    form = LoginNameForm(request.POST if request.method == "POST" else None, initial={"login_name": mine.login_name})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.choose_login_name(
                public("accounts.own", account=account_id),
                request.act,
                login_name=form.cleaned_data["login_name"],
                place=county(request.scope).code,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your login name was changed."))
            return HttpResponseRedirect(reverse("security"))
    lines, _more = queries.own_access(request.scope)
    return render(
        request,
        "console/sign_in/security.html",
        {
            "form": form,
            "mine": mine,
            "connected": bool(settings.OIDC) and queries.connected(account_id, settings.OIDC.id),
            "devices": queries.devices(account_id),
            "this_device": request.session.session_key,
            "lines": [{"at": one.at, "text": _(EVENT_TEXTS[one.event]), "address": one.address} for one in lines[:20]],
        },
    )


@door(None, kinds=("account",), methods=("POST",))
def end_session(request: Asked, session_id: int) -> HttpResponse:
    """Sign out another of one's own devices."""
    accounts.end_own_session(request.scope, request.act, session_id=session_id)
    messages.success(request, _("That device is signed out."))
    return HttpResponseRedirect(reverse("security"))


def _choices(request: Asked) -> list[Choice]:
    """The account's posts today, each with what its second factor asks."""
    records = get_authentication_records(request, request.user)
    shown, by_link = second_factor_shown(records), came_by_link(records)
    found = []
    for row in posts_of_account(request.scope.account or 0, localdate()):
        demo = row.second_factor and is_demo(request.scope, county_of(row.place) or row.place)
        needed = needs_second_factor(role_wants_it=row.second_factor, demo=demo, came_by_link=by_link)
        found.append(
            Choice(
                row=row,
                locked=needed and not shown,
                waived=row.second_factor and not needed and not shown,
                acting=str(row.id) == request.session.get(POST_KEY),
            )
        )
    return found


def _take(request: Asked, chosen: Choice, target: str) -> HttpResponse:
    """Remember the post in the session and log it; with it, whether a demo let it off its second factor."""
    row = chosen.row
    request.session[POST_KEY] = str(row.id)
    request.session[WAIVED_KEY] = str(row.id) if chosen.waived else ""
    scope = scope_of(row, localdate())
    accounts.log_access(scope, Act.new(), access=accounts.Access(event="post_taken", about=row.role))
    return HttpResponseRedirect(target or first_page(scope) or reverse("home"))


def safe_next(request: Asked) -> str:
    """Where to go afterwards: an address of ours, or nothing."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if ours and not target.startswith(reverse("choose_post")) else ""


urlpatterns: list[URLPattern] = [
    path("", front, name="console"),
    path("post/", choose_post, name="choose_post"),
    path("post/take", take_post, name="take_post"),
    path("security/", security, name="security"),
    path("security/devices/<int:session_id>/end", end_session, name="end_session"),
]
