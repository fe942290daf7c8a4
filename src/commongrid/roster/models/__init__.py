"""Tables of the roster: units, roles, powers, posts, stand-ins, assignments, talents, turns."""

from __future__ import annotations

from commongrid.roster.models.posts import Assignment, Function, Post, Power, Role, RolePower, StandIn, Unit, UnitCover
from commongrid.roster.models.talents import DutyTurn, Talent

__all__ = [
    "Assignment",
    "DutyTurn",
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
