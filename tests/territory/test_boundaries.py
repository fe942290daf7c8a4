"""Boundaries as rows: drawn, snapped, imported, derived; one in force for each place; and where a point lies."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commongrid.journal import queries as journal
from commongrid.kernel import shapes
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, NotYours, WrongState
from commongrid.kernel.scope import clock
from commongrid.territory import actions, jobs
from commongrid.territory.actions import Drawn, Spots
from commongrid.territory.queries import boundaries as bounds
from commongrid.territory.rules.bounding import SEVERAL, TWICE, UNKNOWN, Area
from commongrid.territory.rules.editing import Named
from tests.factories.places import as_owner, bring, whole
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

VILLAGE, OTHER = 990101101201000, 990101101202000
TOWNSHIP = 990101101000000
CLERK = scope_at(VILLAGE, "places.edit", "journal.read")
CENTRE = scope_at(TOWNSHIP, "places.edit")
TIDY = clock("test", "places.edit")


@pytest.fixture(autouse=True)
def county(database: Database) -> Database:
    """The fictional county, imported."""
    with as_owner(database):
        bring(whole(), date(2026, 1, 5))
    return database


def box(west: float, south: float, east: float, north: float) -> Any:
    """A box in hundredths of a degree from a corner."""
    return shapely.box(108.6 + west / 100, 27.2 + south / 100, 108.6 + east / 100, 27.2 + north / 100)


def drawn(shape: Any, **how: bool) -> Drawn:
    return Drawn(shape=json.dumps(shapes.written(shape)), **how)


def hamlet(name: str) -> int:
    return int(actions.add_natural_village(CLERK, Act.new(), village=VILLAGE, named=Named(name))["code"])


def test_a_boundary_is_drawn_once_and_the_former_one_stays() -> None:
    act = Act.new()
    first = actions.draw_boundary(CLERK, act, place=VILLAGE, drawn=drawn(box(0, 0, 2, 2)))
    assert actions.draw_boundary(CLERK, act, place=VILLAGE, drawn=drawn(box(0, 0, 2, 2))) == first == {"code": VILLAGE}
    actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=drawn(box(0, 0, 2, 3)))
    now = bounds.outlines(CLERK, [VILLAGE])[VILLAGE]
    assert now.source == "drawn"
    assert now.box == pytest.approx((108.6, 27.2, 108.62, 27.23))
    assert now.area_m2 == pytest.approx(1979e4 / 3 * 1.0, rel=0.01)
    before = bounds.former_boundaries(CLERK, VILLAGE)
    assert [one.valid_to is None for one in before].count(True) == 1
    assert len(before) == 2
    today, long_ago = now.valid_from, now.valid_from - timedelta(days=30)
    assert bounds.outline_on(CLERK, VILLAGE, today) == now
    assert bounds.outline_on(CLERK, VILLAGE, long_ago) is None
    line = journal.lines_of_places(CLERK, VILLAGE, VILLAGE)[0]
    assert (line.name, line.facts["code"], line.facts["m2"] // 10**4) == (
        "places.boundary_drawn", VILLAGE, round(now.area_m2) // 10**4,
    )  # fmt: skip


def test_no_boundary_is_drawn_elsewhere_of_an_ended_place_or_with_a_crossing_line() -> None:
    bow = shapely.Polygon([(108.6, 27.2), (108.61, 27.21), (108.61, 27.2), (108.6, 27.21)])
    text = json.dumps({"type": "Polygon", "coordinates": [list(bow.exterior.coords)]})
    with pytest.raises(NotYours):
        actions.draw_boundary(CLERK, Act.new(), place=OTHER, drawn=drawn(box(0, 0, 1, 1)))
    with pytest.raises(BadInput, match=r"108\.605 east, 27\.205 north"):
        actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=Drawn(shape=text))
    with pytest.raises(BadInput, match="can't be read"):
        actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=Drawn(shape="{"))
    code = hamlet("上河")
    actions.end_place(CLERK, Act.new(), code=code)
    with pytest.raises(WrongState):
        actions.draw_boundary(CLERK, Act.new(), place=code, drawn=drawn(box(0, 0, 1, 1)))
    assert bounds.outlines(CLERK, [VILLAGE, OTHER, code]) == {}
    actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=Drawn(shape=text, mend=True))
    assert bounds.outlines(CLERK, [VILLAGE])[VILLAGE].shape["type"] == "MultiPolygon"


def test_siblings_and_parent_are_held_against_it_and_snapping_makes_it_fit() -> None:
    one, two = hamlet("上河"), hamlet("下河")
    actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=drawn(box(0, 0, 2, 1)))
    actions.draw_boundary(CLERK, Act.new(), place=one, drawn=drawn(box(0, 0, 1, 1)))
    rough = box(0.999, 0.001, 2.002, 1.002)
    assert {each.what for each in bounds.misfits(CLERK, two, rough)} == {"overlap", "outside", "gap"}
    actions.draw_boundary(CLERK, Act.new(), place=two, drawn=drawn(rough, snap=True))
    kept = shapes.read(bounds.outlines(CLERK, [two])[two].shape)
    assert bounds.misfits(CLERK, two, kept) == []
    assert bounds.gaps_below(CLERK, VILLAGE, "natural_village") == []
    actions.remove_boundary(CLERK, Act.new(), place=two)
    assert two not in bounds.outlines(CLERK, [two])
    with pytest.raises(WrongState):
        actions.remove_boundary(CLERK, Act.new(), place=two)


def test_cells_are_derived_where_nothing_was_drawn_and_only_when_dwellings_changed() -> None:
    one, two, three = hamlet("上河"), hamlet("下河"), hamlet("中寨")
    grids = [
        int(actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named(name), covers=covers)["code"])
        for name, covers in (("1网格", (one,)), ("2网格", (two, three)))
    ]
    actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=drawn(box(0, 0, 3, 1)))
    actions.draw_boundary(CLERK, Act.new(), place=one, drawn=drawn(box(0, 0, 1, 1)))
    homes = Spots(at=tuple(
        (108.6 + (n + 0.5) / 100, 27.2 + y / 1000, (code, grids[min(n, 1)]))
        for n, code in enumerate((one, two, three)) for y in range(1, 10)
    ))  # fmt: skip
    assert actions.derive_cells(CLERK, Act.new(), parent=VILLAGE, spots=homes)["cells"] == 4
    there = bounds.outlines(CLERK, [one, two, three, *grids])
    assert {code: row.source for code, row in there.items()} == {
        one: "drawn", **dict.fromkeys((two, three, *grids), "derived"),
    }  # fmt: skip
    assert there[two].area_m2 == pytest.approx(there[one].area_m2, rel=0.02)
    assert there[grids[1]].area_m2 == pytest.approx(2 * there[one].area_m2, rel=0.02)
    assert actions.derive_cells(TIDY, Act.new(), parent=VILLAGE, spots=homes)["cells"] == 0
    moved = Spots(at=(*homes.at, (108.6105, 27.2005, (three,))))
    assert actions.derive_cells(TIDY, Act.new(), parent=VILLAGE, spots=moved)["cells"] == 4
    assert len(bounds.former_boundaries(CLERK, two)) == 1
    with pytest.raises(WrongState):
        actions.derive_cells(CLERK, Act.new(), parent=one, spots=homes)


def test_a_point_lies_in_its_grid_or_so_far_from_the_nearest() -> None:
    one, two = hamlet("上河"), hamlet("下河")
    for code, shape in ((one, box(0, 0, 1, 1)), (two, box(1, 0, 2, 1)), (OTHER, box(0, 0, 9, 9))):
        actions.draw_boundary(CENTRE, Act.new(), place=code, drawn=drawn(shape))
    levels = ("natural_village", "village")
    inside = bounds.locate(CLERK, 108.605, 27.205, levels=levels)
    assert inside is not None
    assert (inside.place, inside.metres, inside.inside, inside.derived) == (one, 0, True, False)
    beside = bounds.locate(CLERK, 108.625, 27.205, levels=levels)
    assert beside is not None
    assert beside.place == two
    assert beside.metres == pytest.approx(495, abs=5)
    assert bounds.locate(CLERK, 108.605, 27.205, levels=("grid", "village")).place == OTHER  # type: ignore[union-attr]
    assert bounds.locate(CLERK, 108.605, 27.205, levels=levels, within=OTHER).place == OTHER  # type: ignore[union-attr]
    assert bounds.locate(CLERK, 10, 20, levels=levels) is None
    assert bounds.locate(CLERK, 1000, float("nan"), levels=levels) is None


def test_a_dedicated_grid_lies_in_a_grid_of_homes_and_is_found_first() -> None:
    one = hamlet("上河")
    homes = int(actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("1网格"), covers=(one,))["code"])
    named = Named("学校网格")
    school = int(actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=named, kind="dedicated")["code"])
    assert homes < school
    for code, shape in ((VILLAGE, box(0, 0, 4, 4)), (homes, box(0, 0, 4, 4)), (school, box(1, 1, 2, 2))):
        actions.draw_boundary(CENTRE, Act.new(), place=code, drawn=drawn(shape))
    assert bounds.misfits(CLERK, school, box(1, 1, 2, 2)) == bounds.misfits(CLERK, homes, box(0, 0, 4, 4)) == []
    fit = bounds.fit(CLERK, {school: box(1, 1, 2, 2), homes: box(0, 0, 4, 4)})
    assert not any([*fit.around.values(), *fit.gaps.values()])
    there = bounds.locate(CLERK, 108.615, 27.215, levels=("grid",))
    assert there is not None
    assert (there.place, bounds.Grids(CLERK, VILLAGE).holding(108.615, 27.215)) == (school, school)
    assert bounds.Grids(CLERK, VILLAGE).holding(108.605, 27.205) == homes


def test_nobody_draws_over_another_village() -> None:
    one, far = hamlet("上河"), scope_at(OTHER, "places.edit")
    two = int(actions.add_natural_village(far, Act.new(), village=OTHER, named=Named("野寨"))["code"])
    actions.draw_boundary(CENTRE, Act.new(), place=VILLAGE, drawn=drawn(box(0, 0, 10, 10)))
    actions.derive_cells(CLERK, Act.new(), parent=VILLAGE, spots=Spots(at=((108.65, 27.25, (one,)),)))
    for place in (two, OTHER):
        with pytest.raises(BadInput, match="Most of this area"):
            actions.draw_boundary(far, Act.new(), place=place, drawn=drawn(box(0, 0, 10, 10)))
    actions.draw_boundary(far, Act.new(), place=OTHER, drawn=drawn(box(9, 0, 20, 10)))
    with pytest.raises(BadInput, match="Most of this area"):
        actions.draw_boundary(far, Act.new(), place=two, drawn=drawn(box(-500, -500, -490, -490)))
    actions.draw_boundary(far, Act.new(), place=two, drawn=drawn(box(4, 0, 15, 10)))
    found = bounds.locate(CLERK, 108.65, 27.25, levels=bounds.LIVED_IN)
    assert found is not None
    assert found.place == one, "what reaches beyond its own village doesn't take a point from another"
    actions.draw_boundary(CENTRE, Act.new(), place=OTHER, drawn=drawn(box(0, 0, 10, 10)))


def area(row: int, shape: Any, **said: Any) -> Area:
    return Area(row=row, shape=shapes.written(shape), **said)


def test_a_file_is_matched_by_code_or_name_and_taken_in_whole_or_not() -> None:
    one = hamlet("上河自然村")
    sent = actions.send_boundaries(
        CENTRE, Act.new(), place=TOWNSHIP, name="map.geojson", datum="cgcs2000",
        areas=(
            area(1, box(0, 0, 1, 1), code="9901011012010000001"),
            area(2, box(1, 0, 2, 1), name="河口 村"),
            area(3, box(0, 0, 1, 0.5), name="上河"),
            area(4, box(0, 0, 1, 0.5), name="没有村"),
            area(5, box(2, 0, 3, 1), code="990101101203"),
            area(6, box(3, 0, 4, 1), code="990101101203"),
            Area(row=7, name="凯峡河村", fault="The line crosses or touches itself."),
        ),
    )  # fmt: skip
    file = UUID(str(sent["file"]))
    read = bounds.boundary_file(CENTRE, file)
    assert [meant.place for meant in read.areas] == [VILLAGE, OTHER, one, None, None, None, None]
    assert [meant.fault for meant in read.areas[3:6]] == [UNKNOWN, TWICE, TWICE]
    with pytest.raises(BadInput, match="can't be taken in"):
        actions.import_boundaries(CENTRE, Act.new(), file_id=file, rows=(1, 4))
    assert bounds.outlines(CENTRE, [VILLAGE]) == {}
    act = Act.new()
    done = actions.import_boundaries(CENTRE, act, file_id=file, rows=(1, 2, 3))
    assert done == {"areas": 3, "left_out": 4}
    assert {code: row.source for code, row in bounds.outlines(CENTRE, [VILLAGE, OTHER, one]).items()} == dict.fromkeys(
        (VILLAGE, OTHER, one), "imported"
    )
    assert actions.import_boundaries(CENTRE, act, file_id=file, rows=(1, 2, 3)) == done
    with pytest.raises(NotFound):
        bounds.boundary_file(CENTRE, file)


def test_files_are_dropped_by_whoever_sent_them_or_after_a_day(county: Database) -> None:
    def send() -> UUID:
        sent = actions.send_boundaries(
            CLERK, Act.new(), place=VILLAGE, name="x", datum="wgs84", areas=(area(1, box(0, 0, 1, 1), name="朝阳村"),)
        )
        return UUID(str(sent["file"]))

    dropped, kept = send(), send()
    actions.drop_boundary_file(CLERK, Act.new(), file_id=dropped)
    assert [row[0] for row in bounds.boundary_files(CLERK)] == [kept]
    assert bounds.boundary_files(scope_at(OTHER, "places.edit")) == []
    assert actions.sweep_boundary_files(TIDY, Act.new(), place=TOWNSHIP)["files"] == 0
    assert jobs.sweep_files() == 0
    with county.as_role("owner") as owner:
        owner.execute("UPDATE territory_boundary_file SET at = at - interval '2 days'")
    assert (jobs.sweep_files(), jobs.sweep_files()) == (1, 0)
    for wrong in ({"datum": "moon"}, {"areas": ()}):
        said: dict[str, Any] = {"datum": "wgs84", "areas": (area(1, box(0, 0, 1, 1)),), **wrong}
        with pytest.raises(BadInput):
            actions.send_boundaries(CLERK, Act.new(), place=VILLAGE, name="x", **said)
    with pytest.raises(NotYours):
        actions.send_boundaries(
            CLERK, Act.new(), place=OTHER, name="x", datum="wgs84", areas=(area(1, box(0, 0, 1, 1)),)
        )


def test_a_name_that_several_bear_needs_the_code() -> None:
    county = scope_at(990101000000000, "places.edit")
    sent = actions.send_boundaries(
        county, Act.new(), place=990101000000000, name="x", datum="wgs84",
        areas=(area(1, box(0, 0, 1, 1), name="朝阳村"), area(2, box(1, 0, 2, 1), name="朝阳村", code="990101201201")),
    )  # fmt: skip
    read = bounds.boundary_file(county, UUID(str(sent["file"])))
    assert [(one.place, one.fault) for one in read.areas] == [(None, SEVERAL), (990101201201000, "")]


def test_a_file_is_told_how_its_areas_fit_and_snapped_before_it_is_taken_in() -> None:
    one, two, three = hamlet("上河"), hamlet("下河"), hamlet("河口")
    actions.draw_boundary(CLERK, Act.new(), place=VILLAGE, drawn=drawn(box(0, 0, 3, 1)))
    actions.draw_boundary(CLERK, Act.new(), place=one, drawn=drawn(box(0, 0, 1, 1)))
    sent = actions.send_boundaries(
        CLERK, Act.new(), place=VILLAGE, name="x", datum="wgs84",
        areas=(area(1, box(0.995, 0, 2, 1), name="下河"), area(2, box(1.99, 0, 2.9, 1.01), name="河口")),
    )  # fmt: skip
    file = UUID(str(sent["file"]))

    def fit() -> bounds.Fit:
        found = bounds.boundary_file(CLERK, file)
        return bounds.fit(CLERK, {each.place: shapes.read(each.area.shape) for each in found.good if each.place})

    def said(code: int) -> set[tuple[str, int | None]]:
        return {(each.what, each.other) for each in fit().around[code]}

    assert (said(two), said(three)) == ({("overlap", one), ("overlap", three)}, {("overlap", two), ("outside", None)})
    (gap,) = fit().gaps[VILLAGE]
    assert gap.m2 == pytest.approx(0.1 * 0.01 * 0.01 * 111_320**2 * 0.889, rel=0.02)
    with pytest.raises(BadInput, match="at least one"):
        actions.snap_boundaries(CLERK, Act.new(), file_id=file, rows=(9,))
    assert actions.snap_boundaries(CLERK, Act.new(), file_id=file, rows=(1, 2)) == {"areas": 2}
    assert (said(two), said(three)) == (set(), set())
    assert [each.m2 for each in fit().gaps[VILLAGE]] == [pytest.approx(gap.m2, rel=0.01)], (
        "a wide gap stays and is told"
    )
    assert all(each.area.snapped for each in bounds.boundary_file(CLERK, file).areas)
    assert bounds.outlines(CLERK, [two, three]) == {}
    actions.import_boundaries(CLERK, Act.new(), file_id=file, rows=(1, 2))
    assert bounds.misfits(CLERK, two, shapes.read(bounds.outlines(CLERK, [two])[two].shape)) == []


def test_an_area_that_neighbours_hold_wholly_is_not_snapped() -> None:
    one, _two = hamlet("上河"), hamlet("下河")
    actions.draw_boundary(CLERK, Act.new(), place=one, drawn=drawn(box(0, 0, 2, 2)))
    sent = actions.send_boundaries(
        CLERK, Act.new(), place=VILLAGE, name="x", datum="wgs84", areas=(area(4, box(0, 0, 1, 1), name="下河"),)
    )
    file = UUID(str(sent["file"]))
    with pytest.raises(BadInput, match="neighbours hold all of it"):
        actions.snap_boundaries(CLERK, Act.new(), file_id=file, rows=(4,))
    assert not bounds.boundary_file(CLERK, file).areas[0].area.snapped


def test_how_areas_fit_is_asked_for_all_of_them_together() -> None:
    both = {VILLAGE: box(0, 0, 1, 1), OTHER: box(0.5, 0, 2, 1)}
    counts = []
    for asked in ({VILLAGE: both[VILLAGE]}, both):
        with CaptureQueriesContext(connection) as queries:
            found = bounds.fit(CENTRE, asked)
        counts.append(len(queries))
    assert {code: [each.what for each in found.around[code]] for code in both} == {
        VILLAGE: ["overlap"],
        OTHER: ["overlap"],
    }
    assert counts[0] == counts[1]
