"""Households, booklets, sites, things and organisations of a day: today's by their records, earlier as they were then.

What began after the day isn't there, what has ended since is. Each field stands under its name with ``_then``. In which
grid a site or thing lies is kept of today alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import BigIntegerField, CharField, Exists, F, Field, OuterRef, Q, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, village_of
from commongrid.registry.models import (
    Correction,
    Household,
    Membership,
    Organisation,
    Person,
    RegisteredHousehold,
    Site,
    Thing,
)
from commongrid.registry.queries.booklets import counted
from commongrid.registry.queries.former import value_on
from commongrid.registry.queries.holdings import number_of
from commongrid.registry.queries.then import stays_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from django.db.models.expressions import Combinable

Within = tuple[int, int]
TABLES: Final[dict[str, Any]] = {
    "household": Household, "booklet": RegisteredHousehold, "site": Site, "thing": Thing, "organisation": Organisation,
}  # fmt: skip
FIELDS: Final = {
    "household": ("place", "villager_group", "number", "door", "state"), "booklet": (),
    "site": ("kind", "name", "door", "use", "hazard", "built_on", "storeys", "area_m2", "self_built", "owner_id"),
    "thing": ("kind", "name", "mark", "every_months", "last_check_on", "next_check_on", "condition", "keeper_id",
              "site_id"),
    "organisation": ("place", "kind", "name", "credit_code", "founded_on"),
}  # fmt: skip
"""Fields of which the day's value is told."""
BEGAN: Final = {
    "household": "began_on", "booklet": "began_on", "site": "built_on", "organisation": "founded_on",
}  # fmt: skip
"""The field that says since when a record's subject is there, where one does."""


def records_on(of: str, on: date, within: Within, *, ended: bool = False) -> Any:
    """The records of a kind that were there on a day; ``ended``: those that had ended by then instead."""
    table, now = TABLES[of], on >= localdate()
    stood = Q(ended_on=None) if now else _stood(of, on)
    rows = table.objects.filter(Q(ended_on__lte=on) if ended else stood)
    rows = rows.annotate(**{f"{name}_then": _then(of, name, on) for name in FIELDS[of]})
    village = village_of(within[0])
    if now or "place" not in FIELDS[of] or village is None or within[1] > interval(village)[1]:
        return rows.filter(place__range=within)
    return rows.filter(place__range=interval(village), place_then__range=within)


def homes_on(on: date, within: Within, registered_at: Within, *, ended: bool = False) -> Any:
    """Households of a day with their head, their number of people, how many of them are away and registered there."""
    rows = _with_head(records_on("household", on, within, ended=ended), on, "living", "household")
    if on >= localdate():
        lives: Any = Person.objects.filter(household=OuterRef("pk"))
        away, registered = lives.filter(state="away"), lives.filter(registered_place__range=registered_at)
        who = "pk"
    else:
        lives, who = stays_on(on, "living").filter(household=OuterRef("pk")), "person"
        away = _in_state(lives, on).filter(state_then="away")
        registered = lives.filter(person__registered_place__range=registered_at)
    return rows.annotate(
        size=number_of(lives, "household", who), away=number_of(away, "household", who),
        registered=number_of(registered, "household", who),
    )  # fmt: skip


def booklets_on(on: date, within: Within) -> Any:
    """Booklets of a day with their head, how many stood in each and how many of them lived here."""
    rows = records_on("booklet", on, within)
    if on >= localdate():
        return counted(rows)
    stood = stays_on(on, "registered").filter(booklet=OuterRef("pk"))
    lived = Exists(stays_on(on, "living").filter(person=OuterRef("person")))
    return _with_head(rows, on, "registered", "booklet").annotate(
        size=number_of(stood, "booklet", "person"),
        resident=number_of(_in_state(stood, on).filter(lived, state_then="here"), "booklet", "person"),
    )


def holdings_on(of: str, on: date, within: Within) -> Any:
    """Sites, things or organisations of a day; an organisation with who led it and how many belonged to it."""
    rows = records_on(of, on, within)
    if of != "organisation":
        return rows
    held = Membership.objects.filter(in_force(on), organisation=OuterRef("pk"))
    return rows.annotate(
        size=number_of(held, "organisation", "person"),
        leads=Subquery(held.filter(duty="leader").values("name")[:1]),
    )


def names(found: Iterable[Any], relation: str) -> dict[UUID | None, str]:
    """What the people or sites that a field of these records named on their day are called today, by id."""
    table, called = (Site, "name") if relation == "site" else (Person, "display_name")
    ids = {getattr(one, f"{relation}_id_then") for one in found} - {None}
    return dict(table.objects.filter(id__in=ids).values_list("id", called))


def due_then(on: date) -> Q:
    """Things of a day that should have been checked by then, or that are checked at times and never were."""
    return Q(next_check_on_then__lte=on) | Q(next_check_on_then=None, every_months_then__isnull=False)


def _stood(of: str, on: date) -> Q:
    """What was there: not ended by then, and begun; what came in with a file began nobody knows when."""
    later = Correction.objects.filter(subject=OuterRef("pk"), of=of, field="*", since_on__gt=on, undone_by=None)
    stood = Q(batch__isnull=False) | Q(~Exists(later))
    if began := BEGAN.get(of):
        stood = Q(**{f"{began}__lte": on}) | Q(**{began: None}) & stood
    return (Q(ended_on=None) | Q(ended_on__gt=on)) & stood


def _then(of: str, name: str, on: date) -> Combinable:
    """A field as it was on a day; a text that was empty is empty."""
    field: Field[Any, Any] = TABLES[of]._meta.get_field(name.removesuffix("_id"))
    if on >= localdate():
        return F(name)
    if field.is_relation:
        return value_on(of, name, on, UUIDField())
    if isinstance(field, CharField):
        return Coalesce(value_on(of, name, on, CharField()), Value(""))
    return value_on(of, name, on, BigIntegerField() if name in ("place", "villager_group") else field)


def _with_head(rows: Any, on: date, sort: str, of: str) -> Any:
    """Households or booklets with their head of the day: who it was, under which name, their phone."""
    if on >= localdate():
        heads: dict[str, Any] = {
            "head_then": F("head_id"), "heads_name": F("head__display_name"), "heads_phone": F("head__phone_sealed"),
        }  # fmt: skip
        return rows.annotate(**heads)
    led = stays_on(on, sort).filter(**{of: OuterRef("pk")}, head=True).order_by("from_on")
    rows = rows.annotate(head_then=Subquery(led.values("person_id")[:1]), heads_name=Subquery(led.values("name")[:1]))
    who = Person.objects.filter(pk=OuterRef("head_then"))
    return rows.annotate(heads_phone=Subquery(who.values("phone_sealed")[:1]))


def _in_state(stays: Any, on: date) -> Any:
    """Stays with whether the person was here or away on the day."""
    return stays.annotate(
        state_then=value_on("person", "state", on, CharField(), record="person_id", now="person__state")
    )
