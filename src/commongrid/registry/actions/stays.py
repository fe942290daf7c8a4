"""Stays begun, ended, turned and opened again, in whatever order things are told.

What is heard of late reaches back: the stay of that day is cut short, and what was told of later days never was so.
Only the person's own move to another household bars what is told of a day before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, Q

from commongrid.kernel.refusals import N_, BadInput
from commongrid.registry.actions.marks import where_the_home_is
from commongrid.registry.models import Household, Person, Stay
from commongrid.registry.models.people import VOID

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from commongrid.registry.actions.desk import Desk
    from commongrid.registry.models import RegisteredHousehold


LIVED_IN: Final = N_("Others lived in this household until after this day. Please check the day.")
MOVED_SINCE: Final = N_("This is before the person came to this household. Undo that move first, then enter both.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What somebody becomes to the head of their household, why, whether the head, and not before which day."""

    as_to_head: str
    why: str
    head: bool = False
    on: date | None = None


def begin_stay(at: Desk, who: Person, into: Household, *, as_to_head: str, why: str, head: bool = False) -> None:
    """From this day the person lives in that household. An earlier stay must have been ended.

    Refuses: BadInput for the first in an empty one, where others lived there on that day or later.
    """
    if head and Stay.objects.after(at.on).filter(household_id=into.id, head=True).exists():
        raise BadInput(fields={"on": LIVED_IN})
    _begin(at, who, into, as_to_head=as_to_head, head=head, since=(at.on, why))


def begin_in_booklet(
    at: Desk, who: Person, into: RegisteredHousehold, *, as_to_head: str, head: bool, why: str = "enrolled"
) -> None:
    """From this day the person stands in that booklet. An earlier stay must have been ended."""
    _begin(at, who, into, as_to_head=as_to_head, head=head, since=(at.on, why))


def _begin(
    at: Desk, who: Person, into: Household | RegisteredHousehold, *, as_to_head: str, head: bool,
    since: tuple[date, str],
) -> None:  # fmt: skip
    where = {"household_id": into.id} if isinstance(into, Household) else {"booklet_id": into.id}
    Stay(
        id=at.child(), person_id=who.id, sort="living" if isinstance(into, Household) else "registered", **where,
        place=into.place, name=who.display_name, as_to_head=as_to_head, head=head, from_on=since[0],
        why_began=since[1], began_by=at.act.id,
    ).save(force_insert=True)  # fmt: skip


def end_stay(at: Desk, who: Person, *, why: str, sort: str = "living") -> None:
    """Until this day the person was in the household they are in; what was told of it later (another head) is void.

    Refuses: BadInput where that is before they came.
    """
    _cut(at, still_there(at, who, sort), at.on, why)


def still_there(at: Desk, who: Person, sort: str = "living") -> list[Stay]:
    """What the person's leaving on this day would end, the latest first, locked.

    Refuses: BadInput where that is before they came.
    """
    stays = _held(at, who, sort)
    if stays and (_home(stays[-1]) != _home(stays[0]) or _later(at, stays[-1])):
        raise BadInput(fields={"on": MOVED_SINCE})
    return stays


def close_stays(at: Desk, who: Person, *, why: str, sort: str = "living") -> None:
    """The record ends with this day: the stay of the day ends, those told of later days never were.

    Refuses: BadInput where they lived nowhere yet on that day.
    """
    stays = _held(at, who, sort)
    if stays and sort == "living" and _later(at, stays[-1]):
        raise BadInput(fields={"on": N_("This is before the person came to this household. Please check the day.")})
    _cut(at, stays, at.on, why)


def turn_stay(at: Desk, who: Person, of: Household | RegisteredHousehold, to: Turn) -> None:
    """From this day, or from when they came where that was later, the person is something else to the head."""
    day = max(at.on, to.on or at.on)
    run: list[Stay] = []
    for stay in Stay.objects.after(day).filter(person_id=who.id, sort=_sort(of)).select_for_update():
        if _home(stay) != of.id or (run and stay.to_on != run[-1].from_on):
            break
        run.append(stay)
    since = (day, to.why)
    if run and run[-1].from_on is not None and run[-1].from_on > day:
        since = (run[-1].from_on, run[-1].why_began)
    _cut(at, run, day, to.why)
    _begin(at, who, of, as_to_head=to.as_to_head, head=to.head, since=since)


def headless_from(at: Desk, of: Household | RegisteredHousehold, people: Iterable[Person]) -> date:
    """From which day on another can be its head: this one, or when somebody who is there no longer ceased to be."""
    column = "household_id" if isinstance(of, Household) else "booklet_id"
    rows = Stay.objects.after(at.on).filter(**{column: of.id}, head=True, to_on__isnull=False)
    others = rows.exclude(person_id__in=[one.id for one in people])
    return max([at.on, *(stay.to_on for stay in others if stay.to_on)])


def reopen_stays(done: UUID) -> None:
    """Stays that an act ended hold again: until the next that stands, or for good.

    The people's records are as before already: of several that began on one day the last is the one that they tell of.
    """
    Stay.objects.filter(began_by=done).delete()
    home = Q(household=OuterRef("household"), as_in_home=OuterRef("as_to_head"))
    booklet = Q(booklet=OuterRef("booklet"), as_in_booklet=OuterRef("as_to_head"))
    told = Stay.objects.annotate(last=Exists(Person.objects.filter(home | booklet, id=OuterRef("person"))))
    for stay in told.filter(ended_by=done).order_by(F("from_on").desc(nulls_last=True), "-last", "-id"):
        rows = Stay.objects.told().filter(person_id=stay.person_id, sort=stay.sort).exclude(id=stay.id)
        after = rows.filter(from_on__isnull=False) if stay.from_on is None else rows.filter(from_on__gte=stay.from_on)
        follows = after.exclude(to_on=F("from_on")).order_by("from_on").first()
        until, by, why = (follows.from_on, follows.began_by, follows.why_began) if follows else (None, None, "")
        Stay.objects.filter(id=stay.id).update(to_on=until, ended_by=by, why_ended=why, place=where_the_home_is())


def _held(at: Desk, who: Person, sort: str) -> list[Stay]:
    """What holds this day or a later one, the latest first, locked; nothing where they are in no household now."""
    stays = list(Stay.objects.after(at.on).filter(person_id=who.id, sort=sort).select_for_update())
    return stays if stays and stays[0].to_on is None else []


def _later(at: Desk, stay: Stay) -> bool:
    return stay.from_on is not None and at.on < stay.from_on


def _cut(at: Desk, stays: list[Stay], day: date, why: str) -> None:
    """End stays, the latest first, with a day: what began later never was so."""
    for stay in stays:
        void = stay.from_on is not None and (stay.from_on > day or (stay.from_on == day and stay is not stays[-1]))
        stay.to_on, stay.why_ended = (stay.from_on, VOID) if void else (day, why)
        stay.ended_by = at.act.id
        stay.save(update_fields=("to_on", "why_ended", "ended_by"))


def _sort(of: Household | RegisteredHousehold) -> str:
    return "living" if isinstance(of, Household) else "registered"


def _home(stay: Stay) -> UUID | None:
    return stay.household_id or stay.booklet_id
