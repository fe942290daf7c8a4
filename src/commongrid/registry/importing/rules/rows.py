"""What a row of a sheet says once it is read, and what the words of a sheet mean here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from commongrid.kernel.moments import Order
from commongrid.kernel.places import village_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a sheet's words mean here: places in reach by word (None: several of that name), codes by list, today.

    ``orders`` says for a column of dates whether 04/05 is April or May.
    """

    today: date
    natural_villages: Mapping[str, int | None]
    villager_groups: Mapping[str, int | None] = field(default_factory=dict)
    grids: Mapping[str, int | None] = field(default_factory=dict)
    registered: Mapping[str, int | None] = field(default_factory=dict)
    places: Mapping[str, int | None] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class PersonRead:
    """A person as a row says it; empty means not said. ``bad``: the row has faults of its own."""

    row: int
    natural_village: int = 0
    number: str = ""
    door: str = ""
    villager_group: int | None = None
    relation: str = ""
    name: str = ""
    id_number: str = ""
    sex: str = ""
    born_on: date | None = None
    phone: str = ""
    education: str = ""
    occupation: str = ""
    political: str = ""
    marital: str = ""
    state: str = ""
    works_at: str = ""
    registered_place: int | None = None
    booklet: str = ""
    as_in_booklet: str = ""
    collective: int | None = None
    bank: str = ""
    since: date | None = None
    former_name: str = ""
    native_place: str = ""
    registered_door: str = ""
    workplace: str = ""
    inflow: str = ""
    domicile: str = ""
    bad: bool = False

    @property
    def home(self) -> tuple[int, str]:
        """Which household the row belongs to."""
        return self.natural_village, self.number

    @property
    def enrolled(self) -> tuple[int, str] | None:
        """Which booklet the row says the person stands in: the village where it is registered, and its number."""
        if not self.booklet:
            return None
        place = self.registered_place or self.natural_village
        return village_of(place) or place, self.booklet


@dataclass(slots=True, kw_only=True)
class HomeRead:
    """A household as a row says it."""

    row: int
    natural_village: int = 0
    number: str = ""
    door: str = ""
    villager_group: int | None = None
    grid: int | None = None
    lon: float | None = None
    lat: float | None = None
    began_on: date | None = None
    bad: bool = False

    @property
    def home(self) -> tuple[int, str]:
        """Which household it is."""
        return self.natural_village, self.number
