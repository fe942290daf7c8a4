"""Several at once: parts, joint meetings, one answer; the way back through the centre; bodies that are only asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.insight.queries.dispatching import OffList, Period, off_list
from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions.calling import Summons
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Attendance, Escalation, Matter, Order
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_loop import assert_owed, row, slip_of
from tests.matters.waits import day, wanted

TRANSPORT, ROADS, COUNTY_ROADS = id_of("transport_unit"), id_of("roads_unit"), id_of("transport_county_unit")
WATER = id_of("water_unit")
NOTE = "交通站清淤，规划办看桥台，县局定方案"


def parts(matter: UUID) -> dict[UUID, UUID]:
    """The parts of a matter by unit."""
    with acting(TICK):
        return dict(Matter.objects.filter(parent_id=matter).values_list("unit_id", "id"))


def called(scene: Scene, *, hours: int = 2) -> UUID:
    """A matter for which three units are called to a meeting."""
    matter = scene.at_township("河堤桥台要垮")
    summons = Summons(at=timezone.now() + timedelta(hours=hours), venue="镇政府三楼会议室", reason="也涉及他们")
    units = (TRANSPORT, ROADS, COUNTY_ROADS)
    return scene.do("dispatcher", actions.call_meeting, matter, unit_ids=units, note=NOTE, summons=summons)


def answer_part(scene: Scene, by: str, part: UUID, words: str = "已完成") -> None:
    """A part answered by its unit and taken in by the centre."""
    scene.do(by, actions.start, part)
    scene.do(by, actions.answer, part, answer=words)
    scene.do("dispatcher", actions.pass_on, part, answer=words)


def test_a_meeting_gives_each_its_part_and_the_person_one_answer(scene: Scene) -> None:
    matter = called(scene)
    whole, its = assert_owed(matter), parts(matter)
    assert (whole.state, whole.owner_level, whole.unit_id) == ("split", "township", None)
    assert set(its) == {TRANSPORT, ROADS, COUNTY_ROADS}
    for part in its.values():
        found = assert_owed(part)
        assert (found.state, found.finish_due_at, found.slip_hash) == ("diverted", whole.finish_due_at, None)
        assert found.number.startswith(f"{whole.number}-")
    with pytest.raises(WrongState, match="Not every part"):
        scene.do("dispatcher", actions.answer, matter, answer="修好了")
    answer_part(scene, "station", its[TRANSPORT], "已清淤 40 米")
    scene.do("dispatcher", actions.drop, its[ROADS], reason="桥台由县局一并处理")
    assert (row(its[ROADS]).state, row(its[ROADS]).outcome) == ("withdrawn", "withdrawn")
    answer_part(scene, "department", its[COUNTY_ROADS], "方案已批，11 月 30 日进场")
    assert row(its[COUNTY_ROADS]).outcome == "done"
    scene.do("dispatcher", actions.answer, matter, answer="已清淤 40 米，桥台 11 月 30 日开工加固。")
    assert assert_owed(matter).state in ("answered", "to_rate")
    said = queries.followed(slip_of(matter)).said
    assert [one.text for one in said] == ["已清淤 40 米，桥台 11 月 30 日开工加固。"]


def test_a_unit_off_the_work_list_is_called_only_with_a_reason_and_counted(scene: Scene) -> None:
    matter = scene.at_township("河堤桥台要垮")
    with pytest.raises(BadInput) as refused:
        scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, WATER), note=NOTE)
    assert set(refused.value.fields) == {"reason"}
    scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, WATER), note=NOTE, reason="水源也受影响")
    with acting(TICK):
        its = dict(Order.objects.filter(matter__parent_id=matter).values_list("unit_id", "off_list"))
    assert its == {TRANSPORT: False, WATER: True}
    at = timezone.now()
    hour = timedelta(hours=1)
    period = Period(area=interval(desk.COUNTY), begin=at - hour, end=at + hour, series="asked")
    assert off_list(scene.as_post("county_dispatcher"), period) == [OffList(WATER, None, 1)]


def test_parts_are_counted_in_no_figure(scene: Scene) -> None:
    before = loop_figures(scene.as_post("county_dispatcher"), Question(at=timezone.now()))
    called(scene)
    after = loop_figures(scene.as_post("county_dispatcher"), Question(at=timezone.now()))
    assert (after.count, after.backlog) == (before.count + 1, before.backlog + 1)


def test_a_unit_sees_its_part_and_the_meeting_and_nothing_of_the_others(scene: Scene) -> None:
    matter = called(scene)
    its = parts(matter)
    department = scene.as_post("department")
    seen = queries.matter(department, its[COUNTY_ROADS])
    assert [note.text for note in seen.notes] == [NOTE]
    assert [one.venue for one in queries.meetings_of(department, matter)] == ["镇政府三楼会议室"]
    for hidden in (matter, its[TRANSPORT]):
        with pytest.raises(NotFound):
            queries.matter(department, hidden)
    assert queries.meetings_of(scene.as_post("far_dispatcher"), matter) == []


def test_who_came_is_recorded_once_the_meeting_has_begun(scene: Scene) -> None:
    matter = called(scene)
    its = parts(matter)
    with pytest.raises(BadInput, match="still to come"):
        scene.do("dispatcher", actions.attend, matter, came=(its[TRANSPORT],))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_meeting SET at = now() - interval '1 hour' WHERE matter_id = %s", [matter])
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.attend, matter, came=(matter,))
    scene.do("dispatcher", actions.attend, matter, came=(its[TRANSPORT],))
    with acting(TICK):
        came = dict(Attendance.objects.values_list("unit", "attended"))
    assert came == {TRANSPORT: True, ROADS: False, COUNTY_ROADS: False}


@pytest.mark.parametrize(
    ("units", "venue", "hours"),
    [((TRANSPORT,), "三楼", 2), ((TRANSPORT, TRANSPORT), "三楼", 2), ((TRANSPORT, ROADS), " ", 2),
     ((TRANSPORT, ROADS), "三楼", -1), ((TRANSPORT, id_of("nothing")), "三楼", 2)],
)  # fmt: skip
def test_a_call_that_makes_no_sense_is_refused(scene: Scene, units: tuple[UUID, ...], venue: str, hours: int) -> None:
    matter = scene.at_township("桥台")
    summons = Summons(at=timezone.now() + timedelta(hours=hours), venue=venue, reason="也涉及他们")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.call_meeting, matter, unit_ids=units, note=NOTE, summons=summons)
    assert (row(matter).state, parts(matter)) == ("accepted", {})


def test_a_part_given_back_goes_to_the_county_and_the_work_list_does_not_learn_from_it(scene: Scene) -> None:
    its = parts(called(scene))
    scene.do("station", actions.give_back, its[TRANSPORT], basis="清淤归水务")
    assert (row(its[TRANSPORT]).state, row(its[TRANSPORT]).owner_level) == ("returned", "county")
    scene.do("county_dispatcher", actions.decide_returned, its[TRANSPORT], unit_id=ROADS, basis="由规划办清淤")
    assert (assert_owed(its[TRANSPORT]).state, row(its[TRANSPORT]).unit_id) == ("diverted", ROADS)
    rows = queries.work_list(scene.as_post("county_dispatcher"), place=desk.TOWNSHIP)
    assert not [one for one in rows if one.decided]


def test_taken_back_by_the_reporter_the_parts_end_with_it(scene: Scene) -> None:
    matter = called(scene)
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    assert assert_owed(matter).state == "withdrawn"
    assert {row(part).state for part in parts(matter).values()} == {"withdrawn"}
    with acting(TICK):
        assert not Order.objects.filter(matter__parent_id=matter, ended_at=None).exists()


def test_taken_over_by_the_county_the_parts_answer_to_it(scene: Scene) -> None:
    matter = called(scene)
    part = parts(matter)[TRANSPORT]
    scene.do("county_dispatcher", actions.call_up, matter, reason="涉及两镇")
    assert (assert_owed(matter).state, row(matter).owner_level) == ("split", "county")
    scene.do("station", actions.start, part)
    scene.do("station", actions.answer, part, answer="已清")
    assert (assert_owed(part).state, row(part).owner_level) == ("to_pass", "county")
    with pytest.raises(NotAllowed):
        scene.do("dispatcher", actions.pass_on, part, answer="已清")


def test_an_answer_goes_through_the_township_which_may_send_it_back_once(scene: Scene) -> None:
    matter = scene.in_hand("路灯不亮")
    scene.do("station", actions.answer, matter, answer="已安排")
    assert (assert_owed(matter).state, row(matter).owner_level, row(matter).unit_id) == (
        "to_pass", "township", TRANSPORT,
    )  # fmt: skip
    assert queries.followed(slip_of(matter)).said == ()
    scene.do("dispatcher", actions.send_back, matter, note="没有说什么时候修")
    found = assert_owed(matter)
    assert (found.state, found.owner_level, found.clock, found.finished_at) == ("in_hand", "unit", "finish", None)
    scene.do("station", actions.answer, matter, answer="11 月 28 日前换灯头")
    with pytest.raises(WrongState, match="once already"):
        scene.do("dispatcher", actions.send_back, matter, note="再补")
    scene.do("dispatcher", actions.pass_on, matter, answer="灯头 11 月 28 日前换好。")
    found = assert_owed(matter)
    assert (found.state in ("answered", "to_rate"), found.unit_id, found.handler_level) == (True, TRANSPORT, "township")
    assert [one.text for one in queries.followed(slip_of(matter)).said] == ["灯头 11 月 28 日前换好。"]


def outside(scene: Scene) -> UUID:
    """A matter for which the power company was asked."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, outside_command, office_phone, valid_from)"
            " VALUES (%s, %s, 'outside', '青石供电所', 'Qingshi Power Supply', true, '', %s) ON CONFLICT DO NOTHING",
            [id_of("power_unit"), desk.TOWNSHIP, desk.FROM],
        )
    matter = scene.at_township("变压器冒火花")
    return scene.do("dispatcher", actions.divert, matter, unit_id=id_of("power_unit"), reason="产权属供电公司")


def test_a_body_outside_the_countys_command_is_asked_and_never_escalated(scene: Scene) -> None:
    matter = outside(scene)
    found = assert_owed(matter)
    assert (found.state, found.owner_level, found.clock, found.unit_id, found.finish_due_at) == (
        "asked", "township", "courtesy", id_of("power_unit"), None,
    )  # fmt: skip
    assert found.due_at is not None
    jobs.tick(found.due_at + timedelta(days=30))
    jobs.tick(found.due_at + timedelta(days=60))
    with acting(TICK):
        told = list(Escalation.objects.filter(matter_id=matter, sort="overdue").values_list("level", flat=True))
    assert told == ["township"], "only the centre that asked is told, to remind them"
    scene.do("dispatcher", actions.remind, matter, note="群众很急")
    again = assert_owed(matter)
    assert (again.state, again.raised_level, again.deadline_no) == ("asked", "", found.deadline_no + 1)
    scene.do("dispatcher", actions.answer, matter, answer="供电所已换变压器。")
    assert (assert_owed(matter).state, row(matter).unit_id) == (row(matter).state, id_of("power_unit"))
    assert row(matter).state in ("answered", "to_rate")


def test_asked_elsewhere_a_limit_runs_again(scene: Scene) -> None:
    matter = outside(scene)
    scene.do("dispatcher", actions.divert, matter, unit_id=TRANSPORT, reason="是路灯线路")
    found = assert_owed(matter)
    assert (found.state, found.unit_id) == ("diverted", TRANSPORT)
    assert found.finish_due_at is not None


def test_a_body_outside_the_countys_command_is_not_called(scene: Scene) -> None:
    outside(scene)
    matter = scene.at_township("线路")
    with pytest.raises(BadInput, match="outside the county's command"):
        scene.do(
            "dispatcher",
            actions.split,
            matter,
            unit_ids=(TRANSPORT, id_of("power_unit")),
            note=NOTE,
            reason="也涉及他们",
        )


def test_more_time_for_the_whole_is_more_time_for_the_parts_that_ran_to_its_limit(scene: Scene) -> None:
    matter = called(scene)
    its = parts(matter)
    scene.do("station", actions.start, its[TRANSPORT])
    with pytest.raises(BadInput) as refused:
        scene.do("station", actions.apply, its[TRANSPORT], sort="extend", wanted=wanted(40))
    assert "the centre that gave it" in str(refused.value.fields["until"])
    scene.do("dispatcher", actions.extend, matter, wanted=wanted(40))
    whole, part, waits = assert_owed(matter), assert_owed(its[TRANSPORT]), assert_owed(its[ROADS])
    assert (whole.state, whole.extended, whole.due_at) == ("split", 1, whole.finish_due_at)
    assert part.finish_due_at == part.due_at == waits.finish_due_at == whole.finish_due_at
    assert (part.state, waits.state, waits.clock) == ("in_hand", "diverted", "respond")
    told = queries.followed(slip_of(matter)).wait
    assert told is not None
    assert (told.sort, told.until) == ("extend", day(40))
    scene.do("dispatcher", actions.pause, its[TRANSPORT], wanted=wanted(20))
    assert assert_owed(its[TRANSPORT]).state == "paused"


@pytest.mark.parametrize("sort", ["park", "refer"])
def test_set_aside_in_parts_the_centre_has_it_alone_and_gives_it_out_anew(scene: Scene, sort: str) -> None:
    matter = called(scene)
    its = parts(matter)
    scene.do(
        "dispatcher",
        getattr(actions, sort),
        matter,
        wanted=wanted(20, **({"body": "court"} if sort == "refer" else {})),
    )
    found = assert_owed(matter)
    assert (found.state, found.owner_level) == ("parked" if sort == "park" else "referred", "township")
    assert {row(part).state for part in its.values()} == {"withdrawn"}
    if sort == "park":
        scene.do("dispatcher", actions.resume, matter)
    else:
        scene.do("dispatcher", actions.come_back, matter, reason="不属法院受理")
    assert (assert_owed(matter).state, row(matter).step) == ("accepted", "divert")
    scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note=NOTE, reason="也涉及他们")
    assert len(parts(matter)) == 3
    assert assert_owed(matter).state == "split"


@pytest.mark.parametrize("sort", ["park", "refer"])
def test_what_an_outside_body_was_asked_for_is_set_aside_by_the_centre(scene: Scene, sort: str) -> None:
    matter = outside(scene)
    scene.do("dispatcher", actions.apply, matter, sort=sort, wanted=wanted(20, body="court"))
    scene.do("dispatcher", actions.grant, matter)
    found = assert_owed(matter)
    assert (found.state, found.unit_id) == ("parked" if sort == "park" else "referred", None)
    with acting(TICK):
        assert not Order.objects.filter(matter_id=matter, ended_at=None).exists()
    if sort == "park":
        assert jobs.tick((found.due_at or timezone.now()) + timedelta(seconds=1)) == 1
        scene.do("dispatcher", actions.resume, matter)
        again = assert_owed(matter)
        assert (again.state, again.finish_due_at is not None) == ("accepted", True)
