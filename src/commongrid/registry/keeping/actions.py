"""Periods applied, people erased, and their own file handed out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from commongrid.accounts import actions as accounts
from commongrid.accounts import sealed
from commongrid.accounts.actions import Access
from commongrid.journal import attachments
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.journal.models import File
from commongrid.kernel.keeping import GONE, Keeping, last_day_kept
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotYours, WrongState
from commongrid.kernel.scope import HARDSHIP, Scope, clock
from commongrid.registry.keeping import listing, queries, tracing
from commongrid.registry.keeping.listing import Listed
from commongrid.registry.keeping.models import Erasure, RetentionReport, SubjectFile
from commongrid.registry.keeping.queries import counted, kept_tables, values_of
from commongrid.registry.keeping.rules import BASES, SHOWN_BY, any_of, covered
from commongrid.registry.keeping.tracing import Traces
from commongrid.registry.models import Person
from commongrid.registry.rules.vocabularies import FIXED_PERIODS
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act

MOST: Final = 20_000
"""Rows of one table that the clock takes on one day; the rest goes on the next."""
ENDS_FIRST: Final = N_(
    "This record is in use. First record that the person moved out or died: the household's head and the figures "
    "follow from that. Then it can be erased."
)
IN_OFFICE: Final = N_("This person holds a post. End the post first.")
STILL_WORKED_ON: Final = N_("What is left of this erasure is still worked on.")
JOINED: Final = N_("This record was joined into another one. Erase that; this one goes with it.")


@dataclass(slots=True)
class Outcome:
    """What an erasure came to: rows by kind that went, rows by kind that an archive keeps, and how many wait."""

    rows: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    waits: int = 0

    def went(self, kind: str, count: int) -> None:
        """Count rows that went."""
        if count:
            self.rows[kind] = self.rows.get(kind, 0) + count

    def kept(self, kind: str, count: int) -> None:
        """Count rows that an archive keeps."""
        if count:
            self.held[kind] = self.held.get(kind, 0) + count


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """On which legal basis somebody is erased, and the reason in a sentence; the clock needs none."""

    basis: str
    reason: str = ""


def eraser(place: int) -> Scope:
    """Who erases: the clock, over the whole county."""
    return clock("registry.erase", "people.erase", lo=place, hi=place + 10**9 - 1)


def reader(place: int) -> Scope:
    """Who gathers what is held of one person, wherever in the county it lies."""
    return clock("registry.own_file", lo=place, hi=place + 10**9 - 1)


@action("registry.person_erased", power="people.erase", facts=("basis", "rows", "held", "waits"))
def erase_person(scope: Scope, act: Act, *, person_id: UUID, why: Why) -> Line:
    """Erase a person: every trace in every table goes but what an archive must keep, and what is still worked on waits.

    Refuses: NotAllowed below the county; NotYours; WrongState while the record is in use, in office, joined into
    another, or when it was erased already; BadInput without a reason or a legal basis.
    """
    place = territory.county(scope).code
    if scope.narrow or scope.lo > place or scope.hi < place + 10**9 - 1:
        raise NotAllowed
    said = " ".join(why.reason.split())
    if why.basis not in BASES:
        raise BadInput(fields={"basis": N_("Choose the legal basis.")})
    if not said:
        raise BadInput(fields={"reason": N_("Please say why, in a sentence.")})
    found = Person.objects.select_for_update(of=("self",)).filter(id=person_id).first()
    _demand_erasable(found)
    people = tracing.with_joined(person_id)
    of = tracing.traces(eraser(place), people)
    with acting(eraser(place)):
        if queries.barred(of):
            raise WrongState(IN_OFFICE)
    why = Why(basis=why.basis, reason=covered(said, any_of(of.names, of.numbers))[:200])
    return _erased(replace(scope, place=place), act, person_id, of, why)


@action("registry.erased_when_due", power="people.erase", kinds=("clock",), facts=("basis", "rows", "held", "waits"))
def erase_when_due(scope: Scope, act: Act, *, person_id: UUID) -> Line:
    """Erase a person whose record has been kept as long as its rule says, as by hand: what is worked on waits.

    Refuses: NotYours for none that can be erased; WrongState while they hold a post again.
    """
    found = Person.objects.select_for_update(of=("self",)).filter(id=person_id, erased_at=None).first()
    if found is None or found.state not in ("gone", "dead"):
        raise NotYours
    of = tracing.traces(scope, tracing.with_joined(person_id))
    if queries.barred(of):
        raise WrongState(IN_OFFICE)
    return _erased(replace(scope, place=territory.county(scope).code), act, person_id, of, Why(basis="period"))


def _erased(scope: Scope, act: Act, person_id: UUID, of: Traces, why: Why) -> Line:
    """Erase them, keep why, and put it on the list beside the database once that is committed."""
    done = _erase(eraser(scope.place or scope.lo), act, of)
    _note(act, act.id, scope, of, done, why)
    listed = Listed(act=act.id, place=scope.place or scope.lo, basis=why.basis, people=tuple(of.people))
    transaction.on_commit(lambda: listing.add([listed]))
    facts = {"basis": why.basis, "rows": done.rows, "held": done.held, "waits": done.waits}
    answer = {"person": person_id, "people": len(of.people), "rows": done.rows, "held": done.held, "waits": done.waits}
    return Line(place=listed.place, subject=person_id, subject_kind="person", facts=facts, answer=answer)


def _demand_erasable(found: Person | None) -> None:
    if found is None:
        raise NotYours
    if found.erased_at is not None:
        raise WrongState(N_("This record was erased already."))
    if found.state == "merged":
        raise WrongState(JOINED)
    if found.state in ("here", "away"):
        raise WrongState(ENDS_FIRST)


@action("registry.erased_again", power="people.erase", kinds=("clock",), facts=("basis", "rows", "held", "waits"))
def erase_again(scope: Scope, act: Act, *, again: Listed) -> Line:
    """Do an erasure again that a restored backup knows nothing of, whatever state it has the record in.

    Refuses: nothing; records that the backup does not hold are nobody's.
    """
    place = territory.county(scope).code
    people = list(Person.objects.filter(id__in=again.people).values_list("id", flat=True))
    of = tracing.traces(scope, people)
    with acting(scope):
        _end_records(of, territory.calendar(scope).day_of(act.at))
        done = _erase(scope, act, of)
        Erasure.objects.filter(id=again.act).delete()
        _note(act, again.act, scope, of, done, Why(basis=again.basis, reason="restored"))
    facts = {"basis": again.basis, "rows": done.rows, "held": done.held, "waits": done.waits}
    return Line(place=place, subject=again.act, subject_kind="erasure", facts=facts, answer={"people": len(people)})


def _end_records(of: Traces, on: date) -> None:
    """End records that a backup has from before they ended, with their place as head of a household."""
    with connection.cursor() as cursor:
        for table in ("registry_household", "registry_registered_household"):
            cursor.execute(f"UPDATE {table} SET head_id = NULL WHERE head_id = ANY(%s)", [of.people])  # noqa: S608
    Person.objects.filter(id__in=of.people, state__in=("here", "away")).update(state="gone", ended_on=on)


@action("registry.erasure_went_on", power="people.erase", kinds=("clock",), facts=("rows", "held", "waits"))
def go_on_erasing(scope: Scope, act: Act, *, erasure_id: UUID) -> Line:
    """Come back for what was still worked on when somebody was erased.

    Refuses: NotYours; WrongState where all of it is still worked on, so that the journal says nothing of it.
    """
    row = Erasure.objects.select_for_update().filter(id=erasure_id, done_at=None).first()
    if row is None:
        raise NotYours
    kept = sealed.unseal(row.sought_sealed, "registry_erasure", "sought_sealed", row.id)
    of = tracing.traces(scope, row.people, kept)
    done = _erase(scope, act, of)
    if done.waits and not done.rows:
        raise WrongState(STILL_WORKED_ON)
    for kind, count in done.rows.items():
        row.rows[kind] = row.rows.get(kind, 0) + count
    row.held = done.held
    if not done.waits:
        row.sought_sealed, row.done_at = None, act.at
    row.save(update_fields=("rows", "held", "sought_sealed", "done_at"))
    facts = {"rows": done.rows, "held": done.held, "waits": done.waits}
    return Line(place=row.place, subject=row.id, subject_kind="erasure", facts=facts, answer={"waits": done.waits})


def _note(act: Act, row: UUID, scope: Scope, of: Traces, done: Outcome, why: Why) -> None:
    """Keep that somebody was erased; the signs to look for only while something waits."""
    seal = sealed.seal(of.signs, "registry_erasure", "sought_sealed", row) if done.waits else None
    Erasure(
        id=row, place=scope.place or scope.lo, people=of.people, at=act.at, post=scope.post, basis=why.basis,
        reason=why.reason, rows=done.rows, held=done.held, sought_sealed=seal,
        done_at=None if done.waits else act.at,
    ).save(force_insert=True)  # fmt: skip


def _erase(scope: Scope, act: Act, of: Traces) -> Outcome:
    """Cover the person's names and numbers in words, then empty or delete every row that is theirs."""
    in_force = queries.rules(scope, territory.calendar(scope).day_of(act.at))
    archives = {code for code, rule in in_force.items() if rule.archive}
    done = Outcome()
    with acting(scope):
        for model, keeps in kept_tables():
            if keeps.words and keeps.kind not in archives:
                _cover(model, keeps, of, done)
        accounts.forget_accounts(scope, act, account_ids=of.accounts)
        for model, keeps in kept_tables():
            if keeps.whose:
                _take_out(scope, act, (model, keeps), of, archives, done)
    return done


def _cover(model: type[models.Model], keeps: Keeping, of: Traces, done: Outcome) -> None:
    """Cover every sign in what is the person's, and in words of others those that can mean nothing else."""
    table, values = model._meta.db_table, values_of(of)
    text = f"concat_ws(' ', {', '.join(f'{column}::text' for column in keeps.words)})"
    theirs = f"({keeps.about}) OR ({keeps.whose or 'false'})"
    waiting: set[Any] = set()
    gone: set[Any] = set()
    for where, pattern, villages in (
        (theirs, any_of(of.names, of.numbers), []),
        (keeps.about, any_of(of.rare_names), of.villages),
        ("true", any_of((), of.own_numbers), of.villages),
    ):
        found = f"({where}) AND {text} ~ %(pattern)s AND NOT ({keeps.part_of})"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {keeps.waits} FROM {table} WHERE {found}",  # noqa: S608 - from a declaration
                {**values, "pattern": pattern, "villages": villages},
            )
            rows = dict(cursor.fetchall())
        waiting |= {row for row, waits in rows.items() if waits}
        if free := [row for row, waits in rows.items() if not waits]:
            _cover_rows(model, keeps, pattern, free)
            gone |= set(free)
    done.waits += len(waiting)
    done.went("words", len(gone))


def _cover_rows(model: type[models.Model], keeps: Keeping, pattern: str, rows: list[Any]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cg.seek', %s, true)", [pattern])
        for column in keeps.words:
            of = model._meta.get_field(column)
            if isinstance(of, models.JSONField):
                for row in model._default_manager.filter(pk__in=rows):
                    setattr(row, column, covered(getattr(row, column), pattern))
                    row.save(update_fields=[column])
                continue
            new = f"regexp_replace({column}, %(pattern)s, '{GONE}', 'g')"
            if longest := getattr(of, "max_length", None):
                new = f"left({new}, {int(longest)})"
            here = f"id = ANY(%(rows)s) AND {column} ~ %(pattern)s"
            cursor.execute(f"UPDATE {table} SET {column} = {new} WHERE {here}", {"pattern": pattern, "rows": rows})  # noqa: S608
        cursor.execute("SELECT set_config('cg.seek', '', true)")


def _take_out(
    scope: Scope, act: Act, one: tuple[type[models.Model], Keeping], of: Traces, archives: set[str], done: Outcome
) -> None:
    """Empty or delete the person's rows of one table, but for what waits and what an archive keeps."""
    model, keeps = one
    table, values = model._meta.db_table, values_of(of)
    whose = f"({keeps.whose})"
    if keeps.kind in archives:
        done.kept(keeps.kind, counted(table, whose, values))
        return
    done.kept(keeps.archive, counted(table, f"{whose} AND ({keeps.part_of})", values))
    done.waits += counted(table, f"{whose} AND NOT ({keeps.part_of}) AND ({keeps.waits})", values)
    found = f"{whose} AND NOT ({keeps.part_of}) AND NOT ({keeps.waits})"
    done.went(keeps.kind or "person", _settle(scope, act, model, keeps.erasing, found, values))


def _settle(scope: Scope, act: Act, model: type[models.Model], leaves: Any, found: str, values: dict[str, Any]) -> int:
    """Leave of these rows what ``leaves`` says, or nothing; answers how many there were."""
    table = model._meta.db_table
    if model is File:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE {found} LIMIT {MOST}", values)  # noqa: S608 - a declaration
            files = [row[0] for row in cursor.fetchall()]
        return attachments.drop(scope, act, files=files)
    key = model._meta.pk.column
    if leaves:
        same = " AND ".join(f"{column} IS NOT DISTINCT FROM {value}" for column, value in leaves.items())
        rows = f"SELECT {key} FROM {table} WHERE {found} AND NOT ({same}) LIMIT {MOST}"  # noqa: S608 - a declaration
        sets = ", ".join(f"{column} = {value}" for column, value in leaves.items())
        statement = f"UPDATE {table} SET {sets} WHERE {key} IN ({rows})"  # noqa: S608 - a declaration
    else:
        rows = f"SELECT {key} FROM {table} WHERE {found} LIMIT {MOST}"  # noqa: S608 - a declaration
        statement = f"DELETE FROM {table} WHERE {key} IN ({rows})"  # noqa: S608 - a declaration
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return max(int(cursor.rowcount), 0)


@action("registry.periods_applied", power="people.erase", kinds=("clock",), facts=("on", "removed", "held"))
def apply_periods(scope: Scope, act: Act, *, on: date, people: dict[str, Any] | None = None) -> Line:
    """Remove what has been kept as long as its rule says, and keep the report (留存到期处理). Refuses: nothing.

    What belongs to an archive stays as long as the archive, and the report says so with its legal basis. ``people`` is
    the line of the report for those who were erased before it, each by an act of their own.
    """
    place = territory.county(scope).code
    in_force = queries.rules(scope, on)
    rows: dict[str, dict[str, Any]] = {}
    for model, keeps in kept_tables():
        rule = in_force.get(keeps.kind)
        if rule is None or rule.length is None or rule.code in FIXED_PERIODS or model is Person:
            continue
        before = last_day_kept(on, rule.length, rule.unit)
        row = rows.setdefault(rule.code, {"kind": rule.code, "removed": 0, "held": 0, "archive": "", "left": 0})
        _apply(scope, act, (model, keeps), before, row)
    if people:
        rows["person"] = people
    told = [row for row in rows.values() if row["removed"] or row["held"] or row["left"]]
    RetentionReport(id=act.id, place=place, on=on, at=act.at, rows=told).save(force_insert=True)
    removed, held = (sum(int(row[name]) for row in told) for name in ("removed", "held"))
    return Line(
        place=place, subject=act.id, subject_kind="retention", facts={"on": on, "removed": removed, "held": held},
        answer={"removed": removed, "held": held},
    )  # fmt: skip


def _apply(scope: Scope, act: Act, one: tuple[type[models.Model], Keeping], before: date, row: dict[str, Any]) -> None:
    model, keeps = one
    due = f"({keeps.ended})::date < %(before)s AND NOT ({keeps.waits})"
    values = {"before": before}
    if keeps.leaves:
        same = " AND ".join(f"{column} IS NOT DISTINCT FROM {value}" for column, value in keeps.leaves.items())
        due += f" AND NOT ({same})"
    held = counted(model._meta.db_table, f"{due} AND ({keeps.part_of})", values) if keeps.archive else 0
    if held:
        row["held"], row["archive"] = row["held"] + held, keeps.archive
    free = f"{due} AND NOT ({keeps.part_of})"
    gone = _settle(scope, act, model, keeps.leaves, free, values)
    row["removed"] += gone
    if gone >= MOST:
        row["left"] += counted(model._meta.db_table, free, values)


@action("registry.file_given", power="people.file", facts=("shown_by",))
def give_file(scope: Scope, act: Act, *, person_id: UUID, shown_by: str) -> Line:
    """Give somebody everything the county holds of them in one file, and log it where they can read it (查阅本人信息).

    Refuses: NotYours out of scope; NotAllowed without the power to see hardship, because the file says it; BadInput
    where it is not said how they showed who they are; WrongState once erased.
    """
    scope.demand(HARDSHIP)
    if shown_by not in SHOWN_BY:
        raise BadInput(fields={"shown_by": N_("Say how they showed who they are.")})
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotYours
    if found.erased_at is not None:
        raise WrongState(N_("This record was erased already."))
    SubjectFile(
        id=act.id, person_id=person_id, place=found.place, at=act.at, post=scope.post, shown_by=shown_by
    ).save(force_insert=True)  # fmt: skip
    access = Access(event="exported", about="file", subject_kind="person", subject=person_id, place=found.place)
    accounts.log_access(scope, _for(act), access=access)
    return Line(
        place=found.place, subject=person_id, subject_kind="person", facts={"shown_by": shown_by},
        answer={"file": act.id, "person": person_id},
    )  # fmt: skip


def _for(act: Act) -> Act:
    """The act under which the log of reads keeps it."""
    return act.child("file")
