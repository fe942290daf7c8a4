"""The pages of grid division: a secretary's way from a river to staffed grids, without script; what others see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.outreach.jobs import answer_divisions, work_out_divisions
from commongrid.registry import actions as registry
from commongrid.registry.rules.facts import NewHome
from commongrid.roster.dividing.jobs import carry_out_divisions
from commongrid.roster.dividing.rules import solving
from commongrid.surfaces.console import today
from commongrid.surfaces.console.network import staffing
from tests.factories.desk import GRID, HAMLET, TOWNSHIP, VILLAGE, Desk
from tests.roster.dividing.conftest import EAST, SECRETARY, SINCE, Land, add_home, laid
from tests.roster.dividing.test_seats import adopted

TERMS = {
    "weigh": "homes", "target": "10", "lower": "6", "upper": "14", "grids": "", "change": "0", "split": "1000",
    "uneven": "0", "headless": "2000", "short": "100",
}  # fmt: skip
RIVER = '{"type": "LineString", "coordinates": [[107.00225, 25.99], [107.00225, 26.01]]}'
BRIDGE = '{"type": "LineString", "coordinates": [[107.0021, 26.0], [107.0024, 26.0]]}'


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), "on": localdate().isoformat(), **form})


@pytest.fixture
def land(county: Desk) -> Land:
    """Forty households of the desk's county."""
    assert county.accounts
    return laid()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_secretary_divides_a_village(county: Desk, land: Land, client: Client, language: str) -> None:
    desk = county.sign_in(client, "secretary", language)
    rivers = reverse("barriers", args=[VILLAGE])
    assert send(desk, rivers, sort="barrier", name="凯峡河", shape="[]").status_code == 422
    for sort, shape in (("barrier", RIVER), ("bridge", BRIDGE)):
        assert send(desk, rivers, sort=sort, name="凯峡河", shape=shape).status_code == 302
    assert "凯峡河" in text(desk.get(rivers))
    refused = send(desk, reverse("dividing_propose", args=[VILLAGE]), **TERMS | {"upper": "5"})
    assert refused.status_code == 422
    assert 'value="5"' in text(refused), "what was typed stays"
    asked = send(desk, reverse("dividing_propose", args=[VILLAGE]), **TERMS)
    assert asked.status_code == 302, text(asked)
    page = asked["Location"]
    assert desk.get(page).status_code == 200
    assert "HX-Refresh" not in desk.get(page, headers={"HX-Request": "true"})
    assert work_out_divisions() == 1
    assert desk.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    shown = desk.get(page)
    assert shown.status_code == 200
    assert len(shown.content) < 150_000
    _drawn_by_hand(desk, land, page)
    data = desk.get(f"{page}/map.json").json()
    assert len(data["homes"]["features"]) == 40
    assert {one["properties"]["sort"] for one in data["lines"]["features"]} == {"barrier", "bridge"}
    assert data["cells"]["features"]
    assert send(desk, f"{page}/adopt", on="2020-01-01").status_code == 422
    assert send(desk, f"{page}/adopt").status_code == 302
    assert send(desk, f"{page}/call-off").status_code == 302
    assert send(desk, f"{page}/adopt").status_code == 302
    assert page in text(desk.get(f"{reverse('staffing')}?place={VILLAGE}")), "new grids can't be staffed yet"
    assert carry_out_divisions() == 1
    assert desk.get(page).status_code == 200
    village = text(desk.get(reverse("dividing", args=[VILLAGE])))
    assert "秦网格" in village, "who sat in the grid that ended is named"
    assert reverse("post_move", args=[_post(village)]) in village
    _everybody_moves(desk, village)


def _everybody_moves(desk: Client, village: str) -> None:
    """The button that moves all who sit in an ended grid, as the page offers it."""
    posts = reverse("dividing_posts", args=[VILLAGE])
    form = village.split(posts)[1]
    grid, to = (re.findall(rf'name="{name}".*?value="(\d+)"', form)[0] for name in ("grid", "to"))
    assert send(desk, posts, grid=grid, to=to).status_code == 302
    assert "秦网格" not in text(desk.get(reverse("dividing", args=[VILLAGE])))


def _drawn_by_hand(desk: Client, land: Land, page: str) -> None:
    """Put, locked, the rest worked out anew, kept beside a copy."""
    made = page.rsplit("/", 1)[1]
    numbers = land.numbers(UUID(made))
    mine = numbers[land.homes[0]]
    other = next(n for n in numbers.values() if n != mine)
    listed = text(desk.get(f"{page}/grids/{mine}"))
    assert str(land.homes[0]) in listed
    assert desk.get(f"{page}/grids/77").status_code == 404
    assert send(desk, f"{page}/paint", grid=str(other), locked="on").status_code == 422, "nobody was chosen"
    put = send(desk, f"{page}/paint", homes=[str(one) for one in land.homes[:4]], grid=str(other), locked="on")
    assert put.status_code == 302, text(put)
    assert send(desk, f"{page}/paint", homes=[str(land.homes[9])], grid=str(other)).status_code == 302, "at once"
    assert "data-rows" in text(desk.get(f"{page}/changes"))
    assert desk.get(f"{page}/changes?page=9").status_code == 200
    assert send(desk, f"{page}/grids/1/lock", locked="1").status_code == 302
    assert send(desk, f"{page}/again", **TERMS).status_code == 302
    assert answer_divisions() == 1
    assert "/paint" in text(desk.get(page)), "it can be edited at once"
    assert work_out_divisions() == 1
    copied = send(desk, f"{page}/copy")
    beside = copied["Location"].rsplit("/", 1)[1]
    assert desk.get(f"{page}?beside={beside}").status_code == 200
    assert desk.get(f"{page}/map.json?beside={beside}").json()["beside"]["features"]
    assert send(desk, copied["Location"] + "/drop").status_code == 302


def _post(page: str) -> str:
    found = re.search(r"/posts/([0-9a-f-]{36})/move", page)
    assert found
    return found[1]


def test_an_appointment_offers_who_may_head_the_grid_and_tells_who_may_not_by_the_register(
    county: Desk, land: Land, client: Client
) -> None:
    assert land.homes
    desk = county.sign_in(client, "secretary", "en")
    appoint = reverse("post_appoint")
    page = text(desk.get(f"{appoint}?place={GRID}&role=grid_head"))
    (address, name) = re.findall(r'href="([^"]*person=[^"]*)">([^<]*)<', page)[0]
    assert f'value="{name}"' in text(desk.get(appoint + address))
    form = {"place": str(GRID), "role": "grid_head", "from_on": localdate().isoformat()}
    warned, person = "whether they may head a grid was not checked", address.rsplit("=", 1)[1]
    assert f'value="{person}" id="id_person_0" checked' in " ".join(text(desk.get(appoint + address)).split())
    sought = text(desk.get(f"{appoint}?place={GRID}&role=grid_head&q={name}"))
    assert "may head it" in sought.split('id="found"')[1], "who may head it is told among those who are found"
    stranger = desk.post(appoint, {"act": str(Act.new().id), "display_name": "无名氏", **form})
    assert warned in text(desk.get(stranger["Location"]))
    known = desk.post(appoint, {"act": str(Act.new().id), "display_name": name, "person": person, **form})
    assert warned not in text(desk.get(known["Location"]))
    listed = text(desk.get(f"{reverse('staffing')}?place={VILLAGE}&fault=not_checked"))
    assert "无名氏" in listed, "and counted"


def test_new_grids_are_staffed_before_their_day(county: Desk, land: Land, client: Client) -> None:
    made = land.propose()
    desk = county.sign_in(client, "secretary", "en")
    page, staff = reverse("division", args=[made]), reverse("division_staff", args=[made])
    assert send(desk, f"{page}/adopt").status_code == 302
    assert staff in text(desk.get(page))
    assert staff in text(desk.get(reverse("today"))), "Today says which grids have nobody to head them"
    shown = text(desk.get(staff))
    presses = re.findall(
        rf'action="({page}/grids/(\d+)/seat)".*?name="who" value="([^"]+)".*?name="role" value="([^"]+)"', shown
    )
    address, number, who, role = next(one for one in presses if one[3] == "grid_member")
    assert send(desk, address, who=who, role=role)["Location"] == f"{staff}#grid-{number}"
    assert (address, number, who, role) not in re.findall(presses[0][0], shown)
    grid = shown.split(f'id="grid-{number}"')[1].split("</section>")[0]
    ((head, _name),) = re.findall(r'<option value="([^"]+)">([^<]+)<', grid)[:1]
    assert send(desk, address, who=head).status_code == 302
    assert send(desk, address, who=head).status_code == 409, "planned already"
    assert desk.get(f"{address}?role=grid_head&person={head}").status_code == 200
    refused = send(desk, address, role="grid_force", display_name="", title_en="Police")
    assert refused.status_code == 422
    assert "Police" in text(refused), "what was typed stays"
    assert send(desk, address, role="grid_head", display_name="无名氏").status_code == 302
    shown = text(desk.get(staff))
    assert "not in the register: eligibility not checked" in shown
    assert "3 people are planned" in text(desk.get(page)), "calling off says how many"
    back = next(one for one in re.findall(rf'action="({staff}/[^"]+/take-back)"', shown))
    assert send(desk, back).status_code == 302
    assert f"{staff}" in text(desk.get(f"{reverse('staffing')}?place={VILLAGE}"))
    assert carry_out_divisions() == 1
    done = text(desk.get(staff))
    assert "appointed" in done
    assert "/take-back" not in done
    assert desk.get(page).status_code == 200


def test_divisions_to_come_beyond_those_told_of_are_counted_and_reached(
    county: Desk, land: Land, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, desk = reverse("division_staff", args=[adopted(land)]), county.sign_in(client, "secretary", "en")
    for page in ("/console/today/", reverse("staffing")):
        told = text(desk.get(page))
        assert (staff in told, "and 1 more" in told) == (True, False), page
    for part in (today, staffing):
        monkeypatch.setattr(part, "SHOWN", 0)
    for page in ("/console/today/", reverse("staffing")):
        told = text(desk.get(page))
        assert (staff in told, "and 1 more" in told, "?coming=all" in told) == (False, True, True), page
    whole = text(desk.get(f"{reverse('staffing')}?coming=all"))
    assert (staff in whole, "and 1 more" in whole) == (True, False)


def test_a_proposal_from_grids_that_have_ended_says_so(county: Desk, land: Land, client: Client) -> None:
    late, soon = land.propose(), land.propose()
    desk = county.sign_in(client, "secretary", "en")
    assert not desk.get(reverse("division", args=[late])).context["regridded"]
    land.adopt(soon)
    assert "Other grids were adopted since" in text(desk.get(reverse("division", args=[late])))


def test_who_may_open_what(county: Desk, land: Land, client: Client) -> None:
    made = land.propose()
    head = county.sign_in(client, "grid_head")
    assert head.get(reverse("division", args=[made])).status_code == 403
    assert head.get(reverse("dividing", args=[VILLAGE])).status_code == 403
    far = county.sign_in(Client(), "far_dispatcher")
    for name, args in (
        ("division", [made]), ("division_map", [made]), ("division_grid", [made, 1]), ("dividing", [VILLAGE]),
        ("barriers", [VILLAGE]), ("dividing_everywhere", [TOWNSHIP]),
    ):  # fmt: skip
        assert far.get(reverse(name, args=args)).status_code == 404, name
    for name, args in (("division_copy", [made]), ("division_lock", [made, 1]), ("division_drop", [made])):
        assert send(far, reverse(name, args=args)).status_code == 404, name


def test_a_proposal_that_could_not_be_worked_out_says_why(county: Desk, land: Land, client: Client) -> None:
    made = land.propose()
    desk = county.sign_in(client, "secretary")
    page = reverse("division", args=[made])
    assert send(desk, f"{page}/again", **TERMS | {"grids": "99"}).status_code == 302
    assert work_out_divisions() == 1
    shown = desk.get(page)
    assert shown.status_code == 200
    assert "So many grids (99) can't be made of so few households (40)" in text(shown)
    assert send(desk, f"{page}/again", **TERMS).status_code == 302


def test_proposals_of_a_township_are_asked_for_at_once(county: Desk, land: Land, client: Client) -> None:
    assert land.homes
    desk = county.sign_in(client, "dispatcher")
    address = reverse("dividing_everywhere", args=[TOWNSHIP])
    assert desk.get(address).status_code == 200
    terms = {name: value for name, value in TERMS.items() if name != "split"}
    assert send(desk, address, **terms).status_code == 302
    assert send(desk, address, **terms).status_code == 422
    assert "Propose grids in every village" in text(desk.get(reverse("network")))


def test_the_map_tells_neighbours_apart(county: Desk, land: Land, client: Client) -> None:
    made = land.propose()
    desk = county.sign_in(client, "secretary")
    cells = desk.get(reverse("division_map", args=[made])).json()["cells"]["features"]
    tones = {one["properties"]["number"]: one["properties"]["tone"] for one in cells}
    assert len(tones) == 4
    assert len(set(tones.values())) >= 2


ODD: dict[str, tuple[int, Callable[[int], tuple[float, float] | None]]] = {
    "three households": (3, lambda n: (107 + n * EAST, 26.0)), "not one point": (8, lambda _n: None),
    "all at one point": (24, lambda _n: (107.0, 26.0)), "too many": (31, lambda n: (107 + n * EAST, 26.0)),
}  # fmt: skip
"""Villages out of the common run: how many households, and where the n-th stands."""
SAYS = {
    "three households": ("27 too few", "is kept whole and small"),
    "not one point": ("Not one dwelling of this village has a point on the map",),
    "all at one point": ("ready to read",),
    "too many": ("more than 15,000 households, too many to divide at once",),
}


@pytest.mark.parametrize("sort", ODD)
def test_an_odd_village_is_divided_or_told_why_not(
    county: Desk, client: Client, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many, at = ODD[sort]
    for n in range(many):
        lon, lat = at(n) or (None, None)
        new = NewHome(place=GRID, natural_village=HAMLET, number=str(n + 1), began_on=SINCE, lon=lon, lat=lat)
        registry.found_household(SECRETARY, Act.new(), new=new)
    monkeypatch.setattr(solving, "MOST", 30)
    desk = county.sign_in(client, "secretary")
    limits = {"target": "44", "lower": "30", "upper": "60"} if many == 3 else {}
    page = send(desk, reverse("dividing_propose", args=[VILLAGE]), **TERMS | limits)["Location"]
    assert work_out_divisions() == 1
    shown = text(desk.get(page))
    for said in SAYS[sort]:
        assert said in shown
    if sort == "all at one point":
        sizes = [one.homes for one in Land().grids(UUID(page.rsplit("/", 1)[1]))]
        assert sum(sizes) == many
        assert all(6 <= one <= 14 for one in sizes), "by number, for there is nothing to choose between"


def test_limits_that_locks_make_unreachable_and_a_stale_proposal_are_told(
    county: Desk, land: Land, client: Client
) -> None:
    made = land.propose()
    land.paint(made, hamlet=land.hamlets[1], grid=None)
    number = next(one.number for one in land.grids(made) if one.homes == 20)
    desk, page = county.sign_in(client, "secretary"), reverse("division", args=[made])
    assert send(desk, f"{page}/grids/{number}/lock", locked="1").status_code == 302
    assert send(desk, f"{page}/again", **TERMS).status_code == 302
    assert answer_divisions() == 1
    shown = text(desk.get(page))
    assert "6 too many" in shown
    assert "is locked" in shown
    drawn = land.numbers(made)
    add_home(land, 3, GRID, number="99")
    refused = send(desk, f"{page}/adopt")
    assert refused.status_code == 422
    assert "no longer fits 1 of this village's households" in text(refused)
    assert land.numbers(made) == drawn, "nothing of it is lost"
