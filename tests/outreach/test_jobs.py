"""Plans and grids of many villages, worked out by the clock: what breaks off goes on, what is let go is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.journal.models import Line
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.outreach import actions
from commongrid.outreach.actions import Said
from commongrid.outreach.jobs import work_out_divisions, work_out_plans
from commongrid.outreach.models import Plan, PlannedLink
from commongrid.outreach.rules import solving
from commongrid.outreach.rules.planning import Terms
from commongrid.registry import actions as registry
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.roster.dividing import actions as dividing
from commongrid.roster.dividing.models import Division, DivisionHome
from commongrid.roster.dividing.rules import solving as dividing_solving
from commongrid.roster.dividing.rules.planning import Terms as GridTerms
from commongrid.territory.actions import add_natural_village
from commongrid.territory.rules.editing import Named
from tests.factories.desk import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SINCE

if TYPE_CHECKING:
    from tests.outreach.conftest import Row

TOWN = scope_at(TOWNSHIP, "links.edit", "grids.divide", "people.edit", "places.edit", level="township")
EYE = clock("a test", "links.edit", "grids.divide", "people.read")
GRIDS = GridTerms(target=4, lower=2, upper=6)
A_KILL = SystemExit
"""What no planner's failure is: it goes through everything, as the end of the process does."""


@pytest.fixture
def two(row: Row) -> list[int]:
    """Two villages in which somebody is able, the second with three households."""
    row.able(row.west)
    hamlet = int(add_natural_village(TOWN, Act.new(), village=OTHER_VILLAGE, named=Named("下河", "Xiahe"))["code"])
    for n in range(3):
        new = NewHome(
            place=OTHER_VILLAGE, natural_village=hamlet, number=str(n + 1), door=f"{n + 1}号", began_on=SINCE,
            lon=107.1 + n / 1000, lat=26.1,
        )  # fmt: skip
        home = UUID(registry.found_household(TOWN, Act.new(), new=new)["household"])
        said = NewPerson(name=f"乙{n}", sex="1", born_on=date(1970, 1, 1), political="01" if n else "13")
        done = registry.moved_in(TOWN, Act.new(), into=Into(household=home), newcomer=said, told=Told(on=SINCE))
        if n:
            actions.declare(
                TOWN, Act.new(), village=OTHER_VILLAGE, person_id=UUID(done["person"]),
                said=Said(answer="able", capacity=10, phone=""), on=SINCE,
            )  # fmt: skip
    return [VILLAGE, OTHER_VILLAGE]


def killed(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, after: int) -> None:
    """From so many calls on the process is gone in the middle of one."""
    left, real = [after], getattr(where, name)

    def dies(*args: Any, **named: Any) -> Any:
        if not left[0]:
            raise A_KILL
        left[0] -= 1
        return real(*args, **named)

    monkeypatch.setattr(where, name, dies)


def stand(sort: type[Plan | Division], inside: type[PlannedLink | DivisionHome], of: str) -> dict[int, tuple[str, int]]:
    """The state of each village's plan, and how many households it has."""
    with acting(EYE):
        return {
            one.place: (one.state, inside.objects.filter(**{of: one}).count()) for one in sort.objects.order_by("place")
        }


def told(name: str) -> int:
    """How many lines of that name there are."""
    with acting(EYE):
        return Line.objects.filter(name=name).count()


def links() -> dict[int, tuple[str, int]]:
    return stand(Plan, PlannedLink, "plan")


def grids() -> dict[int, tuple[str, int]]:
    return stand(Division, DivisionHome, "division")


@pytest.mark.parametrize(
    ("where", "name"), [(solving, "solved"), (PlannedLink.objects, "bulk_create")], ids=["reckoning", "writing"]
)
def test_plans_go_on_where_the_worker_was_killed(
    two: list[int], monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    actions.propose_everywhere(TOWN, Act.new(), place=TOWNSHIP, terms=Terms())
    with monkeypatch.context() as broken:
        killed(broken, where, name, after=1)
        assert work_out_plans() == 1
        with pytest.raises(A_KILL):
            work_out_plans()
    (done,) = [village for village, (state, _homes) in links().items() if state == "ready"]
    whole = {VILLAGE: ("ready", 8), OTHER_VILLAGE: ("ready", 3)}
    assert links() == {village: whole[village] if village == done else ("asked", 0) for village in two}
    assert work_out_plans() == 1
    assert links() == whole
    assert told("outreach.plan_made") == 2, "each once"


def test_plans_let_go_leave_nothing_half_done(two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    actions.propose_everywhere(TOWN, Act.new(), place=TOWNSHIP, terms=Terms())
    assert work_out_plans() == 1
    before = links()
    meanwhile(monkeypatch, solving, "solved", lambda: actions.stop(TOWN, Act.new(), place=TOWNSHIP))
    assert work_out_plans() == 0
    assert links() == {village: one if one[0] == "ready" else ("dropped", 0) for village, one in before.items()}
    assert set(before) == set(two)


def test_grids_go_on_where_the_worker_was_killed(two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dividing.propose_everywhere(TOWN, Act.new(), place=TOWNSHIP, terms=GRIDS)
    with monkeypatch.context() as broken:
        killed(broken, dividing_solving, "worked_out", after=1)
        assert work_out_divisions() == 1
        with pytest.raises(A_KILL):
            work_out_divisions()
        assert sorted(state for state, _homes in grids().values()) == ["asked", "ready"]
    with monkeypatch.context() as broken:
        killed(broken, DivisionHome.objects, "bulk_create", after=0)
        with pytest.raises(A_KILL):
            work_out_divisions()
        assert min(grids().values()) == ("asked", 0)
    assert work_out_divisions() == 1
    assert grids() == {VILLAGE: ("ready", 8), OTHER_VILLAGE: ("ready", 3)}
    assert told("roster.division_made") == len(two), "each once"


def test_grids_let_go_leave_nothing_half_done(two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dividing.propose_everywhere(TOWN, Act.new(), place=TOWNSHIP, terms=GRIDS)
    assert work_out_divisions() == 1
    before = grids()
    meanwhile(monkeypatch, dividing_solving, "worked_out", lambda: dividing.stop(TOWN, Act.new(), place=TOWNSHIP))
    assert work_out_divisions() == 0
    assert grids() == {village: one if one[0] == "ready" else ("dropped", 0) for village, one in before.items()}
    assert set(before) == set(two)


def meanwhile(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, does: Callable[[], object]) -> None:
    """While the planner works, somebody does something."""
    real = getattr(where, name)

    def slow(*args: Any, **named: Any) -> Any:
        does()
        return real(*args, **named)

    monkeypatch.setattr(where, name, slow)
