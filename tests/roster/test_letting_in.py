"""One-time links given and used, sessions ended, accounts switched: by whom, once, and never past a higher post."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from commongrid.accounts.rules import hashed
from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, NotYours, TooLate, WrongState
from commongrid.kernel.scope import clock, public
from commongrid.roster import actions, queries
from commongrid.roster.actions import Appointment
from tests.factories.desk import (
    COUNTY,
    FAR_VILLAGE,
    FROM,
    GRID,
    OTHER_VILLAGE,
    id_of,
)
from tests.factories.network import SETTING_UP, TODAY, fill, lend, scope_as

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.factories.desk import Desk

ENTERING = clock("sign-in link", "accounts.enter")


def named(role: str, place: int, name: str = "新人", **more: Any) -> Appointment:
    return Appointment(role=role, place=place, name=name, from_on=more.pop("from_on", TODAY), **more)


def lines(scope: Scope, subject: object) -> list[str]:
    return [line.name for line in journal.history(scope, UUID(str(subject)))]


def invited(scope: Scope, name: str, secret: str = "s" * 43, **more: Any) -> dict[str, Any]:
    return actions.invite(scope, Act.new(), person_id=id_of(name + "_person"), secret_hash=hashed(secret), **more)


def test_enter_opens_the_account_once(desk: Desk) -> None:
    invited(scope_as(desk, "dispatcher"), "clerk", post_id=id_of("clerk"))
    done = actions.enter(ENTERING, Act.new(), secret_hash=hashed("s" * 43))
    assert done == {"account": desk.accounts["clerk"], "made": False, "post": str(id_of("clerk"))}
    with pytest.raises(WrongState):
        actions.enter(ENTERING, Act.new(), secret_hash=hashed("s" * 43))
    assert lines(scope_as(desk, "dispatcher"), id_of("clerk_person")) == ["roster.invited", "roster.entered"]


def test_enter_makes_and_ties_an_account(desk: Desk) -> None:
    post = fill("village_clerk", OTHER_VILLAGE)
    scope = scope_as(desk, "dispatcher")
    with acting(scope):
        person = queries.post(scope, post).person
    actions.invite(scope, Act.new(), person_id=person, secret_hash=hashed("n" * 43))
    done = actions.enter(ENTERING, Act.new(), secret_hash=hashed("n" * 43))
    assert done["made"] is True
    (row,) = queries.posts_of_account(done["account"], TODAY)
    assert row.id == post


def test_enter_unknown_and_expired(desk: Desk) -> None:
    with pytest.raises(NotFound):
        actions.enter(ENTERING, Act.new(), secret_hash=hashed("x" * 43))
    invited(SETTING_UP, "clerk", hours=1)
    late = Act(uuid4(), Act.new().at + timedelta(hours=2))
    with pytest.raises(TooLate):
        actions.enter(ENTERING, late, secret_hash=hashed("s" * 43))


@pytest.mark.parametrize(
    ("who", "whom", "refusal"),
    [
        ("dispatcher", "dispatcher", NotAllowed),
        ("dispatcher", "township_principal", NotAllowed),
        ("dispatcher", "station", NotAllowed),
        ("dispatcher", "far_dispatcher", NotYours),
        ("secretary", "grid_head", NotAllowed),
        ("grid_head", "grid_member", NotAllowed),
        ("county_admin", "dispatcher", NotAllowed),
    ],
)
def test_invite_who_may_let_in_whom(desk: Desk, who: str, whom: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        invited(scope_as(desk, who), whom)


def test_invite_security_administrator_lets_in_everybody_else(desk: Desk) -> None:
    post = fill("security_admin", COUNTY, "安全员")
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE registry_person SET account_id = NULL WHERE id = %s",
            [id_of("county_leader_person")],
        )
        owner.execute(
            "UPDATE registry_person SET account_id = %s WHERE id = (SELECT person_id FROM roster_post WHERE id = %s)",
            [desk.accounts["county_leader"], post],
        )
    scope = scope_as(desk, "county_leader", post)
    assert invited(scope, "county_dispatcher")["link"]
    with pytest.raises(WrongState):
        actions.end_sessions(scope, Act.new(), person_id=id_of("county_leader_person"))
    assert actions.end_sessions(scope, Act.new(), person_id=id_of("clerk_person")) == {"sessions": 0}
    actions.switch_account(scope, Act.new(), person_id=id_of("clerk_person"), active=False)
    invited(scope, "clerk", "t" * 43)
    with pytest.raises(NotFound):
        actions.enter(ENTERING, Act.new(), secret_hash=hashed("t" * 43))
    actions.switch_account(scope, Act.new(), person_id=id_of("clerk_person"), active=True)
    actions.enter(ENTERING, Act.new(), secret_hash=hashed("t" * 43))


@pytest.mark.parametrize("hours", [0, 721])
def test_invite_hours(desk: Desk, hours: int) -> None:
    with pytest.raises(BadInput):
        invited(SETTING_UP, "clerk", hours=hours)


def test_invite_person_without_post(desk: Desk) -> None:
    actions.end_post(SETTING_UP, Act.new(), post_id=id_of("clerk"), on=TODAY)
    with pytest.raises(WrongState):
        invited(scope_as(desk, "dispatcher"), "clerk")


def test_stand_in_of_a_higher_post_is_not_let_in_from_below(desk: Desk) -> None:
    lend(id_of("township_principal"), id_of("clerk"))
    with pytest.raises(NotAllowed):
        invited(scope_as(desk, "dispatcher"), "clerk")


def test_nobody_acts_without_a_post(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        actions.appoint(public("posts.appoint"), Act.new(), to=named("grid_head", GRID))


def test_invite_refuses_somebody_with_a_post_outside_ones_area(desk: Desk) -> None:
    """Let in, they would act in all their posts: one in another township is not this township's to open."""
    to = Appointment(role="volunteer", place=FAR_VILLAGE, person=id_of("clerk_person"), from_on=FROM)
    actions.appoint(SETTING_UP, Act.new(), to=to)
    with pytest.raises(NotAllowed):
        invited(scope_as(desk, "dispatcher"), "clerk")
    with pytest.raises(NotAllowed):
        actions.end_sessions(scope_as(desk, "dispatcher"), Act.new(), person_id=id_of("clerk_person"))
