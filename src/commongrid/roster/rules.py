"""Rules of the roster: levels of scope, who may appoint whom, who must prove more than a password.

Plain values in, plain values out. Roles and powers themselves are rows
(``seeds/``); here is only how they are applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.kernel.refusals import N_, BadInput, NotAllowed, WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_ID = UUID(int=0)
"""Stands for "no unit" where a constraint compares."""

LEVELS = (
    "county",
    "township",
    "village",
    "assigned_village",
    "unit",
    "natural_village",
    "villager_group",
    "party_group",
    "grid",
    "household",
)
"""How far a role's sight reaches; ``roster_role.scope_level`` holds one of these."""

TARGETS = {
    "contact_point": ("place", "unit"),
    "assigned_village": ("place",),
    "named_helper": ("household",),
    "petition_case": ("matter",),
    "linked_household": ("household",),
}
"""The five kinds of assignment (包联) and what each may point to."""
POINTED = ("county_secretary", "county_leader", "township_principal", "township_team")
"""Roles of leaders who have villages as contact points and take cases up; they see them anyhow."""
LINKED = "linked_household"
"""The kind of assignment that is a link (联户)."""
HELPER = "named_helper"
"""The kind that says who helps a household in hardship."""
HELPS = "helper"
"""The role whose holders help them."""
CASE = "petition_case"
"""The kind that says which leader took a matter up: a matter's alone, so that nobody is marked as a petitioner."""
LINKER = "linked_member"
"""The role whose holders are linked to households."""
TITLE = "联户党员", "Linked Party member"
"""The title that they get in both languages, where nobody gave them another."""

GRID_ROLES = ("grid_head", "grid_member", "grid_force")
"""Who staffs a grid (网格长、网格员、网格力量)."""
TEAM = ("grid_head", "grid_member")
"""Those of them whom its people and matters are shared out among."""
MAY_HEAD = ("01",)
"""Who may head a grid by their standing in the Party: members, not those on probation; leaders of groups may too."""
FAULTS = ("no_head", "no_member", "twice", "not_eligible", "not_checked")
"""What may be wrong with a grid's staff.

Nobody heads it, no member, somebody has two, a head who may not be one, a head who is in no register to tell.
"""

TALENTS = ("capable", "veteran", "returned_student", "craft", "culture")
"""What a village calls on people for (人才类别)."""
NAMED_BY = ("visit", "recommendation", "self")
"""How somebody came to be named: found on a visit, recommended, by themselves."""
TALENT_STATES = ("nominated", "listed", "declined")
TURNS = ("day", "night", "whole")
"""Parts of a day on duty: by day, by night, around the clock."""

BEGIN = date(2020, 1, 1)
"""Since when what a county begins with holds."""

ADMINISTRATORS = ("system_admin", "security_admin", "auditor")
"""Three roles that three different persons hold (三员分离)."""

THEIRS_NEVER = ("matters", "people", "links")
"""Modules whose powers none of the three ever holds."""

BEGINNERS = ("county_admin", *ADMINISTRATORS)
"""Roles that the command line may fill where nobody holds them yet, so that a county can begin."""

PLACE_LEVELS = {
    "county": ("county",),
    "township": ("township",),
    "village": ("village",),
    "assigned_village": ("township",),
    "unit": ("county", "township"),
    "natural_village": ("natural_village",),
    "villager_group": ("villager_group",),
    "party_group": ("village",),
    "grid": ("grid",),
    "household": ("village", "natural_village", "villager_group", "grid"),
}
"""At which levels of place a role of each scope level may sit."""

_BELOW_VILLAGE = frozenset({"natural_village", "villager_group", "party_group", "grid", "household"})
APPOINTS = {
    "county": frozenset(LEVELS),
    "township": frozenset({"village"}) | _BELOW_VILLAGE,
    "village": _BELOW_VILLAGE,
}
"""Which levels of role a post with ``posts.appoint`` fills, by its own level: beneath it, save at the county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """What a rule needs to know of a role and the place where somebody is to sit."""

    role: str
    role_level: str
    place: int
    place_level: str
    unit_place: int | None = None


def refuse_appointing(appointer_level: str, role_level: str) -> None:
    """Refuse to fill, end or lend a post that is not beneath the appointer's own level.

    The county fills all; a township village posts and those in grids and groups;
    a village secretary those in grids and groups. So nobody gives a power that
    reaches as far as his own.
    """
    if role_level not in APPOINTS.get(appointer_level, frozenset()):
        raise NotAllowed(N_("Posts of this level are filled by the level above yours."))


def may_appoint(appointer_level: str, role_level: str) -> bool:
    """The same as a question, for lists and buttons."""
    return role_level in APPOINTS.get(appointer_level, frozenset())


def fills_first(appointer_level: str) -> frozenset[str]:
    """Levels of role that this level fills and none beneath it: whom it concerns that such a post is vacant."""
    beneath = {"county": "township", "township": "village"}.get(appointer_level, "")
    return APPOINTS.get(appointer_level, frozenset()) - APPOINTS.get(beneath, frozenset())


def refuse_seat(seat: Seating) -> None:
    """Refuse a role at a level of place where it does not sit, or a unit's role without unit."""
    if seat.place_level not in PLACE_LEVELS[seat.role_level]:
        raise BadInput(fields={"place": N_("This role does not sit at a place of this level.")})
    if seat.role_level in {"unit", "party_group"} and seat.unit_place is None:
        raise BadInput(fields={"unit": N_("This role belongs to a unit. Choose the unit.")})
    if seat.unit_place is not None and seat.unit_place != seat.place:
        raise BadInput(fields={"unit": N_("This unit sits at another place.")})


def refuse_own_person(actor: UUID | None, person: UUID) -> None:
    """Refuse to appoint oneself, or to give a link to oneself."""
    if actor is not None and actor == person:
        raise NotAllowed(N_("Nobody does this for himself. Ask another administrator."))


def refuse_power(role: str, power: str) -> None:
    """Refuse that one of the three administrators gets to see or decide matters or people (三员分离, GB/T 22239)."""
    if role in ADMINISTRATORS and power.partition(".")[0] in THEIRS_NEVER:
        raise BadInput(N_("System, security and audit administrator neither see nor decide matters, people or links."))


def refuse_two_administrators(role: str, held: Iterable[str]) -> None:
    """Refuse a second of the three administrators' roles for one person (三员分离, GB/T 22239)."""
    if role in ADMINISTRATORS and any(other in ADMINISTRATORS and other != role for other in held):
        raise WrongState(
            N_("System, security and audit administrator are three persons. This one is another of the three already.")
        )


def refuse_period(from_on: date, to_on: date | None) -> None:
    """Refuse a period that ends before it begins."""
    if to_on is not None and to_on < from_on:
        raise BadInput(fields={"to_on": N_("The last day lies before the first.")})


def needs_second_factor(*, role_wants_it: bool, demo: bool, came_by_link: bool) -> bool:
    """Whether the post may only be taken by a session that has shown a second factor.

    Posts of the county, of townships and of secretaries want it. A demo county
    is let off for sessions that began with a one-time link, and the page says so.
    """
    return role_wants_it and not (demo and came_by_link)


UNIT_TYPES_AT = {
    "county": ("department", "office", "centre", "committee", "outside"),
    "township": ("station", "office", "centre", "committee", "outside"),
    "village": ("committee", "party_group"),
}
"""Which types of unit sit at which level of place."""

_EVERY_TYPE = frozenset(type_ for types in UNIT_TYPES_AT.values() for type_ in types)
SETS_UP = {"county": _EVERY_TYPE, "township": _EVERY_TYPE, "village": frozenset({"party_group"})}
"""Types of unit that a post with ``posts.appoint`` sets up, changes and ends, by its level: a branch its own groups."""


def may_set_up(level: str, type_: str) -> bool:
    """Whether a post of a level sets up, changes and ends units of a type."""
    return type_ in SETS_UP.get(level, frozenset())
