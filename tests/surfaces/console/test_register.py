"""The Households pages: enter, move, split, correct, undo as a clerk does; what others see; refusals keep the text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry.models import Household, Person
from tests.factories.desk import GRID, HAMLET, VILLAGE, Desk, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

READER = scope_at(VILLAGE, "people.read")
FEBRUARY = "2026-02-01"


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def living(page: str) -> str:
    """The part of a household's page that lists who lives there."""
    return page.split('id="people"')[1].split("</section>", maxsplit=1)[0]


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), "on": localdate().isoformat(), "source": "", **form})


def household(client: Client, number: str = "12") -> UUID:
    """A household entered by the clerk, through the form."""
    answer = send(
        client, f"/console/households/new?place={VILLAGE}", natural_village=HAMLET, place=GRID, number=number,
        door="上河12号", on=FEBRUARY,
    )  # fmt: skip
    assert answer.status_code == 302, text(answer)
    return UUID(answer["Location"].rsplit("/", 1)[1])


def person(client: Client, home: UUID, name: str, as_to_head: str = "", **said: str) -> UUID:
    """Somebody who moves in, through the form."""
    form = {"name": name, "as_to_head": as_to_head, "on": FEBRUARY, **said}
    answer = send(client, f"/console/households/{home}/move-in", **form)
    assert answer.status_code == 302, text(answer)
    with acting(READER):
        return Person.objects.get(display_name=name).id


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_clerks_round(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "clerk", language)
    home = household(client)
    head = person(client, home, "周大山", sex="1", phone="13812345678")
    son = person(client, home, "周小山", "20", born_on="2001-05-04")
    page = text(client.get(f"/console/households/{home}"))
    assert "周大山" in living(page)
    assert "周小山" in living(page)
    card = text(client.get(f"/console/households/people/{head}"))
    assert "138****5678" in card
    assert "13812345678" not in card
    before = text(client.get(f"/console/households/{home}?on=2026-01-15"))
    assert "周大山" not in living(before)

    split = send(
        client, f"/console/households/{home}/split", people=[str(son)], head=str(son), natural_village=HAMLET,
        place=GRID, number="13", door="",
    )  # fmt: skip
    assert split.status_code == 302, text(split)
    new = split["Location"]
    assert "周小山" in text(client.get(new))
    yesterday = (localdate() - timedelta(days=1)).isoformat()
    assert "周小山" in living(text(client.get(f"/console/households/{home}?on={yesterday}")))

    fixed = send(client, f"/console/households/people/{head}/correct", display_name="周大川", sex="1", born_on="")
    assert fixed.status_code == 302, text(fixed)
    assert "周大川" in text(client.get(f"/console/households/people/{head}"))
    with acting(READER):
        assert Household.objects.get(id=home).head_id == head


def test_each_act_of_a_life_has_its_page(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home, other = household(client), household(client, "13")
    one = person(client, home, "甲")
    two = person(client, home, "乙", "20")
    base = f"/console/households/people/{two}"
    assert send(client, f"{base}/left", to="浙江").status_code == 302
    assert send(client, f"{base}/returned").status_code == 302
    moved = send(client, f"{base}/move", natural_village=HAMLET, number="13", as_to_head="")
    assert moved.status_code == 302, text(moved)
    with acting(READER):
        assert Person.objects.get(id=two).household_id == other
    child = send(client, f"/console/households/{home}/birth", name="丙", as_to_head="30", sex="2", id_number="")
    assert child.status_code == 302, text(child)
    found = send(client, f"/console/households/people/{one}/marry?q=乙", spouse=str(two), home="own", as_to_head="10")
    assert found.status_code == 302, text(found)
    assert send(client, f"/console/households/{home}/head", head=str(two)).status_code == 302
    assert send(client, f"{base}/flag", type_code="veteran", body="县退役军人局", basis="").status_code == 302
    assert send(client, f"{base}/confirm").status_code == 302
    assert send(client, f"/console/households/people/{one}/died").status_code == 302
    assert send(client, f"{base}/moved-out", to="贵阳").status_code == 302
    assert "Veteran" in text(client.get(base))


def test_a_mistake_is_undone_from_the_household(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲")
    act = Act.new()
    client.post(f"/console/households/people/{one}/died", {"act": str(act.id), "on": localdate().isoformat()})
    assert send(client, f"/console/households/{home}/undo/{act.id}", reason="").status_code == 422
    assert send(client, f"/console/households/{home}/undo/{act.id}", reason="记错了人").status_code == 302
    with acting(READER):
        assert Person.objects.get(id=one).state == "here"
        assert Household.objects.get(id=home).state == "lived"


def test_what_is_refused_keeps_what_was_typed(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk", "zh-hans")
    home = household(client)
    address = f"/console/households/{home}/move-in"
    answer = send(client, address, name="周大山", id_number="11010519491231002", as_to_head="")
    assert answer.status_code == 422
    assert "周大山" in text(answer)
    assert "身份证号码共18位" in text(answer)
    answer = send(client, address, name="甲", on=(localdate() + timedelta(days=9)).isoformat())
    assert answer.status_code == 422
    with acting(READER):
        assert not Person.objects.filter(household_id=home).exists()


@pytest.mark.parametrize("name", ["grid_head", "dispatcher", "county_dispatcher"])
def test_readers_read_and_don_t_write(desk: Desk, client: Client, name: str) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "周大山")
    desk.sign_in(client, name)
    assert "周大山" in text(client.get(f"/console/households/{home}"))
    assert client.get(f"/console/households/people/{one}").status_code == 200
    assert send(client, f"/console/households/people/{one}/died").status_code == 403
    assert client.get("/console/households/").status_code == 200


def test_others_find_nothing(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "周大山")
    desk.sign_in(client, "far_dispatcher")
    assert client.get(f"/console/households/{home}").status_code == 404
    assert client.get(f"/console/households/people/{one}").status_code == 404
    desk.sign_in(client, "auditor")
    assert client.get(f"/console/households/{home}").status_code == 403


@pytest.mark.parametrize("query", ["place=1", "place=x", "state=nonsense", f"place={VILLAGE}1"])
def test_addresses_made_up_are_not_found(desk: Desk, client: Client, query: str) -> None:
    desk.sign_in(client, "clerk")
    assert client.get(f"/console/households/?{query}").status_code == 404
    assert client.get(f"/console/households/?place={VILLAGE}&after=nonsense").status_code == 200
