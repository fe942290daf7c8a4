"""Routing a matter round whoever it turns out to be about, and retelling a confidential one for those below."""

from __future__ import annotations

from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, WrongState
from commongrid.kernel.scope import CENTRE, Scope
from commongrid.matters.actions.ending import face_gone
from commongrid.matters.actions.moving import FACTS, Target, line, moved, noted, opened, owner_place, standing
from commongrid.matters.actions.protecting import (
    About,
    accused_of,
    competent,
    give_back_words,
    name_accused,
    place_over,
    seal_where,
)
from commongrid.matters.actions.reporting import headline
from commongrid.matters.models import Matter, Original
from commongrid.matters.rules import words
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor
from commongrid.matters.rules.routing_round import DISCIPLINE, OUTSIDE, at_least

LONGEST_TEXT = 8000


@action("matters.routed_round", power="matters.divert", facts=FACTS)
def route_round(scope: Scope, act: Act, *, matter_id: UUID, about: About, reason: str) -> Line:
    """Take a matter out of the sight of whom it is about and of everybody who answers to them, at once.

    It goes to the first level whose people don't answer to them; about the
    county's leadership it is sealed to the discipline inspection, which hands
    it on. Where it happened is sealed, its public face is taken down.

    Refuses: BadInput without a reason or without saying whom it is about;
    WrongState for sealed kinds and once it is answered; NobodyThere where
    nobody may take it.
    """
    case = opened(scope, act, matter_id=matter_id, event="route_round")
    noted(case, "reason", reason, field="reason")
    accused = accused_of(scope, about)
    if accused is None:
        raise BadInput(fields={"about": N_("Choose whom it is about.")})
    m, level = case.matter, level_of_actor(scope)
    where = m.place
    face_gone(case)
    name_accused(case, accused, about.words)
    seal_where(case, where)
    if accused.level == OUTSIDE:
        target = competent(case, where, accused, DISCIPLINE)
        give_back_words(case)
        m.place = target.place
        return moved(case, Call(event="route_round", level=level, to="unit", to_level=target.level), target=target)
    handled = at_least(m.owner_level if m.owner_level in words.LEVELS else m.handler_level, accused.level)
    m.place, m.danger_kind = place_over(where, accused.level), ""
    target = Target(place=owner_place(m.place, handled))
    return moved(case, Call(event="route_round", level=level, to=target.level, to_level=target.level), target=target)


@action("matters.retold", power="matters.divert", facts=FACTS)
def retell(scope: Scope, act: Act, *, matter_id: UUID, text: str) -> Line:
    """Tell a confidential report again, so that those who work on it know what to do and not who said it.

    Those below read these words and no others; without them they see only the
    kind and the village. Told again later, the newer words stand.

    Refuses: NotAllowed below the centre; WrongState for a matter that is not
    confidential; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="retell")
    m = case.matter
    if "c" not in scope.standing or CENTRE not in scope.powers:
        raise NotAllowed(N_("Only the centre retells what was said in confidence."))
    if not m.confidential:
        raise WrongState(N_("This matter is not confidential; everybody who works on it reads the person's own words."))
    said = text.strip()
    if not said:
        raise BadInput(fields={"text": N_("Say in your own words what is to be done.")})
    if len(said) > LONGEST_TEXT:
        raise BadInput(fields={"text": N_("This is too long: at most 8,000 characters.")})
    decide(standing(case), Call(event="retell"))
    m.title, m.text = headline(said), said
    m.save(update_fields=["title", "text"])
    Matter.objects.filter(parent_id=m.id, closed_at=None).update(title=m.title, text=m.text)
    Original.objects.filter(id=m.id).update(retold_at=act.at, retold_by=scope.post)
    return line(case, event="retell", before=(m.state, m.owner_level))
