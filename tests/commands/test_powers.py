"""`commongrid powers`: shown to anybody, changed by the tables' owner alone, from a day on and with a line left."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import ProgrammingError
from django.test import Client
from django.utils.timezone import localdate

from commongrid.commands import opening, powers
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.kernel.scope import clock
from commongrid.roster import actions, queries
from tests.factories.desk import COUNTY, Desk, lay
from tests.factories.places import as_owner

if TYPE_CHECKING:
    from tests.bed import Database

OWNER = clock("powers", "roster.empower")


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(opening, "county_open", lambda **_: nullcontext())
    return lay(database)


def run(*words: str) -> int:
    parser = ArgumentParser()
    powers.arguments(parser)
    return powers.run(parser.parse_args(words))


def held(role: str = "village_clerk") -> frozenset[str]:
    return queries.role_powers(OWNER)[role]


def test_powers_are_shown_by_role(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--role", "village_clerk", "--json") == 0
    ((told,),) = json.loads(capsys.readouterr().out).values()
    assert set(told["powers"]) == held()
    assert run() == 0
    assert "matters.report" in capsys.readouterr().out


def test_the_owner_gives_and_withdraws_from_a_day_on_and_the_county_can_read_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    today = localdate()
    words = ("--role", "village_clerk", "--give", "matters.supervise")
    assert "matters.supervise" not in held()
    with as_owner(desk.database):
        assert run(*words) == 0
        assert "Nothing was changed" in capsys.readouterr().out
        assert "matters.supervise" not in held()
        assert run(*words, "--yes") == 0
        assert "matters.supervise" in held()
        with pytest.raises(WrongState):
            run(*words, "--yes")
        later = today + timedelta(days=3)
        assert run("--role", "village_clerk", "--withdraw", "matters.report", "--from", str(later), "--yes") == 0
        assert "matters.report" in held()
        assert "matters.report" not in queries.role_powers(OWNER, later)["village_clerk"]
    client = desk.sign_in(Client(), "county_dispatcher")
    page = client.get("/console/posts/roles").content.decode()
    assert "may: Supervise" in page or "may: " in page
    assert "no longer: " in page
    assert [one.given for one in queries.power_changes(OWNER)] == [False, True]
    assert "A role got a power" in client.get("/console/journal/").content.decode()


def test_the_app_itself_can_change_no_power(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--role", "village_clerk", "--give", "matters.supervise", "--yes") == 1
    assert "Only the owner" in capsys.readouterr().err
    with pytest.raises(ProgrammingError, match="permission denied"):
        actions.give_power(
            OWNER, Act.new(), role="village_clerk", power="matters.supervise", from_on=localdate(), place=COUNTY
        )
    assert "matters.supervise" not in held()
    with desk.database.as_role("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("UPDATE roster_role_power SET valid_to = now()")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--role", "nobody", "--give", "matters.report"), "no role nobody"),
        (("--role", "village_clerk", "--give", "matters.rule_all"), "no power matters.rule_all"),
        (("--role", "auditor", "--give", "matters.read"), "neither see nor decide"),
        (("--role", "village_clerk", "--give", "matters.supervise", "--from", "2020-01-01"), "from today on"),
        (("--role", "village_clerk", "--give", "matters.supervise", "--from", "soon"), "Write the day"),
        (("--give", "matters.supervise"), "Name the role"),
        (("--role", "nobody"), "no role nobody"),
    ],
)
def test_what_makes_no_sense_is_said(desk: Desk, words: tuple[str, ...], sentence: str) -> None:
    with as_owner(desk.database), pytest.raises(BadInput, match=sentence):
        run(*words, "--yes")
    assert not queries.power_changes(OWNER)
