"""Bringing a county's schema up to what the code expects: migrations, walls, seeds.

Done by the owner role in a process of its own, the only one that knows the owner's address. What was done is written
as a stamp on the schema itself, so that a backup carries it and every start finds out with one query.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import psycopg

from commongrid.config.env import env

PACKAGE = Path(__file__).resolve().parent.parent
DECIDING = (
    "migrations/*.py",
    "config/settings.py",  # which apps of others bring tables
    "config/walls.py",
    "config/sql/*.sql",
    "kernel/wall.py",
    "*/models.py",
    "*/models/*.py",
    "*/*/models.py",
    "*/seeds/*",
    "*/actions.py",
    "*/actions/seed*.py",
    "*/seeding.py",
)
MARK = "commongrid "


class NotPrepared(Exception):
    """The database is not what this version of the code expects."""


@cache
def code_stamp() -> str:
    """What this code expects of a schema, as a short hash over everything that decides it."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in DECIDING for path in PACKAGE.glob(pattern) if path.is_file()}):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return MARK + digest.hexdigest()[:16]


def schema_stamp(url: str) -> str:
    """What was last prepared in the county's schema, or nothing."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        question = "SELECT obj_description(to_regnamespace(%s)::oid, 'pg_namespace')"
        row = connection.execute(question, [env.SCHEMA]).fetchone()
    return (row and row[0]) or ""


def prepare(app_url: str, owner_url: str) -> bool:
    """Bring the schema up to date where it is not; answers whether something was done."""
    if schema_stamp(app_url) == code_stamp():
        return False
    if not owner_url:
        message = (
            "The database is not prepared for this version, and DATABASE_OWNER_URL, the address of the role that "
            "migrates, is not set. `commongrid provision` prints what an administrator does first."
        )
        raise NotPrepared(message)
    environment = {**os.environ, "DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "COMMONGRID_AS": "owner"}
    environment["DJANGO_SETTINGS_MODULE"] = "commongrid.config.settings"
    command = [sys.executable, "-m", "django", "prepare"]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        message = "The database could not be prepared:\n" + "\n".join(words[-12:])
        raise NotPrepared(message)
    return True
