"""What people say of the work, in a real browser: an unsatisfied reporter to the end, and a merge rated by two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.matters import actions
from commongrid.matters.actions import code_of
from tests.factories.desk import id_of
from tests.factories.scenes import BRIDGE, Scene
from tests.journeys.telling import Counted, ended

if TYPE_CHECKING:
    from uuid import UUID

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def says(site: Site, matter: UUID, *, solved: str, satisfied: str, width: str = "phone") -> Page:
    """The holder of a slip answers the two questions, on a page that needs no script."""
    page = site.visitor("", language="en", width=width, script=False).open(f"/s/{code_of(matter)}")
    page.get_by_role("link", name="Answer the two questions").click()
    page.get_by_label(solved, exact=True).check()
    page.get_by_label(satisfied, exact=True).check()
    page.get_by_role("button", name="Send the answers").click()
    page.get_by_text("Thank you. Your answers have been recorded.").wait_for()
    return page


def answered(scene: Scene, matter: UUID, who: str, unit: str, words: str, by: str = "dispatcher") -> None:
    """Given to a unit, done, and passed on to the person."""
    scene.do(by, actions.divert, matter, unit_id=id_of(unit), reason="由你们办")
    scene.do(who, actions.start, matter)
    scene.do(who, actions.answer, matter, answer=words)
    scene.do("dispatcher", actions.pass_on, matter, answer=words)


def test_an_unsatisfied_reporter_reaches_an_honest_end(site: Site) -> None:
    scene = Scene(site.desk)
    matter = scene.at_township("涵洞一下雨就堵", kind=BRIDGE)
    answered(scene, matter, "station", "transport_unit", "已疏通")
    page = says(site, matter, solved="No, it is not solved", satisfied="Not satisfied")
    page.get_by_text("another office does it once more").first.wait_for()
    scene.do("dispatcher", actions.raise_level, matter, reason="要县里出设备")
    answered(scene, matter, "department", "transport_county_unit", "已换管", by="county_dispatcher")
    says(site, matter, solved="No, it is not solved", satisfied="Not satisfied")
    review = site.visitor("county_dispatcher", language="en")
    page = review.open(f"/console/matters/{matter}/")
    page.get_by_label("End it: the reporter disagrees", exact=False).check()
    page.fill("#review_finding", "现场复核：管径符合标准")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.get_by_text("Closed, reporter disagrees").first.wait_for()
    review.finish()
    page = site.visitor("", language="en", width="phone", script=False).open(f"/s/{code_of(matter)}")
    assert page.get_by_text("It is kept on record that you do not agree.").is_visible()
    once = "diverted started answered passed_on rated"
    way = f"reported accepted {once} raised {once} reviewed"
    ended(scene, matter, "disagrees", way, Counted(reopened=1, satisfied=0, disagrees=1))


def test_a_merge_is_rated_by_each_of_them(site: Site) -> None:
    scene = Scene(site.desk)
    lead, merged = (scene.at_township(text, kind=BRIDGE) for text in ("渠边涵洞堵了", "涵洞堵住漫水"))
    clerk = site.visitor("dispatcher", language="en")
    page = clerk.open(f"/console/matters/{merged}/")
    page.locator("#step-merge > summary").click()
    clerk.look("merge")
    page.get_by_label(scene.number(lead), exact=False).check()
    page.get_by_role("button", name="Merge it", exact=True).click()
    page.get_by_text("Handled together with").wait_for()
    clerk.look("merged")
    clerk.finish()
    answered(scene, lead, "station", "transport_unit", "已清淤")
    page = says(site, merged, solved="Yes, it is solved", satisfied="Satisfied")
    assert page.get_by_text("Others reported the same.", exact=False).first.is_visible()
    says(site, lead, solved="Yes, it is solved", satisfied="Satisfied", width="wide")
    with scene.desk.database.as_role("owner") as owner:
        said = owner.execute("SELECT reporter FROM matters_rating WHERE matter_id = %s", [lead]).fetchall()
    assert {row[0] for row in said} == {None, merged}
