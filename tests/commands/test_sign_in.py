"""`commongrid sign-in`: links for a post by id, role@place or role; one for each role; refusals in a sentence."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from commongrid.commands import opening, sign_in, up
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from tests.factories.desk import COUNTY, FAR_VILLAGE, OTHER_TOWNSHIP, POSTS, Desk, id_of, lay

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.bed import Database


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk's county; the command finds it open."""
    monkeypatch.setattr(opening, "county_open", nullcontext)
    return lay(database)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Call the command as the shell would; what it prints, as JSON where asked."""
    parser = ArgumentParser()
    sign_in.arguments(parser)
    assert sign_in.run(parser.parse_args(words)) == 0
    printed = capsys.readouterr().out
    return json.loads(printed) if "--json" in words else printed


@pytest.mark.parametrize(
    ("asked", "post"),
    [
        (str(id_of("clerk")), "clerk"),
        (f"dispatcher@{OTHER_TOWNSHIP}", "far_dispatcher"),
        ("dispatcher@990101102", "far_dispatcher"),
        ("village_secretary", "secretary"),
    ],
)
def test_sign_in_prints_a_link_that_lets_in(
    desk: Desk, client: Client, capsys: pytest.CaptureFixture[str], asked: str, post: str
) -> None:
    (link,) = run(capsys, asked, "--json")["links"]
    assert link["post"] == str(id_of(post))
    assert client.post(urlsplit(link["url"]).path).status_code == 302
    assert client.session["_auth_user_id"] == str(desk.accounts[post])


def test_sign_in_for_people(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.accounts
    printed = run(capsys, "village_clerk")
    assert printed.count("/in/") == 1
    assert "Baisha" in printed or "白沙村" in printed


def test_sign_in_each_role_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.accounts
    links = run(capsys, "--each-role", "--json")["links"]
    roles = [link["role"] for link in links]
    assert len(roles) == len(set(roles))
    assert set(roles) == {post[1] for post in POSTS}
    assert all(link["title"] and link["url"].count("/in/") == 1 for link in links)


def test_sign_in_each_role_rather_a_post_with_something_to_decide(
    hamlet: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "county_open", nullcontext)
    chosen = {link["role"]: link["post"] for link in run(capsys, "--each-role", "--json")["links"]}
    with hamlet.as_role("owner") as owner:
        deciding = owner.execute(
            "SELECT p.id::text FROM roster_post p JOIN matters_application a ON a.to_unit_id = p.unit_id"
            " WHERE a.outcome = '' AND p.role_id = 'unit_deputy'"
        ).fetchall()
        owing = owner.execute(
            "SELECT p.id::text FROM roster_post p JOIN matters_matter m ON m.owner_place = p.place"
            " WHERE m.closed_at IS NULL AND m.owner_level = 'township' AND p.role_id = 'dispatcher'"
        ).fetchall()
        near = owner.execute(
            "SELECT p.id::text FROM roster_post p JOIN roster_post v ON v.place = p.place / 1000 * 1000"
            " WHERE v.id = %s",
            [chosen["village_secretary"]],
        ).fetchall()
    assert (chosen["unit_deputy"],) in deciding
    assert (chosen["dispatcher"],) in owing
    assert (chosen["grid_member"],) in near, "what is reported is decided by another who is here"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ((), BadInput),
        (("clerk", "--each-role"), BadInput),
        (("no_such_role",), NotFound),
        ((f"village_clerk@{FAR_VILLAGE}",), NotFound),
        (("village_clerk@nowhere",), BadInput),
        (("village_clerk", "--hours", "0"), BadInput),
    ],
)
def test_sign_in_refusals(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], refusal: type[Exception]
) -> None:
    assert desk.accounts
    with pytest.raises(refusal):
        run(capsys, *words)


def test_sign_in_appoints_the_first_administrator_of_a_county(
    desk: Desk, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.accounts
    words = (f"security_admin@{COUNTY}", "--appoint", "安全员", "--json")
    (link,) = run(capsys, *words)["links"]
    assert link["role"] == "security_admin"
    assert client.post(urlsplit(link["url"]).path, follow=True).status_code == 200
    with pytest.raises(WrongState):
        run(capsys, *words)


@pytest.mark.parametrize("seat", ["grid_head@990101101201002", "security_admin", "security_admin@nowhere", "@990101"])
def test_sign_in_appoints_administrators_only(desk: Desk, capsys: pytest.CaptureFixture[str], seat: str) -> None:
    assert desk.accounts
    with pytest.raises(BadInput):
        run(capsys, seat, "--appoint", "某人")


def test_sign_in_leads_to_the_port_that_is_served(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert desk.accounts
    monkeypatch.setenv("COMMONGRID_DATA", str(tmp_path))
    monkeypatch.delenv("COMMONGRID_ADDRESS", raising=False)
    monkeypatch.setenv("PORT", "8123")
    with up.only_one(tmp_path):
        monkeypatch.delenv("PORT")
        assert ":8123/in/" in run(capsys, "village_clerk")
    assert ":8000/in/" in run(capsys, "village_clerk")


def test_whoever_receipts_a_sealed_matter_gets_a_link_and_grids_are_named_with_their_village(
    hamlet: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "county_open", nullcontext)
    links = run(capsys, "--each-role", "--json")["links"]
    with hamlet.as_role("owner") as owner:
        linked = owner.execute(
            "SELECT u.function_id FROM roster_post p JOIN roster_unit u ON u.id = p.unit_id WHERE p.id::text = ANY(%s)",
            [[one["post"] for one in links]],
        ).fetchall()
    assert {("public_security",), ("discipline",)} <= set(linked)
    heads = [one["title"] for one in links if one["role"] == "grid_head"]
    assert heads
    assert all("村" in title or "社区" in title or "Village" in title or "Community" in title for title in heads)
