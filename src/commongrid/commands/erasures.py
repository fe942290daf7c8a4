"""`commongrid erasures`: do erasures again that this database does not know, as after a restore."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "Do erasures again that this database does not know, as after restoring a backup from before them."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which list, and whether only to say how many there are."""
    parser.add_argument("--list", type=Path, metavar="FILE", help="the list kept beside the database (data folder)")
    parser.add_argument("--show", action="store_true", help="only say how many the database does not know")


def run(args: argparse.Namespace) -> int:
    """0 where every erasure of the list is done now, 1 where some are missing or the list is not there."""
    from commongrid.commands.opening import county_open

    with county_open():
        from commongrid.registry.keeping import jobs, listing

        path = args.list or listing.where()
        if args.list and not path.is_file():
            print(f"There is no list at {path}.", file=sys.stderr)
            return 1
        if args.show:
            missing = jobs.missing(path)
            print(f"{missing} of {len(listing.read(path))} erasures are not known to this database.")
            return int(bool(missing))
        print(f"{jobs.do_again(path)} erasures done again; {len(listing.read(path))} on the list.")
    return 0
