"""Duties and what members can: loaded where they are missing, changed from a day on."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.editing import FACTS, written
from commongrid.outreach.models import Ability, Duty, PublicNumber
from commongrid.outreach.rules.duties import LISTS

SINCE = date(2004, 1, 1)


def seed() -> None:
    """Load what is missing; what officials changed stays. Run by the owner, harmless again."""
    _load(Duty, "duties", "linked duty", ("does_zh", "does_en", "whom", "source", "counts_when"))
    _say_what_they_are()
    _load(Ability, "abilities", "ability", ())
    _load(PublicNumber, "public_numbers", "public number", ("number",))


def _say_what_they_are() -> None:
    """Duties loaded before they said in words what they are say it; a version that officials made stays."""
    said = {_ident("linked duty", row["code"]): row for row in _rows("duties") if row["does_zh"]}
    for one in Duty.objects.filter(id__in=said, does_zh=""):
        one.does_zh, one.does_en = said[one.id]["does_zh"], said[one.id]["does_en"]
        one.save(update_fields=["does_zh", "does_en"])


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("commongrid.outreach").joinpath("seeds", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _ident(what: str, code: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"commongrid {what} {code}")


def _load(table: Any, name: str, what: str, more: tuple[str, ...]) -> None:
    there = set(table.objects.values_list("code", flat=True))
    table.objects.bulk_create(
        table(
            id=_ident(what, row["code"]), code=row["code"], zh=row["zh"], en=row["en"],
            position=int(row["no"]), valid_from=SINCE, **{name: row[name] for name in more},
        )
        for row in _rows(name)
        if row["code"] not in there
    )  # fmt: skip


@action("outreach.duties_changed", power="worklist.edit", facts=FACTS)
def change_duties(scope: Scope, act: Act, *, vocabulary: str, changes: tuple[Change, ...]) -> Line:
    """Change duties, or what members can, from a day on; notices posted before stay as they were.

    Refuses: as ``matters.actions.change_rules``; NotFound for another list.
    """
    if vocabulary not in LISTS:
        raise NotFound
    return written(scope, act, LISTS[vocabulary], changes).line
