"""Acts of the register on their pages: another grid, an empty home, a registration elsewhere, what stands at a site."""

from __future__ import annotations

import threading
import time

from django.db import connection
from django.test import Client

from commongrid.journal.acting import acting
from commongrid.registry.models import Household, Person
from tests.factories.desk import GRID, OTHER_GRID, OTHER_VILLAGE, VILLAGE, Desk
from tests.surfaces.console.test_register import READER, desk, household, lay_place, person, send, surely, text

__all__ = ("desk",)


def test_a_household_is_served_from_another_grid_and_its_home_stays(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home, other = household(client), household(client, "13")
    one = person(client, home, "甲")
    base = f"/console/households/{home}"
    assert f"{base}/serve" in text(client.get(base))
    offered = text(client.get(f"{base}/serve"))
    assert (f'value="{OTHER_GRID}"' in offered, f'value="{GRID}"' in offered) == (True, False)
    assert send(client, f"{base}/serve", place=OTHER_GRID).status_code == 302
    to_head = text(client.get(f"{base}/move-in")).split('name="as_to_head"')[1].split("</select>")[0]
    assert ('value="02"' in to_head, 'value="20"' in to_head) == (False, True), "nobody becomes a second head"
    form = {"number": "13", "natural_village": "", "as_to_head": ""}
    move = f"/console/households/people/{one}/move"
    assert 'name="keeps_home"' in text(client.get(move))
    with acting(READER):
        hamlet = Household.objects.get(id=other).natural_village
    moved = surely(client, move, **{**form, "natural_village": hamlet}, keeps_home="on")
    assert moved.status_code == 302, text(moved)
    with acting(READER):
        left = Household.objects.get(id=home)
        assert (left.state, left.place, Person.objects.get(id=one).place) == ("empty", OTHER_GRID, GRID)
    second = person(client, other, "乙", "20")
    assert 'name="keeps_home"' not in text(client.get(f"/console/households/people/{second}/died"))


def test_a_registration_in_another_village(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲")
    enrol = f"/console/households/people/{one}/enrol"
    assert "the township enters them" in text(client.get(enrol))
    lay_place(desk, OTHER_VILLAGE + 1, "natural_village", "下河", parent=OTHER_VILLAGE)
    desk.sign_in(client, "county_admin")
    new = f"/console/households/registered/new?place={OTHER_VILLAGE}"
    booklet = send(client, new, place=OTHER_VILLAGE, number="77", sort="family")["Location"]
    assert send(client, enrol, booklet="77", as_to_head="", village="没有这个村").status_code == 422
    assert send(client, enrol, booklet="77", as_to_head="", village="凯峡河村").status_code == 302
    strike = f"/console/households/people/{one}/strike"
    assert strike not in text(client.get(booklet)), "their own page offers it"
    desk.sign_in(client, "clerk")
    assert send(client, strike).status_code == 302
    with acting(READER):
        assert Person.objects.get(id=one).booklet_id is None


def test_whoever_ends_a_site_reads_what_still_names_it(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    new = f"/console/holdings/site/new?place={VILLAGE}"
    site = send(client, new, place=GRID, kind="11", name="老屋")["Location"]
    ending = f"{site}/end"
    assert 'id="still"' not in text(client.get(ending))
    send(client, f"/console/households/{home}/correct", number="12", door="", dwelling=site.rsplit("/", 1)[1])
    page = text(client.get(ending))
    assert 'id="still"' in page
    assert f'href="/console/households/{home}">Household 12' in page


def test_whoever_was_in_the_way_of_another_is_answered_all_the_same(desk: Desk, client: Client) -> None:
    """The form holds the person and waits for the household, the other the other way round: PostgreSQL ends one."""
    desk.sign_in(client, "clerk")
    home = household(client)
    one, _other = person(client, home, "甲"), person(client, home, "乙", "20")
    came = []

    def dies() -> None:
        try:
            came.append(send(client, f"/console/households/people/{one}/died").status_code)
        finally:
            connection.close()

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    sent = threading.Thread(target=dies)
    with desk.database.as_admin() as watch, desk.database.as_admin() as other, other.transaction():
        other.execute("SET LOCAL deadlock_timeout = '1min'")  # so that it is the form's transaction that is ended
        other.execute("SELECT FROM registry_household WHERE id = %s FOR UPDATE", [home])
        sent.start()
        while sent.is_alive() and watch.execute(waiting).fetchone() == (0,):
            time.sleep(0.02)
        other.execute("SELECT FROM registry_person WHERE id = %s FOR UPDATE", [one])
    sent.join()
    assert came == [302]
    with acting(READER):
        assert Person.objects.get(id=one).state == "dead"


def test_whose_spouse_is_in_no_register_is_divorced_too(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲", marital="20")
    page = f"/console/households/people/{one}"
    assert f"{page}/divorce" in text(client.get(page))
    form = {"spouse": "", "leaves": "", "natural_village": "", "place": "", "number": ""}
    assert surely(client, f"{page}/divorce", **form).status_code == 302
    assert f"{page}/divorce" not in text(client.get(page))
