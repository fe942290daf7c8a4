"""What somebody says of a person or a home, read and checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from commongrid.kernel.identity import EARLIEST, OLDEST, id_number
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import halfwidth, phone_of

NAME_LENGTH: Final = 60
NUMBER_LENGTH: Final = 20
DOOR_LENGTH: Final = 120

SELF, SPOUSE, CHILDREN, CHILDREN_IN_LAW = "02", "10", ("20", "30"), ("28", "38")
GRANDCHILD, PARENT, GRANDPARENT, SIBLING, RELATIVE, NOBODY = "40", "50", "60", "70", "97", "99"
HEADS: Final = frozenset({"01", SELF})
"""Codes of the head: the person himself, and the head of the household."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person as somebody writes them down; empty means not said.

    ``sex`` GB/T 2261.1, ``education`` GB/T 4658, ``occupation`` GB/T 6565, ``political`` GB/T 4762, ``marital``
    GB/T 2261.2, ``as_to_head`` GB/T 4761. ``registered_place`` and ``collective``
    are codes of places.
    """

    name: str
    sex: str = ""
    born_on: date | None = None
    id_number: str = ""
    phone: str = ""
    education: str = ""
    occupation: str = ""
    political: str = ""
    marital: str = ""
    as_to_head: str = ""
    registered_place: int | None = None
    collective: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHome:
    """A living household as somebody writes it down: where, its number there, its door and point (WGS 84, degrees)."""

    place: int
    natural_village: int
    number: str
    villager_group: int | None = None
    door: str = ""
    lon: float | None = None
    lat: float | None = None
    began_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When something became so, and who said it: the day, and a source in a few words.

    ``seen`` is the version of the record that was on the screen while it was written down. ``keeps_home``: whoever
    goes is the last of the household, and its home stays, empty.
    """

    on: date
    source: str = ""
    seen: int | None = None
    keeps_home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """The household a person goes to, and what they are to its head there."""

    household: UUID
    as_to_head: str = ""


def person_of(said: NewPerson, today: date) -> NewPerson:
    """The person with everything read as meant; birth and sex come from the identity number where they weren't said.

    Refuses: BadInput with a sentence per field: no name, an identity number
    that can't be or says another birth or sex, a birth in the future or over
    120 years ago, a phone that is none.
    """
    faults: dict[str, str] = {}
    name = " ".join(said.name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        faults["name"] = N_("Enter the person's name, at most 60 characters.")
    said = _with_number(replace(said, name=name), today, faults)
    if said.born_on is not None and (fault := birth_fault(said.born_on, today)):
        faults.setdefault("born_on", fault)
    phone = phone_of(said.phone)
    if phone is None:
        faults["phone"] = N_("A phone number has 7 to 20 digits.")
    if faults:
        raise BadInput(fields=faults)
    return replace(said, phone=phone or "")


def _with_number(said: NewPerson, today: date, faults: dict[str, str]) -> NewPerson:
    """Read the identity number, and take birth and sex from it where they weren't said otherwise."""
    if not said.id_number.strip():
        return replace(said, id_number="")
    try:
        read = id_number(said.id_number, today=today)
    except BadInput as refused:
        faults["id_number"] = refused.text
        return said
    if said.born_on not in {None, read.born_on}:
        faults["born_on"] = N_("The identity number says another date of birth.")
    if said.sex not in {"", "0", "9", read.sex}:
        faults["sex"] = N_("The identity number says another sex.")
    return replace(said, id_number=read.text, sex=read.sex, born_on=read.born_on)


def birth_fault(born: date, today: date) -> str:
    """What is wrong with a date of birth, or nothing."""
    if born > today:
        return N_("This date of birth is in the future.")
    if born < EARLIEST or today.year - born.year > OLDEST:
        return N_("Nobody is over 120 years old. Please check the date of birth.")
    return ""


def number_of(written: str) -> str:
    """A household's number without spaces. Refuses: BadInput when empty or too long."""
    plain = "".join(halfwidth(written).split())
    if not 1 <= len(plain) <= NUMBER_LENGTH or not plain.isprintable():
        raise BadInput(fields={"number": N_("Enter the household's number.")})
    return plain


def day_of(told: Told, today: date, *, since: date | None = None, field: str = "on") -> date:
    """The day something became so.

    Refuses: BadInput for a day in the future, before 1880, or before ``since`` (a birth, the begin of a stay).
    """
    if told.on > today:
        raise BadInput(fields={field: N_("This day is in the future. Enter it once it has come.")})
    if told.on < EARLIEST:
        raise BadInput(fields={field: N_("This day is too long ago. Please check the year.")})
    if since is not None and told.on < since:
        raise BadInput(
            fields={field: N_("This is before %(since)s, when it began. Please check the day.")},
            since=since.isoformat(),
        )
    return told.on


_TO_CHILD_HEAD = {
    "02": PARENT, "10": PARENT, "20": SIBLING, "30": SIBLING, "28": RELATIVE, "38": RELATIVE,
    "40": RELATIVE, "50": GRANDPARENT, "60": RELATIVE, "70": RELATIVE,
}  # fmt: skip
_TO_PARENT_HEAD = {"02": "20", "10": "38", "20": GRANDCHILD, "30": GRANDCHILD, "40": RELATIVE, "50": SPOUSE,
                   "60": PARENT, "70": "20"}  # fmt: skip
_SAME = {code: code for code in ("20", "30", "28", "38", "40")}


OTHER_SIDE: Final = {SPOUSE: SPOUSE, "20": PARENT, "30": PARENT, PARENT: "20", SIBLING: SIBLING}
"""What a head is to somebody, from what that one is to the head."""
IN_LAW: Final = {"20": "38", "30": "28"}
"""What somebody's husband or wife is to the head, by what they are themselves: wife of a son, husband of a daughter."""
_COUPLES: Final = ({SELF, SPOUSE}, *({child, in_law} for child, in_law in IN_LAW.items()), {PARENT}, {GRANDPARENT})


def spouse_as(member: str) -> str:
    """What the husband or wife of a member is to the head."""
    return {SELF: SPOUSE, **IN_LAW}.get(member, RELATIVE)


def may_be_couple(one: str, other: str) -> bool:
    """Whether two of one household may be married to each other, by what they are to its head.

    Other relatives, those who are not related and those of whom it isn't known may be anybody's.
    """
    pair = {SELF if code in HEADS else code for code in (one, other)}
    return bool(pair & {"", RELATIVE, NOBODY}) or pair in _COUPLES


def as_to(new_head: str, member: str, *, sex: str = "", couple: bool = False) -> str:
    """What a member is to a new head, from what both were to the old one (GB/T 4761).

    Certain for spouse, child and parent of the old head as new head; else "other relative", which the clerk mends.
    ``sex`` of the member tells son from daughter where the new head is their parent. ``couple``: the new head is the
    only child of the old one here and has the only husband or wife of such a child, so grandchildren are theirs.
    """
    if couple and member == IN_LAW.get(new_head):
        return SPOUSE
    if couple and new_head in CHILDREN and member == GRANDCHILD:
        return "30" if sex == "2" else "20"
    if new_head == SPOUSE:
        return {**_SAME, "02": SPOUSE}.get(member, RELATIVE)
    if new_head in CHILDREN:
        return _TO_CHILD_HEAD.get(member, RELATIVE)
    if new_head == PARENT:
        found = _TO_PARENT_HEAD.get(member, RELATIVE)
        by_sex = {"20": ("20", "30"), "38": ("28", "38")}
        return by_sex[found][sex == "2"] if found in by_sex else found
    return NOBODY if member == NOBODY else RELATIVE
