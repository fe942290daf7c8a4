"""Tables of people, households, places, things and organisations, by topic."""

from commongrid.registry.models.changing import Correction
from commongrid.registry.models.flags import Flag, FlagType, HardshipFlag
from commongrid.registry.models.holdings import Membership, Organisation, Site, Thing
from commongrid.registry.models.homes import Household, RegisteredHousehold
from commongrid.registry.models.ledgers import SavedLedger
from commongrid.registry.models.people import Person, Stay
from commongrid.registry.models.requests import ChangeRequest, ChangeRule, Handover
from commongrid.registry.models.tallying import RecordTally
from commongrid.registry.models.wordlists import Code, FieldRule

__all__ = (
    "ChangeRequest",
    "ChangeRule",
    "Code",
    "Correction",
    "FieldRule",
    "Flag",
    "FlagType",
    "Handover",
    "HardshipFlag",
    "Household",
    "Membership",
    "Organisation",
    "Person",
    "RecordTally",
    "RegisteredHousehold",
    "SavedLedger",
    "Site",
    "Stay",
    "Thing",
)
