"""Tables of the roster: units, roles, powers, posts, stand-ins, assignments, talents, turns."""

from __future__ import annotations

from commongrid.roster.models.posts import Assignment, Post, Power, Role, RolePower, StandIn
from commongrid.roster.models.talents import DutyTurn, Talent
from commongrid.roster.models.units import FormerUnit, Function, Unit, UnitCover

__all__ = [
    "Assignment",
    "DutyTurn",
    "FormerUnit",
    "Function",
    "Post",
    "Power",
    "Role",
    "RolePower",
    "StandIn",
    "Talent",
    "Unit",
    "UnitCover",
]
