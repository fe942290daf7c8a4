"""What binds what: parts and their whole, followers and their lead, orders and the date of their own system."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import About, Elsewhere
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.exchange.actions import link_order
from commongrid.matters.models import Referral
from tests.factories.desk import id_of
from tests.factories.scenes import BRIDGE, Scene
from tests.matters.test_calling import COUNTY_ROADS, NOTE, ROADS, TRANSPORT, answer_part, called, parts
from tests.matters.test_loop import assert_owed, rate, row, slip_of
from tests.matters.test_merging import three
from tests.matters.waits import add_post, day, wanted

DISCIPLINE = id_of("discipline_unit")


def split(scene: Scene) -> UUID:
    """A matter that two offices of the township work on."""
    matter = scene.at_township("沟堵了，路也冲坏了")
    return scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note=NOTE, reason="也涉及他们")


def not_solved(scene: Scene) -> UUID:
    """Both answered, the person says it is not solved."""
    matter = split(scene)
    its = parts(matter)
    answer_part(scene, "station", its[TRANSPORT])
    answer_part(scene, "roads", its[ROADS])
    scene.do("dispatcher", actions.answer, matter, answer="都修好了")
    rate(matter, solved=False, satisfied=False)
    return matter


def test_reopened_after_its_parts_it_goes_to_a_unit_that_had_none(scene: Scene) -> None:
    matter = not_solved(scene)
    found = assert_owed(matter)
    assert (found.state, found.barred_parts) == ("reopened", sorted((TRANSPORT, ROADS)))
    centre = "county_dispatcher" if found.owner_level == "county" else "dispatcher"
    for unit in (TRANSPORT, ROADS):
        with pytest.raises(WrongState, match="somebody else"):
            scene.do(centre, actions.divert, matter, unit_id=unit, reason="再交")
    with pytest.raises(WrongState, match="somebody else"):
        scene.do(centre, actions.split, matter, unit_ids=(TRANSPORT, COUNTY_ROADS), note=NOTE, reason="也涉及他们")
    offered = {one.unit for one in queries.suggestions(scene.as_post(centre), matter)}
    assert not {TRANSPORT, ROADS} & offered
    scene.do(centre, actions.divert, matter, unit_id=COUNTY_ROADS, reason="县局来办")
    assert assert_owed(matter).unit_id == COUNTY_ROADS


def test_a_part_of_the_second_round_does_not_reach_the_former_units_either(scene: Scene) -> None:
    matter = not_solved(scene)
    units = (COUNTY_ROADS, id_of("water_county_unit"))
    scene.do("county_dispatcher", actions.split, matter, unit_ids=units, note=NOTE, reason="也涉及他们")
    part = parts(matter)[COUNTY_ROADS]
    scene.do("department", actions.give_back, part, basis="不归我们")
    with pytest.raises(WrongState, match="somebody else"):
        scene.do("county_dispatcher", actions.decide_returned, part, unit_id=TRANSPORT, basis="还是交通站")


def test_after_the_countys_review_nobody_is_barred_any_more(scene: Scene) -> None:
    matter = not_solved(scene)
    scene.do("county_dispatcher", actions.divert, matter, unit_id=COUNTY_ROADS, reason="县局来办")
    scene.do("department", actions.start, matter)
    scene.do("department", actions.answer, matter, answer="重做了")
    scene.do("dispatcher", actions.pass_on, matter, answer="重做了")
    rate(matter, solved=False, satisfied=False)
    scene.do("county_dispatcher", actions.review, matter, finding="由交通站负责", unit_id=TRANSPORT)
    assert (assert_owed(matter).unit_id, row(matter).barred_parts) == (TRANSPORT, [])


def deputy_of(scene: Scene) -> None:
    add_post(scene, "deputy", "unit_deputy", scene.as_post("station").place or 0, "transport")


@pytest.mark.parametrize("sort", ["extend", "pause", "park"])
def test_a_part_has_no_longer_than_its_whole(scene: Scene, sort: str) -> None:
    deputy_of(scene)
    matter = split(scene)
    part, limit = parts(matter)[TRANSPORT], row(matter).finish_due_at
    assert limit is not None
    scene.do("station", actions.start, part)
    far = (limit - timezone.now()).days + 10
    for who, do in (("station", actions.apply), ("deputy", getattr(actions, sort))):
        more = {"sort": sort} if who == "station" else {}
        with pytest.raises(BadInput) as refused:
            scene.do(who, do, part, wanted=wanted(far), **more)
        assert "the whole has to be answered first" in refused.value.fields["until"]
    assert (row(part).state, row(part).finish_due_at) == ("in_hand", limit)


def test_after_a_pause_a_part_still_ends_with_its_whole(scene: Scene) -> None:
    deputy_of(scene)
    matter = split(scene)
    part, limit = parts(matter)[TRANSPORT], row(matter).finish_due_at
    scene.do("station", actions.start, part)
    scene.do("deputy", actions.pause, part, wanted=wanted(2))
    later = Act(Act.new().id, timezone.now() + timedelta(days=3))
    actions.wake(TICK, later, matter_id=part)
    assert (row(part).state, row(part).finish_due_at) == ("in_hand", limit)


def order(scene: Scene, number: str, days: int) -> UUID:
    """An order of the hotline that the station has in hand, due there in so many days."""
    due = timezone.now() + timedelta(days=days)
    elsewhere = Elsewhere(system="hotline_12345", number=number, due_at=due)
    matter = scene.report("热线反映河堤", kind=BRIDGE, by="dispatcher", source="hotline", elsewhere=elsewhere)
    if row(matter).state == "reported":
        scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=TRANSPORT, reason="交通站负责")
    return scene.do("station", actions.start, matter)


def test_an_order_is_parked_only_until_before_the_date_of_its_system(deputy: Scene) -> None:
    matter = order(deputy, "H-90", 20)
    for who, do, more in (("station", actions.apply, {"sort": "park"}), ("deputy", actions.park, {})):
        with pytest.raises(BadInput) as refused:
            deputy.do(who, do, matter, wanted=wanted(40), **more)
        assert "runs on" in refused.value.fields["until"]
    deputy.do("deputy", actions.park, matter, wanted=wanted(10))
    theirs = row(matter).external_due_at
    assert theirs is not None
    due = assert_owed(matter).due_at
    assert due is not None
    assert due < theirs


def test_a_date_that_comes_while_it_is_parked_wakes_it_by_then(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.park, deputy.in_hand("路面塌陷"), wanted=wanted(60))
    soon = timezone.now() + timedelta(days=8)
    given = Elsewhere(system="hotline_12345", number="H-91", due_at=soon)
    link_order(deputy.as_post("dispatcher"), Act.new(), matter_id=matter, elsewhere=given)
    assert (row(matter).state, assert_owed(matter).due_at) == ("parked", soon)
    assert jobs.tick(soon + timedelta(minutes=1)) >= 1
    assert row(matter).state == "woken"


def test_a_receipt_is_waited_for_no_longer_than_the_date_of_its_system(deputy: Scene) -> None:
    matter = order(deputy, "H-92", 3)
    deputy.do("deputy", actions.refer, matter, wanted=wanted(None, body="court"))
    assert assert_owed(matter).due_at == row(matter).external_due_at


def test_taken_back_by_the_person_no_receipt_is_waited_for(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.refer, deputy.in_hand("欠薪"), wanted=wanted(None, body="court"))
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    with acting(TICK):
        sent = Referral.objects.get(matter_id=matter)
    assert (row(matter).state, sent.outcome, sent.ended_at is not None) == ("withdrawn", "taken", True)
    again = deputy.do("deputy", actions.refer, deputy.in_hand("欠薪"), wanted=wanted(None, body="court"))
    deputy.do("clerk", actions.withdraw_for, again, told="李小芳", came="call", words="已经给了")
    with acting(TICK):
        assert not Referral.objects.filter(outcome="").exists()


def given_up_lead(scene: Scene) -> tuple[UUID, UUID, UUID]:
    """Three reports merged into one, which is parked and then ended as not possible."""
    lead, second, third = three(scene)
    scene.do("dispatcher", actions.divert, lead, unit_id=TRANSPORT, reason="交通站负责")
    scene.do("station", actions.start, lead)
    _given_up(scene, lead)
    return lead, second, third


def _given_up(scene: Scene, lead: UUID) -> None:
    scene.do("deputy", actions.park, lead, wanted=wanted(30, reason="no_funds"))
    due = row(lead).due_at
    assert due is not None
    jobs.tick(due)
    scene.do("deputy", actions.end, lead, wanted=wanted(None, reason="no_funds"))


def test_each_who_reported_a_lead_that_was_given_up_may_ask_again_once(deputy: Scene) -> None:
    lead, second, third = given_up_lead(deputy)
    seen = queries.followed(slip_of(second))
    assert (seen.phase, seen.may_ask_again) == ("closed", True)
    assert seen.wait is not None
    assert (seen.wait.sort, seen.wait.reason.code if seen.wait.reason else "") == ("end", "no_funds")
    actions.ask_again(slip_of(second), Act.new(), matter_id=second, words="隔壁村都修了")
    found = assert_owed(lead)
    assert (found.state, found.owner_level, found.asked_again) == ("reported", "county", False)
    assert queries.followed(slip_of(third)).phase == "received", "it is open again for all who reported it"
    deputy.do("county_dispatcher", actions.accept, lead)
    deputy.do("county_dispatcher", actions.divert, lead, unit_id=COUNTY_ROADS, reason="县局来办")
    deputy.do("department", actions.start, lead)
    add_post(deputy, "chief", "unit_deputy", deputy.as_post("department").place or 0, "transport_county")
    deputy.do("chief", actions.park, lead, wanted=wanted(30, reason="no_funds"))
    jobs.tick(row(lead).due_at)
    deputy.do("chief", actions.end, lead, wanted=wanted(None, reason="no_funds"))
    with pytest.raises(WrongState, match="asked once more already"):
        actions.ask_again(slip_of(second), Act.new(), matter_id=second, words="再问一次")
    assert queries.followed(slip_of(second)).may_ask_again is False
    assert "ask_again_for" in queries.matter(deputy.as_post("clerk"), third).may
    deputy.do("clerk", actions.ask_again_for, third, came="counter", words="我也要问一次")
    assert assert_owed(lead).state == "reported"
    deputy.do("county_dispatcher", actions.accept, lead)
    assert "ask_again_for" not in queries.matter(deputy.as_post("clerk"), third).may


def test_parts_of_a_matter_that_is_sealed_leave_every_sight_with_it(scene: Scene) -> None:
    matter = not_solved(scene)
    scene.do(
        "county_dispatcher",
        actions.split,
        matter,
        unit_ids=(COUNTY_ROADS, id_of("water_county_unit")),
        note=NOTE,
        reason="也涉及他们",
    )
    its = tuple(parts(matter).values())
    scene.do("county_dispatcher", actions.route_round, matter, about=About(whom="county"), reason="反映县领导")
    for who in ("dispatcher", "county_dispatcher", "station", "roads", "department", "clerk"):
        for one in (matter, *its):
            with pytest.raises(NotFound):
                queries.matter(scene.as_post(who), one)
    for one in (matter, *its):
        assert (row(one).sealed, row(one).unit_id, row(one).place) == (True, DISCIPLINE, row(matter).place)
    assert {row(one).state for one in its} <= {"closed", "withdrawn"}


def test_parts_of_a_confidential_matter_hold_what_the_centre_retold_and_no_more(scene: Scene) -> None:
    own = "我家屋后的油桶，只有我看得见"
    matter = scene.report(own, kind="F04", confidential=True)
    if scene.where(matter) == "village":
        scene.do("clerk", actions.raise_level, matter, reason="村里管不了")
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.retell, matter, text="村里有人夜间倒油")
    scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note=NOTE, reason="也涉及他们")
    part = parts(matter)[TRANSPORT]
    seen = queries.matter(scene.as_post("station"), part)
    assert (seen.row.confidential, seen.text, seen.original, seen.parties) == (True, "村里有人夜间倒油", None, ())
    assert own not in str(seen)
    scene.do("dispatcher", actions.retell, matter, text="村里有人夜间倒油，请蹲守")
    assert queries.matter(scene.as_post("station"), part).text == "村里有人夜间倒油，请蹲守"


def test_of_several_called_only_the_day_of_the_whole_counts(scene: Scene) -> None:
    deputy_of(scene)
    matter = called(scene)
    part, limit = parts(matter)[TRANSPORT], row(matter).finish_due_at
    assert limit is not None
    scene.do("station", actions.start, part)
    with pytest.raises(BadInput):
        scene.do("deputy", actions.extend, part, wanted=wanted((limit.date() - day(0)).days + 1))
