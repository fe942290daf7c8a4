"""The Map page: table and shapes say the same, points are doors in scope and nothing else, boundaries are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.kernel import shapes
from commongrid.kernel.act import Act, new_id
from commongrid.registry import jobs
from commongrid.registry.actions import found_household
from commongrid.registry.rules.facts import NewHome
from commongrid.surfaces.console.mapping.figures import MEASURES, NOBODY
from commongrid.territory.queries import boundaries as bounds
from tests.factories import desk
from tests.factories.desk import Desk
from tests.factories.network import fill
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.outreach.rows import link_rows
from tests.surfaces.console.conftest import counting

CLERK = scope_at(desk.VILLAGE, "places.edit", "people.edit", "people.read")
MEANT = {"datum": "wgs84", "what": "areas"}
LAND = {
    "type": "Polygon",
    "coordinates": [[[108.6, 27.2], [108.62, 27.2], [108.62, 27.21], [108.6, 27.21], [108.6, 27.2]]],
}
HALF = {
    "type": "Polygon",
    "coordinates": [[[108.6, 27.2], [108.61, 27.2], [108.61, 27.21], [108.6, 27.21], [108.6, 27.2]]],
}


def home(number: int, *, at: tuple[float, float] | None = None, grid: int = desk.GRID) -> UUID:
    lon, lat = at or (None, None)
    new = NewHome(place=grid, natural_village=desk.HAMLET, number=str(number), door=f"{number}号", lon=lon, lat=lat)
    return UUID(str(found_household(CLERK, Act.new(), new=new)["household"]))


def draw(client: Client, place: int, shape: Any, do: str = "save") -> Any:
    return client.post(
        f"/console/map/{place}/boundary/", {"shape": json.dumps(shape), "do": do, "act": str(new_id())}, follow=True
    )


def test_the_table_and_the_shapes_say_the_same(county: Desk, as_post: Callable[..., Client]) -> None:
    home(1, at=(108.605, 27.205))
    home(2)
    client = as_post("clerk")
    assert draw(client, desk.GRID, LAND).status_code == 200
    page = client.get(f"/console/map/{desk.VILLAGE}/?level=grid&by=homes")
    rows = {row.place.code: row for row in page.context["shown"].rows}
    assert rows[desk.GRID].counts["homes"] == 2
    assert rows[desk.OTHER_GRID].counts["homes"] == 0
    (feature,) = client.get(f"/console/map/{desk.VILLAGE}/shapes.json?level=grid&by=homes").json()["features"]
    told = feature["properties"]
    assert (told["code"], told["count"], told["shade"], told["derived"]) == (str(desk.GRID), 2, 1, False)
    assert feature["geometry"]["type"] == "Polygon"
    above = client.get(f"/console/map/{desk.TOWNSHIP}/?level=village&by=homes")
    assert [row.counts.get("homes") for row in above.context["shown"].rows] == [2, None]  # of others it sees nothing
    assert above.context["narrowed"]


def test_points_are_doors_in_scope_and_nothing_else(county: Desk, as_post: Callable[..., Client]) -> None:
    own = home(1, at=(108.605, 27.205))
    home(2, at=(108.606, 27.205), grid=desk.OTHER_GRID)
    unplaced = home(3)
    clerk = as_post("clerk")
    draw(clerk, desk.HAMLET, LAND)
    found = clerk.get(f"/console/map/{desk.VILLAGE}/points.json").json()["features"]
    assert {frozenset(one["properties"]) for one in found} == {frozenset(("what", "name", "url", "approximate"))}
    by_url = {one["properties"]["url"]: one for one in found}
    assert len(by_url) == 3
    assert by_url[reverse("household", args=[own])]["geometry"]["coordinates"] == [108.605, 27.205]
    assert by_url[reverse("household", args=[unplaced])]["properties"]["approximate"] is True
    head = as_post("grid_head").get(f"/console/map/{desk.VILLAGE}/points.json").json()["features"]
    assert {one["properties"]["name"] for one in head} == {"1号", "3号"}
    assert as_post("clerk").get(f"/console/map/{desk.TOWNSHIP}/points.json").json()["features"] == []


def test_a_boundary_is_checked_snapped_and_kept(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("clerk")
    draw(client, desk.VILLAGE, LAND)
    rough = {"type": "Polygon", "coordinates": [[[108.6, 27.2], [108.62, 27.2], [108.62, 27.2101], [108.6, 27.2101]]]}
    page = draw(client, desk.HAMLET, rough, "check")
    assert [one.text for one in page.context["misfits"]] in (["Outside the parent"], ["超出上级范围"])
    assert bounds.outlines(CLERK, [desk.HAMLET]) == {}
    snapped = draw(client, desk.HAMLET, rough, "snap")
    assert snapped.context["misfits"] == []
    home(1, at=(108.7, 27.3))
    saved = draw(client, desk.HAMLET, json.loads(snapped.context["form"].initial["shape"]))
    assert [one.level_tag for one in saved.context["messages"]] == ["success", "warning"], "a home lies outside"
    assert bounds.outlines(CLERK, [desk.HAMLET])[desk.HAMLET].area_m2 == pytest.approx(
        bounds.outlines(CLERK, [desk.VILLAGE])[desk.VILLAGE].area_m2, rel=1e-3
    )
    bow = {"type": "Polygon", "coordinates": [[[108.6, 27.2], [108.61, 27.21], [108.61, 27.2], [108.6, 27.21]]]}
    wrong = draw(client, desk.HAMLET, bow)
    assert wrong.status_code == 422
    assert "108.605" in wrong.content.decode()
    assert wrong.context["form"]["shape"].value() == json.dumps(bow)
    gone = draw(client, desk.HAMLET, rough, "remove")
    assert gone.status_code == 200
    assert bounds.outlines(CLERK, [desk.HAMLET]) == {}
    assert draw(client, desk.OTHER_VILLAGE, LAND).status_code == 404


def test_the_boundary_of_an_earlier_day_is_drawn_beside_todays_also_of_a_place_that_ended(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    client, address = as_post("clerk"), f"/console/map/{desk.GRID}/boundary/"
    draw(client, desk.GRID, LAND)
    half = {"type": "Polygon", "coordinates": [[[108.6, 27.2], [108.61, 27.2], [108.61, 27.21], [108.6, 27.21]]]}
    with county.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_boundary SET valid_from = valid_from - 30")
    draw(client, desk.GRID, half)
    assert "<svg" not in client.get(address).content.decode().split('id="past"')[1]
    day = localdate() - timedelta(days=10)
    page = client.get(address, {"on": str(day)})
    assert page.context["past"].area_m2 == pytest.approx(2 * page.context["today"].area_m2, rel=0.01)
    assert page.content.decode().split('id="past"')[1].count("<path") == 2
    none = client.get(address, {"on": str(day - timedelta(days=90))})
    assert none.context["past"] is None
    with county.database.as_role("owner") as owner:
        yesterday = localdate() - timedelta(days=1)
        owner.execute("UPDATE territory_place SET valid_to = %s WHERE code = %s", [localdate(), desk.GRID])
        owner.execute("UPDATE territory_boundary SET valid_to = %s WHERE valid_to IS NULL", [localdate()])
        owner.execute("UPDATE territory_boundary SET valid_from = valid_from - 1, valid_to = %s", [yesterday])
    ended = client.get(address, {"on": str(day)})
    assert ended.context["past"].area_m2 == page.context["past"].area_m2
    assert "id_shape" not in ended.content.decode()
    assert reverse("place_boundary", args=[desk.GRID]) in client.get(f"/console/map/{desk.GRID}/").content.decode()
    assert draw(client, desk.GRID, LAND).status_code == 404


def test_a_file_in_the_wrong_datum_is_doubted_before_anything_is_taken_in(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    for n in range(6):
        home(n + 1, at=(108.6005, 27.2005 + n * 0.0015))
    client = as_post("clerk")
    shifted = shapes.written(shapes.moved(shapes.read(LAND), lambda lon, lat: (lon + 0.004, lat - 0.0036)))
    text = json.dumps({"type": "Feature", "properties": {"XZQMC": "上河"}, "geometry": shifted})
    sent = client.post(
        f"/console/map/{desk.VILLAGE}/import/",
        {"sheet": SimpleUploadedFile("m.geojson", text.encode()), **MEANT, "act": str(new_id())}, follow=True,
    )  # fmt: skip
    doubt = sent.context["doubt"]
    assert (doubt.inside, doubt.of, doubt.better) == (0, 6, "gcj02")
    address = sent.redirect_chain[-1][0]
    client.post(address, {"do": "take", "row": "1", "act": str(new_id())})
    assert bounds.outlines(CLERK, [desk.HAMLET])[desk.HAMLET].source == "imported"
    assert client.get(address).status_code == 404


def test_a_file_of_roads_is_taken_in_at_once_and_doubted_where_nobody_lives_by_one(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    for n in range(4):
        home(n + 1, at=(108.6, 27.2 + n * 0.002))
    client = as_post("clerk")
    address = f"/console/map/{desk.VILLAGE}/import/"
    draw(client, desk.VILLAGE, LAND)

    def sent(shape: Any) -> Any:
        sheet = SimpleUploadedFile("r.geojson", json.dumps(shape).encode())
        given = {"sheet": sheet, "datum": "cgcs2000", "what": "roads", "act": str(new_id())}
        return client.post(address, given, follow=True)

    for wrong in (LAND, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, {"type": "LineString"}):
        answer = sent(wrong)
        assert answer.status_code == 422
        assert answer.context["form"].errors["sheet"]
    good = sent({"type": "LineString", "coordinates": [[108.601, 27.19], [108.601, 27.22, 800]]})
    assert [one.level_tag for one in good.context["messages"]] == ["success"]
    far = sent({"type": "MultiLineString", "coordinates": [[[108.61, 27.19], [108.61, 27.22]]]})
    assert [one.level_tag for one in far.context["messages"]] == ["success", "warning"]
    assert (
        "r.geojson" in as_post("secretary").get(f"/console/network/villages/{desk.VILLAGE}/barriers").content.decode()
    )


def test_a_file_is_checked_against_parent_and_siblings_and_snapped_in_the_preview(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    client = as_post("clerk", "zh")
    draw(client, desk.VILLAGE, LAND)
    draw(client, desk.OTHER_GRID, HALF)
    home(1, at=(108.7, 27.3))
    home(2, at=(108.601, 27.2005), grid=desk.OTHER_GRID)
    features = [
        {"type": "Feature", "properties": {"code": str(code)}, "geometry": LAND} for code in (desk.GRID, desk.HAMLET)
    ]
    address, page = import_shapes(client, features)
    assert "与第2网格重叠" in page
    assert "公顷" in page
    assert "本地1户中有1户在界外; 有1户别处的住户在界内" in page
    assert page.count(" checked>") == 2
    assert '<svg class="plan"' in page
    snapped = client.post(address, {"do": "snap", "row": "1", "act": str(new_id())})
    assert snapped.content.decode().count(" checked>") == 1, "what was not chosen stays so"
    assert "重叠" not in snapped.content.decode()
    assert snapped.context["misfits"] is False
    client.post(address, {"do": "take", "row": "1", "act": str(new_id())})
    whole, half = (shapes.area_m2(shapes.read(one)) for one in (LAND, HALF))
    assert bounds.outlines(CLERK, [desk.GRID])[desk.GRID].area_m2 == pytest.approx(whole - half, rel=0.001)


def import_shapes(client: Client, features: list[dict[str, Any]]) -> tuple[str, str]:
    """A file of boundaries sent to the village: where its page is, and the page."""
    text = json.dumps({"type": "FeatureCollection", "features": features})
    sent = client.post(
        f"/console/map/{desk.VILLAGE}/import/",
        {**MEANT, "sheet": SimpleUploadedFile("m.geojson", text.encode()), "act": str(new_id())}, follow=True,
    )  # fmt: skip
    return sent.redirect_chain[-1][0], sent.content.decode()


def test_what_reaches_outside_its_village_is_not_chosen_and_can_be_cut_off(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    client = as_post("clerk", "zh")
    draw(client, desk.VILLAGE, HALF)
    features = [
        {"type": "Feature", "properties": {"code": str(code)}, "geometry": shape}
        for code, shape in ((desk.GRID, LAND), (desk.HAMLET, HALF))
    ]
    address, page = import_shapes(client, features)
    assert "超出上级边界的范围未选中" in page
    assert 'value="1">' in page
    assert 'value="2" checked>' in page
    page = client.post(address, {"do": "snap", "row": ["1", "2"], "act": str(new_id())}).content.decode()
    assert "超出上级边界" not in page
    assert page.count(" checked>") == 2


def test_areas_in_parts_are_taken_and_crossing_lines_told_with_their_place(
    county: Desk, as_post: Callable[..., Client]
) -> None:
    client, bow = as_post("clerk"), [[[108.6, 27.2], [108.61, 27.21], [108.61, 27.2], [108.6, 27.21], [108.6, 27.2]]]
    parts = [[[[east, 27.2], [east + 0.01, 27.2], [east + 0.01, 27.21], [east, 27.2]]] for east in (108.6, 108.62)]
    text = json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": str(code)}, "geometry": {"type": sort, "coordinates": corners}}
        for code, sort, corners in ((desk.GRID, "MultiPolygon", parts), (desk.OTHER_GRID, "Polygon", bow))
    ]})  # fmt: skip
    for mend, said in (("", "The line crosses or touches itself."), ("on", "mended")):
        given = {**MEANT, "sheet": SimpleUploadedFile("m.geojson", text.encode()), "act": str(new_id())}
        sent = client.post(f"/console/map/{desk.VILLAGE}/import/", {**given, "mend": mend}, follow=True)
        page = sent.content.decode()
        assert "2 parts" in page
        assert said in page
        assert mend or "108.60500, 27.20500" in page
    client.post(sent.redirect_chain[-1][0], {"do": "take", "row": ["1", "2"], "act": str(new_id())})
    assert bounds.outlines(CLERK, [desk.GRID])[desk.GRID].shape["type"] == "MultiPolygon"


def test_a_file_that_is_none_is_refused_with_a_sentence(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("clerk")
    for given in ({}, {"sheet": SimpleUploadedFile("m.geojson", b"{")}, {"sheet": SimpleUploadedFile("m.kml", b"x")}):
        answer = client.post(f"/console/map/{desk.VILLAGE}/import/", {**given, **MEANT, "act": str(new_id())})
        assert answer.status_code == 422
        assert answer.context["form"].errors["sheet"]


def test_the_clock_lays_cells_around_homes_and_leaves_them_while_nothing_changes(county: Desk) -> None:
    for n in range(4):
        home(n + 1, at=(108.6 + n / 1000, 27.2))
    assert jobs.derive_cells() > 0
    found = bounds.outlines(CLERK, [desk.TOWNSHIP, desk.VILLAGE, desk.HAMLET, desk.GRID])
    assert {one.source for one in found.values()} == {"derived"}
    assert set(found) == {desk.TOWNSHIP, desk.VILLAGE, desk.HAMLET, desk.GRID}
    for _again in range(2):
        jobs.derive_cells()
    assert jobs.derive_cells() == 0


def on_the_map(client: Client, code: int, level: str, by: str) -> dict[int, tuple[dict[str, float], int]]:
    """What is told of each place, and how dark it is drawn."""
    shown = client.get(f"/console/map/{code}/?level={level}&by={by}").context["shown"]
    assert shown.by == by
    return {row.place.code: (row.counts, shown.shade(row)) for row in shown.rows}


def test_households_are_shared_out_among_those_in_post(county: Desk, as_post: Callable[..., Client]) -> None:
    for number in range(5):
        home(number)
    home(9, grid=desk.OTHER_GRID)
    client = as_post("secretary")
    grids = on_the_map(client, desk.VILLAGE, "grid", "staffed")
    assert grids[desk.GRID] == ({"homes": 5, "people": 0, "team": 2, "staffed": 2.5}, 1)
    assert grids[desk.OTHER_GRID] == ({"homes": 1, "people": 0, "team": 0}, NOBODY)
    page = client.get(f"/console/map/{desk.VILLAGE}/?level=grid&by=staffed").content.decode()
    assert "2.5+" in page
    assert "nobody" in page
    (township,) = on_the_map(as_post("county_dispatcher"), desk.COUNTY, "township", "staffed")[desk.TOWNSHIP][:1]
    assert township["team"] == 2
    (own,) = on_the_map(client, desk.GRID, "", "staffed").values()
    assert own[0]["staffed"] == 2.5
    hamlets = client.get(f"/console/map/{desk.VILLAGE}/?level=natural_village&by=staffed").context["shown"]
    assert hamlets.by == "homes"
    assert not {"staffed", "busy"} & {*hamlets.measures}


def test_open_matters_are_shared_out_among_those_in_post(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("dispatcher")
    for at in (desk.GRID, desk.GRID, desk.GRID, desk.OTHER_GRID):
        scene.report("桥板松了", place=at)
    villages = on_the_map(client, desk.TOWNSHIP, "village", "busy")
    assert villages[desk.VILLAGE][0] == {"open": 4, "team": 2, "busy": 2}
    grids = on_the_map(client, desk.VILLAGE, "grid", "busy")
    assert grids[desk.GRID] == ({"open": 3, "team": 2, "busy": 1.5}, 1)
    assert grids[desk.OTHER_GRID] == ({"open": 1, "team": 0}, NOBODY)
    own = as_post("grid_head")
    assert on_the_map(own, desk.VILLAGE, "grid", "staffed")[desk.OTHER_GRID] == ({}, 0)


def test_what_contacts_look_after_is_told_on_every_level(county: Desk, as_post: Callable[..., Client]) -> None:
    link_rows()
    client = as_post("supervisor")
    for code, level, at in (
        (desk.COUNTY, "township", desk.TOWNSHIP), (desk.TOWNSHIP, "village", desk.VILLAGE),
        (desk.VILLAGE, "grid", desk.GRID), (desk.VILLAGE, "natural_village", desk.HAMLET), (desk.GRID, "", desk.GRID),
        (desk.HAMLET, "", desk.HAMLET),
    ):  # fmt: skip
        counts, shade = on_the_map(client, code, level, "load")[at]
        assert (counts["members"], counts["load"], shade) == (2, 4, 1)
        assert counts["most"] >= 4
        assert on_the_map(client, code, level, "linked")[at][0]["linked"] == 100


def test_no_page_of_the_map_asks_per_place(county: Desk, as_post: Callable[..., Client]) -> None:
    link_rows()
    client = as_post("county_dispatcher")

    def asked(code: int, by: str) -> int:
        with counting() as statements:
            assert client.get(f"/console/map/{code}/?by={by}").status_code == 200
            assert client.get(f"/console/map/{code}/shapes.json?by={by}").status_code == 200
        return len(statements)

    pages = [(code, by) for code in (desk.COUNTY, desk.TOWNSHIP, desk.VILLAGE) for by in MEASURES]
    asked(*pages[0])  # what a process asks once
    before = [asked(*page) for page in pages]
    with county.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " SELECT p.code + n * s.step, p.level, '', p.name || n, '', '', '', p.parent, p.valid_from"
            " FROM territory_place p"
            " JOIN (VALUES ('township', 5000000), ('village', 5000), ('grid', 50)) s (level, step)"
            " ON s.level = p.level CROSS JOIN generate_series(1, 3) n"
        )
    for n in range(3):
        home(n, grid=desk.OTHER_GRID)
        fill("grid_head", desk.GRID + 50 * (n + 1))
    assert [asked(*page) for page in pages] == before
