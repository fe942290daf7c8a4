"""What the loop costs: statements on rows per report, step and queue, and the index each list uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope, public
from commongrid.matters import actions, queries
from commongrid.matters.actions import Contact, Report
from commongrid.matters.models import Matter
from tests.factories import desk
from tests.factories.copies import copies
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_loop import rate, slip_of, told

ANYONE = public("matters.report")
STEP, QUEUE = 10, 6
OWN = f"owner_level = 'township' AND owner_place = {desk.TOWNSHIP}"


class Counted(list[str]):
    """Every statement of a block that reads or writes rows; the seam's settings and savepoints do neither."""

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Keep it, then run it."""
        if not str(sql).startswith(("SET LOCAL", "SAVEPOINT", "RELEASE")):
            self.append(str(sql).strip())
        return execute(sql, params, many, context)


@contextmanager
def at_most(limit: int) -> Iterator[Counted]:
    """Fails when more statements run inside."""
    counted = Counted()
    with connection.execute_wrapper(counted):
        yield counted
    assert len(counted) <= limit, "\n".join(
        [f"{len(counted)} statements, {limit} allowed", *(one[:160] for one in counted)]
    )


@pytest.mark.parametrize("place", [desk.VILLAGE, desk.GRID])
@pytest.mark.parametrize("kind", ["G02", "F01", "G03"])
def test_a_report_costs_at_most_ten_statements(scene: Scene, place: int, kind: str) -> None:
    report = Report(
        kind_code=kind, place=place, text="村口涵洞塌了", contact=Contact(name="李小芳", phone="13812341234")
    )
    actions.report(ANYONE, Act.new(), report=report)
    with at_most(STEP):
        actions.report(ANYONE, Act.new(), report=report)


def test_every_step_costs_at_most_ten_statements(scene: Scene) -> None:
    matter = scene.report("村口涵洞塌了")

    def step(by: str, action: Callable[..., Any], **arguments: Any) -> None:
        scope = scene.as_post(by)
        with at_most(STEP):
            action(scope, Act.new(), matter_id=matter, **arguments)

    def slip_step(action: Callable[..., Any], **arguments: Any) -> None:
        with at_most(STEP):
            action(slip_of(matter), Act.new(), matter_id=matter, **arguments)

    actions.publish_seed(_clock(), Act.new())
    step("dispatcher", actions.accept, note="属实")
    step("dispatcher", actions.divert, unit_id=id_of("roads_unit"), reason="就近")
    step("roads", actions.give_back, basis="按清单归交通站")
    step("county_dispatcher", actions.decide_returned, unit_id=id_of("transport_unit"), basis="乡道以下由站所负责")
    step("station", actions.start)
    step("supervisor", actions.supervise, note="请加快")
    step("station", actions.answer, answer="已换管")
    step("dispatcher", actions.send_back, note="哪天换的")
    step("station", actions.answer, answer="昨天已换管")
    step("dispatcher", actions.pass_on, answer="昨天已换管")
    slip_step(actions.rate, solved=False, satisfied=False)
    step("dispatcher", actions.divert, unit_id=id_of("roads_unit"), reason="换一家")
    step("roads", actions.raise_level, reason="需要县里")
    step("county_dispatcher", actions.divert, unit_id=id_of("transport_county_unit"))
    step("department", actions.start)
    step("department", actions.answer, answer="已重修")
    step("dispatcher", actions.pass_on, answer="已重修")
    step("clerk", actions.visit, result="asked", answers=(True, True, ""))
    step("dispatcher", actions.close, note="归档")


def _clock() -> Scope:
    from commongrid.matters.actions.ticking import TICK

    return TICK


@pytest.mark.parametrize("name", ["county_dispatcher", "dispatcher", "clerk", "grid_head", "station"])
def test_a_queue_and_its_lanes_cost_at_most_six_statements_each(scene: Scene, name: str) -> None:
    for n in range(3):
        scene.with_station(f"第 {n} 处")
    scope = scene.as_post(name)
    queries.queue(scope)
    with at_most(QUEUE):
        assert len(queries.queue(scope).rows) == (0 if name == "grid_head" else 3)
    with at_most(QUEUE):
        queries.lanes(scope)


def test_suggestions_cost_at_most_four_statements_one_of_them_for_their_reasons(scene: Scene) -> None:
    scene.answered("涵洞塌了", kind="G02")
    matter = scene.at_township("涵洞")
    scope = scene.as_post("dispatcher")
    queries.suggestions(scope, matter)
    with at_most(QUEUE - 2) as counted:
        best = queries.suggestions(scope, matter)
    assert sum("matters_order" in one for one in counted) == 1, "precedent and words together"
    assert best[0].said == ("涵洞",)
    assert (best[0].why, best[0].unit) == ("leads", id_of("transport_unit"))


def plan(scope: Scope, sql: str) -> str:
    """The plan of a statement in a scope, with sequential scans as a last resort."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN SELECT id FROM matters_matter WHERE " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("name", "sql", "index"),
    [
        ("county_dispatcher", "closed_at IS NULL ORDER BY pressing, due_at, id LIMIT 50", "matters_open_pressing"),
        (
            "station",
            "closed_at IS NULL AND unit_id = '{unit}' ORDER BY pressing, due_at, id LIMIT 50",
            "matters_open_unit_queue",
        ),
        ("dispatcher", f"closed_at IS NULL AND {OWN} ORDER BY due_at LIMIT 50", "matters_open_owner"),
        ("county_dispatcher", "closed_at IS NULL AND alarm_at <= now() ORDER BY alarm_at LIMIT 9", "matters_alarm"),
        ("clerk", "number >= '9901' AND number < '9902'", "matters_matter_number"),
    ],
)
def test_every_list_has_its_index(scene: Scene, name: str, sql: str, index: str) -> None:
    scene.report("一处")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            copies(
                Matter,
                "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'number', 'x' || n,"
                " 'slip_hash', NULL, 'due_at', m.due_at + n * interval '1 minute',"
                " 'owner_place', m.owner_place + (n % 50) * 1000000))",
                "matters_matter m, generate_series(1, 3000) n",
            )
        )
        owner.execute("ANALYZE matters_matter")
    assert index in plan(scene.as_post(name), sql.replace("{unit}", str(id_of("transport_unit"))))


def test_numbers_count_up_within_a_month_and_never_repeat(scene: Scene) -> None:
    numbers = [actions.report(ANYONE, Act.new(), report=told())["number"] for _ in range(5)]
    assert len(set(numbers)) == 5
    assert [int(number.split("-")[2]) for number in numbers] == [1, 2, 3, 4, 5]
    assert queries.numbered(scene.as_post("dispatcher"), numbers[0])
    assert rate is not None
    assert isinstance(queries.search(scene.as_post("dispatcher"), numbers[0][:9])[0].id, UUID)
    assert [row.number for row in queries.search(scene.as_post("dispatcher"), "涵洞")] == numbers[::-1]
