"""A talent that waits for the branch, days of duty, a Party group: for tests of each page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.roster import actions
from tests.factories.desk import HAMLET, TOWNSHIP, VILLAGE, id_of
from tests.factories.network import scope_as

if TYPE_CHECKING:
    from tests.factories.desk import Desk


def talent_rows(desk: Desk) -> UUID:
    """Two talents of the village, one taken in; a week on duty of the township's dispatcher. Answers the other's id."""
    clerk, today = scope_as(desk, "clerk", on=localdate()), localdate()
    person = id_of("mediator_person")
    ids = []
    for sort, skill in (("craft", "石匠，会砌堤"), ("culture", "唱山歌")):
        named = actions.Nomination(person=person, sort=sort, by="visit", skill=skill)
        done = actions.name_talent(clerk, Act.new(), village=VILLAGE, named=named, on=today, today=today)
        ids.append(UUID(done["talent"]))
    secretary = scope_as(desk, "secretary", on=today)
    said = actions.Opinion(on=today, listed=True, words="唱得好", reserve=True)
    actions.decide_talent(secretary, Act.new(), talent_id=ids[1], said=said)
    turns = actions.Turns(
        place=TOWNSHIP, post=id_of("dispatcher"), part="night", first=today, last=today + timedelta(days=6)
    )
    dispatcher = scope_as(desk, "dispatcher", on=today)
    actions.set_turns(dispatcher, Act.new(), of=turns, today=today)
    return ids[0]


def group_rows(desk: Desk) -> UUID:
    """A Party group of the village, renamed once, that takes in a natural village."""
    secretary, today = scope_as(desk, "secretary", on=localdate()), localdate()
    new = actions.NewUnit(place=VILLAGE, type="party_group", name_zh="河边党小组", valid_from=today)
    group = UUID(actions.add_unit(secretary, Act.new(), unit=new)["unit"])
    now = actions.UnitNow(name_zh="第一党小组", name_en="First Party group", office_phone="0000-8")
    actions.change_unit(secretary, Act.new(), unit_id=group, now=now)
    actions.cover(secretary, Act.new(), unit_id=group, places=(HAMLET,), on=today)
    return group
