"""A county in miniature: one chain of places, a few units, every role, and a matter as the model knows it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from uuid import UUID, uuid5

from commongrid.kernel.places import interval
from commongrid.kernel.scope import Scope, clock, slip
from commongrid.matters.rules import words
from commongrid.matters.rules.moves import Standing
from commongrid.matters.rules.relations import Whereabouts

COUNTY, TOWNSHIP, VILLAGE, GRID = 990101000000000, 990101001000000, 990101001001000, 990101001001001
OTHER_VILLAGE, OTHER_TOWNSHIP = 990101001002000, 990101002000000
CHAIN = {"county": COUNTY, "township": TOWNSHIP, "village": VILLAGE, "grid": GRID}
_IDS = UUID(int=7)
UNITS = {name: uuid5(_IDS, name) for name in ("station", "office", "department")}
UNIT_LEVEL = {"station": "township", "office": "township", "department": "county"}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("commongrid.roster").joinpath("seeds", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


ROLES = {row["code"]: row["scope_level"] for row in _rows("roles.csv")}
POWERS = {role: frozenset(row["power"] for row in _rows("role_powers.csv") if row["role"] == role) for role in ROLES}


def scope_of(role: str, chain: dict[str, int] = CHAIN, unit: str = "") -> Scope:
    """The scope of a role at its place on a chain."""
    level = ROLES[role]
    at = {"assigned_village": "village", "unit": UNIT_LEVEL.get(unit, "township")}.get(level, level)
    place = chain.get(at, chain["grid"])
    sight = {"grid": chain["village"], "villager_group": chain["village"], "household": chain["village"]}.get(
        level, place
    )
    lo, hi = interval(sight)
    narrow = {
        "grid": "grids",
        "villager_group": "grids",
        "party_group": "grids",
        "household": "households",
        "unit": "unit",
    }
    return Scope(
        kind="post",
        lo=lo,
        hi=hi,
        powers=POWERS[role],
        narrow=narrow.get(level, ""),  # type: ignore[arg-type]
        grids=(place,) if narrow.get(level) == "grids" else (),
        unit=UNITS.get(unit),
        post=uuid5(_IDS, f"{role}{place}{unit}"),
        role=role,
        level=level,
        place=chain["township"] if level == "assigned_village" else place,
    )


def actors() -> Iterator[Scope]:
    """Every role at the matter's own places, the handlers of every unit, the slip and the clock.

    Roles that stand and may alike are told apart by nothing the rules look at, so each such group acts once.
    """
    alike: dict[object, Scope] = {}
    for scope in _everyone():
        mine = frozenset(power for power in scope.powers if power.startswith("matters.")) - {
            "matters.read",
            "matters.report",
        }
        if mine:
            alike.setdefault((scope.kind, scope.level, scope.place, scope.unit, mine), scope)
    yield from alike.values()


def _everyone() -> Iterator[Scope]:
    for role, level in ROLES.items():
        if level == "unit":
            yield from (scope_of(role, unit=unit) for unit in UNITS)
        else:
            yield scope_of(role)
    yield slip(b"s" * 32, "matters.rate")
    yield clock("matters.tick", "matters.tick")


ACTORS = tuple(actors())


@dataclass(frozen=True, slots=True)
class State:
    """A matter in the model: its standing, which unit has or had it, and the level of its place.

    ``parts`` are the units that answered a part of it, ``barred`` whoever must
    not get it again; several are joined by a plus.
    """

    s: Standing
    unit: str = ""
    barred: str = ""
    base: str = "grid"
    parts: str = ""

    def bars(self, who: str) -> bool:
        """Whether a unit or level must not get it again."""
        return who in self.barred.split("+")

    @property
    def whereabouts(self) -> Whereabouts:
        """As relations see it."""
        return Whereabouts(
            place=CHAIN["township" if self.s.sealed else self.base], owner_level=self.s.owner,
            owner_place=CHAIN.get(self.s.owner), unit=UNITS.get(self.unit), handler_level=self.s.handler,
            handler_place=CHAIN.get(self.s.handler), sealed=self.s.sealed, caller=self.s.caller,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a call names: a unit or a level."""

    unit: str = ""
    level: str = ""

    @property
    def owner(self) -> str:
        """Level, or "unit"."""
        return "unit" if self.unit else self.level


TARGETS = (*(Target(unit, UNIT_LEVEL[unit]) for unit in UNITS), *(Target("", level) for level in words.LEVELS))


def rank(level: str) -> int:
    """Levels from the lowest."""
    return words.LEVELS.index(level)
