"""Every story of the docs has its test, and every test that tells one to its end stands there, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOURNEYS = ROOT / "tests/journeys"
ENDS = {"ended", "ends"}
DESIGN = 20


def journeys() -> dict[str, bool]:
    """Every test of the journeys, and whether it holds an end against the design."""
    found = {}
    for file in sorted(JOURNEYS.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
                names = {one.id if isinstance(one, ast.Name) else getattr(one, "attr", "") for one in calls}
                found[f"tests/journeys/{file.name}::{node.name}"] = bool(names & ENDS)
    return found


def told(page: str) -> list[str]:
    """The tests that a page names, in order."""
    return re.findall(r"^`(tests/\S+::\w+)`$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", ["stories.md", "stories.zh.md"])
def test_docs_and_tests_tell_the_same_stories(page: str) -> None:
    named, known = told(page), journeys()
    assert [one for one in named if one not in known] == [], "a story without its test"
    assert [one for one, ends in known.items() if ends and one not in named] == [], "a test without its story"
    assert len(named) == len(set(named)) >= DESIGN


def test_both_languages_tell_them_in_the_same_order() -> None:
    assert told("stories.md") == told("stories.zh.md")
    heads = [
        re.findall(r"^## (\d+) · ", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
        for page in ("stories.md", "stories.zh.md")
    ]
    assert heads[0] == heads[1] == [str(n) for n in range(1, len(told("stories.md")) + 1)]
