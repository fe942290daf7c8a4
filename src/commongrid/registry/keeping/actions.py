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
from commongrid.registry.keeping import listing, queries
from commongrid.registry.keeping.listing import Listed
from commongrid.registry.keeping.models import Erasure, RetentionReport, SubjectFile
from commongrid.registry.keeping.queries import Traces, counted, kept_tables, values_of
from commongrid.registry.keeping.rules import BASES, SHOWN_BY, any_of, covered
from commongrid.registry.models import Person
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act

MOST: Final = 20_000
"""Rows of one table that the clock takes on one day; the rest goes on the next."""
MOST_PEOPLE: Final = 50
OWN_JOBS: Final = ("access_log", "import_file")
"""Kinds that a job of their own removes as soon as they are due."""
ENDS_FIRST: Final = N_(
    "This record is in use. First record that the person moved out or died: the household's head and the figures "
    "follow from that. Then it can be erased."
)
IN_OFFICE: Final = N_("This person holds a post. End the post first.")
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
    """On which legal basis somebody is erased, and the reason in a sentence."""

    basis: str
    reason: str


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
    people = queries.with_joined(person_id)
    of = queries.traces(eraser(place), people)
    with acting(eraser(place)):
        if queries.barred(of):
            raise WrongState(IN_OFFICE)
    done = _erase(eraser(place), act, of)
    reason = covered(said, (*of.names, *of.numbers))[:200]
    _note(act, act.id, replace(scope, place=place), of, done, Why(basis=why.basis, reason=reason))
    transaction.on_commit(lambda: listing.add([Listed(act=act.id, place=place, basis=why.basis, people=tuple(people))]))
    facts = {"basis": why.basis, "rows": done.rows, "held": done.held, "waits": done.waits}
    answer = {"person": person_id, "rows": done.rows, "held": done.held, "waits": done.waits}
    return Line(place=place, subject=person_id, subject_kind="person", facts=facts, answer=answer)


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
    of = queries.traces(scope, people)
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
    """Come back for what was still worked on when somebody was erased. Refuses: NotYours."""
    row = Erasure.objects.select_for_update().filter(id=erasure_id, done_at=None).first()
    if row is None:
        raise NotYours
    kept = sealed.unseal(row.sought_sealed, "registry_erasure", "sought_sealed", row.id)
    of = queries.traces(scope, row.people, kept)
    done = _erase(scope, act, of)
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
    """Cover names where they can only mean this person, and numbers wherever they stand."""
    table = model._meta.db_table
    for signs, where in ((of.names, keeps.about), (of.numbers, "true")):
        if not signs:
            continue
        text = f"concat_ws(' ', {', '.join(f'{column}::text' for column in keeps.words)})"
        found = f"({where}) AND {text} ~ %(pattern)s AND NOT ({keeps.part_of})"
        values = {**values_of(of), "pattern": any_of(tuple(signs))}
        done.waits += counted(table, f"{found} AND ({keeps.waits})", values)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE {found} AND NOT ({keeps.waits})", values)  # noqa: S608
            rows = [row[0] for row in cursor.fetchall()]
            if not rows:
                continue
            for sign in signs:
                _cover_one(model, keeps, sign, rows)
            cursor.execute("SELECT set_config('cg.seek', '', true)")
        done.went("words", len(rows))


def _cover_one(model: type[models.Model], keeps: Keeping, sign: str, rows: list[Any]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cg.seek', %s, true)", [sign])
        for column in keeps.words:
            of = model._meta.get_field(column)
            new = f"replace({column}::text, %(sign)s, '{GONE}')"
            if isinstance(of, models.JSONField):
                new = f"({new})::jsonb"
            elif (longest := getattr(of, "max_length", None)) and not model.wall.append_only:  # type: ignore[attr-defined]
                new = f"left({new}, {int(longest)})"
            here = f"id = ANY(%(rows)s) AND strpos({column}::text, %(sign)s) > 0"
            cursor.execute(f"UPDATE {table} SET {column} = {new} WHERE {here}", {"sign": sign, "rows": rows})  # noqa: S608


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
def apply_periods(scope: Scope, act: Act, *, on: date) -> Line:
    """Remove what has been kept as long as its rule says, and keep the report (留存到期处理). Refuses: nothing.

    What belongs to an archive stays as long as the archive, and the report says so with its legal basis.
    """
    place = territory.county(scope).code
    in_force = queries.rules(scope, on)
    rows: dict[str, dict[str, Any]] = {}
    for model, keeps in kept_tables():
        rule = in_force.get(keeps.kind)
        if rule is None or rule.length is None or rule.code in OWN_JOBS or model is Person:
            continue
        before = last_day_kept(on, rule.length, rule.unit)
        row = rows.setdefault(rule.code, {"kind": rule.code, "removed": 0, "held": 0, "archive": "", "left": 0})
        _apply(scope, act, (model, keeps), before, row)
    if (rule := in_force.get("person")) and rule.length is not None:
        rows["person"] = _erase_due(scope, act, last_day_kept(on, rule.length, rule.unit))
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


def _erase_due(scope: Scope, act: Act, before: date) -> dict[str, Any]:
    """Erase people whose record ended long enough ago, a few each day; those in office again stay."""
    due = Person.objects.filter(ended_on__lt=before, erased_at=None).exclude(state="merged").order_by("ended_on", "id")
    row: dict[str, Any] = {"kind": "person", "removed": 0, "held": 0, "archive": "", "left": 0}
    for person_id in due.values_list("id", flat=True)[:MOST_PEOPLE]:
        of = queries.traces(scope, queries.with_joined(person_id))
        if queries.barred(of):
            row["held"], row["archive"] = row["held"] + 1, "post"
            continue
        _erase(scope, act, of)
        row["removed"] += len(of.people)
    row["left"] = max(0, due.count() - int(row["held"]))
    return row


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
