"""Who asks: the session in Django's own table, the account and the post it chose, as a rule in one statement.

A session's content is sealed in its row, so nobody knows whose it is before it
is read. This process remembers, as a hint only, which account and post a key
led to the last time: all three rows are then read at once, and used only if the
session just read says the same. What a post may do is never remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from commongrid.accounts.queries import ACCOUNT_COLUMNS, brought
from commongrid.accounts.rules import second_factor_shown
from commongrid.journal.acting import glancing
from commongrid.journal.fixed import Fixed
from commongrid.kernel.scope import public
from commongrid.roster.queries import scope_brought, scope_for_session, standing

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

POST_KEY: Final = "post"
"""Where the session keeps the acting post."""
WAIVED_KEY: Final = "waived_post"
"""Which post a demo county let off its second factor, for a session that began with a one-time link."""
MOST_HINTS: Final = 10_000
Hint = tuple[int, UUID]
_hints: OrderedDict[str, Hint] = OrderedDict()


class SessionStore(db.SessionStore):
    """Django's, read faster: every request of a signed-in person begins here."""

    account: tuple[Any, ...] | None = None
    """The account's columns, where they were read along."""
    post: tuple[Hint, date, tuple[Any, ...]] | None = None
    """Whose post of which day, and its columns, where they were read along."""

    def load(self) -> dict[str, Any]:
        """The session's content, with account and post where this key is known."""
        hint = _hints.get(self.session_key or "")
        if hint is not None and (data := self._load_all(hint)) is not None:
            return data
        data = super().load()
        if self.session_key and (found := _hint_of(data)) is not None:
            _hints[self.session_key] = found
            while len(_hints) > MOST_HINTS:
                _hints.popitem(last=False)
        return data

    def _load_all(self, hint: Hint) -> dict[str, Any] | None:
        """Session, account and post at once; None where the session is gone or says something else by now."""
        account, post = hint
        now, on = timezone.now(), timezone.localdate()
        with glancing(public(account=account)):
            row = _ALL.first(key=self.session_key, now=now, pk=account, account=account, post=post, on=on)
        data: dict[str, Any] = self.decode(row[1]) if row else {}
        if row is None or _hint_of(data) != hint:
            _hints.pop(self.session_key or "", None)
            return None
        of_account, of_post = row[_SESSION : _SESSION + _ACCOUNT], row[_SESSION + _ACCOUNT :]
        self.account = of_account if of_account[0] is not None else None
        self.post = (hint, on, of_post) if of_post[0] is not None else None
        return data

    def _get_session_from_db(self) -> Session | None:
        """The living session of this key, or None."""
        row = _LIVING.first(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None
            return None
        key, data, expires = row
        return Session(session_key=key, session_data=data, expire_date=expires)


class SignedIn(AuthenticationMiddleware):
    """Django's, told of the account that was read along with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """Find out who it is when somebody asks."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> Any:
    request.session.get(SESSION_KEY)
    with brought(getattr(request.session, "account", None)):
        return get_user(request)


def scope_of_request(request: HttpRequest, account: int) -> Scope | None:
    """The Scope of the post that this signed-in account chose, or None without one that it may act in today."""
    chosen = request.session.get(POST_KEY)
    if not chosen:
        return None
    hint, on = (account, UUID(chosen)), timezone.localdate()
    found = getattr(request.session, "post", None)
    if found is not None and found[:2] == (hint, on):
        scope: Scope | None = scope_brought(found[2], account, on)
    else:
        scope = scope_for_session(*hint, on)
    return None if scope is not None and scope.asks_proof and not _proven(request, chosen) else scope


def scope_of_session(key: str, account: int, post: UUID) -> Scope | None:
    """The Scope of a post for whoever's session has this key, if they are signed in still and may act in it today.

    For what is done in the background because this session asked for it.
    """
    request = HttpRequest()
    request.session = SessionStore(key or None)
    if get_user(request).pk != account:
        return None
    scope = scope_for_session(account, post, timezone.localdate())
    return None if scope is not None and scope.asks_proof and not _proven(request, str(post)) else scope


def _proven(request: HttpRequest, post: str) -> bool:
    """Whether the session showed a second factor, or a demo let this very post off; asked again on every request."""
    records = request.session.get("account_authentication_methods", [])
    return second_factor_shown(records) or request.session.get(WAIVED_KEY) == post


def forget_hints() -> None:
    """Forget whose keys this process has seen, for tests that use one database after another."""
    _hints.clear()


def _hint_of(data: dict[str, Any]) -> Hint | None:
    try:
        return int(data[SESSION_KEY]), UUID(data[POST_KEY])
    except (KeyError, ValueError):
        return None


def _living(key: str, now: datetime) -> QuerySet[Session, Any]:
    found = Session.objects.filter(session_key=key, expire_date__gt=now)
    return found.values_list("session_key", "session_data", "expire_date")


_LIVING: Final = Fixed(_living, planned=True, key="a key", now=timezone.now())
_ALL: Final = standing(_LIVING)
_SESSION: Final = 3
_ACCOUNT: Final = len(ACCOUNT_COLUMNS)
