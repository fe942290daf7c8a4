"""Merging: one lead, everybody's own slip and own rating; and looking once more after the end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone, translation

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, Refusal, TooLate, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.actions import mediating
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Matter, Note, Rating
from commongrid.matters.rules.deciding.merging import NOT_YET
from commongrid.surfaces.public import telling
from tests.factories import desk
from tests.factories.scenes import BRIDGE, ROAD, Scene
from tests.matters.test_loop import assert_owed, rate, row, slip_of


def number(matter: UUID) -> str:
    return row(matter).number


def three(scene: Scene) -> tuple[UUID, UUID, UUID]:
    """Three reports of the same culvert; the second and third are merged into the first."""
    lead, second, third = (scene.at_township(f"涵洞塌了，第 {n} 位", kind=BRIDGE) for n in (1, 2, 3))
    for one in (second, third):
        scene.do("dispatcher", actions.merge, one, lead=number(lead))
    return lead, second, third


def answer(scene: Scene, lead: UUID) -> None:
    scene.do("dispatcher", actions.divert, lead, unit_id=desk.id_of("transport_unit"), reason="交通站负责")
    scene.do("station", actions.start, lead)
    scene.do("station", actions.answer, lead, answer="涵洞已换成一米管")
    if row(lead).state == "to_pass":
        scene.do("dispatcher", actions.pass_on, lead, answer="涵洞已换成一米管")


def test_each_reporter_follows_the_lead_and_rates_for_themselves(scene: Scene) -> None:
    lead, second, third = three(scene)
    assert (row(lead).leads, row(second).state, row(second).closed_at) == (2, "merged", NOT_YET)
    answer(scene, lead)
    seen = queries.followed(slip_of(second))
    assert (seen.number, seen.merged, seen.may_rate, seen.phase) == (number(second), True, True, "answered")
    assert [one.text for one in seen.said][-1] == "涵洞已换成一米管"
    assert seen.title == "涵洞塌了，第 2 位", "its own words, never the lead's"
    rate(second, solved=True, satisfied=True)
    assert assert_owed(lead).state in ("answered", "to_rate")
    rate(lead, solved=True, satisfied=True)
    assert assert_owed(lead).state == "to_rate", "the third has not spoken"
    with pytest.raises(TooLate):
        rate(second, solved=False, satisfied=False)
    rate(third, solved=True, satisfied=False)
    assert assert_owed(lead).state == "to_file", "somebody is not satisfied, so it is read first"
    scene.do("dispatcher", actions.close, lead)
    found = row(lead), row(second), row(third)
    assert [one.closed_at for one in found] == [found[0].closed_at] * 3
    assert [(one.outcome, one.rating) for one in found] == [
        ("rated", "rated"),
        ("merged", "rated"),
        ("merged", "rated"),
    ]
    with acting(TICK):
        assert Rating.objects.filter(matter=lead).count() == 3


def test_what_was_merged_into_a_dispute_with_violence_goes_its_own_way(scene: Scene) -> None:
    lead = scene.do("clerk", actions.accept, scene.report("两家为地界争执", kind="A03"))
    other = scene.at_township("又为地界吵", kind="A03")
    scene.do("dispatcher", actions.merge, other, lead=number(lead))
    mediating.begin(scene.as_post("mediator"), Act.new(), matter_id=lead, violence=True)
    found = assert_owed(other)
    assert (found.state, found.owner_level, found.merged_into_id) == ("accepted", "township", None)
    assert (row(lead).sealed, row(lead).leads) == (True, 0)
    seen = queries.followed(slip_of(other))
    assert (seen.merged, seen.phase, seen.owner_en) == (False, "accepted", "Qingshi Town")


def test_whoever_answered_the_lead_tells_a_follower_nothing_of_the_rating_before_its_release(scene: Scene) -> None:
    lead, second = (scene.do("clerk", actions.accept, scene.report(f"路塌方 {n}", kind=ROAD)) for n in (1, 2))
    scene.do("clerk", actions.merge, second, lead=number(lead))
    scene.do("clerk", actions.start, lead)
    scene.do("clerk", actions.answer, lead, answer="路已清通")
    clerk, centre = scene.as_post("clerk"), scene.as_post("dispatcher")
    before = queries.to_tell(clerk, second)
    assert (before.merged, before.phase, before.may_rate) == (True, "answered", True)
    rate(second, solved=True, satisfied=False)
    assert queries.to_tell(clerk, second) == before
    rate(lead, solved=True, satisfied=True)
    assert (row(lead).state, queries.to_tell(centre, second).rating) == ("to_file", "rated")
    assert queries.to_tell(clerk, second) == before
    scene.do("dispatcher", actions.close, lead)
    assert queries.to_tell(centre, second).phase == "closed"
    assert queries.to_tell(clerk, second) == before
    with acting(TICK):
        kept = tuple(one.id for one in Rating.objects.all())
    actions.release_ratings(TICK, Act.new(), ratings=kept)
    assert (queries.to_tell(clerk, second).phase, queries.to_tell(clerk, second).rating) == ("closed", "rated")


def test_one_who_says_not_solved_reopens_it_for_all(scene: Scene) -> None:
    lead, second, third = three(scene)
    answer(scene, lead)
    rate(lead, solved=True, satisfied=True)
    rate(third, solved=False, satisfied=False)
    found = assert_owed(lead)
    assert (found.state, found.reopened, found.round, found.rating) == ("reopened", 1, 2, "")
    assert [(row(one).rating, row(one).closed_at) for one in (second, third)] == [("", NOT_YET)] * 2
    assert queries.followed(slip_of(second)).phase == "reopened"


def test_who_never_rates_is_not_rated_and_shown_as_such(scene: Scene) -> None:
    lead, second, third = three(scene)
    answer(scene, lead)
    rate(second, solved=True, satisfied=True)
    for days in (0, 1, 2):
        act = Act(Act.new().id, timezone.now() + timedelta(days=days))
        actions.visit(scene.as_post("county_dispatcher"), act, matter_id=lead, result="not_reached")
    assert (row(lead).state, row(lead).rating) == ("to_rate", "not_rated")
    rate(third, solved=True, satisfied=True)
    found = assert_owed(lead)
    if found.closed_at is None:
        scene.do("dispatcher", actions.close, lead)
    assert (row(lead).outcome, row(second).rating) == ("not_rated", "rated")


def test_the_reporter_of_a_merged_one_is_asked_at_the_counter(scene: Scene) -> None:
    lead, second, _third = three(scene)
    answer(scene, lead)
    with pytest.raises(BadInput):
        scene.do("clerk", actions.visit, second, result="not_reached")
    scene.do("clerk", actions.visit, second, result="asked", mode="counter", answers=(True, True, "好"))
    with acting(TICK):
        kept = Rating.objects.get(matter=lead)
    assert (kept.reporter, kept.via) == (second, "counter")
    with pytest.raises(TooLate):
        scene.do("clerk", actions.visit, second, result="asked", mode="paper", answers=(True, True, ""))


def test_given_back_its_own_way_it_is_counted_and_owed_again(scene: Scene) -> None:
    lead, second, _third = three(scene)
    answer(scene, lead)
    rate(second, solved=True, satisfied=True)
    with pytest.raises(NotAllowed):
        scene.do("clerk", actions.unmerge, second, reason="另一处")
    scene.do("dispatcher", actions.unmerge, second, reason="另一处涵洞")
    found = assert_owed(second)
    assert (found.state, found.merged_into_id, found.rating, found.outcome) == ("accepted", None, "", "")
    assert row(lead).leads == 1
    answer(scene, second)
    rate(second, solved=True, satisfied=True)


def test_what_is_never_merged_is_refused_with_a_sentence(scene: Scene) -> None:
    lead, second, _third = three(scene)
    other = scene.at_township("另一处涵洞", kind=BRIDGE)
    secret = scene.at_township("保密的涵洞", kind=BRIDGE, confidential=True)
    road = scene.at_township("路塌方")
    refused: list[tuple[UUID, str, type[Refusal]]] = [
        (other, number(other), BadInput),
        (other, "990101-2611-9999", BadInput),
        (other, "abc", BadInput),
        (other, number(road), BadInput),
        (other, number(secret), WrongState),
        (secret, number(other), WrongState),
        (lead, number(other), WrongState),
        (lead, number(second), BadInput),
    ]
    for matter, into, why in refused:
        with pytest.raises(why):
            scene.do("dispatcher", actions.merge, matter, lead=into)
        assert_owed(matter)
    scene.do("dispatcher", actions.merge, other, lead=number(second))
    assert row(other).merged_into_id == lead, "a chain is flattened to the one that leads"
    with pytest.raises(WrongState):
        actions.withdraw(slip_of(lead), Act.new(), matter_id=lead)


def test_two_dispatchers_at_once_leave_one_lead(scene: Scene) -> None:
    one, two = scene.at_township("一处", kind=BRIDGE), scene.at_township("同一处", kind=BRIDGE)
    scene.do("dispatcher", actions.merge, one, lead=number(two))
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.merge, two, lead=number(one))
    with acting(TICK):
        assert set(Matter.objects.values_list("id", "merged_into")) == {(one, two), (two, None)}


def in_parts(scene: Scene, *followers: UUID) -> tuple[UUID, UUID, UUID]:
    """A matter that two units answered, and both units."""
    matter = scene.at_township("涵洞和水管一起坏了", kind=BRIDGE)
    for one in followers:
        scene.do("dispatcher", actions.merge, one, lead=number(matter))
    transport, roads = desk.id_of("transport_unit"), desk.id_of("roads_unit")
    scene.do("dispatcher", actions.split, matter, unit_ids=(transport, roads), note="各办各的", reason="也涉及他们")
    for part in queries.parts_of(scene.as_post("dispatcher"), matter):
        by = "station" if part.row.unit == transport else "roads"
        scene.do(by, actions.start, part.row.id)
        scene.do(by, actions.answer, part.row.id, answer="办好了")
        scene.do("dispatcher", actions.pass_on, part.row.id, answer="办好了")
    scene.do("dispatcher", actions.answer, matter, answer="涵洞和水管都修好了")
    return matter, transport, roads


def test_whoever_was_merged_into_a_matter_in_parts_rates_each_unit_too(scene: Scene) -> None:
    """By the slip, and through somebody who asks; each of them for themselves."""
    second, third = (scene.at_township("涵洞和水管坏了", kind=BRIDGE) for _ in range(2))
    matter, transport, roads = in_parts(scene, second, third)
    holder = slip_of(second)
    assert {one[0] for one in queries.followed(holder).units} == {transport, roads}
    well = actions.OfUnit(unit=transport, solved=True, satisfied=True)
    badly = actions.OfUnit(unit=roads, solved=True, satisfied=False)
    with pytest.raises(BadInput):
        actions.rate_units(holder, Act.new(), matter_id=second, units=(well,))
    actions.rate_units(holder, Act.new(), matter_id=second, units=(well, badly))
    with pytest.raises(TooLate):
        actions.rate_units(holder, Act.new(), matter_id=second, units=(well, badly))
    asking = queries.matter(scene.as_post("county_dispatcher"), third)
    assert {one[0] for one in asking.units} == {transport, roads}
    said = actions.ByUnit(units=(badly, well), words="")
    scene.do("county_dispatcher", actions.visit, third, result="asked", mode="phone", answers=said)
    assert row(matter).state in ("answered", "to_rate"), "who reported it first has not spoken"
    actions.rate_units(slip_of(matter), Act.new(), matter_id=matter, units=(well, badly))
    assert row(matter).state == "to_file"
    with acting(TICK):
        found = Rating.objects.filter(matter=matter).values_list("reporter", "unit", "satisfied")
        assert set(found) == {
            (who, unit, unit == transport) for who in (None, second, third) for unit in (transport, roads)
        }


@pytest.mark.parametrize("way", ["visit", "ask"])
def test_a_visitor_asks_about_each_unit_too(scene: Scene, way: str) -> None:
    matter, transport, roads = in_parts(scene)
    client = scene.desk.sign_in(Client(), "county_dispatcher")
    url = f"/console/matters/{matter}/"
    page = client.get(url if way == "visit" else f"{url}ask").text
    for name in ("Qingshi Transport Station", "Qingshi Planning Office"):
        assert f"{name}: Is it solved?" in page
    marks = {one: (one.hex if way == "visit" else str(n)) for n, one in enumerate((transport, roads))}
    said = {f"solved_{mark}": "yes" for mark in marks.values()}
    said |= {f"satisfied_{mark}": "yes" if one == transport else "no" for one, mark in marks.items()}
    lacking = {name: value for name, value in said.items() if not name.endswith(marks[roads])}
    more = {"mode": "in_person", "result": "asked", "words": "路边还堆着土"}
    assert client.post(f"{url}{way}", {**more, **lacking}).status_code == 422
    done = client.post(f"{url}{way}", {**more, **said})
    assert done.status_code in (200, 302)
    with acting(TICK):
        found = set(Rating.objects.filter(matter=matter).values_list("unit", "satisfied", "via"))
    via = "visit" if way == "visit" else "handed"
    assert found == {(transport, True, via), (roads, False, via)}
    assert row(matter).state == "to_file"


def test_a_matter_in_parts_is_rated_for_each_unit_that_answered(scene: Scene) -> None:
    matter, transport, roads = in_parts(scene)
    holder = slip_of(matter)
    assert {one[0] for one in queries.followed(holder).units} == {transport, roads}
    well = actions.OfUnit(unit=transport, solved=True, satisfied=True)
    badly = actions.OfUnit(unit=roads, solved=True, satisfied=False)
    with pytest.raises(BadInput):
        actions.rate_units(holder, Act.new(), matter_id=matter, units=(well,))
    actions.rate_units(holder, Act.new(), matter_id=matter, units=(well, badly))
    assert row(matter).state == "to_file", "one of them is not satisfied with"
    with acting(TICK):
        said = dict(Rating.objects.filter(matter=matter).values_list("unit", "satisfied"))
    assert said == {transport: True, roads: False}
    with pytest.raises(TooLate):
        actions.rate_units(holder, Act.new(), matter_id=matter, units=(well, badly))


def test_what_its_reporter_adds_goes_to_the_lead_and_nobody_reads_it_as_the_others(scene: Scene) -> None:
    lead, second, _third = three(scene)
    seen = queries.followed(slip_of(second))
    assert seen.may_add
    told = actions.add(slip_of(second), Act.new(), matter_id=second, words="水已漫到路面")
    assert told["number"] == number(second), "the slip answers for its own number"
    actions.add(slip_of(lead), Act.new(), matter_id=lead, words="已有车陷进去")
    with acting(TICK):
        kept = list(Note.objects.filter(sort="said").order_by("at", "id").values_list("matter", "text"))
    assert kept == [(lead, "水已漫到路面"), (lead, "已有车陷进去")]
    scene.do("clerk", actions.add_for, second, came="counter", words="又塌了一块")
    detail = queries.matter(scene.as_post("dispatcher"), lead)
    assert [note.text for note in detail.notes if note.sort == "said"][-1] == "又塌了一块"
    for whose, said in ((lead, ["some", "own", "some"]), (second, ["some", "some", "some"])):
        follow = queries.followed(slip_of(whose))
        lines = [*history(slip_of(whose), whose), *follow.lines]
        with translation.override("en"):
            told_by = [one.title for one in telling.happenings(lines, {}, whose)]
        words = {"some": telling.ONE_OF_THEM, "own": "You added something"}
        assert [one for one in told_by if "added something" in one] == [words[one] for one in said]


def test_nothing_is_added_once_the_lead_is_over(scene: Scene) -> None:
    lead, second, _third = three(scene)
    answer(scene, lead)
    for one in (lead, second, _third):
        rate(one, solved=True, satisfied=True)
    if row(lead).closed_at is None:
        scene.do("dispatcher", actions.close, lead)
    assert not queries.followed(slip_of(second)).may_add
    for add in (
        lambda: actions.add(slip_of(second), Act.new(), matter_id=second, words="还有"),
        lambda: scene.do("clerk", actions.add_for, second, came="counter", words="还有"),
    ):
        with pytest.raises(Refusal):
            add()
