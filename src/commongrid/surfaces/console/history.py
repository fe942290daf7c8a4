"""What was done to a thing, from the journal, as ``shared/parts/history.html`` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commongrid.journal import queries as journal
from commongrid.roster import queries as roster
from commongrid.surfaces.console import fact_words, journal_words
from commongrid.surfaces.console.matters.history import who_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Did:
    """One act: when, what, who by their post, and what there is to say of it."""

    at: datetime
    title: str
    who: str
    text: str


def acts(scope: Scope, subject: UUID, texts: Mapping[UUID, str] | None = None) -> list[Did]:
    """What was done to a thing as far as the scope may see it, the latest first.

    ``texts`` say more of an act than the journal may hold, such as a former name.
    """
    lines = journal.history(scope, subject)
    faces = roster.faces(scope, {line.post for line in lines if line.post})
    names = fact_words.names(scope) if lines else fact_words.Names()
    known = texts or {}
    return [
        Did(
            at=line.at, title=journal_words.act(line.name), who=who_of(line, faces),
            text=known.get(line.id) or fact_words.facts(line.facts, names),
        )
        for line in reversed(lines)
    ]  # fmt: skip
