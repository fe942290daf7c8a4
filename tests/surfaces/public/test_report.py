"""Reporting in three steps: no account, no script, every word kept, nothing twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from commongrid.kernel.act import new_id
from commongrid.kernel.places import village_of
from commongrid.surfaces.shared import throttle
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, TOWNSHIP, VILLAGE, Desk

if TYPE_CHECKING:
    from django.test import Client

ROAD = "G01"


def told(**more: Any) -> dict[str, Any]:
    """A filled-in third step."""
    return {
        "act": str(new_id()),
        "kind": ROAD,
        "at": str(HAMLET),
        "text": "The culvert has collapsed.",
        "urgency": "normal",
        **more,
    }


def matters(county: Desk) -> list[tuple[Any, ...]]:
    """Every matter there is, past the walls."""
    with county.database.as_admin() as admin:
        return admin.execute(
            "SELECT kind_code, place, text, urgency, confidential, anonymous FROM matters_matter"
        ).fetchall()


def test_home_is_public_in_both_languages(villager: Client) -> None:
    assert b"Report something" in villager.get("/").content
    villager.cookies["cg_language"] = "zh-hans"
    page = villager.get("/").content.decode()
    assert "我要反映" in page
    assert 'lang="zh-Hans"' in page
    assert "云岭县" in page


def test_tiles_lead_to_the_township_then_village_then_natural_village(villager: Client) -> None:
    first = villager.get("/report").content.decode()
    assert first.count('class="tile"') >= 12
    assert f"/report/where?kind={ROAD}" in first
    second = villager.get(f"/report/where?kind={ROAD}").content.decode()
    assert "Qingshi Town" in second
    villages = villager.get(f"/report/where?kind={ROAD}&at={TOWNSHIP}").content.decode()
    assert "Baisha Village" in villages
    assert "Longjing Village" not in villages
    inside = villager.get(f"/report/where?kind={ROAD}&at={VILLAGE}").content.decode()
    assert "Somewhere in Baisha Village" in inside
    assert "Shanghe" in inside
    assert "Grid 1" not in inside


def test_place_is_found_by_name_and_by_initials(villager: Client) -> None:
    for words in ("白沙", "Baisha", "bsc"):
        page = villager.get("/report/where", {"kind": ROAD, "q": words}).content.decode()
        assert f'value="{VILLAGE}"' in page, words
    assert "No place with this name" in villager.get("/report/where", {"kind": ROAD, "q": "zzzz"}).content.decode()


def test_kinds_are_found_by_name_and_sealed_ones_too(villager: Client) -> None:
    assert "Street lights" in villager.get("/report", {"q": "light"}).content.decode()
    assert "kind=A12" in villager.get("/report", {"q": "家庭暴力"}).content.decode()
    assert "Nothing with this name" in villager.get("/report", {"q": "<script>"}).content.decode()


def test_own_words_never_stand_in_an_address(villager: Client) -> None:
    page = villager.post("/report/where", {"words": "my secret worry"}).content.decode()
    assert '<input type="hidden" name="words" value="my secret worry">' in page
    assert not re.search(r'(href|action)="[^"]*secret', page)
    page = villager.post("/report/tell", {"words": "my secret worry", "at": str(HAMLET)}).content.decode()
    assert "my secret worry</textarea>" in page


def test_sent_report_gives_a_slip(county: Desk, villager: Client) -> None:
    response = villager.post(
        "/report/send", told(spot="by the school", name="Li", phone="13800001234", confidential="on")
    )
    assert response.status_code == 302
    assert re.fullmatch(r"/s/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\?sent=1", response["Location"])
    assert matters(county) == [(ROAD, village_of(HAMLET), "", "normal", True, False)], "at the village, no closer"
    with county.database.as_admin() as admin:
        words = admin.execute("SELECT text FROM matters_original").fetchall()
    assert words == [("The culvert has collapsed.\nWhere exactly: by the school",)], "whole, for the centre alone"
    page = villager.get(response["Location"]).content.decode()
    assert "Thank you. It has been received." in page
    assert "<svg" in page
    assert page.index("slip-code") < page.index("Where it stands"), "what is to be kept comes first"


def test_every_fault_of_a_report_is_said_at_once(county: Desk, villager: Client) -> None:
    response = villager.post("/report/send", told(text="", phone="12ab", concerned_phone="none", name="Li"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Please say in a few words what the matter is." in page
    assert page.count('href="#id_phone"') == page.count('href="#id_concerned_phone"') == 1
    assert "A phone number has 7 to 20 digits." in page
    assert 'value="12ab"' in page
    assert 'value="Li"' in page
    assert matters(county) == []


@pytest.mark.parametrize("phone", ["", "138 1234 0001", "0856-7620000", "１３８１２３４０００１", "13812340001 (son)"])
def test_a_phone_is_taken_however_it_is_written(villager: Client, phone: str) -> None:
    assert villager.post("/report/send", told(phone=phone)).status_code == 302


def test_what_a_natural_village_meets_is_its_grids_turn(villager: Client) -> None:
    sent = villager.post("/report/send", told(kind="A02", text="They argue about a ditch."))
    page = villager.get(sent["Location"]).content.decode()
    assert "Grid of Shanghe, Baisha Village" in page
    villager.cookies["cg_language"] = "zh-hans"
    assert "白沙村上河所在网格" in villager.get(sent["Location"]).content.decode()


def test_own_words_become_an_unsorted_matter(county: Desk, villager: Client) -> None:
    assert villager.post("/report/send", told(kind="")).status_code == 302
    assert matters(county)[0][0] == "Z00"
    assert matters(county)[0][5] is True


def test_sending_twice_does_it_once(county: Desk, villager: Client) -> None:
    form = told()
    first, second = (villager.post("/report/send", form)["Location"] for _ in range(2))
    assert first == second
    assert len(matters(county)) == 1


def test_same_act_with_other_words_is_refused_and_the_words_kept(county: Desk, villager: Client) -> None:
    form = told()
    villager.post("/report/send", form)
    response = villager.post("/report/send", {**form, "text": "Something else entirely."})
    assert response.status_code == 409
    assert "Something else entirely." in response.content.decode()
    assert len(matters(county)) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": ""}, "Please say in a few words"),
        ({"text": "x" * 7501}, "longer than we can take"),
        ({"urgency": "soon"}, "Select a valid choice"),
        ({"name": "n" * 61}, "at most 60"),
        ({"act": "not-an-id"}, "lost its number"),
    ],
)
def test_wrong_field_comes_back_with_a_sentence(
    county: Desk, villager: Client, wrong: dict[str, str], says: str
) -> None:
    response = villager.post("/report/send", told(**{"spot": "kept words", **wrong}))
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert matters(county) == []
    assert "act" in wrong or "kept words" in page


@pytest.mark.parametrize("at", ["", "1", "abc", "9" * 15, str(TOWNSHIP), str(GRID), "９９０１０１１０１２０１０００"])
def test_place_that_is_none_asks_for_the_village(county: Desk, villager: Client, at: str) -> None:
    response = villager.post("/report/send", told(at=at, text="kept"))
    assert response.status_code == 422
    assert "Please choose the village where it is." in response.content.decode()
    assert matters(county) == []


def test_unknown_kind_begins_again(villager: Client) -> None:
    assert villager.get("/report/where?kind=NOPE")["Location"] == "/report"
    assert villager.get("/report/tell")["Location"] == "/report"
    assert villager.get("/report/send")["Location"] == "/report"


def test_phone_first_kinds_show_the_number(villager: Client) -> None:
    page = villager.get(f"/report/tell?kind=D12&at={HAMLET}").content.decode()
    assert "Call 119 first." in page
    assert 'href="tel:119"' in page


def test_family_disputes_ask_about_violence_first(villager: Client) -> None:
    page = villager.get(f"/report/tell?kind=A01&at={HAMLET}").content.decode()
    assert "Is somebody being hit or threatened?" in page
    assert f"/report/tell?kind=A12&amp;at={HAMLET}" in page


def test_words_of_danger_bring_the_number_first_everywhere(county: Desk, villager: Client) -> None:
    page = villager.get("/report?q=家暴").content.decode()
    assert page.index('href="tel:110"') < page.index("Found for")
    assert "kind=A12" in page
    page = villager.post("/report/tell", {"at": str(HAMLET), "words": "我男人打我"}).content.decode()
    assert page.index('href="tel:110"') < page.index('name="text"')
    assert re.search(r'value="immediate"[^>]*checked', page)
    assert f"/report/tell?kind=A12&amp;at={HAMLET}" in page
    sent = villager.post("/report/send", told(kind="", text="我男人打我"))
    assert 'href="tel:110"' in villager.get(sent["Location"]).content.decode()
    assert [row[3] for row in matters(county)] == ["immediate"]
    villager.post("/report/send", told(kind="", text="我男人打我", warned="1"))
    assert sorted(row[3] for row in matters(county)) == ["immediate", "normal"]
    assert {row[1] for row in matters(county)} == {TOWNSHIP}


def test_a_sealed_kind_promises_no_rating(villager: Client) -> None:
    page = villager.get(f"/report/tell?kind=D15&at={HAMLET}").content.decode()
    assert 'href="tel:12356"' in page
    assert "say whether it is solved" not in page
    assert "Only the centre that sorts the matter" not in page


def test_own_words_are_like_nothing_known(villager: Client) -> None:
    villager.post("/report/send", told())
    page = villager.post("/report/tell", {"at": str(VILLAGE), "words": "something else"}).content.decode()
    assert "Already known here" not in page


def test_similar_matters_are_shown_before_sending(villager: Client) -> None:
    villager.post("/report/send", told())
    page = villager.get(f"/report/tell?kind={ROAD}&at={VILLAGE}").content.decode()
    assert "Already known here" in page
    assert "collapsed" not in page
    assert "Already known here" not in villager.get(f"/report/tell?kind={ROAD}&at={OTHER_VILLAGE}").content.decode()


def test_throttle_is_counted_per_sender(county: Desk, villager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "count", lambda *_: 121)
    response = villager.post("/report/send", told())
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert matters(county) == []


def test_posts_are_counted(villager: Client) -> None:
    counted: list[int] = []
    for _ in range(3):
        villager.post("/report/send", told(text=""))
    request = villager.get("/report").wsgi_request
    counted.append(throttle.tries("report", request))
    assert counted == [3]


def test_forged_form_is_refused_with_a_page(county: Desk) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.cookies["cg_language"] = "en"
    response = strict.post("/report/send", told())
    assert response.status_code == 403
    assert "This form has expired." in response.content.decode()
    assert matters(county) == []
