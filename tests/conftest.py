"""The test bed: one throw-away PostgreSQL per run, one fresh database per test that needs any.

The stock fixtures of pytest-django can't work here (they wrap tests in a
transaction in which an earlier ``SET LOCAL`` is still there, and hide leaks).
Instead the owner migrates one template per run, and each test gets ``CREATE
DATABASE … TEMPLATE`` (a tenth of a second) and connects as the app. What many
tests begin with is a template as well, laid once per run (``Database.begin``);
it depends on no setting and no hour. Nothing is truncated. While a test runs, a
query on a scoped table outside ``acting`` and a write on our tables outside an
action fail.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - every run makes a folder of its own in it
ENOUGH = 4 * 1024**3


def _quick_folder() -> str | None:
    """Memory where the machine offers enough: copying a template of 900 files is then 25 times as fast."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return str(MEMORY)
    return None


if "PYTEST_XDIST_WORKER" not in os.environ and "COMMONGRID_TEST_RUN" not in os.environ:
    if quick := _quick_folder():
        os.environ["TMPDIR"] = tempfile.tempdir = quick
    _folder = Path(tempfile.mkdtemp(prefix="cg-test-"))
    _folder.chmod(0o755)
    os.environ["COMMONGRID_TEST_RUN"] = str(_folder)
os.environ["COMMONGRID_DATA"] = os.environ["COMMONGRID_TEST_RUN"] + "/data"
Path(os.environ["COMMONGRID_DATA"], "static").mkdir(parents=True, exist_ok=True)  # pages want it; it is empty
os.environ["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
os.environ.pop("DATABASE_OWNER_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")

import django  # noqa: E402 - the environment comes first
import pytest  # noqa: E402

django.setup()  # before any other conftest, so that a single folder of tests can be run by itself

pytest_plugins = ["tests.bed", "tests.figures"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process takes the run's folder away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["COMMONGRID_TEST_RUN"], ignore_errors=True)
