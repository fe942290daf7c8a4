"""Which column of the file is which field of a matter.

``number=unique_key,opened=created_date,…``: on the left a field named here, on
the right a header of the file. A header holding a comma is written in double
quotes around the whole pair: ``"title=Subject, short"``.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commongrid.kernel.refusals import N_, BadInput

FIELDS: dict[str, str] = {
    "number": "its number in the older system, required, taken once",
    "opened": "when it was reported, required",
    "closed": "when it was closed, empty: still open",
    "title": "short title",
    "text": "what was reported",
    "kind": "code or Chinese name of a kind here, or a word of the file of kinds",
    "place": "code, or a name that only one place has",
    "about": "whom in the government it is about: village, township, unit, county or unsure, empty: nobody",
    "series": "asked, patrol, systems or register, empty: asked",
    "source": "villager, patrol, department, hotline, petition, leader or anonymous, empty: villager",
    "due": "the deadline it had",
    "satisfied": "yes or no, empty: not asked",
    "reopened": "yes, no or how often, empty: not known",
}
"""What a column can be, as the command's help says it."""

REQUIRED = ("number", "opened")


@dataclass(frozen=True, slots=True)
class Binding:
    """Where each mapped field stands in a row, and what its column is called."""

    at: Mapping[str, int]
    headers: Mapping[str, str]

    def cell(self, row: Sequence[object], field: str) -> object:
        """The cell of a field; None where the field is not mapped or the row ends early."""
        place = self.at.get(field)
        return row[place] if place is not None and place < len(row) else None


def parse_columns(text: str) -> dict[str, str]:
    """Read ``field=header,…`` into a mapping.

    Refuses: BadInput for an unknown field, a field named twice, a pair without
    "=", or a required field left out; always with the fields there are.
    """
    chosen: dict[str, str] = {}
    for pair in next(csv.reader([text], skipinitialspace=True), []):
        field, mark, header = (part.strip() for part in pair.partition("="))
        if not pair.strip():
            continue
        if not mark or not header:
            raise BadInput(
                N_('"%(pair)s" is not of the form field=header. The fields are: %(known)s.'),
                pair=pair.strip(),
                known=", ".join(FIELDS),
            )
        if field not in FIELDS:
            raise BadInput(
                N_('There is no field "%(field)s"%(hint)s. The fields are: %(known)s.'),
                field=field,
                hint=_hint(field, FIELDS),
                known=", ".join(FIELDS),
            )
        if field in chosen:
            raise BadInput(N_('The field "%(field)s" is named twice in --columns.'), field=field)
        chosen[field] = header
    if lacking := [field for field in REQUIRED if field not in chosen]:
        raise BadInput(
            N_("--columns must say which header is: %(lacking)s. The fields are: %(known)s."),
            lacking=", ".join(lacking),
            known=", ".join(FIELDS),
        )
    return chosen


def bind(columns: Mapping[str, str], header: Sequence[object]) -> Binding:
    """Find the mapped headers in the file's first row.

    Spaces around a header and a byte-order mark do not count, nor does case
    where only one header agrees without it. Refuses: BadInput for a header that
    the file does not have, or has twice; with the list of those it has.
    """
    names = [str(cell).strip().lstrip("\ufeff") if cell is not None else "" for cell in header]
    at: dict[str, int] = {}
    for field, wanted in columns.items():
        found = [n for n, name in enumerate(names) if name == wanted]
        found = found or [n for n, name in enumerate(names) if name.casefold() == wanted.casefold()]
        if not found:
            raise BadInput(
                N_('The file has no column "%(header)s"%(hint)s (wanted for %(field)s). Its columns are: %(known)s.'),
                header=wanted,
                hint=_hint(wanted, names),
                field=field,
                known=", ".join(filter(None, names)),
            )
        if len(found) > 1:
            raise BadInput(
                N_('The file has %(count)s columns called "%(header)s". Rename all but one, then try again.'),
                count=len(found),
                header=wanted,
            )
        at[field] = found[0]
    return Binding(at, {field: names[place] for field, place in at.items()})


def _hint(word: str, known: Mapping[str, str] | Sequence[str]) -> str:
    near = difflib.get_close_matches(word, [name for name in known if name], n=1)
    return f" ({near[0]}?)" if near else ""
