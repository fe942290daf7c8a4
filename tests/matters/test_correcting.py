"""What was taken down wrongly is put right: sight, owner, limits and figures follow; what is kept apart stays so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.accounts.sealed import sealer
from commongrid.insight.jobs import tally
from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import public
from commongrid.kernel.sealing import place_of
from commongrid.matters import actions, queries
from commongrid.matters.actions import About, Contact, Elsewhere, Report, Right
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Escalation, ExternalCase, Matter, Order, Original, Party, PublicFace
from commongrid.matters.queries import Filters, dated
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.conftest import scene
from tests.matters.test_loop import assert_owed, slip_of

__all__ = ["scene"]

BRIDGE, ROAD, DOG, AFFAIRS, VIOLENCE = "G02", "G01", "D11", "I99", "A12"
WHY = "村民报错了村"


def told(kind: str = BRIDGE, *, place: int = desk.VILLAGE, **more: Any) -> UUID:
    """Somebody without a post reports."""
    more.setdefault("contact", Contact(name="李小芳", phone="13812341234"))
    what = Report(kind_code=kind, place=place, text="过水桥冲断了", **more)
    return UUID(actions.report(public("matters.report"), Act.new(), report=what)["matter"])


def row(matter: UUID) -> Matter:
    """The matter past every wall of a post."""
    with acting(TICK):
        return Matter.objects.get(id=matter)


def sees(scene: Scene, name: str, matter: UUID) -> bool:
    """Whether a post's scope finds anything of it."""
    post = scene.as_post(name)
    with acting(post):
        found = Matter.objects.filter(id=matter).exists() or Party.objects.filter(matter_id=matter).exists()
        return found or bool(history(post, matter))


def right(scene: Scene, by: str, matter: UUID, reason: str = WHY, **what: Any) -> UUID:
    """Put right by a post."""
    scene.do(by, actions.put_right, matter, reason=reason, right=Right(**what))
    assert_owed(matter)
    return matter


def test_a_wrong_village_loses_sight_and_the_right_one_has_it_with_face_and_figures(scene: Scene) -> None:
    matter = told(place=desk.HAMLET)
    with acting(TICK):
        assert PublicFace.objects.get(id=matter).place == desk.HAMLET
    right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE)
    found = row(matter)
    assert (found.place, found.place_then) == (desk.OTHER_VILLAGE, desk.OTHER_VILLAGE)
    assert found.state == "reported"
    assert not any(sees(scene, name, matter) for name in ("secretary", "clerk", "grid_head"))
    with acting(TICK):
        assert PublicFace.objects.get(id=matter).place == desk.OTHER_VILLAGE
        assert {one.place for one in Party.objects.filter(matter_id=matter)} == {desk.OTHER_VILLAGE}
    assert sees(scene, "dispatcher", matter)
    view = queries.followed(slip_of(matter))
    assert view.phase == "received", "the slip goes on working"
    tally()
    with scene.desk.database.as_role("owner") as owner:
        counted = owner.execute("SELECT place, opened FROM insight_tally WHERE level = 'place'").fetchall()
    assert counted == [(desk.OTHER_VILLAGE, 1)], "counted where it is true, and nowhere else"


def test_an_order_without_a_place_is_put_right_and_diverted(scene: Scene) -> None:
    order = Elsewhere(system="hotline_12345", number="HL1")
    what = Report(kind_code=ROAD, place=desk.COUNTY, text="路断了", source="hotline", elsewhere=order)
    matter = UUID(actions.report(scene.as_post("county_dispatcher"), Act.new(), report=what)["matter"])
    unplaced = Filters(unplaced=True)
    assert [one.id for one in queries.queue(scene.as_post("county_dispatcher"), unplaced).rows] == [matter]
    scene.do("county_dispatcher", actions.accept, matter)
    with pytest.raises(BadInput):
        scene.do("county_dispatcher", actions.divert, matter, place=desk.TOWNSHIP)
    right(scene, "county_dispatcher", matter, place=desk.VILLAGE)
    assert queries.queue(scene.as_post("county_dispatcher"), unplaced).rows == ()
    found = row(matter)
    assert (found.state, found.owner_level) == ("accepted", "county"), "who accepted it goes on dispatching it"
    scene.do("county_dispatcher", actions.divert, matter, place=desk.TOWNSHIP)
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="归他们")
    assert row(matter).state == "diverted"
    with acting(TICK):
        assert ExternalCase.objects.get(matter_id=matter).place == desk.VILLAGE


def test_what_was_not_accepted_begins_with_the_first_owner_there(scene: Scene) -> None:
    matter = told(DOG, place=desk.TOWNSHIP)
    assert row(matter).owner_level == "township"
    right(scene, "dispatcher", matter, place=desk.GRID)
    assert (row(matter).owner_level, row(matter).owner_place) == ("village", desk.VILLAGE)


def test_a_place_outside_is_for_the_level_that_holds_both(scene: Scene) -> None:
    matter = told()
    with pytest.raises(BadInput, match="area"):
        right(scene, "dispatcher", matter, place=desk.FAR_VILLAGE)
    assert row(matter).place == desk.VILLAGE
    right(scene, "county_dispatcher", matter, place=desk.FAR_VILLAGE)
    assert not sees(scene, "dispatcher", matter)
    assert sees(scene, "far_dispatcher", matter)
    assert (row(matter).state, row(matter).place) == ("reported", desk.FAR_VILLAGE)


def test_work_in_hand_is_put_right_from_above_and_taken_where_it_is_not_theirs(scene: Scene) -> None:
    matter = scene.in_hand("路基塌了")
    with pytest.raises(NotAllowed):
        scene.do("station", actions.put_right, matter, right=Right(place=desk.OTHER_VILLAGE), reason=WHY)
    due = row(matter).due_at
    right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE)
    found = row(matter)
    assert (found.state, found.unit_id, found.due_at) == ("in_hand", id_of("transport_unit"), due)
    right(scene, "county_dispatcher", matter, place=desk.FAR_VILLAGE)
    assert (row(matter).state, row(matter).unit_id) == ("reported", None)
    assert not sees(scene, "station", matter)
    with acting(TICK):
        assert {one.outcome for one in Order.objects.filter(matter_id=matter)} == {"taken_away"}


def test_a_new_kind_brings_its_limits_and_its_seal(scene: Scene) -> None:
    matter = scene.in_hand("路基塌了")
    before = row(matter).finish_due_at
    right(scene, "dispatcher", matter, kind_code=DOG)
    found = row(matter)
    assert (found.kind_code, found.state) == (DOG, "in_hand")
    assert found.finish_due_at != before
    right(scene, "dispatcher", matter, kind_code=VIOLENCE)
    found = row(matter)
    assert (found.sealed, found.state, found.unit_id) == (True, "reported", id_of("police_unit"))
    assert not any(sees(scene, name, matter) for name in ("dispatcher", "county_dispatcher", "station", "secretary"))
    with pytest.raises(NotFound):
        right(scene, "dispatcher", matter, kind_code=BRIDGE)


def test_a_kind_routed_round_leaves_the_village_and_never_comes_back(scene: Scene) -> None:
    matter = told(DOG)
    right(scene, "secretary", matter, kind_code=AFFAIRS)
    assert not sees(scene, "secretary", matter)
    assert (row(matter).owner_level, row(matter).place) == ("township", desk.TOWNSHIP)
    right(scene, "dispatcher", matter, kind_code=BRIDGE)
    right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE)
    found = row(matter)
    assert (found.place, found.owner_level) == (desk.TOWNSHIP, "township"), "only what is sealed says where it is"
    assert not sees(scene, "secretary", matter)


def test_a_complaint_about_somebody_stays_above_them(scene: Scene) -> None:
    matter = told(place=desk.TOWNSHIP, about=About(whom="village"))
    right(scene, "dispatcher", matter, place=desk.VILLAGE)
    assert row(matter).place == desk.TOWNSHIP
    assert not sees(scene, "secretary", matter)
    right(scene, "county_dispatcher", matter, place=desk.FAR_VILLAGE)
    assert row(matter).place == desk.OTHER_TOWNSHIP
    assert sees(scene, "far_dispatcher", matter)
    assert not sees(scene, "dispatcher", matter)


def test_a_confidential_one_takes_its_words_along_to_the_centre_there(scene: Scene) -> None:
    matter = told(confidential=True, place=desk.HAMLET)
    right(scene, "county_dispatcher", matter, place=desk.FAR_VILLAGE)
    with acting(TICK):
        assert Original.objects.get(id=matter).place == desk.OTHER_TOWNSHIP
    assert row(matter).owner_level == "township"
    assert queries.matter(scene.as_post("far_dispatcher"), matter).original is not None
    assert not sees(scene, "dispatcher", matter)


def test_urgency_counts_anew_from_where_the_limits_began_and_is_told(scene: Scene) -> None:
    dog = told(DOG, place=desk.TOWNSHIP, urgency="immediate")
    quick = row(dog)
    assert quick.due_at is not None
    assert quick.due_from is not None
    right(scene, "dispatcher", dog, urgency="normal")
    slow = row(dog)
    assert slow.due_at is not None
    assert slow.due_at > quick.due_at
    assert (slow.due_from, slow.pressing) == (quick.due_from, 2)
    right(scene, "dispatcher", dog, urgency="immediate")
    assert row(dog).due_at == quick.due_at, "from where it began, not from now"
    with acting(TICK):
        assert Escalation.objects.filter(matter_id=dog, sort="told").count() == 3


def test_raised_late_it_is_not_over_at_once_nor_longer_than_before(scene: Scene) -> None:
    matter = told(place=desk.TOWNSHIP)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET due_from = due_from - interval '2 hours',"
            " finish_from = finish_from - interval '2 hours' WHERE id = %s", [matter],
        )  # fmt: skip
    before = row(matter).due_at
    right(scene, "dispatcher", matter, urgency="immediate")
    after = row(matter).due_at
    assert before is not None
    assert after is not None
    assert timezone.now() < after <= min(before, timezone.now() + timedelta(minutes=30))


def test_a_reopened_one_stays_reopened_with_the_centre_there(scene: Scene) -> None:
    matter = scene.answered("路基塌了")
    actions.rate(slip_of(matter), Act.new(), matter_id=matter, solved=False, satisfied=False)
    assert row(matter).state == "reopened"
    right(scene, "county_dispatcher", matter, place=desk.FAR_VILLAGE)
    found = row(matter)
    assert (found.state, found.owner_level, found.owner_place) == ("reopened", "township", desk.OTHER_TOWNSHIP)


def test_refused_where_nothing_changes_without_a_reason_of_a_part_and_of_a_lead(scene: Scene) -> None:
    matter = scene.at_township("渠边涵洞堵了", kind=BRIDGE)
    with pytest.raises(BadInput):
        right(scene, "dispatcher", matter)
    with pytest.raises(BadInput):
        right(scene, "dispatcher", matter, place=desk.VILLAGE, kind_code=BRIDGE, urgency="normal")
    with pytest.raises(BadInput):
        right(scene, "dispatcher", matter, urgency="urgent", reason=" ")
    with pytest.raises(BadInput):
        right(scene, "dispatcher", matter, urgency="somewhat")
    with pytest.raises(BadInput):
        right(scene, "dispatcher", matter, kind_code="X99")
    merged = scene.at_township("涵洞堵住漫水", kind=BRIDGE)
    scene.do("dispatcher", actions.merge, merged, lead=scene.number(matter))
    with pytest.raises(WrongState):
        right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE)
    right(scene, "dispatcher", matter, urgency="urgent")
    with pytest.raises(NotFound):
        right(scene, "far_dispatcher", matter, urgency="normal")


def own_days(scene: Scene, days: int) -> None:
    """The transport stations get so many days for a culvert by the work list."""
    county, of = scene.as_post("county_dispatcher"), dated.vocabulary("work_list")
    (version,) = [
        one for one in dated.versions(county, of)
        if (one.values["kind_code"], one.values["level"], one.values["function"]) == (BRIDGE, "township", "transport")
    ]  # fmt: skip
    change = Change(row=version.id, values={**version.values, "finish_days": Decimal(days)}, on=timezone.localdate())
    actions.change_rules(county, Act.new(), vocabulary="work_list", changes=(change,))


def test_the_work_lists_own_limits_stay_where_the_work_begins_and_where_urgency_or_kind_is_put_right(
    scene: Scene,
) -> None:
    own_days(scene, 60)
    given = scene.in_hand("路基塌了", kind=BRIDGE)
    found = row(given)
    assert found.due_at == found.finish_due_at, "whoever takes it on has the days that the list gives"
    right(scene, "dispatcher", given, urgency="urgent")
    halved = row(given)
    ordinary = scene.in_hand("另一处", kind=DOG)
    right(scene, "dispatcher", ordinary, kind_code=BRIDGE)
    for one in (halved, row(ordinary)):
        assert one.due_at == one.finish_due_at
        assert one.due_at is not None
        assert one.due_at > timezone.now() + timedelta(days=30)


def test_a_day_set_by_hand_outlasts_another_kind(scene: Scene) -> None:
    matter = scene.in_hand("路基塌了")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET finish_moved = true, finish_due_at = finish_due_at + interval '40 days',"
            " due_at = due_at + interval '40 days' WHERE id = %s", [matter],
        )  # fmt: skip
    before = row(matter)
    right(scene, "dispatcher", matter, kind_code=DOG)
    after = row(matter)
    assert (after.due_at, after.finish_due_at, after.finish_moved) == (before.due_at, before.finish_due_at, True)


def where_said(matter: UUID) -> set[str]:
    """Where it happened, as it is sealed."""
    with acting(TICK):
        kept = Party.objects.filter(matter_id=matter).exclude(where_sealed=None)
        return {
            sealer().open(bytes(one.where_sealed or b""), place_of("matters_party", "where_sealed", one.id))
            for one in kept
        }


def test_of_a_confidential_one_no_spot_stays_that_was_put_right(scene: Scene) -> None:
    matter = told(confidential=True, place=desk.HAMLET)
    assert where_said(matter) == {str(desk.HAMLET)}
    right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE)
    assert where_said(matter) == set()
    right(scene, "dispatcher", matter, place=desk.HAMLET)
    assert where_said(matter) == {str(desk.HAMLET)}


def test_a_complaint_is_kept_above_by_whoever_it_names_and_never_waits_for_a_place(scene: Scene) -> None:
    named = told(place=desk.TOWNSHIP, about=About(whom="village", words="白沙村主任"))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_party SET where_sealed = NULL WHERE matter_id = %s", [named])
    with acting(TICK):
        assert Party.objects.filter(matter_id=named, part="accused").exists()
    unplaced = told(DOG, place=desk.TOWNSHIP)
    level_only = told(place=desk.TOWNSHIP, about=About(whom="village"))
    dispatcher = scene.as_post("dispatcher")
    assert {one.id for one in queries.queue(dispatcher, Filters(unplaced=True)).rows} == {unplaced}
    for one in (named, level_only):
        right(scene, "dispatcher", one, place=desk.VILLAGE)
        assert row(one).place == desk.TOWNSHIP
        assert not sees(scene, "secretary", one)


def test_of_one_in_parts_place_and_urgency_are_put_right_on_the_whole_and_its_parts_follow(scene: Scene) -> None:
    matter = scene.at_township("涵洞和水管一起坏了", kind=BRIDGE)
    units = (id_of("transport_unit"), id_of("roads_unit"))
    scene.do("dispatcher", actions.split, matter, unit_ids=units, note="各办各的", reason="也涉及他们")
    parts = [part.row.id for part in queries.parts_of(scene.as_post("dispatcher"), matter)]
    was = row(matter)
    for what in ({"kind_code": ROAD}, {"place": desk.FAR_VILLAGE}):
        with pytest.raises(BadInput) as refused:
            right(scene, "county_dispatcher", matter, **what)
        assert set(refused.value.fields) == set(what)
    right(scene, "dispatcher", matter, place=desk.OTHER_VILLAGE, urgency="urgent")
    now = assert_owed(matter)
    assert (now.state, now.place, now.urgency) == ("split", desk.OTHER_VILLAGE, "urgent")
    assert (now.finish_due_at or was.opened_at) < (was.finish_due_at or was.opened_at)
    for part in map(row, parts):
        assert (part.place, part.urgency, part.state) == (desk.OTHER_VILLAGE, "urgent", "diverted")
        assert part.finish_due_at == now.finish_due_at
        assert_owed(part.id)
