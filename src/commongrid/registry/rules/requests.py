"""Rules of changes that the field reports: which there are, what each must tell, how what was told is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from commongrid.kernel.refusals import N_, BadInput

SORTS: Final = (
    "born", "died", "married", "divorced", "moved_in", "moved_out", "left", "returned", "split", "dwelling",
    "army_school", "correct", "other",
)  # fmt: skip
OF_A_PERSON: Final = frozenset(
    {"died", "married", "divorced", "moved_out", "left", "returned", "army_school", "correct"}
)
"""Sorts that name somebody of the household."""
MAY_NAME: Final = OF_A_PERSON | {"split", "other"}
"""Sorts that may name somebody."""
CARRIED: Final = frozenset({"born", "died", "moved_out", "left", "returned", "army_school", "correct"})
"""Sorts that approval carries out; what the others report the village enters with the form of the act."""
OF_KIND: Final = {
    "L01": "born", "L02": "died", "L03": "married", "L04": "moved_in", "L05": "moved_out", "L06": "left",
    "L07": "returned", "L08": "split", "L09": "dwelling", "L10": "army_school", "L99": "other",
}  # fmt: skip
"""Which sort of change a kind of matter of class L reports."""
FORMS: Final = {
    "household_birth": N_("Enter a birth"), "household_move_in": N_("Enter a move-in"),
    "household_split": N_("Split the household"), "household_merge": N_("Merge into another household"),
    "household_correct": N_("Correct the household"), "household_head": N_("Change the head"),
    "household_flag": N_("Enter a recognition"), "person_died": N_("Enter a death"),
    "person_marry": N_("Enter a marriage"), "person_divorce": N_("Enter a divorce"),
    "person_moved_out": N_("Enter a move out of the county"), "person_left": N_("Enter an absence"),
    "person_returned": N_("Enter a return"), "person_correct": N_("Correct the record"),
    "person_move": N_("Move to another household"), "person_flag": N_("Enter a recognition"),
}  # fmt: skip
"""The forms that a report leads to, by the names of their pages."""
ENTERED_WITH: Final = {
    "born": ("household_birth",), "died": ("person_died",),
    "married": ("person_marry", "person_divorce", "household_move_in"), "divorced": ("person_divorce",),
    "moved_in": ("household_move_in",), "moved_out": ("person_moved_out",), "left": ("person_left",),
    "returned": ("person_returned",), "split": ("household_split", "household_merge"),
    "dwelling": ("household_correct",), "army_school": ("person_left", "person_correct"),
    "correct": ("person_correct",),
    "other": ("household_correct", "household_head", "household_flag", "person_correct", "person_move", "person_flag"),
}  # fmt: skip
"""With which of them the village enters what each sort reports."""
HANDOVER: Final = "handover"
LONGEST: Final = 200
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "born": ("name", "sex", "as_to_head"), "died": (), "moved_out": ("to",), "left": ("to",), "returned": (),
    "married": ("name",), "moved_in": ("name", "sex", "as_to_head"), "dwelling": ("to",), "army_school": ("to",),
    "correct": ("phone", "works_at", "education", "occupation", "political", "marital"),
}  # fmt: skip
"""What a report of this sort may tell besides words."""
WORDS: Final = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What was told of a change, by field; ``words`` are free."""

    sort: str
    said: Mapping[str, str]

    def kept(self) -> str:
        """As it is sealed."""
        return json.dumps(dict(self.said), ensure_ascii=False, sort_keys=True)


def reported(sort: str, said: Mapping[str, str]) -> Reported:
    """A report as it is kept: only the fields of its sort, without what is empty.

    Refuses: BadInput for an unknown sort, a correction that corrects nothing, words too many, and where neither
    fields nor words say what happened.
    """
    if sort not in SORTS:
        raise BadInput(fields={"sort": N_("Choose what happened.")})
    wanted = (*FIELDS.get(sort, ()), WORDS)
    plain = {name: " ".join(said.get(name, "").split())[: LONGEST + 1] for name in wanted}
    told = {name: text for name, text in plain.items() if text}
    if any(len(text) > LONGEST for text in told.values()):
        raise BadInput(fields={WORDS: N_("This is too long: at most 200 signs.")})
    if sort == "born" and not told.get("name"):
        raise BadInput(fields={"name": N_("Enter the person's name, at most 60 characters.")})
    if sort == "correct" and not set(told) - {WORDS}:
        raise BadInput(N_("Say which field is wrong, and what is right."))
    if sort not in CARRIED and not told:
        raise BadInput(fields={WORDS: N_("Please say in a few words what happened.")})
    return Reported(sort=sort, said=told)


def carried_alone(sort: str, household: UUID | None, person: UUID | None) -> bool:
    """Whether approving carries the report out by itself: it can be, and says of which household and whom."""
    return sort in CARRIED and household is not None and (person is not None or sort not in OF_A_PERSON)


def source_of(matter: UUID | None) -> str:
    """Who is the source of what a report says."""
    return "事项上报" if matter else "网格上报"


def read_kept(text: str) -> dict[str, str]:
    """What was told, as it was kept."""
    return dict(json.loads(text)) if text else {}
