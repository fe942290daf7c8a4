"""What an administrator does once for a county: roles, schema, extensions, search path.

The same SQL is printed by `commongrid provision` for an external server and run by the bundled database at its
start. It may be run again at any time. The four roles are never superusers and never bypass row-level security:
owner migrates and re-codes, app serves and works, ro reads reports, search owns the search functions.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

LOGINS = ("owner", "app", "ro")
EXTENSIONS = ("pg_trgm", "btree_gist")  # sha256() is built in; the wheel has no pgcrypto


def new_passwords() -> dict[str, str]:
    """Fresh passwords for the roles that may sign in."""
    return {name: secrets.token_urlsafe(24) for name in LOGINS}


def provision_sql(schema: str, database: str, passwords: Mapping[str, str]) -> str:
    """The SQL that an administrator runs, connected to `database`, before the first migration of `schema`."""
    head = (
        f"-- Commongrid: the county in schema {schema} of database {database}. Run as an administrator, connected to\n"
        "-- that database. Running it again changes nothing but passwords."
    )
    parts = [
        head,
        *(_role(schema, name, passwords.get(name)) for name in (*LOGINS, "search")),
        _spaces(schema, database),
        *(_path(schema, name) for name in (*LOGINS, "search")),
        _limits(schema),
    ]
    return "\n\n".join(parts) + "\n"


def _role(schema: str, name: str, password: str | None) -> str:
    """Make the role, take mighty attributes away where it has any, set its password."""
    role = f"{schema}_{name}"
    login = f"LOGIN PASSWORD {_literal(password)}" if password else "NOLOGIN"
    mighty = "rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb OR rolcreaterole"
    return f"""DO $$ BEGIN
  CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}' AND ({mighty})) THEN
    ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEDB NOCREATEROLE;
  END IF;
END $$;
ALTER ROLE {role} {login};"""


def _spaces(schema: str, database: str) -> str:
    owner, app, ro, search = (f"{schema}_{name}" for name in ("owner", "app", "ro", "search"))
    extensions = "\n".join(
        f"CREATE EXTENSION IF NOT EXISTS {extension} WITH SCHEMA extensions;" for extension in EXTENSIONS
    )
    return f"""-- the owner hands the search functions over to the search role, and has nothing else of it
GRANT {search} TO {owner} WITH INHERIT FALSE, SET TRUE;

-- an administrator who is no superuser must be able to act as the owner to make the owner's schema
DO $$ BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN GRANT {owner} TO CURRENT_USER; END IF;
END $$;

REVOKE CREATE, TEMPORARY ON DATABASE {_name(database)} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {_name(database)} TO {owner}, {app}, {ro};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions TO {owner}, {app}, {ro}, {search};
{extensions}

CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner};
GRANT USAGE ON SCHEMA {schema} TO {app}, {ro}, {search};
-- PostgreSQL wants a function's owner to hold this at the moment a function is handed over
GRANT CREATE ON SCHEMA {schema} TO {search};"""


def _path(schema: str, name: str) -> str:
    return f"ALTER ROLE {schema}_{name} SET search_path TO {schema}, extensions, pg_temp;"


def _limits(schema: str) -> str:
    """An open write transaction stops every reader of the journal: none may stay open for long."""
    return (
        f"ALTER ROLE {schema}_app SET idle_in_transaction_session_timeout TO '60s';\n"
        f"ALTER ROLE {schema}_app SET lock_timeout TO '10s';\n"
        f"ALTER ROLE {schema}_ro SET default_transaction_read_only TO on;"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
