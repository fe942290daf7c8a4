"""People whom the demo's register has twice: what the nightly look for duplicates is there to find."""

from __future__ import annotations

from datetime import date
from typing import Final

from commongrid.commands.demo import hours
from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.scope import Scope
from commongrid.registry.actions import moved_in
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import Into, NewPerson, Told
from commongrid.roster.actions import Appointment, appoint

ALIKE: Final = {"明": "铭", "芳": "方", "玲": "铃", "平": "萍", "英": "瑛", "华": "骅", "海": "亥", "文": "纹"}
"""Signs that sound the same: what somebody writes who only heard a name."""
OTHER: Final = "97"
"""GB/T 4761: otherwise related to the head."""


def keep_twice(scope: Scope, village: int, since: date) -> None:
    """Two of a village stand in relatives' households too, one of them as the name sounds; one holds a post besides."""
    with acting(scope):
        grown = Person.objects.filter(
            place__range=interval(village), state="here", household__isnull=False,
            born_on__lt=date(since.year - 18, 1, 1),
        ).order_by("place", "household__number", "born_on", "display_name")  # fmt: skip
        people = list(grown)
        homes = list(Household.objects.filter(place__range=interval(village), state="lived", began_on__lte=since)
                     .order_by("-natural_village", "-number").values_list("id", flat=True))  # fmt: skip
    first, rest = people[0], people[1:]
    heard = next((one for one in rest if one.display_name[-1] in ALIKE), rest[0])
    name = heard.display_name[:-1] + ALIKE.get(heard.display_name[-1], heard.display_name[-1])
    told = Told(on=since, source="入户登记")
    for one, written in ((first, first.display_name), (heard, name)):
        into = Into(household=next(home for home in homes if home != one.household_id), as_to_head=OTHER)
        newcomer = NewPerson(name=written, sex=one.sex, born_on=one.born_on)
        moved_in(scope, hours.act_on(since), into=into, newcomer=newcomer, told=told, another=True)
    post = Appointment(
        role="villager_rep", place=village, from_on=since, name=people[-1].display_name, title_zh="村民代表",
        title_en="Villagers' representative",
    )  # fmt: skip
    appoint(scope, hours.act_on(since), to=post)
