"""`python -m bench.search`: a person or a door found at county scope, under row-level security, against the bare query.

The people are those of ``bench.population``: what its last run left is searched, else a county is filled first. Each
sort of search asks for names, initials, numbers and doors of people drawn from the register, so that nobody asks for
the same twice. The product's side is ``find_people`` and ``find_homes`` as the pages call them, in a transaction of the
app role with the county's scope; the floor is the same lookup as the administrator, whom no policy holds, by the best
index there is. Both take turns; milliseconds are on the wall, of the server's side, and the goal is fifty.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from bench import population
from bench.county import say

if TYPE_CHECKING:
    import psycopg

    from commongrid.kernel.scope import Scope

GOAL = 50
"""Milliseconds, nineteen of twenty."""
FOUND = 12
NAMES: LiteralString = """
SELECT id, display_name, place, account_id FROM registry_person
WHERE grams(display_name) @> grams(%(q)s) AND display_name LIKE '%%' || %(q)s || '%%'
  AND state IN ('here', 'away') ORDER BY sort_key, display_name, id LIMIT 12
"""
INITIALS: LiteralString = """
SELECT id, display_name, place, account_id FROM registry_person
WHERE initials >= %(q)s AND initials < %(q)s || '{' AND state IN ('here', 'away')
ORDER BY sort_key, display_name, id LIMIT 12
"""
NUMBERS: LiteralString = """
SELECT id, display_name, place, account_id FROM registry_person
WHERE (phone_index = %(q)s OR id_index = %(q)s) AND state IN ('here', 'away') LIMIT 12
"""
DOORS: LiteralString = """
SELECT id, door, place, head_id FROM registry_household
WHERE grams(door) @> grams(%(q)s) AND door LIKE '%%' || %(q)s || '%%' AND state <> 'ended' ORDER BY place LIMIT 12
"""
PEOPLE: LiteralString = """
SELECT id, display_name, initials, phone_sealed, id_sealed FROM registry_person
WHERE state IN ('here', 'away') AND phone_sealed IS NOT NULL AND id_sealed IS NOT NULL ORDER BY md5(id::text) LIMIT %s
"""
HOMES: LiteralString = "SELECT door FROM registry_household WHERE char_length(door) > 2 ORDER BY md5(id::text) LIMIT %s"


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of search: what is typed, how the floor looks it up, and by which value there."""

    name: str
    typed: list[str]
    floor: LiteralString
    key: Callable[[str], object] = str
    doors: bool = False


def main() -> int:
    """Fill the county where nobody is in it, search, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--share", type=float, default=0.05, metavar="N", help="of a county's people, where none are")
    parser.add_argument("--searches", type=int, default=100, metavar="N", help="of each sort (default: 100)")
    parser.add_argument("--data", type=Path, help="folder of the database (default: that of bench.population)")
    args = parser.parse_args()
    data = (args.data or population.RESULTS / "data-population").absolute()
    with population.prepared(data) as cluster, population.administrator(cluster) as db:
        if not _count(db):
            say("Filling the county.")
            for _ in population.measured(cluster, args.share):
                pass
        db.execute("VACUUM (ANALYZE) registry_person, registry_household")
        for line in measured(db, args.searches):
            print(line, flush=True)
    return 0


def _count(db: psycopg.Connection[Any]) -> int:
    return int((db.execute("SELECT count(*) FROM registry_person").fetchone() or (0,))[0])


def measured(db: psycopg.Connection[Any], times: int) -> Iterator[str]:
    """Every figure as a line."""
    from commongrid.commands.demo.laying import COUNTY
    from commongrid.kernel.places import interval
    from commongrid.kernel.scope import Scope

    (held,) = db.execute(
        "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'registry_person'::regclass"
    ).fetchone() or (None,)
    reach = interval(COUNTY)
    scope = Scope(
        kind="post", lo=reach.lo, hi=reach.hi, powers=frozenset({"people.read"}), level="county", place=COUNTY
    )
    wall, load = "on" if held else "OFF", os.getloadavg()[0]
    yield f"{_count(db):,} people, county scope, row-level security {wall}; load {load:.1f}"
    yield "| search | floor ms | product ms | nineteen of twenty | ratio | < 50 ms |"
    yield "|---|---|---|---|---|---|"
    for sort in _sorts(db, times):
        floor, product = _timed(db, scope, sort)
        tail = sorted(product)[int(len(product) * 0.95)]
        bare, whole = statistics.median(floor), statistics.median(product)
        met = "yes" if tail < GOAL else "NO"
        yield f"| {sort.name} | {bare:.1f} | {whole:.1f} | {tail:.1f} | {whole / max(bare, 0.001):.1f} | {met} |"


def _sorts(db: psycopg.Connection[Any], times: int) -> list[Sort]:
    from commongrid.accounts import sealed

    people = db.execute(PEOPLE, [times]).fetchall()
    doors = [str(row[0]) for row in db.execute(HOMES, [times]).fetchall()]
    dice = random.Random(1)

    def opened(column: str, at: int) -> list[str]:
        return [sealed.unseal(row[at], "registry_person", column, row[0]) for row in people]

    return [
        Sort("whole name", [row[1] for row in people], NAMES),
        Sort("two signs", [row[1][-2:] for row in people], NAMES),
        Sort("one sign, a surname", [row[1][0] for row in people], NAMES),
        Sort("initials", [row[2] for row in people if len(row[2]) > 1], INITIALS),
        Sort("phone", opened("phone_sealed", 3), NUMBERS, sealed.index),
        Sort("identity number", opened("id_sealed", 4), NUMBERS, sealed.index),
        Sort("door", [door[(n := dice.randrange(len(door) - 1)) : n + 3] for door in doors], DOORS, doors=True),
    ]


def _timed(db: psycopg.Connection[Any], scope: Scope, sort: Sort) -> tuple[list[float], list[float]]:
    """Milliseconds of each search on either side, one after the other."""
    from commongrid.journal.acting import acting
    from commongrid.registry import queries

    find = queries.find_homes if sort.doors else queries.find_people
    floor, product = [], []
    for text in sort.typed:
        begun = time.perf_counter()
        db.execute(sort.floor, {"q": sort.key(text)}).fetchall()
        between = time.perf_counter()
        with acting(scope):
            find(scope, text, FOUND)
        floor.append((between - begun) * 1000)
        product.append((time.perf_counter() - between) * 1000)
    return floor, product


if __name__ == "__main__":
    sys.exit(main())
