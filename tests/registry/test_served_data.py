"""What an update sets right: people left behind by a list that moved their home, and homes that nobody lives in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tests.factories.desk import OTHER_GRID, VILLAGE
from tests.factories.network import fill, tie
from tests.registry.conftest import Hamlet, broken_laws
from tests.registry.test_changes import report
from tests.registry.test_served import all_at, equipped, where

if TYPE_CHECKING:
    from tests.bed import Database

SERVED = import_module("commongrid.migrations.0006_served_data")


def test_an_update_brings_all_to_the_home_and_empties_what_nobody_lives_in(village: Hamlet, database: Database) -> None:
    home = equipped(village, database)
    founded = village.home("2")
    report(home, "moved_in", name="新人")
    tie(fill("linked_member", VILLAGE), "linked_household", household=home)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_household SET place = %s WHERE id = %s", [OTHER_GRID, home])
        owner.execute("UPDATE registry_household SET state = 'lived' WHERE id = %s", [founded])
        for statement in (*SERVED.ALONG, SERVED.DWELLINGS, SERVED.EMPTY):
            owner.execute(statement.encode())
        for table in ("registry_change_request", "roster_assignment"):
            assert owner.execute(f"SELECT place FROM {table}".encode()).fetchall() == [(OTHER_GRID,)], table
        states = dict(owner.execute("SELECT number, state FROM registry_household").fetchall())
    assert where(home) == all_at(OTHER_GRID)
    assert states == {"1": "lived", "2": "empty"}
    assert broken_laws() == []
