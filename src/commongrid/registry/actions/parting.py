"""Two people divorce: what both are from then on, and where whoever leaves lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.registry.actions.desk import Desk, change, desk, home, person
from commongrid.registry.actions.homes import split_off
from commongrid.registry.actions.stays import Turn, turn_stay
from commongrid.registry.models import Household
from commongrid.registry.rules.facts import IN_LAW, NOBODY, SELF, SPOUSE, may_be_couple

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.actions.homes import Leaving
    from commongrid.registry.models import Person
    from commongrid.registry.rules.facts import Told

DIVORCED: Final = "40"
"""GB/T 2261.2."""
BY_MARRIAGE: Final = {SPOUSE, *IN_LAW.values()}
"""Who is something to the head only by their marriage."""


@action("registry.people_divorced", power="people.edit", facts=("spouse", "household", "from"), kinds=("post", "clock"))
def divorced(
    scope: Scope, act: Act, *, person_id: UUID, told: Told, spouse_id: UUID | None = None,
    leaving: Leaving | None = None,
) -> Line:  # fmt: skip
    """Two people are divorced (离婚); ``spouse_id`` is left out where the other is in no record of the register.

    ``leaving``: who moves out at once, one of the two among them, to found a household. Who stays in the
    household of the other and belonged to it by the marriage alone is no relative there from then on. What stands in
    a booklet stays until it is changed there.

    Refuses: NotYours out of scope; WrongState where the register has one of them as not married; BadInput for one
    person twice, for two of one household who are no couple there, or as ``split``, and where neither leaves.
    """
    if person_id == spouse_id:
        raise BadInput(N_("Choose two people."))
    at = desk(scope, act, told)
    pair = sorted(one for one in (person_id, spouse_id) if one)
    couple = [person(at, one, seen=told.seen if one == person_id else None) for one in pair]
    if any(one.marital and not one.marital.startswith("2") for one in couple):
        raise WrongState(N_("The register has one of them as not married. Correct that first."))
    _refuse_no_couple(couple)
    who = next(one for one in couple if one.id == person_id)
    facts: dict[str, object] = {"spouse": str(spouse_id)} if spouse_id else {}
    if leaving is not None:
        facts |= _leave(at, couple, leaving)
        couple = [person(at, one) for one in pair]
        who = next(one for one in couple if one.id == person_id)
    for one in couple:
        change(at, one, marital=DIVORCED)
    if len(couple) == 2 and couple[0].household_id == couple[1].household_id:  # noqa: PLR2004 - a couple
        _no_relative(at, couple)
    return Line(
        place=who.place, subject=who.id, subject_kind="person", facts=facts,
        answer={"person": who.id, "version": who.version},
    )  # fmt: skip


def _refuse_no_couple(couple: list[Person]) -> None:
    """Refuse two of one household who are something else to each other, by what both are to its head."""
    homes, roles = {one.household_id for one in couple}, [one.as_in_home for one in couple]
    if len(couple) == 2 and len(homes) == 1 and None not in homes and not may_be_couple(*roles):  # noqa: PLR2004
        raise BadInput(
            fields={"spouse": N_("By what they are to the head of their household these two are no couple. Choose the "
                                 "other spouse, or correct that first.")}
        )  # fmt: skip


def _leave(at: Desk, couple: list[Person], leaving: Leaving) -> dict[str, str]:
    """One of the two moves out, with whom they take along: from which household into which."""
    out = [one for one in couple if one.id in leaving.people]
    if len(out) != 1 or out[0].household_id is None:
        raise BadInput(fields={"people": N_("One of the two leaves; the other stays.")})
    old = home(at, out[0].household_id)
    return {"from": str(old.id), "household": str(split_off(at, old, leaving).id)}


def _no_relative(at: Desk, couple: list[Person]) -> None:
    """In the household in which both stay: who was something to its head by this marriage alone is no relative now."""
    one, other = sorted(couple, key=lambda each: each.as_in_home in BY_MARRIAGE)
    by_it = other.as_in_home == (SPOUSE if one.as_in_home == SELF else IN_LAW.get(one.as_in_home))
    if other.household_id is None or not by_it:
        return
    of = Household.objects.select_for_update(of=("self",)).get(id=other.household_id)
    change(at, other, as_in_home=NOBODY)
    turn_stay(at, other, of, Turn(as_to_head=NOBODY, why="divorced"))
