"""Readers of the journal in tests: any writer of the cluster, another test's too, holds them back for a moment."""

from __future__ import annotations

from time import sleep

from django.db import connection

PATIENCE = 1500
"""Looks, fifty a second."""


def readers_see() -> None:
    """Wait until readers of the journal see everything written so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        ((upto,),) = cursor.fetchall()
        for _ in range(PATIENCE):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [upto])
            if cursor.fetchone() == (True,):
                return
            sleep(0.02)
