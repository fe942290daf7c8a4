"""From the form of a report to the action: compose, send, and give back the slip's code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from commongrid.matters import actions as matters
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.surfaces.shared.doors import Asked


def report(request: Asked, kind_code: str, place: int, told: Mapping[str, Any]) -> str:
    """Report, and answer the slip code.

    Refuses: what ``matters.actions.report`` refuses.
    """
    text = told["text"].strip()
    if told["spot"].strip():
        text = _("%(text)s\nWhere exactly: %(spot)s") % {"text": text, "spot": told["spot"].strip()}
    contact = matters.Contact(
        name=told["name"],
        phone=told["phone"],
        concerned_name=told["concerned_name"],
        concerned_phone=told["concerned_phone"],
        language=language(),
    )
    answer = matters.report(
        request.scope,
        request.act,
        report=matters.Report(
            kind_code=kind_code,
            place=place,
            text=text,
            urgency=told["urgency"],
            source="villager",
            confidential=told["confidential"],
            contact=contact,
            about=told["whom"],
            photos=told["photos"],
        ),
    )
    return matters.code_of(UUID(str(answer["matter"])))
