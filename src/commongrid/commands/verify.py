"""`commongrid verify`: whether the journal still says what it said when it was sealed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

HELP = "Check the journal against its seals: finds edited, deleted, inserted, reordered and cut lines."
REASONS = {
    "seal_missing": "a seal is missing",
    "lines_missing": "lines are missing",
    "lines_other": "lines were put in, taken out or reordered",
    "content_other": "the content of a line was changed",
    "cut": "the chain does not reach the head that was posted",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the journal is held against."""
    parser.add_argument("--head", default="", metavar="HEX", help="a head that was posted: must be in the chain")
    parser.add_argument("--seal", action="store_true", help="seal the lines since the last seal first")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run(args: argparse.Namespace) -> int:
    """0 where the chain holds, 1 where it breaks."""
    from commongrid.commands.opening import county_open

    with county_open():
        from commongrid.journal import jobs

        if args.seal:
            while jobs.seal():
                pass
        verdict = jobs.verify(args.head)
    if args.json:
        print(json.dumps(asdict(verdict)))
    elif verdict.sound:
        print(f"The journal is sound: {verdict.lines} lines under {verdict.seals} seals, {verdict.unsealed} unsealed.")
        print(f"Head to post: {verdict.head or 'none yet'}")
    else:
        where = f" at seal {verdict.broken_at_seal}" if verdict.broken_at_seal else ""
        print(f"The journal is NOT sound{where}: {REASONS.get(verdict.reason, verdict.reason)}.")
    return 0 if verdict.sound else 1
