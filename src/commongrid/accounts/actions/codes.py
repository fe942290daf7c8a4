"""Codes sent to a phone: made, sent, tried. One is a way in for five minutes, and one factor only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F
from django.utils.crypto import constant_time_compare

from commongrid.accounts.models import Account, SignInCode
from commongrid.accounts.rules import CODE_SECONDS, TRIES, sign_in_code
from commongrid.journal.acting import acting

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a try came to: whose code it was (None where it opens nothing), whether it let in, whether it is over."""

    account: int | None
    right: bool
    over: bool


def give_code(scope: Scope, act: Act, *, account_id: int | None) -> None:
    """Make a code under the act's id, in place of the account's former one; without an account one that opens nothing.

    Called by ``roster.actions.ask_code``, which decides whose it is. It is sent by a job.
    """
    if account_id is not None:
        Account.objects.select_for_update().get(pk=account_id)  # two at once would both be the newest
        SignInCode.objects.filter(account=account_id).delete()
    SignInCode.objects.create(
        id=act.id, account_id=account_id, made_at=act.at, expires_at=act.at + timedelta(seconds=CODE_SECONDS)
    )


def try_code(scope: Scope, act: Act, *, code_id: UUID, typed: str) -> Tried:
    """Try six digits: the right ones use the code up, wrong ones count.

    Called by ``roster.actions.enter_by_code``. Refuses nothing: a refusal would take the counted try back.
    """
    found = SignInCode.objects.select_for_update().filter(id=code_id, tries__lt=TRIES, expires_at__gt=act.at)
    code = found.first()
    right = constant_time_compare(typed, sign_in_code(settings.SECRET_KEY, code_id))
    if code is None:
        return Tried(account=None, right=False, over=True)
    if right and Account.objects.filter(pk=code.account_id or 0, is_active=True).exists():
        code.delete()
        return Tried(account=code.account_id, right=True, over=True)
    code.tries += 1
    code.save(update_fields=["tries"])
    return Tried(account=code.account_id, right=False, over=code.tries >= TRIES)


def note_code_sent(scope: Scope, *, code_id: UUID, now: datetime, taken: bool, fault: str) -> None:
    """Note what became of one try to send a code: taken, refused for good (``fault``), or to be tried again."""
    with acting(scope):
        SignInCode.objects.filter(id=code_id).update(sends=F("sends") + 1, sent_at=now if taken else None, fault=fault)
