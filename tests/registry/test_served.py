"""A household is served from another grid, by hand or by a list: what is its goes along, and comes back when undone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotYours, WrongState
from commongrid.registry import actions
from commongrid.registry.importing import actions as importing
from commongrid.registry.models import Flag, HardshipFlag, Household, Person, Site, Stay, Thing
from commongrid.registry.rules.facts import Told
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet, broken_laws
from tests.registry.importing.test_taking import homes, take

if TYPE_CHECKING:
    from tests.bed import Database

DAY = timedelta(1)
TOLD = Told(on=Act.new().at.date(), source="村委会")
CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship")
WHERE = ("household", "people", "stays", "flags", "hardship", "dwelling", "thing")


def equipped(village: Hamlet, database: Database) -> UUID:
    """A family with a mark, a mark of hardship, a house of its own and a thing in it."""
    home, people = village.family()
    for code in ("veteran", "disabled"):
        what = actions.Recognised(type_code=code, person=people[3])
        actions.flag(CIVIL, Act.new(), what=what, told=TOLD)
    house = actions.NewHolding(of="site", place=GRID, written={"kind": "11", "name": "老屋"})
    site = actions.add_holding(CLERK, Act.new(), new=house, told=TOLD)["site"]
    fields = actions.Fields(of="household", subject=home, written={"dwelling": site})
    actions.correct(CLERK, Act.new(), fields=fields, told=TOLD)
    well = actions.NewHolding(of="thing", place=GRID, written={"kind": "99", "name": "水泵"})
    thing = UUID(actions.add_holding(CLERK, Act.new(), new=well, told=TOLD)["thing"])
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_thing SET household = %s WHERE id = %s", [home, thing])
    return home


def where(home: UUID) -> dict[str, set[int]]:
    """Where what belongs to a household lies."""
    with acting(CIVIL):
        rows: dict[str, Any] = {
            "household": Household.objects.filter(id=home), "people": Person.objects.filter(household=home),
            "stays": Stay.objects.filter(household=home, to_on=None), "flags": Flag.objects.filter(household=home),
            "hardship": HardshipFlag.objects.filter(household=home), "dwelling": Site.objects.all(),
            "thing": Thing.objects.filter(household=home),
        }  # fmt: skip
        return {name: set(found.values_list("place", flat=True)) for name, found in rows.items()}


def serve(home: UUID, place: int = OTHER_GRID, **more: Any) -> UUID:
    """The household is served from there; answers the act."""
    act = Act.new()
    actions.serve_from(CLERK, act, household_id=home, place=place, told=Told(on=TOLD.on, **more))
    return act.id


def all_at(place: int) -> dict[str, set[int]]:
    return {name: {place} for name in WHERE}


def test_what_is_of_a_household_goes_along_and_comes_back(village: Hamlet, database: Database) -> None:
    home = equipped(village, database)
    done = serve(home)
    assert where(home) == all_at(OTHER_GRID)
    assert broken_laws() == []
    actions.undo(CLERK, Act.new(), done=done, told=TOLD)
    assert where(home) == all_at(GRID)
    assert broken_laws() == []


def test_a_list_of_households_takes_their_people_along(village: Hamlet, database: Database) -> None:
    home = equipped(village, database)
    taken = take(homes({"natural_village": "上河", "number": "1", "grid": "第2网格"}))
    assert where(home) == all_at(OTHER_GRID)
    assert broken_laws() == []
    importing.undo_import(CLERK, Act.new(), batch_id=UUID(taken["batch"]), reason="填错")
    assert where(home) == all_at(GRID)
    assert broken_laws() == []


def test_who_is_served_where_nobody_may_say(village: Hamlet, database: Database) -> None:
    home = village.home("7")
    for place, sentence in ((GRID, "already"), (HAMLET, "of the list"), (VILLAGE + 9, "of the list")):
        with pytest.raises(BadInput) as refused:
            serve(home, place)
        assert sentence in refused.value.fields["place"]
    with pytest.raises(NotYours):
        serve(home, OTHER_VILLAGE + 2)
    with pytest.raises(WrongState):
        serve(home, seen=0)
    done = serve(home)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [GRID])
    with pytest.raises(WrongState, match="has ended"):
        actions.undo(CLERK, Act.new(), done=done, told=TOLD)


def test_a_day_before_the_grid_or_the_last_change_is_refused(village: Hamlet, database: Database) -> None:
    home, _people = village.family()
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_from = %s WHERE code = %s", [TOLD.on - 9 * DAY, OTHER_GRID])
    late = Told(on=TOLD.on - 10 * DAY)
    with pytest.raises(BadInput) as refused:
        actions.serve_from(CLERK, Act.new(), household_id=home, place=OTHER_GRID, told=late)
    assert "on" in refused.value.fields
    actions.serve_from(CLERK, Act.new(), household_id=home, place=OTHER_GRID, told=Told(on=TOLD.on - 8 * DAY))
    with pytest.raises(BadInput) as refused:
        actions.serve_from(CLERK, Act.new(), household_id=home, place=GRID, told=Told(on=TOLD.on - 9 * DAY))
    assert "on" in refused.value.fields
    serve(home, GRID)


def test_what_has_ended_since_comes_back_too(village: Hamlet) -> None:
    home, people = village.family()
    done = Act.new()
    actions.serve_from(CLERK, done, household_id=home, place=OTHER_GRID, told=Told(on=TOLD.on - 5 * DAY))
    actions.died(CLERK, Act.new(), person_id=people[3], told=Told(on=TOLD.on - 2 * DAY))
    actions.undo(CLERK, Act.new(), done=done.id, told=TOLD)
    with acting(CLERK):
        assert set(Stay.objects.filter(household=home).values_list("place", flat=True)) == {GRID}


def test_an_unseen_mark_of_hardship_goes_along_when_a_grid_is_carried_on(village: Hamlet) -> None:
    who = UUID(actions.add_person(CLERK, Act.new(), display_name="岗位上的人", place=GRID)["person"])
    actions.flag(CIVIL, Act.new(), what=actions.Recognised(type_code="disabled", person=who), told=TOLD)
    editor = scope_at(VILLAGE, "places.edit", "people.read")
    actions.carry_grid(editor, Act.new(), grid=GRID, to=OTHER_GRID, on=TOLD.on)
    with acting(CIVIL):
        assert HardshipFlag.objects.get(person=who).place == Person.objects.get(id=who).place == OTHER_GRID
