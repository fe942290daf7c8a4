"""What the pages of grid division say: of a grid what it lacks and why, of a proposal what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_
from commongrid.roster.dividing.rules.planning import A_CODE
from commongrid.roster.dividing.rules.words import FAULT_WORDS
from commongrid.surfaces.console.network.words import trail as network_trail
from commongrid.surfaces.shared.times import colon, in_a_row, language

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.roster.dividing.queries.divisions import DivisionRow, GridRow
    from commongrid.territory.queries import PlaceRow

TONES: Final = {"asked": "info", "ready": "accent", "failed": "late", "adopted": "ok", "done": "ok", "dropped": ""}
SORTS: Final = {"same": (N_("unchanged"), ""), "changed": (N_("changed"), "warn"), "new": (N_("new"), "info")}
FAULTS: Final[Mapping[str, str]] = {
    "too_small": N_("%(amount)s too few"),
    "too_large": N_("%(amount)s too many"),
    "in_pieces": N_("does not hang together on foot"),
    "no_head": N_("nobody here may head it"),
    "too_few_members": N_("Party members here have room for %(amount)s too few"),
    "far_hamlet": N_("%(by)s lies %(amount)s m away"),
}
CAUSES: Final[Mapping[str, str]] = {
    "small_village": N_("%(by)s is kept whole and small: allow it as a grid of its own, or let it share one"),
    "cut_off": N_("barriers leave too few households together"),
    "allowed_small": N_("%(by)s was allowed as a small grid"),
    "no_number_fits": N_("so many households fit no number of grids of these sizes"),
    "given_number": N_("the number of grids that was asked for"),
    "locked_grid": N_("%(by)s is locked"),
    "locked_households": N_("what was put or locked by hand"),
    "too_few_there": N_("not so many live in these natural villages"),
    "dearer": N_("possible, but the ways it takes cost more"),
    "shape": N_("the ways between the dwellings allow nothing better that was found"),
}
FAR: Final = N_("it could be a small grid of its own")
FIGURES: Final = (
    ("changed", N_("Households that change grids"), "%s"), ("grids", N_("Grids"), "%s"),
    ("size", N_("Size, smallest to largest"), "%s"),
    ("mean", N_("Way to the middle, on average"), N_("%s m")), ("pairs", N_("Natural villages in grids"), "%s"),
    ("out", N_("Grids out of range"), "%s"), ("pieces", N_("Grids that do not hang together"), "%s"),
    ("headless", N_("Grids without anybody to head them"), "%s"),
    ("short", N_("Households no Party member has room for"), "%s"),
    ("beyond", N_("Households round or over a barrier"), "%s"),
)  # fmt: skip
BAD: Final = frozenset({"out", "pieces", "headless", "short", "beyond", "mean"})
"""Figures of which less is better."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of today's grids and of the proposed ones; ``tone`` where the proposal is better or worse."""

    text: str
    today: str
    then: str
    tone: str = ""
    other: str = ""


def compared(figures: Mapping[str, Any], other: Mapping[str, Any] | None) -> list[Figure]:
    """Today's and the proposed grids, and those of another proposal if there is one, figure by figure."""
    today = figures.get("today")
    return [
        Figure(
            gettext(text), _said(today, key, form), _said(figures, key, form), _tone(today, figures, key),
            _said(other, key, form) if other is not None else "",
        )
        for key, text, form in FIGURES
    ]  # fmt: skip


def _said(figures: Mapping[str, Any] | None, key: str, form: str) -> str:
    if figures is None:
        return "—"
    if key == "size":
        return f"{figures['least']}–{figures['largest']}"
    return gettext(form) % figures[key] if "m" in form else str(figures[key])


def _tone(today: Mapping[str, Any] | None, then: Mapping[str, Any], key: str) -> str:
    if today is None or key not in BAD or today[key] == then[key]:
        return ""
    return "ok" if then[key] < today[key] else "late"


def lacks(grid: GridRow, names: Mapping[int, PlaceRow]) -> list[str]:
    """What a grid of a proposal lacks, each with its cause."""
    found = []
    for one in grid.faults:
        said = {"amount": one["amount"], "by": _joined([_named(each, names) for each in one["by"]])}
        what, why = FAULTS[one["fault"]], FAR if one["fault"] == "far_hamlet" else CAUSES[one["cause"]]
        found.append(gettext(what) % said + colon() + gettext(why) % said)
    return found


def _joined(parts: Sequence[str]) -> str:
    return in_a_row(parts) or gettext(N_("another grid"))


def _named(label: int, names: Mapping[int, PlaceRow]) -> str:
    """A natural village or grid of today by its name, a new grid of the proposal by its number."""
    if label in names:
        return names[label].label(language())
    return gettext(N_("Grid %(number)s")) % {"number": label} if label < A_CODE else "—"


def codes_in(grids: Sequence[GridRow]) -> set[int]:
    """The places that grids and their faults name."""
    named = {each for one in grids for fault in one.faults for each in fault["by"] if each >= A_CODE}
    return named | {code for one in grids for code in (one.code, one.became) if code is not None}


def fault(row: DivisionRow) -> str:
    """Why a proposal could not be worked out; nothing where it was."""
    return gettext(FAULT_WORDS[row.fault]) % row.figures if row.fault else ""


def gap_said(row: DivisionRow) -> str:
    """How far a proposal is above the proven least, in per cent; nothing where that is not known."""
    gap = row.figures.get("gap")
    return f"{gap / 10:.1f}" if gap is not None and not row.fault else ""


def title_of(row: DivisionRow) -> str:
    """What a proposal is called."""
    return gettext(N_("Proposal %(number)s")) % {"number": row.number}


def trail(scope: Scope, village: int, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page is: the network, the village, its grids, and what follows."""
    grids = (gettext(N_("Grids")), reverse("dividing", args=[village]))
    way = network_trail(scope, village)
    return [*way[:1], (way[1][0], reverse("network") + f"?place={village}"), grids, *more]
