"""Files of older systems, made up: clean rows, doubtful rows, and the same figures by a few lines of plain Python."""

from __future__ import annotations

import csv
import gzip
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ZONE = "America/New_York"
HEADER = ("key", "made", "done", "sort", "words", "where", "by", "happy", "line")
COLUMNS = "number=key,opened=made,closed=done,kind=sort,text=words,place=where,due=by,satisfied=happy,series=line"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """A row as an independent reader understands it."""

    opened: datetime
    closed: datetime | None
    due: datetime | None
    row: dict[str, str]


def rows(n: int, places: Sequence[str], seed: int = 3) -> list[Row]:
    """Rows around both changes of the clocks and in between, one in nine doubtful or a duplicate."""
    dice = random.Random(seed)
    made: list[Row] = []
    for number in range(n):
        near = dice.choice([datetime(2024, 3, 9, 12), datetime(2024, 11, 2, 12), datetime(2024, 6, 1)])  # noqa: DTZ001
        opened = near + timedelta(seconds=dice.randrange(36 * 3600))
        closed = opened + timedelta(seconds=int(dice.expovariate(1 / 700_000)))
        cells = [opened.isoformat(), closed.isoformat()]
        doubt = dice.randrange(27)
        if doubt == 0:
            cells[0] = ""
        elif doubt == 1:
            cells[1] = (opened - timedelta(hours=3)).isoformat()
        elif doubt in (2, 3, 4):
            cells[1] = ""
        key = f"K{dice.randrange(number + 1) if doubt == 5 else number}"
        due = (opened + timedelta(days=dice.choice([3, 9]))).strftime("%Y/%m/%d %H:%M") if number % 2 else ""
        happy = dice.choice(["", "yes", "no"])
        sort, line = dice.choice(["Bridge", "Water", "Dog"]), dice.choice(["", "patrol"])
        made.append((key, *cells, sort, f'say "{number}",\nplease', dice.choice(places), due, happy, line))
    return made


def write(path: Path, made: Sequence[Row]) -> Path:
    """The rows as a gzipped CSV."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *made])
    return path


def understood(path: Path) -> list[Known]:
    """The file as somebody else would read it: sound dates only, the first of each number."""
    zone, found = ZoneInfo(ZONE), dict[str, Known]()

    def at(text: str) -> datetime | None:
        form = "%Y/%m/%d %H:%M" if "/" in text else "%Y-%m-%dT%H:%M:%S"
        return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC) if text else None

    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            opened, closed = at(row["made"]), at(row["done"])
            if opened is None or (closed and closed < opened) or row["key"] in found:
                continue
            found[row["key"]] = Known(opened, closed, at(row["by"]), row)
    return list(found.values())


def quantile(values: list[float], share: float) -> float | None:
    """Linear interpolation between neighbours."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def figures(
    known: list[Known], begin: datetime | None = None, end: datetime | None = None, at: datetime | None = None
) -> dict[str, object]:
    """The figures of the loop, in plain Python."""
    now = at or datetime.now(UTC)
    asked = [one for one in known if (not begin or one.opened >= begin) and (not end or one.opened < end)]
    done = [one for one in asked if one.closed and one.closed <= now]
    took = [(one.closed - one.opened).total_seconds() for one in done if one.closed]
    timed = [one for one in done if one.due]
    rated = [one for one in done if one.row["happy"]]
    return {
        "count": len(asked),
        "closed": len(done),
        "open": len(asked) - len(done),
        "median_seconds": quantile(took, 0.5),
        "p90_seconds": quantile(took, 0.9),
        **{f"within_{days}d": sum(seconds <= days * 86400 for seconds in took) for days in (7, 15, 30)},
        "on_time": sum(bool(one.closed and one.due and one.closed <= one.due) for one in timed) if timed else None,
        "reopened": None,
        "satisfied": sum(one.row["happy"] == "yes" for one in rated) if rated else None,
        "backlog": sum(one.opened <= now and not (one.closed and one.closed <= now) for one in known),
    }
