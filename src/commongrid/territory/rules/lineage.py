"""Reading a lineage: which old code became which new one, declared by the list's owner."""

from __future__ import annotations

from collections.abc import Iterable

from commongrid.kernel.places import parse
from commongrid.kernel.refusals import N_, BadInput
from commongrid.territory.rules.listing import Row, Said

Pairs = tuple[tuple[int, int], ...]


def read_lineage(rows: Iterable[Row]) -> tuple[Pairs, tuple[Said, ...]]:
    """Pairs (old, new) from a file of two columns, the old code first; a heading row is passed over."""
    pairs: list[tuple[int, int]] = []
    faults: list[Said] = []
    for position, (number, cells) in enumerate(rows):
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if not any(texts):
            continue
        if position == 0 and not any(sign.isdigit() for text in texts[:2] for sign in text):
            continue
        if len(texts) < len(("old", "new")) or not texts[0] or not texts[1]:
            faults.append(Said(number, N_("A lineage has an old and a new code in each row.")))
            continue
        try:
            pairs.append((parse(texts[0]), parse(texts[1])))
        except BadInput as fault:
            faults.append(Said(number, fault.text, fault.params))
    return tuple(dict.fromkeys(pairs)), tuple(faults)
