"""What becomes of rows that are sites, things or organisations: new, changed, unchanged, or out with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from commongrid.kernel.places import village_of
from commongrid.registry.importing.rules.held_reading import HeldRead
from commongrid.registry.rules.fields import FIELDS
from commongrid.registry.rules.holdings import months_later

TOLD_APART: Final = {"site": ("name", "door"), "thing": ("mark", "name"), "organisation": ("credit_code", "name")}
"""By which fields a record is known, the stronger first."""
CHECKS: Final = ("last_check_on", "condition")
"""What a check leaves on a thing beside the fields that are corrected."""
WHOSE: Final = {"site": "owner", "thing": "keeper"}
"""The field that names a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHeld:
    """A record that has not ended, as the register has it; ``values`` by field."""

    id: UUID
    place: int
    natural_village: int | None = None
    version: int = 1
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class PlacedHeld:
    """A row and what becomes of it; ``links`` are the records it names, by field."""

    read: HeldRead
    status: str = "new"
    why: str = ""
    at: str = ""
    known: KnownHeld | None = None
    changed: tuple[str, ...] = ()
    links: dict[str, UUID] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def out(self, why: str, at: str) -> None:
        """Leave the row out."""
        self.status, self.why, self.at = "out", why, at

    @property
    def values(self) -> dict[str, Any]:
        """What the row says of its record, the records it names included."""
        return {**self.read.said, **self.links}


def fields_of(of: str) -> dict[str, str]:
    """The column of each field that a sheet may write."""
    found = {name: one.kept_in for name, one in FIELDS[of].items()}
    return found | (dict(zip(CHECKS, CHECKS, strict=True)) if of == "thing" else {})


def plan(of: str, placed: Sequence[PlacedHeld], known: Iterable[KnownHeld]) -> None:
    """Say of every row that is not out already what becomes of it."""
    by_field: dict[tuple[str, object, int], list[KnownHeld]] = defaultdict(list)
    strong, weak = TOLD_APART[of]
    for record in known:
        place, values = record.natural_village or record.place, record.values
        by_field[strong, values[strong], _around(strong, place)].append(record)
        by_field[weak, values[weak], _around(weak, place)].append(record)
        if not values[strong]:
            by_field["", values[weak], _around(weak, place)].append(record)
    seen: set[object] = set()
    for one in (one for one in placed if one.status != "out"):
        at = strong if strong in one.read.said else weak
        if at not in one.read.said:
            one.out("held_nameless", strong)
            continue
        found = _found(of, one.read, by_field)
        if len(found) > 1:
            one.out("held_several", at)
        elif found:
            _compare(of, one, found[0])
        mine = _key(of, one, at)
        if one.status != "out" and mine in seen:
            one.out("held_twice", at)
        seen.add(mine)


def _key(of: str, one: PlacedHeld, at: str) -> object:
    """What no second row may have: the record, else what tells a new one from others."""
    if one.known is not None:
        return one.known.id
    kind = one.read.said.get("kind") if of == "thing" or at == "door" else ""
    return one.read.place, kind, one.read.said[at]


def _around(name: str, place: int) -> int:
    """The village inside which a field tells records apart, so that a name that every village has is no long list."""
    return 0 if name == "credit_code" else village_of(place) or place


def _found(of: str, read: HeldRead, by_field: Mapping[tuple[str, object, int], list[KnownHeld]]) -> list[KnownHeld]:
    strong, weak = TOLD_APART[of]
    said = read.said
    if strong in said:
        there = by_field.get((strong, said[strong], _around(strong, read.place)), ())
        hits = [one for one in there if _near(of, strong, read, one)]
        if hits or weak not in said:
            return hits
    by = "" if strong in said else weak  # who has a number is nobody whose number is another
    there = by_field.get((by, said[weak], _around(weak, read.place)), ())
    return [one for one in there if _near(of, weak, read, one)]


def _near(of: str, name: str, read: HeldRead, one: KnownHeld) -> bool:
    """Whether the record can be the one a row means: there, and of the same kind where only that tells."""
    if name == "credit_code":
        return True  # the county has it once
    if (of == "thing" or name == "door") and one.values["kind"] != read.said.get("kind"):
        return False
    if one.natural_village is not None:
        return one.natural_village == read.place
    return one.place == read.place or (village_of(one.place) or one.place) == village_of(read.place)


def _compare(of: str, one: PlacedHeld, known: KnownHeld) -> None:
    one.known = known
    if of == "organisation" and not _near(of, "name", one.read, known):
        one.out("held_elsewhere", "credit_code")
        return
    last, said = known.values.get("last_check_on"), one.read.said.get("last_check_on")
    if last is not None and said is not None and said < last:
        one.out("held_later", "last_check_on")
        return
    if one.read.grid is not None and one.read.grid != known.place:
        one.notes = ("grid_kept",)
    follow(one)
    one.changed = tuple(name for name, value in one.values.items() if known.values[name] != value)
    one.status = "changed" if one.changed else "same"


def follow(one: PlacedHeld) -> None:
    """The next check follows from the last one and how often, where the row doesn't say it."""
    said = one.read.said
    before = one.known.values if one.known else {}
    last, every = said.get("last_check_on"), said.get("every_months", before.get("every_months"))
    if last not in {None, before.get("last_check_on")} and every and "next_check_on" not in said:
        said["next_check_on"] = months_later(last, every)
