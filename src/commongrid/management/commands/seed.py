"""``seed``: vocabularies and calendars as rows; run by the owner after ``walls``, harmless to run again."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.core.management.base import BaseCommand

MODULES = ("territory", "accounts", "registry", "roster", "matters", "outreach", "notices", "insight")


class Command(BaseCommand):
    """Load what every county starts with."""

    help = "Load the vocabularies that every county starts with; rows that officials changed stay as they are."

    requires_system_checks = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Ask every module, from the lowest up, for its seeds."""
        for module in MODULES:
            if find_spec(f"commongrid.{module}.actions") is None:
                continue
            actions = import_module(f"commongrid.{module}.actions")
            if seed := getattr(actions, "seed", None):
                seed()
