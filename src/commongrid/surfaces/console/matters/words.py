"""How the loop's codes are called on pages, and how each act reads in a history.

States and events carry their names in the table of states; what is only a code
elsewhere (levels, sources, clocks, outcomes) is named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_
from commongrid.matters.rules.table import EVENTS, STATES
from commongrid.surfaces.shared.times import chinese

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS: Final = {
    "grid": N_("Grid"),
    "village": N_("Village"),
    "township": N_("Township centre"),
    "county": N_("County centre"),
    "unit": N_("Unit"),
}
OWNERS: Final = {
    "township": N_("%(place)s centre"),
    "county": N_("%(place)s centre"),
}
"""How a centre at a place is called as the one that has a matter; grids and villages go by their names."""
SOURCES: Final = {
    "villager": N_("Villager"),
    "patrol": N_("Found on patrol"),
    "department": N_("Department"),
    "hotline": N_("Hotline 12345"),
    "petition": N_("Petition"),
    "leader": N_("Leader's note"),
    "anonymous": N_("Anonymous"),
}
SERIES: Final = {
    "asked": N_("Asked by people"),
    "patrol": N_("Found by patrol"),
    "systems": N_("From other systems"),
    "register": N_("Register changes"),
}
URGENCIES: Final = {"normal": N_("Normal"), "urgent": N_("Urgent"), "immediate": N_("Immediate")}
CLOCKS: Final = {
    "respond": N_("to respond"),
    "finish": N_("to answer"),
    "decide": N_("to decide"),
    "visit": N_("to visit"),
    "rate": N_("to rate"),
    "file": N_("to file"),
    "review": N_("to review"),
    "receipt": N_("to receipt"),
    "resume": N_("to go on"),
    "woken": N_("to decide, parked"),
    "pass": N_("to pass on"),
    "courtesy": N_("answer hoped for"),
}
OUTCOMES: Final = {
    "rated": N_("Closed, rated"),
    "not_rated": N_("Closed, not rated"),
    "checked": N_("Closed after a check"),
    "done": N_("Closed"),
    "disagrees": N_("Closed, reporter disagrees"),
    "handed_over": N_("Handed over with a receipt"),
    "rejected": N_("Not accepted"),
    "withdrawn": N_("Withdrawn by the reporter"),
    "merged": N_("Merged"),
    "referred": N_("Referred out"),
    "given_up": N_("Ended as not possible, with reasons"),
}
VISITS: Final = {
    "not_reached": N_("Not reached"),
    "asked": N_("Both questions answered"),
    "left_slip": N_("They will answer by slip"),
    "checked": N_("Checked: the work is there"),
    "not_done": N_("Checked: it is not done"),
}
VISIT_RULES: Final = {"all": N_("Always"), "sample": N_("By draw"), "none": N_("No visit")}
VISIBILITIES: Final = {
    "public": N_("Public in short"),
    "parties": N_("Those concerned"),
    "restricted": N_("Those who work on it"),
    "sealed": N_("Competent body only"),
}
LISTS: Final = {"basic": N_("Basic duty"), "support": N_("Supports"), "recalled": N_("Recalled")}
CLOSES: Final = {
    "rating": N_("The person's good answer"),
    "filing": N_("The centre files it"),
    "receipt": N_("Receipt of the competent body"),
}
SYSTEMS: Final = {
    "hotline_12345": N_("Hotline"),
    "petition": N_("Petitions"),
    "province_grid": N_("Provincial platform"),
    "national_watch": N_("Watch system"),
    "": N_("Other system"),
}
"""Short names of the systems that every county has; another is shown by its code."""
CALENDARS: Final = {"W": N_("working days"), "C": N_("days")}
LIST_LEVELS: Final = {"township": N_("Township"), "county": N_("County")}
ESCALATIONS: Final = {"told": N_("told at once"), "warned": N_("warned at 75 %"), "overdue": N_("told it is overdue")}
TONES: Final = {"urgent": "warn", "immediate": "late"}
"""How an urgency is coloured."""


def say(names: Mapping[str, str], code: str) -> str:
    """The name of a code in the reader's language; the code itself where there is none."""
    return gettext(names[code]) if code in names else code


def choices(names: Mapping[str, str], *, first: str = "") -> list[tuple[str, str]]:
    """Codes and names for a select, with ``first`` as the empty choice."""
    found = [(code, gettext(text)) for code, text in names.items()]
    return [("", first), *found] if first else found


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its name, for templates."""

    code: str
    text: str


def state(code: str) -> str:
    """A state's name."""
    row = STATES.get(code)
    return (row.zh if chinese() else row.en) if row else code


def event(code: str) -> str:
    """An event's name."""
    row = EVENTS.get(code)
    return (row.zh if chinese() else row.en) if row else code
