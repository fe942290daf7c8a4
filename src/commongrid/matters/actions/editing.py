"""Editing dated vocabularies: a change ends a version on a day and begins the next there, one act for all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.dated import NOT_BEFORE_TODAY, Change, Values, Vocabulary, changed_columns, mark, read_values
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Recount, WorkListRow
from commongrid.matters.queries import dated
from commongrid.matters.queries.vocabulary import forget_vocabularies
from commongrid.matters.rules.vocabularies import FROZEN_FOR_OPEN
from commongrid.territory import queries as territory

FACTS = ("vocabulary", "keys", "on", "columns", "begun", "ended")
MOST = 2000
"""Changes in one act."""
LAST = 999
"""Where a new row stands in its list until somebody orders it."""
ON_OFFER = N_("There is a row of this kind already that is in force then. Change that one instead.")


@action("matters.rules_changed", power="worklist.edit", facts=FACTS)
def change_rules(
    scope: Scope, act: Act, *, vocabulary: str, changes: tuple[Change, ...], apply_open: bool = False
) -> Line:
    """Change rows of the work list and the loop's other rules from a day on; a row in force stays as it was until then.

    Open matters keep the rule they were made under, unless ``apply_open``: then
    their deadlines are counted anew, each with an act of its own.

    Refuses: BadInput for a day before today, values that break the vocabulary's
    rules, a row that exists already, a gap or a kind in use, and for
    ``apply_open`` together with a change of who may see open matters;
    WrongState when somebody changed the row meanwhile; NotFound.
    """
    of = _of(vocabulary, "worklist.edit")
    done = written(scope, act, of, changes)
    if apply_open:
        _apply(scope, act, of, done)
    return done.line


@action("matters.answers_changed", power="texts.edit", facts=FACTS)
def change_answers(scope: Scope, act: Act, *, vocabulary: str, changes: tuple[Change, ...]) -> Line:
    """Change standard answers from a day on. Refuses: as ``change_rules``."""
    return written(scope, act, _of(vocabulary, "texts.edit"), changes).line


class Written:
    """What an act changed: its line, each new version with the columns that differ, each version ended and when."""

    def __init__(
        self,
        line: Line,
        begun: Sequence[tuple[UUID, Values, list[str], date]],
        ended: Sequence[tuple[UUID | None, date]],
    ) -> None:
        """Keep all three."""
        self.line = line
        self.begun = begun
        self.ended = ended


def written(scope: Scope, act: Act, of: Vocabulary, changes: Sequence[Change]) -> Written:
    """Carry the changes out, all or none. Called by the actions of the modules that own a vocabulary."""
    territory.demand_rules(scope)
    if not changes or len(changes) > MOST:
        raise BadInput(N_("There is nothing to change here, or more than one act can take."))
    today = territory.calendar(scope).day_of(act.at)
    known = dated.known(dated.choices(scope, of))
    keys, begun = [], []
    ended: list[tuple[UUID | None, date]] = []
    columns: set[str] = set()
    for number, change in enumerate(changes):
        if change.on < today:
            raise BadInput(fields={"on": NOT_BEFORE_TODAY})
        former = _locked(of, change.row, today) if change.row else None
        if change.values is None:
            keys.append(mark(_end(of, former, change.on)))
            ended.append((change.row, change.on))
            continue
        values = read_values(of, change.values, known)
        if unmeant := dated.unmeant(of, values, change.on):
            raise BadInput(fields=unmeant)
        version = _begin(of, act.child(f"row {number}"), former, values, change.on, today)
        differ = changed_columns(of, dated.version_of(of, former).values, values) if former is not None else []
        keys.append(mark(of.key_of(values)))
        columns.update(differ)
        begun.append((version, values, differ, change.on))
    forget_vocabularies()
    subject = dated.subject_of(of, keys[0] if len(keys) == 1 else "")
    facts = {"vocabulary": of.code, "keys": keys, "on": changes[0].on, "columns": sorted(columns), "begun": len(begun),
             "ended": len(ended)}  # fmt: skip
    answer = {"rows": [row for row, *_rest in begun], "ended": len(ended)}
    line = Line(place=territory.county(scope).code, subject=subject, subject_kind="rules", facts=facts, answer=answer)
    return Written(line, begun, ended)


def _of(code: str, power: str) -> Vocabulary:
    of = dated.vocabulary(code)
    if of.power != power:
        raise NotFound
    return of


def _locked(of: Vocabulary, row: UUID, today: date) -> Any:
    """The version to follow, locked. Refuses NotFound; WrongState once it has ended."""
    found: Any = dated.rows_of(of).select_for_update().filter(id=row).first()
    if found is None:
        raise NotFound
    if found.valid_to is not None and found.valid_to <= today:
        raise WrongState(N_("This row has ended or was replaced. Look at the one in force and change that."))
    return found


def _end(of: Vocabulary, former: Any, on: date) -> str:
    if former is None:
        raise NotFound
    if of.lasting:
        raise BadInput(N_("The loop can't do without this row. Change it instead of ending it."))
    values = dated.version_of(of, former).values
    if why := dated.in_use(of, values, on):
        raise BadInput(why)
    if former.valid_to is not None:
        after = _same(of, _kept(former)).filter(Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
        if after.filter(valid_from__gte=former.valid_to).exclude(id=former.id).exists():
            raise BadInput(N_("A later version of this row is laid down already. End that one first."))
    former.valid_to = max(on, former.valid_from)
    former.save(update_fields=["valid_to"])
    return of.key_of(values)


def _kept(row: Any) -> dict[str, object]:
    """A version's columns as they are stored."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def _begin(of: Vocabulary, act: Act, former: Any, values: Values, on: date, today: date) -> UUID:
    """Begin a version, named by the act; a future one is corrected where it stands. Answers its id."""
    stored = {one.attribute: list(value) if isinstance(value := values[one.code], tuple) else value
              for one in of.columns}  # fmt: skip
    if former is None:
        return _add(of, act.id, stored, on, None)
    if of.key_of(dated.version_of(of, former).values) != of.key_of(values):
        raise BadInput(N_("What identifies a row can't change. End this one and add another."))
    if former.valid_from > today:
        return _correct(of, former, stored, on)
    if former.valid_to is not None and on >= former.valid_to:
        raise BadInput(fields={"on": N_("From that day another version is in force. Change that one instead.")})
    until, former.valid_to = former.valid_to, on
    former.save(update_fields=["valid_to"])
    return _add(of, act.id, {**_kept(former), **stored}, on, until)


def _correct(of: Vocabulary, future: Any, stored: dict[str, object], on: date) -> UUID:
    """Correct a version that is still to come; the one before it then ends on its new first day."""
    before = _same(of, stored).filter(valid_to=future.valid_from).exclude(id=future.id).select_for_update().first()
    if before is not None and before.valid_from >= on:
        raise BadInput(fields={"on": N_("The version before it begins only then. Choose a later day.")})
    with _told_apart():
        if before is not None and on < future.valid_from:
            before.valid_to = on
            before.save(update_fields=["valid_to"])
        for name, value in {**stored, "valid_from": on}.items():
            setattr(future, name, value)
        future.save()
        if before is not None and before.valid_to != on:
            before.valid_to = on
            before.save(update_fields=["valid_to"])
    version: UUID = future.id
    return version


def _add(of: Vocabulary, version: UUID, stored: dict[str, object], on: date, until: date | None) -> UUID:
    clash = _same(of, stored).filter(Q(valid_to=None) | Q(valid_to__gt=on))
    if until is not None:
        clash = clash.filter(valid_from__lt=until)
    if clash.exists():
        raise BadInput(ON_OFFER, fields={of.key[0].code: ON_OFFER})
    last = {} if "position" in stored or not hasattr(dated.table_of(of), "position") else {"position": LAST}
    row = dated.table_of(of)(**{**last, **stored, "id": version, "valid_from": on, "valid_to": until})
    if isinstance(row, WorkListRow):
        row.decided_in = None
    with _told_apart():
        row.save(force_insert=True)
    return version


def _same(of: Vocabulary, stored: dict[str, object]) -> models.QuerySet[Any]:
    """Versions of the same row; of the work list only those naming the same leader, for several may lead."""
    names = [one.attribute for one in of.key]
    if of.code == "work_list":
        names += ["function", "unit_id"]
    return dated.table_of(of)._default_manager.filter(**{name: stored[name] for name in names})


@contextmanager
def _told_apart() -> Iterator[None]:
    """What PostgreSQL itself refuses, as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        raise BadInput(ON_OFFER) from clash


def _apply(scope: Scope, act: Act, of: Vocabulary, done: Written) -> None:
    """Have the deadlines of open matters counted anew under each new version, from its first day on."""
    if not of.effect:
        raise BadInput(N_("A change of this list moves no deadline of open matters."))
    columns = {one for _version, _values, differ, _on in done.begun for one in differ}
    if of.effect == "kind" and columns & set(FROZEN_FOR_OPEN):
        raise BadInput(
            N_("Who may see open matters and how they end stays as it was. Change only limits to apply it to them.")
        )
    applied: list[tuple[UUID | None, date]] = [(version, on) for version, _values, _columns, on in done.begun]
    for number, (version, on) in enumerate([*applied, *(done.ended if of.effect == "lead" else ())]):
        Recount(
            id=act.id if number == 0 else act.child(f"recount {number}").id, sort="rule", vocabulary=of.code,
            row=version, since=on, at=act.at,
        ).save(force_insert=True)  # fmt: skip
