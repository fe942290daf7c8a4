"""`python -m bench.population`: the people of a whole county planned, spelled out, sealed and written; time and memory.

Places are the demo's; natural villages and grids are laid by SQL, because posts and matters are not what is measured.
Figures are CPU seconds of this process and of PostgreSQL, the time on the wall, which is never judged, and the highest
memory of this process. The goal is three minutes of two cores.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.county import say
from bench.serving import spent
from commongrid.config.embedded import Cluster, held

if TYPE_CHECKING:
    from commongrid.commands.demo.population.people import Hamlet

RESULTS = Path(__file__).parent / "results"
GOAL = 2 * 180
"""CPU seconds: three minutes of two cores."""
HAMLETS = """
INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)
SELECT v.code + n, 'natural_village', '', (ARRAY['王家湾', '李家坝', '张家寨', '刘家坡', '陈家沟'])[n],
  '', '', '', v.code, v.valid_from
FROM territory_place v, generate_series(1, 5) n WHERE v.level = 'village'
UNION ALL
SELECT v.code + 10 + n, 'grid', 'general', '第' || n || '网格', '', '', '', v.code, v.valid_from
FROM territory_place v, generate_series(1, 5) n WHERE v.level = 'village'
"""
PLACES = """
SELECT h.code, h.name, v.code, h.code + 10, v.kind = 'community', v.code = min(v.code) OVER ()
FROM territory_place h JOIN territory_place v ON v.code = h.parent WHERE h.level = 'natural_village' ORDER BY h.code
"""


def main() -> int:
    """Prepare an empty county, fill it, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.population", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, metavar="N", help="of the county's people (default: 1)")
    parser.add_argument("--data", type=Path, help="folder of the database (default: bench/results/data-population)")
    args = parser.parse_args()
    with emptied((args.data or RESULTS / "data-population").absolute()) as cluster:
        for line in measured(cluster, args.share):
            print(line, flush=True)
    return 0


@contextmanager
def emptied(data: Path) -> Iterator[Cluster]:
    """The database of this benchmark: the demo's places, and nobody in them."""
    with prepared(data) as cluster:
        with administrator(cluster) as db:
            db.execute(
                "TRUNCATE registry_person, registry_household, registry_registered_household, registry_site, "
                "registry_stay, registry_correction, registry_flag, registry_hardship_flag CASCADE"
            )
        yield cluster


@contextmanager
def prepared(data: Path) -> Iterator[Cluster]:
    """The database with the demo's places and whoever the last run left in them."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ["COMMONGRID_DATA"] = str(data)
    with held(data) as cluster:
        os.environ["DATABASE_URL"], os.environ["COMMONGRID_LOG_LEVEL"] = cluster.app_url, "ERROR"
        from commongrid.commands.opening import load_django
        from commongrid.config.preparing import prepare

        prepare(cluster.app_url, cluster.owner_url)
        load_django()
        from commongrid.commands.demo import lay_places, laying

        if not laying.there_are_places():
            say("Laying the places.")
            lay_places("county", 1)
        with administrator(cluster) as db:
            if not (db.execute("SELECT count(*) FROM territory_place WHERE level = 'grid'").fetchone() or (0,))[0]:
                db.execute(HAMLETS)
        yield cluster


def administrator(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    """The administrator, past triggers."""
    options = f"-c search_path={cluster.schema},extensions -c session_replication_role=replica"
    return psycopg.connect(cluster.admin_dsn(), options=options, autocommit=True)


def measured(cluster: Cluster, share: float) -> Iterator[str]:
    """Every figure as a line."""
    from django.utils import timezone

    from commongrid.commands.demo.laying import COUNTY, SCOPE
    from commongrid.commands.demo.population.census import census
    from commongrid.commands.demo.population.filling import fill
    from commongrid.commands.demo.population.reporting import report

    postgres = int((cluster.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    with administrator(cluster) as db:
        hamlets = [_hamlet(row) for row in db.execute(PLACES.encode()).fetchall()]
    of = census().shared(share)
    load, begun, before = os.getloadavg()[0], time.monotonic(), (time.process_time(), spent(postgres))
    made = fill(SCOPE, hamlets, timezone.now(), "1", of)
    wall, own, database = time.monotonic() - begun, time.process_time() - before[0], spent(postgres) - before[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"{made:,} people in {len(hamlets):,} hamlets; load {load:.1f}"
    cpu = own + database
    yield f"time: {cpu:.0f} s of CPU ({own:.0f} here, {database:.0f} in PostgreSQL), {wall:.0f} s on the wall"
    met = "yes" if cpu <= GOAL * share else "NO"
    yield f"goal: <= {GOAL * share:.0f} s of CPU, three minutes of two cores: {met}"
    yield f"memory: {memory:.0f} MB at most in this process"
    found = report(SCOPE, COUNTY, of)
    worst = max(found.figures, key=lambda one: abs(one.difference))
    yield (
        f"census: {sum(one.close for one in found.figures)} of {len(found.figures)} figures within what is tolerated; "
        f"farthest {worst.name} {worst.ages} {worst.difference:+}"
    )


def _hamlet(row: tuple[object, ...]) -> Hamlet:
    from commongrid.commands.demo.population.people import Hamlet

    code, name, village, grid, urban, seat = row
    return Hamlet(int(str(code)), str(name), int(str(village)), int(str(grid)), bool(urban), seat=bool(seat))


if __name__ == "__main__":
    sys.exit(main())
