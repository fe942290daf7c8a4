"""The wrapper of every action: claims once, refuses, records, is harmless twice."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection

from commongrid.journal import queries
from commongrid.journal.acting import acting, handing_over
from commongrid.journal.actions import ACTIONS, Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed, OtherContent, Refusal, WrongState
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database

VILLAGE = 990101001001000
SCOPE = scope_at(VILLAGE, "try.it")
calls: list[str] = []


def _attempt(scope: Scope, act: Act, *, word: str, fail: bool = False) -> Line:
    """Stand in for any action: notes that it ran."""
    calls.append(word)
    if fail:
        raise WrongState
    return Line(
        place=VILLAGE, subject=act.id, subject_kind="trial", facts={"size": len(word)}, answer={"trial": act.id}
    )


attempt = action("trial.attempted", power="try.it", facts=("size",))(_attempt)
public_only = action("trial.asked", power="try.it", kinds=("public",))(_attempt)
ACTIONS.pop("trial.attempted")
ACTIONS.pop("trial.asked")
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _clean() -> None:
    calls.clear()


def test_action_does_it_and_leaves_its_line() -> None:
    act = Act.new()
    assert attempt(SCOPE, act, word="ox") == {"trial": str(act.id)}
    (line,) = queries.history(SCOPE, act.id)
    assert (line.name, line.author, line.place, line.facts) == ("trial.attempted", SCOPE.author, VILLAGE, {"size": 2})
    assert line.at == act.at


def test_action_twice_answers_the_same_and_does_it_once() -> None:
    act = Act.new()
    first = attempt(SCOPE, act, word="ox")
    assert attempt(SCOPE, Act.new(act.id), word="ox") == first
    assert calls == ["ox"]
    assert len(queries.history(SCOPE, act.id)) == 1


def test_action_with_other_content_is_refused() -> None:
    act = Act.new()
    attempt(SCOPE, act, word="ox")
    with pytest.raises(OtherContent):
        attempt(SCOPE, act, word="cow")


def test_action_of_another_author_with_the_same_id_is_refused() -> None:
    act = Act.new()
    attempt(SCOPE, act, word="ox")
    with pytest.raises(OtherContent):
        attempt(scope_at(VILLAGE, "try.it", role="other"), act, word="ox")


def test_action_without_power_is_refused_before_anything() -> None:
    with pytest.raises(NotAllowed):
        attempt(scope_at(VILLAGE), Act.new(), word="ox")
    assert calls == []


def test_action_by_another_kind_of_scope_is_refused() -> None:
    with pytest.raises(NotAllowed):
        public_only(SCOPE, Act.new(), word="ox")


def test_refused_action_leaves_nothing_and_frees_its_id() -> None:
    act = Act.new()
    with pytest.raises(Refusal):
        attempt(SCOPE, act, word="ox", fail=True)
    assert queries.history(SCOPE, act.id) == []
    assert attempt(SCOPE, act, word="ox") == {"trial": str(act.id)}


def test_refusal_caught_in_a_larger_transaction_undoes_all_of_it() -> None:
    good, bad = Act.new(), Act.new()
    with acting(SCOPE):
        attempt(SCOPE, good, word="ox")
        with pytest.raises(WrongState):
            attempt(SCOPE, bad, word="ox", fail=True)
        with pytest.raises(RuntimeError, match="was refused"):
            attempt(SCOPE, Act.new(), word="ox")
    assert queries.history(SCOPE, good.id) == []


@pytest.mark.parametrize("text", ["张三", "two words", "x" * 81, "a@b"])
def test_facts_refuse_free_text(text: str) -> None:
    wordy = action("trial.told", power="try.it", facts=("text",))(
        lambda scope, act, *, text: Line(place=VILLAGE, facts={"text": text})
    )
    ACTIONS.pop("trial.told")
    with pytest.raises(ValueError, match="not an id"):
        wordy(SCOPE, Act.new(), text=text)


def test_twins_at_the_same_moment_have_one_effect(database: Database, django_db_blocker: object) -> None:
    act, answers = Act.new(), []

    def run() -> None:
        answers.append(attempt(SCOPE, act, word="ox"))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"trial": str(act.id)}] * 8
    assert calls == ["ox"]


def test_lines_are_append_only_for_app_and_owner(database: Database) -> None:
    act = Act.new()
    attempt(SCOPE, act, word="ox")
    import psycopg

    with database.as_role("owner") as owner:
        for sql in (
            "UPDATE journal_line SET name = 'x'", "DELETE FROM journal_line", "TRUNCATE journal_line",
            "UPDATE journal_claim SET author = 'x'", "DELETE FROM journal_claim",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                owner.execute(sql)
        assert owner.execute("UPDATE journal_line SET place_now = place_now + 1").rowcount == 1
    with database.as_role("app") as app:
        for sql in ("UPDATE journal_line SET place_now = 1", "DELETE FROM journal_line", "TRUNCATE journal_line"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(sql)
        assert app.execute("SELECT count(*) FROM journal_line").fetchone() == (0,)


def test_lines_are_seen_only_in_scope() -> None:
    act = Act.new()
    attempt(SCOPE, act, word="ox")
    assert queries.history(scope_at(990101001002000), act.id) == []
    assert len(queries.history(scope_at(990101001000000), act.id)) == 1
    assert isinstance(act.id, UUID)


def test_handing_over_gives_the_former_scope_back_after_a_refusal() -> None:
    with acting(SCOPE), pytest.raises(WrongState), handing_over(SCOPE, VILLAGE - VILLAGE % 10**9, VILLAGE):
        raise WrongState
    with acting(SCOPE):
        with suppress(WrongState), handing_over(SCOPE, VILLAGE - VILLAGE % 10**9, VILLAGE):
            raise WrongState
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('cg.lo'), current_setting('cg.hi')")
            assert cursor.fetchone() == (str(SCOPE.lo), str(SCOPE.hi))
