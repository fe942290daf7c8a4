"""The front end: small, locked without naming a registry, and every entry that pages ask for is built."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from commongrid.surfaces.shared import assets

ROOT = Path(__file__).resolve().parents[2]
BUILT = assets.MANIFEST.parent
MOST_STYLES, MOST_SCRIPT = 45_000, 30_000
"""Bytes over the wire, compressed."""


def weight(addresses: tuple[str, ...]) -> int:
    """Compressed size of built files."""
    return sum(len(gzip.compress((BUILT.parent / address).read_bytes())) for address in addresses)


def test_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "assets/package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert [name for name, entry in lock["packages"].items() if name and "integrity" not in entry] == []


@pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the front end is not built")
@pytest.mark.parametrize("entry", assets.ENTRIES)
def test_entry_is_built_and_small(entry: str) -> None:
    files = assets.built(entry)
    assert files.styles
    assert files.scripts
    assert weight(files.styles) < MOST_STYLES
    assert weight(files.scripts) < MOST_SCRIPT


def test_page_without_build_shows_plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "none.json")
    assert assets.built("console.ts") == assets.Built()
