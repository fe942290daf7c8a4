"""The Network pages: a secretary's way from declarations to the notice; what others see; every number with its rows."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pypdf import PdfReader

from commongrid.insight.queries.county_sheet import MEASURES, county_sheet, rows_behind
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.outreach.queries.stale import Stale
from commongrid.registry.rules.holdings import SELF_ORGANISED
from commongrid.roster.actions import Appointment, appoint
from commongrid.surfaces.console.network import printing
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, TOWNSHIP, VILLAGE, Desk
from tests.factories.network import scope_as
from tests.factories.scopes import scope_at
from tests.outreach.conftest import laid
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from tests.outreach.conftest import Row


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), "on": localdate().isoformat(), **form})


def declare(client: Client, who: object) -> Any:
    return send(
        client, reverse("linking_members", args=[VILLAGE]), person=str(who), answer="able", as_what="member",
        capacity="8", phone="0990-7654321",
    )  # fmt: skip


@pytest.fixture
def row(county: Desk) -> Row:
    """Eight households of the desk's county."""
    assert county.accounts
    return laid()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_secretary_links_a_village(county: Desk, row: Row, client: Client, language: str) -> None:
    desk = county.sign_in(client, "secretary", language)
    for who in (row.west, row.east):
        assert declare(desk, who).status_code == 302
    choice = send(
        desk, reverse("linking_choices", args=[VILLAGE]), natural_village=HAMLET, number="2", sort="liked",
        member=str(row.east),
    )  # fmt: skip
    assert choice.status_code == 302, text(choice)
    asked = send(
        desk, reverse("linking_propose", args=[VILLAGE]), keep="200", target="4", most="8", leaving="500", unlinked=""
    )
    assert asked.status_code == 302, text(asked)
    plan = asked["Location"]
    page = text(desk.get(f"{plan}?show=all"))
    assert ("The household's own choice." if language == "en" else "户本人的选择。") in page
    held = send(desk, f"{plan}/households/{row.homes[2]}", member=str(row.east), locked="on")
    assert held.status_code == 302, text(held)
    again = send(desk, f"{plan}/again", keep="0", target="4", most="8", leaving="500", unlinked="")
    assert again.status_code == 302, text(again)
    assert row.planned(plan.rsplit("/", 1)[1])[row.homes[2]] == row.east
    refused = send(desk, f"{plan}/approve", entitled="11", present="9", in_favour="5")
    assert refused.status_code == 422
    assert send(desk, f"{plan}/approve", entitled="11", present="9", in_favour="8").status_code == 302
    assert send(desk, f"{plan}/adopt").status_code == 302
    assert set(row.linked()) == set(row.homes)
    for name, args in (
        ("network", ()), ("linking", [VILLAGE]), ("linking_members", [VILLAGE]), ("linking_choices", [VILLAGE]),
        ("network_homes", ()), ("county_sheet", ()), ("household_contact", [row.homes[1]]),
        ("link_slips", [HAMLET]), ("link_notice", [HAMLET]), ("staffing", ()),
    ):  # fmt: skip
        answer = desk.get(reverse(name, args=args))
        assert answer.status_code == 200, name
        if name == "household_contact":
            assert 'id="why"' in text(answer), "the household's page says why it has its contact"
        if name == "staffing":
            assert ("Make rounds" if language == "en" else "日常巡查") in text(answer)
        assert len(answer.content) < 150_000, name


def test_a_notice_is_posted_and_read_by_everybody(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    desk = county.sign_in(client, "secretary")
    address = reverse("link_notice", args=[HAMLET])
    assert send(desk, address, doors="1").status_code == 302
    anybody = Client()
    page = text(anybody.get(reverse("contacts", args=[HAMLET])))
    assert "某0" in page
    assert "12345" in page
    assert "fewer than five" in page or "不足五户" in page
    assert not re.search(r"\d号", page), "two contacts have fewer than five: no doors"
    assert "上河" in text(anybody.get(reverse("contacts", args=[VILLAGE])))
    assert send(desk, reverse("link_notice_down", args=[HAMLET])).status_code == 302
    assert "某0" not in text(anybody.get(reverse("contacts", args=[HAMLET])))


def test_a_notice_that_says_too_much_is_neither_posted_nor_printed(county: Desk, row: Row, client: Client) -> None:
    seat = Appointment(
        role="linked_member", place=VILLAGE, person=row.west, from_on=localdate(), title_zh="低保户联系人"
    )
    appoint(scope_at(VILLAGE, "posts.appoint", "people.read", level="village"), Act.new(), to=seat)
    row.able(row.west)
    row.adopted(row.plan())
    desk = county.sign_in(client, "secretary", "en")
    address = reverse("link_notice", args=[HAMLET])
    page = desk.get(address)
    assert page.context["wrong"]
    assert "某0" not in text(page)
    assert "低保户" not in text(page)
    assert send(desk, address).status_code == 422
    assert desk.get(reverse("link_notice_pdf", args=[HAMLET])).status_code == 422


def test_who_may_open_what(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    plan = row.plan()
    head = county.sign_in(client, "grid_head")
    assert head.get(reverse("network")).status_code == 200
    assert head.get(reverse("plan", args=[plan])).status_code == 403
    assert head.get(reverse("linking", args=[VILLAGE])).status_code == 403
    far = county.sign_in(Client(), "far_dispatcher")
    assert far.get(reverse("plan", args=[plan])).status_code == 404
    assert far.get(reverse("linking", args=[VILLAGE])).status_code == 404


def test_plans_of_a_township_are_asked_for_at_once(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    desk = county.sign_in(client, "dispatcher")
    address = reverse("linking_everywhere", args=[TOWNSHIP])
    assert desk.get(address).status_code == 200
    form = {"keep": "200", "target": "10", "most": "15", "leaving": "500", "unlinked": ""}
    assert send(desk, address, **form).status_code == 302
    assert send(desk, address, **form).status_code == 409 or "nothing" not in text(desk.get(address))


def test_the_rows_behind_a_number_ask_for_their_places_at_once(county: Desk, client: Client) -> None:
    desk = county.sign_in(client, "secretary")
    for which in ("villages", "grids"):
        desk.get(reverse("county_sheet_rows", args=[which]))
    with counting() as one:
        assert "Baisha" in desk.get(reverse("county_sheet_rows", args=["villages"])).text
    with counting() as two:
        assert "Grid 2" in desk.get(reverse("county_sheet_rows", args=["grids"])).text
    assert len(two) == len(one), "\n".join(two)


def test_households_that_came_since_a_plan_are_told_on_its_page(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    plan = row.plan()
    desk = county.sign_in(client, "secretary", "en")
    assert desk.get(reverse("plan", args=[plan])).context["came"] == 0
    laid(first=21)
    page = desk.get(reverse("plan", args=[plan]))
    assert page.context["came"] == 8
    assert "8 households at home have come since" in text(page)
    (waiting,) = desk.get(reverse("network")).context["waiting"]
    assert waiting[1].code == VILLAGE, "a plan's link is called after its village"
    row.adopted(plan)
    assert desk.get(reverse("plan", args=[plan])).context["came"] == 0, "what is over tells of the network page"
    assert desk.get(reverse("network"), {"place": HAMLET}).context["whole"].without == 9, "with the member's own"


def test_a_day_to_come_says_that_it_has_no_figures_yet(county: Desk, client: Client) -> None:
    desk = county.sign_in(client, "secretary", "en")
    told = "The day asked for has no figures yet"
    ahead = localdate() + timedelta(days=1)
    assert told in text(desk.get(reverse("county_sheet"), {"on": ahead.isoformat()}))
    assert told not in text(desk.get(reverse("county_sheet"), {"on": localdate().isoformat()}))


def test_what_has_changed_since_a_plan_is_told_before_the_meeting(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    row.able(row.people[2], capacity=1)
    plan = row.plan()
    desk = county.sign_in(client, "secretary", "en")
    address = reverse("plan", args=[plan])
    assert not desk.get(address).context["stale"]
    homes = desk.get(reverse("linking", args=[VILLAGE])).context["homes"]
    assert homes == desk.get(address).context["plan"].figures["homes"], "the page before the plan counts as it does"
    assert "No other plan within these limits costs less" in text(desk.get(address))
    row.able(row.west, answer="away")
    row.able(row.east)
    row.wish(5, "not", row.west)
    page = desk.get(address)
    assert page.context["stale"] == Stale(homes=((HAMLET, "6"),), unable=("某0",), able=("某7",))
    assert "No other plan within these limits costs less" not in text(page)
    assert "Able since then, and without a household in it: 某7" in text(page)
    desk.post(f"{address}/again", {"act": str(Act.new().id), "keep": 200, "target": 10, "most": 15, "least": 0})
    assert not desk.get(address).context["stale"]


def test_a_natural_village_and_a_grid_have_their_own_pages(county: Desk, row: Row, client: Client) -> None:
    desk = county.sign_in(client, "secretary")
    for place in (HAMLET, GRID):
        assert desk.get(reverse("network"), {"place": place}).context["whole"].homes == 8
        assert len(desk.get(reverse("network_homes") + f"?place={place}&sort=all").context["rows"]) == 8
        assert desk.get(reverse("county_sheet"), {"place": place}).status_code == 200
    assert desk.get(reverse("network"), {"place": OTHER_GRID}).context["whole"].homes == 0


def test_every_number_of_the_sheet_is_its_rows(county: Desk, row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    scope = scope_as(county, "secretary")
    with acting(scope):
        numbers = {one.code: one for one in county_sheet(scope, VILLAGE, localdate(), localdate())}
        for code, one in numbers.items():
            _measure, rows, more = rows_behind(scope, VILLAGE, localdate(), code)
            assert (len(rows), more, one.change) == (one.count, False, 0), code
    assert set(numbers) == {*MEASURES, *(f"organisations-{kind}" for kind in SELF_ORGANISED)}
    assert numbers["households"].count == 8
    assert numbers["linked"].count + numbers["without"].count == 8
    assert (numbers["villages"].count, numbers["grids"].count, numbers["headless"].count) == (1, 2, 1)
    assert numbers["linkers"].count == 1


def test_the_notice_is_one_page_of_a4_and_says_no_more_than_it_may(county: Desk, row: Row, client: Client) -> None:
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    desk = county.sign_in(client, "secretary")
    for reads, words in (
        ("zh", ("联户党员", "政策宣传员：讲政策", "不足五户")),
        ("en", ("Whomtoturnto", "Explainpolicy:Tellsyou", "fewer")),
    ):
        answer = desk.get(reverse("link_notice_pdf", args=[HAMLET]), {"in": reads})
        assert answer["Content-Type"] == "application/pdf"
        (page,) = PdfReader(io.BytesIO(answer.content)).pages
        said = re.sub(r"\s+", "", page.extract_text())
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert [one for one in ("某0", "某7", "12345", "秦网格", *words) if one not in said] == []
        assert not [f"某{n}" for n in range(1, 7) if f"某{n}" in said], "who lives there stands on no notice"
        assert not re.search(r"\d号", said)
        assert "某0联户党员" not in said, "the title that all have stands above the names alone"
    slips = PdfReader(io.BytesIO(desk.get(reverse("link_slips_pdf", args=[HAMLET])).content)).pages
    assert len(slips) == 3, "eight slips, three on a page"
    assert "3号" in re.sub(r"\s+", "", slips[0].extract_text()), slips[0].extract_text()


def test_a_notice_with_many_doors_still_fits_its_page() -> None:
    line = {
        "name": "欧阳某某", "title_zh": "联户党员", "title_en": "Linked Party member", "phone": "0990-1",
        "count": 15, "doors": [f"上河{n}号" for n in range(101, 116)],
    }  # fmt: skip
    duty = {"zh": "政策宣传员#[*", "en": "Keep information right #evil() $x$ <a> @b"}
    head = {"name": "秦某", "grid_zh": "第1网格", "grid_en": "Grid 1", "phone": "0990-1"}
    content = {
        "village": "白沙村", "natural_village": "上河", "village_en": "Baisha Village",
        "natural_village_en": "Shanghe", "members": [line] * 12, "duties": [duty] * 10,
        "heads": [head] * 2, "always": "12345", "from_on": "2026-11-26",
    }  # fmt: skip
    (page,) = PdfReader(io.BytesIO(printing.notice(content, "https://county.example/contacts/1"))).pages
    said = page.extract_text()
    assert "115" in said
    assert "#evil() $x$ <a> @b" in said or "#[*" in said, "words are never read as markup"
