"""Households founded, split, merged and given another head."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.registry.actions.desk import (
    Desk,
    change,
    desk,
    entered,
    home,
    lived,
    living,
    touch,
    unsure,
)
from commongrid.registry.actions.marks import carry_marks, pass_marks
from commongrid.registry.actions.people import refuse_codes, refuse_place, refuse_places
from commongrid.registry.actions.stays import Turn, begin_stay, end_stay, headless_from, turn_stay
from commongrid.registry.models import Household, Person, Stay
from commongrid.registry.rules.facts import (
    DOOR_LENGTH,
    HEADS,
    IN_LAW,
    OTHER_SIDE,
    RELATIVE,
    SELF,
    SPOUSE,
    Into,
    NewHome,
    Told,
    as_to,
    number_of,
)
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

SERVED_FROM = ("grid", "natural_village", "village")
NOBODY_STAYS = N_("Nobody would stay. Enter the new household first, then merge this one into it.")
SECOND_HEAD = N_("This household has a head. Choose what the person is to them.")
NOT_OF_IT = N_("Choose people who live in this household.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who leaves a household to found another: the people, their head, and the new home."""

    people: tuple[UUID, ...]
    head: UUID
    home: NewHome


@action("registry.household_added", power="people.edit", kinds=("post", "clock"))
def found_household(scope: Scope, act: Act, *, new: NewHome) -> Line:
    """Enter a living household: where it is served from, its natural village, its number there, its door and point.

    It is empty until somebody moves in.

    Refuses: NotYours for a place out of scope; BadInput without a number or
    with one that is taken there, for a place that serves no home, where the natural village
    or group is none, has ended or lies in another village than the place, and for a point that is none.
    """
    today = territory.calendar(scope).day_of(act.at)
    made = founded(desk(scope, act, Told(on=new.began_on or today)), new, act.id)
    return Line(place=made.place, subject=made.id, subject_kind="household", answer={"household": made.id})


@action("registry.household_split", power="people.edit", facts=("from", "people"), kinds=("post", "clock"))
def split(scope: Scope, act: Act, *, household_id: UUID, leaving: Leaving, told: Told) -> Line:
    """Some of a household found one of their own; the old one remains readable as it was (分户).

    Where its head leaves, the spouse, else the eldest who stays, becomes head until the clerk says another.

    Refuses: NotYours out of scope; WrongState where it was changed meanwhile; BadInput without people, with people
    of another household, with a head who doesn't go along, or when nobody would stay.
    """
    at = desk(scope, act, told)
    old = home(at, household_id, seen=told.seen)
    new = split_off(at, old, leaving)
    return Line(
        place=new.place, subject=new.id, subject_kind="household",
        facts={"from": str(old.id), "people": len(set(leaving.people))}, answer={"household": new.id},
    )  # fmt: skip


def split_off(at: Desk, old: Household, leaving: Leaving) -> Household:
    """Those who leave live in a household of their own now. Refuses: BadInput as ``split``."""
    people = living(old)
    going = [one for one in people if one.id in leaving.people]
    staying = [one for one in people if one.id not in leaving.people]
    if len(going) != len(set(leaving.people)) or not going:
        raise BadInput(fields={"people": NOT_OF_IT})
    if not staying:
        raise BadInput(fields={"people": NOBODY_STAYS})
    head = next((one for one in going if one.id == leaving.head), None)
    if head is None:
        raise BadInput(fields={"head": N_("The head of the new household is one of those who leave.")})
    new = founded(at, replace(leaving.home, began_on=leaving.home.began_on or at.on), at.act.id)
    as_to_head = turned(head, going)
    for one in going:
        move_into(at, one, new, as_to_head=as_to_head[one.id], why="split", head=one.id == head.id)
        if as_to_head[one.id] == RELATIVE:
            unsure(one, "as_in_home")
    change(at, new, head_id=head.id, state=lived(going))
    changed = change(at, old, state=lived(staying))
    if old.head_id in leaving.people:
        succeed(at, old, staying)
    elif not changed:
        touch(old)
    return new


@action(
    "registry.household_merged", power="people.edit", facts=("into", "from_place", "people"), kinds=("post", "clock")
)
def merge_households(scope: Scope, act: Act, *, household_id: UUID, into: Into, told: Told) -> Line:
    """Everybody of a household moves into another, and the first ends (并户).

    ``into.as_to_head`` is what its head becomes there; the others follow from
    that as "other relative" unless certain: the children of whoever joins their spouse are children there.
    A household that nobody lives in takes them as they are: so a whole household moves.

    Refuses: NotYours out of scope; WrongState where one has ended or changed; BadInput for a household into itself, a
    second head, or a code no list has.
    """
    if household_id == into.household:
        raise BadInput(N_("Choose another household to merge into."))
    at = desk(scope, act, told)
    old, new = home(at, household_id, seen=told.seen), home(at, into.household)
    people, head, whole = living(old), old.head_id, new.head_id is None
    head_as = its_head_or(new, into.as_to_head)
    for one in people:
        joins = head_as if one.id == head else beside(head_as, one)
        to_head = one.as_in_home if whole else joins
        move_into(at, one, new, as_to_head=to_head, why="merged", head=whole and one.id == head)
        if not whole and one.id != head and to_head == RELATIVE:
            unsure(one, "as_in_home")
    end_home(at, old, into=new)
    change(at, new, state=lived(living(new)), head_id=head if whole else new.head_id)
    return Line(
        place=new.place, subject=old.id, subject_kind="household",
        facts={"into": str(new.id), "from_place": old.place, "people": len(people)}, answer={"household": new.id},
    )  # fmt: skip


@action("registry.head_changed", power="people.edit", kinds=("post", "clock"))
def set_head(scope: Scope, act: Act, *, household_id: UUID, person_id: UUID, told: Told) -> Line:
    """Another of the household becomes its head; what the others are to the head is turned round (变更户主).

    Refuses: NotYours out of scope; WrongState where it was changed meanwhile; BadInput for somebody who doesn't live
    there.
    """
    at = desk(scope, act, told)
    of = home(at, household_id, seen=told.seen)
    people = living(of)
    head = next((one for one in people if one.id == person_id), None)
    if head is None:
        raise BadInput(fields={"head": NOT_OF_IT})
    if head.id not in _there(at, of):
        raise BadInput(fields={"on": N_("This is before the person came to this household. Please check the day.")})
    if of.head_id != head.id:
        seat(at, of, head, people)
    return Line(place=of.place, subject=of.id, subject_kind="household", answer={"household": of.id})


def move_into(at: Desk, who: Person, new: Household, *, as_to_head: str, why: str, head: bool = False) -> None:
    """End the stay where they are and begin one in the other household; the record's place and marks follow."""
    left = who.place
    end_stay(at, who, why=why)
    change(at, who, household_id=new.id, place=new.place, as_in_home=as_to_head)
    begin_stay(at, who, new, as_to_head=as_to_head, why=why, head=head)
    carry_marks(at, who, left=left)


def its_head_or(where: Household, as_to_head: str) -> str:
    """What somebody who comes is to the head of a household: the head themselves where it has none yet.

    Refuses: BadInput for a code no list has, and for a second head.
    """
    refuse_codes({"as_to_head": as_to_head})
    if where.head_id is None:
        return SELF
    if as_to_head in HEADS:
        raise BadInput(fields={"as_to_head": SECOND_HEAD})
    return as_to_head


def end_home(at: Desk, old: Household, *, into: Household | None = None) -> None:
    """The household ends: nobody is left, or it went on in another, with what was recognised of it as a whole."""
    pass_marks(at, old, into)
    change(at, old, state="ended", ended_on=at.on, head_id=None, became=into.id if into else None)


def leave_empty(at: Desk, old: Household) -> None:
    """Nobody is left and the home stays; what was recognised of those who lived there as a whole ends."""
    pass_marks(at, old, None)
    change(at, old, state="empty", head_id=None)


def succeed(at: Desk, of: Household, staying: list[Person]) -> None:
    """The head has gone: the spouse, else the eldest of those who were there then, becomes head."""
    there = _there(at, of)
    first = [one for one in staying if one.id in there] or staying
    seat(at, of, next((one for one in first if one.as_in_home == SPOUSE), first[0]), staying)


def _there(at: Desk, of: Household) -> set[UUID]:
    return set(Stay.objects.on(at.on).filter(household_id=of.id).values_list("person_id", flat=True))


def seat(at: Desk, of: Household, head: Person, people: list[Person]) -> None:
    """Make one of them the head; what everybody is to the head is turned round, with a stay from that day.

    Whoever came later is it from when they came, and nobody before the last who is there no longer ceased to be head.
    """
    as_to_head, day = turned(head, people), headless_from(at, of, people)
    led = set(Stay.objects.after(at.on).filter(household_id=of.id, head=True).values_list("person_id", flat=True))
    for one in sorted(people, key=lambda each: each.id == head.id):  # the head last: there is one at a time
        to_head = as_to_head[one.id]
        if to_head != one.as_in_home or one.id in {head.id, of.head_id, *led}:
            guessed = to_head == RELATIVE != one.as_in_home
            change(at, one, as_in_home=to_head)
            if guessed:
                unsure(one, "as_in_home")
            turn_stay(at, one, of, Turn(as_to_head=to_head, why="head", head=one.id == head.id, on=day))
    change(at, of, head_id=head.id)


def turned(head: Person, people: list[Person]) -> dict[UUID, str]:
    """What each of these people is to one of them as their head."""
    former = head.as_in_home or SELF
    children, in_law = ([one for one in people if one.as_in_home == code] for code in (former, IN_LAW.get(former)))
    couple = len(children) == len(in_law) == 1
    return {
        one.id: SELF if one.id == head.id else as_to(former, one.as_in_home, sex=one.sex, couple=couple)
        for one in people
    }


def beside(former: str, one: Person) -> str:
    """What one of a merged household is to the new head, from what their own head becomes: a guess to be mended."""
    return as_to(OTHER_SIDE[former], one.as_in_home, sex=one.sex) if former in OTHER_SIDE else RELATIVE


def founded(at: Desk, new: NewHome, ident: UUID) -> Household:
    """Enter a household as it is written down. Refuses: as ``found_household``."""
    refuse_place(at.scope, new.place, SERVED_FROM)
    number = number_of(new.number)
    hamlet = territory.places(at.scope, [new.natural_village]).get(new.natural_village)
    if hamlet is None or hamlet.ended or hamlet.level != "natural_village" or hamlet.parent != village_of(new.place):
        raise BadInput(fields={"natural_village": N_("Choose a natural village of the same village.")})
    if len(new.door) > DOOR_LENGTH:
        raise BadInput(fields={"door": N_("At most 120 characters.")})
    refuse_places(at.scope, {"villager_group": new.villager_group}, near=new.place)
    said: dict[str, Any] = {"number": number, "door": " ".join(new.door.split()), "villager_group": new.villager_group}
    said |= _point(new)
    made = Household(
        id=ident, place=new.place, natural_village=new.natural_village, state="empty", began_on=new.began_on, **said,
        confirmed=dict.fromkeys((name for name, value in said.items() if value), at.on.isoformat()),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise BadInput(fields={"number": N_("The natural village has a household of this number already.")}) from None
    entered(at, made)
    return made


def _point(new: NewHome) -> dict[str, object]:
    """Where the home is, if anybody has measured it."""
    if new.lon is None or new.lat is None:
        return {}
    if not (-180 <= new.lon <= 180 and -90 <= new.lat <= 90):  # noqa: PLR2004 - degrees
        raise BadInput(fields={"point": N_("This point is not on the earth. Longitude first, then latitude.")})
    return {"lon": new.lon, "lat": new.lat, "point": "measured"}
