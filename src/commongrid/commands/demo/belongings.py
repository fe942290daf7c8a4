"""What else a demo village has: booklets, a school and a pond, things that are checked, an association, a report."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django.utils import timezone

from commongrid.commands.demo import hours
from commongrid.kernel.scope import Scope
from commongrid.registry import actions
from commongrid.registry.rules.facts import Told

SITES: Final = (
    {"kind": "22", "name": "小学", "door": "村口", "storeys": "3"},
    {"kind": "42", "name": "山塘", "hazard": "13"},
    {"kind": "12", "name": "老屋", "hazard": "23", "self_built": "1", "storeys": "2"},
)
THINGS: Final = (
    {"kind": "12", "name": "灭火器", "mark": "M-01", "every_months": "6"},
    {"kind": "14", "name": "路灯", "mark": "L-07", "every_months": "12"},
    {"kind": "13", "name": "大喇叭", "every_months": "3"},
    {"kind": "41", "name": "土狗"},
)
CHECKED: Final = (200, 30)
"""So many days ago the first things were checked: one is due again, one is not."""


def furnish(
    scope: Scope, village: int, grid: int, families: list[list[UUID]], since: date, *, booklets: bool = True
) -> None:
    """Sites, things and an association for a village; a booklet for each family, which its head heads."""
    told = Told(on=since, source="普查")
    heads = [one[0] for one in families if one]
    for sort in SITES:
        owner = {"owner": str(heads[0])} if sort["kind"] == "12" else {}
        _add(scope, "site", grid, {**sort, **owner}, told)
    for n, sort in enumerate(THINGS):
        thing = _add(scope, "thing", grid, {**sort, "keeper": str(heads[n % len(heads)])}, told)
        if n < len(CHECKED):
            done = hours.act(CHECKED[n])
            looked = Told(on=timezone.localdate(done.at), source="网格巡查")
            actions.check_thing(scope, done, thing_id=thing, sound=n == 0, told=looked)
    council = _add(scope, "organisation", village, {"kind": "41", "name": "红白理事会"}, told)
    for head, duty in zip(heads, ("leader", "deputy", "member", "member"), strict=False):
        actions.join(scope, hours.act_on(told.on), organisation_id=council, person_id=head, duty=duty, told=told)
    for n, people in enumerate(families if booklets else (), 1):
        _register(scope, village, f"{n:04}", people[:3], told)


def _add(scope: Scope, of: str, place: int, written: dict[str, str], told: Told) -> UUID:
    new = actions.NewHolding(of=of, place=place, written=written)
    return UUID(str(actions.add_holding(scope, hours.act_on(told.on), new=new, told=told)[of]))


def _register(scope: Scope, village: int, number: str, people: list[UUID], told: Told) -> None:
    """A booklet with the couple and their first child in it."""
    new = actions.NewBooklet(place=village, number=number)
    booklet = UUID(str(actions.open_booklet(scope, hours.act_on(told.on), new=new, told=told)["booklet"]))
    for one, code in zip(people, ("", "10", "97"), strict=False):
        actions.enrol(scope, hours.act_on(told.on), person_id=one, booklet_id=booklet, as_to_head=code, told=told)
