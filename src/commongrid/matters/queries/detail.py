"""One matter in full: its words, its way, who may do what next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from commongrid.accounts.sealed import sealer
from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel import masking
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import place_of
from commongrid.matters.models import Escalation, Matter, Note, Order, Party, Rating, Supervision, Visit
from commongrid.matters.queries import calling, waiting
from commongrid.matters.queries.leaders import LEADS, LeaderNoteRow, leader_notes, waits_for
from commongrid.matters.queries.leading import may_ask, units_of_lead, units_of_parts
from commongrid.matters.queries.originals import OriginalRow, original
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.systems import CaseRow, cases
from commongrid.matters.queries.vocabulary import KindRow
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Standing
from commongrid.matters.rules.relations import level_at, level_of_actor, may, may_reach, reads_words, relations

FIELDS: Final = ("name", "phone", "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """Words that belong to a step."""

    act: UUID
    sort: str
    text: str
    at: datetime
    post: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One assignment."""

    unit: UUID | None
    level: str
    place: int
    round: int
    off_list: bool
    ordered_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One try to reach the person."""

    on: date
    at: datetime
    mode: str
    result: str
    level: str
    round: int
    post: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """Two answers, where this reader may see them."""

    round: int
    unit: UUID | None
    handler_level: str
    solved: bool
    satisfied: bool
    words: str
    via: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRow:
    """A word from above."""

    level: str
    place: int
    post: UUID | None
    at: datetime
    reply_by: datetime | None
    missed_at: datetime | None
    replied_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """A level that was told."""

    sort: str
    level: str
    place: int
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """Who reported or whom it concerns, masked; ``has`` names the fields that can be revealed."""

    part: str
    name: str
    phone: str
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDetail:
    """A matter with everything on its way; ``may`` are the events this reader may cause now.

    ``units`` answered parts, so that the person is asked about each of them by itself.
    """

    row: MatterRow
    text: str
    readable: bool
    reachable: bool
    to_rate: bool
    reported_by: UUID | None
    accepted_at: datetime | None
    finish_due_at: datetime | None
    may: tuple[str, ...]
    relations: frozenset[str]
    notes: tuple[NoteRow, ...]
    orders: tuple[OrderRow, ...]
    visits: tuple[VisitRow, ...]
    ratings: tuple[RatingRow, ...]
    supervisions: tuple[SupervisionRow, ...]
    told: tuple[ToldRow, ...]
    parties: tuple[PartyRow, ...]
    cases: tuple[CaseRow, ...]
    history: tuple[journal.LineRow, ...]
    original: OriginalRow | None
    leader_notes: tuple[LeaderNoteRow, ...] = ()
    units: tuple[tuple[UUID, str, str], ...] = ()
    applications: tuple[waiting.ApplicationRow, ...] = ()
    referrals: tuple[waiting.ReferralRow, ...] = ()

    def note_of(self, act: UUID) -> NoteRow | None:
        """The words given in an act of the history."""
        return next((note for note in self.notes if note.act == act), None)


def matter(scope: Scope, matter_id: UUID) -> MatterDetail:
    """One matter in full, and what this reader may do next.

    Refuses: NotFound outside the scope.
    """
    with acting(scope):
        row = next(iter(rows_of(scope, Matter.objects.filter(id=matter_id))), None)
        if row is None:
            raise NotFound(N_("There is no such matter, or it is not yours to see."))
        columns = (
            "text", "ordered", "given_back", "tries", "to_visit", "to_rate", "barred_unit", "barred_place",
            "reported_by", "accepted_at", "finish_due_at", "refused_place", "asked_again", "above_county",
        )  # fmt: skip
        extra = Matter.objects.filter(id=matter_id).values(*columns)[0]
        related = relations(scope, row.whereabouts)
        readable = reads_words(scope, row.whereabouts, row.kind.visibility)
        told = tuple(journal.history(scope, matter_id))
        came_so = row.source == "leader" or any(line.name == "matters.instructed" for line in told)
        noted = leader_notes(scope, matter_id) if came_so else ()
        allowed, through = _may_now(scope, row, extra, related), may_ask(scope, row)
        asks = extra["to_rate"] and "visit" in allowed and _was_split(told)
        return MatterDetail(
            row=row,
            text=extra["text"] if readable else "",
            readable=readable,
            reachable=may_reach(scope, row.whereabouts),
            to_rate=extra["to_rate"],
            reported_by=extra["reported_by"],
            accepted_at=extra["accepted_at"],
            finish_due_at=extra["finish_due_at"],
            may=(*_leaders_steps(scope, allowed, noted), *through),
            relations=related,
            notes=_notes(matter_id) if readable else (),
            orders=_orders(matter_id),
            visits=_visits(matter_id),
            ratings=_ratings(scope, matter_id),
            supervisions=_supervisions(matter_id),
            told=_told(matter_id),
            cases=cases(scope, matter_id) if row.exchanged else (),
            parties=_parties(matter_id) if readable else (),
            history=told,
            original=original(scope, matter_id) if row.confidential and readable else None,
            leader_notes=noted,
            units=units_of_parts(scope, row) if asks else units_of_lead(scope, row) if "visit" in through else (),
            applications=waiting.applications(matter_id),
            referrals=waiting.referrals(matter_id),
        )


def may_now(scope: Scope, matter_id: UUID) -> tuple[str, ...]:
    """The events this reader may cause now.

    Refuses: NotFound outside the scope.
    """
    return matter(scope, matter_id).may


def revealed(scope: Scope, matter_id: UUID, part: str, field: str) -> str:
    """One sealed field of one person in the clear, for a reveal that the surface logs with its reason.

    Refuses: NotFound where there is none or this reader must not see it; BadInput for an unknown field.
    """
    if field not in FIELDS:
        raise BadInput
    column = f"{field}_sealed"
    with acting(scope):
        row = next(iter(rows_of(scope, Matter.objects.filter(id=matter_id))), None)
        readable = row is not None and may_reach(scope, row.whereabouts)
        found = Party.objects.filter(matter_id=matter_id, part=part).values_list("id", column).first()
    if not readable or found is None or found[1] is None:
        raise NotFound
    return sealer().open(bytes(found[1]), place_of("matters_party", column, found[0]))


def standing_of(row: MatterRow, kind: KindRow, extra: Mapping[str, object]) -> Standing:
    """Where a matter stands, for the rules, from what was read."""
    return Standing(
        state=row.state, owner=row.owner_level, handler=row.handler_level, by_unit=row.unit is not None,
        ordered=bool(extra["ordered"]), given_back=bool(extra["given_back"]), reopened=row.reopened,
        tries=int(str(extra["tries"])), to_visit=bool(extra["to_visit"]), to_rate=bool(extra["to_rate"]),
        rating=row.rating, closes=kind.closes, sealed=row.sealed, grid_may=kind.grid_may,
        interim=row.interim_due_at is not None,
        barred=level_at(int(str(extra["barred_place"]))) if extra["barred_place"] else "",
        exchanged=row.exchanged, dispute=kind.dispute, caller=row.caller, sent_back=row.sent_back,
        leads=row.leads > 0, outcome=row.outcome, recheck=row.recheck_level != "",
        applied=row.applied, extended=row.extended, asked_again=bool(extra["asked_again"]),
        refused=level_at(int(str(extra["refused_place"]))) if extra["refused_place"] else "",
    )  # fmt: skip


def _may_now(scope: Scope, row: MatterRow, extra: Mapping[str, object], related: frozenset[str]) -> tuple[str, ...]:
    """What the table allows, without what the rules would refuse whatever else was said."""
    standing = standing_of(row, row.kind, extra)
    allowed = may(scope, row.state, related)
    if not (row.confidential and "c" in scope.standing):
        allowed = tuple(event for event in allowed if event != "retell")
    if extra["above_county"] or (row.sealed and not row.kind.sealed):
        allowed = tuple(event for event in allowed if event != "unseal")
    if not waiting.decides_now(scope, row, allowed):
        allowed = tuple(event for event in allowed if event not in waiting.APPROVING)
    facts = {
        **calling.facts(row.id if row.state == "split" else None), **waiting.facts(scope, extra.get("finish_due_at")),
    }  # fmt: skip
    self_again = row.owner_level != "unit" and extra["barred_place"] == row.owner_place and row.owner_place is not None
    call = Call(
        event="", level=level_of_actor(scope), to="unit", to_level=level_of_actor(scope),
        settler=scope.role in row.kind.settle_roles, ends=True, result="not_reached", days=1, solved=True,
        satisfied=True, over="above" in related, **facts,
    )  # fmt: skip
    return tuple(
        event
        for event in allowed
        if event not in _CLOCK
        and _possible(
            standing, replace(call, event=event, to=_to(event, call), to_barred=event == "start" and self_again)
        )
    )


def _to(event: str, call: Call) -> str:
    """Whom a step that may stay where it is goes to: nobody."""
    return "" if event == "put_right" else call.to


def _was_split(told: tuple[journal.LineRow, ...]) -> bool:
    return any(line.name in ("matters.split", "matters.meeting_called") for line in told)


def _leaders_steps(
    scope: Scope, allowed: tuple[str, ...], noted: tuple[LeaderNoteRow, ...]
) -> tuple[str, ...]:  # fmt: skip
    """The steps without those about leaders' notes for whoever is neither a leader nor their centre."""
    writes = scope.level in ("township", "county") and (scope.may(LEADS) or scope.may("matters.divert"))
    given = {"instruct": writes, "report_back": waits_for(scope, noted)}
    return tuple(event for event in allowed if given.get(event, True))


_CLOCK: Final = ("warn", "overdue", "time_out", "fall", "wake", "dissolve")


def _possible(standing: Standing, call: Call) -> bool:
    try:
        decide(standing, call)
    except WrongState:
        return False
    except BadInput:
        return True
    return True


def _notes(matter_id: UUID) -> tuple[NoteRow, ...]:
    found = Note.objects.filter(matter_id=matter_id).order_by("at", "id")
    return tuple(NoteRow(**values) for values in found.values("act", "sort", "text", "at", "post"))


def _orders(matter_id: UUID) -> tuple[OrderRow, ...]:
    columns = (
        "unit",
        "level",
        "place",
        "round",
        "off_list",
        "ordered_at",
        "due_at",
        "started_at",
        "ended_at",
        "outcome",
    )
    found = Order.objects.filter(matter_id=matter_id).order_by("ordered_at", "id")
    return tuple(OrderRow(**values) for values in found.values(*columns))


def _visits(matter_id: UUID) -> tuple[VisitRow, ...]:
    found = Visit.objects.filter(matter_id=matter_id).order_by("at", "id")
    return tuple(VisitRow(**values) for values in found.values("on", "at", "mode", "result", "level", "round", "post"))


def _ratings(scope: Scope, matter_id: UUID) -> tuple[RatingRow, ...]:
    """Ratings this reader may see, without those given on a phone that this very post handed over."""
    handed = Visit.objects.filter(matter_id=matter_id, mode="handed", post=scope.post).values("at")
    columns = ("round", "unit", "handler_level", "solved", "satisfied", "words", "via", "at")
    found = Rating.objects.filter(matter_id=matter_id).order_by("at", "id")
    if scope.may("matters.visit"):
        found = found.exclude(via="handed", at__in=handed)
    return tuple(RatingRow(**values) for values in found.values(*columns))


def _supervisions(matter_id: UUID) -> tuple[SupervisionRow, ...]:
    found = Supervision.objects.filter(matter_id=matter_id).order_by("at", "id")
    return tuple(
        SupervisionRow(**values)
        for values in found.values("level", "place", "post", "at", "reply_by", "missed_at", "replied_at")
    )


def _told(matter_id: UUID) -> tuple[ToldRow, ...]:
    found = Escalation.objects.filter(matter_id=matter_id).order_by("at", "id")
    return tuple(ToldRow(**values) for values in found.values("sort", "level", "place", "due_at", "at"))


def _parties(matter_id: UUID) -> tuple[PartyRow, ...]:
    return tuple(_masked(party) for party in Party.objects.filter(matter_id=matter_id).order_by("-part"))


def _masked(party: Party) -> PartyRow:
    seals = sealer()

    def read(column: str) -> str:
        value = getattr(party, column)
        return seals.open(bytes(value), place_of("matters_party", column, party.id)) if value else ""

    name, phone = read("name_sealed"), read("phone_sealed")
    has = tuple(field for field in FIELDS if getattr(party, f"{field}_sealed"))
    return PartyRow(part=party.part, name=masking.name(name), phone=masking.phone(phone), has=has)
