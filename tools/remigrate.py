"""Make the migration that is not released yet anew: several people change tables at once, one file results.

Migrations up to ``RELEASED`` are never touched; raise it with each release, and name the next. Rows that need changing
once are changed by a migration written by hand that carries the number of the release before it (``0007_..._data``),
so that it stays; the walls (``config/sql``) are made anew at every update and change no row.
"""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

RELEASED = 7
NAME = "further_records"
HOME = Path("src/commongrid/migrations")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402

with HOME.joinpath("__init__.py").open() as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    for path in HOME.glob("0*.py"):
        if int(path.name[:4]) > RELEASED:
            path.unlink()
    django.setup()
    call_command("makemigrations", "commongrid", "--name", NAME, verbosity=1, interactive=False)
sys.exit(0)
