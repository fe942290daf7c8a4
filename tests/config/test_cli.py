"""The command line: words, exit codes, and what a person reads when something is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from commongrid import cli, commands
from commongrid.config.binaries import EmbeddedProblem
from commongrid.config.embedded import Cluster
from commongrid.kernel.refusals import BadInput

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(folder: Path) -> Call:
    """The console script as a person calls it, with a data folder of its own."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        environment = {**kept, "COMMONGRID_DATA": str(folder), **variables}
        command = [sys.executable, "-m", "commongrid.cli", *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    return run


@pytest.mark.parametrize("words", [words for words, _ in commands.CATALOGUE])
def test_every_command_explains_itself(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*words.split(), "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert f"usage: commongrid {words}" in said
    assert "Exit codes" in said


@pytest.mark.parametrize("text", ["", "fly", "import", "import people", "up --port x", "demo --size x"])
def test_wrong_calls_end_with_2(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(text.split())
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_help_needs_no_database_and_makes_nothing(call: Call, folder: Path) -> None:
    assert call("--help").returncode == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (EmbeddedProblem("The bundled database does not start."), "The bundled database does not start.\n"),
        (BadInput("Mind %(n)s rows.", n=3, fields={"file": "Too long."}), "Mind 3 rows.\n  file: Too long.\n"),
    ],
)
def test_a_refusal_is_a_sentence_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], problem: Exception, said: str
) -> None:
    def refuse(_args: object) -> int:
        raise problem

    monkeypatch.setattr("commongrid.commands.down.run", refuse)
    monkeypatch.setenv("LANG", "en")
    assert cli.main(["down"]) == 1
    assert capsys.readouterr() == ("", said)


def test_provision_prints_sql_and_addresses_that_belong_together(call: Call, folder: Path) -> None:
    done = call("provision", "--schema", "shiqian", "--database", "grid", "--host", "db.example", "--json")
    printed = json.loads(done.stdout)
    password = printed["environment"]["DATABASE_URL"].split(":")[2].split("@")[0]
    assert f"ALTER ROLE shiqian_app LOGIN PASSWORD '{password}'" in printed["sql"]
    assert printed["environment"]["DATABASE_OWNER_URL"].endswith("@db.example:5432/grid")
    assert not folder.exists()


@pytest.mark.parametrize("schema", ["a b", "x;y", "pg_mine", "public"])
def test_provision_refuses_a_schema_that_is_no_name(call: Call, schema: str) -> None:
    done = call("provision", "--schema", schema)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is named in lower-case letters" in done.stderr


def test_down_with_nothing_running_is_no_fault(call: Call) -> None:
    done = call("down", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"up": False, "database": False})


def test_a_wrong_environment_is_said_in_words(call: Call) -> None:
    done = call("up", PORT="eighty")
    assert (done.returncode, done.stderr) == (1, "PORT must be a whole number from 1 to 65535, not 'eighty'.\n")


def test_an_owner_address_alone_is_refused(call: Call) -> None:
    done = call("verify", DATABASE_OWNER_URL="postgresql://x@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "DATABASE_OWNER_URL is set without DATABASE_URL" in done.stderr


def test_a_database_that_is_not_there_is_said_in_words(call: Call) -> None:
    done = call("verify", DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer:")
    assert "Traceback" not in done.stderr


def test_verify_and_doctor_start_the_database_prepare_it_and_stop_it(call: Call, folder: Path) -> None:
    verified = call("verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["sound"]) == (0, True), verified.stderr
    looked = call("doctor", "--json")
    found = json.loads(looked.stdout)
    assert (looked.returncode, found["faults"]) == (0, 0)
    assert {finding["about"] for finding in found["findings"]} >= {
        "server",
        "role",
        "walls",
        "functions",
        "schema",
        "keys",
    }
    assert json.loads(call("down", "--json").stdout) == {"up": False, "database": False}


def test_an_external_database_is_prepared_in_its_own_schema(call: Call, cluster: Cluster) -> None:
    printed = json.loads(call("provision", "--schema", "outer_county", "--database", "another", "--json").stdout)
    urls = {
        name: url.replace("localhost:5432", f"127.0.0.1:{cluster.port}") for name, url in printed["environment"].items()
    }
    with psycopg.connect(cluster.admin_dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE another TEMPLATE template0")
        with psycopg.connect(cluster.admin_dsn("another")) as inside:
            inside.execute(printed["sql"].encode())
        try:
            without_owner = {name: url for name, url in urls.items() if name != "DATABASE_OWNER_URL"}
            refused = call("verify", **without_owner)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert "DATABASE_OWNER_URL, the address of the role that migrates, is not set" in refused.stderr
            assert call("verify", **urls).returncode == 0
            done = call("doctor", "--json", **without_owner)
            faults = [one["about"] for one in json.loads(done.stdout)["findings"] if one["level"] == "fault"]
            assert (done.returncode, faults) == (1, ["server"])  # the tests' throw-away server writes lazily
            with psycopg.connect(cluster.admin_dsn("another")) as inside:
                rows = inside.execute(
                    "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname !~ '^pg_|^information'"
                )
                assert rows.fetchall() == [("outer_county",)]
        finally:
            admin.execute("DROP DATABASE another WITH (FORCE)")


def test_a_superuser_is_not_served(call: Call, folder: Path) -> None:
    from commongrid.config.embedded import held

    assert call("verify").returncode == 0
    with held(folder) as cluster:
        done = call("worker", "--once", DATABASE_URL=cluster.admin_dsn() + "?options=-csearch_path%3Dcounty")
    assert done.returncode == 1
    assert "The role postgres is a superuser. Serve as the app role" in done.stderr
