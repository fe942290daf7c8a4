"""Publishing: what of a matter anybody may read, in words of its own, through a gate, down again by date or at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.ending import is_spoken
from commongrid.matters.models import Matter, Publication
from commongrid.matters.queries.publishing import is_protected, names_of, public_place, registered
from commongrid.matters.queries.vocabulary import KindRow, guarded_words, kind_version
from commongrid.matters.rules.publishing import COMPLAINTS, LONGEST, LONGEST_TITLE, complaint
from commongrid.territory import queries as territory

MOST_DAYS: Final = 365
NO_MATTER: Final = N_("There is no such matter, or it is not yours to see.")
NO_PUBLICATION: Final = N_("There is nothing of that published here, or it is not yours to see.")
NEVER: Final = N_("Matters of this kind are never published.")
PROTECTED: Final = N_(
    "This matter is protected: what was said in confidence, about an official or to one body alone is never published."
)
NOT_YET: Final = N_("It can be published once it is accepted, and not after it was withdrawn, merged or not accepted.")
TWICE: Final = N_(
    "Something of this matter is published, or waits for the second person, already. Take that down first."
)
OWN: Final = N_("Somebody else has to look at it: whoever wrote a text doesn't approve it.")
IS_DOWN: Final = N_("It is not published, so there is nothing to take down.")
_UNREADY: Final = ("reported", "rejected", "withdrawn", "merged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The public text: title, what it is about, what was done; and the last day it is shown."""

    title: str
    text: str
    answer: str
    until: date


@action("matters.published", power="matters.publish", facts=("state",))
def publish(scope: Scope, act: Act, *, matter_id: UUID, wording: Wording) -> Line:
    """Publish a matter's public text, or propose it where its kind needs a second person.

    Refuses: NotFound outside the scope; WrongState for kinds and matters that
    are never published, before it is accepted, and twice; BadInput without
    words, for a day that has passed or is too far off, or where the gate finds
    a name, number, door or guarded word: it says which and where.
    """
    m = Matter.objects.select_for_update().filter(id=matter_id).first()
    if m is None:
        raise NotFound(NO_MATTER)
    kind = _ready(scope, m)
    calendar = territory.calendar(scope)
    today = calendar.day_of(act.at)
    _check(scope, m, wording, today)
    alone = kind.publishers == 1
    state = "published" if alone else "proposed"
    row = Publication(
        id=act.child("publication").id, matter_id=m.id, place=public_place(scope, m.place), kind_code=m.kind_code,
        title=wording.title.strip(), text=wording.text.strip(), answer=wording.answer.strip(),
        opened_on=calendar.day_of(m.opened_at), until=wording.until, state=state,
        answered_on=calendar.day_of(m.finished_at) if m.finished_at and is_spoken(m.state) else None,
        proposed_at=act.at, proposed_by=_post(scope), proposer=scope.person, published_at=act.at if alone else None,
    )  # fmt: skip
    row.save(force_insert=True)
    return _line(row, m.place)


def look(scope: Scope, *, matter_id: UUID, wording: Wording) -> None:
    """Find beforehand what publishing this text would refuse; changes nothing.

    Refuses: as ``publish``.
    """
    with acting(scope):
        m = Matter.objects.filter(id=matter_id).first()
        if m is None:
            raise NotFound(NO_MATTER)
        _ready(scope, m)
        _check(scope, m, wording, territory.calendar(scope).day_of(timezone.now()))


@action("matters.publication_approved", power="matters.publish", facts=("state",))
def approve(scope: Scope, act: Act, *, publication_id: UUID) -> Line:
    """Approve a proposed text: from now on anybody reads it.

    Refuses: NotAllowed for whoever wrote it, in whichever post; WrongState
    unless it waits, or where the matter is protected meanwhile; BadInput where
    the gate finds something.
    """
    row, m = _waiting(publication_id)
    if scope.person == row.proposer or scope.post == row.proposed_by:
        raise NotAllowed(OWN)
    _may_be_public(m, kind_version(scope, m.kind_id).publishers)
    today = territory.calendar(scope).day_of(act.at)
    _check(scope, m, Wording(title=row.title, text=row.text, answer=row.answer, until=row.until), today)
    row.state, row.published_at, row.decided_by = "published", act.at, _post(scope)
    row.save(update_fields=["state", "published_at", "decided_by"])
    return _line(row, m.place)


@action("matters.publication_refused", power="matters.publish", facts=("state",))
def refuse_publication(scope: Scope, act: Act, *, publication_id: UUID, why: str) -> Line:
    """Don't approve a proposed text, with a reason for whoever wrote it.

    Refuses: WrongState unless it waits; BadInput without a reason.
    """
    row, m = _waiting(publication_id)
    row.state, row.decided_by, row.why = "refused", _post(scope), _reason(why)
    row.save(update_fields=["state", "decided_by", "why"])
    return _line(row, m.place)


@action("matters.publication_taken_down", power="matters.publish", facts=("state",))
def take_down(scope: Scope, act: Act, *, publication_id: UUID, why: str) -> Line:
    """Take a published text down at once, with a reason; one person is enough.

    Refuses: WrongState for what is not published; BadInput without a reason.
    """
    row, m = _locked(publication_id)
    if row.state != "published":
        raise WrongState(IS_DOWN)
    row.state, row.down_at, row.why = "down", act.at, _reason(why)
    row.save(update_fields=["state", "down_at", "why"])
    return _line(row, m.place)


@action("matters.publication_over", power="matters.tick", kinds=("clock",), facts=("state",))
def end_publication(scope: Scope, act: Act, *, publication_id: UUID) -> Line:
    """Take down what has been shown until its last day.

    Refuses: WrongState for what is not published or still has days left.
    """
    row, m = _locked(publication_id)
    if row.state != "published" or row.until >= territory.calendar(scope).day_of(act.at):
        raise WrongState(IS_DOWN)
    row.state, row.down_at = "down", act.at
    row.save(update_fields=["state", "down_at"])
    return _line(row, m.place)


def _ready(scope: Scope, m: Matter) -> KindRow:
    kind = kind_version(scope, m.kind_id)
    _may_be_public(m, kind.publishers)
    if Publication.objects.filter(matter_id=m.id, state__in=("proposed", "published")).exists():
        raise WrongState(TWICE)
    return kind


def _may_be_public(m: Matter, publishers: int) -> None:
    if is_protected(m):
        raise WrongState(PROTECTED)
    if not publishers or m.parent_id is not None:
        raise WrongState(NEVER)
    if m.state in _UNREADY:
        raise WrongState(NOT_YET)


def _check(scope: Scope, m: Matter, wording: Wording, today: date) -> None:
    fields: dict[str, str] = {}
    if not wording.title.strip() or len(wording.title.strip()) > LONGEST_TITLE:
        fields["title"] = N_("Give it a title of at most 60 characters.")
    if not wording.text.strip():
        fields["text"] = N_("Say in a sentence or two what it is about.")
    if max(len(wording.text), len(wording.answer)) > LONGEST:
        fields["text"] = N_("This is too long: at most 4,000 characters.")
    if not today <= wording.until <= today + timedelta(days=MOST_DAYS):
        fields["until"] = N_("Choose a last day from today on, within a year.")
    if fields:
        raise BadInput(fields=fields)
    names = (*names_of(m.id), *registered(scope, m.place, wording.title, wording.text, wording.answer))
    words = guarded_words(scope)
    for field in ("title", "text", "answer"):
        if wrong := complaint(getattr(wording, field), names, words):
            raise BadInput(N_("The text can't be published as it stands."), fields={field: wrong[0]}, found=wrong[1])


def _waiting(publication_id: UUID) -> tuple[Publication, Matter]:
    row, m = _locked(publication_id)
    if row.state != "proposed":
        raise WrongState(N_("It doesn't wait for a second person any more."))
    return row, m


def _locked(publication_id: UUID) -> tuple[Publication, Matter]:
    """The text and its matter; somebody who only reads the published text has no hand in it."""
    row = Publication.objects.select_for_update().filter(id=publication_id).first()
    m = Matter.objects.filter(id=row.matter_id).first() if row else None
    if row is None or m is None:
        raise NotFound(NO_PUBLICATION)
    return row, m


def _reason(why: str) -> str:
    if not why.strip():
        raise BadInput(fields={"why": N_("Please say why, in a sentence.")})
    return why.strip()[:400]


def _post(scope: Scope) -> UUID:
    if scope.post is None:
        raise NotAllowed
    return scope.post


def _line(row: Publication, place: int) -> Line:
    answer = {"publication": row.id, "matter": row.matter_id, "state": row.state}
    where = enclosing(place, "township") or place
    return Line(
        place=where, subject=row.matter_id, subject_kind="matter", facts={"state": row.state}, answer=answer
    )  # fmt: skip


__all__ = [
    "COMPLAINTS",
    "Wording",
    "approve",
    "end_publication",
    "look",
    "publish",
    "refuse_publication",
    "take_down",
]
