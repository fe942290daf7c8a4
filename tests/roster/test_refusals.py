"""What the roster refuses, each with its own sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.roster import actions
from commongrid.roster.actions import Appointment, NewUnit, Nomination, Turns, UnitNow
from tests.factories.desk import COUNTY, FROM, GRID, HAMLET, OTHER_GRID, TOWNSHIP, VILLAGE, id_of
from tests.factories.network import SETTING_UP, fill, scope_as
from tests.refusing import not_so
from tests.roster.rows import talent_rows

if TYPE_CHECKING:
    from tests.factories.desk import Desk

DAY = timedelta(days=1)


def test_posts_units_and_powers(desk: Desk) -> None:
    today = localdate()
    to: dict[str, Any] = {"role": "grid_head", "place": GRID, "from_on": today}
    own = {"post_id": id_of("grid_head")}
    before = Appointment(**to | {"from_on": FROM - DAY}, name="新人")
    water: dict[str, Any] = {"unit_id": id_of("water_unit"), "on": today}
    carried = {"grid": GRID, "to": OTHER_GRID, "on": today}
    secretary = scope_as(desk, "secretary", on=today)
    person = id_of("grid_head_person")
    assert not_so(secretary, [
        (actions.hand_over, own | {"to": Appointment(**to, person=person)}, "Choose somebody else"),
        (actions.hand_over, own | {"to": before}, "The post itself began later."),
        (actions.carry_posts, carried, "This grid has not ended."),
    ]) == []  # fmt: skip
    assert not_so(SETTING_UP, [
        (actions.end_unit, water | {"unit_id": id_of("transport_unit")}, "People still hold posts in this unit."),
        (actions.end_unit, water | {"to_unit": id_of("nothing")}, "Choose a unit that is still there then"),
    ]) == []  # fmt: skip
    actions.end_unit(SETTING_UP, Act.new(), **water)
    assert not_so(SETTING_UP, [(actions.end_unit, water, "This unit has already ended.")]) == []
    power: dict[str, Any] = {"role": "grid_head", "power": "people.reveal", "from_on": today, "place": COUNTY}
    assert not_so(clock("a test", "roster.empower"), [
        (actions.give_power, power | {"role": "emperor"}, "There is no role"),
        (actions.give_power, power | {"power": "fly"}, "There is no power"),
        (actions.give_power, power | {"from_on": today - DAY}, "Powers change from today on"),
        (actions.give_power, power, "This role holds this power on that day already."),
        (actions.give_power, power | {"role": "auditor"}, "System, security and audit administrator"),
    ]) == []  # fmt: skip


def test_seats_and_units_that_cannot_be(desk: Desk) -> None:
    today = localdate()
    to: dict[str, Any] = {"role": "grid_head", "place": GRID, "from_on": today}
    unit: dict[str, Any] = {"place": VILLAGE, "type": "party_group", "name_zh": "河边党小组", "valid_from": today}
    below = UnitNow(name_zh="县交通运输局", function="transport", parent=id_of("transport_unit"))
    assert not_so(scope_as(desk, "secretary", on=today), [
        (actions.appoint, {"to": Appointment(**to | {"role": "emperor"}, name="新人")}, "Choose a role from the list."),
        (actions.appoint, {"to": Appointment(**to, name="新人", unit=id_of("none"))}, "Choose a unit from the list."),
        (actions.appoint, {"to": Appointment(**to, person=id_of("nobody"))}, "Choose a person from the list."),
        (actions.appoint, {"to": Appointment(**to, person=id_of("grid_head_person"))}, "This is so already in that"),
    ]) == []  # fmt: skip
    ended: dict[str, Any] = {"post_id": fill("grid_member", OTHER_GRID), "on": today}
    actions.end_post(SETTING_UP, Act.new(), **ended)
    assert not_so(SETTING_UP, [
        (actions.end_post, ended, "This post has already ended."),
        (actions.add_unit, {"unit": NewUnit(**unit | {"type": "department"})}, "A unit of this type does not sit"),
        (actions.add_unit, {"unit": NewUnit(**unit | {"name_zh": " "})}, "Enter the unit's name"),
        (actions.add_unit, {"unit": NewUnit(**unit, function="flying")}, "Choose a function from the list."),
        (actions.add_unit, {"unit": NewUnit(**unit, parent=id_of("none"))}, "Choose a unit from the list."),
        (actions.change_unit, {"unit_id": id_of("transport_county_unit"), "now": below}, "This unit stands below"),
        (actions.cover, {"unit_id": id_of("water_unit"), "places": (HAMLET,), "on": today}, "Choose natural villages"),
    ]) == []  # fmt: skip


def test_turns_and_talents(desk: Desk) -> None:
    today, waiting = localdate(), talent_rows(desk)
    turns: dict[str, Any] = {"place": TOWNSHIP, "post": id_of("dispatcher"), "first": today, "last": today}
    past = Turns(**turns | {"first": today - DAY}, part="night")
    elsewhere = Turns(**turns | {"post": id_of("county_leader")}, part="night")
    assert not_so(scope_as(desk, "dispatcher", on=today), [
        (actions.set_turns, {"of": Turns(**turns, part="noon"), "today": today}, "Choose one that is offered."),
        (actions.set_turns, {"of": past, "today": today}, "Who was on duty stays as it was."),
        (actions.set_turns, {"of": elsewhere, "today": today}, "Choose a post of this place"),
    ]) == []  # fmt: skip
    assert not_so(scope_as(desk, "secretary", on=today), [
        (actions.decide_talent, {"talent_id": waiting, "said": actions.Opinion(on=today, listed=True, words=words)},
         "Write what the branch said")
        for words in (" ", "好" * 201)
    ]) == []  # fmt: skip
    clerk = scope_as(desk, "clerk", on=today)
    left: dict[str, Any] = {"talent_id": waiting, "on": today}
    named = Nomination(person=id_of("mediator_person"), sort="craft", by="visit", skill=" ")
    name: dict[str, Any] = {"village": VILLAGE, "today": today}
    actions.end_talent(clerk, Act.new(), **left)
    assert not_so(clerk, [
        (actions.end_talent, left, "They have left the talent register already."),
        (actions.name_talent, name | {"named": named, "on": today}, "Say in a few words what they are good at"),
        (actions.name_talent, name | {"named": replace(named, skill="石匠"), "on": today + DAY}, "This day is in the"),
    ]) == []  # fmt: skip
