"""Complete and fresh: which fields of a record are missing or stale, since when. It scores records, never people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SCHOOL, ADULT, ELDER = 6, 18, 60
"""Years of age from which a field is asked of children at school, of adults, and of elders (who are adults too)."""
WHO: Final = ("all", "adults", "children", "elders", "away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A field that is asked for: of which kind of record, of whom, how much, and for how many days it stays fresh."""

    of: str
    field: str
    who: str = "all"
    need: str = "wanted"
    fresh_days: int | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as the rules look at it: which fields hold something, the day each was last found true."""

    of: str
    held: frozenset[str]
    confirmed: Mapping[str, str]
    born_on: date | None = None
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A field to ask for next time: missing, or stale since a day (unknown where nobody ever confirmed it)."""

    field: str
    need: str
    why: str
    since: date | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a record, or many, should hold and do hold fresh, by weight."""

    asked: int = 0
    fresh: int = 0

    @property
    def share(self) -> float | None:
        """Fresh of asked, nothing where nothing is asked."""
        return self.fresh / self.asked if self.asked else None

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(asked=self.asked + other.asked, fresh=self.fresh + other.fresh)


def asked_of(rule: Rule, record: Record, today: date) -> bool:
    """Whether the rule asks this record for its field; somebody without a date of birth counts as adult."""
    if rule.of != record.of:
        return False
    age = ADULT if record.born_on is None else years(record.born_on, today)
    return {
        "all": True, "adults": age >= ADULT, "children": SCHOOL <= age < ADULT, "elders": age >= ELDER,
        "away": record.away,
    }[rule.who]  # fmt: skip


def years(born: date, today: date) -> int:
    """Completed years of age."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def gap(rule: Rule, record: Record, today: date) -> Gap | None:
    """What is wrong with the field that the rule asks for, if anything."""
    said = record.confirmed.get(rule.field, "")
    found = {"field": rule.field, "need": rule.need, "weight": rule.weight}
    if rule.field not in record.held:
        return Gap(**found, why="missing", since=None)  # type: ignore[arg-type]  # of the right types, see above
    if rule.fresh_days is None:
        return None
    until = date.fromisoformat(said) + timedelta(days=rule.fresh_days) if said else None
    if until is not None and today < until:
        return None
    return Gap(**found, why="stale", since=until)  # type: ignore[arg-type]


def gaps(rules: Iterable[Rule], record: Record, today: date) -> list[Gap]:
    """What to ask next time, the needed and missing first."""
    found = [one for rule in rules if asked_of(rule, record, today) and (one := gap(rule, record, today)) is not None]
    return sorted(found, key=lambda one: (one.need != "needed", one.why != "missing", -one.weight))


def score(rules: Iterable[Rule], record: Record, today: date) -> Score:
    """How much of what is asked of the record is there and fresh, by weight."""
    total = Score()
    for rule in rules:
        if asked_of(rule, record, today):
            whole = gap(rule, record, today) is None
            total += Score(asked=rule.weight, fresh=rule.weight if whole else 0)
    return total
