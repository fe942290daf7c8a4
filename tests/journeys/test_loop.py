"""One matter by its pages in a real browser: recorded at the counter, diverted, worked on, visited, closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.factories import scenes
from tests.journeys.telling import Counted, ended

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def matter_page(site: Site, post: str, number: str) -> Page:
    """Somebody looks a matter up by its number, as read from a slip."""
    page = site.visitor(post, language="en").open("/console/today/")
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/matters/[0-9a-f-]{36}/"))
    return page


def filed(site: Site, page: Page) -> None:
    """The matter of this page ended as a solved one does whose person is not satisfied."""
    page.get_by_text("Closed, rated").first.wait_for()
    way = "reported raised accepted diverted started answered passed_on visited closed"
    ended(scenes.Scene(site.desk), UUID(page.url.split("/")[-2]), "rated", way, Counted(satisfied=0))


def test_a_matter_from_the_counter_to_the_file(site: Site) -> None:
    clerk = site.visitor("clerk", language="en")
    page = clerk.open("/console/matters/new/")
    page.fill("#id_kind", "G01")
    page.get_by_label("Baisha Village", exact=False).first.check()
    page.fill("#id_text", "村口路面塌陷，校车绕行")
    page.fill("#id_name", "李小芳")
    page.fill("#id_phone", "13812341234")
    page.get_by_role("button", name="Check, then send").click()
    page.get_by_text("Nothing is sent yet.").wait_for()
    clerk.look("check")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("It is recorded").wait_for()
    clerk.look("slip")
    number = page.locator("dd.strong").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}", page.locator(".slip-code").inner_text())
    clerk.finish()
    handled_and_filed(site, number)


def handled_and_filed(site: Site, number: str) -> None:
    """From the village up, down to the station, back through the township, visited, filed."""
    page = matter_page(site, "clerk", number)
    page.locator("#step-raise > summary").click()
    page.fill("#raise_reason", "村里没有挖机")
    page.get_by_role("button", name="Pass it up").click()
    page = matter_page(site, "dispatcher", number)
    page.get_by_role("button", name="Accept", exact=True).click()
    page.get_by_role("button", name="Divert", exact=True).click()
    page.get_by_text("Diverted.").wait_for()
    page = matter_page(site, "station", number)
    page.get_by_role("button", name="Take it on").click()
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Please look at this again").wait_for()  # refused without words
    page.fill("#answer_answer", "路面已回填压实")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Answered. It goes on to the person.").wait_for()
    page = matter_page(site, "dispatcher", number)  # the answer goes back through the township
    assert page.locator("#pass_on_answer").input_value() == "路面已回填压实"
    page.get_by_role("button", name="Pass it on", exact=True).click()
    page.get_by_text("The answer is passed on.").wait_for()
    page = matter_page(site, "county_dispatcher", number)
    folded = page.locator("summary", has_text="Return visit")
    if folded.count():  # one in five is drawn for a visit: then it is the next step and stands open
        folded.click()
    page.get_by_label("By phone").check()
    page.get_by_label("They answered both questions").check()
    page.get_by_role("group", name="Is it solved?").get_by_label("Yes").check()
    page.get_by_role("group", name="Are they satisfied?").get_by_label("No").check()
    page.get_by_role("button", name="Record the visit").click()
    page.get_by_text("The visit is recorded.").wait_for()
    page = matter_page(site, "dispatcher", number)  # the answer goes back through the township
    page.get_by_role("button", name="File and close").click()
    filed(site, page)


def test_a_refused_divert_keeps_what_was_typed(site: Site) -> None:
    matter = scenes.Scene(site.desk).at_township("村组路塌方")
    visitor = site.visitor("dispatcher", language="zh-hans", width="phone")
    page = visitor.open(f"/console/matters/{matter}/")
    targets = page.locator("#divert_target")
    targets.get_by_text("另外").click()
    targets.get_by_label("青石镇水务站", exact=False).check()
    page.get_by_role("button", name="分拨", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert page.locator("#divert_target").get_by_label("青石镇水务站", exact=False).is_checked()
    visitor.look("refused")
    visitor.finish()


def test_the_keyboard_goes_through_today(site: Site) -> None:
    scene = scenes.Scene(site.desk)
    titles = ["第一处塌陷", "第二处塌陷"]
    for title in titles:
        scene.report(title)
    page = site.visitor("dispatcher", language="en").open("/console/today/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == titles[0]
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == titles[1]
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/matters/[0-9a-f-]{36}/"))
    assert page.locator("h1").inner_text() == titles[0]
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/console/matters/")


def test_recording_works_without_script(site: Site) -> None:
    page = site.visitor("dispatcher", language="en", script=False).open("/console/matters/new/")
    page.fill("#id_kind", "G02")
    page.fill("#id_place_text", "bsc")
    page.fill("#id_text", "涵洞塌了")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Baisha Village", exact=False).first.check()
    page.get_by_role("button", name="Check, then send").last.click()
    page.get_by_role("button", name="Send", exact=True).click()
    assert page.get_by_text("It is recorded").is_visible()
