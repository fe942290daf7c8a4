"""A list of households taken in: new ones empty until people come, known ones changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from commongrid.kernel.act import new_id
from commongrid.kernel.places import village_of
from commongrid.registry.importing import queries
from commongrid.registry.importing.actions.bulk import Book, Change, Kept, Record, text_of
from commongrid.registry.importing.rules.layout import SAID
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.looking import Look
    from commongrid.registry.importing.rules.known import KnownHome
    from commongrid.registry.importing.rules.matching import PlacedHome
    from commongrid.registry.importing.rules.rows import HomeRead


class Homes:
    """Households written: new ones empty until people come, known ones changed."""

    def __init__(self, scope: Scope, act: Act, today: date, found: Look) -> None:
        self.act, self.today = act, today
        self.book = Book(Kept(act=act, on=today, source=SAID))
        self.new = [one for one in found.homes if one.status == "new"]
        self.changed = [one for one in found.homes if one.status == "changed"]
        self.serving = queries.serving(scope, {one.read.natural_village for one in self.new})
        self.served = {code: queries.only(code, grids) for code, grids in self.serving.items()}
        self.scope = scope
        self.grids: dict[int, bounds.Grids] = {}

    def write(self) -> None:
        """All of it."""
        self.book.homes([self._row(n, one) for n, one in enumerate(self.new)])
        self.book.change([change for one in self.changed if one.known for change in self._of(one, one.known)])

    def _row(self, n: int, one: PlacedHome) -> tuple[Any, ...]:
        read, day = one.read, self.today.isoformat()
        fresh = {name: day for name, said in (("door", read.door), ("point", read.lon)) if said}
        return (
            new_id(), read.grid or self._grid(read), read.natural_village, read.villager_group,
            read.number, "empty", read.door, read.lon, read.lat, "measured" if read.lon is not None else "", None,
            read.began_on, Jsonb(fresh), self.act.id, n,
        )  # fmt: skip

    def _grid(self, read: HomeRead) -> int:
        """From where a new home is served: the only grid of its natural village, of several the one that holds it."""
        served = self.served[read.natural_village]
        if served != read.natural_village or read.lon is None or read.lat is None:
            return served
        village = village_of(read.natural_village) or read.natural_village
        if village not in self.grids:
            self.grids[village] = bounds.Grids(self.scope, village)
        found = self.grids[village].holding(read.lon, read.lat)
        return found if found is not None and found in self.serving[read.natural_village] else served

    def _of(self, one: PlacedHome, home: KnownHome) -> Iterator[Change]:
        record = Record(of="household", subject=home.id, place=home.place, household=home.id)
        for name in one.changed:
            column = "place" if name == "grid" else name
            yield record.change(column, text_of(getattr(home, column)), text_of(getattr(one.read, name)))
        if "lon" in one.changed and home.lon is None:
            yield record.change("point", "", "measured")
