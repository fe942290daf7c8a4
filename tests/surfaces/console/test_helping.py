"""Pages of named helpers and of cases taken up: who opens them, what they say, what Today tells, in both languages."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.registry import actions as registry
from commongrid.registry.actions import Recognised
from commongrid.registry.rules.facts import Told
from tests.factories.desk import VILLAGE, Desk, id_of
from tests.factories.network import fill
from tests.outreach.conftest import laid
from tests.outreach.test_following import AROUND
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.factories.scenes import Scene
    from tests.outreach.conftest import Row

NOW = localdate()


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), **form})


@pytest.fixture
def row(county: Desk) -> Row:
    """Eight households of the desk's county, all of them in hardship."""
    assert county.accounts
    made = laid()
    for home in made.homes:
        registry.flag(AROUND, Act.new(), what=Recognised(type_code="dibao", household=home), told=Told(on=NOW))
    return made


def named(client: Client, home: UUID, post: UUID, **more: object) -> Any:
    return send(client, reverse("household_helper", args=[home]), post=post, from_on=NOW.isoformat(), **more)


def helping_as(county: Desk, post: UUID) -> Client:
    """The holder of a post just filled, signed in."""
    with county.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
            " VALUES (9951, '!', 'helper', '', '', true, now())"
        )
        owner.execute(
            "UPDATE registry_person SET account_id = 9951"
            " WHERE id = (SELECT person_id FROM roster_post WHERE id = %s)", [post],
        )  # fmt: skip
    county.accounts["helper"] = 9951
    client = county.sign_in(Client(), "helper")
    session = client.session
    session["post"] = str(post)
    session.save()
    return client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_township_names_changes_and_ends_a_helper(
    county: Desk, row: Row, as_post: Callable[..., Client], language: str
) -> None:
    first, second = (fill("helper", VILLAGE, name, from_on=NOW) for name in ("李帮扶", "韦接手"))
    town, home = as_post("township_principal", language), row.homes[2]
    address = reverse("household_helper", args=[home])
    assert named(town, home, first, last_on="2020-01-01").status_code == 422
    refused = send(town, address, post="", from_on="2026-1")
    assert (refused.status_code, "2026-1" in text(refused)) == (422, True)
    assert named(town, home, first).status_code == 302
    page = town.get(reverse("household", args=[home]))
    assert "李帮扶" in text(page)
    (now,) = page.context["helpers"]
    assert named(town, home, second, instead=now.id).status_code == 302
    (after,) = town.get(reverse("household", args=[home])).context["helpers"]
    assert after.name == "韦接手"
    listed = text(town.get(f"{reverse('helpers')}?place={VILLAGE}"))
    assert ("韦接手" in listed, "李帮扶" in listed) == (True, False)
    assert send(town, reverse("household_helper_end", args=[row.homes[3], after.id])).status_code == 404
    assert send(town, reverse("household_helper_end", args=[home, after.id])).status_code == 302
    assert ("李帮扶" in text(town.get(address)), town.get(address).context["rows"][0][1]) == (True, False)
    told = text(town.get("/console/today/"))
    assert ("1 household in hardship has no named helper" if language == "en" else "1户困难户已无帮扶责任人") in told
    assert [one.id for one in town.get(reverse("helpers")).context["without"]] == [home]


def test_nobody_else_opens_or_names_them(county: Desk, row: Row, as_post: Callable[..., Client]) -> None:
    post, home = fill("helper", VILLAGE, "李帮扶", from_on=NOW), row.homes[2]
    assert named(as_post("township_principal"), home, post).status_code == 302
    for name in ("secretary", "clerk", "grid_head", "dispatcher"):
        client = as_post(name)
        for address in (reverse("helpers"), reverse("household_helper", args=[home])):
            assert client.get(address).status_code == 403, name
        assert named(client, home, post).status_code == 403
        assert "李帮扶" not in text(client.get(reverse("household", args=[home])))
    helper = helping_as(county, post)
    assert named(helper, home, post).status_code == 403, "whoever helps names nobody"


def test_a_helpers_own_list_and_today_name_the_households(
    county: Desk, row: Row, as_post: Callable[..., Client]
) -> None:
    post, town = fill("helper", VILLAGE, "李帮扶", from_on=NOW), as_post("township_principal")
    for home in row.homes[:2]:
        assert named(town, home, post).status_code == 302
    helper = helping_as(county, post)
    own = helper.get(reverse("helpers"))
    assert [one.id for one in own.context["rows"]] == row.homes[:2]
    today = helper.get("/console/today/")
    assert [one.id for one in today.context["helped"]] == row.homes[:2]
    assert reverse("household", args=[row.homes[0]]) in text(today)
    page = helper.get(reverse("household_helper", args=[row.homes[0]]))
    assert (page.status_code, page.context["names"]) == (200, False)
    assert helper.get(reverse("household_helper", args=[row.homes[2]])).status_code == 404


def test_no_list_of_helpers_asks_per_row(county: Desk, row: Row, as_post: Callable[..., Client]) -> None:
    post, town = fill("helper", VILLAGE, "李帮扶", from_on=NOW), as_post("township_principal")
    asked = []
    for homes in (row.homes[:2], row.homes[2:]):
        for home in homes:
            assert named(town, home, post).status_code == 302
        town.get(reverse("helpers"))
        with counting() as statements:
            town.get(reverse("helpers"))
        asked.append(len(statements))
    assert asked[0] == asked[1], asked


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_leader_takes_a_case_up_and_finds_it_on_today(
    scene: Scene, as_post: Callable[..., Client], language: str
) -> None:
    matter = scene.in_hand("塌方")
    desk = as_post("dispatcher", language)
    address = reverse("matter_case", kwargs={"matter_id": matter})
    assert address in text(desk.get(f"/console/matters/{matter}/"))
    assert send(desk, address, leader="").status_code == 422
    assert send(desk, address, leader=id_of("county_leader")).status_code == 422
    assert send(desk, address, leader=id_of("township_principal")).status_code == 302
    page = desk.get(f"/console/matters/{matter}/")
    ((one, _title, running),) = page.context["takers"]
    assert (one.name, running) == ("陈镇长", True)
    leader = as_post("township_principal", language)
    assert [shown.row.id for _since, shown in leader.get("/console/today/").context["own_cases"]] == [matter]
    assert as_post("station").get(address).status_code == 403
    assert "陈镇长" not in text(as_post("station").get(f"/console/matters/{matter}/"))
    end = reverse("matter_case_end", kwargs={"matter_id": matter, "assignment_id": one.id})
    assert send(desk, end).status_code == 302
    assert leader.get("/console/today/").context["own_cases"] == []


def test_the_days_of_a_helper_are_theirs(county: Desk, row: Row, as_post: Callable[..., Client]) -> None:
    post, town, home = fill("helper", VILLAGE, "李帮扶", from_on=NOW), as_post("township_principal"), row.homes[2]
    last = NOW + timedelta(days=30)
    assert named(town, home, post, last_on=last.isoformat()).status_code == 302
    ((one, running),) = town.get(reverse("household_helper", args=[home])).context["rows"]
    assert (one.to_on, running) == (last + timedelta(days=1), True)
