"""What is done with accounts: links given and used, accounts switched off, sessions ended, access logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from commongrid.accounts.models import KEPT_DAYS, AccessLine, Account, SignInLink
from commongrid.accounts.rules import checked_login_name, refuse_link
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFor:
    """Whom a one-time link is for: a person, with an account or without one yet; and the post to take up at once."""

    person: UUID
    account: int | None = None
    post: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What using a link came to."""

    account: int
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the access log is told: what happened, about what, and from where."""

    event: str
    about: str = ""
    reason: str = ""
    subject_kind: str = ""
    subject: UUID | None = None
    address: str | None = None
    place: int | None = None


def choose_language(account: int, language: str) -> None:
    """Keep the language that somebody reads pages in, for what is sent to them; apart from the journal."""
    Account.objects.filter(pk=account).update(language=language)


def give_link(scope: Scope, act: Act, *, to: LinkFor, secret_hash: bytes, hours: int) -> None:
    """Keep a one-time sign-in link under the act's id; only the hash of its secret comes here.

    Open links to the same person are withdrawn: the newest counts. Called by
    ``roster.actions.invite``, which decides who may and leaves the journal's line.
    """
    SignInLink.objects.filter(person=to.person, used_at=None, withdrawn_at=None).update(withdrawn_at=act.at)
    SignInLink.objects.create(
        id=act.id,
        secret_hash=secret_hash,
        account_id=to.account,
        person=to.person,
        post=to.post,
        made_by=scope.author,
        made_at=act.at,
        expires_at=act.at + timedelta(hours=hours),
    )


def use_link(scope: Scope, act: Act, *, secret_hash: bytes, account_id: int | None, phone_index: bytes | None) -> Used:
    """Use up a one-time link and say which account it opens: the person's, else one made now.

    From now on sign-in codes go to the phone of ``phone_index``, the person's.

    Called by ``roster.actions.enter``, which leaves the journal's line.

    Refuses: NotFound for an unknown secret or an account switched off;
    WrongState once used or withdrawn; TooLate when expired.
    """
    link = SignInLink.objects.select_for_update().filter(secret_hash=secret_hash).first()
    if link is None:
        raise NotFound(N_("This link is not known here. Check that it was copied whole."))
    refuse_link(link.used_at, link.withdrawn_at, link.expires_at, act.at)
    known = account_id if account_id is not None else link.account_id
    account = _open_account(act) if known is None else Account.objects.get(id=known)
    if not account.is_active:
        raise NotFound(N_("This account is switched off."))
    link.used_at, link.account = act.at, account
    link.save(update_fields=["used_at", "account"])
    Account.objects.filter(pk=account.pk).update(phone_index=phone_index)
    return Used(account=account.pk, made=known is None)


def switch_account(scope: Scope, act: Act, *, account_id: int, active: bool) -> None:
    """Switch an account off (its sessions end with their next request) or on again.

    Called by ``roster.actions.switch_account``, which decides who may and leaves the journal's line.
    """
    if not Account.objects.filter(id=account_id).update(is_active=active):
        raise NotFound
    if not active:
        end_sessions(scope, act, account_id=account_id)


def end_sessions(scope: Scope, act: Act, *, account_id: int) -> int:
    """End every session of an account: each device must sign in again on its next request. Says how many.

    Called by ``roster.actions.end_sessions`` and by ``switch_account``.
    """
    sessions = list(UserSession.objects.filter(user_id=account_id))
    for session in sessions:
        session.end()
    return len(sessions)


@action("accounts.named", power="accounts.own", facts=("account",), kinds=("public",))
def choose_login_name(scope: Scope, act: Act, *, login_name: str, place: int) -> Line:
    """Choose one's own login name, in place of the number given at first.

    Refuses: BadInput for a name of another form or one already taken;
    NotAllowed for nobody.
    """
    if scope.account is None:
        raise NotAllowed
    taken = BadInput(fields={"login_name": N_("This login name is taken. Choose another.")})
    name, own = checked_login_name(login_name), scope.account
    if Account.objects.filter(login_name__iexact=name).exclude(id=own).exists():
        raise taken
    try:
        with transaction.atomic():
            Account.objects.filter(id=own).update(login_name=name)
    except IntegrityError:
        raise taken from None
    return Line(place=place, subject_kind="account", facts={"account": own}, answer={"account": own})


def end_own_session(scope: Scope, act: Act, *, session_id: int) -> None:
    """End one of one's own sessions, as on a lost phone; logged apart from the journal.

    Refuses: NotFound for any other.
    """
    session = UserSession.objects.filter(id=session_id, user_id=scope.account or 0).first()
    if session is None:
        raise NotFound
    session.end()
    log_access(scope, act, access=Access(event="sessions_ended", about="own"))


def connect_single_sign_on(scope: Scope, *, provider: str, subject: str) -> None:
    """Let a subject of the single sign-on open one's own account; again changes nothing.

    Refuses: NotAllowed for nobody; WrongState where it opens somebody else's account.
    """
    if scope.account is None:
        raise NotAllowed
    made, _new = SocialAccount.objects.get_or_create(
        provider=provider, uid=subject, defaults={"user_id": scope.account}
    )
    if made.user_id != scope.account:
        raise WrongState(N_("That is connected with another account here. Sign in there and disconnect it first."))


def end_single_sign_on(scope: Scope, act: Act) -> None:
    """Disconnect one's own account from the single sign-on; logged apart from the journal.

    Refuses: NotFound where it is connected with none.
    """
    if not SocialAccount.objects.filter(user_id=scope.account or 0).delete()[0]:
        raise NotFound
    log_access(scope, act, access=Access(event="security_changed", about="single_sign_on_disconnected"))


def log_access(scope: Scope, act: Act, *, access: Access) -> None:
    """Add one line to the access log, kept apart from the journal; in a transaction of its own outside another."""
    with acting(scope):
        AccessLine.objects.create(
            id=act.id,
            at=act.at,
            event=access.event,
            account_id=scope.account,
            post=scope.post,
            place=access.place if access.place is not None else scope.place,
            about=access.about,
            reason=access.reason,
            subject_kind=access.subject_kind,
            subject=access.subject,
            address=access.address,
        )


def log_refusal(scope: Scope, act: Act, *, route: str, status: int) -> None:
    """Log that a post was refused, by route, apart from the journal and after the refused transaction's rollback."""
    log_access(scope, act, access=Access(event="refused", about=f"{route} {status}"))


def _open_account(act: Act) -> Account:
    """A new account without password; its login name is a number until the person chooses one."""
    account = Account(login_name=f"u{act.id.hex[-12:]}", made_at=act.at)
    account.set_unusable_password()
    account.save()
    return account


def forget_accounts(scope: Scope, act: Act, *, account_ids: list[int]) -> None:
    """End every session of these accounts and take away what proves them and where they are written to.

    Called by the erasure of the person behind them, which empties the accounts themselves.
    """
    for account_id in account_ids:
        end_sessions(scope, act, account_id=account_id)
    EmailAddress.objects.filter(user_id__in=account_ids).delete()
    Authenticator.objects.filter(user_id__in=account_ids).delete()
    SocialAccount.objects.filter(user_id__in=account_ids).delete()


def prune_access(act: Act) -> int:
    """Take lines of the access log away that are older than it is kept; the wall lets nothing else go.

    Called by ``roster.actions.prune_access``, as the clock; answers how many went.
    """
    gone, _of = AccessLine.objects.filter(at__lt=act.at - timedelta(days=KEPT_DAYS)).delete()
    return gone
