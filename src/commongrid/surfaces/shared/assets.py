"""The built front end: which hashed files belong to an entry of the manifest that vite writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
MANIFEST = PACKAGE / "static" / "built" / "manifest.json"
SPRITE = Path(__file__).resolve().parent / "icons.svg"
ENTRIES = {
    "console.ts": "src/console.ts",
    "public.ts": "src/public.ts",
    "print.ts": "src/print.ts",
    "map.ts": "src/map.ts",
}


@dataclass(frozen=True, slots=True)
class Built:
    """Addresses under the static root: style sheets first, then at most one module."""

    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


@lru_cache(maxsize=2)
def _parsed(stamp: float) -> dict[str, dict[str, Any]]:
    """The manifest as of one moment of change; without a build there is none and pages show plain."""
    if not stamp:
        return {}
    manifest: dict[str, dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return manifest


def _stamp() -> float:
    """When the front end was last built; asked every time, so that a new build needs no restart."""
    return MANIFEST.stat().st_mtime if MANIFEST.exists() else 0.0


def _styles(manifest: dict[str, dict[str, Any]], key: str, seen: set[str]) -> list[str]:
    """Style sheets of a chunk and of everything it imports, each once."""
    if key in seen or key not in manifest:
        return []
    seen.add(key)
    chunk = manifest[key]
    found = [style for imported in chunk.get("imports", []) for style in _styles(manifest, imported, seen)]
    return found + [style for style in chunk.get("css", []) if style not in found]


def built(entry: str) -> Built:
    """The files of an entry such as ``console.ts``; nothing where the front end was not built."""
    manifest = _parsed(_stamp())
    key = ENTRIES.get(entry, entry)
    chunk = manifest.get(key)
    if chunk is None:
        return Built()
    if chunk["file"].endswith(".css"):
        return Built(styles=(f"built/{chunk['file']}",))
    styles = dict.fromkeys(_styles(manifest, key, set()))
    return Built(styles=tuple(f"built/{style}" for style in styles), scripts=(f"built/{chunk['file']}",))


@cache
def icons() -> dict[str, str]:
    """Name -> lines of every pictogram in the sprite."""
    found: dict[str, str] = {}
    for piece in SPRITE.read_text(encoding="utf-8").split("<symbol ")[1:]:
        name, rest = piece.split('id="', 1)[1].split('">', 1)
        found[name] = rest.split("</symbol>", 1)[0]
    return found
