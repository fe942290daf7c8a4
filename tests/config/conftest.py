"""Folders and clusters of their own for the tests of the bundled database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from commongrid.config.embedded import Cluster


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that every user may enter, as `./data` in a clone; gone afterwards, and its cluster stopped."""
    above = Path(tempfile.mkdtemp(prefix="cg-config-"))
    above.chmod(0o755)
    data = above / "data"
    yield data
    if data.exists():
        Cluster(data).stop()
    shutil.rmtree(above, ignore_errors=True)
