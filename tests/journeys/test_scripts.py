"""Scripts in texts, in a real browser: payloads in every stored text and every address, and none of them runs.

A payload that ran would call the function ``xq7z``, which says so; a dialog, or
a word of the browser that the page's policy had to stop something, counts as
well: then a text was an element already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.figures import Record
from tests.proof.test_bad_input import PAGES
from tests.proof.test_xss import BASES, MARK, MORE_PAGES, PAYLOADS, REFLECTING, columns_of, made_for, poison
from tests.sizes import size

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Page

    from tests.bed import Database
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
HOOK = f"window.{MARK} = () => {{ window.ran = (window.ran || 0) + 1; console.error('{MARK} ran'); }}"
STOPPED = ("Content Security Policy", "Refused to")


@dataclass
class Lookout:
    """Opens pages as several people, and keeps what ran."""

    site: Site
    pages: dict[str, Page] = field(default_factory=dict)
    opened: int = 0
    wrong: list[str] = field(default_factory=list)
    at: str = ""

    def watch(self, context: BrowserContext, page: Page) -> None:
        """Hear of everything that a script could do at once."""
        context.add_init_script(HOOK)
        page.on("dialog", self.dismiss)
        page.on("console", lambda message: self.hear(message.text))

    def dismiss(self, dialog: Dialog) -> None:
        """A script opened a dialog."""
        self.wrong.append(f"dialog at {self.at}")
        dialog.dismiss()

    def hear(self, text: str) -> None:
        """One word of the console."""
        if f"{MARK} ran" in text or any(word in text for word in STOPPED):
            self.wrong.append(f"{self.at}: {text[:300]}")

    def look(self, who: str, path: str) -> None:
        """Open a page as somebody, and touch what a script could wait for."""
        if who not in self.pages:
            visitor = self.site.visitor(who, language=("zh-hans", "en")[len(self.pages) % 2])
            self.watch(visitor.page.context, visitor.page)
            self.pages[who] = visitor.page
        page, self.at = self.pages[who], f"{who or 'anybody'} {path[:200]}"
        page.goto(self.site.address + path, wait_until="domcontentloaded")
        page.evaluate(
            "() => document.querySelectorAll('details, summary, [tabindex], a, button').forEach(e => e.focus())"
        )
        self.opened += 1


@pytest.fixture
def lookout(site: Site) -> Lookout:
    """Nobody has looked yet."""
    return Lookout(site)


def test_the_lookout_hears_a_payload_that_is_let_through(site: Site) -> None:
    """The proof that the next two can fail: the same payloads in a page that does not escape them."""
    context = site.browser.new_context()
    heard, page = Lookout(site), context.new_page()
    heard.watch(context, page)
    ran = 0
    for base in BASES:
        page.goto("about:blank")
        page.set_content(f"<!doctype html><body>{base.format(MARK)}</body>", wait_until="load")
        page.wait_for_timeout(20)
        ran += bool(page.evaluate("() => window.ran || 0"))
    context.close()
    assert ran >= 8
    assert len(heard.wrong) >= 8


def test_no_stored_text_runs_in_a_browser(database: Database, site: Site, lookout: Lookout, figure: Record) -> None:
    values = made_for(site.desk)
    columns, pages = columns_of(database), [*PAGES, *MORE_PAGES]
    turns = size(1, 8)
    for turn in range(turns):
        poison(database, columns, turn * 67 + 3)
        for who, page in pages[turn % 5 :: size(5, 1)]:
            lookout.look(who, page.format(**values))
    figure(
        "pages in Chromium with payloads stored", asked=size(10, 8 * 50), done=lookout.opened, wrong=len(lookout.wrong)
    )
    assert lookout.wrong == []


def test_no_address_runs_in_a_browser(lookout: Lookout, figure: Record) -> None:
    for turn in range(size(1, 25)):
        for n, (who, page) in enumerate(REFLECTING):
            payload = PAYLOADS[(turn * 37 + n * 11) % len(PAYLOADS)]
            lookout.look(who, page.replace("{}", quote(payload, safe="")))
    figure(
        "pages in Chromium with payloads in addresses",
        asked=size(10, 25 * 15),
        done=lookout.opened,
        wrong=len(lookout.wrong),
    )
    assert lookout.wrong == []
