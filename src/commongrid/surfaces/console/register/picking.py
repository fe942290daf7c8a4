"""The search box above a form in which somebody of the register is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import PersonRow
    from commongrid.surfaces.shared.doors import Asked

MANY: Final = 20
"""So many people are offered."""
MORE: Final = N_(
    "These are the first %(many)d, people of the village before others. To find somebody else, write more of the name, "
    "or the whole phone or identity number."
)
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


def sought(request: Asked, near: int) -> tuple[str, list[PersonRow], str]:
    """What was looked for, the first people whom it means, those near a place before others, and how to find more."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = queries.find_people(request.scope, text, MANY + 1, near=near) if text else []
    return text, found[:MANY], more_than_shown() if len(found) > MANY else ""


def more_than_shown() -> str:
    """How to find those who are not among the first."""
    return gettext(MORE) % {"many": MANY}


def told_apart(scope: Scope, people: Sequence[PersonRow]) -> list[tuple[PersonRow, str]]:
    """People found by name, each with what tells namesakes apart: where they live, the household, the birth."""
    names = territory.places(scope, {one.home[0] if one.home else one.place for one in people})
    found = []
    for one in people:
        place = names.get(one.home[0] if one.home else one.place)
        home = gettext("Household %(number)s") % {"number": one.home[1]} if one.home else ""
        known = (place.label(language()) if place else "", home, one.born_on.isoformat() if one.born_on else "")
        found.append((one, " · ".join(part for part in known if part)))
    return found


def people_choices(scope: Scope, people: Sequence[PersonRow]) -> list[tuple[str, str]]:
    """The same to choose from."""
    return [(str(one.id), f"{one.name} · {known}" if known else one.name) for one, known in told_apart(scope, people)]
