"""Households linked in the demo: members who declared, what some households chose, plans of the product's planner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.utils import timezone

from commongrid.commands.demo import hours
from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.scope import clock
from commongrid.outreach import actions
from commongrid.outreach.actions import Meeting, Said, Wish
from commongrid.outreach.queries import coverage, declaring
from commongrid.outreach.rules.planning import Terms
from commongrid.roster.models import Post

SCOPE: Final = clock("demo", "links.edit")
SHOWN: Final = 12
"""So many villages at most are on their way to links; the first has a plan to read and is the newcomer's to link."""
DECLARED, HELD, POSTED = 300, 290, 7
"""So many days ago members declared, plans were adopted, notices were posted: links are older than all matters."""
LATELY: Final = 2
"""So many days ago members of the first village declared."""
TERMS: Final = Terms(target=4, most=8)
"""For a village of a few families; a village of some size has the usual ones."""
MANY: Final = 12
"""From so many members on a village is one of some size: one in nine declines, who works elsewhere says so."""
FEW_EACH, EACH = 6, 15
"""How many households a member says they can look after."""


def link(villages: Sequence[int]) -> int:
    """Links laid in villages as people lay them, plan by plan; in the first the plan waits for the branch meeting.

    Answers how many declared.
    """
    declared = 0
    for n, village in enumerate(villages[:SHOWN]):
        said, held = (DECLARED, HELD) if n else (LATELY, 0)
        able = _declare(village, said, f"0990-88{n:02}")
        declared += len(able)
        if not able:
            continue
        _choose(village, able, said)
        terms = TERMS if len(able) < MANY else Terms()
        plan = UUID(str(actions.propose(SCOPE, hours.act(held), village=village, terms=terms)["plan"]))
        actions.work_out(SCOPE, hours.act(held), plan_id=plan)
        if n:
            _adopt(plan)
            _post(village)
    return declared


def _day(days: float) -> date:
    return timezone.localdate(hours.act(days).at)


def _declare(village: int, days: int, phone: str) -> list[UUID]:
    """Most are able, the second declines, the last was not asked yet, in a village of some size.

    In one of few members the leader of the villager group is able too. ``phone`` is what numbers begin with.
    """
    on = _day(days)
    with acting(SCOPE):
        people = declaring.candidates(SCOPE, village, on)
        leaders = Post.objects.filter(role="villager_group_leader", place__range=interval(village), to_on=None)
        leader = leaders.exclude(person__in=[one.person for one in people]).values_list("person", flat=True).first()
    able, many = [], len(people) >= MANY
    for n, one in enumerate(people[:-1] if many else people):
        answer = "away" if one.state == "away" else "declines" if many and n % 9 == 1 else "able"
        number, room = f"{phone}{n:03}" if answer == "able" else "", EACH if many else FEW_EACH
        said = Said(answer=answer, as_what=one.as_what, capacity=room, phone=number)
        actions.declare(SCOPE, hours.act(days), village=village, person_id=one.person, said=said, on=on)
        able += [one.person] if answer == "able" else []
    if leader and not many:
        said = Said(answer="able", as_what="leader", capacity=FEW_EACH, phone=f"{phone}100")
        actions.declare(SCOPE, hours.act(days), village=village, person_id=leader, said=said, on=on)
        able.append(leader)
    return able


def _choose(village: int, able: list[UUID], days: int) -> None:
    """The first household likes somebody; one that is wholly away wishes to be called."""
    on = _day(days)
    with acting(SCOPE):
        homes, _more = coverage.homes_behind(SCOPE, village, on, "all")
        away, _more = coverage.homes_behind(SCOPE, village, on, "away")
        living = {one.person: one.home for one in declaring.candidates(SCOPE, village, on)}
    for home in homes[:1]:
        whom = next((one for one in able if living[one] != home.id), None)
        if whom:
            wish = Wish(household=home.id, sort="liked", member=whom)
            actions.choose(SCOPE, hours.act(days), wish=wish, on=on)
    for home in away[:1]:
        actions.choose(SCOPE, hours.act(days), wish=Wish(household=home.id, sort="phone"), on=on)


def _adopt(plan: UUID) -> None:
    day = _day(HELD)
    meeting = Meeting(on=day, entitled=13, present=11, in_favour=10)
    actions.approve(SCOPE, hours.act(HELD), plan_id=plan, meeting=meeting)
    actions.adopt(SCOPE, hours.act(HELD), plan_id=plan, on=day)


def _post(village: int) -> None:
    """The notices of the natural villages in which households have contacts."""
    with acting(SCOPE):
        reached = coverage.of_hamlets(SCOPE, village, _day(POSTED))
    for one in reached:
        if one.linked:
            actions.post_notice(SCOPE, hours.act(POSTED), natural_village=one.part)
