"""What is done with accounts: links given and used, accounts switched off, sessions ended, access logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from commongrid.accounts.models import AccessLine, Account, SignInLink
from commongrid.accounts.rules import checked_login_name, refuse_link
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import BadInput, N_, NotFound

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFor:
    """Whom a one-time link is for: an account, or a person who has none; and the post to take up at once."""

    place: int
    account: int | None = None
    person: UUID | None = None
    post: UUID | None = None


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


@action("accounts.link_given", power="accounts.invite", facts=("hours",), kinds=("post", "clock"))
def give_link(scope: Scope, act: Act, *, to: LinkFor, secret_hash: bytes, hours: int) -> Line:
    """Give a one-time sign-in link; only the hash of its secret comes here.

    Open links to the same account or person are withdrawn: the newest counts.
    Who may give one to whom is decided above, where posts are known.
    """
    holder = {"account_id": to.account} if to.account is not None else {"person": to.person}
    SignInLink.objects.filter(**holder, used_at=None, withdrawn_at=None).update(withdrawn_at=act.at)
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
    return Line(
        place=to.place, subject=to.person, subject_kind="person", facts={"hours": hours}, answer={"link": act.id}
    )


@action("accounts.link_used", power="accounts.enter", facts=("made",), kinds=("clock",))
def use_link(scope: Scope, act: Act, *, secret_hash: bytes, place: int) -> Line:
    """Use up a one-time link and say which account it opens; made now where the person had none.

    The act's id must come from the server, not from the form: a repeated act
    would answer a second time.

    Refuses: NotFound for an unknown secret or an account switched off;
    WrongState once used or withdrawn; TooLate when expired.
    """
    link = SignInLink.objects.select_for_update().filter(secret_hash=secret_hash).first()
    if link is None:
        raise NotFound(N_("This link is not known here. Check that it was copied whole."))
    refuse_link(link.used_at, link.withdrawn_at, link.expires_at, act.at)
    made = link.account_id is None
    account = _open_account(act) if made else Account.objects.get(id=link.account_id)
    if not account.is_active:
        raise NotFound(N_("This account is switched off."))
    link.used_at, link.account = act.at, account
    link.save(update_fields=["used_at", "account"])
    return Line(
        place=place,
        subject=link.person,
        subject_kind="person",
        facts={"made": made},
        answer={"account": account.pk, "made": made, "person": link.person, "post": link.post, "link": link.id},
    )


@action("accounts.named", power="accounts.own", kinds=("public",))
def choose_login_name(scope: Scope, act: Act, *, login_name: str, place: int) -> Line:
    """Choose one's own login name, in place of the number given at first.

    Refuses: BadInput for a name of another form or one already taken.
    """
    taken = BadInput(fields={"login_name": N_("This login name is taken. Choose another.")})
    name = checked_login_name(login_name)
    if Account.objects.filter(login_name__iexact=name).exclude(id=scope.account).exists():
        raise taken
    try:
        with transaction.atomic():
            Account.objects.filter(id=scope.account).update(login_name=name)
    except IntegrityError:
        raise taken from None
    return Line(place=place, subject_kind="account", answer={"account": scope.account})


@action("accounts.switched", power="accounts.invite", facts=("account", "active"))
def switch_account(scope: Scope, act: Act, *, account_id: int, active: bool, place: int) -> Line:
    """Switch an account off (its sessions end with their next request) or on again."""
    if not Account.objects.filter(id=account_id).update(is_active=active):
        raise NotFound
    if not active:
        _end_sessions(account_id)
    return Line(
        place=place,
        subject_kind="account",
        facts={"account": account_id, "active": active},
        answer={"account": account_id},
    )


@action("accounts.sessions_ended", power="accounts.invite", facts=("account", "sessions"))
def end_sessions(scope: Scope, act: Act, *, account_id: int, place: int) -> Line:
    """End every session of an account: each device must sign in again on its next request."""
    ended = _end_sessions(account_id)
    return Line(
        place=place,
        subject_kind="account",
        facts={"account": account_id, "sessions": ended},
        answer={"sessions": ended},
    )


def log_access(scope: Scope, act: Act, *, access: Access) -> None:
    """Add one line to the access log; in a transaction of its own unless the caller is in one."""
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
    """Log that a post was refused, by route; called after the refused transaction was rolled back."""
    log_access(scope, act, access=Access(event="refused", about=f"{route} {status}"))


def _open_account(act: Act) -> Account:
    """A new account without password; its login name is a number until the person chooses one."""
    account = Account(login_name=f"u{act.id.hex[-12:]}", made_at=act.at)
    account.set_unusable_password()
    account.save()
    return account


def _end_sessions(account_id: int) -> int:
    sessions = list(UserSession.objects.filter(user_id=account_id))
    for session in sessions:
        session.end()
    return len(sessions)
