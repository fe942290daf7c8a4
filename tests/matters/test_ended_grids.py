"""Open matters of a grid that has ended go along: to the grid that carries it on, with whoever answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.insight.queries.county_sheet import county_sheet
from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.matters import actions, jobs
from commongrid.matters.actions import Contact
from commongrid.matters.actions.ticking import TICK
from commongrid.registry.models import Person
from commongrid.roster.actions import end_post
from tests.factories.desk import GRID, OTHER_GRID, VILLAGE, id_of
from tests.factories.network import SETTING_UP, TODAY, fill
from tests.factories.scopes import scope_at
from tests.matters.conftest import peopled
from tests.matters.test_correcting import row
from tests.matters.test_loop import assert_owed
from tests.roster.dividing.conftest import SECRETARY, Land, laid

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.factories.scenes import Scene

QUARREL, LAMP = "A02", "G03"
HEAD = ("matters.read", "matters.accept", "matters.handle", "matters.settle")


@pytest.fixture
def county(database: Database) -> tuple[Scene, Land]:
    """The desk's county with somebody in every post, and forty households in its village."""
    return peopled(database), laid()


def living_in(home: UUID) -> Contact:
    """Whoever lives there reports."""
    with acting(SECRETARY):
        return Contact(
            name="某", phone="13812341234", person=Person.objects.filter(household=home).values_list("id", flat=True)[0]
        )


def went(matter: UUID) -> list[Any]:
    """The journal's lines about leaving its grid."""
    with acting(TICK):
        return [one for one in history(TICK, matter) if one.name == "matters.grid_ended"]


def test_it_goes_to_the_new_grid_once_somebody_answers_there(county: tuple[Scene, Land]) -> None:
    scene, land = county
    home = land.homes[0]
    quarrel = scene.report("争田水", kind=QUARREL, place=GRID, by="grid_head", contact=living_in(home))
    begun = scene.do(
        "grid_head",
        actions.start,
        scene.report("争地界", kind=QUARREL, place=GRID, by="grid_head", contact=living_in(home)),
    )
    lamp = scene.report("路灯不亮", kind=LAMP, place=GRID, by="clerk", contact=living_in(home))
    nobodys = scene.report("路灯不亮", kind=LAMP, place=GRID, by="clerk")
    due = row(quarrel).due_at
    assert [row(one).owner_level for one in (quarrel, begun, lamp, nobodys)] == ["grid", "grid", "village", "village"]
    assert jobs.follow_grids() == 0
    land.adopt(land.propose())
    new = land.places()[home]
    assert jobs.follow_grids() == 2, "what others have goes at once"
    assert [row(one).place for one in (quarrel, begun, lamp, nobodys)] == [GRID, GRID, new, VILLAGE]
    assert jobs.follow_grids() == jobs.fall() == 0, "whoever still answers for the ended grid keeps what it has"
    head = fill("grid_head", new, from_on=localdate())
    assert jobs.follow_grids() == 2
    assert jobs.follow_grids() == jobs.fall() == 0
    for matter, state in ((quarrel, "reported"), (begun, "in_hand")):
        found = assert_owed(matter)
        assert (found.state, found.place, found.owner_level, found.owner_place) == (state, new, "grid", new)
        assert found.place_then == GRID, "figures count it where it was"
        (line,) = went(matter)
        assert (line.place, line.facts["was_place"], line.facts["had"], line.facts["has"]) == (
            new,
            GRID,
            "grid",
            "grid",
        )
    assert row(quarrel).due_at == due
    heads = scope_at(new, *HEAD, level="grid", narrow="grids", grids=(new,), post=head)
    actions.answer(heads, Act.new(), matter_id=begun, answer="两家当面说清，界石已重立。")
    assert row(begun).state in ("answered", "to_rate", "to_file", "to_pass")


def test_it_falls_to_the_village_where_nobody_answers_for_either(county: tuple[Scene, Land]) -> None:
    scene, land = county
    home = land.homes[0]
    quarrel = scene.report("争田水", kind=QUARREL, place=GRID, by="grid_head", contact=living_in(home))
    far = scene.report("争晒坝", kind=QUARREL, place=GRID, by="grid_head")
    land.adopt(land.propose())
    for post in ("grid_head", "grid_member"):
        end_post(SETTING_UP, Act.new(), post_id=id_of(post), on=localdate())
    assert jobs.fall() == 2
    assert jobs.fall() == jobs.follow_grids() == 0
    found = [assert_owed(one) for one in (quarrel, far)]
    assert [one.place for one in found] == [land.places()[home], VILLAGE]
    assert {(one.owner_level, one.owner_place, one.place_then) for one in found} == {("village", VILLAGE, GRID)}
    assert [(one.facts["had"], one.facts["has"]) for one in went(far)] == [("grid", "village")]


def test_what_has_ended_stays_and_past_figures_with_it(county: tuple[Scene, Land], client: Client) -> None:
    scene, land = county
    eye = clock("a test", "links.read", "people.read", "matters.read")
    over = scene.do("clerk", actions.reject, scene.report("路灯不亮", kind=LAMP, place=GRID), reason="路灯已自行修好")
    open_one = scene.report("路灯不亮", kind=LAMP, place=GRID, by="clerk", contact=living_in(land.homes[0]))
    with acting(eye):
        before = {place: county_sheet(eye, place, TODAY) for place in (VILLAGE, GRID, OTHER_GRID)}
    land.adopt(land.propose())
    assert jobs.follow_grids() == 1
    assert (row(over).place, went(over)) == (GRID, [])
    with acting(eye):
        assert {place: county_sheet(eye, place, TODAY) for place in before} == before
    page = scene.desk.sign_in(client, "clerk").get(reverse("matter", args=[open_one])).content.decode()
    assert "Its grid has ended, so it went along" in page
    assert "(before: Grid 1)" in page


def test_a_grid_that_ends_without_a_heir_leaves_it_to_the_village(county: tuple[Scene, Land]) -> None:
    scene, _land = county
    lamp = scene.report("路灯不亮", kind=LAMP, place=OTHER_GRID, by="clerk")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = %s WHERE code = %s", [localdate(), OTHER_GRID])
    assert jobs.follow_grids() == 1
    assert row(lamp).place == VILLAGE
