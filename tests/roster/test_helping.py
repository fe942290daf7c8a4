"""Named helpers: who may be one for whom, who is told of it, and whom nobody helps any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput
from commongrid.registry import actions as registry
from commongrid.registry.actions import Recognised
from commongrid.registry.rules.facts import Told
from commongrid.roster import actions
from commongrid.roster.actions import NewAssignment
from commongrid.roster.queries import helping, scope_for_session
from tests.factories.desk import GRID, OTHER_VILLAGE, VILLAGE, Desk, id_of
from tests.factories.network import fill, scope_as, tie
from tests.proof.world import insert
from tests.roster.test_actions import HOME, home
from tests.roster.test_queries import own

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

NOW = localdate()


def principal(desk: Desk) -> Scope:
    """The head of the township, who reads hardship and appoints."""
    return scope_as(desk, "township_principal", on=NOW)


def named(post: UUID, **more: object) -> NewAssignment:
    return replace(NewAssignment(post=post, kind="named_helper", household=HOME, from_on=NOW), **more)  # type: ignore[arg-type]


def test_a_helper_is_a_named_helper_of_the_village_and_never_of_the_own_household(desk: Desk) -> None:
    home(desk)
    scope = principal(desk)
    for wrong, field in (
        (fill("linked_member", VILLAGE), "post"), (fill("villager", VILLAGE), "post"),
        (fill("helper", OTHER_VILLAGE), "post"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            actions.assign(scope, Act.new(), to=named(wrong))
        assert field in refused.value.fields
    one = fill("helper", VILLAGE)
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE registry_person SET household_id = %s WHERE id = (SELECT person_id FROM roster_post WHERE id = %s)",
            [HOME, one],
        )
    with pytest.raises(BadInput) as refused:
        actions.assign(scope, Act.new(), to=named(one))
    assert "post" in refused.value.fields


def test_who_helps_whom_is_told_to_whoever_reads_hardship_and_to_the_helper(desk: Desk) -> None:
    home(desk)
    post = fill("helper", VILLAGE, "李帮扶")
    scope, act = principal(desk), Act.new()
    actions.assign(scope, act, to=named(post))
    with acting(scope):
        assert [one.name for one in helping.helpers_told(scope, HOME, NOW) or ()] == ["李帮扶"]
        assert [(one.id, one.name) for one in helping.helped_in(scope, VILLAGE, NOW)[0]] == [(HOME, "李帮扶")]
        assert [(name, held) for _post, name, held in helping.may_help(scope, VILLAGE, NOW)] == [("李帮扶", 1)]
        (line,) = history(scope, act.id)
        assert line.place_now == VILLAGE, "so that no grid reads in the journal that it has a household in hardship"
    helper = own(desk, post, on=NOW)
    with acting(helper):
        assert [one.id for one in helping.helped_by(helper, NOW)] == [HOME]
    for name in ("secretary", "grid_head", "clerk"):
        other = scope_as(desk, name, on=NOW)
        with acting(other):
            assert helping.helpers_told(other, HOME, NOW) is None
    grid = scope_as(desk, "grid_head", on=NOW)
    with acting(grid):
        assert helping.helpers_of(grid, HOME) == []
        assert list(history(grid, act.id)) == []


def test_a_household_still_in_hardship_without_its_helper_is_told_of_and_no_other(desk: Desk) -> None:
    home(desk)
    scope, never = principal(desk), UUID(int=78)
    with desk.database.as_role("owner") as owner:
        insert(owner, "Household", id=never, place=GRID, natural_village=VILLAGE + 101, number="2")
        for one in (HOME, never):
            insert(
                owner, "HardshipFlag", id=UUID(int=one.int + 100), type_code="dibao", place=GRID, household=one,
                from_on=NOW - timedelta(days=90),
            )  # fmt: skip
    tied = tie(fill("helper", VILLAGE), "named_helper", household=HOME, from_on=NOW - timedelta(days=60))

    def without() -> list[tuple[UUID, object]]:
        with acting(scope):
            return [(one.id, one.since) for one in helping.without_helper(scope, NOW)]

    assert without() == []
    actions.end_assignment(scope, Act.new(), assignment_id=tied, on=NOW - timedelta(days=3))
    assert without() == [(HOME, NOW - timedelta(days=3))], "not whom nobody ever helped"
    secretary = scope_for_session(desk.accounts["secretary"], id_of("secretary"), NOW)
    assert secretary is not None
    with acting(secretary):
        assert helping.without_helper(secretary, NOW) == []
    actions.assign(scope, Act.new(), to=named(fill("helper", VILLAGE, "接手人"), from_on=NOW + timedelta(days=4)))
    assert without() == [], "somebody is named to come"


def test_whose_hardship_is_over_needs_no_helper(desk: Desk) -> None:
    home(desk)
    scope = principal(desk)
    clerk = replace(scope, powers=scope.powers | {"people.edit"})
    flagged = Act.new()
    told = Told(on=NOW)
    registry.flag(clerk, flagged, what=Recognised(type_code="dibao", household=HOME), told=told)
    tied = tie(fill("helper", VILLAGE), "named_helper", household=HOME, from_on=NOW - timedelta(days=60))
    actions.end_assignment(scope, Act.new(), assignment_id=tied, on=NOW)
    with acting(scope):
        assert [one.id for one in helping.without_helper(scope, NOW)] == [HOME]
    registry.undo(clerk, Act.new(), done=flagged.id, told=told)
    with acting(scope):
        assert helping.without_helper(scope, NOW) == []
