"""What will be is shown before two households change; a whole household moves with one form."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.registry.models import Person
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, VILLAGE, Desk, id_of, lay
from tests.proof.world import insert
from tests.surfaces.console.test_register import READER, household, lay_place, person, send, surely, text

if TYPE_CHECKING:
    from django.test import Client

    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def test_what_will_be_is_shown_before_two_households_change(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk", "en")
    home, other = household(client), household(client, "13")
    son, bride = person(client, home, "周大山", sex="1"), person(client, other, "吴花", sex="2")
    address = f"/console/households/people/{son}/marry?q=吴花"
    form = {"spouse": str(bride), "home": "own", "as_to_head": ""}
    page = text(send(client, address, **form))
    assert "What will be" in page
    assert "Household ended" in page.split('id="will"')[1], "the household that nobody is left in"
    assert "Spouse" in page.split('id="will"')[1]
    with acting(READER):
        assert Person.objects.get(id=bride).household_id == other, "nothing is done yet"
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', page)
    assert sure
    again = send(client, address, **{**form, "home": "other"}, sure=sure[1])
    assert again.status_code == 200, "what was changed since is shown anew"
    assert send(client, address, **form, sure=sure[1]).status_code == 302
    with acting(READER):
        assert Person.objects.get(id=bride).household_id == home
    parted = surely(
        client, f"/console/households/people/{son}/divorce", spouse=str(bride), leaves="other", natural_village=HAMLET,
        place=GRID, number="14",
    )  # fmt: skip
    assert parted.status_code == 302, text(parted)
    lacks = send(client, f"/console/households/people/{son}/divorce", leaves="own")
    assert "Enter the household&#x27;s number." in text(lacks)


def test_a_household_moves_to_another_village_with_one_form(desk: Desk, client: Client) -> None:
    lay_place(desk, OTHER_VILLAGE + 1, "natural_village", "下河", parent=OTHER_VILLAGE)
    lay_place(desk, OTHER_VILLAGE + 2, "grid", "下河网格", parent=OTHER_VILLAGE)
    desk.sign_in(client, "clerk", "en")
    home = household(client)
    person(client, home, "周大山")
    offered = send(
        client, f"/console/households/{home}/hand-over", to_place=str(OTHER_VILLAGE), note="", registered="on"
    )
    assert offered.status_code == 302, text(offered)
    assert "Household of 周大山" in text(client.get(offered["Location"]))
    assert "on offer to another village" in text(client.get(f"/console/households/{home}"))
    new = {"natural_village": OTHER_VILLAGE + 1, "place": OTHER_VILLAGE + 2, "number": "7"}
    desk.sign_in(client, "county_admin", "en")
    taken = send(client, offered["Location"], do="accept", **new)
    assert taken.status_code == 302, text(taken)
    there = taken["Location"].rsplit("/", 1)[1]
    back = send(client, f"/console/households/{there}/hand-over", to_place=str(VILLAGE))
    assert f"/move?village={VILLAGE}" in back["Location"], "one's own village asks for the home at once"
    assert "See what will be" in text(client.get(back["Location"]))
    moved = surely(client, back["Location"], natural_village=HAMLET, place=GRID, number="20")
    assert moved.status_code == 302, text(moved)


def test_a_contact_that_goes_along_is_shown_so(desk: Desk, client: Client, database: Database) -> None:
    desk.sign_in(client, "clerk", "en")
    home = household(client)
    person(client, home, "周大山")
    with database.as_role("owner") as owner:
        insert(
            owner, "Assignment", id=UUID(int=78), post=id_of("secretary"), kind="linked_household", place=GRID,
            household=home, from_on=date(2026, 1, 1),
        )  # fmt: skip
        insert(
            owner, "Assignment", id=UUID(int=79), post=id_of("secretary"), kind="named_helper", place=GRID,
            household=home, from_on=date(2026, 1, 1),
        )  # fmt: skip
    form = {"natural_village": HAMLET, "place": GRID, "number": "20"}
    page = text(send(client, f"/console/households/{home}/move?village={VILLAGE}", **form)).split('id="will"')[1]
    assert page.count("It goes along.") == 1, "the contact and nobody who helps"
    assert "It ends." not in page
