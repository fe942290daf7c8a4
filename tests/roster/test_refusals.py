"""What the roster refuses, each with its own sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.roster import actions
from commongrid.roster.actions import Appointment, Turns
from tests.factories.desk import COUNTY, FROM, GRID, OTHER_GRID, TOWNSHIP, id_of
from tests.factories.network import SETTING_UP, scope_as
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


def test_turns_and_talents(desk: Desk) -> None:
    today, waiting = localdate(), talent_rows(desk)
    turns: dict[str, Any] = {"place": TOWNSHIP, "post": id_of("dispatcher"), "first": today, "last": today}
    past = Turns(**turns | {"first": today - DAY}, part="night")
    assert not_so(scope_as(desk, "dispatcher", on=today), [
        (actions.set_turns, {"of": Turns(**turns, part="noon"), "today": today}, "Choose one that is offered."),
        (actions.set_turns, {"of": past, "today": today}, "Who was on duty stays as it was."),
    ]) == []  # fmt: skip
    assert not_so(scope_as(desk, "secretary", on=today), [
        (actions.decide_talent, {"talent_id": waiting, "said": actions.Opinion(on=today, listed=True, words=words)},
         "Write what the branch said")
        for words in (" ", "好" * 201)
    ]) == []  # fmt: skip
