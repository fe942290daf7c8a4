"""A list as a Word document: A4, its title and what it is for at the head of each page, headings repeated."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from django.utils.translation import gettext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commongrid.surfaces.console.handing.tables import Handed, Table

UPRIGHT: Final = 6
"""So many columns fit on an upright page; more turn it."""
LONG, SHORT, MARGIN = 297, 210, 18
FONT: Final = "宋体"
UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SHADED: Final = {"head": "E3EFEA", "group": "F3F5F4"}


def document(of: Handed) -> bytes:
    """The tables one after another."""
    made = Document()
    made.core_properties.author, made.core_properties.title = plain(of.by), plain(of.title)
    made.core_properties.comments = ""
    normal: Any = made.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(9)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    turned = max((len(table.heads) for table in of.tables), default=0) > UPRIGHT
    width = _paper(made.sections[0], turned=turned)
    _heads(made.sections[0], of)
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(plain(of.title))
    run.bold, run.font.size = True, Pt(16)
    for table in of.tables:
        if len(of.tables) > 1:
            made.add_paragraph().add_run(plain(table.name)).bold = True
        body = made.element.body
        body.insert(len(body) - 1, parse_xml(_table(table, width)))
        made.add_paragraph()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _paper(section: Any, *, turned: bool) -> int:
    """A4, upright or turned; answers how many millimetres there are between the margins."""
    wide, high = (LONG, SHORT) if turned else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    section.header_distance = section.footer_distance = Mm(8)
    return wide - 2 * MARGIN


def _heads(section: Any, of: Handed) -> None:
    """What stands on each page: above what it is for, below its number."""
    section.header.paragraphs[0].text = plain(of.told)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for before, code in (("", "PAGE"), (" / ", "NUMPAGES")):
        foot.add_run(before)
        xml = f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        foot._p.append(parse_xml(xml))  # noqa: SLF001 - fields have no way of their own


def _table(of: Table, width: int) -> str:
    """The table as it is written: borders, a row of headings that is repeated, rows that no page break cuts."""
    columns, each = len(of.heads), round(width * 56.7 / max(len(of.heads), 1))
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    lines = [_row(of.heads, "head", columns)]
    lines += [_row(row.cells, "group" if row.head else "", columns) for row in of.rows]
    if not of.rows:
        lines.append(_row((gettext("Nobody and nothing is in this ledger"),), "", columns))
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for _head in of.heads)
    look = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
    return f"<w:tbl {nsdecls('w')}>{look}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def _row(cells: Sequence[str], sort: str, columns: int) -> str:
    head = "<w:tblHeader/>" if sort == "head" else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(_cells(cells, sort, columns))}</w:tr>"


def _cells(cells: Sequence[str], sort: str, columns: int) -> list[str]:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADED[sort]}"/>' if sort else ""
    bold = "<w:rPr><w:b/></w:rPr>" if sort else ""
    whole = f'<w:gridSpan w:val="{columns}"/>' if len(cells) < columns else ""
    return [
        f"<w:tc><w:tcPr>{whole}{shade}</w:tcPr><w:p><w:r>{bold}"
        f'<w:t xml:space="preserve">{escape(plain(value))}</w:t></w:r></w:p></w:tc>'
        for value in cells
    ]


def plain(text: str) -> str:
    """A text without signs that no document may hold."""
    return UNWRITABLE.sub("", text)
