"""The access log: only added to, read by the auditor in scope and by oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from commongrid.accounts import actions, queries
from commongrid.accounts.models import KEPT_DAYS
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed
from commongrid.kernel.scope import public
from commongrid.roster import jobs
from tests.factories.desk import COUNTY, Desk, lay
from tests.factories.network import scope_as
from tests.proof.probes import become

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def test_access_log_is_read_by_the_auditor_in_scope(desk: Desk) -> None:
    for name in ("clerk", "far_dispatcher"):
        actions.log_refusal(scope_as(desk, name), Act.new(), route="places", status=403)
    auditor = scope_as(desk, "auditor")
    with acting(auditor):
        rows, more = queries.access_log(auditor)
        assert {(row.account, row.event, row.about) for row in rows} == {
            (desk.accounts["clerk"], "refused", "places 403"),
            (desk.accounts["far_dispatcher"], "refused", "places 403"),
        }
        assert not more
        assert len(queries.access_log(auditor, account_id=desk.accounts["clerk"])[0]) == 1
        assert queries.access_log(auditor, event="revealed") == ([], False)


def test_access_log_needs_the_power(desk: Desk) -> None:
    scope = scope_as(desk, "county_dispatcher")
    with acting(scope), pytest.raises(NotAllowed):
        queries.access_log(scope)


def test_own_access_shows_only_ones_own(desk: Desk) -> None:
    for name in ("clerk", "secretary"):
        actions.log_refusal(scope_as(desk, name), Act.new(), route="places", status=403)
    mine = public(account=desk.accounts["clerk"])
    with acting(mine):
        assert [row.account for row in queries.own_access(mine)[0]] == [desk.accounts["clerk"]]
    stranger = public(account=1)
    with acting(stranger):
        assert queries.own_access(stranger) == ([], False)


def test_log_access_only_adds(desk: Desk) -> None:
    actions.log_refusal(scope_as(desk, "clerk"), Act.new(), route="places", status=403)
    for role in ("app", "owner"):
        for statement in ("UPDATE {} SET about = ''", "TRUNCATE {}"):
            with desk.database.as_role(role) as other, pytest.raises(psycopg.Error):
                other.execute(statement.format("accounts_access_line").encode())
    with desk.database.as_role("owner") as owner, pytest.raises(psycopg.Error):
        owner.execute("DELETE FROM accounts_access_line")
    with desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM accounts_access_line WHERE about <> ''").fetchone() == (1,)


def _logged(desk: Desk, days: int) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO accounts_access_line (id, at, event, place, about, reason, subject_kind)"
            " VALUES (gen_random_uuid(), now() - %s::interval, 'refused', %s, 'places 403', '', '')",
            [f"{days} days", COUNTY],
        )


def _ages(desk: Desk) -> list[int]:
    with desk.database.as_role("owner") as owner:
        rows = owner.execute("SELECT extract(day FROM now() - at)::int FROM accounts_access_line ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def test_the_clock_prunes_what_was_kept_long_enough_and_nothing_younger(desk: Desk) -> None:
    for days in (1, 200, KEPT_DAYS - 1, KEPT_DAYS + 1, 900):
        _logged(desk, days)
    assert jobs.prune() == 2
    assert _ages(desk) == [1, 200, KEPT_DAYS - 1]
    assert jobs.prune() == 2  # the same day again: the first answer, nothing more is done


def test_nobody_but_the_clock_prunes_and_nobody_what_is_younger(desk: Desk) -> None:
    jobs.prune()  # leaves a line in the journal
    _logged(desk, 10)
    _logged(desk, 900)
    delete = b"DELETE FROM accounts_access_line"
    for scope in (scope_as(desk, "auditor"), scope_as(desk, "county_dispatcher"), public(account=9000)):
        with psycopg.connect(desk.database.url("app")) as app:
            become(app, scope)
            assert app.execute(delete).rowcount == 0
    with psycopg.connect(desk.database.url("app")) as app:
        become(app, jobs.PRUNER)
        assert app.execute(delete).rowcount == 1  # the wall lets only the old one go
    for role in ("app", "owner"):
        with desk.database.as_role(role) as other, pytest.raises(psycopg.Error):
            other.execute(b"DELETE FROM journal_line")
    assert _ages(desk) == [10]
