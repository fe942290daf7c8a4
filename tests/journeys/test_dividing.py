"""A secretary divides a village in a real browser: a river, a proposal, homes put across by hand, adopted."""

from __future__ import annotations

from datetime import timedelta
from math import log, pi, radians, tan
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.outreach.jobs import answer_divisions, work_out_divisions
from commongrid.roster.dividing.jobs import carry_out_divisions
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
def test_a_village_is_divided(site: Site, monkeypatch: pytest.MonkeyPatch, language: str, width: str) -> None:
    land = laid()
    visitor = site.visitor("secretary", language=language, width=width)
    past = reverse("network") + f"?place={VILLAGE}&on={localdate().replace(day=1) - timedelta(days=1)}"
    before = visitor.open(past).inner_text("main")
    _draw_a_river(visitor, "barrier", [(0.5, 0.12), (0.5, 0.94)])
    _draw_a_river(visitor, "bridge", [(0.47, 0.5), (0.53, 0.5)])
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
    assert not {one.beyond for one in land.grids(UUID(made))} - {0}, "no grid reaches over the river"

    _put_across(page, wide=width == "wide")
    visitor.look("dividing-chosen")
    with page.expect_navigation():
        page.click("#paint button")
    page.wait_for_selector("#map[data-ready]")
    _lock_two_and_go_on(visitor)
    visitor.open(reverse("division_grid", args=[made, 1]))
    visitor.look("dividing-grid")
    visitor.open(reverse("division_changes", args=[made]))
    visitor.look("dividing-changes")
    visitor.open(reverse("division", args=[made]))
    first = (localdate().replace(day=28) + timedelta(days=4)).replace(day=1)
    page.fill("#adopt_on", first.isoformat())
    with page.expect_navigation():
        page.click("section[aria-labelledby=adopt] button.go")
    page.wait_for_selector("form[action$=call-off]")
    visitor.look("dividing-adopted")
    assert carry_out_divisions() == 0
    visitor.finish()
    later = timezone.now() + (first - localdate())
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert carry_out_divisions() == 1
    assert len(set(land.places().values())) >= 3
    _staff(site.visitor("secretary", language=language, width=width), made, past, before)


def _staff(visitor: Visitor, made: str, past: str, before: str) -> None:
    """On the day: the posts of an ended grid go to one that carries it on, and the month before is what it was."""
    visitor.open(reverse("division", args=[made]))
    visitor.look("dividing-done")
    page = visitor.open(reverse("today"))
    page.click("section[aria-labelledby=to-staff] a")
    visitor.look("dividing-staffing")
    forms = page.locator("form[action$='grids/posts']")
    while forms.count():
        with page.expect_navigation():
            forms.first.locator("button").click()
        assert page.locator("#today").count(), "the village's page again, not a refusal"
    assert not page.locator("#left").count()
    assert visitor.open(past).inner_text("main") == before
    visitor.finish()


def _lock_two_and_go_on(visitor: Visitor) -> None:
    """Two grids stay; the rest is answered quickly and can be edited while the proof is still to come."""
    page = visitor.page
    for number in (1, 2):
        with page.expect_navigation():
            page.locator(f"form[action$='grids/{number}/lock'] button").click()
    with page.expect_navigation():
        page.click("form[action$=again] button.btn")
    page.wait_for_selector("#asked")
    assert answer_divisions() == 1
    page.wait_for_selector("#asked", state="detached")
    page.wait_for_selector("#paint button")
    page.wait_for_selector("#map[data-ready]")
    assert work_out_divisions() == 1
    page.wait_for_selector("#proof:not([hx-get])")  # the page has come anew with it
    page.wait_for_selector("#map[data-ready]")
    visitor.look("dividing-again")


def _draw_a_river(visitor: Visitor, sort: str, shares: Sequence[Spot]) -> None:
    """A line through the middle of the village, between its fifth and sixth houses."""
    page = visitor.open(reverse("barriers", args=[VILLAGE]))
    page.wait_for_selector("#map[data-ready]")
    page.locator("#map").scroll_into_view_if_needed()
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    for x, y in shares:
        page.mouse.click(frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y)
    assert '"LineString"' in page.input_value("#id_shape")
    page.check(f"input[name=sort][value={sort}]")
    page.fill("#id_name", "凯峡河")
    visitor.look("dividing-barriers")
    page.click("form.act button.go")
    page.wait_for_selector("form[action*=remove]")


def _put_across(page: Page, *, wide: bool) -> None:
    """Four homes are dragged to the grid beside theirs; on a small map they are pressed, and the grid chosen."""
    data = data_of(page)
    page.locator("#map").scroll_into_view_if_needed()
    homes, cells = data["homes"]["features"], data["cells"]["features"]
    mine = homes[0]["properties"]["number"]
    own = [one for one in homes if one["properties"]["number"] == mine][:4]
    other = next(one["properties"] for one in cells if one["properties"]["number"] != mine)
    theirs = [one for one in homes if one["properties"]["number"] == other["number"]]
    west, south, east, north = data["box"]
    there = theirs[0]["geometry"]["coordinates"]
    beside = (there[0] + 0.00012, there[1] + 0.00012)
    points = spots_on(page, (west, south, east, north), [*(one["geometry"]["coordinates"] for one in own), beside])
    for x, y in points[:4]:
        if wide:
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(*points[4], steps=4)
            page.mouse.up()
        else:
            page.mouse.click(x, y)
    if not wide:
        page.select_option("#paint_grid", str(other["number"]))
    assert page.input_value("#paint_grid") == str(other["number"])
    assert page.locator("[data-paint-homes] input").count() == 4
    assert page.locator("[data-paint-chosen] button").is_visible(), "what was dragged says that it is to be put yet"
