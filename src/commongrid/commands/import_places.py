"""`commongrid import places`: filled by the module that owns it; see the package's docstring for the three names."""

from __future__ import annotations

import argparse

HELP = "Bring a list of place codes in: shows what would change, applies it with --yes."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""


def run(args: argparse.Namespace) -> int:
    """Say that it is not there yet."""
    from commongrid.kernel.refusals import Unavailable

    raise Unavailable("This command is not built yet.")
