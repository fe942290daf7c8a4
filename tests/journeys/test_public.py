"""A villager's way in a real browser: report, follow, rate; with and without script, in both languages and widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.desk import HAMLET

if TYPE_CHECKING:
    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser
WORDS = "Half of the culvert into Shanghe has collapsed; the school bus could not pass this morning."
READY_TO_RATE = (
    "UPDATE matters_matter SET state = 'to_rate', step = 'rate', clock = 'rate', owner_level = 'township',"
    " owner_place = place / 1000000 * 1000000, handler_level = 'village', handler_place = place / 1000 * 1000,"
    " finished_at = now(), to_visit = false"
)


def look(visitor: Visitor, name: str) -> None:
    """Look, where script may run: axe needs it."""
    visitor.page.wait_for_load_state("load")
    visitor.look(f"public-{name}")


def choose_place(visitor: Visitor) -> None:
    """From township to natural village, by pressing what is shown."""
    page = visitor.page
    for n, code in enumerate((HAMLET // 1000000 * 1000000, HAMLET // 1000 * 1000, HAMLET)):
        look(visitor, f"where-{n}")
        page.click(f"button[name=at][value='{code}']")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "wide"), ("en", "phone")])
def test_report_follow_and_rate(site: Site, language: str, width: str) -> None:
    visitor = site.visitor(language=language, width=width)
    page = visitor.open("/")
    look(visitor, "home")
    page.click(".hero .btn.go")
    look(visitor, "what")
    page.click("a.tile[href*='kind=G01']")
    choose_place(visitor)
    look(visitor, "tell")
    page.click("button.big")
    page.wait_for_selector(".summary")
    look(visitor, "tell-refused")
    page.fill("#id_text", WORDS)
    page.check("#id_urgency_1")
    page.click("button.big")
    page.wait_for_url("**/s/**")
    look(visitor, "slip")
    address = page.url.split("?")[0]
    visitor.open(address.removeprefix(visitor.address) + "/print")
    look(visitor, "paper")
    with site.desk.database.as_admin() as admin:
        admin.execute(READY_TO_RATE)
    visitor.open(address.removeprefix(visitor.address))
    look(visitor, "slip-answered")
    page.click(".card.next .btn")
    page.wait_for_url("**/rate")
    look(visitor, "rate")
    page.check("#id_solved_0")
    page.check("#id_satisfied_1")
    page.click("button.big")
    page.wait_for_url("**/s/**done=rated")
    look(visitor, "slip-rated")
    for name, path in (("about", "/about"), ("follow", "/follow"), ("search", "/report?q=A")):
        visitor.open(path)
        look(visitor, name)
    visitor.finish()


def test_everything_works_without_script(site: Site) -> None:
    visitor = site.visitor(language="en", width="phone", script=False)
    page = visitor.open("/report")
    page.fill("#words", WORDS)
    page.click("form.card button")
    for code in (HAMLET // 1000000 * 1000000, HAMLET // 1000 * 1000, HAMLET):
        page.click(f"button[name=at][value='{code}']")
    assert page.input_value("#id_text") == WORDS
    page.click("button.big")
    page.wait_for_url("**/s/**")
    printed = page.text_content(".slip-code")
    visitor.open("/follow")
    page.fill("#id_code", str(printed).lower().replace("-", " "))
    page.click("main .btn.go")
    page.wait_for_url(f"**/s/{printed}")
    visitor.finish()


def test_language_text_size_and_theme_are_remembered(site: Site) -> None:
    for script in (True, False):
        visitor = site.visitor(language="zh-hans", width="phone", script=script)
        page = visitor.open("/report?q=A")
        page.click("a[lang=en]")
        page.wait_for_url("**/report?q=A")
        assert page.get_attribute("html", "lang") == "en"
        page.click("a[data-look='text=large']")
        page.wait_for_selector("html[data-text=large]")
        visitor.open("/")
        assert page.get_attribute("html", "data-text") == "large"
        look(visitor, "large") if script else None
        visitor.finish()


def test_half_filled_report_survives_a_closed_page_and_is_forgotten_when_sent(site: Site) -> None:
    visitor = site.visitor(language="en")
    page = visitor.open(f"/report/tell?kind=G01&at={HAMLET}")
    page.fill("#id_text", WORDS)
    page.fill("#id_phone", "13800001234")
    visitor.open("/")
    visitor.open(f"/report/tell?kind=G01&at={HAMLET}")
    assert page.input_value("#id_text") == WORDS
    assert page.input_value("#id_phone") == ""
    page.click("button.big")
    page.wait_for_url("**/s/**")
    visitor.open(f"/report/tell?kind=G01&at={HAMLET}")
    assert page.input_value("#id_text") == ""
    visitor.finish()
