"""Tables of outreach."""

from __future__ import annotations

from commongrid.outreach.models.links import Choice, Declaration, LinkNotice, Plan, PlannedLink
from commongrid.outreach.models.lists import Ability, Duty, PublicNumber

__all__ = ["Ability", "Choice", "Declaration", "Duty", "LinkNotice", "Plan", "PlannedLink", "PublicNumber"]
