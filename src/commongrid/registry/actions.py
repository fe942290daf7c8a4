"""What is done with people, so far those who hold posts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.models import Household, Person
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

NAME_LENGTH, NUMBER_LENGTH = 60, 20


@action("registry.person_added", power="posts.appoint", kinds=("post", "clock"))
def add_person(scope: Scope, act: Act, *, display_name: str, place: int) -> Line:
    """Enter a person by name and place, as thin as a post needs.

    Refuses: BadInput without a name or with one over 60 characters; NotYours for a place out of scope.
    """
    name = " ".join(display_name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise BadInput(fields={"display_name": N_("Enter the person's name, at most 60 characters.")})
    if not scope.covers(place):
        raise NotYours
    Person.objects.create(id=act.id, display_name=name, place=place)
    return Line(place=place, subject=act.id, subject_kind="person", answer={"person": act.id})


@action("registry.household_added", power="posts.appoint", kinds=("post", "clock"))
def add_household(scope: Scope, act: Act, *, place: int, natural_village: int, number: str) -> Line:
    """Enter a household thinly: where it is served from, its natural village, its number there.

    Refuses: NotYours for a place out of scope; BadInput without a number or with one that is taken there, and where
    the natural village is none, has ended or lies in another village than the place.
    """
    if not scope.covers(place):
        raise NotYours
    wanted = "".join(number.split())
    if not 1 <= len(wanted) <= NUMBER_LENGTH or not wanted.isprintable():
        raise BadInput(fields={"number": N_("Enter the household's number.")})
    hamlet = territory.places(scope, [natural_village]).get(natural_village)
    if hamlet is None or hamlet.ended or hamlet.level != "natural_village" or hamlet.parent != village_of(place):
        raise BadInput(fields={"natural_village": N_("Choose a natural village of the same village.")})
    try:
        with transaction.atomic():
            Household.objects.create(id=act.id, place=place, natural_village=natural_village, number=wanted)
    except IntegrityError:
        raise BadInput(fields={"number": N_("The natural village has a household of this number already.")}) from None
    return Line(place=place, subject=act.id, subject_kind="household", answer={"household": act.id})


@action("registry.account_tied", power="accounts.enter", kinds=("clock",))
def tie_account(scope: Scope, act: Act, *, person_id: UUID, account_id: int) -> Line:
    """Tie a person to the account made at the first use of a one-time link.

    Refuses: NotFound for an unknown person; WrongState where another account is tied already.
    """
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise NotFound
    if person.account_id not in {None, account_id}:
        raise WrongState
    person.account_id = account_id
    person.save(update_fields=["account"])
    return Line(place=person.place, subject=person.id, subject_kind="person", answer={"person": person.id})
