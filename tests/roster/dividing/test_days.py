"""What a division changes on its day and what it leaves: the past is counted as before, an adoption always ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import BadInput, NotYours, WrongState
from commongrid.registry import actions as registry
from commongrid.registry import queries
from commongrid.registry.models import Person, Site, Stay
from commongrid.registry.rules.facts import Told
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.jobs import MOVER, carry_out_divisions
from commongrid.territory import queries as territory
from commongrid.territory.actions import add_grid, end_place
from commongrid.territory.models import GridCover, Place, Succession
from commongrid.territory.rules.editing import Named
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, VILLAGE
from tests.factories.scopes import scope_at
from tests.roster.dividing.conftest import CLOCK, SECRETARY, SINCE, TERMS

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.roster.dividing.conftest import Land


def changes(place: int, since: date, on: date) -> list[tuple[object, object]]:
    """The ledger of population change: where each happened, and to whom."""
    wanted = queries.Wanted(place=place, population="resident", on=on, since=since)
    with acting(SECRETARY):
        rows = queries.ledger_rows(SECRETARY, queries.ledger(SECRETARY, "changes"), wanted)
    return [(row.values["place"], row.values["name"]) for row in rows]


def test_a_division_leaves_last_months_figures(land: Land) -> None:
    today = localdate()
    with acting(CLOCK):
        gone = Person.objects.get(household=land.homes[2])
    died = Act.new()
    registry.died(SECRETARY, died, person_id=gone.id, told=Told(on=today - timedelta(days=1)))
    asked = [(place, SINCE, SINCE + timedelta(days=30)) for place in (GRID, OTHER_GRID, VILLAGE)]
    asked.append((GRID, SINCE, today))
    before = [changes(*one) for one in asked]
    assert [len(rows) for rows in before] == [20, 20, 40, 21]
    land.adopt(land.propose())
    assert [changes(*one) for one in asked] == before
    with acting(CLOCK):
        assert Stay.objects.get(household=land.homes[2]).place == GRID, "what is over stays where it was"
    registry.undo(SECRETARY, Act.new(), done=died.id, told=Told(on=today, source="试试"))
    with acting(CLOCK):
        assert Stay.objects.get(household=land.homes[2]).place == land.places()[land.homes[2]]
    new = land.places()[land.homes[0]]
    assert changes(new, SINCE, today - timedelta(days=1)) == []
    registry.died(SECRETARY, Act.new(), person_id=gone.id, told=Told(on=today))
    assert len(changes(land.places()[land.homes[2]], today, today)) == 1


def test_an_adoption_ends_although_nothing_is_left_to_do_on_its_day(land: Land, database: Database) -> None:
    made = land.propose(lower=1, upper=60, target=20, grids=2)
    numbers = {one.code: one.number for one in land.grids(made)}
    places = land.places()
    for code in (GRID, OTHER_GRID):
        homes = tuple(home for home, place in places.items() if place == code)
        land.paint(made, homes=homes, grid=numbers[code], locked=False)
    mover = next(home for home, place in places.items() if place == GRID)
    land.paint(made, homes=(mover,), grid=numbers[OTHER_GRID], locked=False)
    day = localdate() + timedelta(days=10)
    actions.adopt(SECRETARY, Act.new(), division_id=made, on=day)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_household SET state = 'ended', ended_on = CURRENT_DATE WHERE id = %s", [mover])
    at = timezone.make_aware(datetime.combine(day, time(12)))
    assert actions.carry_out(MOVER, Act(new_id(), at), division_id=made)["homes"] == 0
    assert land.row(made).state == "done"
    assert {*land.places().values()} == {GRID, OTHER_GRID}


def test_an_adoption_that_can_not_be_carried_out_is_told_once_and_worked_out_anew(
    land: Land, database: Database
) -> None:
    made = land.propose()
    actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate())
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from) "
            "VALUES (%s, 'natural_village', '', '末', '', 'm', 'mo', %s, %s)",
            [VILLAGE + 999, VILLAGE, SINCE],
        )
    assert carry_out_divisions() == 0
    row = land.row(made)
    assert (row.state, row.fault, row.adopts_on) == ("failed", "not_done", None)
    assert carry_out_divisions() == 0
    assert {*land.places().values()} == {GRID, OTHER_GRID}
    land.again(made)
    assert land.row(made).state == "ready"


def test_a_grid_without_households_ends_with_the_division(land: Land) -> None:
    empty = int(add_grid(SECRETARY, Act.new(), village=VILLAGE, named=Named("空格"), covers=(HAMLET,))["code"])
    pond = registry.NewHolding(of="site", place=empty, written={"kind": "21", "name": "水塘"})
    site = UUID(registry.add_holding(SECRETARY, Act.new(), new=pond, told=Told(on=SINCE))["site"])
    land.adopt(land.propose())
    with acting(CLOCK):
        grids = set(Place.objects.in_force().filter(parent=VILLAGE, level="grid").values_list("code", flat=True))
        assert grids == {*land.places().values()}
        heir = Succession.objects.get(old=empty).new
        assert GridCover.objects.filter(valid_to=None, grid=heir, covered=HAMLET).exists()
        assert Site.objects.get(id=site).place == heir


def test_what_is_stopped_is_as_it_was_before(land: Land) -> None:
    made = land.propose()
    before = land.row(made)
    actions.work_out_anew(SECRETARY, Act.new(), division_id=made, terms=replace(TERMS, grids=400))
    actions.stop(SECRETARY, Act.new(), place=VILLAGE)
    assert land.row(made) == before
    land.again(made, grids=400)
    failed = land.row(made)
    assert failed.state == "failed"
    actions.work_out_anew(SECRETARY, Act.new(), division_id=made, terms=replace(TERMS, grids=300))
    actions.stop(SECRETARY, Act.new(), place=VILLAGE)
    assert land.row(made) == failed
    with pytest.raises(WrongState):
        actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate())


def test_of_two_adoptions_at_once_the_second_waits_for_the_first(land: Land) -> None:
    made = land.propose()
    with CaptureQueriesContext(connection) as asked:
        actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate())
    said = [one["sql"] for one in asked.captured_queries]
    held = next(n for n, sql in enumerate(said) if "territory_place" in sql and "FOR UPDATE" in sql)
    looked = next(n for n, sql in enumerate(said) if "roster_division" in sql and "'adopted'" in sql)
    assert held < looked, "the village is held before anybody looks whether another is adopted"


def test_no_place_ends_while_households_belong_to_it(land: Land) -> None:
    for code in (GRID, HAMLET):
        with pytest.raises(WrongState, match="households belong") as refused:
            end_place(SECRETARY, Act.new(), code=code)
        assert refused.value.params == {"count": 20}
    land.adopt(land.propose())
    with pytest.raises(WrongState):
        end_place(SECRETARY, Act.new(), code=land.places()[land.homes[0]])
    spare = int(add_grid(SECRETARY, Act.new(), village=VILLAGE, named=Named("空格"), covers=(HAMLET,))["code"])
    end_place(SECRETARY, Act.new(), code=spare)


def test_a_grid_that_ends_by_hand_is_carried_on_by_another(land: Land) -> None:
    school = int(add_grid(SECRETARY, Act.new(), village=VILLAGE, named=Named("学校网格"), kind="dedicated")["code"])
    new = registry.NewHolding(of="site", place=school, written={"kind": "21", "name": "校舍"})
    site = UUID(registry.add_holding(SECRETARY, Act.new(), new=new, told=Told(on=localdate()))["site"])
    spare = int(add_grid(SECRETARY, Act.new(), village=VILLAGE, named=Named("空格"), covers=(HAMLET,))["code"])
    for wrong in (None, school, HAMLET):
        with pytest.raises(BadInput) as refused:
            actions.end_grid(SECRETARY, Act.new(), grid=school, carried_by=wrong)
        assert set(refused.value.fields) == {"carried_by"}
    with pytest.raises(NotYours):
        actions.end_grid(scope_at(FAR_VILLAGE, "places.edit"), Act.new(), grid=school, carried_by=GRID)
    with pytest.raises(BadInput):
        end_place(SECRETARY, Act.new(), code=spare, carried_by=school)
    assert school not in {one.code for one in territory.heirs(SECRETARY, spare)}
    actions.end_grid(SECRETARY, Act.new(), grid=school, carried_by=GRID)
    with acting(SECRETARY):
        assert Site.objects.get(id=site).place == GRID
    assert [one.code for one in territory.successors(SECRETARY, school)] == [GRID]
    with pytest.raises(WrongState, match="households belong"):
        actions.end_grid(SECRETARY, Act.new(), grid=GRID, carried_by=OTHER_GRID)
