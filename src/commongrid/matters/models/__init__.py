"""Tables of matters: vocabularies, the matter, what happened to it."""

from commongrid.matters.models.calling import Attendance, Meeting
from commongrid.matters.models.editing import DutyHours, Recount, StandardAnswer
from commongrid.matters.models.ends import FormerEnd
from commongrid.matters.models.external import (
    ExternalBatch,
    ExternalCase,
    ExternalColumn,
    ExternalReply,
    ExternalResult,
    ExternalSystem,
    ExternalUpload,
)
from commongrid.matters.models.leaders import LeaderNote
from commongrid.matters.models.matter import Matter, PublicFace
from commongrid.matters.models.mediation import Mediation, MediationParty, MediationSession
from commongrid.matters.models.original import Original
from commongrid.matters.models.publishing import GuardedWord, Publication, SignedSheet
from commongrid.matters.models.rechecks import Recheck, RecheckCause
from commongrid.matters.models.steps import Escalation, Note, Order, Party, Rating, Supervision, Visit
from commongrid.matters.models.themes import Theme, ThemeMatter
from commongrid.matters.models.views import SavedView
from commongrid.matters.models.vocabulary import (
    DangerWord,
    DrawSeed,
    Kind,
    Limit,
    NumberBase,
    SealedBody,
    TileShown,
    UrgencyRule,
    WorkListRow,
)
from commongrid.matters.models.waiting import Application, Referral, ReferralBody, WaitingReason

__all__ = [
    "Application",
    "Attendance",
    "DangerWord",
    "DrawSeed",
    "DutyHours",
    "Escalation",
    "ExternalBatch",
    "ExternalCase",
    "ExternalColumn",
    "ExternalReply",
    "ExternalResult",
    "ExternalSystem",
    "ExternalUpload",
    "FormerEnd",
    "GuardedWord",
    "Kind",
    "LeaderNote",
    "Limit",
    "Matter",
    "Mediation",
    "MediationParty",
    "MediationSession",
    "Meeting",
    "Note",
    "NumberBase",
    "Order",
    "Original",
    "Party",
    "PublicFace",
    "Publication",
    "Rating",
    "Recheck",
    "RecheckCause",
    "Recount",
    "Referral",
    "ReferralBody",
    "SavedView",
    "SealedBody",
    "SignedSheet",
    "StandardAnswer",
    "Supervision",
    "Theme",
    "ThemeMatter",
    "TileShown",
    "UrgencyRule",
    "Visit",
    "WaitingReason",
    "WorkListRow",
]
