"""Reads of people, always within scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Q, Value, When

from commongrid.accounts import sealed
from commongrid.kernel import masking
from commongrid.kernel.identity import region_of
from commongrid.kernel.places import interval, township_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours
from commongrid.kernel.scope import ETHNIC
from commongrid.kernel.widths import digits, phone_of
from commongrid.registry.models import Correction, Household, Person, Stay
from commongrid.registry.rules.facts import SELF, SPOUSE
from commongrid.registry.rules.fields import FIELDS, FURTHER

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.places import Interval
    from commongrid.kernel.scope import Scope

FOUND = 20
MANY = 200
"""How many ids the search function gives before what is narrowed is left out."""
LISTED = 1000
"""How many people a word finds in a list of households."""
SEARCHED = 40
PRESENT: Final = ("here", "away")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as those in scope see them."""

    id: UUID
    name: str
    place: int
    account: int | None
    born_on: date | None = None
    home: tuple[int, str] | None = None
    """The natural village of their household and its number there, where they were looked for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRow:
    """A household as those in scope see it."""

    id: UUID
    place: int
    number: str


def person(scope: Scope, person_id: UUID) -> PersonRow:
    """One person in scope. Refuses NotYours."""
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotYours
    return _row(found)


def called(scope: Scope, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these people, as far as they are in sight."""
    return dict(Person.objects.filter(id__in=set(people)).values_list("id", "display_name"))


def phone_index_of(scope: Scope, person_id: UUID) -> bytes | None:
    """The blind index of a person's phone, for comparing only."""
    found = Person.objects.filter(id=person_id).values_list("phone_index", flat=True).first()
    return bytes(found) if found else None


def account_with_phone(scope: Scope, phone_index: bytes | None) -> tuple[int | None, bool]:
    """The account of the one living person with this phone who is not gone, and whether it is more than one person's.

    Whoever has gone counts as sharing it; the dead and records joined into others do not.
    """
    same = Person.objects.filter(phone_index=phone_index, phone_index__isnull=False)
    found = list(same.exclude(state__in=("dead", "merged")).values_list("account_id", "state")[:2])
    if len(found) != 1 or found[0][1] == "gone":
        return None, len(found) > 1
    return found[0][0], False


def phone_of_account(scope: Scope, account_id: int) -> str:
    """The phone of the person behind an account, for a message to it; none where it is another since the last link."""
    same = Person.objects.filter(account_id=account_id, phone_index=F("account__phone_index"))
    found = same.values_list("phone_sealed", "id").first()
    return sealed.unseal(found[0], "registry_person", "phone_sealed", found[1]) if found else ""


def find_people(scope: Scope, text: str, limit: int = FOUND, *, near: int | None = None) -> list[PersonRow]:
    """People in scope by part of the name, initials of its pinyin, whole phone or identity number; by name.

    Name and initials go through the search function, which may use its index and answers ids alone; the rows behind
    them pass row-level security. Numbers are found by their blind index, and only whole. Where a place is named that
    they are to be ``near``, the people of its village come first, then those of its township.
    """
    around = _around(near)
    return _first(meant(text, scope.lo, scope.hi, MANY, around), limit, around)


def namesakes(scope: Scope, name: str, limit: int, *, near: int | None, chosen: UUID) -> list[PersonRow]:
    """People in scope of exactly this name: whoever is chosen already, then those near a place, then the others."""
    around = _around(near)
    found = meant(name, scope.lo, scope.hi, MANY, around) | Person.objects.filter(id=chosen, state__in=PRESENT)
    return _first(found.filter(display_name=name), limit, around, chosen)


def meant(text: str, lo: int, hi: int, most: int, around: Sequence[Interval] = ()) -> QuerySet[Person]:
    """Those of a place who are meant by such a text, at most so many, and as many of each part of it ``around``.

    For queries of the register alone.
    """
    wanted = " ".join(text.replace("\x00", " ").split())[:SEARCHED]
    if not wanted:
        return Person.objects.none()
    whole = _by_number(wanted)
    if whole is None:
        asked: list[str | int] = []
        for each in ((lo, hi), *around):
            asked += [wanted.lower(), *each, most]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ".join(["SELECT find_people(%s, %s, %s, %s)"] * (1 + len(around))), asked)
            whole = Q(id__in=[row[0] for row in cursor.fetchall()])
    return Person.objects.filter(whole, place__range=(lo, hi), state__in=PRESENT)


def _around(near: int | None) -> list[Interval]:
    """The village and the township of a place, as far as it lies in them."""
    return [interval(one) for one in (village_of(near), township_of(near)) if one] if near else []


def _first(
    found: QuerySet[Person], limit: int, around: Sequence[Interval], chosen: UUID | None = None
) -> list[PersonRow]:
    """The first of them, the nearest before the others, each with the household."""
    told = [Q(id=chosen)] if chosen else []
    told += [Q(place__range=each) for each in around]
    whens = [When(one, then=Value(n)) for n, one in enumerate(told)]
    nearest = [Case(*whens, default=Value(len(told)))] if told else []
    rows = found.select_related("household").order_by(*nearest, "sort_key", "display_name", "id")[:limit]
    return [replace(_row(one), home=_home(one.household)) for one in rows]


def _home(of: Household | None) -> tuple[int, str] | None:
    return (of.natural_village, of.number) if of else None


def spouse_of(scope: Scope, card: PersonCard) -> PersonRow | None:
    """The husband or wife, as far as they are in sight: whom they married here, else who is that in the household."""
    if card.marital and not card.marital.startswith("2"):
        return None
    said = Correction.objects.stood().filter(of="person", field="marital")
    wed = said.filter(subject=card.id).order_by("-at", "-no").values("act")[:1]
    other = said.filter(act__in=wed).exclude(subject=card.id).values("subject")
    found = Person.objects.filter(id__in=other, state__in=PRESENT, marital__startswith="2").first()
    if found is None and card.household and card.as_in_home in (SELF, SPOUSE):
        role = SPOUSE if card.as_in_home == SELF else SELF
        found = Person.objects.filter(household=card.household, as_in_home=role).first()
    return _row(found) if found else None


def _by_number(text: str) -> Q | None:
    """The blind index of a whole phone or identity number, or None where the text is neither."""
    plain = digits(text).upper().removeprefix("+")
    if not (7 <= len(plain) <= 18 and plain[:-1].isdigit()):  # noqa: PLR2004 - a landline to an identity number
        return None
    return Q(phone_index=sealed.index(phone_of(plain) or plain)) | Q(id_index=sealed.index(plain))


def household(scope: Scope, household_id: UUID) -> HouseholdRow:
    """One household in scope. Refuses NotYours."""
    found = Household.objects.filter(id=household_id).first()
    if found is None:
        raise NotYours
    return HouseholdRow(id=found.id, place=found.place, number=found.number)


def _row(found: Person) -> PersonRow:
    return PersonRow(
        id=found.id, name=found.display_name, place=found.place, account=found.account_id,
        born_on=found.born_on,
    )  # fmt: skip


REVEALED: Final = {"id_number": "people.edit", "phone": "people.reveal", "bank": "people.edit", "ethnic": ETHNIC}
"""Sealed fields that can be shown with a reason, and the power that each asks for: a phone is called from the field."""


def may_reveal(scope: Scope, field: str) -> bool:
    """Whether this reader may have the field shown at all."""
    return scope.may("people.reveal") and scope.may(REVEALED[field])


def revealed(scope: Scope, person_id: UUID, field: str) -> str:
    """One sealed field of one person in the clear, for a reveal that the surface logs with its reason.

    Refuses: BadInput for another field; NotAllowed without its power; NotYours out of scope; NotFound where it's empty.
    """
    if field not in REVEALED:
        raise BadInput(N_("Choose what to show."))
    scope.demand("people.reveal")
    scope.demand(REVEALED[field])
    column = FIELDS["person"][field].kept_in
    row = Person.objects.filter(id=person_id).values_list(column, flat=True).first()
    if row is None and not Person.objects.filter(id=person_id).exists():
        raise NotYours
    if row is None:
        raise NotFound(N_("There is nothing to show."))
    return sealed.unseal(row, "registry_person", column, person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayLine:
    """One stay of a person: in which household, where, as what, from when to when."""

    household: UUID | None
    place: int
    as_to_head: str
    from_on: date | None
    to_on: date | None
    why_began: str
    why_ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person's record as those in scope read it: sealed fields masked, codes as codes."""

    id: UUID
    name: str
    place: int
    state: str
    ended_on: date | None
    sex: str
    born_on: date | None
    id_number: str
    phone: str
    bank: str
    education: str
    occupation: str
    political: str
    marital: str
    works_at: str
    household: UUID | None
    as_in_home: str
    registered_place: int | None
    collective: int | None
    region: int | None
    version: int
    erased_at: datetime | None = None
    confirmed: dict[str, str] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)
    ethnic: str = ""
    stays: tuple[StayLine, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the record can only be read."""
        return self.state not in PRESENT


def person_card(scope: Scope, person_id: UUID) -> PersonCard:
    """One person's record with where they stayed. Refuses: NotYours."""
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotYours
    lived = Stay.objects.told().filter(person_id=person_id, sort="living")
    stays = lived.order_by(F("from_on").desc(nulls_last=True), "-to_on")
    number = sealed.unseal(found.id_sealed, "registry_person", "id_sealed", found.id)
    return PersonCard(
        id=found.id, name=found.display_name, place=found.place, state=found.state, ended_on=found.ended_on,
        sex=found.sex, born_on=found.born_on,
        id_number=masking.id_number(number), region=region_of(number),
        phone=masking.phone(sealed.unseal(found.phone_sealed, "registry_person", "phone_sealed", found.id)),
        bank=masking.account(sealed.unseal(found.bank_sealed, "registry_person", "bank_sealed", found.id)),
        education=found.education, occupation=found.occupation, political=found.political, marital=found.marital,
        works_at=found.works_at, household=found.household_id, as_in_home=found.as_in_home,
        registered_place=found.registered_place, collective=found.collective, version=found.version,
        erased_at=found.erased_at,
        confirmed=found.confirmed, further={name: getattr(found, name) for name in FURTHER},
        ethnic="***" if found.ethnic_sealed else "",
        stays=tuple(
            StayLine(
                household=one.household_id, place=one.place, as_to_head=one.as_to_head, from_on=one.from_on,
                to_on=one.to_on, why_began=one.why_began, why_ended=one.why_ended,
            )
            for one in stays
        ),
    )  # fmt: skip
