"""Make the first migration anew. Only until the first release: afterwards migrations are only added."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
for path in Path("src/commongrid/migrations").glob("00*.py"):
    path.unlink()

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402

django.setup()
call_command("makemigrations", "commongrid", "--name", "initial", verbosity=1)
sys.exit(0)
