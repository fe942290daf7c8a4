"""One row of a sheet of sites, things, organisations, members or flags, read as its columns say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from commongrid.kernel.moments import missing
from commongrid.kernel.refusals import BadInput
from commongrid.kernel.sheets import Cell, Marks
from commongrid.registry.importing.rules.columns import Column
from commongrid.registry.importing.rules.held_columns import HELD, OF
from commongrid.registry.importing.rules.reading import HAN_GAP, RowReader
from commongrid.registry.rules.facts import NAME_LENGTH
from commongrid.registry.rules.fields import FIELDS

WORDS: Final = {"site": 60, "organisation": 80, "body": 60, "basis": 200}
"""How long texts may be that are no field of the register."""
LONGEST: Final = 200
NAMED: Final = ("person", "id_number", "number", "site", "organisation", "flag")
"""Columns that name another record or a type of flag."""


@dataclass(slots=True, kw_only=True)
class HeldRead:
    """A row as it says it: whom and what it names, and what it is like in ``said``, by field where something is said.

    ``place`` is where it lies, ``village`` the natural village of the household that it names; 0 for not said.
    """

    row: int
    place: int = 0
    village: int = 0
    grid: int | None = None
    person: str = ""
    id_number: str = ""
    number: str = ""
    site: str = ""
    organisation: str = ""
    flag: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    bad: bool = False

    @property
    def name(self) -> str:
        """What the row is called where it is listed."""
        own = (str(self.said[name]) for name in ("name", "mark", "door") if name in self.said)
        return next(own, self.person or self.number)

    @property
    def natural_village(self) -> int:
        """Where the row lies, where it is listed."""
        return self.place


class HeldReader(RowReader):
    """Reads rows whose columns say how they are read."""

    def held(self, row: int, cells: Sequence[Cell], marks: Marks | None = None) -> HeldRead:
        """What a row says."""
        self._begin(row, cells, marks)
        place = 0
        values: dict[str, Any] = {}
        for column in HELD[self.sort]:
            value = values[column.field] = (
                self._beside(place or None, "grid") if column.field == "grid" else self._of(column)
            )
            if column.needed and missing(self._text(column.field)):
                self._fault(f"{column.field}_missing", column.field)
            place = place or (value if column.reads == "place" and isinstance(value, int) else 0)
        if (values.get("lon") is None) != (values.get("lat") is None) and not self._bad:
            self._fault("lat_missing", "lat" if values["lat"] is None else "lon")
        began, ended = values.get("from_on"), values.get("to_on")
        if began and ended and ended < began and not self._bad:
            self._fault("to_on_before", "to_on")
        named = {name: values.pop(name, "") for name in NAMED}
        village = values.pop("natural_village", None) or 0
        return HeldRead(
            row=row, place=values.pop("place", None) or village, village=village, grid=values.pop("grid", None),
            said={name: value for name, value in values.items() if value not in (None, "")}, bad=self._bad, **named,
        )  # fmt: skip

    def _of(self, column: Column) -> Any:
        """One cell; empty cells say nothing."""
        return self._ways[column.reads](column)

    @cached_property
    def _ways(self) -> Mapping[str, Callable[[Column], Any]]:
        """How a cell is read, by what its column says."""
        return {
            "": lambda of: self._field(of.field), "place": lambda of: self._place(of.field),
            "past": lambda of: self._past(of.field), "day": lambda of: self._day(of.field),
            "code": lambda of: self._coded(of.field, of.offered),
            "yes": lambda of: {"1": True, "0": False}.get(self._coded(of.field, of.offered)),
            "degrees": lambda of: self._degrees(of.field, 180 if of.field == "lon" else 90),
            "identity": lambda _of: found.text if (found := self._identity()) else "",
            "number": lambda of: self._number(of.field, needed=False),
            "person": lambda of: HAN_GAP.sub("", self._words(of.field, NAME_LENGTH)),
            "words": lambda of: self._words(of.field, WORDS[of.field]),
        }  # fmt: skip

    def _field(self, name: str) -> object:
        """As the register reads the field wherever it is written."""
        text = self._words(name, LONGEST)
        try:
            return FIELDS[OF[self.sort]][name].read(text, self.meaning.today) if text else None
        except BadInput as refused:
            self._fault(f"{name}_long" if "longest" in refused.params else f"{name}_unreadable", name)
            return None

    def _fault(self, code: str, name: str, value: str = "") -> None:
        """What a person's name lacks is not what another name lacks."""
        super()._fault(code.replace(name, "any", 1) if name == "name" else code, name, value)
