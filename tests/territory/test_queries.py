"""Reads of places and of the county's clock."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from commongrid.kernel.clock import seeded_calendar
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import clock, public
from commongrid.territory import queries
from tests.factories.places import SIBLING, as_owner, bring, whole
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

EYE = clock("test")
COUNTY, TOWNSHIP, VILLAGE = 990101000000000, 990101101000000, 990101101201000


def test_calendar_is_the_published_one_and_is_read_anew_when_it_changes(database: Database) -> None:
    assert queries.calendar(EYE) == seeded_calendar()
    with pytest.raises(NotFound, match="No county has been set up yet"):
        queries.county(EYE)
    with as_owner(database):
        bring(whole(), date(2026, 1, 5))
    before = queries.calendar(EYE)
    assert queries.calendar(EYE) is before
    with database.as_role("owner") as owner:
        owner.execute("INSERT INTO territory_calendar_day VALUES ('2027-01-04', false, '试', 'Try', '县里', true)")
        owner.execute("UPDATE territory_office_hours SET closes = '17:30' WHERE closes = '18:00'")
        assert queries.calendar(EYE) is before
        owner.execute("UPDATE territory_county SET calendar_version = calendar_version + 1")
    after = queries.calendar(EYE)
    assert (before.works(date(2027, 1, 4)), after.works(date(2027, 1, 4))) == (True, False)
    assert after.office[-1][1] == time(17, 30)
    assert after.published_until == date(2026, 12, 31)
    assert [row.provisional for row in queries.calendar_days(EYE, 2027).values()] == [True]


def test_county_is_the_one_that_holds_the_scope_else_the_first_real_one(database: Database) -> None:
    with as_owner(database):
        bring([*whole(), *SIBLING], date(2026, 1, 5))
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_county SET demo = true WHERE code = %s", [COUNTY])
    assert queries.county(scope_at(VILLAGE)).code == COUNTY
    assert queries.county(EYE).code == queries.county(public()).code == 990102000000000
    assert queries.county(scope_at(VILLAGE)).label("en") == "云岭县"


def test_places_are_read_by_every_scope(database: Database) -> None:
    with as_owner(database):
        bring(whole(), date(2026, 1, 5))
    anyone = public()
    assert [row.name for row in queries.path(anyone, VILLAGE)] == ["云岭县", "白沙镇", "朝阳村村民委员会"]
    assert queries.counts_below(anyone, COUNTY) == {"township": 3, "village": 9}
    assert queries.counts_per_child(anyone, COUNTY)[TOWNSHIP] == {"township": 1, "village": 3}
    assert len(queries.children(anyone, TOWNSHIP)) == 3
    assert queries.counties(anyone)[0].shown == "990101000000"
    assert queries.home(scope_at(VILLAGE + 3)) == VILLAGE
    with pytest.raises(NotFound, match="There is no place with the code 990101101299"):
        queries.place(anyone, 990101101299000)


def test_search_places_ranks_and_leaves_ended_ones_out(database: Database) -> None:
    with as_owner(database):
        bring(whole(), date(2026, 1, 5))
        bring([row for row in whole() if row[0] != "990101201201"], date(2026, 2, 1))

    def found(text: str, **how: object) -> list[int]:
        return [row.code for row in queries.search_places(EYE, text, **how)]  # type: ignore[arg-type]

    assert found("朝阳") == found("cyc") == found("CYC") == [VILLAGE]
    assert found("朝阳", ended=True) == [VILLAGE, 990101201201000]
    assert found("白沙镇")[0] == TOWNSHIP
    assert found("990101101") == [TOWNSHIP, VILLAGE, VILLAGE + 1000, VILLAGE + 2000]
    assert found("村", within=TOWNSHIP, levels=["village"], limit=2) == found("村", within=TOWNSHIP)[:2]
    assert found("") == found("   ") == found("%") == found("_") == found("x" * 300) == found("\x00\ud800") == []


def test_crowded_villages_are_named(database: Database) -> None:
    with as_owner(database):
        bring([*whole(), ("990101101201801", "网格", "grid", "")], date(2026, 1, 5))
    assert queries.crowded_villages(EYE) == {VILLAGE: 801}
