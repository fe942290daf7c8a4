"""What a plan starts from and what comes out of it, as plain values: the seam to the planner of the kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

AT_ONCE: Final = 60_000
"""Links that could be up to which a plan is worked out while somebody waits: a fifth of a second."""
Point = tuple[float, float]
"""Degrees, WGS 84: longitude, latitude."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an official sets: see ``models.Plan``."""

    keep: int = 200
    target: int = 10
    most: int = 15
    least: int = 0
    leaving: int | None = 500
    unlinked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A household to be linked: where it is, which Party groups take it in, whom it has now, what it said.

    ``near``: the point is only as exact as its natural village. ``fixed``: stays with ``to`` as it was locked.
    """

    id: UUID
    at: Point
    near: bool = False
    groups: frozenset[UUID] = frozenset()
    now: UUID | None = None
    liked: UUID | None = None
    kin: frozenset[UUID] = frozenset()
    never: frozenset[UUID] = frozenset()
    wishes: frozenset[str] = frozenset()
    fixed: bool = False
    to: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Somebody able to link: where they live, in which household and Party group, for how many, what they can."""

    id: UUID
    at: Point
    home: UUID | None = None
    group: UUID | None = None
    capacity: int = 10
    can: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One household in what came out."""

    household: UUID
    member: UUID | None
    metres: int | None
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A plan as the planner takes it: which one, asked for when, who is to be linked and who is able, the limits.

    ``asked``: the plan itself is wanted; else it is there, and only its slider is.
    """

    plan: UUID
    asked: bool
    asked_at: datetime
    homes: tuple[Home, ...]
    linkers: tuple[Linker, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out: a link for each household, figures, or a fault that says why none did."""

    links: tuple[Link, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
