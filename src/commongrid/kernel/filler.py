"""The child process that fills somebody else's form: ``python -I filler.py MEMORY SECONDS < told+workbook``.

On its standard input stands one line of JSON, what is to be filled in, and then the workbook; on its standard output
the workbook comes back with nothing else changed in it. It shares nothing with the process that asked, limits its own
memory (bytes) and processor time (seconds) and may write no file. Whatever it can't make sense of, it fails.

Only rows of one sheet are touched; the list of which formula is reckoned before which goes, which every program makes
anew, and texts that no cell shows any more go from the workbook's store of texts. Everything else passes through as it
came, so that headings, other sheets, widths, drop-downs and pictures stay. Texts are written as texts, so none is ever
taken for a formula.

Started by ``filling.py`` and imported by nobody.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import Any

REFERENCE = re.compile(r"(?<![\w!'.$])(\$?[A-Z]{1,3}\$?)(\d{1,7})(?::(\$?[A-Z]{1,3}\$?)(\d{1,7}))?(?![\w(!])")
CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WIDEST = 16_384
LONGEST = 180
"""A spreadsheet program takes 255 signs at the foot of a page."""
AFTER_FOOT = frozenset({
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
})  # fmt: skip
"""What stands behind it in a sheet."""
CHAIN = "xl/calcChain.xml"
STRINGS = "sharedstrings.xml"
"""A workbook keeps texts apart from the cells that show them."""
SPACES = "{http://www.w3.org/XML/1998/namespace}space"


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may use; the kernel ends it otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def parsed(data: bytes) -> Any:
    """The tree of a part; no entity is resolved and nothing is fetched. Fails for one that declares a type."""
    from lxml import etree

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root.getroottree().docinfo.doctype:
        raise ValueError
    return root


def written(root: Any) -> bytes:
    """A part as bytes again."""
    from lxml import etree

    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def number_of(letters: str) -> int:
    """The place of a column by its letters: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@cache
def letters_of(number: int) -> str:
    """The letters of a column by its place."""
    found, rest = "", number + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        found = chr(65 + last) + found
    return found


def part_of(packed: zipfile.ZipFile, name: str) -> str:
    """Which file of the zip holds a sheet, by the workbook's own list. Fails where it doesn't say."""
    book = parsed(packed.read("xl/workbook.xml"))
    ids = {
        value
        for each in book.iter("{*}sheet")
        if each.get("name") == name
        for key, value in each.items()
        if key.endswith("}id")
    }
    for each in parsed(packed.read("xl/_rels/workbook.xml.rels")):
        if each.get("Id") in ids:
            return posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
    raise LookupError


@dataclass(frozen=True)
class Look:
    """How the first row to fill looks: its own attributes, and the format of each of its cells."""

    row: dict[str, str] = field(default_factory=dict)
    cells: dict[int, dict[str, str]] = field(default_factory=dict)


class Table:
    """The rows of a sheet, by number, each with its cells by column; numbers that were left out are written in."""

    def __init__(self, root: Any) -> None:
        """Find the rows."""
        self.root = root
        self.space = root.tag.partition("}")[0] + "}"
        self.data = root.find(f"{self.space}sheetData")
        self.rows: dict[int, Any] = {}
        before = 0
        for row in self.data.findall(f"{self.space}row"):
            before = int(row.get("r", before + 1))
            row.set("r", str(before))
            row.attrib.pop("spans", None)
            self.rows[before] = row
            for at, cell in self.cells(row).items():
                cell.set("r", f"{letters_of(at)}{before}")

    def cells(self, row: Any) -> dict[int, Any]:
        """The cells of a row by column."""
        found: dict[int, Any] = {}
        at = -1
        for cell in row.findall(f"{self.space}c"):
            said = CELL.fullmatch(cell.get("r", ""))
            at = number_of(said[1]) if said else at + 1
            found[at] = cell
        return found

    def says(self, row: Any, counted: set[int]) -> bool:
        """Whether a row holds anything to read: more than a formula, or a number in a column that counts the rows."""
        return any(
            len(cell) and cell.find(f"{self.space}f") is None and not (at in counted and cell.get("t", "n") == "n")
            for at, cell in self.cells(row).items()
        )

    def look(self, row: Any) -> Look:
        """How a row looks, without what stands in it."""
        cells = {at: {"s": cell.get("s")} if cell.get("s") else {} for at, cell in self.cells(row).items()}
        return Look({name: value for name, value in row.items() if name != "r"}, cells)

    def empty(self, row: Any) -> None:
        """Take away what stands in a row; how it looks stays."""
        for cell in row.findall(f"{self.space}c"):
            cell.attrib.pop("t", None)
            del cell[:]

    def fill(self, number: int, values: dict[int, str | int], like: Look) -> None:
        """Write a row; a new one looks like the first."""
        from lxml import etree

        row = self.rows.get(number)
        if row is None:
            row = self.rows[number] = etree.Element(f"{self.space}row", like.row)
        cells = self.cells(row)
        for at in (values.keys() | like.cells.keys()) - cells.keys():
            cells[at] = etree.Element(f"{self.space}c", like.cells.get(at, {}))
        for at, value in values.items():
            self.write(cells[at], value)
        row.set("r", str(number))
        for at, cell in cells.items():
            cell.set("r", f"{letters_of(at)}{number}")
        row[:] = [cells[at] for at in sorted(cells)]

    def renumber(self, row: Any, number: int) -> None:
        """Give a row and its cells their number."""
        row.set("r", str(number))
        for at, cell in self.cells(row).items():
            cell.set("r", f"{letters_of(at)}{number}")

    def write(self, cell: Any, value: str | int) -> None:
        """A whole number as a number, all else as text."""
        from lxml import etree

        cell.attrib.pop("t", None)
        del cell[:]
        if isinstance(value, int):
            etree.SubElement(cell, f"{self.space}v").text = str(value)
        elif text := UNWRITABLE.sub("", value):
            cell.set("t", "inlineStr")
            inner = etree.SubElement(etree.SubElement(cell, f"{self.space}is"), f"{self.space}t", {SPACES: "preserve"})
            inner.text = text

    def down(self, number: int, by: int) -> None:
        """Move what stands from a row on further down, what its formulas mean and what is merged there too."""
        for old in sorted((one for one in self.rows if one >= number), reverse=True):
            row = self.rows.pop(old)
            self.renumber(row, old + by)
            self.rows[old + by] = row
            for formula in row.iter(f"{self.space}f"):
                formula.text = moved(formula.text or "", number, by)
                if formula.get("ref"):
                    formula.set("ref", moved(formula.get("ref"), number, by))
        for merged in list(self.root.iter(f"{self.space}mergeCell")):
            top, bottom = (int(one) for one in re.findall(r"\d+", merged.get("ref", "A1:A1")))
            if top >= number:
                merged.set("ref", moved_whole(merged.get("ref"), by))
            elif bottom >= number:
                merged.getparent().remove(merged)

    def unmerge(self, first: int, last: int) -> None:
        """Take merges over several rows away where rows are filled, and have each row merged as its first."""
        box = self.root.find(f"{self.space}mergeCells")
        if box is None:
            return
        sides = set()
        for merged in list(box):
            top, bottom = (int(one) for one in re.findall(r"\d+", merged.get("ref", "A1:A1")))
            if top == bottom == first:
                sides.add(tuple(re.findall(r"[A-Z]+", merged.get("ref"))))
            if first <= bottom and top <= last and top >= first:
                box.remove(merged)
        for number in range(first, last + 1):
            for left, right in sorted(sides):
                box.append(box.makeelement(f"{self.space}mergeCell", {"ref": f"{left}{number}:{right}{number}"}))
        if not len(box):
            self.root.remove(box)
        else:
            box.set("count", str(len(box)))

    def close(self) -> None:
        """Put the rows back in their order; a formula that was shared by one written over goes with it."""
        self.data[:] = [self.rows[number] for number in sorted(self.rows)]
        if (told := self.root.find(f"{self.space}dimension")) is not None:
            self.root.remove(told)
        shared = list(self.data.iter(f"{self.space}f"))
        kept = {one.get("si") for one in shared if one.get("t") == "shared" and one.text}
        for one in shared:
            if one.get("t") == "shared" and one.get("si") not in kept:
                del one.getparent()[:]


def foot(root: Any, text: str) -> None:
    """Print a line at the foot of each page, below what the sheet prints there by itself."""
    from lxml import etree

    space = root.tag.partition("}")[0] + "}"
    told = root.find(f"{space}headerFooter")
    if told is None:
        told = etree.Element(f"{space}headerFooter")
        after = next((each for each in root if each.tag.removeprefix(space) in AFTER_FOOT), None)
        root.append(told) if after is None else after.addprevious(told)
    for name in ("oddFooter", "evenFooter", "firstFooter"):
        line = told.find(f"{space}{name}")
        if line is None and name == "oddFooter":
            line = etree.Element(f"{space}{name}")
            head = told.find(f"{space}oddHeader")
            told.insert(0, line) if head is None else head.addnext(line)
        if line is not None:
            before = f"{line.text}\n" if line.text else ""
            line.text = (
                before + ("" if "&L" in before else "&L") + UNWRITABLE.sub("", text)[:LONGEST].replace("&", "&&")
            )


def moved(formula: str, number: int, by: int) -> str:
    """A formula below rows that were let in: what it says of rows from there on, and ranges that ended just before."""

    def one(found: re.Match[str]) -> str:
        begin = int(found[2])
        first = f"{found[1]}{begin + by if begin >= number else begin}"
        if found[4] is None:
            return first
        end = int(found[4])
        return f"{first}:{found[3]}{end + by if end >= number - 1 else end}"

    return REFERENCE.sub(one, formula)


def moved_whole(reference: str, by: int) -> str:
    """A range moved down."""
    return CELL.sub(lambda found: f"{found[1]}{int(found[2]) + by}", reference)


def room(table: Table, first: int, count: int, counted: set[int], *, clear: bool) -> Look:
    """Make room for so many rows; answers how the first row looks, where that is none that stays below."""
    below = sorted(number for number in table.rows if number >= first)
    like = table.look(table.rows[below[0]]) if below else Look()
    if clear:
        for number in below:
            table.empty(table.rows[number])
    elif stands := next((number for number in below if table.says(table.rows[number], counted)), None):
        like = like if stands > first else Look()
        if (by := first + count - stands) > 0:
            table.down(stands, by)
    return like


def fill(root: Any, told: dict[str, Any]) -> None:
    """Lay the rows in from the first row on; what stands below is moved down, or taken away where told so."""
    table, first = Table(root), int(told["first"])
    rows: list[dict[int, str | int]] = [{int(at): value for at, value in one} for one in told["rows"]]
    counted = set(told["counted"])
    if any(not 0 <= at < WIDEST for one in rows for at in one):
        raise ValueError
    like = room(table, first, len(rows), counted, clear=told["clear"])
    for n, values in enumerate(rows):
        table.fill(first + n, values, like)
    if rows:
        table.unmerge(first, first + len(rows) - 1)
    table.close()
    if told["foot"]:
        foot(root, told["foot"])


def without_chain(name: str, data: bytes) -> bytes:
    """A part that no longer speaks of the order of formulas, which a spreadsheet program makes anew."""
    if name in {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"}:
        root = parsed(data)
        for each in list(root):
            if "calcChain" in (each.get("PartName") or each.get("Target") or ""):
                root.remove(each)
        return written(root)
    if name == "xl/workbook.xml":
        root = parsed(data)
        for each in root.iter("{*}calcPr"):
            each.set("fullCalcOnLoad", "1")
        return written(root)
    return data


def shown_strings(data: bytes) -> set[int]:
    """Which texts of the workbook's store the cells of a part show; none for a part that is no sheet."""
    if b"sheetData" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return set()
    cells = (each for each in parsed(data).iter("{*}c") if each.get("t") == "s")
    return {int(value) for cell in cells if (value := (cell.findtext("{*}v") or "").strip())}


def without_others(data: bytes, shown: set[int]) -> bytes:
    """The store of texts without those that nothing shows: names of an old list must not go along unseen."""
    root = parsed(data)
    for at, each in enumerate(root.findall("{*}si")):
        if at not in shown:
            space = each.tag.partition("}")[0] + "}"
            each[:] = [each.makeelement(f"{space}t", {})]
    return written(root)


def main(memory: str, seconds: str) -> None:
    """Print the workbook filled in."""
    limit(int(memory), int(seconds))
    told = json.loads(sys.stdin.buffer.readline())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as packed:
        part = part_of(packed, told["sheet"])
        root = parsed(packed.read(part))
        fill(root, told)
        filled = written(root)
        names = [entry.filename for entry in packed.infolist() if entry.filename != CHAIN]
        sheets = (filled if name == part else packed.read(name) for name in names if name.endswith(".xml"))
        shown = set().union(*map(shown_strings, sheets))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
            for name in names:
                data = filled if name == part else packed.read(name)
                if name.casefold().endswith(STRINGS):
                    data = without_others(data, shown)
                again.writestr(name, without_chain(name, data))
    sys.stdout.buffer.write(out.getvalue())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
