"""Seeded defects: the mistakes that would matter most, each with the one test that must catch it.

A defect is applied for the length of one test; a test that then still passes
proves nothing, and the suite fails.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

import psycopg
from django.db import transaction
from psycopg.conninfo import make_conninfo

from commongrid.journal import acting, actions, jobs, queries, rules
from commongrid.kernel.act import Act
from commongrid.kernel.places import Interval
from commongrid.kernel.scope import Scope
from commongrid.roster.queries import sight
from commongrid.surfaces.shared.middleware import doors_only
from tests.journal import test_actions, test_jobs
from tests.proof import probes
from tests.proof.world import COUNTY, T1, laid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.bed import Database

SEATS = (
    "county_dispatcher",
    "dispatcher",
    "township_cadre",
    "village_clerk",
    "grid_head",
    "station_handler",
    "department_handler",
    "linked_member",
    "county_leader",
    "auditor",
    "system_admin",
)


def walls_hold(database: Database) -> None:
    """The raw SQL probes for one role of each level, up to the first that comes out otherwise."""
    tally = probes.Tally()
    world = laid()
    with psycopg.connect(database.url("app"), autocommit=True) as app:
        seats = [world.seats[role] for role in SEATS]
        for probe in itertools.chain(
            probes.reads(app, world, seats), probes.writes(app, world, seats[:4]), probes.strangers(app, world)
        ):
            tally.note(*probe)
            if tally.wrong:
                break
    assert tally.wrong == []


@dataclass(frozen=True)
class Defect:
    """A mistake, how it is made, and the test that must fail."""

    name: str
    made: Callable[[Database], AbstractContextManager[Any]]
    caught_by: Callable[[Database], None]


def sql(statement: str) -> Callable[[Database], AbstractContextManager[None]]:
    """A mistake in the database, made by its superuser."""

    @contextmanager
    def made(database: Database) -> Iterator[None]:
        with database.as_admin() as admin:
            admin.execute(statement.encode())
        yield

    return made


def see(table: str, condition: str, policy: str = "see") -> Callable[[Database], AbstractContextManager[None]]:
    """A policy with another condition."""
    return sql(f"ALTER POLICY {policy} ON {table} USING ({condition})")


def weaker(table: str, old: str, new: str) -> Callable[[Database], AbstractContextManager[None]]:
    """The SELECT policy with a part of its condition changed."""

    @contextmanager
    def made(database: Database) -> Iterator[None]:
        with database.as_admin() as admin:
            query = "SELECT qual FROM pg_policies WHERE tablename = %s AND policyname = 'see'"
            (condition,) = admin.execute(query, [table]).fetchone() or ("",)
            changed = condition.replace(old, new)
            assert changed != condition, f"{old!r} is not in {condition}"
            admin.execute(f"ALTER POLICY see ON {table} USING ({changed})".encode())
        yield

    return made


def wider(table: str, condition: str) -> Callable[[Database], AbstractContextManager[None]]:
    """A policy that shows what its own condition shows, and more."""

    @contextmanager
    def made(database: Database) -> Iterator[None]:
        with database.as_admin() as admin:
            query = "SELECT qual FROM pg_policies WHERE tablename = %s AND policyname = 'see'"
            (own,) = admin.execute(query, [table]).fetchone() or ("",)
            admin.execute(f"ALTER POLICY see ON {table} USING (({own}) OR {condition})".encode())
        yield

    return made


@contextmanager
def as_superuser(database: Database) -> Iterator[None]:
    """The app's address is that of a role which no policy holds."""
    database.make()
    address = make_conninfo(database.cluster.admin_dsn(database.name), options="-c search_path=county,extensions")
    own = type(database).url
    with mock.patch.object(
        type(database), "url", lambda self, role="app": address if role == "app" else own(self, role)
    ):
        yield


def patch(target: object, name: str, value: object) -> Callable[[Database], AbstractContextManager[Any]]:
    """A mistake in the code."""
    return lambda _database: mock.patch.object(target, name, value)


def reach(level: str, to: Callable[[Any], Any]) -> Callable[[Database], AbstractContextManager[Any]]:
    """A level of role whose sight is worked out wrongly."""
    right = sight._reach
    return patch(sight, "_reach", lambda row, on: to(row) if row.level == level else right(row, on))


HI = "(NULLIF(current_setting('cg.hi'::text, true), ''::text))::bigint"
LO = "(NULLIF(current_setting('cg.lo'::text, true), ''::text))::bigint"
SQL_DEFECTS = (
    ("row-level security switched off on matters", sql("ALTER TABLE matters_matter DISABLE ROW LEVEL SECURITY")),
    ("row-level security switched off on people", sql("ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY")),
    ("the app comes as the superuser", as_superuser),
    (
        "the app owns its tables",
        sql("ALTER TABLE matters_matter OWNER TO county_app; ALTER TABLE matters_matter NO FORCE ROW LEVEL SECURITY"),
    ),
    ("matters seen by everybody", see("matters_matter", "true")),
    ("upper bound of the interval forgotten", weaker("matters_matter", f"place <= {HI}", "true")),
    ("lower bound of the interval forgotten", weaker("matters_matter", f"place >= {LO}", "true")),
    ("sealed matters shown", weaker("matters_matter", "sealed", "false")),
    (
        "narrowing to grids forgotten",
        weaker("matters_matter", "WHEN 'grids'::text THEN", "WHEN 'grids'::text THEN true OR"),
    ),
    (
        "narrowing to a unit forgotten",
        weaker("matters_matter", "WHEN 'unit'::text THEN", "WHEN 'unit'::text THEN true OR"),
    ),
    (
        "narrowing to households forgotten",
        weaker("registry_household", "WHEN 'households'::text THEN", "WHEN 'households'::text THEN true OR"),
    ),
    ("unknown narrowing lets through", weaker("registry_person", "ELSE false", "ELSE true")),
    ("a complaint shown to whom it is about", weaker("matters_matter", "accused_person_id IS NOT NULL", "false")),
    ("a complaint shown to the unit it is about", weaker("matters_matter", "accused_unit_id IS NOT NULL", "false")),
    ("administrators see matters", weaker("matters_matter", "= 'post'::text", "= 'nobody'::text")),
    ("words in confidence shown below", see("matters_original", "true")),
    ("a reporter in confidence shown below", weaker("matters_party", "hidden_below", "false")),
    ("photos in confidence shown below", weaker("journal_file", "subject_kind = 'matter'::text", "true")),
    ("sealed lines shown to the auditor", weaker("journal_line", "facts <> '{}'::jsonb", "true")),
    ("notes seen without their matter", see("matters_note", "true")),
    ("joint meetings seen by everybody", see("matters_meeting", "true")),
    ("who came to a meeting seen by everybody", see("matters_attendance", "true")),
    ("applications to the deputy seen without their matter", see("matters_application", "true")),
    ("referrals seen without their matter", see("matters_referral", "true")),
    ("orders seen without their matter", see("matters_order", "true")),
    ("orders of other systems seen without their matter", see("matters_external_case", "true")),
    ("dispute files seen by everybody", see("matters_mediation", "true")),
    (
        "dispute files seen with their matter",
        wider("matters_mediation", "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"),
    ),
    (
        "dispute files seen by every unit",
        weaker("matters_mediation", "u.function_id = 'justice'::text", "u.function_id IS DISTINCT FROM 'x'::text"),
    ),
    ("files closed off for violence shown", weaker("matters_mediation", "NOT sealed", "true")),
    ("parties seen without their file", see("matters_mediation_party", "true")),
    ("sittings seen without their file", see("matters_mediation_session", "true")),
    ("files seen without their matter", see("journal_file", "true")),
    ("lines of sealed matters shown", weaker("journal_line", "(NOT (EXISTS", "(NOT (true OR EXISTS")),
    ("people seen by everybody", see("registry_person", "true")),
    ("households seen by everybody", see("registry_household", "true")),
    ("the public sees matters", wider("matters_matter", "current_setting('cg.kind', true) = 'public'")),
    ("no scope counts as every place", wider("matters_matter", "COALESCE(current_setting('cg.lo', true), '') = ''")),
    ("people entered anywhere", sql("ALTER POLICY add ON registry_person WITH CHECK (true)")),
    ("places edited anywhere", sql("ALTER POLICY change ON territory_place USING (true)")),
    (
        "lines deletable",
        sql(
            "GRANT DELETE ON journal_line TO county_app; CREATE POLICY x ON journal_line FOR DELETE TO county_app"
            " USING (true); DROP TRIGGER stays ON journal_line"
        ),
    ),
    (
        "notes deletable",
        sql(
            "GRANT DELETE ON matters_note TO county_app; CREATE POLICY x ON matters_note FOR DELETE TO county_app"
            " USING (true); DROP TRIGGER stays ON matters_note"
        ),
    ),
)


def _without_late_check() -> str:
    return queries._AFTER.replace(queries._COMMITTED, "true")


def _empty_answer(_cursor: Any, _act: Any, _author: str, _print: bytes) -> dict[str, Any]:
    return {}


@contextmanager
def _never_restored(scope: Scope) -> Iterator[None]:
    """``acting`` that leaves its settings to the outer block."""
    with transaction.atomic():
        acting._set(scope)
        token = acting._current.set(scope)
        try:
            yield
        finally:
            acting._current.reset(token)


def settings_come_back(_database: Database) -> None:
    """After an inner ``acting`` the outer scope's settings are back, in the same transaction."""
    from django.db import connection

    from tests.factories.scopes import scope_at

    with acting.acting(scope_at(COUNTY)):
        with acting.acting(scope_at(T1)):
            pass
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('cg.lo')")
            assert cursor.fetchone() == (str(COUNTY),)


def only_doors_open(_database: Database) -> None:
    """A view without a door answers 404."""
    import pytest
    from django.http import Http404, HttpRequest, HttpResponse

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    with pytest.raises(Http404):
        doors_only(view).process_view(HttpRequest(), view, (), {})


def _late(database: Database) -> None:
    test_jobs.test_reader_never_skips_a_line_that_commits_late(database)


def _seal_finds(how: str) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        for n in range(6):
            test_jobs.attempt(test_jobs.SCOPE, Act.new(), n=n)
            if n % 2:
                test_jobs._seal(2)
        test_jobs.test_verify_finds(database, how)

    return run


def _seal_finds_a_line_with_its_own_seal_made_to_fit(database: Database) -> None:
    """Somebody edits a line and works out the head of its seal anew: the next seal tells."""
    for n in range(6):
        test_jobs.attempt(test_jobs.SCOPE, Act.new(), n=n)
        if n % 2:
            test_jobs._seal(2)
    head = jobs.verify().head
    with database.as_admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("""UPDATE journal_line SET facts = '{"n": 77}' WHERE facts->>'n' = '0'""")
        rows = queries.lines_after(jobs.AUDITOR, queries.Position(), 2)
        fitting = rules.chained(b"", map(jobs.canonical_line, rows))
        admin.execute("UPDATE journal_seal SET head = %s WHERE n = 1", [fitting])
    assert not jobs.verify(head).sound


def _plain(test: Callable[[], None]) -> Callable[[Database], None]:
    def run(_database: Database) -> None:
        test_actions.calls.clear()
        test()

    return run


CODE_DEFECTS = (
    Defect(
        "what a unit answers to is forgotten",
        patch(sight, "_chain", lambda *units: tuple(one for one in units[:1] if one)),
        walls_hold,
    ),
    Defect("every post counts as a centre that reads and audits", patch(Scope, "standing", "rac"), walls_hold),
    Defect(
        "a village role sees its township",
        reach("village", lambda row: (Interval(T1, T1 + 10**6 - 1), "", (), ())),
        walls_hold,
    ),
    Defect(
        "a township role sees the county",
        reach("township", lambda row: (Interval(COUNTY, COUNTY + 10**9 - 1), "", (), ())),
        walls_hold,
    ),
    Defect(
        "a grid role sees its village", reach("grid", lambda row: (sight._village(row.place), "", (), ())), walls_hold
    ),
    Defect(
        "a cadre sees all villages",
        reach("assigned_village", lambda row: (Interval(T1, T1 + 10**6 - 1), "", (), ())),
        walls_hold,
    ),
    Defect(
        "a unit's role sees all matters",
        reach("unit", lambda row: (Interval(T1, T1 + 10**6 - 1), "", (), ())),
        walls_hold,
    ),
    Defect(
        "a linked member sees every household",
        reach("household", lambda row: (sight._village(row.place), "", (), ())),
        walls_hold,
    ),
    Defect(
        "powers are not demanded",
        patch(Scope, "demand", lambda self, power: None),
        _plain(test_actions.test_action_without_power_is_refused_before_anything),
    ),
    Defect(
        "a retry answers otherwise",
        patch(actions, "_first_answer", _empty_answer),
        _plain(test_actions.test_action_twice_answers_the_same_and_does_it_once),
    ),
    Defect(
        "other content is accepted",
        patch(actions, "fingerprint", lambda key, name, arguments: b"same"),
        _plain(test_actions.test_action_with_other_content_is_refused),
    ),
    Defect(
        "anybody may repeat an act",
        patch(Scope, "author", "somebody"),
        _plain(test_actions.test_action_of_another_author_with_the_same_id_is_refused),
    ),
    Defect(
        "free text goes into the journal",
        patch(rules, "_check_value", lambda key, value: None),
        _plain(lambda: test_actions.test_facts_refuse_free_text("张三")),
    ),
    Defect(
        "a caught refusal is committed",
        patch(acting, "undone", lambda: False),
        _plain(test_actions.test_refusal_caught_in_a_larger_transaction_undoes_all_of_it),
    ),
    Defect("readers skip late commits", patch(queries, "_AFTER", _without_late_check()), _late),
    Defect(
        "seals don't cover the content", patch(jobs, "canonical_line", lambda row: {"id": row.id}), _seal_finds("edit")
    ),
    Defect(
        "seals don't chain",
        patch(jobs, "chained", lambda head, lines: rules.chained(b"", lines)),
        _seal_finds_a_line_with_its_own_seal_made_to_fit,
    ),
    Defect("settings are not restored", patch(acting, "acting", _never_restored), settings_come_back),
    Defect("views without a door open", patch(doors_only, "process_view", lambda *_: None), only_doors_open),
)
DEFECTS = (*(Defect(name, made, walls_hold) for name, made in SQL_DEFECTS), *CODE_DEFECTS)
