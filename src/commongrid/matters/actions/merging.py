"""Merging: what several people reported is handled once, and each of them follows it and rates it for themselves."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import F

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.codes import read_matter_number
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, around, columns, moved, noted, opened
from commongrid.matters.models import Matter, Rating
from commongrid.matters.queries.publishing import is_protected
from commongrid.matters.queries.vocabulary import kind_version
from commongrid.matters.rules.deciding.merging import TAKES_MORE
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor

WHICH: Final = N_("Choose or type the number of an open matter that you can see.")
SHOWS: Final = N_("Sealed and confidential matters and complaints about officials are never merged: it could show who "
                  "reported.")  # fmt: skip
OF_ONE: Final = N_("This kind is about one person's own need, so it is never merged.")


@action("matters.merged", power="matters.divert", facts=FACTS)
def merge(scope: Scope, act: Act, *, matter_id: UUID, lead: str, note: str = "") -> Line:
    """Merge a matter into another open one, its lead, named by its number: the same thing, reported again.

    Its reporter keeps the slip, follows the lead's public progress and rates
    the lead for themselves; it is over when the lead is. A lead that was
    itself merged stands for its own lead.

    Refuses: BadInput without an open lead of the same kind and township;
    WrongState for what must not be merged, and for one that leads others.
    """
    lead_id = _found(lead)
    if lead_id == matter_id:
        raise _refused(N_("A matter can't be merged into itself."))
    list(Matter.objects.select_for_update().filter(id__in=[matter_id, lead_id]).order_by("id"))
    case = opened(scope, act, matter_id=matter_id, event="merge")
    noted(case, "reason", note, needed=False)
    into = Matter.objects.get(id=lead_id)
    _fits(case, into)
    level = level_of_actor(scope)
    case.matter.handler_level, case.matter.handler_place, case.matter.unit_id = level, scope.place, None
    accepted = case.matter.accepted_at or act.at
    done = moved(case, Call(event="merge", level=level), merged_into_id=into.id, accepted_at=accepted)
    Matter.objects.filter(id=into.id).update(leads=F("leads") + 1)
    return done


@action("matters.unmerged", power="matters.divert", facts=FACTS)
def unmerge(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Give a merged matter back its own way: it was not the same after all. It waits at this centre to be diverted.

    Refuses: NotAllowed below the level that merged it; BadInput without a reason.
    """
    lead = Matter.objects.select_for_update(of=("self",)).filter(followers=matter_id).first()
    case = opened(scope, act, matter_id=matter_id, event="unmerge")
    noted(case, "reason", reason, field="reason")
    asked = Rating.objects.filter(reporter=matter_id).exists()
    case.matter.round = (lead.round if lead else case.matter.round) + 1 if asked else case.matter.round
    done = moved(case, Call(event="unmerge", level=level_of_actor(scope)), merged_into_id=None, finished_at=None)
    if lead is not None:
        Matter.objects.filter(id=lead.id).update(leads=F("leads") - 1)
    return done


def give_back_all(case: Case) -> None:
    """Give those merged into a matter back their own way, before it goes out of everybody's sight."""
    m = case.matter
    if not m.leads:
        return
    with handing_over(case.scope, *around(m.place)):
        for one in Matter.objects.select_for_update().filter(merged_into_id=m.id).order_by("id"):
            kind = kind_version(case.scope, one.kind_id)
            own = Case(one, kind, case.scope, case.act.child(f"apart {one.id}"), case.calendar, read=columns(one))
            moved(own, Call(event="unmerge", level=one.handler_level), merged_into_id=None, finished_at=None)
    m.leads = 0


def _found(number: str) -> UUID:
    """The lead by its number; of one that was itself merged, that one's lead."""
    try:
        wanted = read_matter_number(number)
    except BadInput as error:
        raise _refused(WHICH) from error
    found = Matter.objects.filter(number=wanted).values_list("id", "merged_into").first()
    if found is None:
        raise _refused(WHICH)
    return found[1] or found[0]


def _fits(case: Case, lead: Matter) -> None:
    """Refuse a lead that can't stand for this matter, or a pair that would show a reporter.

    Refuses: WrongState; BadInput.
    """
    m = case.matter
    if lead.merged_into_id is not None:
        raise WrongState(N_("That one was itself merged into another just now. Look at the list again."))
    if lead.state not in TAKES_MORE:
        raise _refused(N_("That one is over or has been answered for. Handle this one by itself."))
    for one in (m, lead):
        _shows_nobody(case.scope, one)
    if m.exchanged or m.external_number:
        raise WrongState(N_("The order of another system has its own clock and reply: merge the other one into it."))
    if m.to_rate and not lead.to_rate:
        raise _refused(N_("People are asked about this one and not about that one: merge that one into this one."))
    _same(m, lead)


def _shows_nobody(scope: Scope, one: Matter) -> None:
    if is_protected(one):
        raise WrongState(SHOWS)
    if kind_version(scope, one.kind_id).visibility == "restricted":
        raise WrongState(OF_ONE)


def _same(m: Matter, lead: Matter) -> None:
    if m.kind_code != lead.kind_code:
        raise _refused(N_("They are of different kinds. Put the kind of one of them right first."))
    if (enclosing(m.place, "township") or m.place) != (enclosing(lead.place, "township") or lead.place):
        raise _refused(N_("They are in different townships."))


def _refused(text: str) -> BadInput:
    return BadInput(text, fields={"lead": text})
