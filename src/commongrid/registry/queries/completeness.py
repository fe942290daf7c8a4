"""What is missing or stale: of one household, of the households of a grid, and counted by place and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform

from commongrid.journal.dated import valid
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotFound
from commongrid.registry.models import (
    FieldRule,
    Household,
    Membership,
    Organisation,
    Person,
    RecordTally,
    Site,
    Thing,
)
from commongrid.registry.rules.fields import FIELDS
from commongrid.registry.rules.freshness import ADULT, ELDER, SCHOOL, Gap, Record, Rule, Score, gaps, score

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

LIVE: Final[dict[str, tuple[Any, Q]]] = {
    "person": (Person, Q(state__in=("here", "away"), household__isnull=False)),
    "household": (Household, Q(state__in=("lived", "away"))),
    "site": (Site, Q(ended_on=None)),
    "thing": (Thing, Q(ended_on=None)),
    "organisation": (Organisation, Q(ended_on=None)),
}
"""Which records are looked at, by kind; an empty home has nobody to ask."""
KEPT_IN: Final = {
    ("household", "head"): "head_id", ("household", "point"): "point", ("site", "point"): "lon",
}  # fmt: skip
"""Columns of fields that no form corrects."""
HOMES = 100
"""Households of a page of the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTally:
    """Of one field at one place: in how many records it is asked for, missing, stale, and since when."""

    place: int
    of: str
    field: str
    who: str
    weight: int
    asked: int
    missing: int
    stale: int
    since: date | None

    @property
    def score(self) -> Score:
        """By weight."""
        return Score(asked=self.asked * self.weight, fresh=(self.asked - self.missing - self.stale) * self.weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAsk:
    """What to ask about one record of a household next time: the household itself, or somebody of it."""

    of: str
    subject: UUID
    name: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLabel:
    """A household by its natural village and number."""

    id: UUID
    natural_village: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeScore:
    """How complete the records of a household are: the score of the records, how much to ask for."""

    id: UUID
    natural_village: int
    number: str
    door: str
    score: Score
    missing: int
    stale: int


def field_rules(scope: Scope, today: date) -> list[Rule]:
    """What is asked for on a day."""
    return [
        Rule(of=one.of, field=one.field, who=one.who, need=one.need, fresh_days=one.fresh_days, weight=one.weight)
        for one in FieldRule.objects.filter(valid(today)).order_by("of", "position", "field", "who")
    ]


def to_ask(scope: Scope, household_id: UUID, today: date) -> tuple[list[ToAsk], Score]:
    """What to ask a household for next time, and the score of its records."""
    rules = field_rules(scope, today)
    home = Household.objects.filter(id=household_id).first()
    if home is None or home.state == "ended":
        return [], Score()
    records = [("household", home.id, "", record_of(home))]
    people = Person.objects.filter(household_id=home.id, state__in=("here", "away")).order_by("born_on", "id")
    records += [("person", one.id, one.display_name, record_of(one)) for one in people]
    total, found = Score(), []
    for of, subject, name, record in records:
        total += score(rules, record, today)
        if wanting := gaps(rules, record, today):
            found.append(ToAsk(of=of, subject=subject, name=name, gaps=tuple(wanting)))
    return found, total


def home_scores(scope: Scope, place: int, today: date, page: int = 1) -> tuple[list[HomeScore], bool]:
    """A page of the households of a grid, natural village or villager group, the most to ask first; if more follow."""
    rules = field_rules(scope, today)
    homes = {one.id: one for one in Household.objects.filter(_inside("household", place), LIVE["household"][1])}
    totals = {ident: score(rules, record_of(one), today) for ident, one in homes.items()}
    wanting = {ident: gaps(rules, record_of(one), today) for ident, one in homes.items()}
    for one in Person.objects.filter(household_id__in=homes, state__in=("here", "away")):
        if one.household_id is not None:
            record = record_of(one)
            totals[one.household_id] += score(rules, record, today)
            wanting[one.household_id] += gaps(rules, record, today)
    lines = [
        HomeScore(
            id=ident, natural_village=one.natural_village, number=one.number, door=one.door, score=totals[ident],
            missing=sum(gap.why == "missing" for gap in wanting[ident]),
            stale=sum(gap.why == "stale" for gap in wanting[ident]),
        )
        for ident, one in homes.items()
    ]  # fmt: skip
    lines.sort(key=lambda one: (one.score.share or 0, one.number, one.id))
    return lines[(page - 1) * HOMES : page * HOMES], len(lines) > page * HOMES


def lacking(
    scope: Scope, place: int, of: str, field: str, today: date, page: int = 1
) -> tuple[list[tuple[HomeLabel, ToAsk]], bool]:
    """A page of the people or households of a village or less in which a field is missing or stale; if more follow.

    Refuses: NotFound for a field that is asked of neither.
    """
    rules = [one for one in field_rules(scope, today) if (one.of, one.field) == (of, field)]
    if not rules or of not in ("person", "household"):
        raise NotFound
    table, live = LIVE[of]
    wanting = Q(pk__in=[])
    for rule in rules:
        wanting |= _asked(rule, today) & (~_there(rule) | _old(rule, today))
    rows = table.objects.alias(**{f"said_{field}": KeyTextTransform(field, "confirmed")})
    rows = rows.filter(live, wanting, _inside(of, place))
    order = ("natural_village", "number", "id")
    if of == "person":
        rows = rows.select_related("household").order_by(*(f"household__{name}" for name in order), "id")
    found = list((rows if of == "person" else rows.order_by(*order))[(page - 1) * HOMES : page * HOMES + 1])
    lines = []
    for one in found[:HOMES]:
        home = one.household if of == "person" else one
        label = HomeLabel(id=home.id, natural_village=home.natural_village, number=home.number)
        name = one.display_name if of == "person" else ""
        lines.append((label, ToAsk(of=of, subject=one.id, name=name, gaps=tuple(gaps(rules, record_of(one), today)))))
    return lines, len(found) > HOMES


def record_of(row: Person | Household) -> Record:
    """A person's or household's record as the rules look at it."""
    if isinstance(row, Household):
        held = {"door": row.door, "point": row.point, "head": row.head_id, "dwelling": row.dwelling_id, "people": True}
        return Record(of="household", held=_held(held), confirmed=row.confirmed)
    values = {name: getattr(row, one.kept_in) for name, one in FIELDS["person"].items()}
    values["sex"] = row.sex if row.sex in {"1", "2"} else ""
    return Record(
        of="person", held=_held(values), confirmed=row.confirmed, born_on=row.born_on, away=row.state == "away"
    )


def _held(values: dict[str, Any]) -> frozenset[str]:
    return frozenset(name for name, value in values.items() if value not in (None, "", False))


def tallied(scope: Scope, place: int) -> tuple[list[FieldTally], datetime | None]:
    """The clock's counts of a county or township by village, and when the oldest of them was made."""
    rows = RecordTally.objects.filter(place__range=interval(place))
    found = [_kept(one) for one in rows]
    return found, rows.aggregate(at=Min("at"))["at"]


def _inside(of: str, place: int) -> Q:
    """Records of a place; inside a village also those of a natural village or villager group that a grid serves."""
    lo, hi = interval(place)
    if lo < hi:
        return Q(place__range=(lo, hi))
    belongs = {
        "household": Q(natural_village=place) | Q(villager_group=place),
        "person": Q(household__natural_village=place) | Q(household__villager_group=place),
        "site": Q(natural_village=place),
    }  # fmt: skip
    return Q(place=place) | belongs.get(of, Q())


def counted(scope: Scope, place: int, today: date, *, by_village: bool = False) -> list[FieldTally]:
    """The same counted now from the records: by grid, or by village for the clock."""
    rules = defaultdict(list)
    for rule in field_rules(scope, today):
        rules[rule.of].append(rule)
    return [one for of, asked in rules.items() for one in _counted(of, asked, place, today, by_village=by_village)]


def _counted(of: str, rules: list[Rule], within: int, today: date, *, by_village: bool) -> Iterator[FieldTally]:
    table, live = LIVE[of]
    rows = table.objects.filter(live, _inside(of, within))
    if of == "organisation":
        led = Membership.objects.filter(organisation_id=OuterRef("pk"), duty="leader", to_on=None)
        rows = rows.alias(led=Exists(led))
    at = F("place") / 1000 * 1000 if by_village else F("place")
    rows = rows.alias(**{f"said_{name}": KeyTextTransform(name, "confirmed") for name in {one.field for one in rules}})
    counts: dict[str, Any] = {}
    for number, rule in enumerate(rules):
        counts |= _counts(number, rule, today)
    for row in rows.annotate(at=at).values("at").order_by("at").annotate(**counts):
        for number, rule in enumerate(rules):
            asked, missing, stale = (row[f"{name}_{number}"] for name in ("asked", "missing", "stale"))
            since = row.get(f"since_{number}")
            if asked:
                yield FieldTally(
                    place=row["at"], of=of, field=rule.field, who=rule.who, weight=rule.weight, asked=asked,
                    missing=missing, stale=stale,
                    since=date.fromisoformat(since) + timedelta(days=rule.fresh_days or 0) if since else None,
                )  # fmt: skip


def _counts(number: int, rule: Rule, today: date) -> dict[str, Any]:
    """What one rule counts: asked, missing, stale, and the day of the oldest stale one."""
    asked, held = _asked(rule, today), _there(rule)
    found: dict[str, Any] = {
        f"asked_{number}": Count("id", filter=asked),
        f"missing_{number}": Count("id", filter=asked & ~held),
    }
    if rule.fresh_days is None:
        return found | {f"stale_{number}": Count("id", filter=_old(rule, today))}
    stale = asked & held & _old(rule, today)
    return found | {
        f"stale_{number}": Count("id", filter=stale),
        f"since_{number}": Min(f"said_{rule.field}", filter=stale),
    }


def _old(rule: Rule, today: date) -> Q:
    """That what the field holds was found true too long ago, or never."""
    if rule.fresh_days is None:
        return Q(pk__in=[])
    said, limit = f"said_{rule.field}", (today - timedelta(days=rule.fresh_days)).isoformat()
    return Q(**{f"{said}__lte": limit}) | Q(**{f"{said}__isnull": True})


def _asked(rule: Rule, today: date) -> Q:
    def born(age: int) -> date:
        return today.replace(year=today.year - age, day=min(today.day, 28) if today.month == 2 else today.day)  # noqa: PLR2004 - 29 February

    match rule.who:
        case "adults":
            return Q(born_on__lte=born(ADULT)) | Q(born_on=None)
        case "children":
            return Q(born_on__gt=born(ADULT), born_on__lte=born(SCHOOL))
        case "elders":
            return Q(born_on__lte=born(ELDER))
        case "away":
            return Q(state="away")
        case _:
            return Q(id__isnull=False)


def _there(rule: Rule) -> Q:
    """That the field holds something."""
    if (rule.of, rule.field) == ("household", "people"):
        return Q(id__isnull=False)
    if (rule.of, rule.field) == ("organisation", "leader"):
        return Q(led=True)
    if (rule.of, rule.field) == ("person", "sex"):
        return Q(sex__in=("1", "2"))
    column = KEPT_IN.get((rule.of, rule.field)) or FIELDS[rule.of][rule.field].kept_in
    field = LIVE[rule.of][0]._meta.get_field(column.removesuffix("_id"))
    return ~Q(**{column: ""}) if field.empty_strings_allowed and not field.null else Q(**{f"{column}__isnull": False})


def _kept(one: RecordTally) -> FieldTally:
    return FieldTally(
        place=one.place, of=one.of, field=one.field, who=one.who, weight=one.weight, asked=one.asked,
        missing=one.missing, stale=one.stale, since=one.since,
    )  # fmt: skip
