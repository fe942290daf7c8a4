"""Places and the calendar in a real browser, in both languages and widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.desk import COUNTY, GRID, TOWNSHIP, VILLAGE

if TYPE_CHECKING:
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "wide"), ("en", "phone")])
def test_places_are_browsed_searched_and_edited(site: Site, language: str, width: str) -> None:
    visitor = site.visitor("county_admin", language=language, width=width)
    page = visitor.open("/console/places/")
    visitor.look("places-county")
    page.fill("#place-q", "bs")
    page.wait_for_selector("#place-results td a.title")
    visitor.look("places-search")
    page.click("#place-results td a.title")
    page.wait_for_url(f"**/places/{VILLAGE}/")
    visitor.look("places-village")
    visitor.open(f"/console/places/{VILLAGE}/add/grid/")
    visitor.look("places-add-grid")
    page.fill("#id_name", "3网格")
    page.click("form.act button[type=submit]")
    page.wait_for_selector(".summary")
    visitor.look("places-add-grid-refused")
    assert page.input_value("#id_name") == "3网格"
    page.check("input[name=covers]")
    page.click("form.act button[type=submit]")
    page.wait_for_url(f"**/places/{VILLAGE + 4}/")
    visitor.look("places-grid")
    visitor.open(f"/console/places/{GRID}/end/")
    visitor.look("places-end")
    visitor.open(f"/console/places/{TOWNSHIP}/?ended=1")
    visitor.look("places-township")
    visitor.open(f"/console/places/{COUNTY}/")
    visitor.finish()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "phone"), ("en", "wide")])
def test_calendar_is_read(site: Site, language: str, width: str) -> None:
    visitor = site.visitor("clerk", language=language, width=width)
    for year in ("", "?year=2027"):
        visitor.open(f"/console/calendar/{year}")
        visitor.look(f"calendar{year[-4:]}")
    visitor.finish()
