"""The county the benchmarks run on: a durable bundled database, the product's own demo, matters multiplied by SQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from commongrid.config.embedded import Cluster, held

HERE = Path(__file__).parent
SIZES = {"100k": 100_000, "10m": 10_000_000}
OPEN_IN = {"100k": 20, "10m": 200}
"""One in so many is open: 5,000 of a hundred thousand, 50,000 of ten million."""
PIECE = 250_000
"""Matters made by one statement."""
TOWNSHIPS, VILLAGES = 19, 16
"""As many townships, and villages in each, as a county has."""
WANTED = {
    "county": "county_dispatcher",
    "township": "dispatcher",
    "village": "village_secretary",
    "department": "department_handler",
}
"""Whose pages are asked for, by scope: the busiest post of the role."""


def say(text: str) -> None:
    """A word to whoever waits, apart from the figures."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post that asks: its account, place, interval and unit."""

    id: UUID
    account: int
    place: int
    lo: int
    hi: int
    unit: UUID | None


@dataclass(frozen=True, slots=True)
class County:
    """The database and what is in it."""

    cluster: Cluster
    size: str
    matters: int
    posts: dict[str, Post]

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """The administrator, who makes rows past every trigger and constraint on references."""
        options = f"-c search_path={self.cluster.schema},extensions -c session_replication_role=replica"
        with psycopg.connect(self.cluster.admin_dsn(), options=options, autocommit=True) as connection:
            yield connection


@contextmanager
def county(data: Path, size: str, demo: str) -> Iterator[County]:
    """The county of a size in its own data folder, made where it is not there yet."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ["COMMONGRID_DATA"] = str(data)
    with held(data) as cluster:
        made = data / f"bench-{size}.json"
        if not made.exists():
            _prepare(cluster, data, demo)
            _multiply(County(cluster, size, 0, {}))
        os.environ["DATABASE_URL"] = cluster.app_url
        os.environ["COMMONGRID_LOG_LEVEL"] = "ERROR"  # of this process; the server logs as it always does
        os.environ["COMMONGRID_PROXIES"] = "1"  # senders differ, as in the server
        from commongrid.commands.opening import load_django
        from commongrid.config.preparing import prepare

        if prepare(cluster.app_url, cluster.owner_url):
            say("The schema was brought up to date.")
        load_django()
        if not made.exists():
            _tally()
        found = County(cluster, size, 0, {})
        with found.admin() as db:
            if not made.exists():
                say("Statistics.")
                db.execute("VACUUM (ANALYZE)")
                made.write_text(json.dumps({"made": time.time()}), encoding="utf-8")
            count = db.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = 'matters_matter'::regclass"
            ).fetchone()
            posts = {scope: post_of(db, role, unit=scope == "department") for scope, role in WANTED.items()}
        yield County(cluster, size, int(str((count or (0,))[0])), posts)


def _prepare(cluster: Cluster, data: Path, demo: str) -> None:
    """The product's own preparation and demo."""
    with psycopg.connect(cluster.admin_dsn()) as db:
        there = db.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{cluster.schema}.territory_place"]).fetchone()
        if (
            there
            and there[0]
            and (db.execute(f"SELECT count(*) FROM {cluster.schema}.matters_matter").fetchone() or (0,))[0]
        ):
            demo = ""
    if demo:
        say(f"Preparing the database and the demo ({demo}).")
        command("demo", "--size", demo, "--json")
    _widen(cluster, data / "places.csv")


def command(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "commongrid.cli", *words], check=True, stdout=subprocess.DEVNULL)


def _widen(cluster: Cluster, file: Path) -> None:
    """The demo's few townships become a county's nineteen by the product's import of a code list."""
    with psycopg.connect(cluster.admin_dsn(), options=f"-c search_path={cluster.schema}") as db:
        found = db.execute(
            "SELECT code, name, level, parent FROM territory_place "
            "WHERE level IN ('county', 'township', 'village') ORDER BY code"
        ).fetchall()
    county = int(str(next(row[0] for row in found if row[2] == "county")))
    lines = [",".join("" if value is None else str(value) for value in row) for row in found]
    there = {int(str(row[0])) for row in found}
    if sum(row[2] == "township" for row in found) >= TOWNSHIPS:
        return
    for n in range(1, TOWNSHIPS + 1):
        township = county + (100 + n) * 10**6
        if township in there:
            continue
        lines.append(f"{township},{n}号镇,township,{county}")
        lines += [f"{township + (200 + m) * 1000},{n}镇{m}村,village,{township}" for m in range(1, VILLAGES + 1)]
    file.write_text("code,name,level,parent\n" + "\n".join(lines) + "\n", encoding="utf-8")
    command("import", "places", str(file), "--yes")


def _multiply(into: County) -> None:
    """Fill up to the size: indexes away, rows in pieces, indexes again."""
    with into.admin() as db:
        db.execute((HERE / "lists.sql").read_bytes())
        counts: dict[str, object] = {"open_in": OPEN_IN[into.size]}
        for name in ("place", "kind"):
            counts[f"{name}s"] = (db.execute(f"SELECT count(*) FROM bench_{name}").fetchone() or (0,))[0]
        there = db.execute("SELECT count(*) FROM matters_matter").fetchone()
        first, last = int(str((there or (0,))[0])) + 1, SIZES[into.size]
        say(f"Making {last - first + 1:,} matters over {counts['places']} places.")
        kept = into.cluster.data / "indexes.json"
        if not kept.exists():
            kept.write_text(json.dumps(_indexes(db)), encoding="utf-8")
        indexes = json.loads(kept.read_text(encoding="utf-8"))
        for name, _ in indexes:
            db.execute(f'DROP INDEX IF EXISTS "{name}"')
        begun = time.monotonic()
        for lo in range(first, last + 1, PIECE):
            hi = min(lo + PIECE - 1, last)
            text = (HERE / "multiply.sql").read_text(encoding="utf-8")
            db.execute(text.encode(), {**counts, "lo": lo, "hi": hi})
            say(f"  {hi:,} after {time.monotonic() - begun:.0f} s")
        db.execute("SET maintenance_work_mem = '1GB'")
        for name, definition in indexes:
            db.execute(definition.encode())
            say(f"  index {name} after {time.monotonic() - begun:.0f} s")
        kept.unlink()


def _indexes(db: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """Indexes of matters that no constraint stands on."""
    found = db.execute("""
        SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'matters_matter'::regclass
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)""")
    return [(str(name), str(definition)) for name, definition in found]


def _tally() -> None:
    """Every day counted again, the product's own way after matters were made by SQL."""
    from commongrid.insight.jobs import recount, tally

    begun = time.monotonic()
    recount()
    tally()
    say(f"Tallies after {time.monotonic() - begun:.0f} s.")


def post_of(db: psycopg.Connection[tuple[object, ...]], role: str, *, unit: bool) -> Post:
    """The post of a role with the most open matters before it."""
    mine = "m.unit_id = p.unit_id" if unit else "m.place BETWEEN p.place AND p.place + 999"
    order = (
        f"(SELECT count(*) FROM matters_matter m WHERE m.closed_at IS NULL AND {mine})"
        if role != "county_dispatcher"
        else "1"
    )
    row = db.execute(
        f"""
        SELECT p.id, r.account_id, p.place, p.unit_id FROM roster_post p JOIN registry_person r ON r.id = p.person_id
        WHERE p.role_id = %s AND p.from_on <= current_date AND (p.to_on IS NULL OR p.to_on > current_date)
          AND (NOT %s OR p.unit_id IS NOT NULL)
        ORDER BY {order} DESC, p.id LIMIT 1""",
        [role, unit],
    ).fetchone()
    if row is None:
        message = f"nobody holds the role {role}"
        raise LookupError(message)
    from commongrid.kernel.places import interval

    place = int(str(row[2]))
    lo, hi = interval(place)
    account = int(str(row[1])) if row[1] is not None else _account(UUID(str(row[0])))
    return Post(
        id=UUID(str(row[0])),
        account=account,
        place=place,
        lo=lo,
        hi=hi,
        unit=row[3] if isinstance(row[3], UUID) else None,
    )


def _account(post: UUID) -> int:
    """An account for whoever holds the post, made as a used sign-in link makes it."""
    from commongrid.accounts.rules import hashed
    from commongrid.commands.sign_in import _link
    from commongrid.journal.acting import acting
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import clock
    from commongrid.roster.actions import enter
    from commongrid.roster.queries import find_posts
    from commongrid.surfaces.console.sign_in import ENTERING

    scope = clock("sign-in links", "accounts.invite")
    with acting(scope):
        line = find_posts(scope, str(post))[0]
    secret = _link(scope, line, 24, "en")["url"].rsplit("/", 1)[1]
    return int(str(enter(ENTERING, Act.new(), secret_hash=hashed(secret))["account"]))
