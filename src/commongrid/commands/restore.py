"""`commongrid restore`: a backup into an empty data folder, held against everything that can be proved of it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

HELP = "Bring a backup back into an empty data folder and prove it; --drill does so beside the county and cleans up."
DECIDING = ("server", "role", "walls", "functions", "schema", "keys")
"""Findings of the doctor that say whether what was brought back may be served."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup, with which keys."""
    parser.add_argument("folder", type=Path, help="a backup, or a folder of backups for its newest")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the keys, as `commongrid backup --keys` wrote them")
    parser.add_argument("--erasures", type=Path, metavar="FILE", help="a newer list of erasures, to be done again")
    parser.add_argument("--drill", action="store_true", help="only try: into a folder beside, which is then deleted")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(args: argparse.Namespace) -> int:
    """0 where everything is proved, 1 where something is not."""
    from commongrid.commands.backup import pass_phrase
    from commongrid.config import backups, keys
    from commongrid.config.env import env

    folder, made = backups.found(args.folder)
    texts = backups.read_keys(args.keys, pass_phrase("Pass phrase of the keys: ")) if args.keys else {}
    with _beside(env.DATA) if args.drill else _here(env.DATA) as data:
        if args.drill and not args.keys and keys.folder(env.DATA).is_dir():
            texts = keys.texts(env.DATA)
        backups.check_empty(data)
        keys.put_back(data, texts)
        proved = _brought_back(folder, made, data, args.erasures)
    if args.json:
        print(json.dumps({"folder": str(folder), **asdict(made), "proved": proved}))
    else:
        print(f"Backup of {made.at}, {made.lines:,} lines of the journal:")
        for what, (sound, text) in proved.items():
            print(f"[{'  ok  ' if sound else ' FAULT'}] {what}: {text}")
        print("Tried, and deleted again." if args.drill else f"The county is in {data}: start it with `commongrid up`.")
    return 0 if all(sound for sound, _text in proved.values()) else 1


def _brought_back(folder: Path, made: Any, data: Path, erasures: Path | None) -> dict[str, tuple[bool, str]]:
    """Bring it back, begin its timeline, do erasures again, and prove it; by the commands anybody would use."""
    from commongrid.config import backups
    from commongrid.config.embedded import held

    backups.bring_back(folder, data)
    if erasures:
        shutil.copyfile(erasures, data / backups.KEPT_LIST)
    with held(data) as cluster:
        timeline = backups.begin_anew(cluster)
        proved = {"database": (True, f"as its manifest says; timeline {timeline}")}
        again, words = _called(data, "erasures")
        proved["erasures"] = (again == 0, words)
        code, words = _called(data, "verify", *(("--head", made.head) if made.head else ()))
        proved["seals"] = (code == 0, words.splitlines()[0] if words else "")
        code, words = _called(data, "doctor", "--json")
        wrong = [one for one in json.loads(words)["findings"] if one["level"] == "fault" and one["about"] in DECIDING]
        proved["walls"] = (not wrong, "; ".join(one["text"] for one in wrong) or "as declared")
        proved["files"] = _files(cluster.owner_url, data)
    return proved


def _files(url: str, data: Path) -> tuple[bool, str]:
    """Every file that a row names is there, and is what its hash says."""
    import hashlib

    import psycopg

    with psycopg.connect(url) as owner:
        wanted = [bytes(row[0]) for row in owner.execute("SELECT DISTINCT stored_hash FROM journal_blob")]
    lost = 0
    for stored in wanted:
        path = data / "files" / stored.hex()[:2] / stored.hex()[2:]
        try:
            with path.open("rb") as stream:
                lost += hashlib.file_digest(stream, "sha256").digest() != stored
        except OSError:
            lost += 1
    return not lost, f"{len(wanted):,} of them" if not lost else f"{lost:,} of {len(wanted):,} missing or changed"


def _called(data: Path, *words: str) -> tuple[int, str]:
    """One of our commands over the folder brought back."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "-m", "commongrid.cli", *words]
    done = subprocess.run(
        command, check=False, env={**kept, "COMMONGRID_DATA": str(data)}, capture_output=True, text=True
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip()


@contextmanager
def _here(data: Path) -> Iterator[Path]:
    yield data


@contextmanager
def _beside(data: Path) -> Iterator[Path]:
    """A folder beside the county's for a drill; gone afterwards, and its database with it."""
    from commongrid.config.embedded import Cluster

    scratch = data.with_name(f"{data.name}.drill-{os.getpid()}")
    try:
        yield scratch
    finally:
        if scratch.exists():
            Cluster(scratch).remove()
            shutil.rmtree(scratch, ignore_errors=True)
