"""What the linking of households refuses, each with its own sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.outreach import actions
from tests.factories.desk import VILLAGE
from tests.outreach.conftest import SECRETARY
from tests.refusing import not_so

if TYPE_CHECKING:
    from tests.outreach.conftest import Row


def test_plans_that_hold_or_are_to_come(row: Row) -> None:
    today = localdate()
    row.able(row.west)
    holds = row.adopted(row.plan(most=10))
    row.able(row.east)
    sooner = row.adopted(row.plan(most=10, keep=0), on=today + timedelta(days=5))
    later = row.adopted(row.plan(most=10), on=today + timedelta(days=9))
    assert not_so(SECRETARY, [
        (actions.call_off, {"plan_id": holds}, "This plan holds already."),
        (actions.call_off, {"plan_id": sooner}, "Another plan was adopted for a later day."),
        (actions.stop, {"place": VILLAGE}, "Nothing waits here any more."),
    ]) == []  # fmt: skip
    actions.call_off(SECRETARY, Act.new(), plan_id=later)
    plan = row.plan(most=10)
    meeting = actions.Meeting(on=today, entitled=11, present=9, in_favour=8)
    actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=meeting)
    assert not_so(SECRETARY, [
        (actions.adopt, {"plan_id": plan, "on": today - timedelta(days=1)}, "Today or later"),
        (actions.adopt, {"plan_id": plan, "on": today + timedelta(days=367)}, "Today or later"),
    ]) == []  # fmt: skip
