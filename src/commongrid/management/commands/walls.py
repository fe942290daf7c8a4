"""``walls``: policies, grants and triggers from what the tables declare; run by the owner after ``migrate``."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from commongrid.config import walls


class Command(BaseCommand):
    """Build the second wall."""

    help = "Make row-level security, grants and append-only triggers anew from what the tables declare."

    requires_system_checks = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Build them all in one transaction."""
        walls.build()
