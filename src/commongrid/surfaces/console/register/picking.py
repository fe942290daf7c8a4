"""The search box above a form in which somebody of the register is chosen."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_

FIELDS: Final = {
    "spouse": N_("Name of the husband or wife"),
    **dict.fromkeys(("owner", "keeper", "person"), N_("Search for a person by name")),
}


def picker(form: Any) -> dict[str, Any]:
    """What the box asks for, which field it fills and with how many; nothing where the form names nobody."""
    fills = next((name for name in FIELDS if name in form.fields), "")
    if not fills:
        return {"search": ""}
    field = form.fields[fills]
    choices = getattr(field, "choices", None) or field.widget.choices
    return {"search": gettext(FIELDS[fills]), "fills": fills, "found": sum(bool(value) for value, _ in choices)}
