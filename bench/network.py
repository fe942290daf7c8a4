"""`python -m bench.network`: one network over a whole county: plans of every village, coverage, county sheet, the map.

The county is the register's (`bench.register`), made once and kept. The first time every Party member at home declares,
written by SQL; then links are proposed in every village, worked out by the clock's own job, approved and adopted, by
the product's acts. Each page is asked for as in `bench.register`, as a county's administrator, a township's team and a
village's secretary. The reference of each is the bare count, as the administrator whom no policy holds, of the rows
that the widest of the pages are made of: the households of the scope, each with its link of today.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from bench import population
from bench.people import opened
from bench.register import CLERKS, Meter, Page, asked, clerk

if TYPE_CHECKING:
    import psycopg

    from bench.county import Post
    from commongrid.config.embedded import Cluster
    from commongrid.kernel.scope import Scope

EARLIER: Final = 120
"""Days before today of the day that pages of the past are asked for."""
CAPACITY: Final = 15
DECLARED: Final = """
INSERT INTO outreach_declaration (id, person_id, place, answer, as_what, capacity, phone, can, from_on)
SELECT gen_random_uuid(), p.id, p.place / 1000 * 1000, 'able',
  CASE p.political WHEN '02' THEN 'probationary' ELSE 'member' END, %(capacity)s, '', '{}', current_date
FROM registry_person p WHERE p.political IN ('01', '02') AND p.state = 'here' AND p.household_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM outreach_declaration d WHERE d.person_id = p.id)
"""
ROWS: Final = """
SELECT count(*), count(a.id) FROM registry_household h LEFT JOIN roster_assignment a
  ON a.household_id = h.id AND a.kind = 'linked_household' AND a.from_on <= current_date
  AND (a.to_on IS NULL OR a.to_on > current_date)
WHERE h.place BETWEEN %(lo)s AND %(hi)s AND h.state <> 'ended'
"""
PLANNED: Final = "CREATE TEMP TABLE bare ON COMMIT DROP AS SELECT * FROM outreach_planned_link"


@dataclass(frozen=True, slots=True)
class Work:
    """A job of the whole county: what it is called, what it does, and how many there were."""

    name: str
    do: Callable[[], int]


def main() -> int:
    """Make the county and its network where they are not there, ask for every page as each clerk, print."""
    args = asked("network", __doc__)
    with opened(args.data, "county") as cluster:
        meter = Meter(cluster)
        if not (args.data / "network").exists():
            _made(cluster, meter)
            (args.data / "network").write_text("", encoding="utf-8")
        clerks = {reach: clerk(cluster, role) for reach, role in CLERKS.items()}
        print("\n| page | " + " | ".join(f"{reach}: ms (app + db), statements, ratio" for reach in clerks) + " |")
        print("|---|" + "---|" * len(clerks))
        bare = [_bare(cluster, meter, one.post, args.times) for one in clerks.values()]
        print("| bare count | " + " | ".join(f"{one:.1f}" for one in bare) + " |", flush=True)
        for row in zip(*(pages(one.post) for one in clerks.values()), strict=True):
            if args.wants(row[0].name):
                costs = [meter.page(who, one, args.times) for who, one in zip(clerks.values(), row, strict=True)]
                cells = [
                    f"{(total := one.app + one.db):.0f} ({one.app:.0f} + {one.db:.0f}), {one.statements}, "
                    f"{total / least:.1f}"
                    if one.size
                    else "may not"
                    for one, least in zip(costs, bare, strict=True)
                ]
                print(f"| {row[0].name} | " + " | ".join(cells) + " |", flush=True)
    return 0


def _made(cluster: Cluster, meter: Meter) -> None:
    """Links in every village, as a county would make them."""
    with population.administrator(cluster) as db:
        db.execute(DECLARED.encode(), {"capacity": CAPACITY})
        db.execute("ANALYZE")
    print("| job | how many | CPU s (app + db) | memory of this process at most |\n|---|---|---|---|")
    for work in works():
        done: list[int] = []
        spent = meter.job(lambda work=work, done=done: done.append(work.do()))  # type: ignore[misc]
        print(f"| {work.name} | {done[0]:,} | {spent} |", flush=True)
    with population.administrator(cluster) as db:
        copied = meter.job(lambda: db.execute(PLANNED))
        print(f"| the same rows, copied bare | {_count(db):,} | {copied} |", flush=True)
        db.execute("VACUUM (ANALYZE)")


def works() -> Iterator[Work]:
    """Links proposed in every village, worked out, approved, adopted; grids proposed in every village."""
    yield Work("plans asked for in every village", _links_asked)
    yield Work("plans worked out", _links_worked_out)
    yield Work("their sliders", _sliders)
    yield Work("plans approved and adopted", _adopted)
    yield Work("grids asked for in every village", _grids_asked)
    yield Work("grids worked out", _grids_worked_out)


def _scope() -> Scope:
    """A post of the county."""
    from commongrid.commands.demo.laying import COUNTY
    from commongrid.kernel.places import interval
    from commongrid.kernel.scope import Scope

    lo, hi = interval(COUNTY)
    powers = frozenset({"links.edit", "links.read", "grids.divide"})
    return Scope(kind="post", lo=lo, hi=hi, powers=powers, post=UUID(int=1), place=COUNTY)


def _links_asked() -> int:
    from commongrid.kernel.act import Act
    from commongrid.outreach.actions import propose_everywhere
    from commongrid.outreach.rules.planning import Terms

    scope = _scope()
    return int(propose_everywhere(scope, Act.new(), place=scope.place or 0, terms=Terms())["plans"])


def _links_worked_out() -> int:
    from commongrid.outreach.jobs import work_out_plans

    return sum(iter(work_out_plans, 0))


def _sliders() -> int:
    from commongrid.journal.acting import acting
    from commongrid.outreach.jobs import PLANNER, work_out_plans
    from commongrid.outreach.models import Plan

    done = 0
    while True:
        with acting(PLANNER):
            if not Plan.objects.filter(state="ready").exclude(figures__has_key="curve").exists():
                return done
        work_out_plans()
        done += 1


def _adopted() -> int:
    from django.utils.timezone import localdate

    from commongrid.journal.acting import acting
    from commongrid.kernel.act import Act
    from commongrid.outreach import actions
    from commongrid.outreach.queries.plans import open_plans

    scope, today = _scope(), localdate()
    with acting(scope):
        ready = [one.id for one in open_plans(scope, scope.place or 0).values() if one.state == "ready"]
    for plan in ready:
        meeting = actions.Meeting(on=today, entitled=11, present=9, in_favour=8)
        actions.approve(scope, Act.new(), plan_id=plan, meeting=meeting)
        actions.adopt(scope, Act.new(), plan_id=plan, on=today)
    return len(ready)


def _grids_asked() -> int:
    from commongrid.kernel.act import Act
    from commongrid.roster.dividing.actions import propose_everywhere
    from commongrid.roster.dividing.rules.planning import Terms

    scope = _scope()
    return int(propose_everywhere(scope, Act.new(), place=scope.place or 0, terms=Terms())["villages"])


def _grids_worked_out() -> int:
    from commongrid.outreach.jobs import work_out_divisions

    return sum(iter(work_out_divisions, 0))


def _bare(cluster: Cluster, meter: Meter, post: Post, times: int) -> float:
    """Milliseconds of the bare count of a scope, the middle of so many."""
    whose = {"lo": post.lo, "hi": post.hi}
    with population.administrator(cluster) as db:
        taken = sorted(sum(meter.timed(lambda: db.execute(ROWS.encode(), whose).fetchone())) for _ in range(times + 1))
    return taken[len(taken) // 2] * 1000


def _count(db: psycopg.Connection[Any]) -> int:
    return int(str((db.execute("SELECT count(*) FROM outreach_planned_link").fetchone() or (0,))[0]))


def pages(post: Post) -> list[Page]:
    """Every page of the network of a place, the same for each clerk; a village's own where the place is one."""
    from django.utils.timezone import localdate

    place, today = post.place, localdate()
    then = today - timedelta(days=EARLIER)
    network = "/console/network/"
    return [
        Page("coverage today", f"{network}?place={place}"),
        Page("coverage earlier", f"{network}?place={place}&on={then}"),
        Page("households with a contact", f"{network}homes?place={place}&sort=linked"),
        Page("households without one", f"{network}homes?place={place}&sort=without"),
        Page("households without one, earlier", f"{network}homes?place={place}&sort=without&on={then}"),
        Page("county sheet today", f"{network}sheet?place={place}"),
        Page("county sheet, with the change", f"{network}sheet?place={place}&before={then}"),
        Page("county sheet earlier", f"{network}sheet?place={place}&on={then}"),
        Page("grids without a head", f"{network}sheet/headless?place={place}"),
        Page("linked members", f"{network}sheet/linkers?place={place}"),
        Page("grid staff", f"{network}staffing?place={place}"),
        Page("grid staff, two grids", f"{network}staffing?place={place}&fault=twice"),
        Page("rota", f"{network}rota?place={place}"),
        Page("talents", f"{network}talents?place={place}"),
        Page("links proposed everywhere", f"{network}places/{place}/propose"),
        Page("grids proposed everywhere", f"{network}places/{place}/grids"),
        *(Page(f"map by {by}, {part or 'page'}", f"/console/map/{place}/{part}?by={by}")
          for by in ("homes", "open", "staffed", "busy", "linked", "load") for part in ("", "shapes.json")),
        Page("village on its way to links", f"{network}villages/{place}"),
        Page("members of a village", f"{network}villages/{place}/members"),
        Page("grids of a village", f"{network}villages/{place}/grids"),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
