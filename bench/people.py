"""`python -m bench.people`: 100,000 people in one workbook, looked through and taken in; its database part and COPY.

The workbook is made here. The preview is what the page waits for: read in the confined process, every row checked,
compared with the register. The database's part is what taking in costs PostgreSQL and the driver, rows at hand:
people and households with all constraints, indexes, row-level security, stays and history. Its reference in the same
run is a COPY of the same rows of people and households into bare tables, with the same indexes built after. Both are
seconds of the processor, of this process and of PostgreSQL: how busy the machine is says nothing of either.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import xlsxwriter

from bench.county import command, say
from bench.serving import spent
from commongrid.config.embedded import Cluster, held
from commongrid.kernel.identity import check_sign

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.actions.taking import People
    from commongrid.registry.importing.looking import File

RESULTS = Path(__file__).parent / "results"
GOAL = 0.25
"""Rows a second of the database's part, as a share of the raw COPY's, by processor time."""
SURNAMES, GIVEN = "杨吴张王李周陈刘罗田龙石冉任安毛" * 2, "秀英大山小花明华国强春梅建军玉兰志平桂芳德贵光荣"
SIZE = 3
"""People of a household."""


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, metavar="N", help="rows (default: 100,000)")
    parser.add_argument("--data", type=Path, help="folder of the database (default: bench/results/data-people)")
    return parser.parse_args()


def main() -> int:
    """Make the county and the workbook, look, take in, compare, print."""
    args = arguments()
    data = (args.data or RESULTS / "data-people").absolute()
    with opened(data) as cluster:
        say(f"Making a workbook of {args.people:,} people.")
        with psycopg.connect(cluster.admin_dsn(), options=f"-c search_path={cluster.schema}") as db:
            found = db.execute("SELECT code, parent FROM territory_place WHERE level = 'natural_village' ORDER BY code")
            villages = [int(str(code)) for code, _ in found.fetchall()]
        book = workbook(args.people, villages)
        for line in measured(cluster, book, args.people, villages[0] // 10**9 * 10**9):
            print(line)
    return 0


@contextmanager
def opened(data: Path, size: str = "township") -> Iterator[Cluster]:
    """The database of a benchmark, with the product's demo of that size in it."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ["COMMONGRID_DATA"] = str(data)
    with held(data) as cluster:
        if not (data / "made").exists():
            say(f"Preparing the database and the demo of a {size}.")
            command("demo", "--size", size, "--json")
            with psycopg.connect(cluster.admin_dsn(), autocommit=True) as db:
                db.execute("VACUUM (ANALYZE)")
            (data / "made").write_text("", encoding="utf-8")
        os.environ["DATABASE_URL"] = cluster.app_url
        os.environ["COMMONGRID_LOG_LEVEL"] = "ERROR"
        from commongrid.commands.opening import load_django
        from commongrid.config.preparing import prepare

        prepare(cluster.app_url, cluster.owner_url)
        load_django()
        yield cluster


def workbook(count: int, villages: Sequence[int]) -> bytes:
    """A list of people in households of three, each with an identity number, most with a phone."""
    from commongrid.registry.importing.rules.layout import PEOPLE, sheet_name

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_numbers": False}) as book:
        page = book.add_worksheet(sheet_name("people"))
        for at, column in enumerate(PEOPLE):
            page.write_string(0, at, column.heading)
        for n in range(count):
            cells = person(n, villages)
            for at, column in enumerate(PEOPLE):
                if said := cells.get(column.field):
                    page.write_string(n + 1, at, said)
    return out.getvalue()


def person(n: int, villages: Sequence[int]) -> dict[str, str]:
    """The cells of one row."""
    home, place = divmod(n, SIZE)
    born = date(1940, 1, 1) + timedelta(days=(n * 7919) % 28_000)
    first = f"990101{born:%Y%m%d}{n % 250 * 4 + n // 28_000 % 4:03}"
    phone = {"phone": f"13{n % 10**9:09}"} if n % 5 else {}
    return {
        "natural_village": str(villages[home % len(villages)]), "number": str(90_000 + home),
        "relation": ("户主", "妻子", "长子")[place], "id_number": first + check_sign(first),
        "name": SURNAMES[n % len(SURNAMES)] + GIVEN[n % 23] + GIVEN[(n // 23) % 24], "education": "初中",
        "marital": "已婚", "state": "外出" if n % 4 == 0 else "在家", "political": "群众", **phone,
    }  # fmt: skip


def clerk(county: int) -> Scope:
    """Who sends the list: a post of the county."""
    from commongrid.kernel.scope import Scope

    return Scope(
        kind="post", lo=county, hi=county + 10**9 - 1, powers=frozenset({"people.edit", "people.read"}),
        post=UUID(int=1), place=county,
    )  # fmt: skip


def measured(cluster: Cluster, book: bytes, count: int, county: int) -> Iterator[str]:
    """Every figure as a line."""
    from commongrid.kernel.act import Act
    from commongrid.registry.importing import actions, queries

    scope = clerk(county)
    yield f"{count:,} people, {len(book) / 2**20:.1f} MB; load {os.getloadavg()[0]:.1f}"
    upload = UUID(actions.send_file(scope, Act.new(), sort="people", name="people.xlsx", data=book)["upload"])
    begun, before = time.monotonic(), cpu()
    shares: list[float] = []
    actions.look_through(scope, Act.new(), upload_id=upload, progress=shares.append)
    took = time.monotonic() - begun
    told = queries.found(scope, upload)
    yield f"preview: {took:.1f} s ({cpu() - before:.1f} s of CPU), {len(shares)} steps of progress, {told['counts']}"
    yield from _database(cluster, scope, book, count)
    begun = time.monotonic()
    done = take_in(scope, upload, book)
    yield f"taken in: {time.monotonic() - begun:.1f} s, {done['fresh']:,} people, {done['homes']:,} households"
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    yield f"memory: {own:.0f} MB here, {children:.0f} MB in the process that opens the workbook"
    begun = time.monotonic()
    actions.undo_import(scope, Act.new(), batch_id=UUID(done["batch"]), reason="bench")
    yield f"undone: {time.monotonic() - begun:.1f} s"


def take_in(scope: Scope, upload: UUID, book: bytes) -> dict[str, Any]:
    """What is good in a file, taken in as the page does it: read before the act begins."""
    from commongrid.kernel.act import Act
    from commongrid.registry.importing import actions, looking, queries

    row = queries.upload(scope, upload)
    with looking.read_before(upload, _file(scope, book, row.sort)):
        decision = actions.Decision(digest=row.digest, good_only=True)
        return actions.take_in(scope, Act.new(), upload_id=upload, decision=decision)


def _database(cluster: Cluster, scope: Scope, book: bytes, count: int) -> Iterator[str]:
    """The database's part and the raw COPY, each from rows at hand."""
    from django.db import connection, transaction

    from commongrid.journal.acting import acting

    file = _file(scope, book)  # before the transaction: PostgreSQL ends one that is silent for so long
    with acting(scope):
        writer = _writer(scope, file)
        homes, people = list(writer.homes()), list(writer.rows())
        with transaction.atomic():
            begun = spent_of(cluster)
            _write(writer, homes, people)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            took = spent_of(cluster) - begun
            transaction.set_rollback(True)
    begun, rows = spent_of(cluster), len(people)
    _raw(cluster, homes, people)
    raw = spent_of(cluster) - begun
    ratio = raw / took
    yield f"database's part: {took:.1f} s of CPU, {rows / took:,.0f} people/s, with households, stays and history"
    yield f"raw COPY, indexes after: {raw:.1f} s of CPU, {rows / raw:,.0f} people/s"
    yield f"ratio: {ratio:.2f} of the raw COPY, goal >= {GOAL}: {'yes' if ratio >= GOAL else 'NO'}"


def _file(scope: Scope, book: bytes, sort: str = "people") -> File:
    from django.utils import timezone

    from commongrid.registry.importing import looking, queries
    from commongrid.registry.importing.models import ImportUpload

    today = queries.today_of(scope, timezone.now())
    return looking.read_file(scope, book, ImportUpload(name="sheet.xlsx", sort=sort), today=today)


def _writer(scope: Scope, file: File) -> People:
    from commongrid.kernel.act import Act
    from commongrid.registry.importing import looking
    from commongrid.registry.importing.actions.taking import People

    return People(scope, Act.new(), file.reader.meaning.today, looking.look(scope, file))


def _write(writer: People, homes: Sequence[Any], people: Sequence[Any]) -> None:
    """What taking in writes; named as an action, because only those may."""
    writer.book.homes(homes)
    writer.book.people(people)


def _raw(cluster: Cluster, homes: Sequence[Any], people: Sequence[Any]) -> None:
    """The same rows copied into bare tables, then their indexes."""
    from commongrid.registry.importing.actions.bulk import HOME_COLUMNS, PERSON_COLUMNS

    options = f"-c search_path={cluster.schema},extensions"
    with psycopg.connect(cluster.admin_dsn(), options=options, autocommit=True) as db:
        for table, columns, rows in (
            ("registry_household", HOME_COLUMNS, homes), ("registry_person", PERSON_COLUMNS, people),
        ):  # fmt: skip
            db.execute(f"DROP TABLE IF EXISTS raw_{table}".encode())
            db.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING DEFAULTS)".encode())
            with (
                db.cursor() as cursor,
                cursor.copy(f"COPY raw_{table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)".encode()) as copy,
            ):
                copy.set_types(list(columns.values()))
                for row in rows:
                    copy.write_row(row[: len(columns)])
            for n, (definition,) in enumerate(db.execute(_INDEXES, [table]).fetchall()):
                text = str(definition).replace(f".{table} ", f".raw_{table} ")
                head, _, rest = text.partition(" ON ")
                db.execute(f"{head.rsplit(' ', 1)[0]} raw_{table}_{n} ON {rest}".encode())
        for table in ("registry_household", "registry_person"):
            db.execute(f"DROP TABLE raw_{table}".encode())


_INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND schemaname = current_schema()"


def spent_of(cluster: Cluster) -> float:
    """Processor seconds of this process, its ended children and PostgreSQL."""
    return cpu() + spent(int((cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0]))


def cpu() -> float:
    """Processor seconds of this process and its ended children."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    sys.exit(main())
