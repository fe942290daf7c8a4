"""The list of erasures beside the database: a restored backup knows nothing of those that came after it.

One line of JSON per erasure, with ids that lead to nobody: the act, the county, the legal basis, the records. It lies
in the data folder and belongs into every backup of files; a backup of the database alone is older than its list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erasure of the list."""

    act: UUID
    place: int
    basis: str
    people: tuple[UUID, ...]


def where() -> Path:
    """The file of the list."""
    return Path(settings.DATA) / "erasures.jsonl"


def add(erasures: Iterable[Listed]) -> None:
    """Write erasures to the end of the list, on disk before this returns."""
    lines = "".join(
        json.dumps(
            {"act": str(one.act), "place": one.place, "basis": one.basis, "people": [str(each) for each in one.people]}
        )
        + "\n"
        for one in erasures
    )
    if not lines:
        return
    handle = os.open(where(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path | None = None) -> list[Listed]:
    """The erasures of a list, each once; a line that was cut off says nothing."""
    found: dict[UUID, Listed] = {}
    try:
        lines = (path or where()).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            said = json.loads(line)
            one = Listed(
                act=UUID(said["act"]), place=int(said["place"]), basis=str(said["basis"]),
                people=tuple(UUID(each) for each in said["people"]),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            continue
        found[one.act] = one
    return list(found.values())
