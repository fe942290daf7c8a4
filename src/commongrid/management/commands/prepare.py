"""``prepare``: migrations, walls and seeds in one go; run by the owner before the server starts."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from commongrid.config.preparing import code_stamp
from commongrid.config.strides import in_strides

LOCK = 6_051_500
"""Advisory lock: of two commands that start together, one prepares and the other finds it done."""


class Command(BaseCommand):
    """Prepare the schema of one county."""

    help = "Bring the county's schema up to date: migrate, build the walls, load the seeds."
    requires_system_checks = []  # the house is checked by `make check`, not at each start

    def handle(self, *_args: object, **_options: object) -> None:
        """Do what is missing, then write the stamp on the schema."""
        if not settings.AS_OWNER:
            message = "Only the owner role prepares a schema: set COMMONGRID_AS=owner and DATABASE_OWNER_URL."
            raise CommandError(message)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT obj_description(to_regnamespace(current_schema())::oid, 'pg_namespace')")
            if cursor.fetchone()[0] == code_stamp():
                return
        with in_strides():
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("createcachetable", verbosity=0)
        call_command("walls")
        call_command("seed")
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON SCHEMA {settings.SCHEMA} IS '{code_stamp()}'")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
