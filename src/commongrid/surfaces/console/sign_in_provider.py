"""The provider of the county's single sign-on, through allauth, held stricter: who it is, and nothing else, is taken.

What its token says of name, address or office is not kept: an account here is
connected with a subject there, and a post gives the powers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Never
from urllib.parse import urlsplit

import jwt
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from commongrid.accounts import actions as accounts
from commongrid.accounts.rules import SINGLE_SIGN_ON, TWO, provider_showed_two
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import public
from commongrid.surfaces.console.sign_in_adapter import note

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest

log = structlog.get_logger("sign_in")
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""How a token may be signed: with a key whose secret half stays at the provider."""
CLOCKS_APART: Final = 60
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SUBJECT: Final = 191
"""How long a subject may be; the column is no longer."""


def origin_of(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is untyped
    """Speaks with the provider; whatever it answers wrongly is one kind of failure."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; it must be the one that was named, under addresses that nobody reads."""
        if not hasattr(self, "_openid_config"):
            try:
                found = super().openid_config
                issuer, addresses = str(found["issuer"]), [str(found[name]) for name in ENDPOINTS]
            except (RequestException, ValueError, KeyError, TypeError) as fault:
                self.__dict__.pop("_openid_config", None)
                message = "the provider does not say where it is asked"
                raise OAuth2Error(message) from fault
            ours = settings.OIDC.origin
            safe = all(one.startswith("https://") or origin_of(one) == ours for one in addresses)
            if issuer.rstrip("/") != settings.OIDC.issuer or origin_of(addresses[0]) != ours or not safe:
                self.__dict__.pop("_openid_config", None)
                message = "the provider gives another issuer or origin than the one named"
                raise OAuth2Error(message)
        found = self._openid_config
        return found  # type: ignore[no-any-return]  # allauth is untyped

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider leads back to, by the address that people know us under."""
        return f"{settings.ADDRESS}{reverse('single_sign_on_back')}"

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the provider gives for its code."""
        try:
            given = super().get_access_token_data(*args, **kwargs)
        except (ValueError, KeyError) as fault:
            message = "the provider's answer cannot be read"
            raise OAuth2Error(message) from fault
        return dict(given)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: object, **kwargs: Any) -> SocialLogin:
        """Who it is, from the signed token alone."""
        return self.get_provider().sociallogin_from_response(request, self._claims(kwargs["response"].get("id_token")))

    def _claims(self, token: object) -> dict[str, Any]:
        """What the token says, if the provider signed it just now, for us."""
        try:
            header = jwt.get_unverified_header(str(token))
            with get_adapter().get_requests_session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
            keys = [one for one in jwt.PyJWKSet.from_dict(answer.json()).keys if one.public_key_use in {None, "sig"}]
            fitting = [one for one in keys if one.key_id == header["kid"]] if "kid" in header else keys
            (key,) = fitting
            claims = jwt.decode(
                str(token), key, algorithms=[*ALGORITHMS], audience=settings.OIDC.client,
                issuer=self.openid_config["issuer"], leeway=CLOCKS_APART,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )  # fmt: skip
        except (jwt.PyJWTError, RequestException, ValueError, KeyError, TypeError, AttributeError) as fault:
            message = "the token does not hold"
            raise OAuth2Error(message) from fault
        if (
            not 0 < len(str(claims["sub"])) <= SUBJECT
            or claims.get("azp", settings.OIDC.client) != settings.OIDC.client
        ):
            message = "the token is not for us"
            raise OAuth2Error(message)
        return claims


class CountyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth is untyped
    """The one provider; of its token, the subject is kept and whether two factors were shown."""

    oauth2_adapter_class = StrictAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        """Who it is; neither profile nor address is asked for."""
        return ["openid"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The subject."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Whether it counts as a second factor."""
        return {TWO: settings.OIDC.second_factor and provider_showed_two(data)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing: the account is ours."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[object]:
        """None."""
        return []


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Whoever comes back from the provider: known, connecting, or nobody here."""

    def get_provider(self, request: HttpRequest, *_args: Any, **_more: Any) -> CountyProvider:
        """The one that the environment names; the table of others stays empty."""
        ours = settings.OIDC
        app = SocialApp(
            provider=CountyProvider.id, provider_id=ours.id, name=ours.name, client_id=ours.client,
            secret=ours.secret, settings={"server_url": ours.issuer},
        )  # fmt: skip
        return CountyProvider(request, app=app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the known go on to sign in; connect whoever asked for it; tell everybody else what to do first."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._connect(request, sociallogin)
        if not sociallogin.is_existing:
            note(request, None, "sign_in_failed", SINGLE_SIGN_ON)
            page = render(request, "console/sign_in/not_connected.html", status=403)
            raise ImmediateHttpResponse(page)
        if not sociallogin.user.is_active:
            note(request, sociallogin.user.pk, "sign_in_failed", SINGLE_SIGN_ON)

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **more: Any) -> None:
        """Log that it failed and lead back to where it began, with a sentence."""
        account = request.user.pk if request.user.is_authenticated else None
        note(request, account, "sign_in_failed", SINGLE_SIGN_ON)
        log.warning("single_sign_on_failed", why=str(more.get("exception") or more.get("error"))[:200])
        if more.get("error") == AuthError.CANCELLED:
            text = _("You came back from %(name)s without signing in.")
        else:
            text = _("Signing in with %(name)s did not work. Try again; if it stays so, use another way.")
        messages.error(request, text % {"name": settings.OIDC.name})
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("security" if account else "account_login")))

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin) -> Never:
        """Connect the subject with whoever is signed in, back on the security page."""
        if not request.user.is_authenticated:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        try:
            accounts.connect_single_sign_on(
                public("accounts.own", account=request.user.pk),
                provider=sociallogin.account.provider,
                subject=sociallogin.account.uid,
            )
        except Refusal as refusal:
            messages.error(request, _(refusal.text))
        else:
            note(request, request.user.pk, "security_changed", "single_sign_on_connected")
            text = _("Connected: from now on you can sign in with %(name)s.")
            messages.success(request, text % {"name": settings.OIDC.name})
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("security")))
