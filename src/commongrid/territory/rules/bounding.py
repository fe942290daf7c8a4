"""What a boundary file's areas mean: which place each is, and what keeps it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from commongrid.kernel import shapes
from commongrid.kernel.places import LAST, SPAN, level_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import halfwidth

if TYPE_CHECKING:
    from commongrid.kernel.datum import Datum
    from commongrid.kernel.geofiles import Feature

CODE_COLUMNS: Final = ("code", "代码", "编码", "行政区划代码", "区划代码", "xzqdm", "xzqhdm", "zldwdm", "pac", "id")
NAME_COLUMNS: Final = ("name", "名称", "行政区名称", "xzqmc", "zldwmc", "地名", "村名", "组名", "网格名称", "title")
"""Columns of attribute tables that name the place, best first; the Chinese ones are those of the land survey."""
ENDINGS: Final = ("村民委员会", "居民委员会", "居委会", "村委会", "社区", "自然村", "行政村", "村", "组")
SHORTEST, TOWNSHIP, NATIONAL, FULL, LONGEST = 2, 9, 12, 15, 19
"""Digits of codes as files have them: from a province's to those of the land survey."""

NO_NAME: Final = N_("Neither code nor name says which place this is.")
UNKNOWN: Final = N_("There is no such place here.")
SEVERAL: Final = N_("Several places here have this name. Give the code.")
TWICE: Final = N_("Another area of the file is for the same place.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of a file as read: what its attributes say, its shape as GeoJSON, and what is wrong with it."""

    row: int
    code: str = ""
    name: str = ""
    shape: dict[str, Any] | None = None
    fault: str = ""
    at: tuple[float, float] | None = None
    mended: bool = False
    parts: int = 1
    snapped: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """An area and the place it is for, or why it is for none."""

    area: Area
    place: int | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """Which columns of a file were taken for code and name."""

    code: str = ""
    name: str = ""


def columns(names: Iterable[str]) -> Attributes:
    """The columns that name the place, whatever case they are written in."""
    there = {name.strip().lower(): name for name in names}
    found = Attributes(
        code=next((there[each] for each in CODE_COLUMNS if each in there), ""),
        name=next((there[each] for each in NAME_COLUMNS if each in there), ""),
    )
    if found.name or not there:
        return found
    part = next((name for small, name in there.items() if "名" in small or "name" in small), "")
    return Attributes(code=found.code, name=part)


def plain_code(text: str) -> int | None:
    """The 15-digit code of a place that an attribute says; longer ones of the land survey are cut to the village."""
    digits = "".join(sign for sign in halfwidth(text).removesuffix(".0") if sign.isdigit())
    if not SHORTEST <= len(digits) <= LONGEST or len(digits) % 2 > len(digits) // TOWNSHIP:
        return None
    short = digits[:NATIONAL] if len(digits) > FULL else digits
    found = int(short.ljust(FULL, "0"))
    return found if SPAN["province"] < found <= LAST else None


def plain_name(text: str) -> str:
    """A name without blanks and without the word for what kind of place it is."""
    name = "".join(halfwidth(text).split())
    while (ending := next((one for one in ENDINGS if name.endswith(one) and len(name) > len(one) + 1), "")) != "":
        name = name.removesuffix(ending)
    return name


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places that areas of a file can be for: those of a scope, by code and by name."""

    codes: frozenset[int]
    names: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str]]) -> Gazetteer:
        """From codes with their names."""
        names: dict[str, list[int]] = {}
        codes = set()
        for code, name in rows:
            codes.add(code)
            names.setdefault(plain_name(name), []).append(code)
        return cls(frozenset(codes), names)

    def place(self, area: Area) -> Meant:
        """The place of an area: by its code, else by its name where only one bears it."""
        code = plain_code(area.code) if area.code else None
        if code is not None and code in self.codes:
            return Meant(area, code)
        found = self.names.get(plain_name(area.name), ()) if area.name else ()
        if code is not None and len(found) > 1:
            found = [each for each in found if each // SPAN[level_of(code)] == code // SPAN[level_of(code)]]
        if len(found) == 1:
            return Meant(area, found[0])
        if not area.name and code is None:
            return Meant(area, None, NO_NAME)
        return Meant(area, None, SEVERAL if found else UNKNOWN)


def meant(areas: Iterable[Area], places: Gazetteer) -> list[Meant]:
    """Each area with its place; of two for one place neither is taken."""
    found = [Meant(one, None, one.fault) if one.fault else places.place(one) for one in areas]
    often = Counter(one.place for one in found if one.place is not None)
    return [Meant(one.area, None, TWICE) if one.place is not None and often[one.place] > 1 else one for one in found]


def areas(found: Sequence[Feature], datum: Datum, *, mend: bool = False) -> tuple[Area, ...]:
    """The features of a file as areas: named, brought to WGS 84, what is wrong with each said beside it."""
    told = columns({name: None for one in found for name in one.attributes})
    return tuple(_area(one, told, datum, mend=mend) for one in found)


def _area(one: Feature, told: Attributes, datum: Datum, *, mend: bool) -> Area:
    named = Area(row=one.row, code=one.attributes.get(told.code, ""), name=one.attributes.get(told.name, ""))
    try:
        shape = shapes.read(one.geometry, datum)
    except BadInput as refusal:
        return replace(named, fault=refusal.text)
    wrong, mended = shapes.flaw(shape), False
    if wrong is not None and mend and (whole := shapes.mended(shape)) is not None:
        shape, wrong, mended = whole, shapes.flaw(whole), True
    at = (wrong.lon, wrong.lat) if wrong and wrong.lon is not None and wrong.lat is not None else None
    if wrong is not None:
        return replace(named, fault=wrong.text, at=at)
    return replace(named, shape=shapes.written(shape), mended=mended, parts=shapes.parts(shape))
