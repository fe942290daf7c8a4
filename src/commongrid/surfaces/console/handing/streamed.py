"""A long list as a spreadsheet, written row by row into a stream: no list of its rows, and no file beside it.

Libraries for spreadsheets keep what they write in memory or in files of their own; a long list would be laid open on
the disk meanwhile. What stands in it is what ``sheets`` writes of a short one: all of it text.
"""

from __future__ import annotations

import re
import zipfile
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Final, Protocol, cast
from xml.sax.saxutils import escape

from commongrid.kernel.delimited import harmless
from commongrid.surfaces.console.handing.sheets import LOOKED_AT, sheet_name, widths
from commongrid.surfaces.console.handing.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from commongrid.surfaces.console.handing.tables import LongTable

LONGEST_CELL: Final = 32_767
_CODED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where a text would be read as the code of another sign."""
_NS: Final = "http://schemas.openxmlformats.org"
_MAIN: Final = f'xmlns="{_NS}/spreadsheetml/2006/main"'
_DOCUMENT: Final = f"{_NS}/officeDocument/2006/relationships"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD, TEXT, GROUP = 1, 2, 3
_STYLES: Final = (
    f'{_XML}<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE3EFEA"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF3F5F4"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/>'
    '<right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"'
    ' applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top"/></xf>'
    '<xf numFmtId="49" fontId="1" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""Four looks: as it is, a heading, text, the head of a group."""
_VIEW: Final = (
    '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_PAPER: Final = (
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"
)


class Sink(Protocol):
    """What takes the file: a stream of bytes."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""

    def flush(self) -> None:
        """Nothing more comes for now."""


def stream_sheet(out: Sink, told: str, tables: Iterable[LongTable]) -> int:
    """Write the tables, each on a sheet of its own, every one as it comes; answers how many rows they have.

    Rows that stand over a group, and those of a table that sums others up, are not among them.
    """
    taken: set[str] = set()
    names, number = [], 0
    with zipfile.ZipFile(cast("IO[bytes]", out), "w", zipfile.ZIP_DEFLATED) as packed:
        for n, table in enumerate(tables, 1):
            names.append(sheet_name(table.name, taken))
            with packed.open(f"xl/worksheets/sheet{n}.xml", "w") as part:
                for text, counts in _sheet(told, table):
                    part.write(text.encode())
                    number += counts and not table.sums
        for name, text in _parts(names).items():
            packed.writestr(name, text)
    return number


def _sheet(told: str, table: LongTable) -> Iterator[tuple[str, bool]]:
    """A sheet in pieces, each with whether it is a row that counts."""
    rows = iter(table.rows)
    first = list(islice(rows, LOOKED_AT))
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1" style="{TEXT}"/>'
        for n, width in enumerate(widths(table.heads, first), 1)
    )
    yield f"{_XML}<worksheet {_MAIN}>{_VIEW}<cols>{columns}</cols><sheetData>", False
    yield _row(1, (told,), 0) + _row(2, table.heads, HEAD), False
    for number, row in enumerate(chain(first, rows), 3):
        yield _row(number, row.cells, GROUP if row.head else TEXT), not row.head
    yield f"</sheetData>{_PAPER}</worksheet>", False


def _row(number: int, cells: Sequence[str], style: int) -> str:
    written = "".join(
        f'<c r="{_column(at)}{number}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{_text(value)}</t></is></c>'
        for at, value in enumerate(cells)
        if value or style == HEAD
    )
    return f'<row r="{number}">{written}</row>'


def _text(value: str) -> str:
    """A text as a cell holds it: no formula, no sign that XML can't hold, none read as the code of another."""
    return escape(_CODED.sub("_x005F_", plain(harmless(value))[:LONGEST_CELL]))


def _column(at: int) -> str:
    """The letters of a column."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _parts(names: Sequence[str]) -> dict[str, str]:
    """Everything of a workbook beside its sheets."""
    numbers = range(1, len(names) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    sheets = "".join(
        f'<sheet name="{escape(name, _QUOTE)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">{escape(_quoted(name))}!$1:$2</definedName>'
        for n, name in enumerate(names)
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_NS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{types}</Types>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), ("styles", "styles.xml")]
        ),
        "xl/workbook.xml": f'{_XML}<workbook {_MAIN} xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets>'
        f"<definedNames>{titles}</definedNames></workbook>",
        "xl/styles.xml": _STYLES,
    }


_QUOTE: Final = {'"': "&quot;"}


def _quoted(name: str) -> str:
    """A sheet's name in a reference."""
    return "'" + name.replace("'", "''") + "'"


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'{_XML}<Relationships xmlns="{_NS}/package/2006/relationships">{listed}</Relationships>'
