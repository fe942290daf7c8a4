"""The ten duties: loaded where they are missing, changed from a day on."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from uuid import NAMESPACE_OID, uuid5

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.editing import FACTS, written
from commongrid.outreach.models import Duty
from commongrid.outreach.rules.duties import DUTIES

SINCE = date(2004, 1, 1)


def seed() -> None:
    """Load the duties where they are missing; those that officials changed stay. Run by the owner, harmless again."""
    text = resources.files("commongrid.outreach").joinpath("seeds", "linked_duties.csv").read_text(encoding="utf-8")
    there = set(Duty.objects.values_list("code", flat=True))
    Duty.objects.bulk_create(
        Duty(
            id=uuid5(NAMESPACE_OID, f"commongrid linked duty {row['code']}"), code=row["code"], zh=row["zh"],
            en=row["en"], source=row["source"], counts_when=row["counts_when"], position=int(row["no"]),
            valid_from=SINCE,
        )
        for row in csv.DictReader(text.splitlines())
        if row["code"] not in there
    )  # fmt: skip


@action("outreach.duties_changed", power="worklist.edit", facts=FACTS)
def change_duties(scope: Scope, act: Act, *, vocabulary: str, changes: tuple[Change, ...]) -> Line:
    """Change duties of linked members from a day on; notices posted before stay as they were.

    Refuses: as ``matters.actions.change_rules``; NotFound for another list.
    """
    if vocabulary != DUTIES.code:
        raise NotFound
    return written(scope, act, DUTIES, changes).line
