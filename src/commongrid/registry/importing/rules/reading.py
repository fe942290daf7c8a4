"""One row of a sheet of people or households, read into values or into its faults; nothing here asks a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar

from commongrid.kernel import masking
from commongrid.kernel.delimited import FORMULA
from commongrid.kernel.identity import EARLIEST, OLDEST, IdNumber, id_number
from commongrid.kernel.moments import UnreadableDate, missing, read_moment
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import BadInput
from commongrid.kernel.sheets import Cell, Marks, plain_name, text_of
from commongrid.kernel.widths import cut_by_spreadsheet, halfwidth, phone_of, whole
from commongrid.registry.importing.rules.columns import Column
from commongrid.registry.importing.rules.faults import FAULTS, RowFault
from commongrid.registry.importing.rules.layout import LAYOUTS, Headed
from commongrid.registry.importing.rules.rows import HomeRead, Meaning, PersonRead
from commongrid.registry.importing.rules.words import DITTO
from commongrid.registry.rules.facts import DOOR_LENGTH, NAME_LENGTH, NUMBER_LENGTH

T = TypeVar("T")
PLACE_LENGTH: Final = 60
_LUNAR: Final = re.compile(
    r"农历|阴历|旧历|[正冬腊]月|初[一二三四五六七八九十]|廿|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]"
)
HAN_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_NO_NAME: Final = re.compile(r"[0-9<>{}\[\]=+@#$%^&*_|\\/?!;:\"]")
_ID_FAULTS: Final = (("decimal", "decimal"), ("18 signs", "length"), ("date of birth", "birth"), ("last sign", "sign"))
_FOLLOWS: Final = ("sex", "born_on")
"""What follows from an identity number: a formula there is passed over."""


@dataclass(slots=True)
class RowReader:
    """Reads one row after the other; a row's faults are all told, not only the first."""

    sort: str
    headed: Headed
    meaning: Meaning
    faults: list[RowFault] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)
    _above: dict[str, Cell] = field(default_factory=dict)
    _row: int = 0
    _cells: dict[str, Cell] = field(default_factory=dict)
    _bad: bool = False
    _refused: set[str] = field(default_factory=set)

    def person(self, row: int, cells: Sequence[Cell], marks: Marks | None = None) -> PersonRead:
        """The person of a row."""
        self._begin(row, cells, marks)
        known = self._identity()
        village = self._place("natural_village", needed=True)
        found = PersonRead(
            row=row, natural_village=village or 0, number=self._number(),
            door=self._words("door", DOOR_LENGTH), villager_group=self._beside(village, "villager_group"),
            relation=self._coded("relation", needed=True), name=self._name(), id_number=known.text if known else "",
            sex=self._sex(known), born_on=self._born(known), phone=self._phone(),
            education=self._coded("education"), occupation=self._coded("occupation"),
            political=self._coded("political"), marital=self._coded("marital"), state=self._coded("state"),
            works_at=self._words("works_at", PLACE_LENGTH), registered_place=self._place("registered_place"),
            booklet=self._number("booklet", needed=False),
            as_in_booklet=self._coded("as_in_booklet", "relation"), collective=self._place("collective"),
            bank=self._bank(), since=self._past("since"), former_name=self._words("former_name", NAME_LENGTH),
            native_place=self._words("native_place", PLACE_LENGTH),
            registered_door=self._words("registered_door", DOOR_LENGTH), workplace=self._words("workplace", 80),
            inflow=self._coded("inflow"), domicile=self._coded("domicile"),
        )  # fmt: skip
        self._booklet(found)
        if found.since and found.born_on and found.since < found.born_on:
            self._fault("since_before_birth", "since")
        if not found.id_number and not found.born_on and not self._bad:
            self.note("no_birth")
        found.bad = self._bad
        return found

    def home(self, row: int, cells: Sequence[Cell], marks: Marks | None = None) -> HomeRead:
        """The household of a row."""
        self._begin(row, cells, marks)
        village = self._place("natural_village", needed=True)
        lon, lat = self._degrees("lon", 180), self._degrees("lat", 90)
        if (lon is None) != (lat is None) and not self._bad:
            self._fault("lat_missing", "lat" if lat is None else "lon")
        found = HomeRead(
            row=row, natural_village=village or 0, number=self._number(), door=self._words("door", DOOR_LENGTH),
            villager_group=self._beside(village, "villager_group"), grid=self._beside(village, "grid"), lon=lon,
            lat=lat, began_on=self._past("began_on"),
        )  # fmt: skip
        found.bad = self._bad
        return found

    def _booklet(self, found: PersonRead) -> None:
        """A booklet goes with what the person is in it."""
        if found.booklet and not self._text("as_in_booklet"):
            self._fault("as_in_booklet_missing", "as_in_booklet")
        elif found.as_in_booklet and not self._text("booklet"):
            self._fault("booklet_missing", "booklet")

    def fault(self, row: int, code: str, name: str) -> None:
        """Keep a fault that only other rows or the register could tell."""
        self.faults.append(RowFault(row, code, name, compared=True))

    def note(self, code: str) -> None:
        """Keep a note about the row at hand."""
        self.notes.setdefault(self._row, []).append(code)

    # ---- the row

    def _begin(self, row: int, cells: Sequence[Cell], marks: Marks | None) -> None:
        """Take the row up: what stands above where it says so, formulas refused or passed over."""
        self._row, self._bad, self._cells, self._refused = row, False, {}, set()
        for column in LAYOUTS[self.sort]:
            if column.field in self.headed.at:
                self._cells[column.field] = self._taken(column, self.headed.cell(cells, column.field))
        if marks is None:
            return
        if marks.hidden:
            self.note("hidden")
        if marks.merged:
            self.note("merged")
        self._formulas({self.headed.at[name]: name for name in self._cells}, marks.formulas)

    def _taken(self, column: Column, cell: Cell) -> Cell:
        """The cell itself, or the one above it where it says "the same"."""
        plain = cell if not isinstance(cell, str) else " ".join(cell.split())
        if isinstance(plain, str) and plain.casefold() in DITTO:
            if not column.ditto:
                self._refuse("ditto_here", column.field, plain)
                return ""
            plain = self._above.get(column.field, "")
            if plain == "":
                self._refuse("ditto_first", column.field)
        if column.ditto:
            self._above[column.field] = plain
        return plain

    def _formulas(self, fields: Mapping[int, str], columns: Sequence[int]) -> None:
        for column in columns:
            name = fields.get(column)
            if name is None:
                continue
            self._cells[name] = ""
            if name in _FOLLOWS and self._text("id_number"):
                self.note("formula_left")
            else:
                self._refuse("formula", name)

    def _refuse(self, code: str, name: str, value: str = "") -> None:
        """A cell that isn't read at all: nothing more is said of it."""
        self._fault(code, name, value)
        self._refused.add(name)

    def _fault(self, code: str, name: str, value: str = "") -> None:
        """Keep it in the words of the field, else in those that fit any."""
        self._bad = True
        if name in self._refused:
            return
        code = code if code in FAULTS else code.replace(name, "any", 1)
        said = value or self._text(name)
        whose = name == ("name" if self.sort == "people" else "person")
        shown = masking.name(said) if whose else masking.cell(masking.text(said)) if said else ""
        self.faults.append(RowFault(self._row, code, name, shown[:40]))

    def _text(self, name: str) -> str:
        cell = self._cells.get(name, "")
        return cell if isinstance(cell, str) else text_of(cell)

    # ---- fields

    def _identity(self) -> IdNumber | None:
        text = self._text("id_number")
        if missing(text):
            return None
        try:
            return id_number(text, today=self.meaning.today)
        except BadInput as refused:
            code = next(code for words, code in _ID_FAULTS if words in refused.text)
            self._fault(f"id_number_{code}", "id_number")
            return None

    def _sex(self, known: IdNumber | None) -> str:
        said = self._coded("sex")
        if known is None:
            return said
        if said in {"1", "2"} and said != known.sex:
            self._fault("sex_differs", "sex")
        return known.sex

    def _born(self, known: IdNumber | None) -> date | None:
        said = self._day("born_on")
        if said is not None and said > self.meaning.today:
            self._fault("born_on_future", "born_on")
        elif said is not None and (said < EARLIEST or self.meaning.today.year - said.year > OLDEST):
            self._fault("born_on_old", "born_on")
        elif known is not None and said not in {None, known.born_on}:
            self._fault("born_on_differs", "born_on")
        return known.born_on if known else said

    def _past(self, name: str) -> date | None:
        said = self._day(name)
        if said is not None and said > self.meaning.today:
            self._fault(f"{name}_future", name)
        elif said is not None and said < EARLIEST:
            self._fault(f"{name}_unreadable", name)
        return said

    def _day(self, name: str) -> date | None:
        cell = self._cells.get(name, "")
        if missing(cell):
            return None
        if isinstance(cell, str) and _LUNAR.search(cell):
            self._fault(f"{name}_lunar", name)
            return None
        try:
            found = cell if isinstance(cell, date | datetime) else read_moment(cell, self.meaning.orders.get(name, ""))
        except UnreadableDate:
            self._fault(f"{name}_unreadable", name)
            return None
        return found.date() if isinstance(found, datetime) else found

    def _name(self) -> str:
        text = HAN_GAP.sub("", " ".join(unicodedata.normalize("NFKC", self._text("name")).split()))
        if not text:
            self._fault("name_missing", "name")
        elif text.startswith(FORMULA):
            self._fault("formula_text", "name")
        elif len(text) > NAME_LENGTH:
            self._fault("name_long", "name")
        elif not text.isprintable():
            self._fault("unprintable", "name")
        elif _NO_NAME.search(text):
            self._fault("name_odd", "name")
        return text

    def _number(self, name: str = "number", *, needed: bool = True) -> str:
        text = "".join(halfwidth(self._text(name)).split())
        if not text or (not needed and missing(text)):
            if needed:
                self._fault(f"{name}_missing", name)
            return ""
        if cut_by_spreadsheet(text) and whole(text) == text:
            self._fault(f"{name}_decimal", name)
        elif len(text) > NUMBER_LENGTH:
            self._fault(f"{name}_long", name)
        elif text.startswith(FORMULA) or not text.isprintable():
            self._fault("formula_text" if text.startswith(FORMULA) else "unprintable", name)
        return text

    def _bank(self) -> str:
        """A bank account; a number of more than fifteen digits has lost its last ones."""
        text = halfwidth(self._text("bank"))
        if missing(text):
            return ""
        as_number = isinstance(self._cells.get("bank"), int | float) and len(text.partition(".")[0]) > 15  # noqa: PLR2004
        if as_number or (cut_by_spreadsheet(text) and whole(text) == text):
            self._fault("bank_decimal", "bank")
            return ""
        plain = "".join(sign for sign in whole(text) if sign not in " -")
        if not (plain.isascii() and plain.isdigit() and 12 <= len(plain) <= 19):  # noqa: PLR2004 - a card or passbook
            self._fault("bank_unreadable", "bank")
        return plain

    def _phone(self) -> str:
        text = halfwidth(self._text("phone"))
        if missing(text):
            return ""
        if cut_by_spreadsheet(text) and whole(text) == text:
            self._fault("phone_decimal", "phone")
            return ""
        found = phone_of(re.sub(r"\.0$", "", whole(text)))
        if found is None:
            self._fault("phone_unreadable", "phone")
        return found or ""

    def _words(self, name: str, longest: int) -> str:
        text = " ".join(self._text(name).split())
        if missing(text):
            return ""
        if text.startswith(FORMULA):
            self._fault("formula_text", name)
        elif not text.isprintable():
            self._fault("unprintable", name)
        elif len(text) > longest:
            self._fault(f"{name}_long", name)
        return text

    def _coded(self, name: str, of: str = "", *, needed: bool = False) -> str:
        text = self._text(name)
        if missing(text) and not (name == "political" and text.strip() == "无"):
            if needed:
                self._fault(f"{name}_missing", name)
            return ""
        found = meant(text, self.meaning.codes.get(of or name, {}))
        if found is None:
            self._fault(f"{name}_unknown", name)
        return found or ""

    def _place(self, name: str, *, needed: bool = False) -> int | None:
        text = self._text(name)
        if missing(text):
            if needed:
                self._fault(f"{name}_missing", name)
            return None
        known = getattr(self.meaning, _PLACES[name])
        found = meant(text, known)
        if found is None:
            several = any(plain in known for plain in _forms(text))
            self._fault(f"{name}_several" if several else f"{name}_unknown", name)
        return found

    def _beside(self, village: int | None, name: str) -> int | None:
        """A group or grid; it must lie in the same village as the natural village."""
        found = self._place(name)
        if found is not None and village is not None and village_of(found) != village_of(village):
            self._fault(f"{name}_apart", name)
        return found

    def _degrees(self, name: str, limit: int) -> float | None:
        text = halfwidth(self._text(name))
        if missing(text):
            return None
        try:
            value = float(text)
        except ValueError:
            value = limit + 1.0
        if not -limit <= value <= limit:
            self._fault("lon_unreadable", name)
            return None
        return value


_PLACES: Final = {
    "natural_village": "natural_villages", "villager_group": "villager_groups", "grid": "grids",
    "registered_place": "registered", "collective": "registered", "place": "places",
}  # fmt: skip


def _forms(text: str) -> tuple[str, ...]:
    """What a cell may name: the whole of it, its last word (a code behind a name), its first."""
    plain = plain_name(text)
    parts = plain.split(" ")
    return (plain, parts[-1], parts[0]) if len(parts) > 1 else (plain,)


def meant(text: str, known: Mapping[str, T | None]) -> T | None:
    """What a cell stands for among words that are known; None where it stands for nothing, or for several."""
    return next((found for plain in _forms(text) if (found := known.get(plain)) is not None), None)
