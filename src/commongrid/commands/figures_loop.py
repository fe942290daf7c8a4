"""`commongrid figures loop`: filled by the module that owns it; see the package's docstring for the three names."""

from __future__ import annotations

import argparse

HELP = "The figures of the loop from report to closing."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""


def run(args: argparse.Namespace) -> int:
    """Say that it is not there yet."""
    from commongrid.kernel.refusals import Unavailable

    raise Unavailable("This command is not built yet.")
