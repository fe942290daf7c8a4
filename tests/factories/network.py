"""Posts for tests, beyond those of the desk: filled through the real actions, as a named job or as a post."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope, clock
from commongrid.roster.actions import Appointment, Lending, NewAssignment, appoint, assign, set_stand_in
from commongrid.roster.queries import scope_for_session
from tests.factories.desk import FROM, Desk, id_of

TODAY = date(2026, 11, 24)
SETTING_UP = clock("set up a test", "posts.appoint", "accounts.invite")


def fill(role: str, place: int, name: str = "某人", **more: Any) -> UUID:
    """Somebody new in a role at a place; answers the post's id."""
    to = Appointment(role=role, place=place, name=name, from_on=more.pop("from_on", FROM), **more)
    return UUID(appoint(SETTING_UP, Act.new(), to=to)["post"])


def lend(post: UUID, by: UUID, **more: Any) -> UUID:
    """Have the holder of one post stand in for another."""
    lending = Lending(post=post, by=by, from_on=more.pop("from_on", FROM), **more)
    return UUID(set_stand_in(SETTING_UP, Act.new(), lending=lending)["stand_in"])


def tie(post: UUID, kind: str, **target: Any) -> UUID:
    """Assign a post to something."""
    to = NewAssignment(post=post, kind=kind, from_on=target.pop("from_on", FROM), **target)
    return UUID(assign(SETTING_UP, Act.new(), to=to)["assignment"])


def scope_as(desk: Desk, name: str, post: UUID | None = None, on: date = TODAY) -> Scope:
    """The scope of one of the desk's people, acting in their own post or another of theirs."""
    scope = scope_for_session(desk.accounts[name], post or id_of(name), on)
    assert scope is not None
    return scope
