"""A village of five thousand households goes the whole way: divided, drawn by hand, worked out anew, carried out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from commongrid.journal.acting import acting
from commongrid.registry.models import Household, Person
from tests.factories.desk import GRID, HAMLET, lay
from tests.roster.dividing.conftest import CLOCK, Land
from tests.sizes import size

if TYPE_CHECKING:
    from tests.bed import Database

HOMES = size(180, 5_000)
LAID = """
WITH made AS (
  INSERT INTO registry_household (id, place, natural_village, number, state, door, lon, lat, point, began_on)
  SELECT gen_random_uuid(), %(grid)s, %(hamlet)s, 'n' || n, 'lived', n || '号',
    107.0 + n %% 70 * 0.0006 + random() * 0.0003, 26.0 + n / 70 * 0.0005 + random() * 0.0002, 'measured', '2026-01-01'
  FROM generate_series(1, %(homes)s) n RETURNING id, number
), people AS (
  INSERT INTO registry_person (id, display_name, place, household_id, as_in_home, political, state)
  SELECT gen_random_uuid(), '某' || number, %(grid)s, id, '02', CASE WHEN random() < 0.1 THEN '01' ELSE '13' END, 'here'
  FROM made RETURNING id, household_id
)
INSERT INTO registry_stay
  (id, person_id, household_id, sort, place, name, as_to_head, head, from_on, why_began, why_ended)
SELECT gen_random_uuid(), id, household_id, 'living', %(grid)s, '某', '02', true, '2026-01-01', 'imported', ''
FROM people
"""
HEADS = "UPDATE registry_household h SET head_id = p.id FROM registry_person p WHERE p.household_id = h.id"


@pytest.fixture
def land(database: Database) -> Land:
    """So many households of one person each, in one natural village and one grid."""
    lay(database)
    with database.as_role("owner") as owner:
        owner.execute(LAID.encode(), {"grid": GRID, "hamlet": HAMLET, "homes": HOMES})
        owner.execute(HEADS.encode())
    with acting(CLOCK):
        return Land(homes=list(Household.objects.order_by("number").values_list("id", flat=True)), hamlets=[HAMLET])


def test_a_large_village_goes_the_whole_way(land: Land) -> None:
    limits = {"target": 44, "lower": 30, "upper": 60, "shares": True}
    made = land.propose(**limits)
    grids, drawn = land.grids(made), land.drawn(made)
    assert set(drawn) == set(land.homes)
    sizes = Counter(one.grid for one in drawn.values())
    listed = {one.id for one in grids if one.faults}
    assert not [one for one in grids if not 30 <= sizes[one.id] <= 60 and one.id not in listed]
    first, second, *_rest = grids
    dragged = tuple(home for home, one in drawn.items() if one.grid == first.id)[:4]
    land.paint(made, homes=dragged, grid=second.number)
    land.again(made, **limits)
    again = land.drawn(made)
    number = {one.id: one.number for one in land.grids(made)}
    assert {number[again[home].grid] for home in dragged} == {number[again[dragged[0]].grid]}, "they stay together"
    assert set(again) == set(land.homes)
    land.adopt(made)
    places = land.places()
    together = {(again[home].grid, place) for home, place in places.items()}
    assert len(together) == len({grid for grid, _place in together}) == len({place for _grid, place in together})
    with acting(CLOCK):
        astray = [
            one
            for one in Person.objects.exclude(household=None).values_list("household", "place")
            if places[one[0]] != one[1]
        ]
    assert astray == []
