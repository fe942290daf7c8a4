"""Other ends on real rows: given up, referred out, not accepted and asked again, withdrawn, a unit dissolved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Contact, Receipt
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Note, Order, PublicFace, Referral
from commongrid.matters.queries import waiting
from commongrid.roster import actions as units
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import BRIDGE, Scene
from tests.matters.test_loop import assert_owed, row, slip_of
from tests.matters.waits import ask, day, end_post, end_unit, wanted


def test_ended_with_reasons_the_person_asks_the_level_above_once(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.park, deputy.in_hand("路"), wanted=wanted(30, reason="no_funds"))
    jobs.tick(row(matter).due_at)
    with pytest.raises(BadInput):
        deputy.do("deputy", actions.end, matter, wanted=wanted(None, words=""))
    deputy.do("station", actions.apply, matter, sort="end", wanted=wanted(None, reason="no_funds"))
    deputy.do("deputy", actions.grant, matter)
    ended = assert_owed(matter)
    assert (ended.state, ended.outcome, ended.refused_place) == ("closed", "given_up", desk.TOWNSHIP)
    seen = queries.followed(slip_of(matter))
    assert (seen.may_ask_again, seen.may_rate) == (True, False)
    assert seen.wait is not None
    assert seen.wait.reason is not None
    assert (seen.wait.sort, seen.wait.reason.code) == ("end", "no_funds")
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="隔壁村都修了")
    asked = assert_owed(matter)
    assert (asked.state, asked.owner_level, asked.closed_at) == ("reported", "county", None)


def test_a_labour_dispute_goes_to_arbitration_and_ends_with_its_receipt(deputy: Scene) -> None:
    matter = ask(deputy, "refer", wanted(None, body="arbitration_labour"))
    deputy.do("deputy", actions.grant, matter)
    sent = assert_owed(matter)
    assert (sent.state, sent.step, sent.owner_level) == ("referred", "take_receipt", "unit")
    receipt = Receipt(number="石劳人仲案〔2026〕112号", on=timezone.localdate(), contact="0990-123")
    for wrong in (Receipt(number=" ", on=day(0)), Receipt(number="1", on=day(1)), Receipt(number="1", on=day(-9))):
        with pytest.raises(BadInput):
            deputy.do("station", actions.take_receipt, matter, receipt=wrong, words="已移送")
    deputy.do("station", actions.take_receipt, matter, receipt=receipt, words="仲裁委已受理，五日内通知您")
    ended = assert_owed(matter)
    assert (ended.state, ended.outcome) == ("closed", "referred")
    seen = queries.followed(slip_of(matter))
    assert seen.wait is not None
    assert seen.wait.referral is not None
    assert (seen.wait.referral.number, seen.said[-1].text) == (receipt.number, "仲裁委已受理，五日内通知您")
    assert seen.may_ask_again is False


def test_without_a_receipt_it_is_warned_and_raised_and_a_no_brings_it_back(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.refer, deputy.in_hand("欠薪"), wanted=wanted(None, body="court"))
    sent = row(matter)
    assert sent.warn_at is not None
    assert sent.due_at is not None
    assert [jobs.tick(sent.warn_at), jobs.tick(sent.due_at + timedelta(seconds=1))] == [1, 1]
    assert row(matter).raised_level == "township"
    with pytest.raises(BadInput):
        deputy.do("station", actions.come_back, matter, reason="")
    deputy.do("station", actions.come_back, matter, reason="法院要求先仲裁")
    back = assert_owed(matter)
    assert (back.state, back.step, back.raised_level) == ("in_hand", "answer", "")
    with acting(TICK):
        assert Referral.objects.get(matter_id=matter).outcome == "refused"


def test_the_centre_refers_before_diverting_and_it_comes_back_there(scene: Scene) -> None:
    matter = scene.at_township("外县的路")
    scene.do("dispatcher", actions.refer, matter, wanted=wanted(12, body="other_county"))
    assert (assert_owed(matter).state, row(matter).owner_level) == ("referred", "township")
    scene.do("dispatcher", actions.come_back, matter, reason="界桩在我县一侧")
    assert (assert_owed(matter).state, row(matter).step) == ("accepted", "divert")


def test_a_no_names_its_reason_and_is_objected_to_once_by_slip(scene: Scene) -> None:
    matter = scene.report("要求迁坟")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.reject, matter, reason="请到民政办", why="nothing such")
    scene.do("dispatcher", actions.reject, matter, reason="请到民政办咨询", why="not_ours")
    seen = queries.followed(slip_of(matter))
    assert seen.wait is not None
    assert seen.wait.reason is not None
    assert (seen.wait.reason.code, seen.may_ask_again) == ("not_ours", True)
    with pytest.raises(BadInput):
        actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="  ")
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="民政办让我来这里")
    asked = assert_owed(matter)
    assert (asked.state, asked.owner_level, asked.outcome) == ("reported", "county", "")
    with acting(TICK):
        assert PublicFace.objects.filter(id=matter, state="open").exists()
        assert Note.objects.filter(matter_id=matter, sort="appeal").count() == 1
    scene.do("county_dispatcher", actions.reject, matter, reason="按政策办不了", why="rule")
    assert queries.followed(slip_of(matter)).may_ask_again is False
    with pytest.raises(WrongState, match="asked once more already"):
        actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="再问一次")


def test_asked_again_and_withdrawn_at_the_counter(scene: Scene) -> None:
    matter = scene.do("dispatcher", actions.reject, scene.report("迁坟"), reason="请到民政办咨询")
    with pytest.raises(NotFound):
        scene.do("far_clerk", actions.ask_again_for, matter, came="counter", words="再看看")
    with pytest.raises(BadInput):
        scene.do("clerk", actions.ask_again_for, matter, came="", words="再看看")
    scene.do("clerk", actions.ask_again_for, matter, came="call", words="民政办让我来这里")
    assert (assert_owed(matter).state, row(matter).owner_level) == ("reported", "county")
    scene.do("clerk", actions.withdraw_for, matter, told="李小芳", came="counter", words="已经自己解决了")
    assert assert_owed(matter).state == "withdrawn"
    names = [line.name for line in queries.matter(scene.as_post("dispatcher"), matter).history]
    assert names[-2:] == ["matters.asked_again_for", "matters.withdrawn_for"]


def test_nobody_is_withdrawn_for_without_proof_and_they_may_ask_the_level_above(scene: Scene) -> None:
    matter = scene.in_hand("村里的路是书记家的亲戚修的")
    for told in ("", "王五", "13900000000"):
        with pytest.raises(BadInput):
            scene.do("clerk", actions.withdraw_for, matter, came="counter", told=told, words="本人说不用办了")
    nameless = scene.report("护栏松了", contact=Contact())
    with pytest.raises(WrongState, match="Whoever has the slip"):
        scene.do("clerk", actions.withdraw_for, nameless, came="counter", told="李小芳", words="不用了")
    scene.do("clerk", actions.withdraw_for, matter, came="counter", told="13812341234", words="本人说不用办了")
    assert queries.followed(slip_of(matter)).may_ask_again
    assert "ask_again_for" in queries.may_now(scene.as_post("clerk"), matter)
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="我没有去过村里")
    asked = assert_owed(matter)
    assert (asked.state, asked.owner_level, asked.unit_id, asked.ordered) == ("reported", "township", None, False)
    own = scene.report("井盖响")
    actions.withdraw(slip_of(own), Act.new(), matter_id=own)
    with pytest.raises(WrongState):
        actions.ask_again(slip_of(own), Act.new(), matter_id=own, words="又想办了")


def test_what_a_dissolved_unit_holds_goes_to_who_follows_or_to_the_centre(deputy: Scene) -> None:
    held = [deputy.in_hand("路"), deputy.do("deputy", actions.pause, deputy.in_hand("沟"), wanted=wanted(20))]
    assert jobs.dissolve() == 0
    with deputy.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s, successor_id = %s WHERE id = %s",
            [timezone.localdate(), id_of("roads_unit"), id_of("transport_unit")],
        )
    assert jobs.dissolve() == 2
    assert jobs.dissolve() == 0
    moved = [assert_owed(one) for one in held]
    assert [(one.state, one.owner_level, one.unit_id) for one in moved] == [
        ("diverted", "unit", id_of("roads_unit")), ("paused", "unit", id_of("roads_unit")),
    ]  # fmt: skip
    with deputy.desk.database.as_role("owner") as owner:
        end_unit(owner, "roads")
    assert jobs.dissolve() == 2
    back = [assert_owed(one) for one in held]
    assert [(one.state, one.owner_level, one.unit_id) for one in back] == [
        ("accepted", "township", None), ("paused", "township", None),
    ]  # fmt: skip


def test_a_unit_ends_with_who_follows_named_and_its_matters_move(scene: Scene) -> None:
    matter = scene.in_hand("路")
    scope = scene.as_post("dispatcher")
    with pytest.raises(WrongState, match="still hold posts"):
        units.end_unit(scope, Act.new(), unit_id=id_of("transport_unit"), on=day(0))
    end_post(scene, "station")
    for wrong in (id_of("no such unit"), id_of("transport_unit")):
        with pytest.raises(BadInput):
            units.end_unit(scope, Act.new(), unit_id=id_of("transport_unit"), on=day(0), to_unit=wrong)
    assert waiting.held(scope, id_of("transport_unit")) == 1
    units.end_unit(scope, Act.new(), unit_id=id_of("transport_unit"), on=day(0), to_unit=id_of("roads_unit"))
    assert jobs.dissolve() == 1
    assert (assert_owed(matter).unit_id, waiting.held(scope, id_of("transport_unit"))) == (id_of("roads_unit"), 0)


def test_a_sealed_matter_of_a_dissolved_unit_goes_to_who_is_competent_now(scene: Scene) -> None:
    from tests.matters.test_sight import VIOLENCE, tell

    matter = tell(VIOLENCE)
    assert row(matter).unit_id == id_of("police_unit")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s WHERE id = %s", [timezone.localdate(), id_of("police_unit")]
        )
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command, office_phone,"
            " valid_from) VALUES (%s, %s, 'department', '县公安局', '', 'public_security', false, '', %s)",
            [id_of("bureau_unit"), desk.COUNTY, desk.FROM],
        )
    assert jobs.dissolve() == 1
    assert (assert_owed(matter).unit_id, row(matter).state, row(matter).sealed) == (
        id_of("bureau_unit"),
        "reported",
        True,
    )


def test_the_order_of_a_dissolved_unit_is_taken_away_and_not_counted_as_answered(scene: Scene) -> None:
    matter = scene.in_hand("路")
    _follow(scene, id_of("roads_unit"))
    assert jobs.dissolve() == 1
    with acting(TICK):
        orders = list(Order.objects.filter(matter_id=matter).order_by("ordered_at").values_list("unit", "outcome"))
    assert orders == [(id_of("transport_unit"), "taken_away"), (id_of("roads_unit"), "")]


@pytest.mark.parametrize("why", [{"accused_unit_id": "roads_unit"}, {"barred_unit": "roads_unit"}])
def test_whom_it_is_about_and_the_former_handler_do_not_inherit_a_matter(scene: Scene, why: dict[str, str]) -> None:
    matter = scene.in_hand("路")
    with scene.desk.database.as_role("owner") as owner:
        for column, unit in why.items():
            owner.execute(f"UPDATE matters_matter SET {column} = %s WHERE id = %s", [id_of(unit), matter])
    _follow(scene, id_of("roads_unit"))
    assert jobs.dissolve() == 1
    found = assert_owed(matter)
    assert (found.state, found.owner_level, found.unit_id) == ("accepted", "township", None)


def test_one_broken_matter_keeps_no_other_in_a_dissolved_unit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    held = [scene.in_hand(text) for text in ("路", "沟", "桥")]
    _follow(scene, None)
    real, tried = actions.dissolve, list[UUID]()

    def dissolve(*args: Any, matter_id: UUID) -> Any:
        tried.append(matter_id)
        if len(tried) == 1:
            raise ZeroDivisionError
        return real(*args, matter_id=matter_id)

    monkeypatch.setattr(actions, "dissolve", dissolve)
    with pytest.raises(ZeroDivisionError):
        jobs.dissolve()
    assert sorted(row(one).state for one in held) == ["accepted", "accepted", "in_hand"]


def _follow(scene: Scene, successor: UUID | None) -> None:
    """The transport station has ended."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s, successor_id = %s WHERE id = %s",
            [timezone.localdate(), successor, id_of("transport_unit")],
        )


def test_of_the_reasons_the_person_reads_only_why_it_was_not_accepted(scene: Scene) -> None:
    matter = scene.report("迁坟", kind="B01")
    scene.do("clerk", actions.raise_level, matter, reason="此人常来，请镇里应付")
    scene.do("dispatcher", actions.reject, matter, reason="不属于受理范围，请到民政办咨询")
    said = [one.text for one in queries.followed(slip_of(matter)).said]
    assert [one for one in said if "应付" in one] == []
    assert [one for one in said if "民政办" in one] != []


def test_a_note_for_the_file_is_not_read_by_the_person(scene: Scene) -> None:
    matter = scene.answered("涵洞塌了", kind=BRIDGE)
    scene.do("clerk", actions.visit, matter, result="asked", answers=(True, False, ""))
    assert row(matter).state == "to_file"
    scene.do("dispatcher", actions.close, matter, note="态度不好，留意")
    assert [one.text for one in queries.followed(slip_of(matter)).said if "态度" in one.text] == []


def test_words_of_a_visit_are_kept_whole_or_refused(scene: Scene) -> None:
    matter = scene.answered("涵洞塌了", kind=BRIDGE)
    with pytest.raises(BadInput) as refused:
        scene.do("clerk", actions.visit, matter, result="asked", answers=(True, True, "好" * 2001))
    assert set(refused.value.fields) == {"words"}


def test_whoever_gives_no_name_leaves_none(scene: Scene) -> None:
    with pytest.raises(BadInput):
        scene.report("有人夜里倒垃圾", source="anonymous")
    scene.report("有人夜里倒垃圾", source="anonymous", contact=actions.Contact())
