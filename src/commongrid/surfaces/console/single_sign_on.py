"""The county's single sign-on: off to its provider and back, connected and disconnected on the security page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from commongrid.accounts import actions as accounts
from commongrid.kernel.refusals import NotFound
from commongrid.surfaces.console.sign_in_provider import CountyProvider, StrictAdapter
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.throttle import throttled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.urls import URLPattern

    from commongrid.surfaces.shared.doors import Asked

MINUTE = 60


@throttled("single_sign_on", 300, seconds=MINUTE)
@door(None, kinds=("public",), methods=("POST",))
def start(request: Asked) -> HttpResponse:
    """Off to the provider to sign in; from there it goes on to choosing the post."""
    return _off(request, AuthProcess.LOGIN)


@throttled("single_sign_on_back", 120, seconds=MINUTE, failures_only=True)
@door(None, kinds=("public",))
def back(request: Asked) -> HttpResponse:
    """Where the provider leads back to: its code opens the account that is connected with whoever signed in there."""
    if not settings.OIDC:
        return HttpResponseRedirect(reverse("account_login"))
    come_back = OAuth2CallbackView.adapter_view(StrictAdapter(request, settings.OIDC.id))
    return _answered(request, lambda: come_back(request))


@door(None, kinds=("account",), methods=("POST",))
def connect(request: Asked) -> HttpResponse:
    """Off to the provider to connect one's account with it; a new way in wants the old one shown once more."""
    if settings.OIDC and not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
    return _off(request, AuthProcess.CONNECT)


@door(None, kinds=("account",), methods=("POST",))
def disconnect(request: Asked) -> HttpResponse:
    """Take the single sign-on away from one's account."""
    accounts.end_single_sign_on(request.scope, request.act)
    messages.success(request, _("Disconnected."))
    return HttpResponseRedirect(reverse("security"))


def _off(request: Asked, process: str) -> HttpResponse:
    """To the provider. Refuses: NotFound where the county has none."""
    if not settings.OIDC:
        raise NotFound
    provider: CountyProvider = get_adapter().get_provider(request, settings.OIDC.id)
    return _answered(request, lambda: provider.redirect(request, process, next_url=reverse("choose_post")))


def _answered(request: Asked, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """What comes of asking the provider; allauth does not catch one that says nothing of itself."""
    try:
        return ask()
    except OAuth2Error as fault:
        failed: HttpResponse = render_authentication_error(request, None, exception=fault)
        return failed


urlpatterns: list[URLPattern] = [
    path("security/single-sign-on", connect, name="single_sign_on_connect"),
    path("security/single-sign-on/end", disconnect, name="single_sign_on_end"),
]
