"""A backup under sixteen writers, brought back elsewhere: what was acknowledged before is there, nothing by halves.

Nightly, several rounds on one county that goes on working.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from commongrid.config import postmaster
from commongrid.config.embedded import Cluster, held
from tests.config.conftest import folder as folder  # noqa: PLC0414 - a fixture
from tests.config.test_backup import call
from tests.config.test_up import ready, served
from tests.figures import Record
from tests.proof.test_kill import SOUND, WRITERS, Drill, lay_demo
from tests.sizes import size

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = size(1, 5)
KEPT = ("journal_line", "journal_claim", "matters_matter", "matters_note", "matters_party", "journal_seal")
"""Tables whose rows are never deleted while people write, so that those of a backup are all there later."""


def rows(owner: psycopg.Connection[Any], table: str) -> set[str]:
    """The keys of a table."""
    key = "n" if table == "journal_seal" else "id"
    found = owner.execute(sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(key), sql.Identifier(table)))
    return {one for (one,) in found}


def round_of(folder: Path, drill: Drill, back: Path) -> dict[str, int]:
    """One backup under load, brought back; how much was wrong with it, by what."""
    acknowledged = sorted(drill.acks)
    made = call(folder, "backup", str(folder.with_name("backups")), "--keys", str(folder.with_name("keys")), "--json")
    assert made.returncode == 0, made.stderr
    assert len(drill.acks) > len(acknowledged), "people went on working"
    done = call(back, "restore", json.loads(made.stdout)["folder"], "--keys", str(folder.with_name("keys")), "--json")
    wrong = {what: int(not sound) for what, (sound, _text) in json.loads(done.stdout)["proved"].items()}
    with (
        held(back) as cluster,
        psycopg.connect(cluster.owner_url) as restored,
        psycopg.connect(Cluster(folder).owner_url) as owner,
    ):
        for what, query in SOUND.items():
            wrong[what] = (restored.execute(query, {"acks": acknowledged}).fetchone() or (1,))[0]
        for table in KEPT:
            wrong[f"{table} that never was"] = len(rows(restored, table) - rows(owner, table))
    return wrong


@pytest.mark.nightly
@pytest.mark.drill
def test_a_backup_under_load_comes_back_with_all_that_was_acknowledged(folder: Path, figure: Record) -> None:
    port = postmaster.free_port()
    lay_demo(folder)
    with served(folder, port):
        ready(port)
        with psycopg.connect(Cluster(folder).owner_url) as owner:
            (place,) = owner.execute("SELECT min(code) FROM territory_place WHERE level = 'village'").fetchone() or (0,)
        drill, found = Drill(port, place), []
        threads = [threading.Thread(target=drill.write, args=[n]) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            for n in range(ROUNDS):
                before, deadline = len(drill.acks), time.monotonic() + 60
                while len(drill.acks) < before + WRITERS and time.monotonic() < deadline:
                    time.sleep(0.1)
                back = folder.with_name(f"back-{n}")
                try:
                    found.append(round_of(folder, drill, back))
                finally:
                    Cluster(back).remove()
        finally:
            drill.over.set()
            for thread in threads:
                thread.join()
    wrong = {what for one in found for what, count in one.items() if count}
    figure("backups under 16 writers, brought back", asked=ROUNDS, done=len(found), wrong=len(wrong))
    assert wrong == set()
