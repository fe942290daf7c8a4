"""Who has paid for a year of medical insurance or pension: flags, each year's of a type of its own.

Such a flag begins on the day of paying. Its type stands in a group of types, one for each sort of payment, and the code
of the type ends with the year: so a year is entered by hand, by the sheet of flags and undone like any other flag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Exists, OuterRef, Subquery, Value, When
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force, valid
from commongrid.registry.models import Flag, FlagType
from commongrid.registry.queries.wordlists import CodeRow
from commongrid.registry.rules.ledgers import Ledger, asked_first

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope


def payments(scope: Scope, group: str) -> list[CodeRow]:
    """The payments of a sort that may be entered today, the latest year first."""
    rows = FlagType.objects.filter(valid(localdate()), group=group, of="person", sensitive=False).order_by("-code")
    return [CodeRow(code=one.code, zh=one.zh, en=one.en) for one in rows]


def payment_asked(scope: Scope, of: Ledger, said: str, on: date) -> str:
    """The payment that a ledger is asked for, by what an address says; empty where the ledger knows of none."""
    codes = [one.code for one in payments(scope, of.paid)] if of.paid else []
    return said if said in codes else asked_first(of.paid, codes, on)


def paying(rows: Any, wanted: Any) -> Any:
    """People of a day with whether and when they had paid by then; nothing is said where no payment is asked for."""
    flags = Flag.objects.filter(in_force(wanted.on), person=OuterRef("pk"), type_code=wanted.payment)
    has = Exists(flags)
    if wanted.paid and wanted.payment:
        rows = rows.filter(has if wanted.paid == "1" else ~has)
    none = Value("", output_field=CharField())
    told = Case(When(has, then=Value("1")), default=Value("0"), output_field=CharField()) if wanted.payment else none
    return rows.annotate(paid=told, paid_on=Subquery(flags.order_by("from_on").values("from_on")[:1]))
