"""Standard answers beside a step: chosen with one press, filled with the matter's number and office; still free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.matters.queries.answers import standard_answers
from commongrid.matters.rules.answers import filled
from commongrid.roster import queries as roster
from commongrid.surfaces.shared.times import day, language

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.detail import MatterDetail
    from commongrid.surfaces.console.matters.panel import NextStep
    from commongrid.surfaces.shared.doors import Asked

FIELDS: Final = {
    "answer": ("answer", "answer"),
    "settle": ("answer", "answer"),
    "pass_on": ("answer", "answer"),
    "reject": ("reject", "reason"),
    "reply": ("reply", "text"),
    "park": ("park", "words"),
    "extend": ("extend", "words"),
    "refer": ("refer", "words"),
}
"""Which answers a step offers, and the field they go into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A standard answer as offered: its title, and the words that it puts there."""

    id: UUID
    title: str
    text: str
    chosen: bool


def offer(request: Asked, m: MatterDetail, steps: list[NextStep]) -> list[NextStep]:
    """The steps with their standard answers; the one that the address names stands in the form already."""
    return [_with_answers(request, m, step) for step in steps]


def _with_answers(request: Asked, m: MatterDetail, step: NextStep) -> NextStep:
    sort, field = FIELDS.get(step.code, ("", ""))
    field = (
        field if field in step.form.fields else next((one for one in ("note", "reason") if one in step.form.fields), "")
    )
    if not sort or not field:
        return step
    found = [
        one
        for one in standard_answers(request.scope, language())
        if one.sort == sort and one.kind_code in ("", m.row.kind.code)
    ]
    if not found:
        return step
    wanted = request.GET.get("use", "")
    facts = _facts(request.scope, m) if any("{" in one.text for one in found) else {}
    ready = tuple(
        Ready(
            id=one.id,
            title=one.title,
            text=filled(one.text, facts),
            chosen=str(one.id) == wanted and step.code == request.GET.get("in"),
        )
        for one in found
    )
    chosen = next((one for one in ready if one.chosen), None)
    if chosen is not None and not step.form.is_bound:
        step.form.initial[field] = chosen.text
    return replace(step, answers=ready, open=step.open or chosen is not None)


def _facts(scope: Scope, m: MatterDetail) -> dict[str, str]:
    """What a standard answer may hold: the number, today, the handling unit and its phone."""
    facts = {"number": m.row.number, "date": day(localdate())}
    if m.row.unit is not None and (unit := roster.units_by_id(scope, [m.row.unit]).get(m.row.unit)):
        facts |= {"unit": unit.label(language()), "phone_of_office": unit.office_phone}
    return facts
