"""How allauth is bent to this house: closed sign-up, the access log, sealed time-code secrets."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter

from commongrid.accounts.actions import Access, log_access
from commongrid.accounts.queries import account_named
from commongrid.accounts.rules import SINGLE_SIGN_ON, TWO
from commongrid.accounts.sealed import TOTP_AAD, sealer
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import public
from commongrid.territory.queries import county

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse

QUIET = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
CHANGES = {
    "account/messages/password_changed.txt": "password_changed",
    "account/messages/password_set.txt": "password_set",
    "mfa/messages/totp_activated.txt": "totp_activated",
    "mfa/messages/totp_deactivated.txt": "totp_deactivated",
    "mfa/messages/webauthn_added.txt": "passkey_added",
    "mfa/messages/webauthn_removed.txt": "passkey_removed",
    "mfa/messages/recovery_codes_generated.txt": "recovery_codes_generated",
    "usersessions/messages/sessions_logged_out.txt": "other_sessions_ended",
}
"""What allauth tells the person after a change, and how the access log calls it."""
METHODS = {
    "password": "password",
    "link": "link",
    "code": "code",
    "mfa": "second_factor",
    "socialaccount": SINGLE_SIGN_ON,
}


def note(request: HttpRequest, account: int | None, event: str, about: str = "") -> None:
    """Add a line about signing in to the access log, placed at the county so that its auditor reads it."""
    scope = public(account=account)
    try:
        place = county(scope).code
    except NotFound:
        place = None
    address = request.META.get("REMOTE_ADDR") or None
    log_access(scope, Act.new(), access=Access(event=event, about=about, place=place, address=address))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts come from one-time links only; every sign-in, failure and change is logged."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Log how somebody came in; keep that their single sign-on counts as a second factor, where it does."""
        records = get_authentication_records(request, user)
        about = METHODS.get(str(records[-1].get("method")), "") if records else ""
        note(request, user.pk, "signed_in", about)
        provided = (more.get("signal_kwargs") or {}).get("sociallogin")
        if provided is not None and provided.account.extra_data.get(TWO) is True:
            record_authentication(request, user, method="mfa", type=SINGLE_SIGN_ON)
        response: HttpResponse = super().post_login(request, user, **more)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log that it failed, for the account if there is one; never what was typed."""
        note(request, account_named(str(credentials.get("username", ""))), "sign_in_failed")

    def logout(self, request: HttpRequest) -> None:
        """Log the end of a session."""
        note(request, request.user.pk, "signed_out")
        super().logout(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: Any, **more: Any
    ) -> None:
        """Tell the person what changed and log it; coming and going need no message."""
        if message_template in QUIET:
            return
        if message_template in CHANGES:
            note(request, request.user.pk, "security_changed", CHANGES[message_template])
        super().add_message(request, level, message_template, *rest, **more)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Time-code secrets are sealed like every other secret value."""

    def encrypt(self, text: str) -> str:
        """Seal with the current key."""
        return b64encode(sealer().seal(text, TOTP_AAD)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open with whichever key sealed it."""
        return sealer().open(b64decode(encrypted_text), TOTP_AAD)
