"""Who lived or was registered somewhere on a day, as what to whom: today by the records, earlier by the stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BigIntegerField, CharField, Exists, F, Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Length, LPad
from django.utils.timezone import localdate

from commongrid.kernel.places import interval, village_of
from commongrid.registry.models import Correction, Household, Person, Stay
from commongrid.registry.queries.former import value_on
from commongrid.registry.rules.facts import SELF

if TYPE_CHECKING:
    from django.db.models import QuerySet

Within = tuple[int, int]
HOME: Final = {
    "home_number": "household__number", "hamlet": "household__natural_village", "group": "household__villager_group",
    "heads_name": "household__head__display_name",
}  # fmt: skip
NOW: Final = {
    "home_then": "household_id", "relation_then": "as_in_home", "state_then": "state", "works_then": "works_at",
}  # fmt: skip
_BY_HOME: Final = Func(
    Cast("household__natural_village", TextField()),
    LPad(Cast(Length("household__number"), TextField()), 3, Value("0")),
    "household__number", "as_to_head", template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField(),
)  # fmt: skip
"""By hamlet and number (9 before 10), the head first; nothing where the household is out of sight."""
LIVING: Final = ("here", "away")
GONE: Final = ("died", "moved_out")
CAME: Final = ("born", "moved_in")


def people_on(on: date, population: str, within: Within) -> QuerySet[Any]:
    """The people of a population on a day, with what they were then.

    ``home_then`` is their household, ``relation_then`` what they were to its head, ``state_then`` here or away,
    ``works_then`` where. Everything else is the record of today.
    """
    if on >= localdate():
        rows = Person.objects.filter(_population(population, within), state__in=LIVING)
        return rows.annotate(**{name: F(path) for name, path in NOW.items()})
    lived = stays_on(on, "living").filter(person=OuterRef("pk")).order_by("from_on")
    rows = Person.objects.filter(_were(on, population, within), Q(born_on=None) | Q(born_on__lte=on))
    rows = rows.annotate(
        home_then=Subquery(lived.values("household_id")[:1]), state_then=value_on("person", "state", on, CharField()),
        works_then=value_on("person", "works_at", on, CharField()),
        relation_then=Coalesce(Subquery(lived.values("as_to_head")[:1]), Value("")),
    )  # fmt: skip
    return rows.filter(were(on, LIVING)).exclude(state="merged")


def were(on: date, states: Sequence[str]) -> Q:
    """People of a day who were in one of these states.

    Nearly all are in it as ever, which is said beside: PostgreSQL would take those who were then for next to nobody.
    """
    then = Q(state_then__in=states)
    told = Correction.objects.filter(of="person", field="state").values("subject")
    return then if on >= localdate() else ~Q(id__in=told) & Q(state__in=states) | then


def led(on: date, homes: QuerySet[Any, Any]) -> Q:
    """People of a day who led one of these households, found by their stays: so where they lived is read of few."""
    then = Q(home_then__in=homes, relation_then=SELF)
    if on >= localdate():
        return then
    heads = stays_on(on, "living").filter(household__in=homes, as_to_head=SELF)
    return Q(id__in=heads.values("person_id")) & then


def at_home(rows: Any, on: date) -> Any:
    """People of a day with their household: its number and ``hamlet``, in whose order they are read, group and head.

    ``by_home`` is that order of an earlier day with what they were to the head, as one text: each part by itself would
    look for their stay once more.
    """
    if on >= localdate():
        return rows.annotate(**{name: F(path) for name, path in HOME.items()})
    home = Household.objects.filter(pk=OuterRef("home_then"))
    heads = stays_on(on, "living").filter(household=OuterRef("home_then"), head=True)
    columns = {name: path.removeprefix("household__") for name, path in HOME.items() if name != "heads_name"}
    lived = stays_on(on, "living").filter(person=OuterRef("pk")).order_by("from_on")
    return rows.annotate(
        by_home=Subquery(lived.annotate(by_home=_BY_HOME).values("by_home")[:1]),
        **{name: Subquery(home.values(column)[:1]) for name, column in columns.items()},
        heads_name=Subquery(heads.values("name")[:1]),
    )


def as_now(rows: QuerySet[Person]) -> QuerySet[Any]:
    """People as their records are today."""
    return rows.annotate(**{name: F(path) for name, path in (NOW | HOME).items()})


def stays_on(on: date, sort: str) -> QuerySet[Stay]:
    """The stays in force on a day. One that came in with the person's record in a file began nobody knows when.

    The file's day is asked for as a range: by equality PostgreSQL would read all that ever came in, not that of a few.
    """
    its_day = (OuterRef("from_on"), OuterRef("from_on"))
    came_in = Correction.objects.filter(
        act=OuterRef("batch"), subject=OuterRef("person"), field="*", since_on__range=its_day
    )
    begun = Q(from_on=None) | Q(from_on__lte=on) | Exists(came_in)
    return Stay.objects.told().filter(begun, Q(to_on=None) | Q(to_on__gt=on), sort=sort)


def left_since(on: date, within: Within) -> QuerySet[Stay]:
    """Who lived there on a day and has a record out of sight now: what their stays still say."""
    if on >= localdate():
        return Stay.objects.none()
    seen = Person.objects.filter(pk=OuterRef("person"))
    rows = _there(stays_on(on, "living").filter(~Exists(seen)), within, on).select_related("household")
    return rows.order_by("place", "household__number", "id")


def lives(within: Within) -> tuple[QuerySet[Stay], QuerySet[Stay]]:
    """Beginnings and ends of living in a household there."""
    rows = Stay.objects.told().filter(sort="living")
    return _there(rows, within, OuterRef("from_on")), _there(rows, within, OuterRef("to_on"))


def _there(rows: QuerySet[Stay], within: Within, on: date | OuterRef) -> QuerySet[Any]:
    """Stays at a place on a day. Grids may have been divided anew since: within their village, so it is asked there."""
    village = village_of(within[0])
    if village is None or within == interval(village) or within[1] > interval(village)[1]:
        return rows.filter(place__range=within)
    later = Correction.objects.stood().filter(of="household", field="place", subject=OuterRef("household"))
    later = later.filter(since_on__gt=on).order_by("since_on", "at", "no")
    was = Subquery(later.values(was=Cast("before", BigIntegerField()))[:1])
    here = rows.annotate(place_then=Coalesce(was, F("place"), output_field=BigIntegerField()))
    return here.filter(place__range=interval(village), place_then__range=within)


def registrations(within: Within) -> tuple[QuerySet[Stay], QuerySet[Stay]]:
    """Beginnings and ends of being registered there, births and deaths of those without a booklet among them.

    The first booklet of somebody born into the register is no event besides the birth; a file tells who is registered,
    not since when.
    """
    booklets = Q(sort="registered", place__range=within)
    registered = Person.objects.filter(registered_place__range=within).values("id")
    its = Stay.objects.filter(person=OuterRef("person"))
    born = Exists(its.filter(why_began="born")) & ~Exists(
        its.filter(sort="registered", from_on__lt=OuterRef("from_on"))
    )
    begun = booklets & Q(batch=None) & ~born | Q(sort="living", why_began="born", person__in=registered)
    gone = Q(sort="living", why_ended__in=GONE, person__in=registered)
    alone = ~Exists(its.filter(sort="registered", ended_by=OuterRef("ended_by")))
    return Stay.objects.told().filter(begun), Stay.objects.told().filter(booklets | gone & alone)


def _population(population: str, within: Within) -> Q:
    if population == "registered":
        return Q(registered_place__range=within)
    return Q(household__isnull=False, place__range=within)


def _were(on: date, population: str, within: Within) -> Q:
    """Those with a stay there then; who stands in no booklet is registered where the record says."""
    sort = "registered" if population == "registered" else "living"
    were = Q(id__in=_there(stays_on(on, sort), within, on).values("person_id"))
    if sort == "registered":
        without = ~Exists(Stay.objects.filter(person=OuterRef("pk"), sort="registered"))
        were |= Q(without, registered_place__range=within)
    return were
