"""Pages of sites, things, organisations and booklets: a clerk's round, in both languages."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from tests.factories.desk import GRID, VILLAGE, Desk, lay
from tests.proof.world import insert
from tests.registry.conftest import Hamlet
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from tests.bed import Database

DAY = "2026-03-01"


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Client, address: str, **form: object) -> str:
    answer = client.post(address, {"act": str(Act.new().id), "on": DAY, "source": "", **form})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_clerks_round(desk: Desk, language: str) -> None:
    village = Hamlet()
    who = village.person(village.home("1"), "赵五")
    client = desk.sign_in(Client(), "clerk", language)
    site = send(client, f"/console/holdings/site/new?place={VILLAGE}", place=GRID, kind="22", name="白沙小学",
                owner=str(who), self_built="on")  # fmt: skip
    assert "赵五" in text(client.get(site))
    thing = send(client, f"/console/holdings/thing/new?place={VILLAGE}", place=GRID, kind="12", name="校门红瓶",
                 every_months="6", site=site.rsplit("/", 1)[1])  # fmt: skip
    assert "校门红瓶" in text(client.get(site)), "a site shows its things"
    assert "校门红瓶" in text(client.get(f"/console/holdings/thing/?place={VILLAGE}&due=1"))
    send(client, f"{thing}/check", found="fault", on=localdate().isoformat())
    assert "校门红瓶" not in text(client.get(f"/console/holdings/thing/?place={VILLAGE}&due=1"))
    assert ("At fault" if language == "en" else "有问题") in text(client.get(thing))
    group = send(client, f"/console/holdings/organisation/new?place={VILLAGE}", place=VILLAGE, kind="43", name="志愿队")
    assert client.post(f"{group}/join", {"act": str(Act.new().id), "on": DAY}).status_code == 422
    send(client, f"{group}/join?q=赵五", person=str(who), duty="leader")
    assert "赵五" in text(client.get(group))
    assert "志愿队" in text(client.get(f"/console/households/people/{who}"))
    send(client, f"{group}/correct", name="白沙志愿队", kind="43")
    page = text(client.get(group))
    assert "白沙志愿队" in page
    assert "白沙志愿队" in text(client.get("/console/search/?q=志愿"))
    send(client, f"{site}/end", on=localdate().isoformat())
    assert "白沙小学" not in text(client.get(f"/console/holdings/site/?place={VILLAGE}"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_registered_households(desk: Desk, language: str) -> None:
    village = Hamlet()
    home, (head, wife, *_) = village.family()
    client = desk.sign_in(Client(), "clerk", language)
    booklet = send(client, f"/console/households/registered/new?place={VILLAGE}", place=VILLAGE, number="0007",
                   sort="family")  # fmt: skip
    for who, relation in ((head, ""), (wife, "10")):
        send(client, f"/console/households/people/{who}/enrol", booklet="0007", as_to_head=relation)
    page = text(client.get(booklet))
    assert "周一" in page
    assert "吴二" in page
    assert "0007" in text(client.get(f"/console/households/{home}")), (
        "the living household shows who is registered where"
    )
    assert "0007" in text(client.get(f"/console/households/registered?place={VILLAGE}"))
    counts = text(client.get(f"/console/households/?place={VILLAGE}"))
    assert ("2 are registered here" if language == "en" else "户籍2人") in counts
    send(client, f"/console/households/people/{wife}/strike")
    assert "吴二" not in text(client.get(booklet)).split('id="people"')[1].split("</section>")[0]


def test_undone_from_its_page(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    site = send(client, f"/console/holdings/site/new?place={VILLAGE}", place=GRID, kind="22", name="白沙小学")
    send(client, f"{site}/end", on=localdate().isoformat())
    ending, entering = re.findall(r'href="(/console/households/undo/[^"]+)"', text(client.get(site)))
    assert "/console/holdings/site/" in text(client.get(ending)), "the page leads back to the sites"
    assert send(client, ending, reason="还在") == site, "what has ended is there again"
    assert send(client, entering, reason="错了") == "/console/holdings/site/"
    assert client.get(site).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("grid_head", 403), ("far_dispatcher", 403), ("auditor", 403)])
def test_others_enter_nothing(desk: Desk, who: str, status: int) -> None:
    client = desk.sign_in(Client(), who)
    assert client.get(f"/console/holdings/site/new?place={VILLAGE}").status_code == status
    assert client.get("/console/holdings/nonsense/").status_code in (403, 404)


def test_a_list_asks_for_all_its_places_at_once(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    address, asked = f"/console/holdings/site/?place={VILLAGE}", []
    for place, name in ((GRID, "白沙小学"), (VILLAGE, "白沙祠堂")):
        send(client, f"/console/holdings/site/new?place={VILLAGE}", place=place, kind="22", name=name)
        client.get(address)
        with counting() as statements:
            assert name in text(client.get(address))
        asked.append(len(statements))
    assert asked[0] == asked[1], "one more place, not one more statement"


def test_a_point_outside_the_village_is_doubted_and_kept(desk: Desk) -> None:
    ring = [[108.0, 27.0], [108.1, 27.0], [108.1, 27.1], [108.0, 27.1], [108.0, 27.0]]
    with desk.database.as_role("owner") as owner:
        insert(
            owner, "Boundary", id=Act.new().id, place=VILLAGE, source="drawn", area_m2=1, west=108.0, east=108.1,
            south=27.0, north=27.1, shape={"type": "Polygon", "coordinates": [ring]}, valid_from=date(2020, 1, 1),
        )  # fmt: skip
    home = Hamlet().home("1")
    client = desk.sign_in(Client(), "clerk")
    for lon, doubted in (("108.05", False), ("109.05", True)):
        page = send(client, f"/console/households/{home}/correct", number="1", door="", lon=lon, lat="27.05")
        assert ("The point lies outside the village" in text(client.get(page))) == doubted
    written = {"kind": "11", "name": "老屋", "lon": "109.05", "lat": "27.05"}
    page = send(client, f"/console/holdings/site/new?place={VILLAGE}", place=GRID, **written)
    assert "The point lies outside the village" in text(client.get(page))
