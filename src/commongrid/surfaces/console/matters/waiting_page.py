"""What a matter waits for, in the reader's words: applications and decisions, referrals, what is parked until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_
from commongrid.matters.queries import waiting
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.console.matters.history import SORTS
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.matters.queries.waiting import ApplicationRow, ReferralRow
    from commongrid.roster.queries import PostLine

UNTIL: Final = {
    "extend": N_("new limit"),
    "pause": N_("goes on"),
    "park": N_("looked at again"),
    "refer": N_("receipt wanted by"),
}
OUTCOMES: Final = {
    "": (N_("waits for the deputy"), "warn"),
    "granted": (N_("granted"), "ok"),
    "refused": (N_("not granted"), "late"),
    "lapsed": (N_("lapsed: the matter moved on"), ""),
}
TOLD: Final = {
    "visit": N_("told in person"),
    "call": N_("told by phone"),
    "paper": N_("told on paper"),
    "slip": N_("reads it by slip"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An application or a deputy's own step as pages show it."""

    row: ApplicationRow
    sort: str
    outcome: str
    tone: str
    until_label: str
    until: date | None
    reason: str
    told: str
    by: str
    decided_by: str
    words: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A referral as pages show it."""

    row: ReferralRow
    body: str
    contact: str
    due: datetime


def card(scope: Scope, m: MatterDetail) -> dict[str, object]:
    """Applications and referrals of a matter, the newest first, and the one that waits."""
    faces = _faces(scope, (post for one in m.applications for post in (one.asked_by, one.decided_by)))
    shown = [_asked(one, m, faces) for one in reversed(m.applications)]
    lang = language()
    sent = [
        Sent(row=one, body=one.body.label(lang), contact=one.contact or one.body.contact, due=one.receipt_due_at)
        for one in reversed(m.referrals)
    ]
    return {"asked": shown, "referrals": sent, "to_decide": next((one for one in shown if not one.row.outcome), None)}


def _asked(one: ApplicationRow, m: MatterDetail, faces: Mapping[UUID, PostLine]) -> Asked:
    note = next((note.text for note in m.notes if note.act == one.id), "")
    said = next((note.text for note in m.notes if note.sort == "decision" and note.at == one.decided_at), "")
    return _line(one, faces, note, said)


def _line(one: ApplicationRow, faces: Mapping[UUID, PostLine], note: str = "", said: str = "") -> Asked:
    outcome, tone = OUTCOMES[one.outcome]
    lang = language()
    why = one.reason.label(lang) if one.reason else one.body.label(lang) if one.body else ""
    return Asked(
        row=one, sort=_(SORTS[one.sort]), outcome=_(outcome), tone=tone, until=one.until, reason=why,
        until_label=_(UNTIL[one.sort]) if one.sort in UNTIL else "", told=words.say(TOLD, one.told) if one.told else "",
        by=_name(one.asked_by, faces), decided_by=_name(one.decided_by, faces), words=note, said=said,
    )  # fmt: skip


def _faces(scope: Scope, posts: Iterable[UUID | None]) -> dict[UUID, PostLine]:
    wanted = {post for post in posts if post is not None}
    return roster.faces(scope, wanted) if wanted else {}


def _name(post: UUID | None, faces: Mapping[UUID, PostLine]) -> str:
    face = faces.get(post) if post else None
    return face.label(language()) if face else ""


def to_decide(scope: Scope) -> list[dict[str, object]]:
    """Applications that wait for this post, each with its matter and the way to it."""
    found = waiting.to_decide(scope)
    faces = _faces(scope, (one.asked_by for one, _row in found))
    return [
        {
            "asked": _line(one, faces),
            "title": present.title_of(row),
            "place": row.place_label(language()),
            "url": reverse("matter", kwargs={"matter_id": row.id}) + "#next",
        }
        for one, row in found
    ]


def parked(scope: Scope) -> list[dict[str, object]]:
    """What is parked in this post's sight."""
    found = waiting.parked(scope)
    faces = _faces(scope, (one.approved_by for one in found))
    shown = present.rows(scope, [one.row for one in found])
    lang = language()
    return [
        {
            "shown": row,
            "one": one,
            "reason": one.reason.label(lang) if one.reason else "",
            "told": words.say(TOLD, one.told),
            "by": _name(one.approved_by, faces),
        }
        for one, row in zip(found, shown, strict=True)
    ]
