"""What the roster answers: whose posts, how far they see, who answers for what.

Everything here is readable by every scope except assignments, which only their
own post and those in scope see.
"""

from __future__ import annotations

from commongrid.roster.queries.answering import Answering, answering, is_answering, of_unit
from commongrid.roster.queries.listing import (
    AssignedVillage,
    PostLine,
    RoleRow,
    Seat,
    Wanted,
    assigned_villages,
    faces,
    find_posts,
    linked_members,
    one_per_role,
    post,
    posts,
    role_powers,
    roles,
    stand_ins,
    tied,
    vacant_seats,
)
from commongrid.roster.queries.powers import PowerChange, PowerRow, power_changes, powers
from commongrid.roster.queries.sight import (
    PostRow,
    posts_of_account,
    scope_brought,
    scope_for_session,
    scope_of,
    scopes_in_force,
    standing,
)
from commongrid.roster.queries.staffing import GridStaff, Staffer, Staffing, grid_staff, staffing
from commongrid.roster.queries.talents import TalentRow, talent, talents
from commongrid.roster.queries.turns import Turn, turns
from commongrid.roster.queries.units import (
    FunctionRow,
    UnitRow,
    dissolved,
    functions,
    lives,
    stations_of,
    successor,
    unit,
    unit_above,
    unit_for,
    units,
    units_by_id,
    units_over,
)

__all__ = [
    "Answering",
    "AssignedVillage",
    "FunctionRow",
    "GridStaff",
    "PostLine",
    "PostRow",
    "PowerChange",
    "PowerRow",
    "RoleRow",
    "Seat",
    "Staffer",
    "Staffing",
    "TalentRow",
    "Turn",
    "UnitRow",
    "Wanted",
    "answering",
    "assigned_villages",
    "dissolved",
    "faces",
    "find_posts",
    "functions",
    "grid_staff",
    "is_answering",
    "linked_members",
    "lives",
    "of_unit",
    "one_per_role",
    "post",
    "posts",
    "posts_of_account",
    "power_changes",
    "powers",
    "role_powers",
    "roles",
    "scope_brought",
    "scope_for_session",
    "scope_of",
    "scopes_in_force",
    "staffing",
    "stand_ins",
    "standing",
    "stations_of",
    "successor",
    "talent",
    "talents",
    "tied",
    "turns",
    "unit",
    "unit_above",
    "unit_for",
    "units",
    "units_by_id",
    "units_over",
    "vacant_seats",
]
