"""Backups of a county: the database as it stood at one moment, its files, the list of erasures; sealed.

A backup is a folder named by its time: `database.box` and `files.box` (tar in a strongbox, `kernel/strongbox.py`), and
`backup.json`, which says in the open what it is and holds nothing personal. They open with the key `backup` of the
keys folder and nothing else, so a copy that gets out tells nothing. The keys themselves go elsewhere, sealed by a pass
phrase: `save_keys`. What is taken while people work is whole: the database as of the end of its copy, and every file
that its rows name.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from commongrid.config import keys
from commongrid.config.binaries import EmbeddedProblem
from commongrid.config.embedded import Cluster
from commongrid.config.env import env
from commongrid.config.preparing import code_stamp
from commongrid.kernel.strongbox import SALT, BoxBroken, Opener, Packer, key_of_words

FORMAT = 1
NAME = re.compile(r"\d{8}T\d{6}Z")
NOTE = "backups.json"
KEPT_LIST = "erasures.jsonl"
LEAST_WORDS = 12


class BackupProblem(EmbeddedProblem):
    """A backup cannot be made, opened or brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup says of itself; ``head`` and ``lines`` are the journal's last seal before it was begun."""

    at: str
    schema: str
    postgres: int
    stamp: str
    head: str
    lines: int
    files: int
    format: int = FORMAT


# -- taking ---------------------------------------------------------------------------------------------------------


def take(data: Path, cluster: Cluster, target: Path) -> tuple[Path, Backup]:
    """Back the running county up into a new folder of the target; answers the folder and what is in it."""
    at = datetime.now(UTC)
    folder = target.absolute() / f"{at:%Y%m%dT%H%M%SZ}"
    making = folder.with_suffix(".making")
    try:
        making.mkdir(mode=0o700, parents=True)
    except OSError as error:
        message = f"The folder {making} cannot be made: {error.strerror}."
        raise BackupProblem(message) from error
    try:
        key = keys.load(data).backup
        head, lines = _last_seal(cluster)
        with _packed(making / "files.box", key, folder.name) as out, tarfile.open(fileobj=out, mode="w|") as tar:
            seen: set[str] = set()
            _add_files(tar, data, seen)  # before the database: of a file deleted meanwhile there is a copy
            with _packed(making / "database.box", key, folder.name) as box:
                for piece in cluster.copy():
                    box.write(piece)
            _add_files(tar, data, seen)  # and behind it: whatever came meanwhile
            if (data / KEPT_LIST).exists():
                tar.add(data / KEPT_LIST, KEPT_LIST)
        made = Backup(
            at=at.isoformat(timespec="seconds"), schema=env.SCHEMA, postgres=cluster.programs.version,
            stamp=code_stamp(), head=head, lines=lines, files=len(seen),
        )  # fmt: skip
        _write(making / "backup.json", json.dumps(asdict(made), indent=1) + "\n")
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    _write(data / NOTE, json.dumps({"at": made.at, "where": str(folder)}) + "\n")
    return folder, made


def prune(target: Path, keep: int) -> list[Path]:
    """Delete the oldest whole backups of a folder, so that so many stay; answers which went."""
    gone = sorted(_all(target), reverse=True)[keep:]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def last(data: Path) -> tuple[datetime, str] | None:
    """When this county was last backed up, and where to."""
    try:
        said = json.loads((data / NOTE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(said["at"]), str(said["where"])
    except (OSError, ValueError, KeyError):
        return None


def save_keys(data: Path, path: Path, words: str) -> None:
    """Write the keys to a file that opens with the pass phrase alone."""
    if len(words) < LEAST_WORDS:
        message = f"The pass phrase needs at least {LEAST_WORDS} signs."
        raise BackupProblem(message)
    salt = secrets.token_bytes(SALT)
    making = path.with_name(f"{path.name}.making")
    with making.open("wb") as target:
        making.chmod(0o600)
        target.write(salt)
        with Packer(target, key_of_words(words, salt), "keys") as box:
            box.write(json.dumps(keys.texts(data)).encode())
    making.replace(path)


# -- bringing back --------------------------------------------------------------------------------------------------


def read_keys(path: Path, words: str) -> dict[str, str]:
    """The keys of such a file.

    Refuses: BackupProblem where the pass phrase is another one, or the file is none of ours.
    """
    try:
        with path.open("rb") as source:
            salt = source.read(SALT)
            found: dict[str, str] = json.loads(Opener(source, key_of_words(words, salt), "keys").read())
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise BackupProblem(message) from error
    except BoxBroken as error:
        message = f"{path} does not open: another pass phrase, or not a file of keys."
        raise BackupProblem(message) from error
    return found


def found(source: Path) -> tuple[Path, Backup]:
    """The backup in a folder, or the newest of a folder of backups."""
    folder = source if (source / "backup.json").exists() else max(_all(source), default=None)
    if folder is None:
        message = f"There is no backup in {source}."
        raise BackupProblem(message)
    try:
        made = Backup(**json.loads((folder / "backup.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        message = f"{folder / 'backup.json'} cannot be read: {error}."
        raise BackupProblem(message) from error
    if made.format != FORMAT:
        message = f"{folder} was made by another version of Commongrid (format {made.format}); use that one."
        raise BackupProblem(message)
    return folder.absolute(), made


def check_empty(data: Path) -> None:
    """Refuse a data folder in which there is anything but keys."""
    if data.exists() and (there := {path.name for path in data.iterdir()} - {"keys"}):
        shown = ", ".join(sorted(there)[:3])
        message = f"The data folder {data} is not empty ({shown}). Name another one with COMMONGRID_DATA."
        raise BackupProblem(message)


def bring_back(folder: Path, data: Path) -> Cluster:
    """Put a backup into an empty data folder that holds its keys; the database is verified and not started.

    Refuses: BackupProblem where the keys are not there, or the backup does not open with them.
    """
    if not (keys.folder(data) / "backup").exists():
        message = "The keys of this county are not there: give their file with --keys, or put the keys folder in place."
        raise BackupProblem(message)
    cluster, key = Cluster(data), keys.load(data).backup
    try:
        cluster.bring_back(lambda making: _unpack(folder / "database.box", key, folder.name, making))
        _unpack(folder / "files.box", key, folder.name, data)
    except BoxBroken as error:
        message = f"{error}.box does not open: it was changed or cut, or these are the keys of another county."
        raise BackupProblem(message) from error
    return cluster


def begin_anew(cluster: Cluster) -> int:
    """What a restored database needs once: a timeline of its own, and nobody signed in; answers the timeline."""
    with psycopg.connect(cluster.owner_url) as owner:
        schema = sql.Identifier(cluster.schema)
        begun = owner.execute(
            sql.SQL(
                "INSERT INTO {}.journal_timeline (n, began_at, reason) "
                "SELECT max(n) + 1, now(), 'restored' FROM {}.journal_timeline RETURNING n"
            ).format(schema, schema)
        ).fetchone()
        owner.execute(sql.SQL("DELETE FROM {}.django_session").format(schema))
    return int(begun[0]) if begun else 0


# -- small things ---------------------------------------------------------------------------------------------------


def _all(target: Path) -> list[Path]:
    return [one for one in target.glob("*") if NAME.fullmatch(one.name) and (one / "backup.json").exists()]


def _last_seal(cluster: Cluster) -> tuple[str, int]:
    with psycopg.connect(cluster.owner_url) as owner:
        found_row = owner.execute(
            "SELECT encode((SELECT head FROM journal_seal ORDER BY n DESC LIMIT 1), 'hex'), count(*) FROM journal_line"
        ).fetchone()
    return (found_row[0] or "", int(found_row[1])) if found_row else ("", 0)


def _add_files(tar: tarfile.TarFile, data: Path, seen: set[str]) -> None:
    """Every file that is not in yet; one that is deleted while we look is in nobody's rows any more."""
    for path in sorted((data / "files").rglob("*")):
        name = str(path.relative_to(data))
        if name in seen or not path.is_file():
            continue
        try:
            tar.add(path, name)
        except FileNotFoundError:
            continue
        seen.add(name)


@contextmanager
def _packed(path: Path, key: bytes, backup: str) -> Iterator[Packer]:
    """A strongbox on disk; whole only where nothing went wrong."""
    with path.open("xb") as target:
        path.chmod(0o600)
        box = Packer(target, key, f"{backup}/{path.stem}")
        yield box
        box.close()
        target.flush()
        os.fsync(target.fileno())


def _unpack(path: Path, key: bytes, backup: str, into: Path) -> None:
    try:
        with (
            path.open("rb") as source,
            tarfile.open(fileobj=Opener(source, key, f"{backup}/{path.stem}"), mode="r|") as tar,
        ):
            tar.extractall(into, filter="data")
    except BoxBroken as error:
        raise BoxBroken(path.stem) from error
    except (OSError, tarfile.TarError) as error:
        message = f"{path} cannot be unpacked: {error}."
        raise BackupProblem(message) from error


def _write(path: Path, text: str) -> None:
    making = path.with_name(f"{path.name}.making")
    making.write_text(text, encoding="utf-8")
    making.chmod(0o600)
    making.replace(path)
