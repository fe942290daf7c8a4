"""The loop's county for tests of notices."""

from __future__ import annotations

from tests.matters.conftest import scene

__all__ = ["scene"]
