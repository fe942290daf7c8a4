"""Figures of a run: what each suite was asked to try, what it tried, and what went wrong.

A suite records one with ``figure("raw SQL probes", asked=50_000, done=…, wrong=…)``.
At the end of a run the table is printed and written to ``tests/proof/figures``,
one file per part of the run; ``python -m tests.figures`` prints all parts as one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sizes import FULL, TURN

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = Callable[..., None]
"""What a test gets to record its figures with: ``figure(what, asked=…, done=…, wrong=…)``."""
FOLDER = Path(__file__).parent / "proof" / "figures"
KEY = "figure"
BUDGETS = {
    "matrix": (150, ("proof/test_sql", "proof/test_channels", "proof/test_http")),
    "defects": (120, ("proof/test_defects",)),
    "imports and files": (
        90, ("kernel/test_sheets", "kernel/test_photos", "matters/importing/", "surfaces/shared/test_files"),
    ),
    "browser": (180, ("journeys/",)),
}  # fmt: skip
"""Seconds that the design gives a suite's sample in ``make test``, added over workers; and where the suite lives."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; ``asked`` is the design's size in the nightly run, the sample's otherwise."""

    what: str
    asked: int
    done: int
    wrong: int


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Record:
    """Record a figure, and fail where less was done than asked."""

    def record(what: str, *, asked: int, done: int, wrong: int = 0) -> None:
        request.node.user_properties.append((KEY, asdict(Figure(what, asked, done, wrong))))
        assert done >= asked, f"{what}: {asked} asked, only {done} done"

    return record


def _reports(reporter: pytest.TerminalReporter) -> Iterable[Any]:
    """What came back from every test, also from other workers."""
    for sort in ("passed", "failed", "error"):
        yield from (one for one in reporter.stats.get(sort, ()) if hasattr(one, "user_properties"))


def _added(rows: Iterable[Figure]) -> list[Figure]:
    """Figures of the same name, added up: a suite may be several tests."""
    sums: dict[str, Figure] = {}
    for row in rows:
        had = sums.get(row.what, Figure(row.what, 0, 0, 0))
        sums[row.what] = Figure(row.what, had.asked + row.asked, had.done + row.done, had.wrong + row.wrong)
    return sorted(sums.values(), key=lambda row: row.what)


def table(rows: Iterable[Figure]) -> list[str]:
    """The lines to print."""
    lines = [f"{'what':<58}{'asked':>9}{'done':>9}{'wrong':>7}"]
    lines += [f"{row.what:<58}{row.asked:>9,}{row.done:>9,}{row.wrong:>7,}" for row in rows]
    return lines


def _spent(reports: Iterable[Any]) -> list[str]:
    """Per suite with a budget: seconds used and given."""
    used = dict.fromkeys(BUDGETS, 0.0)
    for report in reports:
        for suite, (_, places) in BUDGETS.items():
            if any(report.nodeid.startswith(f"tests/{place}") for place in places):
                used[suite] += getattr(report, "duration", 0.0)
    return [f"{suite}: {spent:.0f} s of {BUDGETS[suite][0]} s" for suite, spent in used.items() if spent]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, and keep it."""
    reports = list(_reports(terminalreporter))
    found = [
        Figure(**value) for one in reports if one.when == "call" for key, value in one.user_properties if key == KEY
    ]
    rows = _added(found)
    if not rows:
        return
    terminalreporter.section(
        "figures, full size" if FULL else "figures of the sample (make nightly runs the full sizes)"
    )
    for line in table(rows):
        terminalreporter.write_line(line)
    budgets = (
        []
        if FULL
        else _spent([*reports, *(one for one in terminalreporter.stats.get("", ()) if hasattr(one, "duration"))])
    )
    if not FULL:
        terminalreporter.write_line(f"samples by parts: COMMONGRID_TURN={TURN}")
    for line in budgets:
        terminalreporter.write_line(line)
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = os.environ.get("COMMONGRID_PART") or ("nightly" if FULL else "sample")
    text = json.dumps({"figures": [asdict(row) for row in rows], "budgets": budgets}, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def main(parts: list[str]) -> int:
    """Print the parts of a run as one table, and keep it as text."""
    rows: list[Figure] = []
    for part in parts:
        path = FOLDER / f"{part}.json"
        if not path.exists():
            sys.stderr.write(f"There are no figures of the part {part}: it did not finish.\n")
            return 1
        rows += [Figure(**row) for row in json.loads(path.read_text(encoding="utf-8"))["figures"]]
    lines = table(_added(rows))
    (FOLDER / "nightly.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + f"\nKept in {FOLDER / 'nightly.txt'}\n")
    return 1 if any(row.wrong or row.done < row.asked for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
