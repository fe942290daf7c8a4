"""What the person asks for or adds by slip, at a counter or by call."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.journal.attachments import Staged, Subject, attach
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, around, columns, moved, noted, opened
from commongrid.matters.actions.rating import lead_of
from commongrid.matters.actions.renewing import shown_theirs
from commongrid.matters.queries.vocabulary import danger_said, kind_version
from commongrid.matters.rules.deciding.waiting import ONCE_ONLY
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor

CAME: Final = ("counter", "call", "family")
"""How somebody came: themselves, by phone, or somebody of their family for them."""
TELLS_OF_DANGER: Final = N_(
    "These words tell of danger, and everybody who works on this matter would read them. Report it as a matter of its"
    " own: the village does not see that."
)
NOBODY: Final = N_(
    "No name or phone is known to you for this matter, so nobody can show that it is theirs to withdraw. "
    "Whoever has the slip can withdraw it with that."
)
SAY: Final = N_("Write down what the person says: what was not seen, or what is new.")


@action("matters.asked_again", power="matters.rate", kinds=("slip",), facts=FACTS)
def ask_again(scope: Scope, act: Act, *, matter_id: UUID, words: str) -> Line:
    """Ask once more, by slip, after a no or what was withdrawn for the person; the level above looks at it.

    The slip of a matter that was merged asks for its lead, which opens again with all that follow it: each who
    reported it may, once.

    Refuses: WrongState a second time, or for what nobody refused; BadInput without words.
    """
    return _asked(scope, act, matter_id, "ask_again", words)


@action("matters.added", power="matters.rate", kinds=("slip",), facts=(*FACTS, "count", "follower"))
def add(scope: Scope, act: Act, *, matter_id: UUID, words: str, photos: tuple[Staged, ...] = ()) -> Line:
    """Add words or photos, by slip, to a matter that is open; whoever has it is told, nothing else changes.

    Of a confidential matter they are for the centre, as the report's own are; ``count`` is of the photos. What is
    added to a matter that was merged goes to its lead, where it is worked on; ``follower`` says that.

    Refuses: WrongState once it has ended; BadInput without words and photos, with too many photos, and for words
    of danger that those who work on the matter would read.
    """
    return _added(scope, act, matter_id, "add", words, photos)


@action("matters.added_for", power="matters.accept", facts=(*FACTS, "count", "follower", "came"))
def add_for(scope: Scope, act: Act, *, matter_id: UUID, came: str, words: str, photos: tuple[Staged, ...] = ()) -> Line:
    """Add for somebody at the counter or on the phone what they say and show.

    Refuses: as by slip; BadInput without how they came; NotAllowed away from where it is.
    """
    _came(came)
    done = _added(scope, act, matter_id, "add_for", words, photos)
    return replace(done, facts={**done.facts, "came": came})


@action("matters.asked_again_for", power="matters.accept", facts=(*FACTS, "came"))
def ask_again_for(scope: Scope, act: Act, *, matter_id: UUID, came: str, words: str) -> Line:
    """Ask once more for somebody at the counter or on the phone, in their words.

    Refuses: as by slip; BadInput without how they came; NotAllowed away from where it is.
    """
    _came(came)
    done = _asked(scope, act, matter_id, "ask_again_for", words)
    return replace(done, facts={**done.facts, "came": came})


@action("matters.withdrawn_for", power="matters.accept", facts=(*FACTS, "came"))
def withdraw_for(scope: Scope, act: Act, *, matter_id: UUID, came: str, told: str, words: str) -> Line:
    """Take a matter back for somebody who told the name or phone they gave, at the counter or on the phone.

    They are told, and may ask the level above once more: nobody's matter ends by another's word alone.

    Refuses: WrongState once it is answered, for sealed kinds and where no name or phone is known; BadInput without
    how they came and what they said, or where what they told is not what was given.
    """
    case = opened(scope, act, matter_id=matter_id, event="withdraw_for")
    _came(came)
    shown_theirs(matter_id, told, NOBODY)
    noted(case, "said", words, field="words")
    call = Call(event="withdraw_for", level=level_of_actor(scope))
    done = moved(case, call, refused_place=scope.place, asked_again=False)
    return replace(done, facts={**done.facts, "came": came})


def _added(scope: Scope, act: Act, matter_id: UUID, event: str, words: str, photos: tuple[Staged, ...]) -> Line:
    lead = lead_of(scope, matter_id)
    case = opened(scope, act, matter_id=matter_id, event=event)
    if not words.strip() and not photos:
        raise BadInput(fields={"words": N_("Write what is new, or choose a photo.")})
    if lead is None or case.matter.merged_into_id != lead.id:
        return _new_words(case, event, words, photos)
    own = case.matter
    with handing_over(scope, *around(own.place)):
        leading = Case(lead, kind_version(scope, lead.kind_id), scope, act, read=columns(lead))
        done = _new_words(leading, event, words, photos)
    facts, answer = {**done.facts, "follower": True}, {**done.answer, "matter": own.id, "number": own.number}
    return replace(done, facts=facts, answer=answer)


def _new_words(case: Case, event: str, words: str, photos: tuple[Staged, ...]) -> Line:
    """Keep what was added with the matter that is worked on."""
    scope, act = case.scope, case.act
    if _read_by_many(case) and danger_said(scope, words):
        raise BadInput(fields={"words": TELLS_OF_DANGER})
    noted(case, "said", words, field="words", needed=False)
    m = case.matter
    kept = "original" if m.confidential and not m.sealed else "matter"
    attach(scope, act, to=Subject(kept, m.id, m.place), files=photos)
    done = moved(case, Call(event=event, level=level_of_actor(scope)))
    return replace(done, facts={**done.facts, "count": len(photos)} if done.facts else {})


def _read_by_many(case: Case) -> bool:
    """Whether the village reads what is added: it is neither kept from it nor held by words of danger before."""
    m = case.matter
    guarded = m.sealed or m.confidential or m.danger_kind or m.accused_person_id or m.accused_unit_id
    return not (guarded or case.kind.routed_round)


def _came(came: str) -> None:
    if came not in CAME:
        raise BadInput(fields={"came": N_("Choose how the person came.")})


def _asked(scope: Scope, act: Act, matter_id: UUID, event: str, words: str) -> Line:
    """By whoever reported it, or for them; the lead is locked before a matter that was merged into it."""
    lead = lead_of(scope, matter_id)
    case = opened(scope, act, matter_id=matter_id, event=event)
    if not words.strip():
        raise BadInput(SAY, fields={"words": SAY})
    if lead is None or case.matter.merged_into_id != lead.id:
        return _again(case, Call(event=event, level=level_of_actor(scope)), words)
    own = case.matter
    if own.asked_again:
        raise WrongState(ONCE_ONLY)
    with handing_over(scope, *around(own.place)):
        leading = Case(lead, kind_version(scope, lead.kind_id), scope, act, read=columns(lead))
        done = _again(leading, Call(event=event, level=level_of_actor(scope), follower=True), words)
        own.asked_again = True
        own.save(update_fields=["asked_again"])
    return done


def _again(case: Case, call: Call, words: str) -> Line:
    noted(case, "appeal", words, field="words")
    return moved(
        case,
        call,
        refused_place=None,
        refused_why_id=None,
        finished_at=None,
    )
