"""The Places and Calendar pages: browse, search, add, rename, redraw, end; nobody edits outside their power."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client

from commongrid.kernel.scope import clock
from commongrid.territory import queries
from tests.factories import desk
from tests.factories.desk import COUNTY, FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, TOWNSHIP, VILLAGE

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.bed import Database

EYE = clock("test")


@pytest.fixture
def office(database: Database) -> desk.Desk:
    return desk.lay(database)


def page(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def send(client: Client, address: str, **fields: object) -> HttpResponse:
    return client.post(address, {"act": str(uuid4()), **fields})  # type: ignore[return-value]


def test_places_are_browsed_from_the_post_down_to_the_grid(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "dispatcher")
    assert client.get("/console/places/").headers["Location"] == f"/console/places/{TOWNSHIP}/"
    township = page(client, f"/console/places/{TOWNSHIP}/")
    assert "Baisha Village" in township
    assert "Natural villages 1 · Grids 2" in township
    assert "990101101201" in township
    village = page(client, f"/console/places/{VILLAGE}/")
    assert all(word in village for word in ("Shanghe", "Grid 1", "Grid 2", "Yunling County", "Serves", "Served by"))
    assert "Add" not in village
    assert "Served by" in page(client, f"/console/places/{HAMLET}/")
    assert "no homes" in page(client, f"/console/places/{OTHER_GRID}/")
    assert "云岭县" in page(office.sign_in(Client(), "clerk", "zh-hans"), f"/console/places/{COUNTY}/")


def test_places_are_found_by_name_initials_and_code(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "grid_member")
    for text in ("龙井", "lj", "990101102201", "longjing", "９９０１０１１０２２０１"):
        assert "Longjing Village" in page(client, "/console/places/", q=text), text
    assert "No place matches" in page(client, "/console/places/", q="没有这里")
    answer = client.get("/console/places/", {"q": "白沙"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "Qingshi Town" in answer.content.decode()
    assert client.get("/console/places/", headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize("code", ["1", "990101101299000", "99999999999999999999999"])
def test_place_that_is_none_is_said_so(office: desk.Desk, code: str) -> None:
    page(office.sign_in(Client(), "dispatcher"), f"/console/places/{code}/", 404)


def test_administrator_adds_renames_redraws_and_ends(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "county_admin")
    assert "Villager group" in page(client, f"/console/places/{VILLAGE}/")
    fields: dict[str, object] = {"name": "下河", "name_en": "Xiahe"}
    act = str(uuid4())
    for _again in range(2):
        answer = client.post(f"/console/places/{VILLAGE}/add/natural-village/", {"act": act, **fields})
        assert answer.headers["Location"] == f"/console/places/{VILLAGE + 4}/"
    grid = send(
        client, f"/console/places/{VILLAGE}/add/grid/", name="3网格", kind="general", covers=[HAMLET, VILLAGE + 4]
    )
    assert grid.headers["Location"] == f"/console/places/{VILLAGE + 5}/"
    group = send(client, f"/console/places/{VILLAGE}/add/villager-group/", name="一组")
    assert group.headers["Location"] == f"/console/places/{VILLAGE + 6}/"
    send(client, f"/console/places/{VILLAGE + 5}/serves/", covers=[VILLAGE + 6])
    assert queries.covers_in(EYE, VILLAGE)[VILLAGE + 5] == [VILLAGE + 6]
    send(client, f"/console/places/{VILLAGE + 4}/rename/", name="下河寨", name_en="Xiahe")
    told = page(client, f"/console/places/{VILLAGE + 4}/")
    assert all(word in told for word in ("Renamed; until then it was 下河", "施管理", "County administrator"))
    assert "no longer be offered" in page(client, f"/console/places/{VILLAGE + 4}/end/")
    send(client, f"/console/places/{VILLAGE + 4}/end/")
    assert "never used again" in page(client, f"/console/places/{VILLAGE + 4}/")
    assert "下河寨" not in page(client, f"/console/places/{VILLAGE}/")
    assert "Xiahe" in page(client, f"/console/places/{VILLAGE}/", ended="1")


def test_form_keeps_what_was_typed_and_says_what_is_wrong(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "county_admin")
    cases: list[tuple[str, dict[str, object], str]] = [
        (f"{VILLAGE}/add/natural-village/", {"name": "上河"}, "The village already has one of this name."),
        (f"{VILLAGE}/add/natural-village/", {"name": "  "}, "Give it a name."),
        (f"{VILLAGE}/add/natural-village/", {"name": "长" * 201}, "200"),
        (f"{VILLAGE}/add/grid/", {"name": "9网格", "kind": "general"}, "Choose at least one natural village or group"),
        (
            f"{VILLAGE}/add/grid/",
            {"name": "9网格", "covers": ["1"]},
            "Choose natural villages and groups that exist now.",
        ),
        (f"{VILLAGE}/add/grid/", {"name": "9网格", "kind": "triangle"}, "triangle"),
        (f"{TOWNSHIP}/add/grid/", {"name": "9网格", "kind": "dedicated"}, "Only an administrative village"),
        (f"{VILLAGE}/rename/", {"name": "黑沙村"}, "This name comes from the national list"),
        (f"{GRID}/serves/", {}, "Choose at least one natural village or group"),
        (f"{HAMLET}/end/", {}, "A grid serves only this place."),
        (f"{GRID}/end/", {}, "Say which grid carries on what lies here."),
        (f"{GRID}/end/", {"carried_by": str(HAMLET)}, "Choose another grid of this village."),
        (f"{VILLAGE}/end/", {}, "Villages, townships and counties end only by importing"),
    ]
    for address, fields, sentence in cases:
        answer = send(client, f"/console/places/{address}", **fields)
        text = answer.content.decode()
        assert (answer.status_code, sentence in text) == (422, True), (address, fields, text[-3000:])
        assert str(fields.get("name", "")).strip() in text
    assert queries.counts_below(EYE, VILLAGE) == {"natural_village": 1, "grid": 2}


def test_editing_is_refused_without_the_power_and_outside_the_scope(office: desk.Desk) -> None:
    for address in ("add/natural-village/", "add/villager-group/", "add/grid/", "rename/", "end/"):
        for post, status in (("dispatcher", 404), ("clerk", 404), ("grid_head", 403), ("auditor", 403)):
            client = office.sign_in(Client(), post)
            page(client, f"/console/places/{FAR_VILLAGE}/{address}", status)
            answer = send(client, f"/console/places/{FAR_VILLAGE}/{address}", name="上河")
            assert answer.status_code == status


def test_calendar_shows_a_year_with_holidays_made_up_days_and_hours(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "clerk")
    year = page(client, "/console/calendar/", year="2025")
    assert all(
        word in year for word in ("Working calendar 2025", "National Day", "worked weekend", "09:00–12:00, 14:00–18:00")
    )
    assert "248 working days" in year
    assert "Provisional" not in year
    later = page(client, "/console/calendar/", year="2027")
    assert "Provisional" in later
    assert "No notice for this year yet" in later
    chinese = page(office.sign_in(Client(), "clerk", "zh-hans"), "/console/calendar/", year="2024")
    assert "国庆节" in chinese
    assert 'abbr="星期六">六</th>' in chinese, "a narrow column has a head of one character"
    for odd in ("", "x", "-5", "99999", "1", "3000", "二〇二五"):
        page(client, "/console/calendar/", year=odd)
