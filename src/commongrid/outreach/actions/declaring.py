"""What people say: members whether they are able, households whom they would like."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.outreach.models import Ability, Choice, Declaration
from commongrid.outreach.rules.words import ABOUT_NOBODY, ANSWERS, CHOICES, MOST, STANDINGS, is_phone
from commongrid.registry.models import Household, Person
from commongrid.roster.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody declared: able, declines or away; as what; for how many; their group; a number; what they can."""

    answer: str
    as_what: str = "member"
    capacity: int = 10
    group: UUID | None = None
    phone: str = ""
    can: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a household said: would like somebody, is kin, rather not, wishes for an ability or a call."""

    household: UUID
    sort: str
    member: UUID | None = None
    ability: str = ""


@action("outreach.declared", power="links.edit", facts=("on",), kinds=("post", "clock"))
def declare(scope: Scope, act: Act, *, village: int, person_id: UUID, said: Said, on: date) -> Line:
    """Enter what somebody declared about linking households, from a day on; what they said before ends then.

    Declining changes no link by itself: whoever looks after households goes on until a plan gives them to others.

    Refuses: NotYours for a village or person out of scope; BadInput for an answer, standing, number or Party group
    that is none; WrongState where something later stands already.
    """
    _refuse_said(said)
    _village(scope, village)
    if not _known(set(said.can), on):
        raise BadInput(fields={"can": N_("Choose one that is offered.")})
    if not Person.objects.filter(id=person_id, state__in=("here", "away")).exists():
        raise NotYours
    if said.group and not Unit.objects.filter(valid(on), id=said.group, place=village, type="party_group").exists():
        raise BadInput(fields={"group": N_("Choose a Party group of this village.")})
    former = Declaration.objects.select_for_update().filter(in_force(on), person=person_id)
    _cut(former, on)
    with _told():
        Declaration.objects.create(
            id=act.id, person_id=person_id, place=village, group_id=said.group, answer=said.answer,
            as_what=said.as_what, capacity=said.capacity, phone=" ".join(said.phone.split()), can=sorted(said.can),
            from_on=on,
        )  # fmt: skip
    return Line(
        place=village, subject=person_id, subject_kind="person", facts={"on": on}, answer={"declaration": act.id}
    )


@action("outreach.chosen", power="links.edit", facts=("on",), kinds=("post", "clock"))
def choose(scope: Scope, act: Act, *, wish: Wish, on: date) -> Line:
    """Enter what a household said about its contact, from a day on. No reason is asked.

    Whom it would like takes the place of whom it liked before; what it says of one person, of what it said of them.

    Refuses: NotYours for a household or person out of scope; BadInput for a choice that is none, for oneself, or
    without whom; WrongState for a household that has ended.
    """
    home = Household.objects.filter(id=wish.household).first()
    if home is None or not scope.covers(home.place):
        raise NotYours
    if home.state == "ended":
        raise WrongState(N_("This household has ended."))
    _refuse_wish(wish)
    if wish.sort == "wish" and not _known({wish.ability}, on):
        raise BadInput(fields={"ability": N_("Choose what the household wishes for.")})
    same = Q(member=wish.member) if wish.member else Q(sort=wish.sort, ability=wish.ability)
    liked = Q(sort="liked") if wish.sort == "liked" else Q(pk=None)
    _cut(Choice.objects.select_for_update().filter(in_force(on), same | liked, household=home.id), on)
    village = village_of(home.place) or home.place
    with _told():
        Choice.objects.create(
            id=act.id,
            household_id=home.id,
            place=village,
            sort=wish.sort,
            member_id=wish.member,
            ability=wish.ability,
            from_on=on,
        )
    return Line(
        place=village, subject=home.id, subject_kind="household", facts={"on": on}, answer={"choice": act.id}
    )  # fmt: skip


@action("outreach.choice_ended", power="links.edit", facts=("on",), kinds=("post", "clock"))
def take_back(scope: Scope, act: Act, *, choice_id: UUID, on: date) -> Line:
    """End what a household said, from a day on. Refuses: NotYours out of scope; WrongState where it has ended."""
    found = Choice.objects.select_for_update().filter(id=choice_id)
    one = found.first()
    if one is None:
        raise NotYours
    if one.to_on is not None and one.to_on <= on:
        raise WrongState(N_("This choice has already ended."))
    _cut(found, on)
    return Line(
        place=one.place, subject=one.household_id, subject_kind="household", facts={"on": on}, answer={"choice": one.id}
    )


def _refuse_said(said: Said) -> None:
    faults = {}
    if said.answer not in ANSWERS:
        faults["answer"] = N_("Choose an answer.")
    if said.as_what not in STANDINGS:
        faults["as_what"] = N_("Choose what they are.")
    if not 1 <= said.capacity <= MOST:
        faults["capacity"] = N_("A number from 1 to 30.")
    if said.phone.strip() and not is_phone(" ".join(said.phone.split())):
        faults["phone"] = N_("Write a telephone number and nothing else; everybody will read it.")
    if faults:
        raise BadInput(fields=faults)


def _refuse_wish(wish: Wish) -> None:
    if wish.sort not in CHOICES:
        raise BadInput(fields={"sort": N_("Choose what the household said.")})
    if (wish.member is None) != (wish.sort in ABOUT_NOBODY):
        raise BadInput(fields={"member": N_("Choose whom it is about; nobody for a wish or the phone.")})
    if (wish.ability != "") != (wish.sort == "wish"):
        raise BadInput(fields={"ability": N_("Choose what the household wishes for.")})
    if wish.member is None:
        return
    who = Person.objects.filter(id=wish.member, state__in=("here", "away")).first()
    if who is None:
        raise BadInput(fields={"member": N_("Choose a person from the list.")})
    if who.household_id == wish.household and wish.sort == "liked":
        raise BadInput(fields={"member": N_("Nobody is the contact of their own household.")})


def _known(codes: set[str], on: date) -> bool:
    return codes <= set(Ability.objects.filter(valid(on)).values_list("code", flat=True))


def _village(scope: Scope, village: int) -> None:
    if level_of(village) != "village" or not scope.covers(village):
        raise NotYours


def _cut(found: object, on: date) -> None:
    """End rows in force on a day, those of the same day for good."""
    for one in found:  # type: ignore[attr-defined]
        one.to_on = max(on, one.from_on)
        one.save(update_fields=["to_on"])


@contextmanager
def _told() -> Iterator[None]:
    """Say in words what an exclusion constraint refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise WrongState(N_("Something else holds from a later day already. End that first.")) from None
