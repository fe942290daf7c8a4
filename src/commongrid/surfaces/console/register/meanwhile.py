"""Two clerks at once: the second is told what the first changed, and what the second typed stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.forms import CheckboxInput
from django.utils.translation import gettext_lazy as _

from commongrid.registry import queries
from commongrid.registry.rules.fields import FIELDS
from commongrid.surfaces.console.register.words import flag_words, told
from commongrid.surfaces.shared.times import in_a_row

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.registry.actions import Meanwhile
    from commongrid.registry.queries import ChangeLine
    from commongrid.surfaces.shared.doors import Asked

CHANGED: Final = _(
    "While you were writing, somebody changed this: %(what)s. What you wrote is kept; look at it again, then send it "
    "once more."
)
MOST: Final = 8


def tell(request: Asked, form: Any, refusal: Meanwhile, *, seen: str = "") -> None:
    """Name at the form what changed since it was opened; sent once more, it is about the record as it is now.

    A field that the first clerk changed and the second left as it was follows the first. ``seen``: the versions that
    are seen now, where the form carries those of more than one record.
    """
    lines = queries.changed_since(request.scope, refusal.subject, opened(request.act.id))
    if what := _named(request, refusal.subject, lines):
        form.add_error(None, CHANGED % {"what": what})
    else:
        form.refuse(refusal)
    form.data = form.data.copy()
    form.data["seen"] = seen or str(refusal.version)
    _follow(form, [one for one in lines if one.subject == refusal.subject])


def opened(act: UUID) -> datetime:
    """When the form was laid out that carries this act: the time in its number (UUIDv7)."""
    return datetime.fromtimestamp((act.int >> 80) / 1000 if act.version == 7 else 0, UTC)  # noqa: PLR2004 - UUIDv7


def _named(request: Asked, subject: UUID, lines: list[ChangeLine]) -> str:
    """Which fields, of whom where it is of somebody else."""
    names = {**queries.called(request.scope, {one.subject for one in lines}), subject: ""}
    said = [
        f"{name} {label}".strip()
        for event in told(request.scope, lines, names, flag_words(request.scope))
        for name, label, *_values in event["lines"]
    ]
    return in_a_row(list(dict.fromkeys(said))[:MOST])


def _follow(form: Any, lines: list[ChangeLine]) -> None:
    """Where the form still says what stood there before, let it say what stands there now."""
    before = {one.field: one.before for one in lines}  # newest first: the oldest stays
    kept = {field.kept_in: name for of in {one.of for one in lines} for name, field in FIELDS.get(of, {}).items()}
    for column, was in before.items():
        name = kept.get(column, "")
        typed, value = form.data.get(name), was
        if name not in form.fields:
            continue
        if isinstance(form.fields[name].widget, CheckboxInput):  # left out where it is not ticked
            typed, value = typed or "", "1" if was == str(True) else ""
        # A place is shown by its name with its code behind it.
        if typed is not None and value in (typed, *typed.split()[-1:]):
            now = form.initial.get(name)
            form.data[name] = "" if now is None else str(now)
