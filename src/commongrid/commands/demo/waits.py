"""How people of the demo county ask the deputy, record a receipt or ask again: days are counted from the step's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from commongrid.matters import actions
from commongrid.matters.actions import Receipt, Wanted
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


def _today(scope: Scope, act: Act) -> date:
    return territory.calendar(scope).day_of(act.at)


def _wanted(scope: Scope, act: Act, days: int | None, told: dict[str, Any]) -> Wanted:
    until = None if days is None else _today(scope, act) + timedelta(days=days)
    return Wanted(until=until, **told)


def _ask(sort: str, scope: Scope, act: Act, *, matter_id: UUID, days: int | None = None, **told: Any) -> object:
    return actions.apply(scope, act, matter_id=matter_id, sort=sort, wanted=_wanted(scope, act, days, told))


def _directly(
    do: Callable[..., object], scope: Scope, act: Act, *, matter_id: UUID, days: int | None = None, **told: Any
) -> object:
    return do(scope, act, matter_id=matter_id, wanted=_wanted(scope, act, days, told))


def _receipt(scope: Scope, act: Act, *, matter_id: UUID, number: str, contact: str, words: str) -> object:
    receipt = Receipt(number=number, on=_today(scope, act), contact=contact)
    return actions.take_receipt(scope, act, matter_id=matter_id, receipt=receipt, words=words)


DO: Final[dict[str, Callable[..., object]]] = {
    **{f"ask_{sort}": partial(_ask, sort) for sort in ("extend", "pause", "park", "refer", "end")},
    "refer": partial(_directly, actions.refer),
    "end": partial(_directly, actions.end),
    "grant": actions.grant,
    "refuse": actions.refuse,
    "take_receipt": _receipt,
    "ask_again": actions.ask_again,
}
