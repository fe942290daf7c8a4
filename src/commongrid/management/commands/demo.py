"""``demo``: everything of the demo county but its places, as the app; a part of `commongrid demo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Lay the demo county on its places."""

    help = "Fill the demo county's posts and let its matters take their ways; after `demo_places`."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Size and seed."""
        parser.add_argument("--size", default="township")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: object, **options: object) -> None:
        """Lay it."""
        from commongrid.commands.demo.laying import lay

        self.stdout.write(str(lay(str(options["size"]), int(str(options["seed"])))))
