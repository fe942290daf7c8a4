"""How a call is refused: for tables of refusals on one bed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from commongrid.kernel.scope import Scope

Case = tuple["Callable[..., object]", dict[str, Any], str]
"""An action, what it is given, and how its refusal begins."""


def not_so(scope: Scope, cases: Iterable[Case]) -> list[str]:
    """Of these cases those that are not refused with their sentence, each told."""
    told = []
    for do, given, sentence in cases:
        said = sentence_of(do, scope, Act.new(), **given)
        if not said.startswith(sentence):
            told.append(f"{do.__name__}{given}: {said or 'done'}")
    return told


def sentence_of(do: Callable[..., object], *args: object, **given: object) -> str:
    """The sentence of a refusal, of its first field where it has one; nothing where it is done."""
    try:
        do(*args, **given)
    except Refusal as refusal:
        return next(iter(refusal.fields.values()), refusal.text)
    return ""
