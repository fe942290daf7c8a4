"""People entered: as thin as a post needs, or whole; and tied to a sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import county_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.actions.desk import Desk, change, entered, refuse_unborn
from commongrid.registry.models import Code, Household, Person
from commongrid.registry.queries.alike import alike
from commongrid.registry.rules.facts import NAME_LENGTH, NewPerson, person_of
from commongrid.registry.rules.fields import BELONGS
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries.alike import Alike

TABLE = Person._meta.db_table
ELSEWHERE = N_(
    "Somebody with this identity number is in the register already, perhaps in another township. "
    "Ask the township to hand the record over instead of entering it twice."
)
HERE = N_(
    "Somebody who may be the same person is in the register already. Look who it is; if it is another person, say so."
)
AWAY = N_(
    "Somebody of this name and date of birth is in the register already, in another place. Ask the township to hand "
    "the record over instead of entering it twice; if it is another person, say so."
)
OTHER_NAME = N_(
    "By the register somebody of another name who left the county has this identity number. Please check it."
)
SAID_AGAIN = ("education", "occupation", "political", "marital", "registered_place", "collective")
CODED = {
    "sex": "sex", "education": "education", "occupation": "occupation", "political": "political",
    "marital": "marital", "as_to_head": "relation",
}  # fmt: skip
"""Which code list each coded field of a person is drawn from."""


@action("registry.person_added", power="posts.appoint", kinds=("post", "clock"))
def add_person(scope: Scope, act: Act, *, display_name: str, place: int) -> Line:
    """Enter a person by name and place, as thin as a post needs.

    Refuses: BadInput without a name or with one over 60 characters; NotYours for a place out of scope.
    """
    name = a_name(display_name)
    if not scope.covers(place):
        raise NotYours
    Person.objects.create(
        id=act.id, display_name=name, place=place, sort_key=sort_key(name), initials=initials(name), source="post"
    )
    return Line(place=place, subject=act.id, subject_kind="person", answer={"person": act.id})


def a_name(written: str) -> str:
    """A person's name as it is kept. Refuses: BadInput for none, or one over 60 characters."""
    name = " ".join(written.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise BadInput(fields={"display_name": N_("Enter the person's name, at most 60 characters.")})
    return name


@action("registry.account_tied", power="accounts.enter", kinds=("clock",))
def tie_account(scope: Scope, act: Act, *, person_id: UUID, account_id: int) -> Line:
    """Tie a person to the account made at the first use of a one-time link.

    Refuses: NotFound for an unknown person; WrongState where another account is tied already.
    """
    person = Person.objects.select_for_update(of=("self",)).filter(id=person_id).first()
    if person is None:
        raise NotFound
    if person.account_id not in {None, account_id}:
        raise WrongState
    person.account_id = account_id
    person.save(update_fields=["account"])
    return Line(place=person.place, subject=person.id, subject_kind="person", answer={"person": person.id})


def enter(at: Desk, said: NewPerson, home: Household, **more: Any) -> Person:
    """Write a new person into a household; the stay is begun by the caller.

    Refuses: BadInput for what can't be read, for a code that no list has, for a day before the birth, and
    where a living record of the county has this identity number already.
    """
    facts = person_of(said, at.today)
    refuse_unborn(at, facts.born_on)
    refuse_codes({name: getattr(facts, name) for name in CODED})
    refuse_places(
        at.scope, {"registered_place": facts.registered_place, "collective": facts.collective}, near=home.place
    )
    ident = at.act.id
    made = Person(
        id=ident, display_name=facts.name, sort_key=sort_key(facts.name), initials=initials(facts.name),
        place=home.place, household_id=home.id, sex=facts.sex, born_on=facts.born_on,
        id_sealed=sealed.seal(facts.id_number, TABLE, "id_sealed", ident), id_index=sealed.index(facts.id_number),
        phone_sealed=sealed.seal(facts.phone, TABLE, "phone_sealed", ident), phone_index=sealed.index(facts.phone),
        education=facts.education, occupation=facts.occupation, political=facts.political, marital=facts.marital,
        as_in_home=facts.as_to_head, registered_place=facts.registered_place,
        collective=facts.collective,
        confirmed=said_fields(facts, at.on.isoformat()), source=at.told.source[:12], **more,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "registry_person_id_once" in str(error):
            raise BadInput(fields={"id_number": ELSEWHERE}) from None
        raise
    entered(at, made)
    return made


def came_back(at: Desk, said: NewPerson, home: Household, as_to_head: str) -> Person | None:
    """The record of whoever left the county for good and comes to live in a household again, by identity number.

    It goes on with what is said now. Refuses: BadInput under another name, or for a day before they left.
    """
    facts = person_of(said, at.today)
    index = sealed.index(facts.id_number)
    gone = (
        Person.objects.select_for_update(of=("self",)).filter(id_index=index, state="gone").first() if index else None
    )
    if gone is None:
        return None
    if gone.display_name != facts.name:
        raise BadInput(fields={"id_number": OTHER_NAME})
    if gone.ended_on is not None and at.on < gone.ended_on:
        raise BadInput(fields={"on": N_("This is before the person left the county. Please check the day.")})
    refuse_codes({name: getattr(facts, name) for name in CODED})
    said_now = {name: getattr(facts, name) for name in SAID_AGAIN if getattr(facts, name)}
    if facts.phone:
        said_now["phone_sealed"] = facts.phone
    change(
        at, gone, state="here", ended_on=None, works_at="", household_id=home.id, place=home.place,
        as_in_home=as_to_head, **said_now,
    )  # fmt: skip
    gone.confirmed = {**gone.confirmed, **said_fields(facts, at.on.isoformat())}
    gone.save(update_fields=("confirmed",))
    return gone


class Twice(BadInput):
    """Somebody who may be the same person is in the register already; whoever knows better says so."""

    def __init__(self, found: Alike) -> None:
        """Who it may be."""
        text = ELSEWHERE if found.numbered else HERE if found.seen else AWAY
        super().__init__(text, fields={"id_number" if found.numbered else "another": text})


def refuse_twice(at: Desk, said: NewPerson, home: Household) -> None:
    """Refuse with Twice where somebody in the register may be the person."""
    if found := alike(at.scope, person_of(said, at.today), home.id, home.place):
        raise Twice(found)


def refuse_place(scope: Scope, code: int, levels: tuple[str, ...]) -> None:
    """Refuse with NotYours a place out of scope, with BadInput one that is none today or not of these levels."""
    if not scope.covers(code):
        raise NotYours
    row = territory.places(scope, [code]).get(code)
    if row is None or row.ended or row.level not in levels:
        raise BadInput(fields={"place": N_("Choose one of the list.")})


def refuse_places(scope: Scope, given: Mapping[str, int | None], near: int) -> None:
    """Refuse with BadInput places of the wrong level, that have ended, or that lie in another county than ``near``.

    A villager group or natural village is one of the same village.
    """
    rows = territory.places(scope, {code for code in given.values() if code})
    faults = {}
    for name, code in given.items():
        row = rows.get(code) if code else None
        reach = village_of if name in ("villager_group", "natural_village") else county_of
        if code and (row is None or row.ended or row.level not in BELONGS[name] or reach(code) != reach(near)):
            faults[name] = N_("Choose a place of this county, of the right kind.")
    if faults:
        raise BadInput(fields=faults)


def said_fields(facts: NewPerson, day: str) -> dict[str, str]:
    """Which fields were said, with the day: they are fresh from it."""
    names = {"name": "display_name", "id_number": "id_number", "as_to_head": "as_in_home"}
    fields = ("name", "sex", "born_on", "id_number", "phone", "education", "occupation", "political", "marital",
              "as_to_head", "registered_place", "collective")  # fmt: skip
    return {names.get(field, field): day for field in fields if getattr(facts, field)}


def refuse_codes(given: dict[str, str]) -> None:
    """Refuse with BadInput the codes that their list doesn't have."""
    wanted = {(CODED[name], code) for name, code in given.items() if code}
    if not wanted:
        return
    lists = {one for one, _ in wanted}
    known = set(Code.objects.filter(valid(localdate()), list__in=lists).values_list("list", "code"))
    faults = {
        name: N_("Choose one of the list.") for name, code in given.items() if code and (CODED[name], code) not in known
    }
    if faults:
        raise BadInput(fields=faults)
