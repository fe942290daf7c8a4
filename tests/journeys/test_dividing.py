"""A secretary divides a village in a real browser: a river, a proposal, homes put across by hand, adopted."""

from __future__ import annotations

from math import log, pi, radians, tan
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from commongrid.roster.dividing.jobs import carry_out_divisions, work_out_divisions
from tests.factories.desk import VILLAGE
from tests.roster.dividing.conftest import laid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser
PADDING = 28
Spot = tuple[float, float]


def projected(at: Spot) -> Spot:
    """Mercator, the world one wide."""
    return at[0] / 360 + 0.5, 0.5 - log(tan(pi / 4 + radians(at[1]) / 2)) / (2 * pi)


def spots_on(page: Page, box: Sequence[float], points: Sequence[Spot]) -> list[Spot]:
    """Where points stand on the map as it was first shown: pixels of the page."""
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    (west, north), (east, south) = projected((box[0], box[3])), projected((box[2], box[1]))
    scale = min((frame["width"] - 2 * PADDING) / (east - west), (frame["height"] - 2 * PADDING) / (south - north))
    middle = ((west + east) / 2, (north + south) / 2)
    found = [projected(one) for one in points]
    return [
        (frame["x"] + frame["width"] / 2 + (x - middle[0]) * scale,
         frame["y"] + frame["height"] / 2 + (y - middle[1]) * scale)
        for x, y in found
    ]  # fmt: skip


def data_of(page: Page) -> dict[str, Any]:
    """What the map of the page draws."""
    found: dict[str, Any] = page.evaluate("fetch(document.querySelector('#map').dataset.divides).then(r => r.json())")
    return found


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "wide"), ("en", "phone")])
def test_a_village_is_divided(site: Site, language: str, width: str) -> None:
    land = laid()
    visitor = site.visitor("secretary", language=language, width=width)
    _draw_a_river(visitor)
    page = visitor.open(reverse("dividing", args=[VILLAGE]))
    visitor.look("dividing-village")
    for name, value in (("target", "10"), ("lower", "6"), ("upper", "14")):
        page.fill(f"#id_{name}", value)
    with page.expect_navigation():
        page.click("form[action$=propose] button.go")
    page.wait_for_selector("#asked")
    visitor.look("dividing-asked")
    assert work_out_divisions() == 1
    page.wait_for_selector("#asked", state="detached")
    page.wait_for_selector("#map[data-ready]")
    visitor.look("dividing-proposal")
    made = page.url.rsplit("/", 1)[1]

    _put_across(page, wide=width == "wide")
    visitor.look("dividing-chosen")
    with page.expect_navigation():
        page.click("#paint button")
    page.wait_for_selector("#asked")
    assert work_out_divisions() == 1
    page.wait_for_selector("#asked", state="detached")
    page.wait_for_selector("#map[data-ready]")
    assert page.locator("#grids ~ .table-wrap tbody tr").count() >= 3
    with page.expect_navigation():
        page.locator("form[action$='grids/1/lock'] button").click()
    with page.expect_navigation():
        page.click("form[action$=again] button.btn")
    page.wait_for_selector("#asked")
    assert work_out_divisions() == 1
    page.wait_for_selector("#asked", state="detached")
    page.wait_for_selector("#map[data-ready]")
    visitor.look("dividing-again")
    visitor.open(reverse("division_grid", args=[made, 1]))
    visitor.look("dividing-grid")
    visitor.open(reverse("division", args=[made]))
    with page.expect_navigation():
        page.click("section[aria-labelledby=adopt] button.go")
    page.wait_for_selector("form[action$=call-off]")
    visitor.look("dividing-adopted")
    assert carry_out_divisions() == 1
    visitor.open(reverse("division", args=[made]))
    visitor.look("dividing-done")
    visitor.open(reverse("dividing", args=[VILLAGE]))
    visitor.look("dividing-staffing")
    assert len(set(land.places().values())) >= 3
    visitor.finish()


def _draw_a_river(visitor: Visitor) -> None:
    """East of all the homes, so that the grids come out as they would without it."""
    page = visitor.open(reverse("barriers", args=[VILLAGE]))
    page.wait_for_selector("#map[data-ready]")
    page.locator("#map").scroll_into_view_if_needed()
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    for share in (0.4, 0.8):  # below the buttons of the map
        page.mouse.click(frame["x"] + frame["width"] * 0.92, frame["y"] + frame["height"] * share)
    assert '"LineString"' in page.input_value("#id_shape")
    page.fill("#id_name", "凯峡河")
    visitor.look("dividing-barriers")
    page.click("form.act button.go")
    page.wait_for_selector("form[action*=remove]")
    visitor.look("dividing-barriers-drawn")


def _put_across(page: Page, *, wide: bool) -> None:
    """Two homes are pressed, then the grid they go to; one more is dragged there. A small map leaves no land beside."""
    data = data_of(page)
    page.locator("#map").scroll_into_view_if_needed()
    homes, cells = data["homes"]["features"], data["cells"]["features"]
    mine = homes[0]["properties"]["number"]
    own = [one for one in homes if one["properties"]["number"] == mine][:3]
    other = next(one["properties"] for one in cells if one["properties"]["number"] != mine)
    theirs = [one for one in homes if one["properties"]["number"] == other["number"]]
    west, south, east, north = data["box"]
    there = theirs[0]["geometry"]["coordinates"]
    beside = (there[0] + 0.00012, there[1] + 0.00012)
    points = spots_on(page, (west, south, east, north), [*(one["geometry"]["coordinates"] for one in own), beside])
    for x, y in points[:2]:
        page.mouse.click(x, y)
    assert page.locator("[data-paint-homes] input").count() == 2
    if not wide:
        page.select_option("#paint_grid", str(other["number"]))
        return
    page.mouse.click(*points[3])
    assert page.input_value("#paint_grid") == str(other["number"])
    page.mouse.move(*points[2])
    page.mouse.down()
    page.mouse.move(*points[3], steps=4)
    page.mouse.up()
    assert page.locator("[data-paint-homes] input").count() == 3
