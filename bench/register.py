"""`python -m bench.register`: the register of a whole county as an officer, a township's and a village's clerk use it.

The county is the demo's largest, made once and kept. Each page is asked for through the product's own stack, with
session, post, scope and row-level security, in this process: a first time to fill its memory, then so many times.
Milliseconds are of the processor, of this process and of PostgreSQL's, and never of the wall; statements are counted as
`counting` does. The jobs of the night are run once each, first, because pages show what they counted.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from bench import population
from bench.counting import watched
from bench.county import Post, post_of
from bench.people import opened
from bench.rows import Reader, reader
from bench.serving import TICK
from commongrid.config.embedded import Cluster

if TYPE_CHECKING:
    import psycopg

RESULTS = Path(__file__).parent / "results"
REFUSED: Final = (403, 404)
CLERKS: Final = {"county": "county_admin", "township": "township_team", "village": "village_secretary"}
"""Who asks, by the reach of their post."""
PURPOSE: Final = {"purpose": "核对台账", "days": "7", "into": "xlsx"}
EARLIER: Final = timedelta(days=180)
"""How long ago a ledger of an earlier day is asked for."""
FAR: Final = """
SELECT natural_village || '|' || number || '|' || id FROM registry_household
WHERE place BETWEEN %(lo)s AND %(hi)s AND state <> 'ended' ORDER BY natural_village, number, id
OFFSET (SELECT count(*) * 9 / 10 FROM registry_household WHERE place BETWEEN %(lo)s AND %(hi)s) LIMIT 1
"""
FAR_BOOKLETS: Final = """
SELECT place || '|' || number || '|' || id FROM registry_registered_household
WHERE place BETWEEN %(lo)s AND %(hi)s AND ended_on IS NULL ORDER BY place, number, id
OFFSET (SELECT count(*) * 9 / 10 FROM registry_registered_household WHERE place BETWEEN %(lo)s AND %(hi)s) LIMIT 1
"""
SOMEBODY: Final = """
SELECT p.id, p.household_id, p.display_name, p.initials, p.phone_sealed, p.id_sealed, h.door FROM registry_person p
JOIN registry_household h ON h.id = p.household_id
WHERE p.place BETWEEN %(lo)s AND %(hi)s AND p.state = 'here' AND p.phone_sealed IS NOT NULL AND p.id_sealed IS NOT NULL
  AND p.initials <> '' AND char_length(h.door) > 2 ORDER BY md5(p.id::text) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what it is called, its address, what is sent to it, and whether it is asked for while typing."""

    name: str
    path: str
    sent: dict[str, str] | None = None
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request took: milliseconds here and in PostgreSQL, statements, bytes of the answer; none: refused."""

    app: float
    db: float
    statements: int
    size: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for: the folder of its database, how often each page, and of which."""

    data: Path
    times: int
    only: tuple[str, ...]

    def wants(self, name: str) -> bool:
        """Whether a page or job is among them."""
        return any(word in name for word in self.only)


def asked(prog: str, about: str | None) -> Asked:
    """The options of a benchmark of a whole county's pages."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{prog}", description=about)
    parser.add_argument("--data", type=Path, help="folder of the database (default: bench/results/data-register)")
    parser.add_argument("--times", type=int, default=5, metavar="N", help="each page so often (default: 5)")
    parser.add_argument("--only", default="", metavar="WORD,...", help="what has such a word in its name")
    args = parser.parse_args()
    return Asked((args.data or RESULTS / "data-register").absolute(), args.times, tuple(args.only.split(",")))


def main() -> int:
    """Make the county where it is not there, run the jobs, ask for every page as each clerk, print."""
    args = asked("register", __doc__)
    with opened(args.data, "county") as cluster:
        meter = Meter(cluster)
        print("| job | CPU s (app + db) | memory of this process at most |\n|---|---|---|")
        for name, job in jobs().items():
            if args.wants(name):
                print(f"| {name} | {meter.job(job)} |", flush=True)
        clerks = {reach: clerk(cluster, role) for reach, role in CLERKS.items()}
        print("\n| page | " + " | ".join(f"{reach}: ms (app + db), statements" for reach in clerks) + " |")
        print("|---|" + "---|" * len(clerks))
        for row in zip(*(pages(cluster, one.post) for one in clerks.values()), strict=True):
            if args.wants(row[0].name):
                costs = [meter.page(who, one, args.times) for who, one in zip(clerks.values(), row, strict=True)]
                print(f"| {row[0].name} | " + " | ".join(map(_said, costs)) + " |", flush=True)
    return 0


def clerk(cluster: Cluster, role: str) -> Reader:
    """Somebody who holds the role, signed in."""
    with population.administrator(cluster) as db:
        return reader(post_of(db, role, unit=False))


class Meter:
    """Processor time of this process and of PostgreSQL's."""

    def __init__(self, cluster: Cluster) -> None:
        """Know which processes are the database's."""
        self.postmaster = int((cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])

    def page(self, who: Reader, page: Page, times: int) -> Cost:
        """What one request costs, the middle of so many."""
        _ask(who, page)
        with watched() as statements:
            size = _ask(who, page)
        gc.collect()
        taken = sorted(self.timed(lambda: _ask(who, page)) for _ in range(times))
        app, database = taken[len(taken) // 2]
        return Cost(app * 1000, database * 1000, len(statements), size)

    def job(self, job: Callable[[], object]) -> str:
        """What a job costs once, as cells of a table."""
        app, database = self.timed(job)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return f"{app + database:.1f} ({app:.1f} + {database:.1f}) | {memory:.0f} MB"

    def timed(self, do: Callable[[], object]) -> tuple[float, float]:
        before, begun = _running(self.postmaster), time.process_time()
        do()
        app, after = time.process_time() - begun, _running(self.postmaster)
        return app, (sum(after.values()) - sum(before.values())) / 1e9


def _running(parent: int) -> dict[int, int]:
    """Nanoseconds that a process's children have run, those that ended (in hundredths of a second) under its own id."""
    ended = Path(f"/proc/{parent}/stat").read_text().rsplit(")", 1)[1].split()[13:15]
    found = {parent: sum(map(int, ended)) * 10**9 // TICK}
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            found[int(pid)] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        except OSError:
            continue
    return found


def _ask(who: Reader, page: Page) -> int:
    from django.test import Client

    headers: dict[str, str] = {**who.headers, **({"HX-Request": "true"} if page.typing else {})}
    client = Client(headers=headers, SERVER_NAME="127.0.0.1")
    if page.sent is None:
        response: Any = client.get(page.path)
    else:
        response = client.post(page.path, {**page.sent, "csrfmiddlewaretoken": who.token})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code in REFUSED:
        return 0
    if response.status_code not in {200, 302, 422}:
        message = f"{page.path}: {response.status_code}"
        raise RuntimeError(message)
    return len(body)


def _said(cost: Cost) -> str:
    if not cost.size:
        return "may not"
    return f"{cost.app + cost.db:.0f} ({cost.app:.0f} + {cost.db:.0f}), {cost.statements}"


def pages(cluster: Cluster, post: Post) -> list[Page]:
    """Every page of the register that this clerk opens, the same for each."""
    from commongrid.registry.rules.ledgers import LEDGERS

    with population.administrator(cluster) as db:
        ledgers = {code: f"/console/households/ledgers/{code}" for code in LEDGERS}
        then = urlencode({"on": _today() - EARLIER})
        return [*_found(db, post), *_lists(db, post), *_wide(post.place),
                *(Page(f"ledger {code}", path) for code, path in ledgers.items()),
                *(Page(f"ledger {code} then", f"{path}?{then}") for code, path in ledgers.items()
                  if LEDGERS[code].of_people)]  # fmt: skip


def _found(db: psycopg.Connection[Any], post: Post) -> Iterator[Page]:
    """Searching, and one household and person."""
    from commongrid.accounts import sealed

    row = db.execute(SOMEBODY.encode(), {"lo": post.lo, "hi": post.hi}).fetchone()
    if row is None:
        message = "nobody lives there with a phone and a door"
        raise LookupError(message)
    who, home, name, initials, phone, number, door = row
    typed = {
        "a name": name, "two signs": name[-2:], "one sign": name[-1], "a surname": name[0], "initials": initials,
        "a phone": sealed.unseal(phone, "registry_person", "phone_sealed", who),
        "an identity number": sealed.unseal(number, "registry_person", "id_sealed", who), "a door": door[1:4],
    }  # fmt: skip
    for what, text in typed.items():
        yield Page(f"search for {what}", f"/console/search/?{urlencode({'q': text})}", typing=True)
    yield Page("search page", f"/console/search/?{urlencode({'q': name})}")
    yield Page("household", f"/console/households/{home}")
    yield Page("household a month ago", f"/console/households/{home}?on=2026-10-30")
    yield Page("ask next time", f"/console/households/{home}/ask")
    yield Page("household sheet", f"/console/households/{home}/sheet")
    yield Page("person", f"/console/households/people/{who}")
    yield Page("person moves in", f"/console/households/{home}/move-in", _newcomer(name))
    yield Page("own file", f"/console/households/people/{who}/file", {"shown_by": "card"})
    yield Page("erasing, looked at", f"/console/households/people/{who}/erase")
    yield Page("looks", f"/console/households/people/{who}/looks")


def _newcomer(name: str) -> dict[str, str]:
    """Somebody of a name and birth that may be there: the page asks whether they are, and enters nobody."""
    return {"name": name, "sex": "1", "born_on": "1980-05-05", "as_to_head": "", "seen": "1"}


def _lists(db: psycopg.Connection[Any], post: Post) -> Iterator[Page]:
    """Every list, first and far, filtered."""
    whose = {"lo": post.lo, "hi": post.hi}
    far, far_booklets = ((db.execute(text.encode(), whose).fetchone() or ("",))[0] for text in (FAR, FAR_BOOKLETS))
    homes, booklets = "/console/households/", "/console/households/registered"
    yield Page("households", homes)
    yield Page("households, far", f"{homes}?{urlencode({'after': far})}")
    yield Page("households wholly away", f"{homes}?state=away")
    yield Page("households by a word", f"{homes}?{urlencode({'q': '杨'})}")
    yield Page("households by a rare word", f"{homes}?{urlencode({'q': '欧阳秀英'})}")
    yield Page("registered households", booklets)
    yield Page("registered households, far", f"{booklets}?{urlencode({'after': far_booklets})}")
    yield Page("registered households by a word", f"{booklets}?{urlencode({'q': '杨'})}")
    for of in ("site", "thing", "organisation"):
        yield Page(f"list of each {of}", f"/console/holdings/{of}/")
        yield Page(f"list of each {of}, far", f"/console/holdings/{of}/?after=1000")
        yield Page(f"list of each {of} by a word", f"/console/holdings/{of}/?{urlencode({'q': '店'})}")
    yield Page("list of each thing, overdue", "/console/holdings/thing/?due=1")
    yield Page("changes", "/console/households/changes")
    yield Page("duplicates", "/console/households/duplicates")


def _wide(place: int) -> Iterator[Page]:
    """What counts over a whole place, and what goes out."""
    yield Page("completeness", "/console/households/completeness")
    yield Page("map", f"/console/map/{place}/?by=homes")
    yield Page("map, shapes", f"/console/map/{place}/shapes.json?by=homes")
    yield Page("map, points", f"/console/map/{place}/points.json")
    yield Page("coverage", "/console/network/")
    yield Page("coverage, households", "/console/network/homes")
    yield Page("county sheet", "/console/network/sheet")
    yield Page("export of households", "/console/households/export", {**PURPOSE, "place": "", "state": "", "q": ""})
    yield Page("export of the roster", "/console/households/ledgers/roster", PURPOSE)
    yield Page("imports", "/console/households/import")


def jobs() -> dict[str, Callable[[], object]]:
    """What the clock does with the register."""
    from commongrid.commands.demo.laying import COUNTY, SCOPE
    from commongrid.registry import jobs as register
    from commongrid.registry.joining import jobs as joining
    from commongrid.registry.keeping import jobs as keeping
    from commongrid.registry.queries.census import counted_as_census

    return {
        "completeness counted": register.count, "suspects": joining.find_suspects,
        "what was kept long enough": keeping.apply_periods, "erasures again": keeping.do_again,
        "census": lambda: counted_as_census(SCOPE, COUNTY, _today()),
    }  # fmt: skip


def _today() -> Any:
    from django.utils.timezone import localdate

    return localdate()


if __name__ == "__main__":
    sys.exit(main())
