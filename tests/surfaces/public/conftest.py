"""A small county and a visitor without account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories.desk import Desk, lay

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def county(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


@pytest.fixture
def villager(county: Desk) -> Client:
    """Somebody with a browser, reading English."""
    client = Client(enforce_csrf_checks=False)
    client.cookies["cg_language"] = "en"
    return client
