"""From the first release to this one: rows laid under its tables alone, then migrated, walled and seeded.

A county that ran the first release brings its rows along. A few of every main
table are laid with the columns it had; afterwards walls, triggers, seals, the
doctor and the figures must be sound, and work goes on where it stood.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg
import pytest

from commongrid.config import checkup
from commongrid.config.walls import SQL, _filled
from commongrid.insight import jobs as insight
from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.rules import Question
from commongrid.journal import jobs as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotYours
from commongrid.kernel.scope import clock
from commongrid.registry import actions as registry
from commongrid.registry import queries
from commongrid.registry.rules.facts import Told
from tests.bed import Database, fresh, template
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commongrid.config.embedded import Cluster

COUNTY, TOWNSHIP, VILLAGE, OTHER = 990101000000000, 990101101000000, 990101101201000, 990101101202000
HAMLET, GRID = VILLAGE + 1, VILLAGE + 2
NOW: Final = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
NOTHING: Final = {
    "boolean": False, "text": "", "character varying": "", "jsonb": "{}", "smallint": 0, "integer": 0, "bigint": 0,
    "ARRAY": [], "numeric": 0, "timestamp with time zone": NOW, "date": NOW.date(), "double precision": 0.0,
    "bytea": b"",
}  # fmt: skip
"""What a column that must hold something holds where the test says nothing."""


def named(name: str) -> UUID:
    """An id by its short name."""
    return uuid5(NAMESPACE_OID, f"first release {name}")


def lay(owner: psycopg.Connection[Any], table: str, **values: Any) -> None:
    """One row of a table as the first release had it."""
    columns = owner.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    ).fetchall()
    row = {name: NOTHING[kind] for name, kind in columns if name not in values and kind in NOTHING} | values
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    owner.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})".encode(), list(row.values()))


def fill(database: Database) -> None:
    """A county of the first release: places, a clerk, a household, matters on two stretches of the way, the journal."""
    with database.as_role("owner") as owner, owner.transaction():
        for statement in (_filled(path) for path in sorted(SQL.glob("before_journal.sql"))):
            owner.execute(statement.encode())
        _lay_network(owner)
        _lay_matters(owner)
        for number in (1, 2):
            lay(owner, "journal_claim", id=named(f"act {number}"), author="post:x", fingerprint=bytes(32), at=NOW)
            lay(
                owner, "journal_line", id=named(f"act {number}"), timeline=1, name="matters.reported", author="post:x",
                place=VILLAGE, place_now=VILLAGE, subject_kind="matter", subject=named(f"matter {number}"), at=NOW,
                xid=str(number),
            )  # fmt: skip


def _lay_network(owner: psycopg.Connection[Any]) -> None:
    for code, level, name, parent in (
        (COUNTY, "county", "云岭县", None), (TOWNSHIP, "township", "青石镇", COUNTY),
        (VILLAGE, "village", "白沙村", TOWNSHIP), (OTHER, "village", "凯峡河村", TOWNSHIP),
        (HAMLET, "natural_village", "上河", VILLAGE), (GRID, "grid", "第1网格", VILLAGE),
    ):  # fmt: skip
        lay(
            owner, "territory_place", code=code, level=level, name=name, name_en=name, parent=parent,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    lay(owner, "territory_county", code=COUNTY, zone="Asia/Shanghai", calendar_version=1)
    lay(owner, "registry_person", id=named("周一"), display_name="周一", place=GRID)
    lay(owner, "registry_household", id=named("home"), place=GRID, natural_village=HAMLET, number="1")


def _lay_matters(owner: psycopg.Connection[Any]) -> None:
    kind = uuid5(NAMESPACE_OID, "commongrid matters kind G02")
    lay(
        owner, "matters_kind", id=kind, code="G02", zh="桥梁", en="Bridge", calendar="W", visit="all",
        visibility="restricted", closes="rating", first_level="village", valid_from=date(2004, 1, 1),
    )  # fmt: skip
    common = {
        "kind_id": kind, "kind_code": "G02", "place": VILLAGE, "place_then": VILLAGE, "series": "asked",
        "source": "villager", "urgency": "urgent", "opened_at": NOW, "round": 1,
    }  # fmt: skip
    lay(
        owner, "matters_matter", id=named("matter 1"), number="990101-2609-0001", title="桥坏了", state="reported",
        step="accept", owner_level="village", owner_place=VILLAGE, clock="respond", due_at=NOW, slip_hash=b"1" * 32,
        **common,
    )  # fmt: skip
    lay(
        owner, "matters_matter", id=named("matter 2"), number="990101-2609-0002", title="桥又坏了", state="closed",
        outcome="rated", closed_at=NOW, finished_at=NOW, rating="rated", slip_hash=b"2" * 32, **common,
    )  # fmt: skip
    lay(
        owner, "matters_note", id=named("note"), matter_id=named("matter 2"), act=named("act 2"), sort="answer",
        text="修好了", at=NOW,
    )  # fmt: skip
    lay(owner, "matters_party", id=named("party"), matter_id=named("matter 1"), part="reporter", place=VILLAGE)


@pytest.fixture
def updated(cluster: Cluster, django_db_blocker: Any) -> Iterator[Database]:
    """The first release's county, brought up to this one."""
    first = template(cluster, "t_first", "commongrid", "migrate commongrid 0001 --verbosity 0", fill=fill)
    now = template(cluster, "t_updated", first, "prepare")
    with fresh(cluster, now, django_db_blocker) as database:
        yield database


def test_a_county_of_the_first_release_goes_on(updated: Database) -> None:
    """Walls, triggers, seals, doctor and figures are sound, and the old rows take the next step."""
    questions = (checkup.role, checkup.walls, checkup.definer_functions, checkup.migrations, checkup.erasures)
    assert [one.text for ask in questions for one in ask() if one.level == "fault"] == []
    while journal.seal():
        pass
    verdict = journal.verify()
    assert (verdict.sound, verdict.lines, verdict.unsealed) == (True, 2, 0)
    _walls_hold(updated)
    with updated.as_role("owner") as owner:
        rows = owner.execute("SELECT state, pressing FROM matters_matter ORDER BY number").fetchall()
    assert rows == [("reported", 1), ("closed", 2)], "what a new column holds in old rows is filled in once"
    _figures_add_up()
    _work_goes_on()


def _walls_hold(database: Database) -> None:
    with database.as_role("app") as app:
        for table in ("registry_person", "registry_household", "matters_matter", "matters_note", "journal_line"):
            assert app.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,), f"{table} without a scope"
    for table in ("journal_line", "matters_note"):
        with database.as_admin() as admin, pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            admin.execute(f"UPDATE {table} SET at = now() + interval '1 day'".encode())
    neighbour = scope_at(OTHER, "people.read")
    with acting(neighbour), pytest.raises(NotYours):
        queries.person_card(neighbour, named("周一"))


def _figures_add_up() -> None:
    """One closed and one open, urgent ones, as the rows say; counting the journal gives the same."""
    eye = clock("test.figures", "figures.read", lo=COUNTY, hi=COUNTY + 10**9 - 1)
    with acting(eye):
        found = loop_figures(eye, Question(at=datetime.now(UTC), lo=COUNTY, hi=COUNTY + 10**9 - 1))
    assert (found.count, found.closed, found.open) == (2, 1, 1)
    insight.tally()


def _work_goes_on() -> None:
    clerk = scope_at(VILLAGE, "people.edit", "people.read")
    told = Told(on=date(2026, 10, 1))
    written = {"display_name": "周一山", "phone": "13812345678"}
    registry.correct(
        clerk, Act.new(), fields=registry.Fields(of="person", subject=named("周一"), written=written), told=told
    )
    with acting(clerk):
        card = queries.person_card(clerk, named("周一"))
        assert [one.id for one in queries.find_people(clerk, "周一山")] == [named("周一")]
    assert (card.name, card.phone, card.state) == ("周一山", "138****5678", "here")
