"""A small county for the tests of the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.desk import Desk, lay

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)
