"""What of the queue an address asks for: the same for the page, its saved address and the export."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from django.http import QueryDict

from commongrid.kernel.places import code_read
from commongrid.kernel.refusals import N_
from commongrid.matters import queries
from commongrid.matters.rules.table import STATES
from commongrid.surfaces.console.matters import words

LONGEST_TEXT: Final = 60
IDENTITY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def filters_of(asked: QueryDict) -> tuple[queries.Filters, dict[str, str]]:
    """Filters for the query and the plain values for the form; what makes no sense in the address is left out."""
    given = {name: asked.get(name, "").replace("\x00", "").strip()[:LONGEST_TEXT] for name in NAMES}
    state = given["state"] if given["state"] in STATES else ""
    return (
        queries.Filters(
            lane="all" if given["view"] == "mine" else "",
            state="closed" if given["view"] == "closed" and not state else state,
            group=given["class"] if given["class"].isalpha() else "",
            kind=given["kind"],
            place=code_read(given["place"]),
            unit=UUID(given["unit"]) if IDENTITY.fullmatch(given["unit"]) else None,
            series=given["series"] if given["series"] in words.SERIES else "",
            source=given["source"] if given["source"] in words.SOURCES else "",
            urgency=given["urgency"] if given["urgency"] in words.URGENCIES else "",
            overdue=given["view"] == "overdue" or given["overdue"] == "1",
            pressing=given["view"] == "urgent",
            outside=given["view"] == "outside",
            noted=given["view"] == "leaders",
            unplaced=given["view"] == "unplaced",
            text=given["q"],
            order=given["order"] if given["order"] in ORDERS else "",
        ),
        given,
    )


ORDERS: Final = {"": N_("By urgency, then time left"), "due": N_("By time left"), "new": N_("The latest first")}
NAMES: Final = (
    "view", "q", "state", "class", "kind", "place", "unit", "series", "source", "urgency", "overdue", "order",
)  # fmt: skip


def kept(given: dict[str, str]) -> dict[str, str]:
    """What of an address makes a view: everything that narrows or orders it."""
    return {name: value for name, value in given.items() if value and name in NAMES}
