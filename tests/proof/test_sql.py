"""The second wall, probed by raw SQL as the app role: every role x every row x reading and writing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.proof import probes
from tests.proof.world import World, lay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bed import Database


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """The world, laid in a fresh database."""
    with database.as_role("owner") as owner:
        yield lay(owner)


def test_every_role_reads_and_writes_exactly_what_the_policy_says(database: Database, world: World) -> None:
    tally = probes.Tally()
    with psycopg.connect(database.url("app"), autocommit=True) as app:
        seats = list(world.seats.values())
        for probe in (
            *probes.reads(app, world, seats),
            *probes.writes(app, world, seats),
            *probes.strangers(app, world),
        ):
            tally.note(*probe)
    for probe in probes.scopes_agree(seats):
        tally.note(*probe)
    print(f"{tally.probes} raw SQL probes as the app role, {len(tally.wrong)} wrong")
    assert tally.wrong == [], "\n".join(tally.wrong)
    assert tally.probes > (10_000 if os.environ.get("COMMONGRID_FULL") else 5_000)
