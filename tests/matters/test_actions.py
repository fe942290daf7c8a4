"""Every action of the loop: does it, refuses, is harmless twice, records its act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.actions import ACTIONS
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, OtherContent, TooLate, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters import actions, queries
from commongrid.matters.actions.calling import Summons
from commongrid.matters.actions.ticking import TICK
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_calling import called, outside, parts
from tests.matters.test_loop import rate, row, slip_of
from tests.matters.test_sight import VIOLENCE, tell

STATION, ROADS = {"unit_id": id_of("transport_unit")}, {"unit_id": id_of("roads_unit")}


@dataclass(frozen=True)
class Case:
    """One action: how to come before it, who does it with what, where it leads, what it cannot do without."""

    name: str
    action: Callable[..., dict[str, Any]]
    before: Callable[[Scene], UUID]
    by: str
    given: dict[str, Any]
    after: str
    needs: str = ""
    other: dict[str, Any] | None = None


def lamp(scene: Scene) -> UUID:
    """A street lamp, reported in the village."""
    return scene.report("路灯不亮", kind="G03")


def accepted_lamp(scene: Scene) -> UUID:
    """Accepted by the village."""
    return scene.do("clerk", actions.accept, lamp(scene))


def waste(scene: Scene) -> UUID:
    """Rubbish in a grid."""
    return scene.report("垃圾堆积", kind="F01", place=desk.GRID, by="clerk")


def returned(scene: Scene) -> UUID:
    """Given back by the station."""
    return scene.do("station", actions.give_back, scene.with_station("桥面破损"), basis="归县局")


def to_file(scene: Scene) -> UUID:
    """Rated, not satisfied."""
    matter = scene.answered("斑马线")
    rate(matter, solved=True, satisfied=False)
    return matter


def under_review(scene: Scene) -> UUID:
    """Twice not solved."""
    matter = scene.answered("塌方")
    rate(matter, solved=False, satisfied=False)
    scene.do("dispatcher", actions.divert, matter, **ROADS, reason="换一家")
    scene.do("roads", actions.answer, matter, answer="重修了")
    scene.do("dispatcher", actions.pass_on, matter, answer="重修了")
    rate(matter, solved=False, satisfied=False)
    return matter


def supervised(scene: Scene) -> UUID:
    """Asked for an interim answer."""
    matter = scene.in_hand("积水")
    return scene.do(
        "supervisor", actions.supervise, matter, note="请加快", reply_on=timezone.localdate() + timedelta(9)
    )


SEVERAL = {"unit_ids": (id_of("transport_unit"), id_of("roads_unit"))}
LATER = Summons(at=timezone.now() + timedelta(days=3), venue="三楼会议室", reason="也涉及他们")


def met(scene: Scene) -> UUID:
    """A meeting that has begun."""
    matter = called(scene)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_meeting SET at = now() - interval '1 hour' WHERE matter_id = %s", [matter])
    return matter


def a_part(scene: Scene) -> UUID:
    """A part of a matter for which a meeting was called."""
    return next(iter(parts(called(scene)).values()))


CASES = (
    Case("matters.accepted", actions.accept, lamp, "clerk", {"note": "属实"}, "accepted"),
    Case("matters.rejected", actions.reject, lamp, "clerk", {"reason": "不归县里管"}, "rejected", "reason"),
    Case("matters.settled", actions.settle, waste, "grid_head", {"answer": "已清走"}, "", "answer"),
    Case("matters.raised", actions.raise_level, accepted_lamp, "clerk", {"reason": "没有钱"}, "accepted", "reason"),
    Case("matters.called_up", actions.call_up, lamp, "dispatcher", {"reason": "催了三次"}, "accepted", "reason"),
    Case("matters.diverted", actions.divert, lambda s: s.at_township("塌方"), "dispatcher", {**STATION,
         "reason": ""}, "diverted"),
    Case("matters.started", actions.start, lambda s: s.with_station("塌方"), "station", {"note": ""}, "in_hand"),
    Case("matters.given_back", actions.give_back, lambda s: s.with_station("塌方"), "station",
         {"basis": "归县局"}, "returned", "basis"),
    Case("matters.decided", actions.decide_returned, returned, "county_dispatcher", {**STATION,
         "basis": "按规定"}, "diverted", "basis"),
    Case("matters.answered", actions.answer, lambda s: s.in_hand("塌方"), "station", {"answer": "已修"}, "", "answer"),
    Case("matters.passed_on", actions.pass_on, lambda s: s.to_pass("塌方"), "dispatcher", {"answer": "已修"}, "",
         "answer"),
    Case("matters.sent_back", actions.send_back, lambda s: s.to_pass("塌方"), "dispatcher", {"note": "哪天修的"},
         "in_hand", "note"),
    Case("matters.split", actions.split, lambda s: s.at_township("塌方"), "dispatcher",
         {**SEVERAL, "note": "分头办", "reason": "也涉及"}, "split", "note"),
    Case("matters.meeting_called", actions.call_meeting, lambda s: s.at_township("塌方"), "dispatcher",
         {**SEVERAL, "note": "一起办", "summons": LATER}, "split", "note"),
    Case("matters.attended", actions.attend, met, "dispatcher", {"came": ()}, "split"),
    Case("matters.dropped", actions.drop, a_part, "dispatcher", {"reason": "不需要了"}, "withdrawn", "reason"),
    Case("matters.reminded", actions.remind, outside, "dispatcher", {"note": ""}, "asked"),
    Case("matters.visited", actions.visit, lambda s: s.answered("塌方"), "clerk",
         {"result": "asked", "answers": (True, False, "路还不平")}, "to_file", other={"result": "not_reached"}),
    Case("matters.rated", actions.rate, lambda s: s.answered("塌方"), "slip", {"solved": True,
         "satisfied": False, "words": ""}, "to_file"),
    Case("matters.closed", actions.close, to_file, "dispatcher", {"note": "已读"}, "closed"),
    Case("matters.reviewed", actions.review, under_review, "county_dispatcher", {"finding": "合规"}, "closed",
         "finding"),
    Case("matters.receipted", actions.receipt, lambda _s: tell(VIOLENCE), "police", {"note": "已接"}, "closed"),
    Case("matters.withdrawn", actions.withdraw, lambda s: s.in_hand("塌方"), "slip", {}, "withdrawn"),
    Case("matters.supervised", actions.supervise, lambda s: s.in_hand("塌方"), "supervisor",
         {"note": "请加快"}, "in_hand", "note"),
    Case("matters.replied", actions.reply, supervised, "station", {"text": "周五完成"}, "in_hand", "text"),
)  # fmt: skip


def actor(scene: Scene, case: Case, matter: UUID) -> Scope:
    """Who does it."""
    return slip_of(matter) if case.by == "slip" else scene.as_post(case.by)


def lines(matter: UUID, name: str) -> int:
    """How often the journal has the act."""
    from commongrid.journal.queries import history

    return sum(line.name == name for line in history(TICK, matter))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_action_does_it_refuses_and_is_harmless_twice(scene: Scene, case: Case) -> None:
    matter = case.before(scene)
    before = row(matter)
    for stranger in ("far_dispatcher", "far_clerk", "county_admin"):
        with pytest.raises((NotAllowed, NotFound)):
            case.action(scene.as_post(stranger), Act.new(), matter_id=matter, **case.given)
    if case.needs:
        with pytest.raises(BadInput) as refused:
            case.action(actor(scene, case, matter), Act.new(), matter_id=matter, **{**case.given, case.needs: " "})
        assert case.needs in refused.value.fields
    assert (row(matter).state, lines(matter, case.name)) == (before.state, 0), "a refusal leaves nothing behind"
    act = Act.new()
    first = case.action(actor(scene, case, matter), act, matter_id=matter, **case.given)
    assert case.action(actor(scene, case, matter), act, matter_id=matter, **case.given) == first
    assert lines(matter, case.name) == 1
    found = row(matter)
    assert found.state in ((case.after,) if case.after else ("to_pass", "answered", "to_rate", "to_file", "closed"))
    assert first["state"] == found.state
    _refuses_other_content(scene, case, matter, act)
    if found.state != before.state:
        with pytest.raises((WrongState, TooLate, NotAllowed, NotFound, BadInput)):
            case.action(actor(scene, case, matter), Act.new(), matter_id=matter, **case.given)


def _refuses_other_content(scene: Scene, case: Case, matter: UUID, act: Act) -> None:
    changed = case.other or {name: value + "。" for name, value in case.given.items() if isinstance(value, str)}
    if changed:
        with pytest.raises(OtherContent):
            case.action(actor(scene, case, matter), act, matter_id=matter, **{**case.given, **changed})


def test_every_action_of_the_loop_is_tried_here_or_with_its_topic() -> None:
    ours = {
        name: action.function.__name__
        for name, action in ACTIONS.items()
        if action.function.__module__.startswith("commongrid.matters.actions") and action.kinds != ("clock",)
    }
    written = "".join(path.read_text(encoding="utf-8") for path in Path("tests").rglob("test_*.py"))
    tried = {case.name for case in CASES} | {"matters.answers_changed"}  # by its pages: surfaces/console/test_editing
    assert {name for name, does in ours.items() if name not in tried and does not in written} == set()


def test_the_clock_acts_only_as_the_clock(scene: Scene) -> None:
    matter = lamp(scene)
    for action in (actions.warn, actions.time_out, actions.fall):
        with pytest.raises(NotAllowed):
            action(scene.as_post("county_dispatcher"), Act.new(), matter_id=matter, deadline_no=1)
    with pytest.raises(WrongState):
        actions.warn(TICK, Act.new(), matter_id=matter, deadline_no=9)
    assert queries.matter(scene.as_post("clerk"), matter).told == ()
