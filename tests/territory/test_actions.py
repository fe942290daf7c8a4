"""What is done to places: does it, refuses, is harmless twice, records its act."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from commongrid.journal import queries as journal
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.territory import actions, queries
from commongrid.territory.rules.editing import Named
from tests.factories.places import IMPORTER, as_owner, bring, read, whole
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bed import Database

VILLAGE, OTHER = 990101101201000, 990101101202000
TOWNSHIP = 990101101000000
ON = date(2026, 1, 5)
CLERK = scope_at(VILLAGE, "places.edit", "journal.read")


@pytest.fixture
def county(database: Database) -> Database:
    """The fictional county, imported."""
    with as_owner(database):
        bring(whole(), ON)
    return database


def hamlet(name: str = "上河", village: int = VILLAGE) -> int:
    return int(
        actions.add_natural_village(scope_at(village, "places.edit"), Act.new(), village=village, named=Named(name))[
            "code"
        ]
    )


@pytest.mark.usefixtures("county")
def test_add_natural_village_takes_the_next_number_and_is_harmless_twice() -> None:
    act = Act.new()
    first = actions.add_natural_village(CLERK, act, village=VILLAGE, named=Named(" 上  河 ", "Upper River"))
    again = actions.add_natural_village(CLERK, act, village=VILLAGE, named=Named(" 上  河 ", "Upper River"))
    assert first == again == {"code": VILLAGE + 1}
    group = actions.add_villager_group(CLERK, Act.new(), village=VILLAGE, named=Named("一组"))
    assert group == {"code": VILLAGE + 2}
    (row,) = queries.children(CLERK, VILLAGE, level="natural_village")
    assert (row.name, row.name_en, row.parent, row.ended) == ("上 河", "Upper River", VILLAGE, False)
    lines = journal.lines_of_places(CLERK, VILLAGE, VILLAGE + 999)
    assert [(line.name, line.place, line.facts) for line in lines] == [
        ("places.villager_group_added", VILLAGE + 2, {"code": VILLAGE + 2}),
        ("places.natural_village_added", VILLAGE + 1, {"code": VILLAGE + 1}),
    ]


@pytest.mark.usefixtures("county")
def test_add_grid_serves_its_sets_and_redrawing_keeps_the_former_division() -> None:
    one, two = hamlet("上河"), hamlet("下河")
    grid = actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("1网格"), covers=(one,))["code"]
    assert [row.code for row in queries.sets_served_by(CLERK, grid)] == [one]
    assert queries.codes_seen_from(CLERK, one) == (one, grid)
    actions.cover(CLERK, Act.new(), grid=grid, covers=(one, two))
    assert [row.code for row in queries.sets_served_by(CLERK, grid)] == [one, two]
    actions.cover(CLERK, Act.new(), grid=grid, covers=(two,))
    assert queries.covers_in(CLERK, VILLAGE) == {grid: [two]}
    school = actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("小学网格"), kind="dedicated")["code"]
    assert queries.place(CLERK, school).kind == "dedicated"


@pytest.mark.usefixtures("county")
def test_editing_refuses_bad_input_at_its_field() -> None:
    def grid(**more: object) -> object:
        return actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("1网格"), **more)  # type: ignore[arg-type]

    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: hamlet(""), "name"),
        (lambda: hamlet("——"), "name"),
        (lambda: hamlet("长" * 61), "name"),
        (lambda: (hamlet("上河"), hamlet("上河")), "name"),
        (grid, "covers"),
        (lambda: grid(kind="x"), "kind"),
        (lambda: grid(covers=(OTHER + 1,)), "covers"),
        (lambda: grid(covers=(VILLAGE + 9,)), "covers"),
        (lambda: actions.rename_place(CLERK, Act.new(), code=VILLAGE, named=Named("别的村")), "name"),
    ]
    for attempt, field in attempts:
        with pytest.raises(BadInput) as refused:
            attempt()
        assert list(refused.value.fields) == [field]


@pytest.mark.usefixtures("county")
def test_editing_refuses_other_places_missing_powers_and_ended_places() -> None:
    with pytest.raises(NotYours):
        actions.add_natural_village(CLERK, Act.new(), village=OTHER, named=Named("上河"))
    narrow = scope_at(VILLAGE, "places.edit", narrow="grids", grids=(VILLAGE,))
    with pytest.raises(NotYours):
        actions.add_natural_village(narrow, Act.new(), village=VILLAGE, named=Named("上河"))
    with pytest.raises(NotAllowed):
        actions.add_natural_village(scope_at(VILLAGE), Act.new(), village=VILLAGE, named=Named("上河"))
    with pytest.raises(BadInput):
        actions.add_natural_village(scope_at(TOWNSHIP, "places.edit"), Act.new(), village=TOWNSHIP, named=Named("上河"))
    with pytest.raises(WrongState):
        actions.end_place(CLERK, Act.new(), code=VILLAGE)
    code = hamlet()
    with pytest.raises(WrongState):
        actions.cover(CLERK, Act.new(), grid=code, covers=())
    actions.end_place(CLERK, Act.new(), code=code)
    with pytest.raises(WrongState):
        actions.rename_place(CLERK, Act.new(), code=code, named=Named("下河"))


@pytest.mark.usefixtures("county")
def test_end_place_frees_what_it_served_and_its_number_is_never_given_again() -> None:
    code = hamlet()
    grid = actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("1网格"), covers=(code,))["code"]
    with pytest.raises(WrongState):
        actions.end_place(CLERK, Act.new(), code=code)
    actions.end_place(CLERK, Act.new(), code=grid)
    actions.end_place(CLERK, Act.new(), code=code)
    assert queries.covers_in(CLERK, VILLAGE) == {}
    assert queries.children(CLERK, VILLAGE) == []
    assert [row.code for row in queries.children(CLERK, VILLAGE, ended=True)] == [code, grid]
    assert hamlet() == VILLAGE + 3
    assert [event.what for event in queries.events(CLERK, code)] == ["began", "ended"]


@pytest.mark.usefixtures("county")
def test_rename_place_keeps_the_former_name() -> None:
    code = hamlet()
    actions.rename_place(CLERK, Act.new(), code=code, named=Named("上河寨", "Upper River"))
    actions.rename_place(CLERK, Act.new(), code=VILLAGE, named=Named("朝阳村村民委员会", "Chaoyang Village"))
    assert queries.place(CLERK, code).name == "上河寨"
    assert queries.place(CLERK, VILLAGE).name_en == "Chaoyang Village"
    assert [(event.what, event.name) for event in queries.events(CLERK, code)][1] == ("renamed", "上河")


def test_import_places_needs_the_clock_and_its_power(database: Database) -> None:
    with as_owner(database), pytest.raises(NotAllowed):
        actions.import_places(scope_at(TOWNSHIP, "places.import"), Act.new(), listed=read(whole()), on=ON)


def test_import_places_twice_changes_nothing_and_records_its_act(database: Database) -> None:
    with as_owner(database):
        first = bring(whole(), ON)
        again = bring(whole(), date(2026, 2, 1))
        assert (first["new"], again["new"], again["unchanged"]) == (15, 0, 15)
        assert queries.county(IMPORTER).code == 990101000000000
        assert queries.path(IMPORTER, VILLAGE)[0].name == "云岭县"
        lines = journal.lines_of_places(IMPORTER, 990101000000000, 990101000000000)
    assert [line.name for line in lines] == ["places.imported", "places.imported"]
    assert lines[1].facts == {"new": 15, "renamed": 0, "recoded": 0, "ended": 0, "unchanged": 0, "rows": 0}


def test_import_places_refuses_faults_without_writing_anything(database: Database) -> None:
    with as_owner(database):
        with pytest.raises(BadInput, match="its parent 990101201000 is neither"):
            bring([row for row in whole() if row[0] != "990101201000"], ON)
        assert queries.counties(IMPORTER) == []
        bring(whole(), ON)
        with pytest.raises(BadInput, match="Give a later day"):
            bring(whole()[:-1], date(2025, 1, 1))
        assert not queries.place(IMPORTER, 990101201203000).ended


def test_import_places_never_takes_an_ended_code_again(database: Database) -> None:
    with as_owner(database):
        bring(whole(), ON)
        bring(whole()[:-1], date(2026, 3, 1))
        with pytest.raises(BadInput, match="990101201203 ended on 2026-03-01; a code is never used again"):
            bring(whole(), date(2026, 4, 1))
