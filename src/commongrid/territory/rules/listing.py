"""Reading a list of places: which column is which, what each row says, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from commongrid.kernel.places import BELOW_VILLAGE, Level, ancestors_of, fits, level_of, parent_of, parse, show
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import digits
from commongrid.territory.rules.words import Field, field_of, kind_guessed, kind_said, levels_meant

LONGEST_NAME: Final = 100
_LOOKED_AT: Final = 200
_SIGNIFICANT_ENOUGH: Final = 6
_NO_PARENT: Final = frozenset({"", "0", "-", "--", "—", "/", "86", "100000", "100000000000", "无", "null", "none"})

Cell = object
Row = tuple[int, Sequence[Cell]]
"""The number of a row in its file, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about a row (0: about the list), to be translated with its parameters."""

    row: int
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English sentence."""
        return self.text % self.params if self.params else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One place as a list names it. ``kind`` and ``name_en`` are None where the list leaves them open."""

    row: int
    code: int
    level: Level
    name: str
    name_en: str | None = None
    kind: str | None = None

    @property
    def kind_or_guess(self) -> str:
        """Village or community; empty at other levels unless the list said so."""
        if self.kind is not None:
            return self.kind
        return kind_guessed(self.code, self.name) if self.level == "village" else ""


@dataclass(frozen=True, slots=True)
class PlaceList:
    """A list as read: its places in order, what is wrong, what was passed over."""

    places: tuple[Listed, ...]
    faults: tuple[Said, ...]
    notes: tuple[Said, ...] = ()


def read_list(rows: Iterable[Row], columns: Mapping[str, str] | None = None) -> PlaceList:
    """Read rows of cells, with or without a heading row, into places and faults.

    ``columns`` says which heading stands for which field where the file's own
    headings are unusual. Level and parent may be missing: the code tells both,
    except inside a village. Nothing is guessed where a row contradicts itself.

    Refuses with BadInput: no column of codes or names; a field or heading in
    ``columns`` that does not exist.
    """
    kept: list[tuple[int, tuple[str, ...]]] = []
    empty: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        texts = tuple("" if cell is None else " ".join(str(cell).split()) for cell in cells)
        (kept if any(texts) else empty).append((number, texts))
    if not kept:
        raise BadInput(N_("The list is empty."))
    where, body, notes = _columns(kept, columns or {})
    if not body:
        raise BadInput(N_("The list has headings but no places."))
    if empty and empty[0][0] < body[-1][0]:
        notes.append(Said(empty[0][0], N_("Empty rows were passed over.")))
    places: list[Listed] = []
    faults: list[Said] = []
    for number, texts in body:
        try:
            places.append(_place(number, texts, where))
        except BadInput as fault:
            faults.append(Said(number, fault.text, fault.params))
    return PlaceList(tuple(places), (*faults, *_repeated(places)), tuple(notes))


def _columns(
    rows: list[tuple[int, tuple[str, ...]]], asked: Mapping[str, str]
) -> tuple[dict[Field, int], list[tuple[int, tuple[str, ...]]], list[Said]]:
    """Where each field stands, the rows below the headings, and headings passed over."""
    first = rows[0][1]
    if asked:
        where = _asked_columns(first, asked)
    elif any(_is_code(text) for text in first):
        where, first = _columns_by_content([texts for _number, texts in rows[:_LOOKED_AT]]), ()
    else:
        where = {}
        for at, heading in enumerate(first):
            meant = field_of(heading)
            if meant is not None:
                where.setdefault(meant, at)
    for needed, sentence in (
        ("code", N_("No column of codes was found. Name its heading code or 编码.")),
        ("name", N_("No column of names was found. Name its heading name or 名称.")),
    ):
        if needed not in where:
            raise BadInput(sentence)
    passed = [text for at, text in enumerate(first) if text and at not in where.values()]
    notes = (
        [Said(rows[0][0], N_("Columns passed over: %(columns)s."), {"columns": ", ".join(passed)})] if passed else []
    )
    return where, rows[1:] if first else rows, notes


def _asked_columns(headings: Sequence[str], asked: Mapping[str, str]) -> dict[Field, int]:
    where: dict[Field, int] = {}
    for name, heading in asked.items():
        meant: Field | None = field_of(name) if name in {"code", "name", "level", "parent", "name_en"} else None
        if meant is None:
            raise BadInput(N_("A list of places has no field %(field)s."), field=name)
        if heading not in headings:
            raise BadInput(N_("The list has no heading %(heading)s."), heading=heading)
        where[meant] = headings.index(heading)
    return where


def _is_code(text: str) -> bool:
    plain = digits(text).removesuffix(".0").replace("-", "")
    return plain.isascii() and plain.isdigit() and len(plain) >= _SIGNIFICANT_ENOUGH


def _columns_by_content(rows: list[tuple[str, ...]]) -> dict[Field, int]:
    """Without headings: codes are numbers and all different, levels are known words, the first other text is a name."""
    where: dict[Field, int] = {}
    for at in range(max(map(len, rows))):
        cells = [texts[at] for texts in rows if at < len(texts) and texts[at]]
        meant: Field | None = None
        if cells and sum(map(_is_code, cells)) * 2 > len(cells):
            meant = "parent" if "code" in where else "code"
        elif cells and all(levels_meant(text) for text in cells):
            meant = "level"
        elif cells and not any(text.isascii() and text.replace(".", "").isdigit() for text in cells):
            meant = "name"
        if meant is not None:
            where.setdefault(meant, at)
    return where


def _place(number: int, texts: Sequence[str], where: Mapping[Field, int]) -> Listed:
    """One row as a place; BadInput says what is wrong with it."""

    def cell(name: Field) -> str:
        at = where.get(name)
        return texts[at] if at is not None and at < len(texts) else ""

    written, name = cell("code"), cell("name")
    if not written:
        raise BadInput(N_("%(name)s has no code."), name=name or "?")
    code = parse(written)
    _check_name(name, code)
    level = _level(code, cell("level"))
    if level != "province":
        _check_parent(code, level, cell("parent"))
    return Listed(
        row=number,
        code=code,
        level=level,
        name=name,
        name_en=cell("name_en") if "name_en" in where else None,
        kind=kind_said(cell("level")) if level == "village" else None,
    )


def _check_name(name: str, code: int) -> None:
    if not name:
        raise BadInput(N_("%(code)s has no name."), code=show(code))
    if len(name) > LONGEST_NAME:
        raise BadInput(N_("The name of %(code)s is longer than 100 characters."), code=show(code))
    if not any(sign.isalpha() for sign in name) or not name.isprintable():
        raise BadInput(N_("%(code)s has no name that can be read."), code=show(code))


def _level(code: int, word: str) -> Level:
    by_code = level_of(code)
    if not word:
        if by_code == "below":
            raise BadInput(
                N_("%(code)s lies inside a village: say whether it is a natural village, group or grid."),
                code=show(code),
            )
        return by_code
    meant = levels_meant(word)
    if not meant:
        raise BadInput(N_("%(word)s is not a level."), word=word[:40])
    for level in meant:
        if fits(code, level):
            return level
    raise BadInput(N_("The code %(code)s is not of the level %(word)s."), code=show(code), word=word[:40])


def _check_parent(code: int, level: Level, written: str) -> None:
    if written.lower() in _NO_PARENT:
        return
    parent = parse(written)
    wanted = parent_of(code)
    lenient = level in {"prefecture", "county"} and parent in ancestors_of(code)
    if parent != wanted and not lenient:
        raise BadInput(N_("%(parent)s is not the parent of %(code)s."), parent=show(parent), code=show(code))


def _repeated(places: Iterable[Listed]) -> list[Said]:
    """A code may stand in a list once."""
    first: dict[int, Listed] = {}
    faults = []
    for each in places:
        earlier = first.setdefault(each.code, each)
        if earlier is each:
            continue
        params = {"code": show(each.code), "earlier": earlier.row, "one": earlier.name, "other": each.name}
        if earlier.name == each.name:
            faults.append(Said(each.row, N_("%(code)s stands in row %(earlier)s already."), params))
        else:
            faults.append(
                Said(each.row, N_("%(code)s has two names: %(one)s in row %(earlier)s and %(other)s here."), params)
            )
    return faults


def is_below(level: str) -> bool:
    """Whether the level lies inside a village."""
    return level in BELOW_VILLAGE
