"""What becomes of each row of a sheet of households: new, changed, unchanged or out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from commongrid.registry.importing.rules.known import Key, Known, KnownHome
from commongrid.registry.importing.rules.rows import HomeRead

HOME_FIELDS: Final = ("door", "villager_group", "grid", "lon", "lat", "began_on")


@dataclass(slots=True, kw_only=True)
class PlacedHome:
    """A household's row and what becomes of it."""

    read: HomeRead
    status: str = "new"
    why: str = ""
    at: str = ""
    known: KnownHome | None = None
    changed: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def planned_homes(rows: Iterable[HomeRead], known: Known) -> list[PlacedHome]:
    """What becomes of every household's row."""
    return list(_homes(rows, known))


def _homes(rows: Iterable[HomeRead], known: Known) -> Iterator[PlacedHome]:
    seen: set[Key] = set()
    for read in rows:
        home = known.homes.get(read.home)
        if read.bad:
            yield PlacedHome(read=read, status="out")
        elif read.home in seen:
            yield PlacedHome(read=read, status="out", why="home_twice", at="number")
        elif home is not None and home.state == "ended":
            yield PlacedHome(read=read, status="out", why="home_ended", at="number")
        elif home is None:
            yield PlacedHome(read=read)
        else:
            changed = tuple(name for name in HOME_FIELDS if _differs(read, home, name))
            yield PlacedHome(read=read, status="changed" if changed else "same", known=home, changed=changed)
        if not read.bad:
            seen.add(read.home)


def _differs(read: HomeRead, home: KnownHome, name: str) -> bool:
    said = getattr(read, name)
    return said not in {None, ""} and said != (home.place if name == "grid" else getattr(home, name))
