"""What accounts answer: the state of a link, which codes are to be sent, who has a second factor, the access log."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from commongrid.accounts.models import BROUGHT, AccessLine, Account, SignInCode, SignInLink
from commongrid.accounts.rules import CODE_SECONDS, SECOND_FACTORS, SENDS, device_name, refuse_link
from commongrid.kernel.places import ancestors_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.scope import HARDSHIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE = 50
ACCOUNT_COLUMNS: Final = tuple(one.attname for one in Account._meta.concrete_fields)
"""The columns of an account, its key first."""


@contextmanager
def brought(columns: tuple[Any, ...] | None) -> Iterator[None]:
    """Let an account that was read along with its session be found without another query, for the block."""
    token = BROUGHT.set(columns)
    try:
        yield
    finally:
        BROUGHT.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """One line of the access log."""

    at: datetime
    event: str
    account: int | None
    login_name: str
    post: UUID | None
    about: str
    reason: str
    address: str
    subject_kind: str = ""
    subject: UUID | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as its administrators see it."""

    id: int
    login_name: str
    active: bool
    password: bool
    second_factors: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device on which somebody is signed in."""

    id: int
    since: datetime
    address: str
    browser: str
    key: str


def devices(account_id: int) -> list[DeviceRow]:
    """The devices on which an account is signed in, the latest first; without sessions that have run out."""
    found = UserSession.objects.filter(user_id=account_id)
    return [
        DeviceRow(
            id=one.pk,
            since=one.created_at,
            address=one.ip,
            browser=device_name(one.user_agent),
            key=one.session_key,
        )
        for one in found.order_by("-created_at", "-id")
        if one.exists()
    ]


def usable_link(scope: Scope, secret_hash: bytes, now: datetime) -> UUID:
    """The id of the link with this secret, if it could be used now; looking does not use it up.

    Refuses: NotFound, WrongState or TooLate, as using it would.
    """
    link = SignInLink.objects.filter(secret_hash=secret_hash).first()
    if link is None:
        raise NotFound(N_("This link is not known here. Check that it was copied whole."))
    refuse_link(link.used_at, link.withdrawn_at, link.expires_at, now)
    return link.id


def holder_of_link(scope: Scope, secret_hash: bytes) -> tuple[UUID | None, UUID | None]:
    """The person and the post that a link is for, whatever its state. Refuses NotFound."""
    link = SignInLink.objects.filter(secret_hash=secret_hash).first()
    if link is None:
        raise NotFound(N_("This link is not known here. Check that it was copied whole."))
    return link.person, link.post


def opened_by_phone(scope: Scope, account_id: int | None, phone_index: bytes | None) -> bool:
    """Whether a code may go to this phone: the account is on, and its last one-time link found the person with it."""
    return Account.objects.filter(pk=account_id or 0, is_active=True, phone_index=phone_index).exists()


def codes_to_send(scope: Scope, now: datetime, limit: int) -> list[tuple[UUID, int, str]]:
    """Codes that wait to be sent, the oldest first, each with its account and its reader's language."""
    fresh = now - timedelta(seconds=CODE_SECONDS)
    found = SignInCode.objects.filter(account__isnull=False, sent_at=None, fault="", sends__lt=SENDS, made_at__gt=fresh)
    rows = found.order_by("made_at", "id").values_list("id", "account_id", "account__language")
    return [(code, account, language) for code, account, language in rows[:limit] if account is not None]


def second_factors(account_id: int) -> frozenset[str]:
    """Which second factors an account has set up: totp, webauthn."""
    types = Authenticator.objects.filter(user_id=account_id).values_list("type", flat=True)
    return SECOND_FACTORS & frozenset(types)


def connected(account_id: int, provider: str) -> bool:
    """Whether an account is opened by somebody of this single sign-on too."""
    return bool(SocialAccount.objects.filter(user_id=account_id, provider=provider).exists())


def account(scope: Scope, account_id: int) -> AccountRow:
    """One account. Refuses NotFound."""
    found = Account.objects.filter(id=account_id).first()
    if found is None:
        raise NotFound
    return AccountRow(
        id=found.pk,
        login_name=found.login_name,
        active=found.is_active,
        password=found.has_usable_password(),
        second_factors=second_factors(found.pk),
    )


def account_named(login_name: str) -> int | None:
    """The id of the account with this login name, letter case aside, or None."""
    return Account.objects.filter(login_name__iexact=login_name[:80]).values_list("id", flat=True).first()


def access_log(
    scope: Scope, *, account_id: int | None = None, event: str = "", subject: UUID | None = None, page: int = 1
) -> tuple[list[AccessRow], bool]:
    """One page of the access log in scope, the latest first, and whether another follows.

    Refuses: NotAllowed without accounts.log.
    """
    scope.demand("accounts.log")
    return _page(account_id, event, page, subject)


LOOKS: Final = ("revealed", "exported", "printed")


def looks_at(scope: Scope, *subjects: UUID, limit: int | None = 200) -> list[AccessRow]:
    """Who opened, exported or printed these records, the latest first; shown to whoever sees the records.

    What of hardship was looked at is shown with the power to read hardship alone.
    """
    rows = AccessLine.objects.filter(subject__in=subjects, event__in=LOOKS).select_related("account")
    if not scope.may(HARDSHIP):
        rows = rows.exclude(about="basis")
    return [_access(one) for one in rows.order_by("-at", "id")[:limit]]


def exports(scope: Scope, page: int = 1) -> tuple[list[AccessRow], bool]:
    """One page of the lists that were exported in sight, the latest first, and whether another follows.

    Refuses: NotAllowed without people.looks.
    """
    scope.demand("people.looks")
    found = AccessLine.objects.select_related("account").filter(event="exported", subject_kind="list")
    return _cut(found, page)


def exports_covering(scope: Scope, place: int, limit: int = 50) -> list[AccessRow]:
    """The lists exported of a place or of one around it, the latest first: whoever belongs there may be in them."""
    around = {place, *ancestors_of(place)}
    found = AccessLine.objects.select_related("account").filter(event="exported", subject_kind="list")
    return [_access(one) for one in found.filter(place__in=around).order_by("-at", "id")[:limit]]


def reason_of(scope: Scope, line_id: UUID) -> str:
    """The reason that this account gave in a line of its own; empty once that is pruned."""
    found = AccessLine.objects.filter(id=line_id, account=scope.account).values_list("reason", flat=True).first()
    return found or ""


def own_access(scope: Scope, page: int = 1) -> tuple[list[AccessRow], bool]:
    """One page of what the scope's own account did."""
    return _page(scope.account or 0, "", page)


def _page(account_id: int | None, event: str, page: int, subject: UUID | None = None) -> tuple[list[AccessRow], bool]:
    found = AccessLine.objects.select_related("account")
    if account_id is not None:
        found = found.filter(account=account_id)
    if event:
        found = found.filter(event=event)
    if subject is not None:
        found = found.filter(subject=subject)
    return _cut(found, page)


def _cut(found: QuerySet[AccessLine], page: int) -> tuple[list[AccessRow], bool]:
    start = (max(page, 1) - 1) * PAGE
    rows = [_access(one) for one in found.order_by("-at", "id")[start : start + PAGE + 1]]
    return rows[:PAGE], len(rows) > PAGE


def _access(one: AccessLine) -> AccessRow:
    return AccessRow(
        at=one.at, event=one.event, account=one.account_id, login_name=one.account.login_name if one.account else "",
        post=one.post, about=one.about, reason=one.reason, address=one.address or "", subject_kind=one.subject_kind,
        subject=one.subject, place=one.place,
    )  # fmt: skip
