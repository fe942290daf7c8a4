"""The page of the loop is printed from its table."""

from __future__ import annotations

from pathlib import Path

from commongrid.matters.rules.page import page
from commongrid.matters.rules.table import EVENTS, STATES


def test_the_page_in_the_docs_is_the_table() -> None:
    written = Path("docs/loop.md").read_text(encoding="utf-8")
    assert written == page(), "print it again: python -m commongrid.matters.rules.page > docs/loop.md"


def test_the_page_names_every_state_and_event() -> None:
    text = page()
    assert all(f"`{code}`" in text for code in (*STATES, *EVENTS))
