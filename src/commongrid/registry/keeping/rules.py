"""What an erasure may rest on, and which signs of a person it looks for; plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from commongrid.kernel.keeping import GONE
from commongrid.kernel.refusals import N_
from commongrid.kernel.widths import digits

BASES: Final = {
    "purpose": N_("The purpose is fulfilled, can't be reached, or no longer needs the data (PIPL art. 47 no. 1)"),
    "period": N_("The time for which it may be kept is over (PIPL art. 47 no. 2)"),
    "consent": N_("The person has withdrawn their consent (PIPL art. 47 no. 3)"),
    "unlawful": N_("It was collected or used against the law (PIPL art. 47 no. 4)"),
    "law": N_("Another law demands it (PIPL art. 47 no. 5)"),
}
"""Legal bases of an erasure, by the code that the journal keeps."""
LAW_SAYS: Final = {
    "length": N_("The law says how long, or how long at least"),
    "classes": N_("The law knows classes of 10 or 30 years and for good; which one it is the county decides"),
    "system": N_("No law says how long; the system removes it as soon as its purpose is over"),
    "purpose": N_("No law says how long; as short as the purpose allows, and the county decides"),
}
"""What the law says of a period, by the code that ``SAYS`` gives a kind."""
SAYS: Final = {
    "post": "length", "access_log": "length", "matter": "classes", "mediation": "classes", "sign_in_code": "system",
    "import_file": "system",
}  # fmt: skip
"""Of which kinds the law says more than that nothing is kept longer than its purpose needs."""


def law_says(kind: str) -> str:
    """What the law says of how long this kind is kept, as a sentence to translate."""
    return LAW_SAYS[SAYS.get(kind, "purpose")]


SHOWN_BY: Final = {
    "card": N_("The person came, with their identity card"),
    "guardian": N_("A guardian came, with proof"),
    "proxy": N_("Somebody came with a written authority and both identity cards"),
    "kin": N_("Close kin of somebody who has died came, with proof (PIPL art. 49)"),
}
"""How whoever asks for a file showed that they may."""
SHORTEST_NAME: Final = 2
SHORTEST_RARE: Final = 3
"""Names of fewer signs are ordinary words too (高山、新村)."""
LONG_NUMBER: Final = 11


def ways_to_write(number: str) -> tuple[str, ...]:
    """A number as people write it: plain, of a mobile phone also in groups and with the country's code."""
    plain = digits(number).strip()
    if not plain:
        return ()
    ways = [plain]
    if plain.isdigit() and len(plain) == LONG_NUMBER:
        ways += [f"{plain[:3]}{gap}{plain[3:7]}{gap}{plain[7:]}" for gap in ("-", " ")]
        ways += [f"86{way}" for way in ways]
    if plain[-1:] in "Xx":
        ways += [plain[:-1] + "X", plain[:-1] + "x"]
    return tuple(dict.fromkeys(ways))


def sought_names(names: set[str]) -> tuple[str, ...]:
    """Names that are looked for in words, the longest first; a single sign would be found everywhere."""
    kept = {one.strip() for one in names} - {"", GONE}
    return tuple(sorted((one for one in kept if len(one) >= SHORTEST_NAME), key=lambda one: (-len(one), one)))


def rare(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the names that can be no ordinary word, so that they may be looked for in words of others."""
    return tuple(one for one in names if len(one) >= SHORTEST_RARE)


def sought_numbers(numbers: set[str]) -> tuple[str, ...]:
    """Numbers in every way they are written, the longest first."""
    ways = {way for one in numbers if len(digits(one)) >= 7 for way in ways_to_write(one)}  # noqa: PLR2004 - a landline
    return tuple(sorted(ways, key=lambda one: (-len(one), one)))


def any_of(names: Sequence[str], numbers: Sequence[str] = ()) -> str:
    """A pattern for PostgreSQL and Python that finds any of the signs; one that finds nothing where there are none.

    A number is found where no further digit stands beside it, a name in Latin letters where no further letter does.
    """
    ways = [_between("[A-Za-z]", one) if one.isascii() else _escaped(one) for one in names]
    return "|".join([*ways, *(_between("[0-9]", one) for one in numbers)]) or "(?!)"


def _between(more: str, sign: str) -> str:
    return f"(?<!{more}){_escaped(sign)}(?!{more})"


def _escaped(sign: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", sign)


def covered(value: Any, pattern: str) -> Any:
    """The text with every sign covered; the same in every text of lists and mappings."""
    if isinstance(value, str):
        return re.sub(pattern, GONE, value)
    if isinstance(value, list):
        return [covered(one, pattern) for one in value]
    if isinstance(value, dict):
        return {covered(name, pattern): covered(one, pattern) for name, one in value.items()}
    return value
