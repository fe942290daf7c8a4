"""What every proof stands on: the folder of collected files, which is empty, and the world, laid once per run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured

from tests.bed import Database, fresh, template
from tests.proof import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commongrid.config.embedded import Cluster


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    """Pages that only a county with an SMS gateway has are proven too; nothing is sent."""
    settings.NOTICES = replace(settings.NOTICES, sms_url="https://sms.example/send")


@pytest.fixture(autouse=True, scope="session")
def _folder_of_files() -> None:
    Path(configured.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def laid_template(cluster: Cluster, blank_template: str) -> str:
    """The world of the probes, laid once."""
    return template(cluster, "t_laid", blank_template, fill=worlds.keep)


@pytest.fixture
def database(
    request: pytest.FixtureRequest, cluster: Cluster, blank_template: str, django_db_blocker: Any
) -> Iterator[Database]:
    """A fresh county: with the world in it for a test that asks for the world, empty otherwise."""
    source = request.getfixturevalue("laid_template") if "world" in request.fixturenames else blank_template
    with fresh(cluster, source, django_db_blocker) as it:
        yield it


@pytest.fixture
def world(database: Database) -> worlds.World:
    """What this test's county holds: every role, rows at every relation of place."""
    assert database.name
    return worlds.laid()
