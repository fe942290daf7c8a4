"""What whole pages cost: every statement on rows of a request, those that find out who asks included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from commongrid.insight import jobs
from commongrid.kernel.act import new_id
from tests.factories import desk
from tests.factories.desk import Desk, id_of
from tests.factories.scenes import Scene
from tests.matters.test_costs import at_most
from tests.readers import readers_see

REPORT = {
    "kind": "G02", "place": str(desk.VILLAGE), "text": "村口涵洞塌了", "urgency": "normal", "source": "villager",
    "name": "李小芳", "phone": "13812341234", "do": "send",
}  # fmt: skip


def warm(client: Client, page: str) -> None:
    """The page twice: this process then remembers names and whose key it is."""
    for _ in range(2):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["county_dispatcher", "dispatcher", "secretary", "station"])
def test_the_queue_costs_at_most_six(scene: Scene, as_post: Callable[..., Client], name: str) -> None:
    for n in range(3):
        scene.with_station(f"第 {n} 处")
    client = as_post(name)
    warm(client, "/console/matters/")
    with at_most(6):
        client.get("/console/matters/")


def test_recording_costs_at_most_ten(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("clerk")
    client.post("/console/matters/new/", {**REPORT, "act": str(new_id())}, follow=True)
    with at_most(10):
        assert client.post("/console/matters/new/", {**REPORT, "act": str(new_id())}).status_code == 302


def test_a_public_report_costs_at_most_ten(county: Desk, client: Client) -> None:
    given = {
        "kind": "G02",
        "at": str(desk.VILLAGE),
        **{name: REPORT[name] for name in ("text", "urgency", "name", "phone")},
    }
    client.post("/report/send", given)
    with at_most(10):
        assert client.post("/report/send", given).status_code == 302


def test_a_step_costs_at_most_ten(scene: Scene, as_post: Callable[..., Client]) -> None:
    client, given = as_post("dispatcher"), {"target": f"unit:{id_of('transport_unit')}", "reason": "就近"}
    for n in range(2):
        client.post(f"/console/matters/{scene.at_township(f'第 {n} 处')}/divert", given)
    matter = scene.at_township("最后一处")
    with at_most(10):
        assert client.post(f"/console/matters/{matter}/divert", given).status_code == 302


def test_the_board_costs_at_most_four(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("一处")
    readers_see()
    jobs.tally()
    client = as_post("county_dispatcher")
    warm(client, "/console/figures/")
    with at_most(4):
        assert "counted at" in client.get("/console/figures/").text


class TestWhoAsks:
    """One statement for session, account and post, and what it must never overlook."""

    PAGE = "/console/matters/"

    def test_is_one_statement(self, county: Desk, as_post: Callable[..., Client]) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        with at_most(6) as counted:
            client.get(self.PAGE)
        asked = [one for one in counted if "django_session" in one or "accounts_account" in one or "role_power" in one]
        assert len(asked) == 1

    def test_refuses_a_post_that_has_ended_since(self, county: Desk, as_post: Callable[..., Client]) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        self.owner(county, "UPDATE roster_post SET to_on = %s WHERE id = %s", [date(2026, 1, 2), id_of("clerk")])
        assert client.get(self.PAGE).status_code == 302

    def test_refuses_an_account_that_was_switched_off_since(self, county: Desk, as_post: Callable[..., Client]) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        self.owner(county, "UPDATE accounts_account SET is_active = false WHERE id = %s", [county.accounts["clerk"]])
        assert client.get(self.PAGE).status_code == 302

    def test_refuses_a_session_that_has_gone_since(self, county: Desk, as_post: Callable[..., Client]) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        Session.objects.all().delete()
        assert client.get(self.PAGE).status_code == 302

    def test_refuses_a_power_that_was_taken_since(self, county: Desk, as_post: Callable[..., Client]) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        self.owner(county, "DELETE FROM roster_role_power WHERE power_id = 'matters.read'", [])
        assert client.get(self.PAGE).status_code == 403

    def test_follows_a_session_that_took_another_post_elsewhere(
        self, county: Desk, as_post: Callable[..., Client]
    ) -> None:
        client = as_post("clerk")
        warm(client, self.PAGE)
        session: Any = client.session
        session["post"] = str(id_of("secretary"))
        session.save()
        assert client.get(self.PAGE).status_code == 302, "the clerk does not hold the secretary's post"

    def owner(self, county: Desk, statement: str, values: list[Any]) -> None:
        """Change something past every wall."""
        connection.close()
        with county.database.as_role("owner") as owner:
            owner.execute(statement, values)
