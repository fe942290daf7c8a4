"""A decision on a returned order and the work list: what gives way to it, until when, and what comes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.matters import actions
from commongrid.matters.actions import Basis
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import WorkListRow
from commongrid.matters.queries.deciding import decision_effect
from commongrid.matters.rules.giving_way import Way, gives_way
from tests.factories import desk
from tests.factories.desk import id_of

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

TODAY = date(2026, 3, 10)
STATION, ROADS = id_of("transport_unit"), id_of("roads_unit")


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("over", "begins", "ends", "decided", "way"),
    [
        (None, -9, None, True, (0, None)), (None, -9, 5, False, (0, None)), (None, -9, 0, True, None),
        (5, -9, None, True, (0, 5)), (5, -9, 5, True, (0, None)), (5, -9, 9, False, (0, 5)), (5, 0, None, True, (0, 5)),
        (None, 3, None, False, None), (5, 3, None, False, None),
        (None, 3, None, True, (3, None)), (5, 3, 5, True, (3, None)), (5, 3, None, True, (3, 5)),
        (3, 3, None, True, None), (5, 3, 3, True, None),
    ],
)  # fmt: skip
def test_how_a_row_gives_way(
    over: int | None, begins: int, ends: int | None, decided: bool, way: tuple[int, int | None] | None
) -> None:
    found = gives_way(
        TODAY, None if over is None else day(over), begins=day(begins), ends=None if ends is None else day(ends),
        decided=decided,
    )  # fmt: skip
    expected = way and Way(ends=day(way[0]), again=None if way[1] is None else day(way[1]))
    assert found == expected


def returned(scene: Scene, text: str) -> UUID:
    """Given back by the station."""
    return scene.do("station", actions.give_back, scene.with_station(text), basis="不归我们")


def decide(scene: Scene, unit: UUID, *, days: int | None = None) -> None:
    until = None if days is None else localdate() + timedelta(days=days)
    matter = returned(scene, "桥梁养护归谁")
    scene.do(
        "county_dispatcher", actions.decide_returned, matter, unit_id=unit, basis=Basis(words="按清单", until=until)
    )


def leading(days: int) -> list[UUID | str]:
    """Who leads by rows of the township on a day from now."""
    on = localdate() + timedelta(days=days)
    with acting(TICK):
        rows = WorkListRow.objects.filter(place=desk.TOWNSHIP, valid_from__lte=on).order_by("valid_from")
        return [row.unit_id or row.function for row in rows if row.valid_to is None or row.valid_to > on]


def planned(scene: Scene, days: int) -> None:
    """A row that the county put on the list for a day to come."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO matters_work_list (id, kind_code, level, place, function, list, basis, valid_from)"
            " SELECT gen_random_uuid(), kind_code, level, place, 'housing', '', '', %s FROM matters_work_list"
            " WHERE place = %s LIMIT 1",
            [localdate() + timedelta(days=days), desk.TOWNSHIP],
        )


def test_a_decision_until_a_day_lets_the_former_one_hold_again(scene: Scene) -> None:
    decide(scene, STATION)
    effect = decision_effect(
        scene.as_post("county_dispatcher"), returned(scene, "又一座桥"), ROADS, localdate() + timedelta(days=4)
    )
    assert effect is not None
    assert ([row.unit for row in effect.rests], effect.ends) == ([STATION], ())
    decide(scene, ROADS, days=4)
    assert [leading(n) for n in (0, 4, 5, 900)] == [[ROADS], [ROADS], [STATION], [STATION]]
    decide(scene, ROADS)
    assert [leading(n) for n in (0, 5, 900)] == [[ROADS]] * 3, "what was to come back gives way too"


def test_no_decision_undoes_what_was_put_on_the_list_for_a_day_to_come(scene: Scene) -> None:
    decide(scene, STATION)
    planned(scene, 10)
    decide(scene, ROADS)
    assert [leading(n) for n in (0, 9)] == [[ROADS], [ROADS]]
    assert leading(10) == [ROADS, "housing"]
