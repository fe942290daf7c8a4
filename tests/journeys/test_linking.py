"""A secretary links a village in a real browser: reads why, takes a member out, chooses how many change, prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from commongrid.outreach.jobs import work_out_plans
from tests.factories.desk import HAMLET, VILLAGE
from tests.outreach.conftest import laid

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "wide"), ("en", "phone")])
def test_a_village_is_linked(site: Site, language: str, width: str) -> None:
    row = laid()
    for who in (row.west, row.people[3], row.east):
        row.able(who, capacity=8)
    visitor = site.visitor("secretary", language=language, width=width)
    page = _proposed(visitor)
    page.goto(page.url.partition("?")[0] + "?show=all")
    assert ("最近" if language == "zh-hans" else "The nearest") in page.locator("tbody").first.inner_text()
    visitor.look("linking-plan")
    _adopted(page)
    assert set(row.linked()) == set(row.homes)

    visitor.open(reverse("household_contact", args=[row.homes[1]]))
    assert page.locator("#why").inner_text().strip(), "why this household got its member"
    visitor.look("linking-household")

    row.able(row.people[3], answer="declines")
    page = _proposed(visitor)
    left = {home for home, who in row.linked().items() if who == row.people[3]}
    _slide_to_the_fewest_changes(page)
    assert work_out_plans() == 0, "a small village's plan is there at once; what remains is its slider"
    page.reload()
    visitor.look("linking-slider")
    was = row.linked()
    _adopted(page)
    now = row.linked()
    assert row.people[3] not in now.values()
    assert {home for home in was if now.get(home) != was[home]} == left, "nobody else's contact changed"

    visitor.open(reverse("link_notice", args=[HAMLET]))
    page.locator("form button.go").first.click()
    page.wait_for_load_state()
    visitor.look("linking-notice")
    paper = page.request.get(page.locator("a[href*='notice.pdf']").first.evaluate("link => link.href"))
    assert paper.body().startswith(b"%PDF")
    visitor.finish()


def _proposed(visitor: Visitor) -> Page:
    """A plan of the village, with its slider drawn by the clock."""
    page = visitor.open(reverse("linking", args=[VILLAGE]))
    page.locator("form[action$='/propose'] button").click()
    page.wait_for_url("**/plans/**")
    work_out_plans()
    page.reload()
    return page


def _slide_to_the_fewest_changes(page: Page) -> None:
    slider = page.locator("[data-slides] input[type=range]")
    slider.focus()
    slider.press("End")
    assert page.locator("[data-slides] output").inner_text(), "it says how many change and how many metres that saves"
    page.locator("[data-slides] button").click()
    page.wait_for_load_state()
    page.wait_for_selector("[data-slides], #slider")


def _adopted(page: Page) -> None:
    """The branch meeting approves, the plan holds from today."""
    page.locator("[name=entitled]").fill("11")
    page.locator("[name=present]").fill("9")
    page.locator("[name=in_favour]").fill("8")
    page.locator("form[action$='/approve'] button.go").click()
    page.locator("form[action$='/adopt'] button.go").click()
    page.wait_for_load_state()
