"""What happens in people's lives: birth, death, marriage, moving in, out and about, leaving for work, return."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.registry.actions.booklets import leave_booklet
from commongrid.registry.actions.desk import (
    Desk,
    change,
    desk,
    home,
    lived,
    living,
    person,
    touch,
)
from commongrid.registry.actions.duties import end_duties
from commongrid.registry.actions.homes import end_home, its_head_or, leave_empty, move_into, succeed
from commongrid.registry.actions.marks import end_marks
from commongrid.registry.actions.people import came_back, enter, refuse_twice
from commongrid.registry.actions.stays import begin_stay, close_stays, end_stay
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import SPOUSE, Into, NewPerson, Told, spouse_as
from commongrid.registry.rules.freshness import years

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

MARRIED, WIDOWED, OF_AGE = "20", "30", 18
MARRIED_NOW = frozenset({"20", "21", "22", "23"})
"""GB/T 2261.2: married, for the first time, again, or to the same spouse again."""
SPOUSE_OF = {"02": "10", "10": "02", "20": "28", "28": "20", "30": "38", "38": "30", "50": "50"}
"""What the spouse of one is to the head: of the head, of a child, of a parent."""


@action("registry.person_born", power="people.edit", facts=("household",), kinds=("post", "clock"))
def born(scope: Scope, act: Act, *, into: Into, child: NewPerson, told: Told, another: bool = False) -> Line:
    """A child is born into a household (出生). ``another``: whoever resembles it is known not to be the same.

    Refuses: NotYours out of scope; WrongState where the household has ended or
    was changed meanwhile; BadInput for what can't be, a birth day other than told and a household of nobody included;
    Twice where somebody in the register may be the same.
    """
    at = desk(scope, act, told)
    return _of(*newborn(at, into, child, another=another))


@action("registry.person_moved_in", power="people.edit", facts=("household",), kinds=("post", "clock"))
def moved_in(scope: Scope, act: Act, *, into: Into, newcomer: NewPerson, told: Told, another: bool = False) -> Line:
    """Somebody from outside the register comes to live in a household (迁入).

    The first to move into an empty household becomes its head. Whoever left the county for good and has the identity
    number comes back: their record goes on. ``another``: whoever resembles them is known not to be the same.

    Refuses: as ``born``; BadInput where a living record of the county has the identity number.
    """
    at = desk(scope, act, told)
    where = home(at, into.household, seen=told.seen)
    if not another:
        refuse_twice(at, newcomer, where)
    made = _enter(at, newcomer, where, "moved_in", into.as_to_head)
    return _of(made, household=where)


@action("registry.person_moved", power="people.edit", facts=("household", "from_place"), kinds=("post", "clock"))
def moved(scope: Scope, act: Act, *, person_id: UUID, into: Into, told: Told) -> Line:
    """Somebody moves to another household within the clerk's scope (迁移).

    Where the head leaves and others stay, the eldest of them becomes head.

    Refuses: NotYours where either is out of scope (hand the record over instead); WrongState; BadInput for the
    household they are in.
    """
    at = desk(scope, act, told)
    who, where = person(at, person_id, seen=told.seen), home(at, into.household)
    left = who.place
    settle_in(at, who, where, into.as_to_head)
    return _of(who, household=where, from_place=left)


@action("registry.people_married", power="people.edit", facts=("household",), kinds=("post", "clock"))
def married(scope: Scope, act: Act, *, person_id: UUID, spouse_id: UUID, into: Into, told: Told) -> Line:
    """Two people of the register marry; both live in the household named (婚姻).

    ``into.as_to_head`` is what the one who moves becomes there, else it follows from what the other is. Who already
    lives there stays what they are.

    Refuses: NotYours out of scope; WrongState where either is married by the register; BadInput for one person twice
    or a child.
    """
    if person_id == spouse_id:
        raise BadInput(N_("Choose two people."))
    at = desk(scope, act, told)
    seen = {person_id: told.seen}
    couple = [person(at, each, seen=seen.get(each)) for each in sorted((person_id, spouse_id))]
    if any(one.marital.startswith("2") for one in couple):
        raise WrongState(N_("The register says that one of them is married. Correct that first."))
    if any(one.born_on and years(one.born_on, at.on) < OF_AGE for one in couple):
        raise BadInput(N_("Nobody marries before 18 years of age. Check who it is, and the day."))
    where = home(at, into.household)
    for one, other in (couple, couple[::-1]):
        if one.household_id != where.id:
            _leave_home(at, one, "married")
            partner_is_head = where.head_id in {person_id, spouse_id}
            first = where.head_id is None
            known = SPOUSE if partner_is_head else into.as_to_head or spouse_as(other.as_in_home)
            move_into(at, one, where, as_to_head=its_head_or(where, known), why="married", head=first)
            _arrived(at, one, where, first=first)
        change(at, one, marital=MARRIED)
    return _of(couple[0], household=where)


@action("registry.person_died", power="people.edit", kinds=("post", "clock"))
def died(scope: Scope, act: Act, *, person_id: UUID, told: Told) -> Line:
    """Somebody has died (死亡): the record ends, the household goes on with another head or dies out.

    Refuses: NotYours out of scope; WrongState where the record has ended or was changed meanwhile; BadInput for a day
    before birth.
    """
    at = desk(scope, act, told)
    return _of(gone(at, person(at, person_id, seen=told.seen), state="dead", why="died"))


@action("registry.person_moved_out", power="people.edit", kinds=("post", "clock"))
def moved_out(scope: Scope, act: Act, *, person_id: UUID, to: str, told: Told) -> Line:
    """Somebody has left the county for good (迁出). ``to`` says where in a few words.

    Refuses: as ``died``.
    """
    at = desk(scope, act, told)
    return _of(gone(at, person(at, person_id, seen=told.seen), state="gone", why="moved_out", to=to))


@action("registry.person_left", power="people.edit", kinds=("post", "clock"))
def left_for_work(scope: Scope, act: Act, *, person_id: UUID, to: str, told: Told) -> Line:
    """Somebody lives and works elsewhere for now; the household keeps them (外出).

    When nobody of the household is left at home, it counts as wholly away.

    Refuses: NotYours out of scope; WrongState where they are away already.
    """
    at = desk(scope, act, told)
    return _of(away_from(at, person(at, person_id, seen=told.seen), to))


@action("registry.person_returned", power="people.edit", kinds=("post", "clock"))
def returned(scope: Scope, act: Act, *, person_id: UUID, told: Told) -> Line:
    """Somebody who was away has come back (返乡).

    Refuses: NotYours out of scope; WrongState where they are not away.
    """
    at = desk(scope, act, told)
    return _of(back_home(at, person(at, person_id, seen=told.seen)))


def newborn(at: Desk, into: Into, child: NewPerson, *, another: bool = False) -> tuple[Person, Household]:
    """Enter a child born on the day told."""
    where = home(at, into.household, seen=at.told.seen)
    if where.head_id is None:
        raise BadInput(N_("Nobody lives in this household. Enter first whom the child lives with."))
    if child.born_on not in {None, at.on}:
        raise BadInput(fields={"born_on": N_("The child was born on the day of the birth.")})
    child = replace(child, born_on=at.on)
    if not another:
        refuse_twice(at, child, where)
    return _enter(at, child, where, "born", into.as_to_head), where


def settle_in(at: Desk, who: Person, where: Household, as_to_head: str) -> None:
    """Out of the household they are in, into another; the first in an empty one becomes its head."""
    if who.household_id == where.id:
        raise BadInput(N_("The person lives in this household already."))
    first, to_head = where.head_id is None, its_head_or(where, as_to_head)
    _leave_home(at, who, "moved")
    move_into(at, who, where, as_to_head=to_head, why="moved", head=first)
    _arrived(at, who, where, first=first)


def away_from(at: Desk, who: Person, to: str) -> Person:
    """They live elsewhere for now."""
    if who.state == "away":
        raise WrongState(N_("The register has this person as away already."))
    change(at, who, state="away", works_at=" ".join(to.split())[:60])
    _away(at, who)
    return who


def back_home(at: Desk, who: Person) -> Person:
    """They have come back."""
    if who.state != "away":
        raise WrongState(N_("The register does not have this person as away."))
    change(at, who, state="here", works_at="")
    _away(at, who)
    return who


def _enter(at: Desk, said: NewPerson, where: Household, why: str, as_to_head: str) -> Person:
    """Write them down, begin their stay; the first in a household without a head becomes it."""
    first, to_head = where.head_id is None, its_head_or(where, as_to_head or said.as_to_head)
    made = came_back(at, said, where, to_head) if why == "moved_in" else None
    if made is None:
        made = enter(at, said, where)
        if to_head:
            made.as_in_home = to_head
            made.save(update_fields=("as_in_home",))
    begin_stay(at, made, where, as_to_head=made.as_in_home, why=why, head=first)
    _arrived(at, made, where, first=first)
    return made


def _arrived(at: Desk, who: Person, where: Household, *, first: bool) -> None:
    """The household is lived in now, and has a head."""
    state = (
        "away" if who.state == "away" and where.state == "empty" else "lived" if who.state == "here" else where.state
    )
    change(at, where, state=state, head_id=who.id if first else where.head_id)


def gone(at: Desk, who: Person, *, state: str, why: str, to: str = "") -> Person:
    """They have died or left for good: out of household and booklet; the record, its marks and duties end."""
    if state == "dead" and (left := _left_behind(who)) is not None:
        change(at, left, marital=WIDOWED)
    _leave_home(at, who, why, ends=True)
    leave_booklet(at, who, why, ends=True)
    end_marks(at, who)
    end_duties(at, who)
    change(at, who, state=state, ended_on=at.on, household_id=None, booklet_id=None, works_at=" ".join(to.split())[:60])
    return who


def _left_behind(who: Person) -> Person | None:
    """The married person of the household who can only be the spouse, by what both are to its head."""
    if who.household_id is None or who.marital not in {"", *MARRIED_NOW}:
        return None
    inside = Person.objects.select_for_update(of=("self",)).filter(household_id=who.household_id).exclude(id=who.id)
    married_ones = [one for one in inside if one.marital in MARRIED_NOW]
    found = [one for one in married_ones if one.as_in_home == SPOUSE_OF.get(who.as_in_home)]
    rivals = [one for one in married_ones if one.as_in_home == who.as_in_home and one not in found]
    if len(found) != 1 or rivals or (who.sex and who.sex == found[0].sex):
        return None
    return found[0]


def _leave_home(at: Desk, who: Person, why: str, *, ends: bool = False) -> None:
    """Before they go: their stay ends, those who stay get another head, a household without anybody ends or is empty.

    ``ends``: the record does too, so that nothing told of later days stands.
    """
    if who.household_id is None:
        return
    old = Household.objects.select_for_update(of=("self",)).filter(id=who.household_id).first()
    if old is None:
        raise NotYours
    (close_stays if ends else end_stay)(at, who, why=why)
    staying = [one for one in living(old) if one.id != who.id]
    if not staying:
        (leave_empty if at.told.keeps_home else end_home)(at, old)
        return
    changed = change(at, old, state=lived(staying))
    if old.head_id == who.id:
        succeed(at, old, staying)
    elif not changed:
        touch(old)


def _away(at: Desk, who: Person) -> None:
    """The household is wholly away when nobody of it is at home."""
    if who.household_id is None:
        return
    of = Household.objects.select_for_update(of=("self",)).get(id=who.household_id)
    change(at, of, state=lived(living(of)))


def _of(who: Person, household: Household | None = None, **facts: object) -> Line:
    facts |= {"household": str(household.id)} if household else {}
    return Line(
        place=who.place, subject=who.id, subject_kind="person", facts=facts,
        answer={"person": who.id, "version": who.version},
    )  # fmt: skip
