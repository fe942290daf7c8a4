"""The log of what was handed out: what list, of which place, how many rows, what for, to be deleted by when."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext, ngettext

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_
from commongrid.registry.rules.ledgers import LEDGERS
from commongrid.surfaces.shared.times import language, when

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.console.handing.tables import Handed

LIST: Final = "list"
_CODE: Final = re.compile(r"([a-z0-9_.]+)\.([0-9]+)\.([0-9]{8})")
LISTS: Final = {
    "matters": N_("List of matters"), "households": N_("List of households"),
    "replies": N_("Replies to another system"), "own.person": N_("Own ledger of people"),
    "own.household": N_("Own ledger of households"), "own.site": N_("Own ledger of sites"),
    "own.thing": N_("Own ledger of things"), "own.organisation": N_("Own ledger of organisations"),
}  # fmt: skip


def log(
    scope: Scope, what: str, of: Handed, *, place: int, subject: UUID | None = None, rows: int | None = None
) -> None:
    """Leave a line about a list that goes out: ``what`` is its code, ``subject`` a ledger that somebody made.

    ``rows``: how many, where its tables are not at hand.
    The line stands with the place whose rows went out: the post's own where that was more than the post sees.
    """
    lo, hi = interval(place)
    place = place if scope.lo <= lo and hi <= scope.hi else scope.place or scope.lo
    if rows is None:
        rows = sum(not row.head for table in of.tables for row in table.rows)
    line = Access(
        event="exported", about=f"{what}.{rows}.{of.until:%Y%m%d}", place=place, subject_kind=LIST, subject=subject,
        reason=f"{of.title}: {of.purpose}" if subject else of.purpose,
    )  # fmt: skip
    accounts.log_access(scope, Act.new(), access=line)


def said(about: str) -> str:
    """What a line of the log is about, in words; as it stands where it isn't about a list."""
    found = _CODE.fullmatch(about)
    if found is None:
        return about
    what, rows, until = found[1], int(found[2]), found[3]
    number = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
    last = when(date(int(until[:4]), int(until[4:6]), int(until[6:])), "date")
    return gettext("%(what)s · %(rows)s · to be deleted by %(until)s") % {
        "what": _named(what), "rows": number, "until": last,
    }  # fmt: skip


def _named(what: str) -> str:
    if what in LISTS:
        return gettext(LISTS[what])
    ledger = LEDGERS.get(what.removeprefix("ledger."))
    return (ledger.zh if language() == "zh" else ledger.en) if ledger else what
