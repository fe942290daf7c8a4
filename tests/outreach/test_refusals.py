"""What the linking of households refuses, each with its own sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.outreach import actions
from commongrid.outreach.rules.planning import Terms
from tests.factories.desk import TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
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


def test_plans_that_cannot_be(row: Row) -> None:
    today = localdate()
    of: dict[str, Any] = {"village": VILLAGE, "terms": Terms()}
    assert not_so(SECRETARY, [
        (actions.propose, of, "Nobody in this village has declared to be able yet."),
        (actions.propose, of | {"terms": Terms(keep=5001)}, "A number of metres from 0 to 5,000."),
        (actions.propose, of | {"terms": Terms(most=31)}, "The target is at least 1, the most not less"),
        (actions.propose, of | {"terms": Terms(target=16)}, "The target is at least 1, the most not less"),
        (actions.propose, of | {"terms": Terms(least=11)}, "A number from 0 to the target."),
        (actions.propose, of | {"terms": Terms(unlinked=99)}, "A number of metres from 100 to 30,000."),
        (actions.propose, of | {"terms": Terms(leaving=5001)}, "A number of metres from 0 to 5,000."),
    ]) == []  # fmt: skip
    row.able(row.west)
    plan = row.plan(most=10)
    link: dict[str, Any] = {"plan_id": plan, "locked": True}
    meeting = actions.Meeting(on=today, entitled=11, present=9, in_favour=8)
    sooner, few = replace(meeting, on=today - timedelta(days=1)), replace(meeting, in_favour=5)
    assert not_so(SECRETARY, [
        (actions.propose, of, "This village has an open plan already."),
        (actions.set_link, link | {"household_id": row.homes[3], "member_id": row.east}, "Choose somebody who"),
        (actions.set_link, link | {"household_id": row.homes[0], "member_id": row.west}, "This household and this"),
        (actions.approve, {"plan_id": plan, "meeting": sooner}, "The meeting was held after the plan"),
        (actions.approve, {"plan_id": plan, "meeting": few}, "A plan is approved where more than half"),
    ]) == []  # fmt: skip
    township = scope_at(TOWNSHIP, "links.read", "links.edit", level="township")
    everywhere = {"place": TOWNSHIP, "terms": Terms()}
    assert not_so(township, [(actions.propose_everywhere, everywhere, "In no village is anything left")]) == []
