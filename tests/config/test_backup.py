"""Backups: whole while people work, opened by their keys alone, brought back with everything proved."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from commongrid.config import backups, checkup, keys
from commongrid.config.backups import BackupProblem
from commongrid.config.embedded import Cluster, held
from tests.config.conftest import folder as folder  # noqa: PLC0414 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "twelve signs and more"
PICTURE = b"a picture"
HASH = hashlib.sha256(PICTURE).digest()


def call(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "COMMONGRID_"))}
    environment = {**kept, "COMMONGRID_DATA": str(data), "COMMONGRID_BACKUP_WORDS": WORDS}
    command = [sys.executable, "-m", "commongrid.cli", *words]
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True)


def county(data: Path) -> None:
    """A prepared county with a file, and a session of somebody."""
    with held(data) as cluster:
        looked = call(data, "doctor")
        assert (looked.returncode, "none was made yet" in looked.stdout) == (0, True), looked.stdout
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute(
                "INSERT INTO journal_blob (stored_hash, size, media_type, files) VALUES (%s, %s, 'image/png', 1)",
                [HASH, len(PICTURE)],
            )
            owner.execute("INSERT INTO django_session VALUES ('somebody', '', now() + interval '1 day')")
        place = data / "files" / HASH.hex()[:2] / HASH.hex()[2:]
        place.parent.mkdir(parents=True)
        place.write_bytes(PICTURE)


def test_a_county_comes_back_whole_and_only_with_its_keys(folder: Path) -> None:
    county(folder)
    target, sealed = folder.with_name("backups"), folder.with_name("keys.sealed")
    made = call(folder, "backup", str(target), "--keys", str(sealed), "--keep", "2", "--json")
    assert made.returncode == 0, made.stderr
    said = json.loads(made.stdout)
    assert (said["files"], said["deleted"]) == (1, [])
    for path in (*target.rglob("*.box"), sealed):
        assert PICTURE not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0

    assert "the last one is 0.0 days old" in call(folder, "doctor").stdout
    drill = call(folder, "restore", str(target), "--drill", "--json")
    assert drill.returncode == 0, drill.stdout + drill.stderr
    assert {one[0] for one in json.loads(drill.stdout)["proved"].values()} == {True}
    assert [path.name for path in folder.parent.glob("data.drill-*")] == []

    again = folder.with_name("again")
    try:
        assert "not there" in call(again, "restore", str(target)).stderr
        back = call(again, "restore", str(target), "--keys", str(sealed))
        assert back.returncode == 0, back.stdout + back.stderr
        assert keys.texts(again) == keys.texts(folder)
        with held(again) as cluster, psycopg.connect(cluster.owner_url) as owner:
            assert owner.execute("SELECT n, reason FROM journal_timeline ORDER BY n").fetchall()[-1] == (2, "restored")
            assert owner.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert call(again, "doctor").returncode == 0
        assert "not empty" in call(again, "restore", str(target)).stderr
    finally:
        Cluster(again).stop()

    shutil.rmtree(folder / "files")
    bare = call(folder, "backup", str(target), "--keep", "1", "--json")
    assert json.loads(bare.stdout)["deleted"] == [said["folder"]]
    lost = call(folder, "restore", str(target), "--drill")
    assert lost.returncode == 1
    assert "1 of 1 missing or changed" in lost.stdout, "a file that a row names is not there"


def test_keys_open_with_their_pass_phrase_alone_and_keep_to_their_names(tmp_path: Path) -> None:
    keys.load(tmp_path)
    path = tmp_path / "sealed"
    with pytest.raises(BackupProblem, match="at least 12"):
        backups.save_keys(tmp_path, path, "short")
    backups.save_keys(tmp_path, path, WORDS)
    assert backups.read_keys(path, WORDS) == keys.texts(tmp_path)
    for wrong in (WORDS + " ", "another pass phrase"):
        with pytest.raises(BackupProblem, match="does not open"):
            backups.read_keys(path, wrong)
    for name in ("../up", "sealing-", "other"):
        with pytest.raises(keys.KeysProblem):
            keys.put_back(tmp_path / "new", {name: "00"})
    with pytest.raises(keys.KeysProblem, match="another key"):
        keys.put_back(tmp_path, {"backup": "00" * 32})


def test_only_whole_backups_are_found_and_pruned(tmp_path: Path) -> None:
    for name in ("20260101T000000Z", "20260102T000000Z", "20260103T000000Z.making", "mine"):
        (tmp_path / name).mkdir()
    with pytest.raises(BackupProblem, match="no backup"):
        backups.found(tmp_path)
    said = {"at": "2026-01-01", "schema": "county", "postgres": 18, "stamp": "", "head": "", "lines": 0, "files": 0}
    for name in ("20260101T000000Z", "20260102T000000Z"):
        (tmp_path / name / "backup.json").write_text(json.dumps(said))
    assert backups.found(tmp_path)[0].name == "20260102T000000Z"
    assert [one.name for one in backups.prune(tmp_path, 1)] == ["20260101T000000Z"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["20260102T000000Z", "20260103T000000Z.making", "mine"]
    (tmp_path / "20260102T000000Z" / "backup.json").write_text(json.dumps(said | {"format": 2}))
    with pytest.raises(BackupProblem, match="another version"):
        backups.found(tmp_path)


@pytest.mark.parametrize(("days", "level"), [(None, "note"), (1, "ok"), (3, "note"), (9, "fault")])
def test_doctor_says_how_old_the_last_backup_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int | None, level: str
) -> None:
    monkeypatch.setattr("django.conf.settings.DATA", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if days is not None:
        at = datetime.now(UTC) - timedelta(days=days)
        (tmp_path / backups.NOTE).write_text(json.dumps({"at": at.isoformat(), "where": "/backup"}))
    assert [one.level for one in checkup.backup()] == [level]
