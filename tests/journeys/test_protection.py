"""What protects people, in a real browser: a complaint about the secretary to its end, violence at home, receipted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.matters import actions
from tests.factories import desk
from tests.factories.desk import HAMLET, id_of
from tests.factories.scenes import Scene
from tests.journeys.telling import Counted, ended

if TYPE_CHECKING:
    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser
WORDS = "低保名单里有书记的亲戚，真困难的没评上"
VILLAGE = ("secretary", "clerk", "grid_head")


def sent(visitor: Visitor) -> str:
    """Send the form at hand; answers the slip's path."""
    visitor.page.click("button.big")
    visitor.page.wait_for_url("**/s/**")
    return visitor.page.url.split("?")[0].removeprefix(visitor.address)


def matter_at(site: Site) -> UUID:
    """The only matter there is."""
    with site.desk.database.as_role("owner") as owner:
        found = owner.execute("SELECT id FROM matters_matter").fetchall()
    assert len(found) == 1
    return UUID(str(found[0][0]))


def sees_nothing(site: Site, post: str, matter: UUID, words: str) -> None:
    """Neither queue nor search nor the address itself shows anything of it to this post."""
    page = site.visitor(post, language="en").open("/console/matters/")
    assert words not in page.content()
    page = site.visitor(post, language="en").open("/console/search/?q=" + words[:4])
    assert str(matter) not in page.content()
    answer = page.goto(f"{site.address}/console/matters/{matter}/")
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "phone"), ("en", "wide")])
def test_a_complaint_about_the_secretary_from_the_public_page_to_its_end(site: Site, language: str, width: str) -> None:
    villager = site.visitor(language=language, width=width)
    page = villager.open(f"/report/tell?kind=I04&at={HAMLET}")
    page.check("#id_about_1")
    page.fill("#id_about_words", "杨书记")
    page.fill("#id_text", WORDS)
    villager.look("protection-complaint")
    slip = sent(villager)
    matter = matter_at(site)
    for post in VILLAGE:
        sees_nothing(site, post, matter, WORDS)
    centre = site.visitor("dispatcher", language=language, width=width)
    page = centre.open(f"/console/matters/{matter}/")
    assert WORDS in page.content()
    centre.look("protection-centre")
    page = centre.open(f"/console/matters/{matter}/route-round")
    centre.look("protection-route-round")
    scene = Scene(site.desk)
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("justice_unit"), reason="请司法所会同民政办核查")
    scene.do("justice", actions.start, matter)
    scene.do("justice", actions.answer, matter, answer="已重新公示并复核，两户不符合条件的已取消。")
    scene.do("dispatcher", actions.pass_on, matter, answer="已重新公示并复核，两户不符合条件的已取消。")
    page = villager.open(slip)
    assert "已重新公示" in page.content()
    villager.open(slip + "/rate")
    page.check("#id_solved_0")
    page.check("#id_satisfied_0")
    page.click("button.big")
    page.wait_for_url("**done=rated")
    if scene.where(matter):
        scene.do("dispatcher", actions.close, matter)
    way = "reported accepted diverted started answered passed_on rated closed"
    ended(scene, matter, "rated", way, Counted())
    for post in VILLAGE:
        sees_nothing(site, post, matter, WORDS)
    villager.finish()
    centre.finish()


def police(site: Site) -> None:
    """A police station with somebody in it."""
    with site.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command, office_phone,"
            " valid_from) VALUES (%s, %s, 'station', '青石派出所', 'Qingshi Police Station', 'public_security', false,"
            " '', %s)", [id_of("police_unit"), desk.TOWNSHIP, desk.FROM],
        )  # fmt: skip
        owner.execute("UPDATE roster_post SET unit_id = %s WHERE id = %s", [id_of("police_unit"), id_of("station")])


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "wide"), ("en", "phone")])
def test_violence_at_home_shows_the_number_first_and_ends_with_a_receipt(site: Site, language: str, width: str) -> None:
    police(site)
    words = "隔壁又在打人，孩子在哭"
    neighbour = site.visitor(language=language, width=width)
    page = neighbour.open(f"/report/tell?kind=A12&at={HAMLET}")
    first = page.evaluate(
        "() => { const call = document.querySelector('main a[href=\"tel:110\"]');"
        " const field = document.querySelector('main form textarea');"
        " return call.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING }"
    )
    assert first
    page.fill("#id_text", words)
    neighbour.look("protection-violence")
    slip = sent(neighbour)
    neighbour.look("protection-violence-slip")
    matter = matter_at(site)
    for post in ("dispatcher", "county_dispatcher", *VILLAGE):
        sees_nothing(site, post, matter, words)
    officer = site.visitor("station", language=language, width=width)
    page = officer.open(f"/console/matters/{matter}/")
    officer.look("protection-receipt")
    page.locator("form[action$='/receipt'] input[type=checkbox]").check()
    page.locator("form[action$='/receipt'] button.go").click()
    page.wait_for_url(re.compile(r"/console/matters/"))
    counted = Counted(satisfied=None, on_time=None)  # it ends by its receipt: no limit was kept or missed
    ended(Scene(site.desk), matter, "handed_over", "reported receipted", counted, by="station")
    page = neighbour.open(slip)
    assert words not in page.content()
    neighbour.finish()
    officer.finish()
