"""The Posts pages: lists, filters, appoint, end, move, stand in, links; both languages; refusals keep the text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.roster import queries
from commongrid.roster.models import Assignment
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, TOWNSHIP, VILLAGE, Desk, id_of, lay
from tests.factories.network import scope_as

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def posts_at(desk: Desk, place: int, role: str) -> list[queries.PostLine]:
    scope = scope_as(desk, "county_dispatcher", on=localdate())
    with acting(scope):
        return queries.posts(scope, queries.Wanted(within=place, role=role))[0]


def form(**more: str) -> dict[str, str]:
    return {
        "act": str(Act.new().id), "place": str(OTHER_GRID), "role": "grid_member", "display_name": "新网格",
        "from_on": localdate().isoformat(), "last_on": "", "title_zh": "", "title_en": "", "office_phone": "", **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["dispatcher", "grid_head", "auditor", "county_leader"])
def test_pages_open_for_everybody_with_posts(desk: Desk, client: Client, name: str, language: str) -> None:
    desk.sign_in(client, name, language)
    for address in ("/console/posts/", "/console/posts/vacant", f"/console/posts/{id_of('clerk')}"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert ("岗位" if language == "zh-hans" else "Posts") in text(answer)


def test_listed_filters(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    page = text(client.get(f"/console/posts/?place={VILLAGE}&q=书"))
    assert "杨书记" in page
    assert "秦网格" not in page
    assert "No post like this" in text(client.get("/console/posts/?state=ended"))
    assert "秦网格" in text(client.get("/console/posts/?role=grid_head"))


@pytest.mark.parametrize("query", ["place=abc", "page=x", "page=99999999999999999", "state=%00", "q=%00", "role=%27"])
def test_listed_bad_addresses(desk: Desk, client: Client, query: str) -> None:
    desk.sign_in(client, "dispatcher")
    assert client.get(f"/console/posts/?{query}").status_code in {200, 404}


def test_page_unknown_post(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    assert client.get(f"/console/posts/{UUID(int=5)}").status_code == 404


def test_appoint_from_a_vacant_seat(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/appoint?place={OTHER_GRID}&amp;role=grid_head"
    assert address in text(client.get("/console/posts/vacant"))
    assert 'value="grid_head" selected' in text(client.get(address.replace("&amp;", "&")))
    answer = client.post("/console/posts/appoint", form(role="grid_head"))
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "新网格" in page
    assert "Appointed" in page
    assert [one.name for one in posts_at(desk, OTHER_GRID, "grid_head")] == ["新网格"]


def test_appoint_sent_twice_is_one_post(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    sent = form()
    first, second = (client.post("/console/posts/appoint", sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(posts_at(desk, OTHER_GRID, "grid_member")) == 1


def test_appoint_same_name_asks_whether_it_is_the_same_person(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    sent = form(display_name="秦网格", office_phone="0000-9")
    answer = client.post("/console/posts/appoint", sent)
    assert answer.status_code == 422
    assert "Is it one of these people?" in text(answer)
    assert "Head of grid 1, Baisha · " in text(answer)  # and where they live
    assert "0000-9" in text(answer)
    sent = form(display_name="秦网格", person=str(id_of("grid_head_person")))
    assert client.post("/console/posts/appoint", sent).status_code == 302
    (post,) = posts_at(desk, OTHER_GRID, "grid_member")
    assert post.person == id_of("grid_head_person")


def test_appoint_refusals_keep_the_text(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    for wrong in (
        {"role": "dispatcher"}, {"display_name": ""}, {"from_on": "never"}, {"display_name": "某" * 61},
        {"last_on": (localdate() - timedelta(days=3)).isoformat()}, {"person": "nonsense", "display_name": "秦网格"},
    ):  # fmt: skip
        answer = client.post("/console/posts/appoint", form(office_phone="0000-9", **wrong))
        assert answer.status_code == 422, wrong
        assert "0000-9" in text(answer), wrong
    assert posts_at(desk, OTHER_GRID, "grid_member") == []


def test_appoint_out_of_scope_asks_where(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "far_dispatcher")
    answer = client.post("/console/posts/appoint", form())
    assert "Where is the post?" in text(answer)
    assert posts_at(desk, OTHER_GRID, "grid_member") == []


def test_appoint_needs_the_power(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "grid_head")
    assert client.get("/console/posts/appoint").status_code == 403
    assert "Appoint" not in text(client.get("/console/posts/vacant")).split("<main")[1]


def test_end_then_history_says_so(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/{id_of('grid_head')}"
    assert client.get(address + "/end").status_code == 200
    assert client.post(address + "/end", {"on": "bad"}).status_code == 422
    assert client.post(address + "/end", {"on": localdate().isoformat()}).status_code == 302
    page = text(client.get(address))
    assert "The post was ended" in page
    assert client.post(address + "/end", {"on": localdate().isoformat()}).status_code == 422
    assert posts_at(desk, GRID, "grid_head") == []


def test_end_of_the_level_above_is_refused(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    answer = client.post(f"/console/posts/{id_of('township_principal')}/end", {"on": localdate().isoformat()})
    assert answer.status_code == 422
    assert "filled by the level above" in text(answer)


def test_move_to_another_grid(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/{id_of('grid_member')}/move"
    assert "Grid 2" in text(client.get(address))
    answer = client.post(address, {"place": str(OTHER_GRID), "on": localdate().isoformat()})
    assert answer.status_code == 302
    (post,) = posts_at(desk, OTHER_GRID, "grid_member")
    assert post.person == id_of("grid_member_person")
    assert posts_at(desk, GRID, "grid_member") == []


def test_stand_in_set_and_ended(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/{id_of('secretary')}"
    assert "朱文书" in text(client.get(address + "/stand-in"))
    sent = {"by": str(id_of("clerk")), "from_on": localdate().isoformat(), "last_on": "", "reason": "培训"}
    assert client.post(address + "/stand-in", sent).status_code == 302
    assert "培训" in text(client.get(address))
    assert "朱文书 stands in" in text(client.get(f"/console/posts/?place={VILLAGE}"))
    (row,) = [one for one in queries.posts_of_account(desk.accounts["clerk"], localdate()) if one.standing_in]
    assert row.id == id_of("secretary")
    scope = scope_as(desk, "dispatcher", on=localdate())
    with acting(scope):
        (one,) = queries.stand_ins(scope, id_of("secretary"))
    assert client.post(f"{address}/stand-in/{one.id}/end").status_code == 302
    assert len(queries.posts_of_account(desk.accounts["clerk"], localdate())) == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_cadre_sees_a_village_from_the_day_it_is_assigned(desk: Desk, client: Client, language: str) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET role_id = 'township_cadre' WHERE id = %s", [id_of("far_dispatcher")])
        owner.execute("UPDATE roster_post SET place = %s WHERE id = %s", [TOWNSHIP, id_of("far_dispatcher")])
    address, word = f"/console/posts/{id_of('far_dispatcher')}", {"en": "Baisha Village", "zh-hans": "白沙村"}[language]

    def sees() -> int:
        scope = scope_as(desk, "far_dispatcher", on=localdate())
        return int(scope.lo <= VILLAGE <= scope.hi and (scope.narrow == "" or VILLAGE in scope.grids))

    desk.sign_in(client, "county_admin", language)
    assert word not in text(client.get(address))
    assert not sees()
    assert word in text(client.get(address + "/village"))
    sent = {"act": str(Act.new().id), "place": str(VILLAGE), "from_on": localdate().isoformat(), "last_on": ""}
    assert client.post(address + "/village", {**sent, "place": str(TOWNSHIP)}).status_code == 422
    assert client.post(address + "/village", sent).status_code == 302
    assert client.post(address + "/village", sent).status_code in {302, 422}, "twice is once"
    assert text(client.get(address)).count(word) == 1
    assert sees()
    assert word not in text(client.get(address + "/village")), "it is assigned already"
    end = text(client.get(address)).split(f"{address}/village/")[1].split('"')[0]
    assert client.post(f"{address}/village/{end}", {"act": str(Act.new().id)}).status_code == 302
    assert not sees()
    assert {"en": "Ended", "zh-hans": "已结束"}[language] in text(client.get(address))
    assert client.get(f"/console/posts/{id_of('clerk')}/village").status_code == 404
    assert desk.sign_in(Client(), "clerk").get(address + "/village").status_code in {403, 404}


def test_a_leader_has_contact_points(desk: Desk, client: Client) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET role_id = 'county_leader' WHERE id = %s", [id_of("county_dispatcher")])
    address = f"/console/posts/{id_of('county_dispatcher')}"
    desk.sign_in(client, "county_admin", "en")
    assert "Baisha Village" in text(client.get(address + "/village"))
    sent = {"act": str(Act.new().id), "place": str(VILLAGE), "from_on": localdate().isoformat(), "last_on": ""}
    assert client.post(address + "/village", sent).status_code == 302
    assert all(word in text(client.get(address)) for word in ("Contact points", "Baisha Village"))
    with acting(scope_as(desk, "county_admin")):
        assert Assignment.objects.get(post=id_of("county_dispatcher")).kind == "contact_point"


def test_link_is_shown_once_and_lets_in(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/{id_of('clerk')}/link"
    assert "/in/" not in text(client.get(address))
    sent = {"act": str(Act.new().id)}
    first = client.post(address, sent)
    link = text(first).split("http://testserver")[1].split("<")[0]
    assert first["Cache-Control"] == "no-store"
    assert link in text(client.post(address, sent))
    other = Client()
    assert other.post(link).status_code == 302
    assert other.session["_auth_user_id"] == str(desk.accounts["clerk"])
    with desk.database.as_role("owner") as owner:
        rows = owner.execute(
            "SELECT t::text FROM accounts_sign_in_link t UNION SELECT l::text FROM journal_line l"
        ).fetchall()
    assert not [row for row in rows if link.removeprefix("/in/") in row[0]]


def test_link_for_the_own_level_or_oneself_is_refused(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    for name in ("dispatcher", "township_principal", "station"):
        assert client.post(f"/console/posts/{id_of(name)}/link").status_code == 403, name
    for name in ("far_dispatcher", "auditor"):
        assert client.post(f"/console/posts/{id_of(name)}/link").status_code in {403, 404}, name


def test_sign_out_everywhere(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    assert client.post(f"/console/posts/{id_of('clerk')}/sign-out").status_code == 302
    assert client.post(f"/console/posts/{id_of('dispatcher')}/sign-out").status_code == 403


def test_where_lists_what_is_near_and_searches(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    page = text(client.get("/console/posts/appoint"))
    assert f"?place={OTHER_VILLAGE}" in page
    assert f"?place={TOWNSHIP}" in page
    assert f"?place={OTHER_VILLAGE}" in text(client.get("/console/posts/appoint?q=凯峡"))


def unit_form(**more: str) -> dict[str, str]:
    return {
        "act": str(Act.new().id), "type": "station", "name_zh": "林业站", "name_en": "", "function": "forestry",
        "master": str(id_of("transport_county_unit")), "office_phone": "0000-7", "valid_from": localdate().isoformat(),
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_units_for_those_below_and_above(desk: Desk, client: Client, language: str) -> None:
    for name in ("secretary", "grid_head", "dispatcher", "county_admin"):
        desk.sign_in(client, name, language)
        page = text(client.get("/console/posts/units"))
        assert ("Qingshi Water Station" if language == "en" else "青石镇水务站") in page, name
    desk.sign_in(client, "far_dispatcher", language)
    assert "青石镇水务站" not in text(client.get("/console/posts/units"))


def test_unit_set_up_and_ended(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    assert client.get("/console/posts/units/add").status_code == 200
    for wrong in ({"name_zh": ""}, {"type": "department"}, {"function": "water"}, {"master": "x"}, {"valid_from": ""}):
        answer = client.post("/console/posts/units/add", unit_form(**wrong))
        assert answer.status_code == 422, wrong
        assert "0000-7" in text(answer), wrong
    answer = client.post("/console/posts/units/add", unit_form())
    page = text(client.get(answer["Location"]))
    assert "林业站" in page
    assert "County Transport Bureau" in page
    assert text(client.get("/console/posts/units")).count('/end"') == 4  # not those of the county
    assert "answers to County Transport Bureau" in text(client.get(f"/console/posts/units?place={TOWNSHIP}"))
    scope = scope_as(desk, "dispatcher", on=localdate())
    with acting(scope):
        unit = queries.unit_for(scope, "forestry", TOWNSHIP)
    assert unit is not None
    asked = {"on": localdate().isoformat(), "to_unit": ""}
    end = "/console/posts/units/{}/end".format
    assert "nothing stays behind" not in text(client.get(end(unit.id)))
    assert client.post(end(unit.id), {**asked, "to_unit": "x"}).status_code == 422
    assert client.post(end(unit.id), asked).status_code == 302
    assert client.post(end(id_of("transport_unit")), asked).status_code == 409
    assert client.post(end(id_of("no such unit")), asked).status_code == 404


def test_unit_page_shows_posts_and_what_it_was(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "dispatcher")
    address = f"/console/posts/units/{id_of('transport_unit')}"
    sent = {"act": str(Act.new().id), "name_zh": "青石镇交管站", "name_en": "Qingshi Roads", "function": "transport",
            "parent": "", "master": str(id_of("transport_county_unit")), "office_phone": "0000-9"}  # fmt: skip
    before = text(client.get(address))
    assert "青石镇交通管理站" in before
    assert text(client.get(f"{address}/change")).count("selected") >= 2
    refused = client.post(f"{address}/change", {**sent, "name_zh": ""})
    assert (refused.status_code, "0000-9" in text(refused)) == (422, True)
    page = text(client.post(f"{address}/change", sent, follow=True))
    assert "Qingshi Roads" in page
    assert "Unit changed" in page
    assert "Until then: 青石镇交通管理站" in page
    assert f"/console/posts/{id_of('station')}" in page
    assert client.get(f"{address}/covers").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_party_group_by_the_secretary(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "secretary", language)
    groups = f"/console/posts/units/party-groups?place={VILLAGE}"
    assert ("还没有党小组" if language == "zh-hans" else "No Party group yet") in text(client.get(groups))
    assert "committee" not in text(client.get(f"/console/posts/units/add?place={VILLAGE}"))
    sent = unit_form(place=str(VILLAGE), type="party_group", name_zh="上寨党小组", function="", master="")
    unit = client.post("/console/posts/units/add", sent)["Location"]
    covers: dict[str, Any] = {"act": str(Act.new().id), "covers": [str(HAMLET), str(GRID)]}
    covers["on"] = localdate().isoformat()
    assert client.get(f"{unit}/covers").status_code == 200
    assert client.post(f"{unit}/covers", {**covers, "covers": ["5"]}).status_code == 422
    assert client.post(f"{unit}/covers", covers)["Location"] == unit
    page = text(client.get(groups))
    assert f"/console/places/{HAMLET}/" in page
    assert f'value="{HAMLET}"' in text(client.get(f"{unit}/covers"))
    shown = client.get(f"/console/map/{VILLAGE}/?level=natural_village&by=groups")
    assert "上寨党小组" in text(shown)
    row = next(one for one in shown.context["shown"].rows if one.place.code == HAMLET)
    assert (row.groups, shown.context["shown"].shade(row)) == (((0, "上寨党小组"),), 5)
    desk.sign_in(client, "clerk")
    assert client.get(f"{unit}/covers").status_code == 403


def test_unit_set_up_by_a_village_or_elsewhere_is_refused(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "secretary")
    sent = unit_form(place=str(VILLAGE), type="committee", master="")
    assert client.post("/console/posts/units/add", sent).status_code == 422
    desk.sign_in(client, "far_dispatcher")
    assert client.post("/console/posts/units/add", unit_form(place=str(TOWNSHIP))).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_hand_over_says_what_goes_along(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "dispatcher", language)
    address = f"/console/posts/{id_of('grid_head')}/hand-over"
    page = text(client.get(address))
    assert ("随岗位交接的" if language == "zh-hans" else "What goes along") in page
    sent = {"act": str(Act.new().id), "display_name": "", "from_on": localdate().isoformat(), "office_phone": "0000-9"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "0000-9" in text(answer)
    asked = client.post(address, sent | {"display_name": "秦网格"})
    assert asked.status_code == 422
    refused = client.post(address, sent | {"display_name": "秦网格", "person": str(id_of("grid_head_person"))})
    assert refused.status_code == 422
    done = client.post(address, sent | {"display_name": "接网格"})
    assert done.status_code == 302
    assert done["Location"] == client.post(address, sent | {"display_name": "接网格"})["Location"]
    assert [one.name for one in posts_at(desk, GRID, "grid_head")] == ["接网格"]


def test_hand_over_is_for_who_appoints(desk: Desk, client: Client) -> None:
    address = f"/console/posts/{id_of('grid_head')}/hand-over"
    desk.sign_in(client, "grid_head")
    assert client.get(address).status_code == 403
    desk.sign_in(client, "far_dispatcher")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_grid_staff_lists_what_is_missing(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "dispatcher", language)
    page = text(client.get(f"/console/network/staffing?place={VILLAGE}"))
    assert "秦网格" in page
    assert f"/console/posts/appoint?place={OTHER_GRID}&amp;role=grid_head" in page
    missing = text(client.get(f"/console/network/staffing?place={VILLAGE}&fault=no_head"))
    assert "秦网格" not in missing
    assert ("缺网格长" if language == "zh-hans" else "Without a head") in missing
    for bad in ("fault=x", "page=x", "page=9999999", "on=never", "place=1"):
        assert client.get(f"/console/network/staffing?{bad}").status_code in {200, 404}
