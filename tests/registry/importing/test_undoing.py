"""A file undone: as before while nothing stands on it; what stands on it is said, as far as the post may see it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.registry import actions as registry
from commongrid.registry.importing import actions, queries
from commongrid.registry.importing.standing import later_on
from commongrid.registry.models import ChangeRequest
from commongrid.registry.queries import members_on
from commongrid.registry.rules.facts import Told
from tests.factories.desk import TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet, broken_laws
from tests.registry.importing.making import family, person
from tests.registry.importing.test_taking import counts, people, send, take


def test_a_batch_is_undone_and_comes_in_once_more(village: Hamlet) -> None:
    home = village.home("9")
    village.person(home, "旧人", born_on=date(1970, 1, 1), phone="13800000000")
    rows = [
        *family(1, 1), person(number="9", relation="配偶", name="新人", born_on="1972-01-01"),
        person(number="9", name="旧人", born_on="1970-01-01", phone="13811111111", state="外出"),
    ]  # fmt: skip
    batch = UUID(take(send(*rows))["batch"])
    with acting(CLERK):
        assert later_on(CLERK, queries.batch(CLERK, batch)) == []
    actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="表格版本错了")
    assert set(people()) == {"旧人"}
    old = people()["旧人"]
    assert (old.state, old.phone_index) == ("here", sealed.index("13800000000"))
    assert [one.name for one in members_of(home)] == ["旧人"]
    assert broken_laws() == []
    with pytest.raises(WrongState):
        actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="again")
    assert counts(take(send(*rows))) == (4, 1, 0, 0, 1)
    assert broken_laws() == []


def test_what_somebody_was_to_the_head_stays_readable_and_comes_back(village: Hamlet) -> None:
    home, _people = village.family()
    row = person(number="1", name="周四", relation="祖父", born_on="1950-01-01", sex="男")
    batch = UUID(take(send(row))["batch"])
    april = date(2026, 4, 1)
    with acting(CLERK):
        then = {one.name: one.as_to_head for one in members_on(CLERK, home, april)}
    assert (then["周四"], {one.name: one.as_to_head for one in members_of(home)}["周四"]) == ("50", "60")
    assert broken_laws() == []
    actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="表格版本错了")
    assert {one.name: one.as_to_head for one in members_of(home)}["周四"] == "50"
    assert broken_laws() == []


def members_of(home: UUID) -> list[Any]:
    with acting(CLERK):
        return members_on(CLERK, home, queries.today_of(CLERK, Act.new().at))


def test_what_stands_on_a_batch_keeps_it_and_is_said(village: Hamlet) -> None:
    batch = UUID(take(send(*family(1, 1)))["batch"])
    son = next(one for one in people().values() if one.as_in_home == "20")
    left = Act.new()
    today = Told(on=queries.today_of(CLERK, left.at))
    registry.left_for_work(CLERK, left, person_id=son.id, to="浙江", told=today)
    with pytest.raises(WrongState, match="later"):
        actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    with acting(CLERK):
        stands = later_on(CLERK, queries.batch(CLERK, batch))
    assert {(one.what, one.name) for one in stands} == {("changed", son.display_name)}
    with pytest.raises(WrongState, match="file"):
        registry.undo(CLERK, Act.new(), done=batch, told=today)
    registry.undo(CLERK, Act.new(), done=left.id, told=today)
    actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    assert people() == {}


def test_a_request_holds_a_batch_until_it_is_decided_and_goes_along(village: Hamlet) -> None:
    batch = UUID(take(send(*family(1, 1)))["batch"])
    son = next(one for one in people().values() if one.as_in_home == "20")
    assert son.household_id is not None
    field = scope_at(VILLAGE, "people.confirm", "people.read")
    change = registry.Change(sort="died", household=son.household_id, person=son.id, said={})
    today = Told(on=queries.today_of(CLERK, Act.new().at))
    asked = UUID(registry.report_change(field, Act.new(), change=change, told=today)["request"])
    with acting(CLERK):
        stands = later_on(CLERK, queries.batch(CLERK, batch))
    assert [(one.what, one.person) for one in stands] == [("asked", son.id)]
    with pytest.raises(WrongState, match="says what"):
        actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    registry.refuse_change(CLERK, Act.new(), request_id=asked, reason="不实")
    actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    assert people() == {}
    with acting(CLERK):
        assert not ChangeRequest.objects.filter(id=asked).exists()


def test_what_a_post_may_not_see_keeps_a_batch_and_is_not_named(village: Hamlet) -> None:
    batch = UUID(take(send(*family(1, 1)))["batch"])
    son = next(one for one in people().values() if one.as_in_home == "20")
    office = scope_at(TOWNSHIP, "people.edit", "people.read", "people.hardship")
    today = Told(on=queries.today_of(CLERK, Act.new().at))
    registry.flag(office, Act.new(), what=registry.Recognised(type_code="disabled", person=son.id), told=today)
    with acting(CLERK):
        assert later_on(CLERK, queries.batch(CLERK, batch)) == []
    with pytest.raises(WrongState, match="can't show: a post, a matter"):
        actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    with acting(office):
        stands = later_on(office, queries.batch(office, batch))
    assert [(one.what, one.person) for one in stands] == [("flagged", son.id)]
