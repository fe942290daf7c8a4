"""Changes asked for by the field: reported, approved, refused, withdrawn; opened by matters of class L."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.clock import due_at
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.actions.correcting import Fields, write_fields
from commongrid.registry.actions.desk import Desk, desk, home, person
from commongrid.registry.actions.life import away_from, back_home, gone, newborn
from commongrid.registry.actions.people import Twice
from commongrid.registry.models import ChangeRequest, ChangeRule, Correction
from commongrid.registry.rules.facts import Into, NewPerson, Told
from commongrid.registry.rules.requests import (
    CARRIED,
    MAY_NAME,
    OF_A_PERSON,
    Reported,
    carried_alone,
    read_kept,
    reported,
    source_of,
)
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_change_request"
DAYS: Final = 5
"""Working days to decide where no rule says otherwise."""
FIRST: Final = N_("Enter first what happened, with the form that this page leads to; entering it approves the report.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that somebody reports: its sort, of which household and whom, what was told by field."""

    sort: str
    household: UUID
    said: Mapping[str, str]
    person: UUID | None = None


@action("registry.change_reported", power="people.confirm", facts=("sort", "request", "carried"), kinds=("post",))
def report_change(scope: Scope, act: Act, *, change: Change, told: Told) -> Line:
    """Report what happened in a household; the village approves where the county says so, else it is so at once.

    What can't be carried out by itself, or is about somebody who may be in the register already, waits for the village
    in any case.

    Refuses: NotYours out of scope; WrongState where the household or person has ended; BadInput where it says too
    little, names nobody though it is about somebody, or names somebody of another household.
    """
    at = desk(scope, act, told)
    of = home(at, change.household, early=True)
    what = reported(change.sort, change.said)
    who = change.person if change.sort in MAY_NAME else None
    if (who is None and change.sort in OF_A_PERSON) or (who and person(at, who).household_id != of.id):
        raise BadInput(fields={"person": N_("Choose somebody of this household.")})
    rule = rule_of(change.sort, at.today)
    row = ChangeRequest(
        id=act.id, sort=change.sort, place=of.place, household_id=of.id, person_id=who,
        said_sealed=sealed.seal(what.kept(), TABLE, "said_sealed", act.id), on=told.on, asked_at=act.at,
        asked_by=scope.post, due_at=_due(scope, act.at, rule.days if rule else DAYS),
    )  # fmt: skip
    carried = what.sort in CARRIED and rule is not None and not rule.approve and _carried(at, row, what)
    if carried:
        row.state, row.decided_at, row.carried_by = "done", act.at, act.id
    row.save(force_insert=True)
    return Line(
        place=row.place, subject=of.id, subject_kind="household",
        facts={"sort": row.sort, "request": str(row.id), "carried": carried},
        answer={"request": row.id, "carried": carried},
    )  # fmt: skip


@action("registry.change_approved", power="people.edit", facts=("sort", "request"), kinds=("post",))
def approve_change(scope: Scope, act: Act, *, request_id: UUID, entered: UUID | None = None) -> Line:
    """The village approves what was reported: it is carried out now, as of the day told, and can be undone (同意).

    ``entered`` is the act by which the village entered it with a form of its own: the report is approved with that,
    and one that named no household is about the one that the act changed.

    Refuses: NotFound out of sight; WrongState once decided, or where the record has ended meanwhile; BadInput where
    what was told can't be, where nothing was entered that can't be carried out by itself, or something of others.
    """
    row = _open(request_id)
    if entered is not None:
        _by_hand(row, entered)
    elif carried_alone(row.sort, row.household_id, row.person_id):
        said = read_kept(sealed.unseal(row.said_sealed, TABLE, "said_sealed", row.id))
        at = desk(scope, act, Told(on=row.on, source=source_of(row.matter)))
        _carry_out(at, row, Reported(sort=row.sort, said=said))
    else:
        raise BadInput(FIRST)
    row.carried_by, row.reason = entered or act.id, ""
    _decide(row, act, scope, "done")
    return _line(row)


@action("registry.change_refused", power="people.edit", facts=("sort", "request"), kinds=("post",))
def refuse_change(scope: Scope, act: Act, *, request_id: UUID, reason: str) -> Line:
    """The village does not take it over, and says why (不同意).

    Refuses: NotFound out of sight; WrongState once decided; BadInput without a reason.
    """
    row = _open(request_id)
    if not (why := " ".join(reason.split())[:200]):
        raise BadInput(fields={"reason": N_("Please say why, in a sentence.")})
    row.reason = why
    _decide(row, act, scope, "refused")
    return _line(row)


@action("registry.change_withdrawn", power="people.confirm", facts=("sort", "request"), kinds=("post",))
def withdraw_change(scope: Scope, act: Act, *, request_id: UUID) -> Line:
    """Whoever reported it takes it back before anybody decided.

    Refuses: NotFound to anybody else; WrongState once decided.
    """
    row = _open(request_id)
    if row.asked_by is None or row.asked_by != scope.post:
        raise NotFound
    _decide(row, act, scope, "withdrawn")
    return _line(row)


@action("registry.change_opened", power="people.changes", facts=("sort", "request", "matter"), kinds=("clock",))
def open_change(scope: Scope, act: Act, *, sort: str, matter: UUID, place: int, on: date) -> Line:
    """A matter of class L opens a request at its place; the village chooses the household and enters it.

    Refuses: nothing; one matter opens one.
    """
    rule = rule_of(sort, on)
    if not ChangeRequest.objects.filter(matter=matter).exists():
        ChangeRequest(
            id=act.id, sort=sort, place=place, matter=matter, on=on, asked_at=act.at,
            due_at=_due(scope, act.at, rule.days if rule else DAYS),
        ).save(force_insert=True)  # fmt: skip
    return Line(
        place=place, subject=matter, subject_kind="matter",
        facts={"sort": sort, "request": str(act.id), "matter": str(matter)},
        answer={"request": act.id},
    )  # fmt: skip


@action("registry.change_late", power="people.changes", facts=("sort", "request"), kinds=("clock",))
def call_change_late(scope: Scope, act: Act, *, request_id: UUID) -> Line:
    """Nobody decided in time: the village and the township are told, once; the request stays open.

    Refuses: NotFound; WrongState once decided, once called late, or before its time.
    """
    row = _open(request_id)
    if row.due_at > act.at or row.late_at is not None:
        raise WrongState
    row.late_at = act.at
    row.save(update_fields=("late_at",))
    return _line(row)


@action("registry.change_closed", power="people.changes", facts=("sort", "request"), kinds=("clock",))
def close_change(scope: Scope, act: Act, *, request_id: UUID, reason: str) -> Line:
    """The matter that asked for it was withdrawn or not accepted, and the request with it.

    Refuses: NotFound; WrongState once decided.
    """
    row = _open(request_id)
    row.reason = reason
    _decide(row, act, scope, "withdrawn")
    return _line(row)


@action("registry.change_reopened", power="people.edit", facts=("sort", "request"), kinds=("post", "clock"))
def reopen_change(scope: Scope, act: Act, *, request_id: UUID, reason: str) -> Line:
    """What the report led to was taken back: it waits for the village again, with a time of its own, and says why.

    Refuses: NotFound out of sight; WrongState unless the act that carried it out was undone.
    """
    row = _locked(request_id)
    undone = Correction.objects.filter(act__in=[row.carried_by]).exclude(undone_by=None)
    if row.state != "done" or not undone.exists():
        raise WrongState
    rule = rule_of(row.sort, territory.calendar(scope).day_of(act.at))
    row.state, row.decided_at, row.decided_by, row.carried_by, row.late_at = "open", None, None, None, None
    row.due_at, row.reason = _due(scope, act.at, rule.days if rule else DAYS), " ".join(reason.split())[:200]
    row.save()
    return _line(row)


def let_go(done: UUID) -> list[UUID]:
    """The reports that an act carried out; one of a matter no longer says whom that act showed it to be about."""
    rows = ChangeRequest.objects.select_for_update(of=("self",)).filter(state="done", carried_by=done)
    found = list(rows.order_by("id").values_list("id", flat=True))
    ChangeRequest.objects.filter(id__in=found).exclude(matter=None).update(household=None, person=None)
    return found


def rule_of(sort: str, on: date) -> ChangeRule | None:
    """The rule in force for a sort of change."""
    return ChangeRule.objects.filter(valid(on), sort=sort).first()


def _due(scope: Scope, at: datetime, days: int) -> datetime:
    return due_at(territory.calendar(scope), at, days, "W").at


def _carried(at: Desk, row: ChangeRequest, what: Reported) -> bool:
    """Make it so at once; what is about somebody who may be in the register already waits for the village."""
    try:
        _carry_out(at, row, what)
    except Twice:
        return False
    return True


def _carry_out(at: Desk, row: ChangeRequest, what: Reported) -> None:
    """Make it so, by the same steps as the clerk's own acts."""
    said = what.said
    if what.sort == "born":
        child = NewPerson(name=said.get("name", ""), sex=said.get("sex", ""))
        newborn(at, Into(household=_home_of(row), as_to_head=said.get("as_to_head", "")), child)
        return
    who = row.person_id
    if who is None:
        raise NotYours
    match what.sort:
        case "died":
            gone(at, person(at, who), state="dead", why="died")
        case "moved_out":
            gone(at, person(at, who), state="gone", why="moved_out", to=said.get("to", ""))
        case "left" | "army_school":
            away_from(at, person(at, who), said.get("to", ""))
        case "returned":
            back_home(at, person(at, who))
        case _:
            written = {name: text for name, text in said.items() if name != "words"}
            write_fields(at, Fields(of="person", subject=who, written=written))


def _by_hand(row: ChangeRequest, entered: UUID) -> None:
    """The act is about what was reported; where that named no household, the row learns which it is."""
    rows = list(Correction.objects.filter(act=entered, undone_by=None).order_by("no"))
    if not rows:
        raise BadInput(FIRST)
    homes = [one.household for one in rows if one.household]
    people = [one.subject for one in rows if one.of == "person"]
    if row.household_id is None:
        same = any(village_of(one.place) == village_of(row.place) for one in rows)
        row.household_id, row.person_id = next(iter(homes), None), next(iter(people), None)
    else:
        same = row.household_id in homes or row.person_id in people
    if not same:
        raise BadInput(N_("What you entered is not about the household of this report."))


def _home_of(row: ChangeRequest) -> UUID:
    if row.household_id is None:
        raise NotYours
    return row.household_id


def _locked(request_id: UUID) -> ChangeRequest:
    row = ChangeRequest.objects.select_for_update(of=("self",)).filter(id=request_id).first()
    if row is None:
        raise NotFound
    return row


def _open(request_id: UUID) -> ChangeRequest:
    row = _locked(request_id)
    if row.state != "open":
        raise WrongState(N_("This was decided already."))
    return row


def _decide(row: ChangeRequest, act: Act, scope: Scope, state: str) -> None:
    row.state, row.decided_at, row.decided_by = state, act.at, scope.post
    row.save()


def _line(row: ChangeRequest) -> Line:
    subject, of = (row.matter, "matter") if row.matter else (row.household_id, "household")
    facts = {"sort": row.sort, "request": str(row.id)}
    return Line(place=row.place, subject=subject, subject_kind=of, facts=facts, answer={"request": row.id})
