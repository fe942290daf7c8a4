"""Standard answers: which placeholders a text may hold, and how they are filled."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping
from typing import Final

from commongrid.kernel.dated import Values
from commongrid.kernel.refusals import N_

PLACEHOLDERS: Final = ("number", "date", "unit", "phone_of_office")
UNKNOWN: Final = N_("Only these may stand in braces: {number}, {date}, {unit}, {phone_of_office}.")


def placeholders(text: str) -> list[str] | None:
    """The names in braces, in order; None where the braces can't be read or ask for more than a plain name."""
    found: list[str] = []
    try:
        for _words, name, form, conversion in string.Formatter().parse(text):
            if name is None:
                continue
            if form or conversion or not name.isidentifier():
                return None
            found.append(name)
    except ValueError:
        return None
    return found


def only(text: str, allowed: Collection[str]) -> bool:
    """Whether a text holds no other placeholders than those allowed."""
    names = placeholders(text)
    return names is not None and set(names) <= set(allowed)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with its placeholders filled; what is not known becomes a gap that a person sees."""
    names = placeholders(text)
    if names is None:
        return text
    return text.format_map({name: facts.get(name) or "____" for name in names})


def faults_of(values: Values) -> dict[str, str]:
    """What is wrong with a standard answer's text."""
    return {} if only(str(values["text"]), PLACEHOLDERS) else {"text": UNKNOWN}
