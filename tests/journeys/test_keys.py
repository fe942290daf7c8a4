"""The keyboard of the console: search, rows, going places, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def test_keys_move_search_and_go(site: Site) -> None:
    visitor = site.visitor("dispatcher", language="en")
    page = visitor.open("/console/places/")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == first != second
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("gm")
    assert page.input_value("#find") == "gm"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.wait_for_selector("dialog#keys[open]")
    visitor.look("keys")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/console/matters/")
    visitor.finish()
