"""`commongrid demo`: a county with fictional names, matters in every state, dates relative to today."""

from __future__ import annotations

import argparse

HELP = "Load a demo county with fictional names into an empty database."


def arguments(parser: argparse.ArgumentParser) -> None:
    """How large, and which of many."""
    parser.add_argument("--size", choices=("hamlet", "township", "county"), default="township", help="how large")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="same number, same county (default: 1)")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")


def run(args: argparse.Namespace) -> int:
    """Say that it is not there yet."""
    from commongrid.kernel.refusals import Unavailable

    raise Unavailable("This command is not built yet.")
