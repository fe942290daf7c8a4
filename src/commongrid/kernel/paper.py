"""Papers as PDF: a template and the words on it, set in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from commongrid.kernel import confined
from commongrid.kernel.refusals import Unavailable

_HERE: Final = Path(__file__).parent
_CPU_SECONDS, _WALL_SECONDS = 30, 60
_PATIENCE: Final = 10
_AT_ONCE: Final = BoundedSemaphore(2)


def pdf(template: Path, words: Mapping[str, Any]) -> bytes:
    """The paper.

    Refuses: Unavailable where it can't be set, or too many are being set.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Unavailable
    try:
        told = json.dumps(words, ensure_ascii=False).encode()
        made = confined.answer(_HERE / "typesetter.py", (str(_CPU_SECONDS), str(template)), told, _WALL_SECONDS)
    finally:
        _AT_ONCE.release()
    if not made:
        raise Unavailable
    return made
