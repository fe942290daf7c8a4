"""`python -m bench.sheets`: a workbook of 100,000 rows of each other sort, looked through, taken in and undone.

People come first, by the sheet of ``bench.people``; then sites, things, organisations, their members and flags, each
row naming somebody of them. Everything goes through the door that a clerk uses. Seconds are of the processor: of this
process and the one that opens the workbook, and of PostgreSQL; memory is the highest so far.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg
import xlsxwriter

from bench import people
from bench.county import say
from bench.serving import spent

if TYPE_CHECKING:
    from commongrid.config.embedded import Cluster
    from commongrid.kernel.scope import Scope

SORTS: Final = ("people", "sites", "things", "organisations", "members", "flags")


def main() -> int:
    """Make the county and each workbook, send it through, print; then take everything back."""
    parser = argparse.ArgumentParser(prog="python -m bench.sheets", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, metavar="N", help="rows of each (default: 100,000)")
    asked = "of these; members need organisations, flags people"
    parser.add_argument("--only", default=",".join(SORTS), metavar="SORT,...", help=asked)
    parser.add_argument("--data", type=Path, help="folder of the database (default: that of bench.people)")
    args = parser.parse_args()
    with people.opened((args.data or people.RESULTS / "data-people").absolute()) as cluster:
        with psycopg.connect(cluster.admin_dsn(), options=f"-c search_path={cluster.schema}") as db:
            found = db.execute("SELECT code FROM territory_place WHERE level = 'natural_village' ORDER BY code")
            villages = [int(str(row[0])) for row in found.fetchall()]
        door = Door(cluster, people.clerk(villages[0] // 10**9 * 10**9))
        print("| sheet | file | preview: CPU s (app + db) | steps | taken in | undone | memory here, of the reader |")
        print("|---|---|---|---|---|---|---|")
        taken = [door.into(sort, book(sort, args.rows, villages)) for sort in SORTS if sort in args.only.split(",")]
        for line in door.undone(reversed(taken)):
            print(line, flush=True)
    return 0


def book(sort: str, count: int, villages: Sequence[int]) -> bytes:
    """The workbook of a sort."""
    if sort == "people":
        return people.workbook(count, villages)
    from commongrid.registry.importing.rules.held_columns import HELD
    from commongrid.registry.importing.rules.layout import sheet_name

    say(f"Making a workbook of {count:,} {sort}.")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_numbers": False}) as written:
        page = written.add_worksheet(sheet_name(sort))
        for at, column in enumerate(HELD[sort]):
            page.write_string(0, at, column.heading)
        for n in range(count):
            cells = _cells(sort, n, villages)
            for at, column in enumerate(HELD[sort]):
                if said := cells.get(column.field):
                    page.write_string(n + 1, at, said)
    return out.getvalue()


def _cells(sort: str, n: int, villages: Sequence[int]) -> Mapping[str, str]:
    """One row: somebody of the people's sheet, and what is said of them."""
    who = people.person(n, villages)
    whose = {"natural_village": who["natural_village"], "number": who["number"], "person": who["name"]}
    village = str(int(who["natural_village"]) // 1000)
    match sort:
        case "sites":
            return {**whose, "name": f"{n}号房", "kind": "住房", "door": f"上河{n}号", "storeys": "2", "area_m2": "120"}
        case "things":  # many are called the same
            return {**whose, "name": "灭火器", "kind": "灭火器", "mark": f"M{n:07}", "every_months": "6",
                    "last_check_on": "2026-05-01"}  # fmt: skip
        case "organisations":
            return {"place": village, "name": f"{n}号合作社", "kind": "农民专业合作社", "founded_on": "2020-03-01"}
        case "members":
            return {**whose, "place": village, "organisation": f"{n}号合作社", "duty": "成员", "from_on": "2021-03-01"}
        case _:
            return {**whose, "flag": "退役军人", "from_on": "2020-01-01", "body": "县退役军人事务局"}


class Door:
    """What a clerk does with a file, and what it costs."""

    def __init__(self, cluster: Cluster, scope: Scope) -> None:
        """Who sends, and which processes are the database's."""
        self.scope = scope
        self.postmaster = int((cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        self.begun = self._spent()

    def into(self, sort: str, data: bytes) -> tuple[str, str, UUID]:
        """Send, look through, take in; answers the cells so far and the batch."""
        from commongrid.kernel.act import Act
        from commongrid.registry.importing import actions, queries

        upload = UUID(actions.send_file(self.scope, Act.new(), sort=sort, name="sheet.xlsx", data=data)["upload"])
        steps: list[float] = []
        self._cost()
        actions.look_through(self.scope, Act.new(), upload_id=upload, progress=steps.append)
        looked = self._cost()
        told = queries.found(self.scope, upload)
        done = people.take_in(self.scope, upload, data)
        cells = f"{len(data) / 2**20:.1f} MB | {looked} | {len(steps)} | {self._cost()}"
        say(f"{sort}: {told['counts']}, {cells}")
        return sort, cells, UUID(done["batch"])

    def undone(self, taken: Iterator[tuple[str, str, UUID]]) -> Iterator[str]:
        """Take each back, the last first; its line."""
        from commongrid.kernel.act import Act
        from commongrid.registry.importing import actions

        for sort, cells, batch in taken:
            self._cost()
            actions.undo_import(self.scope, Act.new(), batch_id=batch, reason="bench")
            cost = self._cost()
            own, reader = (
                resource.getrusage(of).ru_maxrss / 1024 for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            yield f"| {sort} | {cells} | {cost} | {own:.0f} MB, {reader:.0f} MB |"

    def _spent(self) -> tuple[float, float]:
        return people.cpu(), spent(self.postmaster)

    def _cost(self) -> str:
        """What was spent since the last time."""
        before, self.begun = self.begun, self._spent()
        app, database = (now - then for now, then in zip(self.begun, before, strict=True))
        return f"{app + database:.1f} ({app:.1f} + {database:.1f})"


if __name__ == "__main__":
    sys.exit(main())
