"""Why a household got its contact, and why a plan could not be made, as sentences in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commongrid.outreach.queries.plans import PlannedRow

SENTENCES: Final[Mapping[str, str]] = {
    "nearest": N_("The nearest who can take them."),
    "as_near": N_("As good as any other who is nearer."),
    "liked": N_("The household's own choice."),
    "kin": N_("Kin of the household."),
    "stays": N_("Stays with the contact it has, who is also the nearest."),
    "keeps": N_(
        "Stays with the contact it has (%(metres)s m); %(other)s (%(other_metres)s m) is not nearer by enough."
    ),
    "full": N_(
        "%(member)s (%(metres)s m), not %(other)s (%(other_metres)s m): %(other)s already has %(load)s households, "
        "and the way is shorter for all together if others have that place."
    ),
    "group": N_("%(member)s (%(metres)s m), not %(other)s (%(other_metres)s m), who is of another Party group."),
    "wish": N_(
        "%(member)s (%(metres)s m), not %(other)s (%(other_metres)s m), who can't what the household wishes for."
    ),
    "locked": N_("Locked: it stays as it is."),
    "by_hand": N_("Chosen by hand."),
    "nobody": N_("Nobody has room for this household within the limits."),
    "nobody_may": N_("Nobody may: whoever is able lives here, is of another Party group, or they would rather not."),
}  # fmt: skip
FAULTS: Final[Mapping[str, str]] = {
    "locked": N_(
        "%(count)s locked households can't be as they are locked: their member is full, not able any more, or lives "
        "there. Unlock some, or raise the limit."
    ),
    "none": N_("No household of this village is at home, and none that is away wishes to be called."),
    "broken": N_("The planner broke off. Whoever runs the system finds the reason in its log."),
    "nobody": N_("Nobody in this village is able any more. Enter what the members say first."),
}  # fmt: skip
SHORT: Final = N_(
    "Members are too few: room for %(places)s of %(homes)s households. Within these limits no plan links everybody; "
    "those without a contact are listed below."
)
OF_A_GROUP: Final = N_("In one Party group members are too few: room for %(places)s of %(homes)s households.")
RAISE: Final = N_("Raise the limit to %(limit)s households for each, as far as the members agree.")
MORE: Final = N_(
    "Ask %(more)s more people: of the two committees, in-service members registered here, villager group leaders."
)
OTHERS: Final = N_("Let households leave their Party group at a price: others have room for all of them.")
LEAVE: Final = N_("Or let them wait without a contact for now: they stay on the list of gaps.")


def people_in(facts: Mapping[str, Any]) -> Iterator[UUID]:
    """Whom a reason names."""
    if "other" in facts:
        yield UUID(facts["other"])


def sentence(row: PlannedRow, names: Mapping[UUID, str]) -> str:
    """Why this household got this contact."""
    text = SENTENCES.get(row.reason)
    if text is None:
        return ""
    said = {**row.facts, "member": row.member_name, "metres": row.metres}
    if "other" in row.facts:
        said["other"] = names.get(UUID(row.facts["other"]), "—")
    return gettext(text) % said


def fault(code: str, figures: Mapping[str, Any]) -> str:
    """Why no plan could be made; nothing where one was."""
    return gettext(FAULTS[code]) % figures if code else ""


def shortages(figures: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Where members are too few, each with what would help."""
    found = []
    for one in figures.get("short", ()):
        ways = [
            gettext(RAISE) % one if one["limit"] else "", gettext(MORE) % one,
            gettext(OTHERS) if one["others"] else "", gettext(LEAVE),
        ]  # fmt: skip
        text = SHORT if one["whole"] else OF_A_GROUP
        found.append((gettext(text) % one, [way for way in ways if way]))
    return found
