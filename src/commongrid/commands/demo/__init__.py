"""`commongrid demo`: a county with fictional names, matters in every state, dates relative to today.

Everything is made through the same actions that people use: places through the
import of code lists (as the owner), then posts, units and matters (as the app).
The county's code lies in a range that the statistics bureau does not assign. The largest size has the population of a
census (``population``), written by COPY, and a report that holds it against that census.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commongrid.commands.demo.population.reporting import Report

HELP = "Load a demo county with fictional names into an empty database."


def arguments(parser: argparse.ArgumentParser) -> None:
    """How large, and which of many."""
    parser.add_argument("--size", choices=("hamlet", "township", "county"), default="township", help="how large")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="same number, same county (default: 1)")
    parser.add_argument("--report", action="store_true", help="only hold the people there are against the census")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")


def run(args: argparse.Namespace) -> int:
    """Lay the places as the owner, then everything else as the app."""
    from commongrid.commands.opening import county_open

    with county_open():
        from commongrid.commands.demo import laying
        from commongrid.commands.demo.population.census import census
        from commongrid.commands.demo.population.reporting import report
        from commongrid.kernel.refusals import N_, Unavailable, WrongState

        if args.report:
            tell(report(laying.SCOPE, laying.COUNTY, census()), as_json=args.json)
            return 0
        if laying.there_are_places():
            raise WrongState(N_("There are places already. A demo county is only loaded into an empty database."))
        if not owner_address():
            raise Unavailable(N_("Only the owner role may import places: set DATABASE_OWNER_URL."))
        lay_places(args.size, args.seed)
        made = laying.lay(args.size, args.seed)
        found = report(laying.SCOPE, laying.COUNTY, census()) if args.size == "county" else None
    if args.json:
        print(json.dumps(made | ({"census": found.as_json()} if found else {}), ensure_ascii=False))
    else:
        print(", ".join(f"{count} {name}" for name, count in made.items()))
        if found:
            tell(found, as_json=False)
    return 0


def tell(found: Report, *, as_json: bool) -> None:
    """Print a report on the population."""
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        print(*found.lines(), sep="\n")


def owner_address() -> str:
    """The owner's connection: the bundled database knows its own, another one names it."""
    from commongrid.config.embedded import Cluster
    from commongrid.config.env import env

    if env.DATABASE_OWNER_URL:
        return env.DATABASE_OWNER_URL
    return Cluster(env.DATA).owner_url if (env.DATA / "embedded.json").exists() else ""


def lay_places(size: str, seed: int) -> None:
    """Import the list of places in a process of its own: the owner's password never enters this one's Django."""
    environment = {**os.environ, "COMMONGRID_AS": "owner", "DATABASE_OWNER_URL": owner_address()}
    command = [sys.executable, "-m", "django", "demo_places", "--size", size, "--seed", str(seed)]
    subprocess.run(command, env=environment, check=True)
