"""What an update sets right: people left behind by a list that moved their home, and homes that nobody lives in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.factories.desk import GRID, OTHER_GRID
from tests.proof.world import insert
from tests.registry.conftest import DAY, Hamlet, broken_laws

if TYPE_CHECKING:
    from tests.bed import Database

SERVED = import_module("commongrid.migrations.0006_served_data")


def test_an_update_brings_people_to_their_home_and_empties_what_nobody_lives_in(
    village: Hamlet, database: Database
) -> None:
    home, people = village.family()
    founded = village.home("2")
    with database.as_role("owner") as owner:
        insert(
            owner, "Flag", id=uuid4(), type_code="veteran", person=people[0], household=home, place=GRID, from_on=DAY
        )
        owner.execute("UPDATE registry_household SET place = %s WHERE id = %s", [OTHER_GRID, home])
        owner.execute("UPDATE registry_household SET state = 'lived' WHERE id = %s", [founded])
        for statement in (*SERVED.ALONG, SERVED.DWELLINGS, SERVED.EMPTY):
            owner.execute(statement.encode())
        for table in ("registry_person", "registry_stay", "registry_flag"):
            found = owner.execute(f"SELECT DISTINCT place FROM {table} WHERE household_id = %s".encode(), [home])
            assert found.fetchall() == [(OTHER_GRID,)], table
        states = dict(owner.execute("SELECT number, state FROM registry_household").fetchall())
    assert states == {"1": "lived", "2": "empty"}
    assert broken_laws() == []
