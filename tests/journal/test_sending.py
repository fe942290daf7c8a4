"""What waits for the next statement: sent in order, refused inside the action, gone with what is taken back."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction

from commongrid.journal import queries
from commongrid.journal.acting import acting, glancing, handing_over
from commongrid.journal.actions import ACTIONS, Line, action
from commongrid.journal.fixed import Fixed, lay_row
from commongrid.journal.sending import under_way
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.territory.models import County, OfficeHours
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from commongrid.kernel.scope import Scope

COUNTY = 990101000000000
SCOPE = scope_at(COUNTY, "try.it", level="county")
GOOD, BAD = time(18), time(3)
pytestmark = pytest.mark.usefixtures("database")


def _row(act: Act, closes: time = GOOD) -> OfficeHours:
    return OfficeHours(id=act.id, opens=time(9), closes=closes, valid_from=date(2031, 1, 1))


def _do(act: Act, body: Callable[[], object]) -> None:
    """Run a body as an action of its own."""

    def trial(scope: Scope, act: Act) -> Line:
        body()
        return Line(place=COUNTY, subject=act.id, subject_kind="trial")

    done = action("trial.laid", power="try.it")(trial)
    ACTIONS.pop("trial.laid")
    done(SCOPE, act)


def _kept(act: Act) -> bool:
    with acting(SCOPE):
        return OfficeHours.objects.filter(id=act.id).exists()


def _settings() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('cg.lo'), current_setting('cg.hi')")
        lo, hi = cursor.fetchone()
    return lo, hi


def test_a_row_that_waits_is_read_by_the_next_statement_and_kept() -> None:
    act, found = Act.new(), []

    def body() -> None:
        _row(act).save(force_insert=True)
        found.append(OfficeHours.objects.filter(id=act.id).count())

    _do(act, body)
    assert found == [1]
    assert _kept(act)


def test_a_row_that_nothing_follows_is_kept() -> None:
    act = Act.new()
    _do(act, lambda: _row(act).save(force_insert=True))
    assert _kept(act)


def test_rows_in_bulk_and_long_ones_are_kept() -> None:
    act = Act.new()
    others = [Act.new() for _ in range(700)]
    _do(act, lambda: OfficeHours.objects.bulk_create([_row(one) for one in others]))
    assert all(_kept(one) for one in (others[0], others[-1]))


def test_what_postgresql_refuses_is_raised_by_the_action_and_nothing_is_kept() -> None:
    act = Act.new()
    with pytest.raises(IntegrityError):
        _do(act, lambda: _row(act, BAD).save(force_insert=True))
    assert not _kept(act)
    assert queries.history(SCOPE, act.id) == []


def test_what_a_savepoint_guards_is_raised_at_its_end_and_the_action_goes_on() -> None:
    act, bad, caught = Act.new(), Act.new(), []

    def body() -> None:
        _row(act).save(force_insert=True)
        try:
            with transaction.atomic():
                _row(bad, BAD).save(force_insert=True)
        except IntegrityError as error:
            caught.append(str(error))

    _do(act, body)
    assert "office_hours_open_before_they_close" in caught[0]
    assert _kept(act)
    assert not _kept(bad)


def test_a_savepoint_taken_back_takes_what_waits_in_it_and_nothing_before_it() -> None:
    act, gone = Act.new(), Act.new()

    def body() -> None:
        _row(act).save(force_insert=True)
        with suppress(WrongState), transaction.atomic():
            _row(gone).save(force_insert=True)
            raise WrongState

    _do(act, body)
    assert _kept(act)
    assert not _kept(gone)


def test_a_savepoint_broken_by_the_database_is_taken_back_though_settings_wait() -> None:
    """The widening's end waits in a transaction that takes no statement but the way back."""
    act, bad, seen = Act.new(), Act.new(), []

    def body() -> None:
        with suppress(IntegrityError), transaction.atomic(), handing_over(SCOPE, 0, 10**15 - 1):
            _row(bad, BAD).save(force_insert=True)
            OfficeHours.objects.count()
        seen.append(_settings())
        _row(act).save(force_insert=True)

    _do(act, body)
    assert seen == [(str(SCOPE.lo), str(SCOPE.hi))]
    assert _kept(act)
    assert not _kept(bad)


def test_a_refused_action_leaves_no_row_to_the_page_that_tells_of_it() -> None:
    """Even a row that PostgreSQL would refuse: the page shows the refusal; its scope is the former one."""
    act = Act.new()

    def body() -> None:
        with handing_over(SCOPE, 0, 10**15 - 1):
            _row(act, BAD).save(force_insert=True)
            raise WrongState

    with acting(SCOPE):
        with pytest.raises(WrongState):
            _do(act, body)
        assert _settings() == (str(SCOPE.lo), str(SCOPE.hi))
        assert not OfficeHours.objects.filter(id=act.id).exists()
    assert not _kept(act)


def test_a_cursor_of_the_server_comes_after_what_waits() -> None:
    act = Act.new()
    found: list[UUID] = []

    def body() -> None:
        _row(act).save(force_insert=True)
        found.extend(row.id for row in OfficeHours.objects.filter(id=act.id).iterator(chunk_size=1))

    _do(act, body)
    assert found == [act.id]


def test_a_cursor_of_the_server_is_no_glance() -> None:
    with glancing(SCOPE):
        assert OfficeHours.objects.filter(id=Act.new().id).count() == 0
        with pytest.raises(NotSupportedError):
            list(OfficeHours.objects.iterator(chunk_size=1))


VERSIONS = Fixed(lambda: County.objects.order_by("code").values_list("code", "calendar_version"))


def _asked(body: Callable[[], object]) -> list[str]:
    """The texts that went to the database while the body ran, each one way."""
    ways: list[str] = []

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        ways.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):  # the innermost: it sees what is really sent
        body()
    return ways


def test_what_was_asked_ahead_travels_with_the_next_statement_and_is_answered_once() -> None:
    with acting(SCOPE):
        VERSIONS.ahead()
        ways = _asked(_settings)
        assert len(ways) == 1
        assert "territory_county" in ways[0]
        assert _settings() == (str(SCOPE.lo), str(SCOPE.hi))
        assert _asked(VERSIONS.rows) == []
        assert len(_asked(VERSIONS.rows)) == 1, "the answer serves once"


def test_an_answer_asked_ahead_is_not_given_to_another_scope() -> None:
    with acting(SCOPE):
        VERSIONS.ahead()
        _settings()
        with acting(scope_at(COUNTY + 10**6)):
            assert len(_asked(VERSIONS.rows)) == 1


def test_what_was_asked_ahead_and_never_sent_is_asked_again() -> None:
    with acting(SCOPE):
        VERSIONS.ahead()
        with suppress(ZeroDivisionError), transaction.atomic():
            1 / 0  # noqa: B018 - whatever goes wrong inside a savepoint
        assert VERSIONS.rows() == list(County.objects.order_by("code").values_list("code", "calendar_version"))
    VERSIONS.ahead()
    assert under_way() is False


def test_a_row_is_laid_as_saving_it_would() -> None:
    first, second = Act.new(), Act.new()

    def both() -> None:
        lay_row(_row(first))
        _row(second).save(force_insert=True)

    _do(Act.new(), both)
    with acting(SCOPE):
        laid, saved = (OfficeHours.objects.filter(id=act.id).values().get() for act in (first, second))
    assert {**laid, "id": second.id} == saved
