"""What the powers are called, and what a county changed of those it began with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from commongrid.roster.models import Power, RolePower
from commongrid.roster.rules import BEGIN

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """One thing that may be done, and what it is called."""

    code: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerChange:
    """That a role got a power with a day, or no longer has it from then on."""

    role: str
    power: PowerRow
    on: date
    given: bool


def powers(scope: Scope) -> dict[str, PowerRow]:
    """Every power by its code."""
    return {one.code: _row(one) for one in Power.objects.order_by("code")}


def power_changes(scope: Scope) -> list[PowerChange]:
    """What the county changed, or will, the latest day first."""
    changes = []
    for one in RolePower.objects.select_related("power").exclude(valid_from=BEGIN, valid_to=None):
        days = [(one.valid_from, True)] if one.valid_from > BEGIN else []
        days += [(one.valid_to, False)] if one.valid_to else []
        changes += [PowerChange(role=one.role_id, power=_row(one.power), on=day, given=given) for day, given in days]
    return sorted(changes, key=lambda one: (one.on, one.role, one.power.code), reverse=True)


def _row(power: Power) -> PowerRow:
    return PowerRow(code=power.code, zh=power.zh, en=power.en)
