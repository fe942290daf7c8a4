"""`python -m bench`: the floor and the product in alternating blocks, the median of their ratios."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.county import SIZES, county, say
from bench.driving import Driver
from bench.serving import Server, serving, spent

if TYPE_CHECKING:
    from bench.county import County
    from bench.rows import Row

FLOOR_TIMES = 2
"""The floor is asked more often: a block must last some hundred ticks of the kernel's clock."""
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row's figures: milliseconds of CPU per request, app and database together, and how they compare."""

    row: str
    floor_ms: float
    product_ms: float
    ratio: float
    goal: float
    met: bool
    queries: int
    queries_goal: int
    app_ms: float
    database_ms: float
    wall_p50_ms: float
    wall_p95_ms: float
    spread: tuple[float, float]


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k", help="how many matters (default: 100k)")
    parser.add_argument("--only", default="", help="rows whose names begin so, by comma: report,queue,transition,board")
    parser.add_argument("--requests", type=int, default=100, metavar="N", help="requests of a block (default: 100)")
    parser.add_argument("--blocks", type=int, default=5, metavar="N", help="blocks of each side (default: 5)")
    parser.add_argument("--demo", default="township", help="the demo below: hamlet, township (default) or county")
    parser.add_argument("--data", type=Path, help="folder of the database (default: bench/results/<size>)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def main() -> int:
    """Make the county, start both servers, measure row by row, print."""
    args = arguments()
    data = (args.data or RESULTS / f"data-{args.size}").absolute()
    with county(data, args.size, args.demo) as it:
        (data / "static").mkdir(exist_ok=True)
        from bench.rows import rows

        wanted = [name for name in args.only.split(",") if name]
        chosen = [row for name, row in rows(it).items() if not wanted or any(name.startswith(one) for one in wanted)]
        with ExitStack() as stack:
            floor, product = _servers(stack, it, data)
            found = [_measure(it, row, (floor, product), args) for row in chosen]
    if args.json:
        print(json.dumps({"size": args.size, "matters": it.matters, "rows": [asdict(one) for one in found]}, indent=1))
    else:
        _table(it, found)
    return 0


def _servers(stack: ExitStack, it: County, data: Path) -> tuple[Server, Server]:
    cluster = it.cluster
    floor = {"FLOOR_DATABASE_URL": cluster.owner_url, "FLOOR_SCHEMA": cluster.schema}
    product = {"DATABASE_URL": cluster.app_url, "COMMONGRID_PROXIES": "1", "COMMONGRID_LOG_LEVEL": "INFO"}
    return (
        stack.enter_context(serving("bench.floor:application", floor, data / "floor.log")),
        stack.enter_context(serving("commongrid.config.wsgi:application", product, data / "product.log")),
    )


def _measure(it: County, row: Row, servers: tuple[Server, Server], args: argparse.Namespace) -> Measured:
    """Blocks of floor and product in turn; each pair gives one ratio."""
    from bench.counting import queries

    postgres = int((it.cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    sides = [
        (row.floor, Driver(servers[0].port), servers[0].pid),
        (row.product, Driver(servers[1].port), servers[1].pid),
    ]
    for make, driver, _ in sides:
        driver.block(make, max(8, args.requests // 5))
    pairs: list[list[tuple[float, float]]] = []
    walls: list[float] = []
    for _ in range(args.blocks):
        pair = []
        for make, driver, pid in sides:
            before = spent(pid), spent(postgres)
            taken = driver.block(make, args.requests)
            pair.append(
                ((spent(pid) - before[0]) * 1000 / args.requests, (spent(postgres) - before[1]) * 1000 / args.requests)
            )
        walls += taken
        pairs.append(pair)
    ratios = [sum(product) / sum(floor) for floor, product in pairs]
    asked = queries(row.product)
    say(f"{row.name}: {statistics.median(ratios):.2f}")
    return Measured(
        row=row.name,
        floor_ms=round(statistics.median(sum(floor) for floor, _ in pairs), 2),
        product_ms=round(statistics.median(sum(product) for _, product in pairs), 2),
        ratio=round(statistics.median(ratios), 2),
        goal=row.times,
        met=statistics.median(ratios) <= row.times and len(asked) <= row.queries,
        queries=len(asked),
        queries_goal=row.queries,
        app_ms=round(statistics.median(product[0] for _, product in pairs), 2),
        database_ms=round(statistics.median(product[1] for _, product in pairs), 2),
        wall_p50_ms=round(statistics.median(walls) * 1000, 1),
        wall_p95_ms=round(statistics.quantiles(walls, n=20)[18] * 1000, 1),
        spread=(round(min(ratios), 2), round(max(ratios), 2)),
    )


def _table(it: County, found: list[Measured]) -> None:
    print(
        f"{it.matters:,} matters; CPU per request of app and database, median of blocks; load {os.getloadavg()[0]:.1f}"
    )
    heads = (
        "row",
        "floor ms",
        "product ms",
        "(app + db)",
        "ratio",
        "goal",
        "min-max",
        "queries",
        "goal",
        "met",
        "wall p50/p95",
    )
    lines = [
        (
            one.row, f"{one.floor_ms:.2f}", f"{one.product_ms:.2f}", f"{one.app_ms:.2f} + {one.database_ms:.2f}",
            f"{one.ratio:.2f}", f"<= {one.goal:g}", f"{one.spread[0]:.2f}-{one.spread[1]:.2f}", str(one.queries),
            f"<= {one.queries_goal}", "yes" if one.met else "NO", f"{one.wall_p50_ms:.1f} / {one.wall_p95_ms:.1f}",
        )
        for one in found
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for line in (heads, tuple("-" * width for width in widths), *lines):
        print(" | ".join(f"{text:<{width}}" for text, width in zip(line, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
