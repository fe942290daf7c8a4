"""The access log's page: for the auditor alone, in both languages, by event, whatever the address says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.accounts.actions import log_refusal
from commongrid.kernel.act import Act
from tests.factories.desk import Desk, lay
from tests.factories.network import scope_as

if TYPE_CHECKING:
    from django.test import Client

    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county with a refusal logged."""
    desk = lay(database)
    log_refusal(scope_as(desk, "clerk"), Act.new(), route="places", status=403)
    return desk


@pytest.mark.parametrize(("language", "title"), [("en", "Access log"), ("zh-hans", "访问日志")])
def test_listed_for_the_auditor(desk: Desk, client: Client, language: str, title: str) -> None:
    desk.sign_in(client, "auditor", language)
    page = client.get("/console/access-log/").content.decode()
    assert title in page
    assert "朱文书" in page
    assert "places 403" in page


def test_listed_by_event(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "auditor")
    assert "places 403" in client.get("/console/access-log/?event=refused").content.decode()
    assert "Nothing was logged" in client.get("/console/access-log/?event=revealed").content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999999999", "event=%00", "page=99999"])
def test_listed_whatever_the_address_says(desk: Desk, client: Client, query: str) -> None:
    desk.sign_in(client, "auditor")
    assert client.get(f"/console/access-log/?{query}").status_code == 200


@pytest.mark.parametrize("name", ["dispatcher", "county_dispatcher", "county_admin", "clerk"])
def test_listed_for_nobody_else(desk: Desk, client: Client, name: str) -> None:
    desk.sign_in(client, name)
    assert client.get("/console/access-log/").status_code == 403
