"""Households linked in the demo: members who declared, what some households chose, a plan to read, one adopted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.outreach import actions
from commongrid.outreach.actions import Meeting, Said, Wish
from commongrid.outreach.queries import coverage, declaring
from commongrid.outreach.rules.planning import Terms

SCOPE: Final = clock("demo", "links.edit")
SHOWN: Final = 3
"""Villages on their way to links; the others are for the newcomer."""
ASKED_LAST: Final = 3
"""From so many on, one is left to be asked."""
TERMS: Final = Terms(target=4, most=8)
"""For a village of a few families; a village of some size has the usual ones."""
MANY: Final = 12
"""From so many members on a village is one of some size: one in nine declines, who works elsewhere says so."""
FEW_EACH, EACH = 6, 15
"""How many households a member says they can look after."""


def link(villages: Sequence[int]) -> int:
    """The first villages on their way: a plan to read, one adopted and posted, one where members have only declared.

    Answers how many declared.
    """
    declared = 0
    for n, village in enumerate(villages[:SHOWN]):
        able = _declare(village)
        declared += len(able)
        if able and n < SHOWN - 1:
            _choose(village, able)
            terms = TERMS if len(able) < MANY else Terms()
            plan = UUID(str(actions.propose(SCOPE, Act.new(), village=village, terms=terms)["plan"]))
            actions.work_out(SCOPE, Act.new(), plan_id=plan)
            _post(village)
            if n:
                _adopt(village, plan)
    return declared


def _declare(village: int) -> list[UUID]:
    """Most are able, the second declines, the last was not asked yet where there are enough."""
    today = timezone.localdate()
    with acting(SCOPE):
        people = declaring.candidates(SCOPE, village, today)
    able, many = [], len(people) >= MANY
    for n, one in enumerate(people[:-1] if len(people) >= ASKED_LAST else people):
        answer = "away" if many and one.state == "away" else "declines" if n == 1 or (many and n % 9 == 1) else "able"
        phone = f"0990-8800{n:03}" if answer == "able" else ""
        said = Said(answer=answer, capacity=EACH if many else FEW_EACH, phone=phone)
        actions.declare(SCOPE, Act.new(), village=village, person_id=one.person, said=said, on=today)
        able += [one.person] if answer == "able" else []
    return able


def _choose(village: int, able: list[UUID]) -> None:
    """The first household likes somebody; one that is wholly away wishes to be called."""
    today = timezone.localdate()
    with acting(SCOPE):
        homes, _more = coverage.homes_behind(SCOPE, village, today, "all")
        away, _more = coverage.homes_behind(SCOPE, village, today, "away")
        living = {one.person: one.home for one in declaring.candidates(SCOPE, village, today)}
    for home in homes[:1]:
        whom = next((one for one in able if living[one] != home.id), None)
        if whom:
            wish = Wish(household=home.id, sort="liked", member=whom)
            actions.choose(SCOPE, Act.new(), wish=wish, on=today)
    for home in away[:1]:
        actions.choose(SCOPE, Act.new(), wish=Wish(household=home.id, sort="phone"), on=today)


def _adopt(village: int, plan: UUID) -> None:
    today = timezone.localdate()
    actions.approve(SCOPE, Act.new(), plan_id=plan, meeting=Meeting(on=today, entitled=13, present=11, in_favour=10))
    actions.adopt(SCOPE, Act.new(), plan_id=plan, on=today)
    _post(village)


def _post(village: int) -> None:
    """The notice of the natural village in which households have contacts."""
    with acting(SCOPE):
        reached = coverage.of_hamlets(SCOPE, village, timezone.localdate())
    for one in reached:
        if one.linked:
            actions.post_notice(SCOPE, Act.new(), natural_village=one.part)
