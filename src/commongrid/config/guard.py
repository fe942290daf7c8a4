"""The start-up check: the server never runs as somebody whom row-level security does not hold.

A superuser, a role that bypasses row-level security, or the owner of a scoped table (directly or by membership)
would see everything. Server and worker ask here before their first work and refuse to start.
"""

from __future__ import annotations

from typing import Any, Protocol

QUESTION = """
SELECT current_user,
       r.rolsuper,
       r.rolbypassrls,
       ARRAY(SELECT c.relname::text FROM pg_class c
             WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relrowsecurity
               AND pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY 1 LIMIT 3)
FROM pg_roles r WHERE r.rolname = current_user
"""


class MightyRole(Exception):
    """The server was given a database role that sees past row-level security."""


class Cursor(Protocol):
    """What is needed of a cursor, Django's or psycopg's."""

    def execute(self, query: Any, /) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """The row."""


def complaint(cursor: Cursor) -> str:
    """Why this role must not serve, or nothing."""
    cursor.execute(QUESTION)
    role, superuser, bypasses, owned = cursor.fetchone()
    if superuser:
        return f"The role {role} is a superuser"
    if bypasses:
        return f"The role {role} bypasses row-level security"
    if owned:
        return f"The role {role} owns tables that it must only use ({', '.join(owned)})"
    return ""


def demand_app_role(cursor: Cursor) -> None:
    """Refuse to serve as a mighty role."""
    if problem := complaint(cursor):
        message = f"{problem}. Serve as the app role: set DATABASE_URL as `commongrid provision` prints it."
        raise MightyRole(message)
