"""The county, with a list of erasures of its own beside each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.registry.keeping import listing
from tests.factories import desk as factory
from tests.factories.desk import Desk
from tests.registry.conftest import Hamlet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database


@pytest.fixture(autouse=True)
def _own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a list of erasures of its own beside its database."""
    monkeypatch.setattr(listing, "where", lambda: tmp_path / "erasures.jsonl")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The county."""
    return factory.lay(database)


@pytest.fixture
def village(desk: Desk) -> Hamlet:
    """Its hamlet's clerk."""
    return Hamlet()
