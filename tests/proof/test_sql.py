"""The second wall, probed by raw SQL as the app role: every role and scope x every row x every statement."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.figures import Record
from tests.proof import grids, links, probes, register, statements
from tests.proof.world import World
from tests.sizes import FULL, shares, size

if TYPE_CHECKING:
    from tests.bed import Database

SHARES = shares(3)
WHAT = "raw SQL probes as the app role"


def test_every_role_reads_and_writes_exactly_what_the_policy_says(
    database: Database, world: World, figure: Record
) -> None:
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
    figure(WHAT, asked=10_000, done=tally.probes, wrong=len(tally.wrong))
    assert tally.wrong == [], "\n".join(tally.wrong[:200])


@pytest.mark.parametrize("share", SHARES)
def test_every_statement_does_exactly_what_the_policy_says(
    database: Database, world: World, share: int, figure: Record
) -> None:
    """All roles and all matters in the nightly run; a seeded sample of either otherwise."""
    tally, chance = probes.Tally(), random.Random(20261124)
    every = list(world.matters)
    matters = every if FULL else chance.sample(every, 10)
    roles = list(world.seats.values())
    seats = roles[share :: len(SHARES)] if FULL else chance.sample(roles, 8)
    with psycopg.connect(database.url("app"), autocommit=True) as app, database.as_role("owner") as owner:
        for suite in (
            statements.beside(app, owner, world, seats, matters),
            statements.ways(app, world, seats, matters),
            statements.places(app, seats),
            statements.offices(app, world, seats),
            statements.slips(app, world, matters[share :: len(SHARES)]),
            statements.accounts(app, seats),
            statements.nobody(app, world),
            register.probes(app, owner, seats),
            links.probes(app, owner, seats),
            grids.probes(app, owner, seats),
        ):
            for probe in suite:
                tally.note(*probe)
    figure(WHAT, asked=size(5_000, 20_000), done=tally.probes, wrong=len(tally.wrong))
    assert tally.wrong == [], "\n".join(tally.wrong[:200])
