"""Tables of places, their boundaries and barriers, and the county's clock."""

from commongrid.territory.models.barriers import Barrier
from commongrid.territory.models.boundaries import SOURCES, Boundary, BoundaryFile
from commongrid.territory.models.places import (
    CalendarChange,
    CalendarDay,
    County,
    FormerName,
    GridCover,
    MarketDays,
    OfficeHours,
    Place,
    PlaceField,
    PlaceSet,
    Succession,
)

__all__ = (
    "SOURCES",
    "Barrier",
    "Boundary",
    "BoundaryFile",
    "CalendarChange",
    "CalendarDay",
    "County",
    "FormerName",
    "GridCover",
    "MarketDays",
    "OfficeHours",
    "Place",
    "PlaceField",
    "PlaceSet",
    "Succession",
)
