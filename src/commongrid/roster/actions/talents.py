"""The talent register: people named, the branch's opinion, taken off again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models.functions import Greatest

from commongrid.journal.actions import Line, action
from commongrid.kernel.identity import EARLIEST
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.registry.models import Person
from commongrid.roster.actions.posts import already_there
from commongrid.roster.models import Talent
from commongrid.roster.rules import NAMED_BY, TALENTS

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

LONGEST_SKILL, LONGEST_OPINION = 120, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination:
    """Who is named for what, how they came to be named, and what they are good at."""

    person: UUID
    sort: str
    by: str
    skill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the branch said on a day: listed or not, in its words; ``reserve`` counts only with a listing."""

    on: date
    listed: bool
    words: str
    reserve: bool = False


@action("roster.talent_named", power="talents.edit", facts=("sort", "by", "on"))
def name_talent(scope: Scope, act: Act, *, village: int, named: Nomination, on: date, today: date) -> Line:
    """Name somebody for the talent register of a village; the branch says afterwards whether they are listed.

    Refuses: NotYours for a village or person out of scope; BadInput for a sort or way that is none, a skill left empty
    and a day to come or too long ago; WrongState for somebody who is in the register of the village for the same
    already.
    """
    if level_of(village) != "village" or not scope.covers(village):
        raise NotYours
    skill = _skill(named, on, today)
    if not Person.objects.filter(id=named.person, state__in=("here", "away")).exists():
        raise NotYours
    held = Talent.objects.filter(person=named.person, place=village, sort=named.sort, to_on=None)
    held.filter(state="declined").update(to_on=Greatest("from_on", on))  # from before an opinion ended it
    with already_there():
        Talent.objects.create(
            id=act.id, person_id=named.person, place=village, sort=named.sort, by=named.by, skill=skill, from_on=on
        )
    return Line(
        place=village, subject=named.person, subject_kind="person",
        facts={"sort": named.sort, "by": named.by, "on": on}, answer={"talent": act.id},
    )  # fmt: skip


@action("roster.talent_decided", power="talents.decide", facts=("state", "reserve"))
def decide_talent(scope: Scope, act: Act, *, talent_id: UUID, said: Opinion) -> Line:
    """Enter the branch's opinion of somebody.

    A later opinion is a row of its own and the former one stays as it was; who is not taken in can be named again.
    Whoever decides for the branch may not be the person it is about.

    Refuses: NotYours out of scope; BadInput for oneself and for no words; WrongState for one that has left.
    """
    one = _talent(scope, talent_id)
    if scope.person is not None and one.person_id == scope.person:
        raise BadInput(N_("This is about yourself. Somebody else of the branch enters its opinion."))
    words = " ".join(said.words.split())
    if not 0 < len(words) <= LONGEST_OPINION:
        raise BadInput(fields={"opinion": N_("Write what the branch said, at most 200 characters.")})
    since = max(said.on, one.from_on)
    if one.state != "nominated":
        one.to_on = since
        one.save(update_fields=["to_on"])
        one = Talent(
            id=act.id, person_id=one.person_id, place=one.place, sort=one.sort, by=one.by, skill=one.skill,
            from_on=since,
        )  # fmt: skip
    one.state, one.opinion, one.reserve = ("listed" if said.listed else "declined"), words, said.listed and said.reserve
    one.to_on = None if said.listed else since
    one.save()
    return Line(
        place=one.place, subject=one.person_id, subject_kind="person",
        facts={"state": one.state, "reserve": one.reserve}, answer={"talent": one.id},
    )  # fmt: skip


@action("roster.talent_left", power="talents.edit", facts=("on",))
def end_talent(scope: Scope, act: Act, *, talent_id: UUID, on: date) -> Line:
    """Take somebody off the talent register from a day on. Refuses: NotYours out of scope; WrongState if they left."""
    one = _talent(scope, talent_id)
    one.to_on = max(on, one.from_on)
    one.save(update_fields=["to_on"])
    return Line(
        place=one.place, subject=one.person_id, subject_kind="person", facts={"on": on}, answer={"talent": one.id}
    )


def _talent(scope: Scope, talent_id: UUID) -> Talent:
    """A row of the register that still holds, locked."""
    one = Talent.objects.select_for_update().filter(id=talent_id).first()
    if one is None or not scope.covers(one.place):
        raise NotYours
    if one.to_on is not None:
        raise WrongState(N_("They have left the talent register already."))
    return one


def _skill(named: Nomination, on: date, today: date) -> str:
    """What they are good at, tidied. Refuses: BadInput for whatever of a nomination can't be."""
    skill = " ".join(named.skill.split())
    faults = {}
    if named.sort not in TALENTS:
        faults["sort"] = N_("Choose one that is offered.")
    if named.by not in NAMED_BY:
        faults["by"] = N_("Choose one that is offered.")
    if not 0 < len(skill) <= LONGEST_SKILL:
        faults["skill"] = N_("Say in a few words what they are good at, at most 120 characters.")
    if on > today:
        faults["on"] = N_("This day is in the future. Enter it once it has come.")
    if on < EARLIEST:
        faults["on"] = N_("This day is too long ago. Please check the year.")
    if faults:
        raise BadInput(fields=faults)
    return skill
