"""A list of households taken in: new ones empty until people come, known ones changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from commongrid.kernel.act import new_id
from commongrid.kernel.places import village_of
from commongrid.registry.actions.regridding import carry_homes
from commongrid.registry.importing import queries
from commongrid.registry.importing.actions.bulk import Book, Change, Kept, Record, text_of
from commongrid.registry.importing.rules.layout import SAID
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.looking import Look
    from commongrid.registry.importing.rules.homes import PlacedHome
    from commongrid.registry.importing.rules.known import KnownHome


class Served:
    """From where what is new in natural villages is served."""

    def __init__(self, scope: Scope, villages: Iterable[int]) -> None:
        self.scope = scope
        self.serving = queries.serving(scope, villages)
        self.grids: dict[int, bounds.Grids] = {}

    def at(self, natural_village: int, lon: float | None, lat: float | None) -> int:
        """The only grid of the natural village, of several the one that holds the point."""
        grids = self.serving[natural_village]
        served = queries.only(natural_village, grids)
        if served != natural_village or lon is None or lat is None:
            return served
        village = village_of(natural_village) or natural_village
        if village not in self.grids:
            self.grids[village] = bounds.Grids(self.scope, village)
        found = self.grids[village].holding(lon, lat)
        return found if found in grids else served


class Homes:
    """Households written: new ones empty until people come, known ones changed."""

    def __init__(self, scope: Scope, act: Act, today: date, found: Look) -> None:
        self.scope, self.act, self.today = scope, act, today
        self.book = Book(Kept(act=act, on=today, source=SAID))
        self.new = [one for one in found.homes if one.status == "new"]
        self.changed = [one for one in found.homes if one.status == "changed"]
        self.served = Served(scope, {one.read.natural_village for one in self.new})

    def write(self) -> None:
        """All of it."""
        self.book.homes([self._row(n, one) for n, one in enumerate(self.new)])
        self.book.change([change for one in self.changed if one.known for change in self._of(one, one.known)])
        served = {one.known.id: one.read.grid for one in self.changed if one.known and "grid" in one.changed}
        carry_homes(self.scope, {home: grid for home, grid in served.items() if grid}, self.today)

    def _row(self, n: int, one: PlacedHome) -> tuple[Any, ...]:
        read, day = one.read, self.today.isoformat()
        fresh = {name: day for name, said in (("door", read.door), ("point", read.lon)) if said}
        return (
            new_id(), read.grid or self.served.at(read.natural_village, read.lon, read.lat), read.natural_village,
            read.villager_group, read.number, "empty", read.door, read.lon, read.lat,
            "measured" if read.lon is not None else "", None, read.began_on, Jsonb(fresh), self.act.id, n,
        )  # fmt: skip

    def _of(self, one: PlacedHome, home: KnownHome) -> Iterator[Change]:
        record = Record(of="household", subject=home.id, place=home.place, household=home.id)
        for name in one.changed:
            column = "place" if name == "grid" else name
            yield record.change(column, text_of(getattr(home, column)), text_of(getattr(one.read, name)))
        if "lon" in one.changed and home.lon is None:
            yield record.change("point", "", "measured")
