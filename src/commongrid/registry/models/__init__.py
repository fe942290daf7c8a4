"""Tables of people, households, places, things and organisations, by topic."""

from commongrid.registry.models.changing import Correction
from commongrid.registry.models.flags import Flag, FlagType, HardshipFlag
from commongrid.registry.models.holdings import Organisation, Site, Thing
from commongrid.registry.models.homes import Household, RegisteredHousehold
from commongrid.registry.models.people import Person, Stay
from commongrid.registry.models.wordlists import Code, FieldRule

__all__ = (
    "Code",
    "Correction",
    "FieldRule",
    "Flag",
    "FlagType",
    "HardshipFlag",
    "Household",
    "Organisation",
    "Person",
    "RegisteredHousehold",
    "Site",
    "Stay",
    "Thing",
)
