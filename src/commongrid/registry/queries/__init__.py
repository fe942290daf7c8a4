"""Reads of the register, always within scope."""

from commongrid.registry.queries.homes import (
    ChangeLine,
    HomeCard,
    HomeLine,
    HomesPage,
    Member,
    changes_of,
    home_by_number,
    home_card,
    homes,
    members_on,
)
from commongrid.registry.queries.people import (
    FOUND,
    HouseholdRow,
    PersonCard,
    PersonRow,
    StayLine,
    find_people,
    household,
    person,
    person_card,
)
from commongrid.registry.queries.wordlists import CodeRow, FlagLine, FlagTypeRow, codes, flag_types, flags_of

__all__ = (
    "FOUND",
    "ChangeLine",
    "CodeRow",
    "FlagLine",
    "FlagTypeRow",
    "HomeCard",
    "HomeLine",
    "HomesPage",
    "HouseholdRow",
    "Member",
    "PersonCard",
    "PersonRow",
    "StayLine",
    "changes_of",
    "codes",
    "find_people",
    "flag_types",
    "flags_of",
    "home_by_number",
    "home_card",
    "homes",
    "household",
    "members_on",
    "person",
    "person_card",
)
