"""Open matters on the map: each of a village is in one of its grids, or said to be in none, also after a division."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.journal.acting import acting
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.jobs import follow_grids
from commongrid.matters.models import Matter
from tests.factories import desk
from tests.factories.network import fill
from tests.surfaces.console.test_map import on_the_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.factories.desk import Desk
    from tests.factories.scenes import Scene


def test_open_matters_of_an_ended_grid_are_counted_where_they_will_go(
    scene: Scene, county: Desk, as_post: Callable[..., Client]
) -> None:
    client = as_post("dispatcher")
    for at in (desk.GRID, desk.GRID, desk.OTHER_GRID):
        scene.report("桥板松了", place=at)
    with county.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [desk.GRID])
        owner.execute(
            'INSERT INTO territory_succession (id, old, new, "on") VALUES (gen_random_uuid(), %s, %s, current_date)',
            [desk.GRID, desk.OTHER_GRID],
        )
    grids = on_the_map(client, desk.VILLAGE, "grid", "busy")
    assert {code: counts["open"] for code, (counts, _shade) in grids.items()} == {desk.OTHER_GRID: 3}
    (own,) = on_the_map(client, desk.OTHER_GRID, "", "open").values()
    assert own[0]["open"] == 3
    fill("grid_head", desk.OTHER_GRID)
    assert follow_grids() == 2
    with acting(TICK):
        assert set(Matter.objects.values_list("place", flat=True)) == {desk.OTHER_GRID}
    grids = on_the_map(client, desk.VILLAGE, "grid", "busy")
    assert {code: counts["open"] for code, (counts, _shade) in grids.items()} == {desk.OTHER_GRID: 3}, "moved by now"


def test_every_open_matter_of_a_village_is_in_a_grid_or_said_to_be_in_none(
    scene: Scene, county: Desk, as_post: Callable[..., Client]
) -> None:
    client = as_post("dispatcher")
    for at in (desk.GRID, desk.OTHER_GRID, desk.HAMLET, desk.VILLAGE):
        scene.report("桥板松了", place=at)
    with county.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [desk.GRID])
    with county.database.as_admin() as admin:  # as taken over from an older system that knew the ended grid
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE matters_matter SET place = %s, doubt = 'guess', batch = gen_random_uuid() WHERE place = %s",
            [desk.GRID, desk.OTHER_GRID],
        )
    shown = client.get(f"/console/map/{desk.VILLAGE}/?level=grid&by=open").context["shown"]
    assert {row.place.code: row.count("open") for row in shown.rows} == {desk.OTHER_GRID: 0}
    assert shown.elsewhere == 3, "the ended grid's goes to the village; doubtful dates are never counted"
