"""Forms of others: where the header of a workbook stands, and what its columns probably mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from time import monotonic
from typing import Final

from commongrid.kernel.filling import LIMITS, demand_form
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.sheets import Cell, read_rows, text_of
from commongrid.registry.rules.own_ledgers import suggested

LOOKED_AT: Final = 12
"""So many rows with content are looked at for the header; above it stand titles, the unit, the date."""
SHEETS: Final = 8
SECONDS: Final = 45
"""So long all its sheets together may take, because somebody waits; sheets that are left then are not looked at."""
MOST_COLUMNS: Final = 60
NO_HEADER: Final = N_("No row of this workbook names two columns or more. Check its header row and send it again.")

Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a form's header was found: its sheet, the first row below it, the headings and what each probably means."""

    sheet: str
    first: int
    headings: tuple[str, ...]
    means: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many columns are known by their name."""
        return sum(map(bool, self.means))


def read_form(data: bytes, name: str, of: str, *, hardship: bool) -> Header:
    """Find the header of a form: in the sheet and row that name the most columns of the subject.

    Refuses: BadInput and TooLarge for hostile or damaged files, and where no row names two columns.
    """
    demand_form(data)
    until = monotonic() + SECONDS
    first = read_rows(data, name, headers=0, marked=True, limits=replace(LIMITS, seconds=SECONDS))
    found = [header_of(first.name, list(islice(first.numbered, LOOKED_AT)), of, hardship=hardship)]
    for sheet in first.sheets[:SHEETS]:
        if sheet != first.name and (left := int(until - monotonic())) > 0:
            other = read_rows(data, name, headers=0, sheet=sheet, marked=True, limits=replace(LIMITS, seconds=left))
            found.append(header_of(sheet, list(islice(other.numbered, LOOKED_AT)), of, hardship=hardship))
    best = max((one for one in found if one is not None), key=lambda one: one.known, default=None)
    if best is None:
        raise BadInput(NO_HEADER)
    return best


def header_of(sheet: str, rows: Sequence[Row], of: str, *, hardship: bool) -> Header | None:
    """The likeliest header among the first rows: the most columns known; of equals one of two rows, then the first."""
    best: tuple[tuple[int, int], Header] | None = None
    for n, (number, cells) in enumerate(rows):
        upper = _headings([cells])
        if len(set(filter(None, upper))) < 2:  # noqa: PLR2004 - a title stands alone
            continue
        found = [Header(sheet, number + 1, upper, tuple(suggested(of, upper, hardship=hardship)))]
        if found[0].known and n + 1 < len(rows) and _goes_on(cells, rows[n + 1][1]):
            both = _headings([cells, rows[n + 1][1]])
            found.append(Header(sheet, rows[n + 1][0] + 1, both, tuple(suggested(of, both, hardship=hardship))))
        for depth, one in enumerate(found):
            if best is None or (one.known, depth) > best[0]:
                best = ((one.known, depth), one)
    return best[1] if best else None


def _goes_on(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Whether a second row belongs to the header: a cell is merged over both, or one above over several."""
    above, below = [text_of(one) for one in upper], [text_of(one) for one in lower]
    over_both = any(one and one == other for one, other in zip(above, below, strict=False))
    return over_both or any(one and one == other for one, other in pairwise(above))


def _headings(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    width = min(max(map(len, rows)), MOST_COLUMNS)
    texts = [[" ".join(text_of(row[at]).split()) if at < len(row) else "" for at in range(width)] for row in rows]
    return tuple(" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*texts, strict=True))
