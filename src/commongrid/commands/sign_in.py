"""`commongrid sign-in`: filled by the module that owns it; see the package's docstring for the three names."""

from __future__ import annotations

import argparse

HELP = "Print a one-time sign-in link for a post."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""


def run(args: argparse.Namespace) -> int:
    """Say that it is not there yet."""
    from commongrid.kernel.refusals import Unavailable

    raise Unavailable("This command is not built yet.")
