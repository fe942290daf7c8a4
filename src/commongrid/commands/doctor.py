"""`commongrid doctor`: looks the installation over and says what to mend."""

from __future__ import annotations

import argparse
import json

HELP = "Look the installation over: roles, functions, sequences, migrations, heartbeat, disk, sign-in, calendar."
MARKS = {"ok": "  ok  ", "note": " note ", "fault": " FAULT"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> int:
    """0 where nothing is at fault, 1 where something is."""
    from commongrid.commands.opening import county_open

    with county_open():
        from commongrid.config.checkup import findings

        found = findings()
    faults = sum(finding.level == "fault" for finding in found)
    if args.json:
        print(json.dumps({"faults": faults, "findings": [finding.shown() for finding in found]}, indent=1))
        return 1 if faults else 0
    for finding in found:
        print(f"[{MARKS[finding.level]}] {finding.about}: {finding.text}")
        for line in finding.lines:
            print(f"           {line}")
    print(f"{faults} at fault." if faults else "Nothing is at fault.")
    return 1 if faults else 0
