"""Ledgers of homes, booklets, sites, things and organisations as of an earlier day: what was there, as it was then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.ledgers import LEDGERS, totals
from commongrid.registry.rules.own_ledgers import Spec
from tests.factories.desk import GRID, OTHER_GRID, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet

if TYPE_CHECKING:
    from tests.bed import Database

FIELD = scope_at(VILLAGE, "people.confirm")
TOLD, LATER, LATEST = Told(on=DAY), Told(on=date(2026, 5, 2)), Told(on=date(2026, 6, 2))
BEFORE, APRIL, MAY, JULY = date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 3), date(2026, 7, 1)
TODAY = localdate()
WANTED = queries.Wanted(place=VILLAGE, population="resident", on=TODAY, since=DAY)


def rows(code: str, on: date, **more: Any) -> list[dict[str, Any]]:
    """The rows of a ready ledger on a day; its totals count the same."""
    wanted, of = replace(WANTED, on=on, **more), LEDGERS[code]
    with acting(CLERK):
        found = [dict(row.values) for row in queries.ledger_rows(CLERK, of, wanted)]
        assert queries.ledger_size(CLERK, of, wanted) == len(found)
        assert queries.ledger_totals(CLERK, of, wanted).all == totals(of, found).all
    return found


def own(of: str, on: date, **filters: str) -> list[dict[str, Any]]:
    """The rows of an own ledger on a day."""
    with acting(CLERK):
        spec = Spec(of=of, columns=("place",), filters=filters)
        return [dict(row.values) for row in queries.own_rows(CLERK, spec, replace(WANTED, on=on))]


def add(of: str, told: Told = TOLD, **written: str) -> UUID:
    """A site, thing or organisation in the first grid."""
    new = actions.NewHolding(of=of, place=GRID, written=written)
    return UUID(actions.add_holding(CLERK, Act.new(), new=new, told=told)[of])


def correct(of: str, subject: UUID, told: Told, **written: str) -> None:
    """Fields of a record became others on a day."""
    fields = actions.Fields(of=of, subject=subject, written=written)
    actions.correct(CLERK, Act.new(), fields=fields, told=told)


def named(found: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the rows."""
    return [tuple(row[column] for column in columns) for row in found]


def test_sites_of_a_day_with_the_hazard_and_owner_of_then(village: Hamlet) -> None:
    _home, (head, wife, *_rest) = village.family()
    site = add("site", kind="12", name="老屋", hazard="23", owner=str(head), area_m2="98.5")
    correct("site", site, LATER, hazard="", owner=str(wife), self_built="1", name="新屋")
    seen = named(rows("hazards", APRIL), "name", "hazard", "owner")
    assert seen == [("老屋", "23", "周一")]
    assert (rows("hazards", BEFORE), rows("hazards", MAY), rows("self_built", APRIL)) == ([], [], [])
    assert named(rows("self_built", MAY), "name", "owner") == [("新屋", "吴二")]
    actions.end_holding(CLERK, Act.new(), of="site", subject=site, told=LATEST)
    assert named(rows("self_built", MAY), "name") == [("新屋",)]
    assert named(own("site", APRIL, hazard="23"), "name", "self_built") == [("老屋", "0")]
    assert rows("self_built", JULY) == own("site", JULY) == own("site", TODAY) == []


def test_what_was_built_before_it_was_entered_or_came_in_with_a_file_was_there(
    village: Hamlet, database: Database
) -> None:  # fmt: skip
    add("site", kind="12", name="旧房", self_built="1", built_on="1990-01-01", told=LATEST)
    add("site", kind="12", name="在建", self_built="1", built_on="2026-05-20", told=LATEST)
    add("site", kind="12", name="不详", self_built="1", told=LATEST)
    assert named(rows("self_built", APRIL), "name") == [("旧房",)]
    assert len(rows("self_built", JULY)) == 3
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_site SET batch = gen_random_uuid() WHERE name = '不详'")
    assert {row["name"] for row in rows("self_built", APRIL)} == {"旧房", "不详"}


def test_things_of_a_day_with_their_last_check_of_then(village: Hamlet) -> None:
    _home, (head, wife, *_rest) = village.family()
    dog = add("thing", kind="41", name="黄狗", keeper=str(head), every_months="2")
    assert named(rows("due", APRIL), "name", "last_check_on") == [("黄狗", None)]
    actions.check_thing(FIELD, Act.new(), thing_id=dog, sound=False, told=LATER)
    correct("thing", dog, LATEST, keeper=str(wife))
    assert named(rows("dogs", MAY), "keeper", "condition", "next_check_on") == [("周一", "fault", date(2026, 7, 2))]
    assert (named(rows("due", APRIL), "condition"), rows("due", MAY)) == ([("",)], [])
    assert named(rows("dogs", TODAY), "keeper") == [("吴二",)]
    assert own("thing", APRIL, condition="fault") == []


def test_organisations_of_a_day_with_whoever_led_and_belonged_to_them_then(village: Hamlet) -> None:
    _home, (head, wife, *_rest) = village.family()
    of = add("organisation", kind="41", name="理事会")
    for who, duty, told in ((head, "leader", TOLD), (wife, "leader", LATER)):
        actions.join(CLERK, Act.new(), organisation_id=of, person_id=who, duty=duty, told=told)
    assert named(rows("organisations", APRIL), "leader", "members") == [("周一", 1)]
    assert named(rows("organisations", MAY), "leader", "members") == [("吴二", 1)]
    actions.end_holding(CLERK, Act.new(), of="organisation", subject=of, told=LATEST)
    assert named(own("organisation", MAY), "name", "leader", "people") == [("理事会", "吴二", 1)]
    assert rows("organisations", JULY) == rows("organisations", BEFORE) == []


def test_booklets_of_a_day_with_their_head_and_who_stood_in_them(village: Hamlet) -> None:
    _home, (head, wife, *_rest) = village.family()
    new = actions.NewBooklet(place=VILLAGE, number="1")
    booklet = UUID(actions.open_booklet(CLERK, Act.new(), new=new, told=TOLD)["booklet"])
    for who in (head, wife):
        actions.enrol(CLERK, Act.new(), person_id=who, booklet_id=booklet, as_to_head="10", told=TOLD)
    actions.left_for_work(CLERK, Act.new(), person_id=wife, to="", told=LATER)
    actions.strike(CLERK, Act.new(), person_id=head, told=LATEST)
    assert named(rows("booklets", APRIL), "name", "people", "here") == [("周一", 2, 2)]
    assert named(rows("booklets", MAY), "name", "people", "here") == [("周一", 2, 1)]
    assert named(rows("booklets", TODAY), "name", "people", "here") == [("吴二", 1, 0)]
    assert rows("booklets", BEFORE) == []


def test_households_of_a_day_with_their_state_head_and_people_of_then(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    for who in (head, wife, son, father):
        actions.left_for_work(CLERK, Act.new(), person_id=who, to="", told=LATER)
    actions.returned(CLERK, Act.new(), person_id=father, told=LATEST)
    actions.set_head(CLERK, Act.new(), household_id=home, person_id=father, told=LATEST)
    assert rows("homes_away", APRIL) == rows("homes_away", TODAY) == []
    assert named(rows("homes_away", MAY), "name", "people", "home_state") == [("周一", 4, "away")]
    assert rows("homes_away", MAY, population="registered") == []
    assert named(own("household", MAY), "head", "people", "away") == [("周一", 4, 4)]
    assert named(own("household", TODAY), "head", "people", "away") == [("周四", 4, 3)]
    actions.serve_from(CLERK, Act.new(), household_id=home, place=OTHER_GRID, told=LATEST)
    assert named(own("household", MAY, grid=str(GRID)), "grid") == [(GRID,)]
    assert own("household", TODAY, grid=str(GRID)) == own("household", date(2025, 12, 1)) == []
