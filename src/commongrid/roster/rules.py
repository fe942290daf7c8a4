"""Rules of the roster: levels of scope, who may appoint whom, who must prove more than a password.

Plain values in, plain values out. Roles and powers themselves are rows
(``seeds/``); here is only how they are applied.
"""

from __future__ import annotations

from uuid import UUID

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
    "petition_case": ("matter", "place", "household"),
    "linked_household": ("household",),
}
"""The five kinds of assignment (包联) and what each may point to."""

ADMINISTRATORS = ("system_admin", "security_admin", "auditor")
"""Three roles that three different persons hold (三员分离)."""
