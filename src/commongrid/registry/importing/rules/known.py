"""What the register knows of the people, households and booklets that a sheet names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

Key = tuple[int, str]
"""A household: natural village and number; a booklet: the village where it is registered, and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person of the register as matching needs it; numbers only by their blind index, pinyin without its name."""

    id: UUID
    name: str
    sounds: str
    id_index: bytes | None
    phone_index: bytes | None
    state: str
    household: UUID | None
    place: int
    as_in_home: str
    sex: str = ""
    born_on: date | None = None
    education: str = ""
    occupation: str = ""
    political: str = ""
    marital: str = ""
    works_at: str = ""
    ended_on: date | None = None
    registered_place: int | None = None
    collective: int | None = None
    booklet: UUID | None = None
    as_in_booklet: str = ""
    bank_index: bytes | None = None
    former_name: str = ""
    native_place: str = ""
    registered_door: str = ""
    workplace: str = ""
    inflow: str = ""
    domicile: str = ""
    version: int = 1
    home: Key | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHome:
    """A household of the register as matching needs it."""

    id: UUID
    place: int
    natural_village: int
    number: str
    head: UUID | None
    state: str
    door: str = ""
    villager_group: int | None = None
    lon: float | None = None
    lat: float | None = None
    began_on: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBooklet:
    """A registered household as matching needs it.

    ``others`` are those of the same number elsewhere in its village; this one is the first that has not ended.
    """

    id: UUID
    place: int
    head: UUID | None
    ended: bool
    others: tuple[KnownBooklet, ...] = ()


@dataclass(slots=True, kw_only=True)
class Known:
    """What the register knows of the people and households that a sheet names."""

    by_number: Mapping[bytes, KnownPerson] = field(default_factory=dict)
    elsewhere: frozenset[bytes] = frozenset()
    homes: Mapping[Key, KnownHome] = field(default_factory=dict)
    booklets: Mapping[Key, KnownBooklet] = field(default_factory=dict)
    reach: tuple[int, int] = (0, 10**15)
    inside: Mapping[UUID, Sequence[KnownPerson]] = field(default_factory=dict)
    named: Mapping[str, Sequence[KnownPerson]] = field(default_factory=dict)
    lives_since: Mapping[UUID, date | None] = field(default_factory=dict)
    """Of the people in these households since when they live there, where a row says a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The blind indexes of a row's numbers."""

    id_index: bytes | None = None
    phone_index: bytes | None = None
    bank_index: bytes | None = None
