"""Beside a matter: the orders of other systems that it is, and the dispute files that this reader sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from commongrid.matters.queries.mediation import MediationLine, mediations_of
from commongrid.matters.queries.systems import CaseRow, systems
from commongrid.surfaces.console.exchange.sheets import RESULTS
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail


OF_A_CASE: Final = ("take_result", "extend_theirs")
"""Steps about one order of another system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShown:
    """An order of another system in words."""

    row: CaseRow
    system: str
    result: str
    tone: str


def system_names(scope: Scope) -> dict[str, str]:
    """What systems are called, by code."""
    return {row.code: row.label(language()) for row in systems(scope)}


def beside(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """What the page needs: one query where it is an order, one where it is a dispute, none otherwise."""
    return {
        "cases": cases_shown(scope, m),
        "mediations": _mediations(scope, m),
        "may_mediate": "mediate" in m.may,
    }


def cases_shown(scope: Scope, m: MatterDetail) -> list[CaseShown]:
    """The orders of other systems that a matter is."""
    names = system_names(scope) if m.cases else {}
    return [
        CaseShown(
            row=row,
            system=names.get(row.system, row.system),
            result=_(RESULTS[row.result][0]) if row.result else "",
            tone=RESULTS[row.result][1] if row.result else "",
        )
        for row in m.cases
    ]


def more(scope: Scope, m: MatterDetail, code: str) -> dict[str, Any]:
    """What the form of a step about one order needs; nothing for every other step."""
    return {"cases": case_choices(scope, m, code)} if code in OF_A_CASE else {}


def offered(scope: Scope, m: MatterDetail, codes: list[str]) -> list[str]:
    """The steps without those about an order where there is none they could be about."""
    return [code for code in codes if code not in OF_A_CASE or case_choices(scope, m, code)]


def case_choices(scope: Scope, m: MatterDetail, code: str) -> list[tuple[str, str]]:
    """Which orders a step may be about; empty where it makes no sense for any."""
    if not m.cases:
        return []
    rules = {row.code: row for row in systems(scope)}
    names = system_names(scope)
    found = m.cases
    if code == "extend_theirs":
        found = tuple(
            one for one in found if one.extended_at is None and one.due_at and one.system in rules
            and rules[one.system].extend_days
        )  # fmt: skip
    return [(str(one.id), f"{names.get(one.system, one.system)} {one.number}") for one in found]


def _mediations(scope: Scope, m: MatterDetail) -> list[MediationLine]:
    if not m.row.kind.dispute and not m.row.sealed:
        return []
    return mediations_of(scope, m.row.id)
