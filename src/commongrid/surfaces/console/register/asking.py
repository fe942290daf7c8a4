"""What to ask a household for next time, in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext

from commongrid.registry import queries
from commongrid.surfaces.console.register.words import field_label

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import ToAsk
    from commongrid.registry.rules.freshness import Score


def percent(score: Score) -> int | None:
    """Whole percent, rounded down, so that 100 means all."""
    return None if score.share is None else int(score.share * 100)


def asking(scope: Scope, household: UUID, today: date) -> dict[str, Any]:
    """What a household's page and its printed list say: whom to ask for what, since when."""
    wanted, total = queries.to_ask(scope, household, today)
    return {"asking": [(one, _who(one), _gaps(one)) for one in wanted], "percent": percent(total)}


def _who(one: ToAsk) -> str:
    return one.name or gettext("the household")


def _gaps(one: ToAsk) -> list[tuple[str, str, date | None]]:
    return [(field_label(one.of, gap.field), gap.why, gap.since) for gap in one.gaps]
