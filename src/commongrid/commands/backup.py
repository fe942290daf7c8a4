"""`commongrid backup`: the county as it stands, sealed, into a folder; people go on working."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from getpass import getpass
from pathlib import Path

HELP = "Back the county up while it runs: database, files, list of erasures, sealed; its keys apart with --keys."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and how many stay."""
    parser.add_argument("folder", type=Path, help="folder of backups; each becomes a folder named by its time")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="also write the keys, sealed by a pass phrase")
    parser.add_argument("--keep", type=int, metavar="N", help="delete the oldest, so that N backups stay")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")


def run(args: argparse.Namespace) -> int:
    """0 where the backup is whole."""
    from commongrid.commands.opening import county_open
    from commongrid.config import backups
    from commongrid.config.embedded import Cluster
    from commongrid.config.env import env

    if not env.EMBEDDED:
        message = (
            "DATABASE_URL names a database that is not ours: back it up by its own means (pg_basebackup and its log), "
            "and the data folder with its keys beside it. See docs/howto/back-up-and-restore.md."
        )
        raise backups.BackupProblem(message)
    if args.keep is not None and args.keep < 1:
        message = "--keep needs at least 1: the backup just made stays."
        raise backups.BackupProblem(message)
    words = pass_phrase("Pass phrase for the keys: ") if args.keys else ""
    with county_open():
        if args.keys:
            backups.save_keys(env.DATA, args.keys, words)
        folder, made = backups.take(env.DATA, Cluster(env.DATA), args.folder)
        gone = backups.prune(args.folder, args.keep) if args.keep else []
    if args.json:
        print(json.dumps({"folder": str(folder), **asdict(made), "deleted": [str(one) for one in gone]}))
        return 0
    size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    print(f"Backed up to {folder}: {size:,.1f} MB, {made.lines:,} lines of the journal, {made.files:,} files.")
    print(f"Its keys are in {args.keys}; keep them in another place than the backup." if args.keys else NO_KEYS)
    return 0


NO_KEYS = "It opens only with the keys of this county: keep them too, apart from it (--keys FILE)."


def pass_phrase(question: str) -> str:
    """The pass phrase of the keys: COMMONGRID_BACKUP_WORDS, else asked at the terminal."""
    from commongrid.config.env import Misconfigured, env

    if words := env.BACKUP_WORDS:
        return words
    if not sys.stdin.isatty():
        message = "Nobody is there to ask for the pass phrase of the keys: set COMMONGRID_BACKUP_WORDS."
        raise Misconfigured(message)
    return getpass(question)
