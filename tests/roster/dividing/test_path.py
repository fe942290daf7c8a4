"""From a proposal to grids: worked out, drawn by hand, kept, adopted, carried out; refusals that lose nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import localdate

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.outreach.jobs import work_out_divisions
from commongrid.registry import actions as registry
from commongrid.registry.models import Correction, Person, Stay
from commongrid.registry.rules.facts import Told
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.jobs import MOVER, carry_out_divisions
from commongrid.roster.dividing.queries import divisions
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.roster.models import Assignment
from commongrid.territory import queries as territory
from commongrid.territory.actions import Drawn, Line, draw_barrier, draw_boundary, import_roads, remove_barrier
from commongrid.territory.models import Barrier, GridCover, Place, Succession
from tests.factories.desk import COUNTY, FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, TOWNSHIP, VILLAGE
from tests.factories.network import fill, tie
from tests.factories.scopes import scope_at
from tests.roster.dividing.conftest import CLOCK, SECRETARY, SINCE, TERMS, WIDE, add_home

if TYPE_CHECKING:
    from tests.roster.dividing.conftest import Land


def names(subject: UUID) -> list[str]:
    with acting(SECRETARY):
        return [line.name for line in journal.history(SECRETARY, subject)]


def test_a_proposal_puts_every_household_in_one_grid_and_keeps_natural_villages_whole(land: Land) -> None:
    made = land.propose()
    row, grids, drawn = land.row(made), land.grids(made), land.drawn(made)
    assert row.state == "ready"
    assert set(drawn) == set(land.homes)
    assert sum(one.homes for one in grids) == len(land.homes) == row.figures["homes"]
    assert all(6 <= one.homes <= 14 and one.hamlets == 1 for one in grids)
    assert row.figures["today"]["grids"] == 2
    assert row.figures["mean"] < row.figures["today"]["mean"]
    assert row.figures["changed"] == sum(one.moves for one in drawn.values())
    assert row.figures["gap"] is not None
    assert names(made) == ["roster.division_asked", "roster.division_made"]


def test_a_barrier_divides_and_a_bridge_joins(land: Land) -> None:
    river = '{"type": "LineString", "coordinates": [[107.00225, 25.99], [107.00225, 26.01]]}'
    drawn = draw_barrier(SECRETARY, Act.new(), village=VILLAGE, drawn=Line(sort="barrier", shape=river, name="凯峡河"))
    made = land.propose()
    west = {home for n, home in enumerate(land.homes) if n % WIDE < WIDE // 2}
    numbers = land.numbers(made)
    assert not {numbers[home] for home in west} & {numbers[home] for home in set(land.homes) - west}
    assert sum(one.beyond for one in land.grids(made)) == 0
    assert land.row(made).figures["today"]["beyond"] > 0
    remove_barrier(SECRETARY, Act.new(), barrier_id=UUID(drawn["barrier"]))
    land.again(made, grids=2)
    assert len(land.grids(made)) == 2


ROWS = tuple(((106.9995, 26.0 + n * 0.0005), (107.005, 26.0 + n * 0.0005)) for n in (0, 1, 3, 4))
COMB = (*ROWS, ((106.9995, 25.0), (106.9995, 26.1)))
"""A road along each row of houses, and one that leads from row to row west of all of them."""
AROUND = '{"type": "Polygon", "coordinates": [[[106.99, 25.99], [107.01, 25.99], [107.01, 26.01], [106.99, 26.01]]]}'


def test_roads_of_a_file_are_walked_on_until_another_file_replaces_them(land: Land) -> None:
    made = land.propose()
    across = {one.number: one.metres for one in land.grids(made)}
    with pytest.raises(BadInput, match="near none"):
        import_roads(SECRETARY, Act.new(), place=VILLAGE, name="r.geojson", roads=COMB)
    draw_boundary(SECRETARY, Act.new(), place=VILLAGE, drawn=Drawn(shape=AROUND))
    done = import_roads(SECRETARY, Act.new(), place=VILLAGE, name="r.geojson", roads=COMB)
    assert (done["villages"], done["lines"]) == (1, 5)
    with acting(SECRETARY):
        (kept,) = divisions.barriers(SECRETARY, VILLAGE)
    assert (kept.sort, kept.name, kept.line["type"]) == ("road", "r.geojson", "MultiLineString")
    again = land.propose(change=10_000)
    along = {one.number: one.metres for one in land.grids(again)}
    assert sum(along.values()) > sum(across.values()), "from row to row one goes round by the west"
    with acting(SECRETARY):
        today = divisions.division(SECRETARY, again).figures["today"]["mean"]
        assert today > divisions.division(SECRETARY, made).figures["today"]["mean"]
    import_roads(SECRETARY, Act.new(), place=VILLAGE, name="s.geojson", roads=COMB[:2])
    with acting(SECRETARY):
        assert [one.name for one in divisions.barriers(SECRETARY, VILLAGE)] == ["s.geojson"]
        assert Barrier.objects.filter(place=VILLAGE, sort="road").count() == 2
    with pytest.raises(NotYours):
        import_roads(SECRETARY, Act.new(), place=TOWNSHIP, name="r.geojson", roads=COMB)


@pytest.mark.parametrize(
    "shape",
    [
        "", "[]", "{}", "null", '{"type": "Point", "coordinates": [107, 26]}',
        '{"type": "LineString", "coordinates": [[107, 26], [107, 26]]}',
        '{"type": "LineString", "coordinates": [[107, 26], ["x", 1]]}',
        '{"type": "LineString", "coordinates": [[1%s, 26], [107, 26]]}' % ("0" * 400),
        '{"type": "LineString", "coordinates": [[260, 107], [261, 107]]}', '{"type": "LineString", "coordinates": 7}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_refused(land: Land, shape: str) -> None:
    with pytest.raises(BadInput):
        draw_barrier(SECRETARY, Act.new(), village=VILLAGE, drawn=Line(sort="barrier", shape=shape))
    with acting(SECRETARY):
        assert divisions.barriers(SECRETARY, VILLAGE) == []


def test_paint_lock_and_work_out_the_rest_anew(land: Land) -> None:
    made = land.propose()
    numbers = land.numbers(made)
    first = numbers[land.homes[0]]
    target = next(n for home, n in numbers.items() if n != first and home in land.homes[:20])
    land.paint(made, homes=(land.homes[0],), grid=target)
    drawn = land.drawn(made)[land.homes[0]]
    assert (drawn.locked, drawn.by_hand) == (True, True)
    assert land.numbers(made)[land.homes[0]] == land.numbers(made)[next(h for h, n in numbers.items() if n == target)]
    assert land.row(made).figures["gap"] is None, "what a hand has drawn is not proven"
    land.again(made)
    after = land.drawn(made)
    assert after[land.homes[0]].locked
    assert after[land.homes[0]].by_hand
    mates = {home for home, one in after.items() if one.grid == after[land.homes[0]].grid}
    assert mates & {home for home, n in numbers.items() if n == target}


def test_a_whole_natural_village_is_painted_and_a_locked_grid_stays(land: Land) -> None:
    made = land.propose()
    land.paint(made, hamlet=land.hamlets[1], grid=None)
    with acting(SECRETARY):
        upper = {one.grid for one in land.drawn(made).values() if one.natural_village == land.hamlets[1]}
    assert len(upper) == 1
    number = next(one.number for one in land.grids(made) if one.id in upper)
    actions.lock_grid(SECRETARY, Act.new(), division_id=made, number=number, locked=True)
    with pytest.raises(WrongState):
        land.paint(made, homes=(land.homes[-1],), grid=next(n for n in (1, 2, 3) if n != number))
    land.paint(made, hamlet=land.hamlets[1], grid=number, locked=False)
    land.again(made)
    held = [one for one in land.grids(made) if one.locked]
    assert [one.homes for one in held] == [20]
    assert any(fault["fault"] == "too_large" and fault["cause"] == "locked_grid" for fault in held[0].faults)


def test_several_proposals_are_kept_side_by_side(land: Land) -> None:
    made = land.propose()
    copy = UUID(actions.keep_copy(SECRETARY, Act.new(), division_id=made)["division"])
    land.again(copy, grids=2, lower=6, upper=30, target=20)
    assert len(land.grids(copy)) == 2
    assert len(land.grids(made)) == 4
    with acting(SECRETARY):
        assert [one.number for one in divisions.divisions(SECRETARY, VILLAGE)] == [2, 1]
    for _ in range(6):
        actions.keep_copy(SECRETARY, Act.new(), division_id=made)
    with pytest.raises(WrongState):
        actions.keep_copy(SECRETARY, Act.new(), division_id=made)
    actions.drop(SECRETARY, Act.new(), division_id=copy)
    actions.keep_copy(SECRETARY, Act.new(), division_id=made)


def test_adopted_grids_begin_and_end_and_everybody_goes_along(land: Land) -> None:
    helper = fill("helper", GRID)
    tie(helper, "named_helper", household=land.homes[0])
    made = land.propose()
    land.adopt(made)
    grids = {one.id: one for one in land.grids(made)}
    became = {one.became for one in grids.values() if one.became}
    assert land.row(made).state == "done"
    assert len(became) == 4
    assert became.isdisjoint({GRID, OTHER_GRID})
    places, drawn = land.places(), land.drawn(made)
    assert all(places[home] == grids[drawn[home].grid].became for home in land.homes)
    with acting(CLOCK):
        assert (
            set(Place.objects.in_force().filter(level="grid", parent=VILLAGE).values_list("code", flat=True)) == became
        )
        for home, place in places.items():
            assert set(Person.objects.filter(household=home).values_list("place", flat=True)) == {place}
            assert set(Stay.objects.filter(household=home).values_list("place", flat=True)) == {place}
        assert set(Succession.objects.filter(old=GRID).values_list("new", flat=True)) == became
        covered = set(GridCover.objects.filter(valid_to=None, grid__in=became).values_list("covered", flat=True))
        assert covered == set(land.hamlets)
        moved = Correction.objects.get(subject=land.homes[0], field="place")
        assert (moved.before, moved.after) == (str(GRID), str(places[land.homes[0]]))
        assert Assignment.objects.get(household=land.homes[0]).place == places[land.homes[0]]
        names = Place.objects.filter(code__in=became).values_list("name", flat=True)
        assert sorted(names) == ["第3网格", "第4网格", "第5网格", "第6网格"], "the ended ones were 1 and 2"
    assert carry_out_divisions() == 0


def test_a_grid_that_stays_as_it_is_keeps_its_code(land: Land) -> None:
    land.adopt(land.propose())
    before = land.places()
    made = land.propose(change=1000)
    numbers = land.numbers(made)
    first = numbers[land.homes[0]]
    near = next(n for home, n in numbers.items() if n != first and home in land.homes[:20])
    land.paint(made, homes=(land.homes[0],), grid=near)
    assert sorted(one.sort for one in land.grids(made)) == ["changed", "changed", "same", "same"]
    land.adopt(made)
    after = land.places()
    assert all(after[home] == before[home] for home in land.homes[20:])
    touched = {before[home] for home in land.homes[:20]}
    assert {after[home] for home in land.homes[:20]}.isdisjoint(touched)
    with acting(CLOCK):
        assert not Place.objects.in_force().filter(code__in=touched).exists()
        assert Correction.objects.filter(subject=land.homes[30], field="place").count() == 1


def test_adopted_for_later_waits_for_its_day_and_can_be_called_off(land: Land) -> None:
    made = land.propose()
    later = localdate() + timedelta(days=20)
    actions.adopt(SECRETARY, Act.new(), division_id=made, on=later)
    assert carry_out_divisions() == 0
    with pytest.raises(WrongState):
        actions.carry_out(MOVER, Act.new(), division_id=made)
    other = land.propose()
    with pytest.raises(WrongState):
        actions.adopt(SECRETARY, Act.new(), division_id=other, on=localdate())
    with pytest.raises(WrongState):
        land.paint(made, homes=(land.homes[0],), grid=1)
    actions.call_off(SECRETARY, Act.new(), division_id=made)
    assert land.row(made).state == "ready"
    actions.adopt(SECRETARY, Act.new(), division_id=other, on=localdate())
    assert carry_out_divisions() == 1
    assert land.row(other).state == "done"


def test_households_that_come_or_go_before_the_day_lose_no_grid(land: Land) -> None:
    made = land.propose()
    actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate())
    came = add_home(land, 3, VILLAGE, number="99")
    with acting(CLOCK):
        person = Person.objects.get(household=land.homes[7])
    registry.died(SECRETARY, Act.new(), person_id=person.id, told=Told(on=localdate()))
    assert carry_out_divisions() == 1
    places = land.places()
    assert places[came] == places[land.homes[3]]
    with acting(CLOCK):
        ended = set(Place.objects.filter(level="grid").exclude(valid_to=None).values_list("code", flat=True))
    assert not ended & set(places.values()), "not even a household that died out is left in a grid that ended"


def test_a_stale_proposal_is_refused_and_nothing_lost(land: Land) -> None:
    made = land.propose()
    add_home(land, 3, GRID, number="99")
    with pytest.raises(WrongState) as refused:
        actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate())
    assert refused.value.params == {"count": 1}
    land.paint(made, homes=(land.homes[0],), grid=2)
    assert (land.row(made).state, len(land.drawn(made))) == ("ready", 40), "drawing goes on meanwhile"
    land.again(made)
    assert len(land.drawn(made)) == 41
    land.adopt(made)


def test_what_lies_in_an_ended_grid_has_a_place_again(land: Land) -> None:
    from commongrid.registry.actions import NewHolding, add_holding

    loose = UUID(
        add_holding(
            SECRETARY, Act.new(), new=NewHolding(of="site", place=GRID, written={"kind": "21", "name": "水塘"}),
            told=Told(on=SINCE),
        )["site"]
    )  # fmt: skip
    fill("grid_member", OTHER_GRID)
    land.adopt(land.propose())
    with acting(CLOCK):
        from commongrid.registry.models import Site

        in_force = set(Place.objects.in_force().filter(level="grid").values_list("code", flat=True))
        assert Site.objects.get(id=loose).place in in_force
        assert not Person.objects.filter(place__in=(GRID, OTHER_GRID)).exists()


def test_a_division_is_not_undone_like_a_slip_of_the_pen(land: Land) -> None:
    land.adopt(land.propose())
    with acting(CLOCK):
        act = Correction.objects.filter(field="place").values_list("act", flat=True).first()
    assert act is not None
    with pytest.raises(WrongState):
        registry.undo(SECRETARY, Act.new(), done=act, told=Told(on=localdate(), source="试试"))


def test_dwellings_without_a_point_are_placed_by_their_natural_village(land: Land) -> None:
    lost = add_home(land, 25, GRID, number="99", point=False)
    made = land.propose()
    assert land.drawn(made)[lost].near
    assert land.row(made).figures["near"] == 1


@pytest.mark.parametrize(
    "terms",
    [
        Terms(weigh="souls"), Terms(lower=0), Terms(lower=60, upper=60), Terms(target=61), Terms(upper=6000),
        Terms(grids=0), Terms(change=-1), Terms(split=99_999), Terms(uneven=-1), Terms(headless=10_001),
    ],
)  # fmt: skip
def test_limits_that_are_none_are_refused(land: Land, terms: Terms) -> None:
    with pytest.raises(BadInput):
        actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=terms)


def test_more_grids_than_households_is_said(land: Land) -> None:
    made = land.propose(grids=41)
    row = land.row(made)
    assert (row.state, row.fault) == ("failed", "too_many")
    assert row.figures == {"grids": 41, "households": 40}
    made = land.propose(grids=1)
    assert land.row(made).fault == "too_few"


def test_a_village_nobody_lives_in(land: Land) -> None:
    scope = scope_at(FAR_VILLAGE, "grids.divide", level="village")
    made = UUID(actions.propose(scope, Act.new(), village=FAR_VILLAGE, terms=TERMS)["division"])
    assert work_out_divisions() == 1
    with acting(scope):
        assert divisions.division(scope, made).fault == "none"


def test_who_may_and_where(land: Land) -> None:
    with pytest.raises(NotAllowed):
        actions.propose(scope_at(VILLAGE, "places.edit"), Act.new(), village=VILLAGE, terms=TERMS)
    with pytest.raises(NotYours):
        actions.propose(SECRETARY, Act.new(), village=FAR_VILLAGE, terms=TERMS)
    made = land.propose()
    head = scope_at(VILLAGE, "grids.divide", narrow="grids", grids=(GRID,), level="grid")
    with acting(head), pytest.raises(NotYours):
        divisions.division(head, made)
    with pytest.raises(NotYours):
        actions.adopt(head, Act.new(), division_id=made, on=localdate())
    with pytest.raises(BadInput):
        actions.adopt(SECRETARY, Act.new(), division_id=made, on=localdate() - timedelta(days=1))
    with pytest.raises(BadInput):
        land.paint(made, homes=(uuid4(),), grid=1)
    with pytest.raises(BadInput):
        land.paint(made, homes=(land.homes[0],), grid=77)


def test_propose_everywhere_asks_for_the_villages_where_people_live(land: Land) -> None:
    township = scope_at(TOWNSHIP, "grids.divide", level="township")
    assert actions.propose_everywhere(township, Act.new(), place=TOWNSHIP, terms=TERMS)["villages"] == 1
    with pytest.raises(WrongState):
        actions.propose_everywhere(township, Act.new(), place=TOWNSHIP, terms=TERMS)
    with pytest.raises(NotYours):
        actions.propose_everywhere(township, Act.new(), place=COUNTY, terms=TERMS)
    assert work_out_divisions() == 1
    with acting(SECRETARY):
        (row,) = divisions.divisions(SECRETARY, VILLAGE)
        assert row.state == "ready"
        assert [one.place for one in divisions.open_divisions(SECRETARY, TOWNSHIP)] == [VILLAGE]


def test_what_waits_is_stopped(land: Land) -> None:
    township = scope_at(TOWNSHIP, "grids.divide", level="township")
    made = land.propose()
    actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=TERMS)
    actions.work_out_anew(SECRETARY, Act.new(), division_id=made, terms=TERMS)
    assert actions.stop(township, Act.new(), place=TOWNSHIP) == {"count": 2}
    with acting(SECRETARY):
        assert [one.state for one in divisions.divisions(SECRETARY, VILLAGE)] == ["ready", "dropped"]
    assert work_out_divisions() == 0
    with pytest.raises(WrongState):
        actions.stop(township, Act.new(), place=TOWNSHIP)
    with pytest.raises(NotYours):
        actions.stop(township, Act.new(), place=COUNTY)


def test_an_adoption_is_harmless_twice(land: Land) -> None:
    made = land.propose()
    act = Act.new()
    once = actions.adopt(SECRETARY, act, division_id=made, on=localdate())
    assert actions.adopt(SECRETARY, act, division_id=made, on=localdate()) == once
    assert carry_out_divisions() == 1
    assert carry_out_divisions() == 0
    with acting(CLOCK):
        counts = Counter(Place.objects.filter(level="grid", parent=VILLAGE).values_list("valid_to", flat=True))
        assert counts[None] == 4
        assert territory.place(CLOCK, HAMLET).level == "natural_village"
