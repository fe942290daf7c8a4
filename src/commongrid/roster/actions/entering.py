"""Links given to people and used by them; codes to their phones; sessions ended, accounts switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.accounts import actions as accounts
from commongrid.accounts import sealed
from commongrid.accounts.queries import holder_of_link, opened_by_phone
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.registry.actions import tie_account
from commongrid.registry.queries import PersonRow, account_with_phone, phone_index_of
from commongrid.registry.queries import person as person_in_scope
from commongrid.roster.actions.posts import refuse_beneath
from commongrid.roster.models import Post, StandIn
from commongrid.roster.rules import refuse_own_person

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

HOURS = (1, 24 * 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Whose account a code opens, or why none: for the access log alone, never for whoever asked."""

    account: int | None
    why: str


@action("roster.invited", power="accounts.invite", facts=("post", "hours"), kinds=("post", "clock"))
def invite(
    scope: Scope, act: Act, *, person_id: UUID, secret_hash: bytes, post_id: UUID | None = None, hours: int = 72
) -> Line:
    """Give a person a one-time sign-in link; their account is made when it is first used.

    Whoever holds the link is let in as that person, so only somebody above
    every post of theirs gives one; an earlier open link of theirs is withdrawn.

    Refuses: NotYours for a person out of scope; NotAllowed where a post of
    theirs is not beneath one's own level, and for oneself; WrongState for a
    person without any post.
    """
    if not HOURS[0] <= hours <= HOURS[1]:
        raise BadInput(fields={"hours": N_("A link is good for one hour to thirty days.")})
    person = _person_beneath(scope, person_id)
    accounts.give_link(
        scope,
        act,
        to=accounts.LinkFor(person=person.id, account=person.account, post=post_id),
        secret_hash=secret_hash,
        hours=hours,
    )
    return Line(
        place=person.place,
        subject=person.id,
        subject_kind="person",
        facts={"post": post_id, "hours": hours},
        answer={"link": act.id},
    )


@action("roster.entered", power="accounts.enter", facts=("made", "post"), kinds=("clock",))
def enter(scope: Scope, act: Act, *, secret_hash: bytes) -> Line:
    """Use a one-time link: answers the account it opens and the post to take up.

    Runs as the clock's job "sign-in link", because whoever comes with a link is
    nobody yet. The act's id comes from the server: a repeated act would answer
    twice.

    Refuses: NotFound for an unknown link or an account switched off;
    WrongState once used or withdrawn; TooLate when expired.
    """
    person_id, post_id = holder_of_link(scope, secret_hash)
    if person_id is None:
        raise NotFound
    person = person_in_scope(scope, person_id)
    used = accounts.use_link(
        scope, act, secret_hash=secret_hash, account_id=person.account, phone_index=phone_index_of(scope, person_id)
    )
    if person.account is None:
        tie_account(scope, act.child("tie"), person_id=person_id, account_id=used.account)
    return Line(
        place=person.place,
        subject=person.id,
        subject_kind="person",
        facts={"made": used.made, "post": post_id},
        answer={"account": used.account, "made": used.made, "post": post_id},
    )


def ask_code(scope: Scope, act: Act, *, phone: str) -> Given:
    """Make a sign-in code for whoever this number belongs to, under the act's id; sent apart from the request.

    A number that belongs to nobody, to two, or to another than at their last
    one-time link gets one that opens nothing, by the same steps. Called by
    the sign-in page alone, which notes it in the access log; apart from the journal, as every sign-in.
    """
    with acting(scope):
        index = sealed.index(phone)
        account, shared = account_with_phone(scope, index)
        opened = account if opened_by_phone(scope, account, index) else None
        accounts.give_code(scope, act, account_id=opened)
    return Given(account=opened, why="" if opened else "phone_shared" if shared else "phone_unknown")


def enter_by_code(scope: Scope, act: Act, *, code_id: UUID, typed: str) -> accounts.Tried:
    """Try the code that was sent to a phone; apart from the journal, as asking for it."""
    with acting(scope):
        return accounts.try_code(scope, act, code_id=code_id, typed=typed)


@action("roster.sessions_ended", power="accounts.invite", facts=("sessions",), kinds=("post",))
def end_sessions(scope: Scope, act: Act, *, person_id: UUID) -> Line:
    """Sign a person out everywhere: a lost phone is out with its next request.

    Refuses: NotYours out of scope; NotAllowed where a post of theirs is not
    beneath one's own level, and for oneself (the device list does that).
    """
    person = _person_with_account(scope, person_id)
    ended = accounts.end_sessions(scope, act, account_id=person.account or 0)
    return Line(
        place=person.place,
        subject=person.id,
        subject_kind="person",
        facts={"sessions": ended},
        answer={"sessions": ended},
    )


@action("roster.account_switched", power="accounts.invite", facts=("active",), kinds=("post",))
def switch_account(scope: Scope, act: Act, *, person_id: UUID, active: bool) -> Line:
    """Switch a person's account off, which ends its sessions, or on again. Refuses as ending sessions does."""
    person = _person_with_account(scope, person_id)
    accounts.switch_account(scope, act, account_id=person.account or 0, active=active)
    return Line(
        place=person.place,
        subject=person.id,
        subject_kind="person",
        facts={"active": active},
        answer={"person": person.id},
    )


def _person_beneath(scope: Scope, person_id: UUID) -> PersonRow:
    """The person, if in scope, another one, and every post of theirs, lent ones too, lies beneath and in one's area.

    Whoever is let in acts in all their posts: one in another township is not
    this township's to open.
    """
    person = person_in_scope(scope, person_id)
    refuse_own_person(scope.person, person.id)
    posts = Post.objects.filter(person=person.id).exclude(to_on__lte=localdate())
    held = set(posts.values_list("role__scope_level", "place"))
    lent = StandIn.objects.filter(by__person=person.id).exclude(to_on__lte=localdate())
    held |= set(lent.values_list("post__role__scope_level", "post__place"))
    if not posts:
        raise WrongState(N_("This person holds no post. Appoint them first."))
    for level, place in sorted(held):
        refuse_beneath(scope, level)
        if not scope.covers(place):
            raise NotAllowed(N_("This person also holds a post outside your area. The level above yours lets them in."))
    return person


def _person_with_account(scope: Scope, person_id: UUID) -> PersonRow:
    person = _person_beneath(scope, person_id)
    if person.account is None:
        raise WrongState(N_("This person has never signed in."))
    return person
