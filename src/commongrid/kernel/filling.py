"""Somebody else's form filled in: the same workbook, headings and other sheets untouched, rows laid into one sheet.

The file is a stranger's, so it is looked at as one that comes in, and filled by a child process with limits of its own.
What could act in the hands of whoever opens it next (macros, embedded files, links to other files) is not taken at all.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from commongrid.kernel import confined
from commongrid.kernel.refusals import N_, BadInput, TooLarge
from commongrid.kernel.sheets import Limits, demand_workbook

LIMITS: Final = Limits(sent=4 << 20, unpacked=64 << 20, seconds=90, memory=1 << 30)
"""What a form may cost: it is empty or nearly so."""
ACTING: Final = (
    "vbaproject", "macrosheets", "/activex/", "/embeddings/", "/externallinks/", "/ctrlprops/", "xl/connections",
)  # fmt: skip
"""Parts of a workbook that do something, or reach for other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is laid into a form: which sheet, from which row on, each row by column.

    ``counted`` are the columns that only count the rows; ``clear`` takes away what stands below instead of moving it;
    ``foot`` is printed at the foot of each page of the sheet.
    """

    sheet: str
    first: int
    rows: Sequence[Mapping[int, str | int]]
    counted: Sequence[int] = ()
    clear: bool = False
    foot: str = ""


def demand_form(data: bytes) -> None:
    """Look at a form's directory before it is kept.

    Refuses: TooLarge and BadInput as for any workbook; BadInput for what is no ``.xlsx``, for one that carries
    something that acts, and for names that lead out of it or come twice.
    """
    if len(data) > LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=LIMITS.sent >> 20)
    if not data.startswith(b"PK"):
        raise BadInput(N_("A form is a workbook. Save it as .xlsx and send that."))
    demand_workbook(data, LIMITS.unpacked)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = [entry.filename.replace("\\", "/").casefold() for entry in packed.infolist()]
    if any(part in f"/{name}" for name in names for part in ACTING):
        raise BadInput(
            N_("This workbook carries macros, embedded files or links to others. Save it as plain .xlsx and send that.")
        )
    if len(set(names)) < len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise BadInput(N_("This workbook is damaged. Open it, save it as .xlsx again and send that."))


def filled(data: bytes, told: Filling) -> bytes:
    """The form with the rows laid in. Refuses: BadInput where that can't be done within the limits."""
    rows = [sorted(one.items()) for one in told.rows]
    line = json.dumps({**asdict(told), "rows": rows}).encode()
    child = Path(__file__).parent / "filler.py"
    arguments = (str(LIMITS.memory), str(LIMITS.seconds))
    found = confined.answer(child, arguments, line + b"\n" + data, LIMITS.seconds)
    if not found:
        raise BadInput(N_("This workbook can't be filled. Open it, save it as .xlsx again and lay the ledger in anew."))
    return found
