"""`commongrid provision`: the SQL that an administrator of an external PostgreSQL runs once."""

from __future__ import annotations

import argparse
import json
import sys
from urllib.parse import quote

HELP = "Print the administrator's SQL for an external PostgreSQL (17 or later); changes nothing itself."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where the county will be."""
    parser.add_argument("--database", default="commongrid", help="name of the database (default: commongrid)")
    parser.add_argument("--schema", help="schema of the county (default: COMMONGRID_SCHEMA, else county)")
    parser.add_argument("--host", default="localhost", help="host for the printed addresses (default: localhost)")
    parser.add_argument("--port", default=5432, type=int, help="port for the printed addresses (default: 5432)")
    parser.add_argument("--json", action="store_true", help="print SQL and addresses as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the SQL with fresh passwords, then the addresses that go with them."""
    from commongrid.config.env import env, schema_name
    from commongrid.config.provisioning import new_passwords, provision_sql

    schema = schema_name(args.schema) if args.schema else env.SCHEMA
    passwords = new_passwords()
    sql = provision_sql(schema, args.database, passwords)
    urls = {
        variable: f"postgresql://{schema}_{name}:{quote(passwords[name])}@{args.host}:{args.port}/{args.database}"
        for variable, name in (
            ("DATABASE_URL", "app"),
            ("DATABASE_OWNER_URL", "owner"),
            ("DATABASE_RO_URL", "ro"),
        )
    }
    if args.json:
        print(json.dumps({"sql": sql, "environment": {**urls, "COMMONGRID_SCHEMA": schema}}, indent=1))
        return 0
    print(f"-- createdb {args.database}; then: psql -d {args.database} -f THIS_FILE\n{sql}")
    print("-- Then set for the product; the owner's address only for commands that migrate:")
    for variable, url in {**urls, "COMMONGRID_SCHEMA": schema}.items():
        print(f"--   {variable}={url}")
    print("The passwords are new and shown only here.", file=sys.stderr)
    return 0
