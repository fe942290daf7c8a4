"""Whole ways through the loop, made through the real actions: from a culvert to "not satisfied" and on to closed."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, OtherContent, Refusal, TooLate, WrongState
from commongrid.kernel.scope import Scope, public, slip
from commongrid.matters import actions, queries
from commongrid.matters.actions import Contact, Report, code_of
from commongrid.matters.models import Matter, Order, Rating
from commongrid.matters.rules.series import series_sorted
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene

BRIDGE, WASTE, QUARREL, STREET_LIGHT = "G02", "F01", "A02", "G03"
ANYONE = public("matters.report")


def slip_of(matter: UUID) -> Scope:
    """The holder of the matter's slip."""
    return slip(slip_hash(settings.KEYS.slip, code_of(matter)), "matters.rate")


def told(place: int = desk.VILLAGE, kind: str = BRIDGE, **more: Any) -> Report:
    """A culvert, reported."""
    return Report(kind_code=kind, place=place, text="村口涵洞塌了，校车过不去", **more)


def row(matter: UUID) -> Matter:
    """The matter as it stands, seen by the clock."""
    from commongrid.matters.actions.ticking import TICK

    with acting(TICK):
        return Matter.objects.get(id=matter)


def assert_owed(matter: UUID) -> Matter:
    """The law, on the row."""
    found = row(matter)
    if found.closed_at is None:
        assert found.owner_level, found.state
        assert found.due_at is not None
        assert found.step
    else:
        assert (found.owner_level, found.due_at, found.step) == ("", None, "")
    return found


def rate(matter: UUID, *, solved: bool, satisfied: bool) -> dict[str, Any]:
    """The reporter's two answers, by slip."""
    return actions.rate(slip_of(matter), Act.new(), matter_id=matter, solved=solved, satisfied=satisfied, words="还行")


def test_a_culvert_to_not_satisfied_and_on_to_closed(scene: Scene) -> None:
    matter = UUID(actions.report(ANYONE, Act.new(), report=told())["matter"])
    assert (assert_owed(matter).state, row(matter).owner_level, row(matter).step) == ("reported", "township", "accept")
    scene.do("dispatcher", actions.accept, matter)
    assert (assert_owed(matter).state, row(matter).step) == ("accepted", "divert")
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"))
    assert (assert_owed(matter).state, row(matter).owner_level) == ("diverted", "unit")
    scene.do("station", actions.start, matter)
    assert (assert_owed(matter).state, row(matter).clock) == ("in_hand", "finish")
    scene.do("station", actions.answer, matter, answer="涵洞已换成一米管")
    assert (assert_owed(matter).state, row(matter).owner_level) == ("to_pass", "township")
    scene.do("dispatcher", actions.pass_on, matter, answer="涵洞已换成一米管")
    assert assert_owed(matter).state in ("answered", "to_rate")
    rate(matter, solved=True, satisfied=False)
    assert (assert_owed(matter).state, row(matter).rating) == ("to_file", "rated")
    scene.do("dispatcher", actions.close, matter, note="已读，路面平整度不满意")
    found = assert_owed(matter)
    assert (found.state, found.outcome) == ("closed", "rated")
    with pytest.raises(TooLate):
        rate(matter, solved=False, satisfied=False)
    names = [line.name for line in queries.matter(scene.as_post("dispatcher"), matter).history]
    assert names == [
        f"matters.{verb}"
        for verb in ("reported", "accepted", "diverted", "started", "answered", "passed_on", "rated", "closed")
    ]


def test_not_solved_reopens_once_by_another_then_the_county_reviews(scene: Scene) -> None:
    matter = scene.answered("桥面又塌了")
    rate(matter, solved=False, satisfied=False)
    found = assert_owed(matter)
    assert (found.state, found.owner_level, found.reopened, found.round) == ("reopened", "township", 1, 2)
    with pytest.raises(WrongState):
        scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="再交")
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("roads_unit"), reason="换一家办")
    scene.do("roads", actions.start, matter)
    scene.do("roads", actions.answer, matter, answer="已重修")
    scene.do("dispatcher", actions.pass_on, matter, answer="已重修")
    assert assert_owed(matter).state == "answered", "a reopened matter always gets a return visit"
    rate(matter, solved=False, satisfied=False)
    assert (assert_owed(matter).state, row(matter).owner_level) == ("review", "county")
    with pytest.raises(BadInput):
        scene.do("county_dispatcher", actions.review, matter, finding="")
    scene.do("county_dispatcher", actions.review, matter, finding="已按标准修复，资料齐全")
    assert (assert_owed(matter).outcome, row(matter).reopened) == ("disagrees", 1)


def test_given_back_once_then_the_county_decides_and_the_work_list_learns(scene: Scene) -> None:
    matter = scene.with_station("桥梁养护归谁")
    with pytest.raises(BadInput):
        scene.do("station", actions.give_back, matter, basis="  ")
    scene.do("station", actions.give_back, matter, basis="按清单归县交通局")
    found = assert_owed(matter)
    assert (found.state, found.owner_level, found.unit_id) == ("returned", "county", None)
    with pytest.raises(NotFound):
        queries.matter(scene.as_post("station"), matter)
    scene.do(
        "county_dispatcher",
        actions.decide_returned,
        matter,
        unit_id=id_of("transport_unit"),
        basis="乡道以下由站所负责",
    )
    assert assert_owed(matter).owner_level == "unit"
    decided = [
        one for one in queries.work_list(scene.as_post("dispatcher"), kind_code=row(matter).kind_code) if one.decided
    ]
    assert [one.unit for one in decided] == [id_of("transport_unit")]
    with pytest.raises(WrongState):
        scene.do("station", actions.give_back, matter, basis="还是不归我们")


def test_small_things_are_settled_in_the_grid_by_kind_and_role(scene: Scene) -> None:
    waste = scene.report("路边堆了垃圾", kind=WASTE, place=desk.GRID, by="clerk")
    assert (row(waste).owner_level, row(waste).step) == ("grid", "settle")
    scene.do("grid_member", actions.settle, waste, answer="已清走")
    assert assert_owed(waste).state in ("answered", "to_rate")
    assert row(waste).handler_level == "grid"
    quarrel = scene.report("两家争水", kind=QUARREL, place=desk.GRID, by="clerk")
    with pytest.raises(WrongState):
        scene.do("grid_member", actions.settle, quarrel, answer="劝好了")
    scene.do("mediator", actions.settle, quarrel, answer="已调解，握手言和")
    assert row(quarrel).handler_level == "village"


@pytest.mark.parametrize(
    ("source", "before", "after", "rated"),
    [
        ("villager", "L01", ("B01", "asked"), True), ("villager", "B01", ("L01", "register"), False),
        ("patrol", "L01", ("G03", "patrol"), False), ("hotline", "B01", ("L01", "register"), False),
        ("hotline", "L01", ("B01", "systems"), False), ("patrol", "G03", ("F01", "patrol"), False),
    ],
)  # fmt: skip
def test_a_matter_counts_where_its_kind_belongs_once_it_is_sorted(
    scene: Scene, source: str, before: str, after: tuple[str, str], rated: bool
) -> None:
    matter = scene.report("王家添了孩子，水也停了", kind=before, source=source)
    scene.do(
        "clerk" if row(matter).owner_level == "village" else "grid_head", actions.accept, matter, kind_code=after[0]
    )
    assert (row(matter).kind_code, row(matter).series) == after
    assert row(matter).to_rate is rated


def test_an_order_of_another_system_stays_one_however_it_is_sorted() -> None:
    assert series_sorted("systems", "L", "villager", exchanged=True) == "systems"
    assert series_sorted("patrol", "B", "villager", exchanged=False) == "patrol", "taken over as found by patrol"


def test_matters_pass_up_level_by_level_and_no_further(scene: Scene) -> None:
    matter = scene.report("路灯不亮", kind=STREET_LIGHT)
    scene.do("clerk", actions.accept, matter)
    for by, level in (("clerk", "township"), ("dispatcher", "county")):
        scene.do(by, actions.raise_level, matter, reason="办不了")
        assert assert_owed(matter).owner_level == level
    with pytest.raises(Refusal):
        scene.do("county_dispatcher", actions.raise_level, matter, reason="办不了")


def test_supervision_leaves_the_owner_and_asks_for_an_interim_answer(scene: Scene) -> None:
    matter = scene.in_hand("便道护栏被撞坏")
    day = timezone.localdate() + timedelta(days=5)
    with pytest.raises(WrongState):
        scene.do("station", actions.reply, matter, text="没人问")
    before = row(matter)
    scene.do("supervisor", actions.supervise, matter, note="请加快", reply_on=day)
    after = assert_owed(matter)
    assert (after.state, after.owner_level, after.due_at) == (before.state, before.owner_level, before.due_at)
    assert after.interim_due_at is not None
    scene.do("station", actions.reply, matter, text="周五前完成")
    assert row(matter).interim_due_at is None
    with pytest.raises(NotAllowed):
        scene.do("station", actions.supervise, matter, note="自己督办自己")


def test_the_final_answer_settles_an_interim_one_still_wanted(scene: Scene) -> None:
    matter = scene.in_hand("便道护栏被撞坏")
    day = timezone.localdate() + timedelta(days=5)
    scene.do("supervisor", actions.supervise, matter, note="请加快", reply_on=day)
    scene.do("station", actions.answer, matter, answer="护栏已换新")
    assert row(matter).interim_due_at is not None  # the person has no answer yet
    scene.do("dispatcher", actions.pass_on, matter, answer="护栏已换新")
    assert row(matter).interim_due_at is None
    seen = queries.matter(scene.as_post("supervisor"), matter)
    assert all(one.replied_at for one in seen.supervisions)
    assert "reply" not in queries.matter(scene.as_post("county_dispatcher"), matter).may


def test_three_tries_on_three_days_are_not_rated_and_shown_as_such(scene: Scene) -> None:
    matter = scene.answered("桥头积水")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET state='answered', step='visit', clock='visit' WHERE id=%s", [matter])
    now = timezone.now()
    for day in (0, 0, 1):
        act = Act(Act.new().id, now + timedelta(days=day))
        actions.visit(scene.as_post("county_dispatcher"), act, matter_id=matter, result="not_reached")
        assert assert_owed(matter).state == "answered"
    actions.visit(
        scene.as_post("clerk"), Act(Act.new().id, now + timedelta(days=2)), matter_id=matter, result="not_reached"
    )
    assert (assert_owed(matter).state, row(matter).rating) == ("to_file", "not_rated")


def test_the_handlers_own_level_makes_no_return_visit(scene: Scene) -> None:
    matter = scene.answered("桥头积水")
    with pytest.raises(NotAllowed):
        scene.do("dispatcher", actions.visit, matter, result="asked", answers=(True, True, ""))
    with pytest.raises(NotAllowed):
        scene.do("station", actions.visit, matter, result="asked", answers=(True, True, ""))
    scene.do("clerk", actions.visit, matter, result="asked", mode="in_person", answers=(True, True, "修得好"))
    assert assert_owed(matter).state == "to_file"


def test_ratings_stay_out_of_the_handlers_sight_until_five(scene: Scene) -> None:
    from commongrid.matters import jobs

    matters = [scene.answered(f"第 {n} 处") for n in range(5)]
    for matter in matters[:4]:
        rate(matter, solved=True, satisfied=True)
    assert jobs.ratings() == 0
    with acting(scene.as_post("station")):
        assert Rating.objects.count() == 0
    with acting(scene.as_post("county_dispatcher")):
        assert Rating.objects.count() == 4
    rate(matters[4], solved=True, satisfied=False)
    assert jobs.ratings() == 5
    assert jobs.ratings() == 0
    with acting(scene.as_post("station")):
        assert Rating.objects.count() == 5


def test_withdrawn_by_slip_until_answered(scene: Scene) -> None:
    matter = scene.in_hand("算了不修了")
    assert queries.followed(slip_of(matter)).may_withdraw
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    assert assert_owed(matter).state == "withdrawn"
    with pytest.raises(WrongState):
        actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)


def test_twice_is_harmless_and_other_content_is_refused(scene: Scene) -> None:
    act = Act.new()
    first = actions.report(ANYONE, act, report=told())
    assert actions.report(ANYONE, act, report=told()) == first
    with pytest.raises(OtherContent):
        actions.report(ANYONE, act, report=told(kind=WASTE))
    matter = UUID(first["matter"])
    step = Act.new()
    again = [actions.accept(scene.as_post("dispatcher"), step, matter_id=matter) for _ in range(2)]
    assert again[0] == again[1]
    with acting(scene.as_post("dispatcher")):
        assert Matter.objects.filter(id=matter).count() == 1
        assert Order.objects.filter(matter_id=matter).count() == 0


def test_an_empty_village_falls_to_the_township(scene: Scene) -> None:
    matter = UUID(actions.report(ANYONE, Act.new(), report=told(place=desk.FAR_VILLAGE, kind=STREET_LIGHT))["matter"])
    assert assert_owed(matter).owner_level == "township"
    assert row(matter).owner_place == desk.OTHER_TOWNSHIP


@pytest.mark.parametrize(
    ("report", "field"),
    [
        (told(kind="G"), "kind"),
        (told(kind="nope"), "kind"),
        (told(place=990101999999000), "place"),
        (Report(kind_code=BRIDGE, place=desk.VILLAGE, text="  "), "text"),
        (Report(kind_code=BRIDGE, place=desk.VILLAGE, text="x" * 9000), "text"),
        (told(urgency="soon"), "urgency"),
        (told(contact=Contact(phone="1" * 99)), "contact"),
    ],
)
def test_report_refuses_what_it_cannot_take(scene: Scene, report: Report, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        actions.report(ANYONE, Act.new(), report=report)
    assert field in refused.value.fields


def test_two_dispatchers_at_once_divert_it_once(scene: Scene) -> None:
    matter = scene.at_township("通村路坑洼")
    scope, came = scene.as_post("dispatcher"), []

    def divert(unit: str) -> None:
        try:
            actions.divert(scope, Act.new(), matter_id=matter, unit_id=id_of(unit), reason="先到先办")
            came.append("given")
        except Refusal as refusal:
            came.append(type(refusal).__name__)
        finally:
            connection.close()

    both = [threading.Thread(target=divert, args=(unit,)) for unit in ("transport_unit", "water_unit")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) in (["NotAllowed", "given"], ["WrongState", "given"])
    with acting(scene.as_post("county_dispatcher")):
        assert Order.objects.filter(matter_id=matter, ended_at=None).count() == 1
    assert_owed(matter)
