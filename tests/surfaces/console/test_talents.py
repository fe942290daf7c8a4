"""The pages of the talent register and the duty rota: both languages, refusals keep what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from tests.factories.desk import TOWNSHIP, VILLAGE, Desk, id_of, lay
from tests.roster.rows import talent_rows

if TYPE_CHECKING:
    from tests.bed import Database

TALENTS, ROTA = f"/console/network/talents?place={VILLAGE}", f"/console/network/rota?place={TOWNSHIP}"
NAME = f"/console/network/talents/name?place={VILLAGE}"


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def sent(**more: str) -> dict[str, str]:
    return {
        "act": str(Act.new().id), "person": str(id_of("mediator_person")), "sort": "craft", "by": "self",
        "skill": "石匠", "on": localdate().isoformat(), **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_named_on_the_page_and_decided(desk: Desk, client: Client, language: str) -> None:
    chinese = language == "zh-hans"
    desk.sign_in(client, "clerk", language)
    assert "覃调解" in text(client.get(NAME + "&q=覃"))
    wrong = client.post(NAME, sent(skill="", sort="x"))
    assert wrong.status_code == 422
    given = sent()
    assert client.post(NAME, given).status_code == 302
    assert client.post(NAME, given).status_code == 302
    page = text(client.get(TALENTS))
    assert page.count("石匠") == 1
    assert ("待党支部研究" if chinese else "waits for the branch") in page
    again = client.post(NAME, sent(skill="还是石匠"))
    assert again.status_code == 422
    assert "还是石匠" in text(again)
    address = page.split("/end")[0].rsplit("/console/network/talents/", 1)[1]
    desk.sign_in(client, "secretary", language)
    opinion = f"/console/network/talents/{address}/opinion"
    assert client.post(opinion, {"listed": "yes", "opinion": ""}).status_code == 422
    assert client.post(opinion, {"listed": "yes", "opinion": "手艺好", "reserve": "on"}).status_code == 302
    assert "手艺好" in text(client.get(TALENTS + "&state=reserve"))
    assert client.post(f"/console/network/talents/{address}/end").status_code == 302
    assert "石匠" not in text(client.get(TALENTS))


def test_talents_are_for_their_village(desk: Desk, client: Client) -> None:
    one = talent_rows(desk)
    for name in ("grid_head", "dispatcher", "auditor"):
        desk.sign_in(client, name)
        assert client.get(TALENTS).status_code == 403
    desk.sign_in(client, "clerk")
    assert client.get(f"/console/network/talents/{one}/opinion").status_code == 403
    for bad in ("sort=x", "state=x", "page=x", "page=9999999"):
        assert client.get(f"{TALENTS}&{bad}").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_rota_set_and_taken_off(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "dispatcher", language)
    days = {"from_on": localdate().isoformat(), "last_on": localdate().isoformat()}
    given = {"act": str(Act.new().id), "post": str(id_of("dispatcher")), "part": "night", **days}
    assert client.post(ROTA, given | {"last_on": "2020-01-01"}).status_code == 422
    assert client.post(ROTA, given | {"post": str(id_of("far_dispatcher"))}).status_code == 422
    assert client.post(ROTA, given).status_code == 302
    page = text(client.get(ROTA))
    assert ("夜间" if language == "zh-hans" else "by night") in page
    desk.sign_in(client, "clerk", language)
    assert client.post(ROTA, given).status_code in {403, 404}
    desk.sign_in(client, "dispatcher", language)
    address = page.split("/remove")[0].rsplit("/console/network/rota/", 1)[1]
    assert client.post(f"/console/network/rota/{address}/remove?place={TOWNSHIP}").status_code == 302
    assert f"/{address}/" not in text(client.get(ROTA))
