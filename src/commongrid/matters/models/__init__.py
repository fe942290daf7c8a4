"""Tables of matters: vocabularies, the matter, what happened to it."""

from commongrid.matters.models.matter import Matter, PublicFace
from commongrid.matters.models.steps import Escalation, Note, Order, Party, Rating, Supervision, Visit
from commongrid.matters.models.vocabulary import DrawSeed, Kind, Limit, NumberBase, Tile, Urgency, WorkListRow

__all__ = [
    "DrawSeed",
    "Escalation",
    "Kind",
    "Limit",
    "Matter",
    "Note",
    "NumberBase",
    "Order",
    "Party",
    "PublicFace",
    "Rating",
    "Supervision",
    "Tile",
    "Urgency",
    "Visit",
    "WorkListRow",
]
