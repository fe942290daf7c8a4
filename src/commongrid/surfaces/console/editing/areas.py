"""Which vocabularies are edited where, by which action, and how their values read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotFound
from commongrid.matters import actions
from commongrid.matters.queries import dated
from commongrid.matters.rules.vocabularies import VOCABULARIES
from commongrid.notices import actions as notices
from commongrid.notices.rules.texts import TEXTS
from commongrid.outreach import actions as outreach
from commongrid.outreach.rules.duties import LISTS as OUTREACH
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.shared.times import chinese, in_a_row

if TYPE_CHECKING:
    from commongrid.kernel.dated import Change, Column, Vocabulary
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked

Choices = Mapping[str, list[tuple[str, str, str]]]
NOTHING: Final = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the editor: its routes begin with ``name``, whoever holds ``power`` may change what is in it."""

    name: str
    power: str
    title: str
    vocabularies: Mapping[str, Vocabulary]
    change: Mapping[str, Callable[..., Any]]

    def vocabulary(self, code: str) -> Vocabulary:
        """A vocabulary of this area. Refuses NotFound."""
        try:
            return self.vocabularies[code]
        except KeyError:
            raise NotFound from None

    def carry_out(self, request: Asked, of: Vocabulary, changes: tuple[Change, ...], **more: Any) -> None:
        """The action of the module that owns the vocabulary."""
        self.change[of.code](request.scope, request.act, vocabulary=of.code, changes=changes, **more)


_RULES: Final = {code: of for code, of in VOCABULARIES.items() if of.power == "worklist.edit"}
RULES: Final = Area(
    name="rules", power="worklist.edit", title=N_("Rules by list"), vocabularies={**_RULES, **OUTREACH},
    change={**dict.fromkeys(_RULES, actions.change_rules), **dict.fromkeys(OUTREACH, outreach.change_duties)},
)  # fmt: skip
ANSWERS: Final = VOCABULARIES["answers"]
WORDING: Final = Area(
    name="wording", power="texts.edit", title=N_("Texts"),
    vocabularies={ANSWERS.code: ANSWERS, TEXTS.code: TEXTS},
    change={ANSWERS.code: actions.change_answers, TEXTS.code: notices.change_texts},
)  # fmt: skip


def lang() -> str:
    """The reader's language as rows know it."""
    return "zh" if chinese() else "en"


def choices(scope: Scope, of: Vocabulary) -> Choices:
    """What the columns may name."""
    return dated.choices(scope, of)


REASONED: Final = {
    "reject": N_("Not accepted"), "park": N_("Parked"), "pause": N_("Paused"), "extend": N_("Extended"),
    "end": N_("Ended as not possible"),
}  # fmt: skip
"""What a reason may be for."""
OWN: Final[Mapping[str, Mapping[str, str]]] = {"reasoned": REASONED, "sources": words.SOURCES}
"""Lists whose codes the program names itself."""


def offered(column: Column, found: Choices) -> list[tuple[str, str]]:
    """A column's choices in the reader's language."""
    if column.source in OWN:
        return [(code, words.say(OWN[column.source], code)) for code, _zh, _en in found.get(column.source, [])]
    if column.source:
        return [(code, zh if chinese() else en) for code, zh, en in found.get(column.source, [])]
    return [(code, gettext(label)) for code, label in column.choices]


def said(column: Column, value: object, found: Choices) -> str:
    """A value in words."""
    if value is None or value in ("", ()):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if column.sort in ("choice", "several") or column.source:
        known = dict(offered(column, found))
        parts = [known.get(str(one), str(one)) for one in (value if isinstance(value, tuple) else (value,))]
        return in_a_row(parts)
    return str(value)


def typed(value: object) -> Any:
    """A value as a form or a file holds it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return list(value)
    return value
