"""Every route with every object it can be asked for, and what the policy expects of each role.

A route whose address captures something unknown here fails the matrix: nobody
adds a route without saying what its objects are.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import get_resolver, reverse

from commongrid.kernel.codes import slip_code

from tests.proof import expectation
from tests.proof.world import PLACES, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.proof.world import Seat, World

SOURCE = Path(__file__).parents[2] / "src" / "commongrid"


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask for: which object it names, and who sees that object."""

    name: str
    power: str
    scopes: tuple[str, ...]
    methods: tuple[str, ...]
    url: str
    about: str
    seen: Callable[[Seat], bool]
    edits: bool = False
    """Whether it is a form that changes the object: then it may also answer that this can't be done to it."""


def policy() -> dict[str, dict[str, str]]:
    """The routes of the policy table, by name."""
    with (SOURCE / "config" / "policy.csv").open(encoding="utf-8", newline="") as handle:
        return {row["name"]: row for row in csv.DictReader(handle) if row["sort"] == "route"}


def powers() -> dict[str, set[str]]:
    """Powers by role, from the vocabulary that seeds the rows."""
    held: dict[str, set[str]] = {}
    with (SOURCE / "roster" / "seeds" / "role_powers.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            held.setdefault(row["role"], set()).add(row["power"])
    return held


def _leaves(patterns: Iterable[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _leaves(pattern.url_patterns)
        elif hasattr(pattern.callback, "door"):
            yield pattern


def everybody(_seat: Seat) -> bool:
    """For what every scope reads: places, units, posts, vocabularies."""
    return True


def nobody(_seat: Seat) -> bool:
    """For what does not exist."""
    return False


def objects(world: World, name: str, captures: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], str, Callable[[Seat], bool]]]:
    """What can stand in an address with these captures: (values, about, who sees it)."""
    match captures:
        case ():
            yield {}, "", everybody
        case ("matter_id",) | ("matter",):
            for ident, facts in world.matters.items():
                yield {captures[0]: ident}, str(facts), lambda seat, facts=facts: expectation.sees_matter(seat, facts)
            yield {captures[0]: named("no such matter")}, "no such matter", nobody
        case ("file_id",):
            for relation in PLACES:
                facts = {"place": PLACES[relation], "unit": None, "sealed": False}
                yield {"file_id": named("file", relation, None, False)}, relation, lambda seat, f=facts: expectation.sees_matter(seat, f)
        case ("secret",) | ("session_id",):
            yield {captures[0]: 4711}, "no such thing", nobody
        case ("code",) if name.startswith("slip"):
            code = slip_code(settings.KEYS.slip, next(iter(world.matters)))
            yield {"code": code}, "a slip", nobody
            yield {"code": "7F3K-92QD-AAAA-BBBB"}, "a slip made up", nobody
        case ("code", "file", "token"):
            yield {"code": "7F3K-92QD-AAAA-BBBB", "file": named("no such file"), "token": "x"}, "a file of a slip", nobody
        case ("file", "token"):
            yield {"file": named("file", "county", None, False), "token": "forged"}, "a forged address", nobody
        case ("code",) if name.startswith("place_"):
            for relation, place in PLACES.items():
                yield {captures[0]: place}, relation, lambda seat, p=place: expectation.covers(seat, p)
        case ("code",) | ("place",) | ("grid",) | ("village",):
            for relation, place in PLACES.items():
                yield {captures[0]: place}, relation, everybody
            yield {captures[0]: 990_199_999_999_000}, "no such place", nobody
        case ("post_id",) | ("post",):
            for seat in world.seats.values():
                yield {captures[0]: seat.post}, seat.role, everybody
            yield {captures[0]: named("no such post")}, "no such post", nobody
        case ("unit_id",):
            for unit_name, unit in world.units.items():
                yield {"unit_id": unit}, unit_name, everybody
        case _:
            yield from more(world, captures)


def more(world: World, captures: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], str, Callable[[Seat], bool]]]:
    """Rarer captures."""
    known: dict[tuple[str, ...], list[tuple[dict[str, Any], str, Callable[[Seat], bool]]]] = {}
    if captures not in known:
        message = f"tests/proof/routes.py does not know what an address with {captures} is asked for"
        raise AssertionError(message)
    yield from known[captures]


def targets(world: World) -> Iterator[Target]:
    """Every route with every object."""
    table = policy()
    for pattern in _leaves(get_resolver().url_patterns):
        row = table[pattern.name]
        captures = tuple(sorted(pattern.pattern.converters))
        for values, about, seen in objects(world, pattern.name, captures):
            yield Target(
                pattern.name, row["power"], tuple(row["scopes"].split()), tuple(row["methods"].split()),
                reverse(pattern.name, kwargs=values), about, seen, pattern.name.startswith("place_"),
            )  # fmt: skip
