"""What the holder of a slip sees: where their matter stands, what was answered, whether they may rate or withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.journal.queries import LineRow
from commongrid.kernel.places import county_of
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Note, Order
from commongrid.matters.queries.detail import standing_of
from commongrid.matters.queries.leading import Led, led, units_of_parts
from commongrid.matters.queries.originals import original
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.vocabulary import KindRow
from commongrid.matters.queries.waiting import Wait, wait_of
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Standing
from commongrid.matters.rules.relations import relations

PHASES: Final = {
    "reported": "received", "accepted": "accepted", "diverted": "accepted", "in_hand": "in_hand",
    "returned": "accepted", "reopened": "reopened", "review": "review", "answered": "answered",
    "to_pass": "in_hand", "split": "in_hand", "asked": "in_hand",
    "to_rate": "answered", "to_file": "answered", "paused": "paused", "parked": "parked",
    "woken": "parked", "referred": "referred",
    "closed": "closed", "rejected": "rejected", "withdrawn": "withdrawn", "merged": "closed",
}  # fmt: skip
"""States as the reporter reads them."""

PUBLIC_SORTS: Final = ("answer", "finding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words meant for the reporter."""

    sort: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A matter as the holder of its slip sees it.

    ``reviewed_next``: were it not solved now, the county would look at it, because it was done once more already.
    """

    id: UUID
    number: str
    kind: KindRow
    title: str
    phase: str
    owner_zh: str
    owner_en: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    said: tuple[Said, ...]
    may_rate: bool
    may_withdraw: bool
    sealed: bool
    rating: str
    county: int | None = None
    reviewed_next: bool = False
    merged: bool = False
    lines: tuple[LineRow, ...] = ()
    units: tuple[tuple[UUID, str, str], ...] = ()
    wait: Wait | None = None
    may_ask_again: bool = False
    may_add: bool = False
    woken: bool = False
    unsealed: bool = False
    hands: tuple[tuple[datetime, str, str], ...] = ()
    """When an office was given it or answered, and its name."""

    def owner_label(self, lang: str) -> str:
        """Who has it now."""
        return (self.owner_en if lang == "en" else "") or self.owner_zh


def followed(scope: Scope) -> Followed:
    """The one matter of this slip. A sealed one shows its receipt and nothing else.

    Refuses: NotFound for a slip of nothing.
    """
    with acting(scope):
        row = next(iter(rows_of(scope, Matter.objects.filter(slip_hash=scope.slip))), None) if scope.slip else None
        if row is None:
            raise NotFound(N_("There is no matter with this code. Please compare it with your slip."))
    return _told(scope, row)


def to_tell(scope: Scope, matter_id: UUID) -> Followed:
    """What the person may be told of a matter by somebody at the counter: the same as by the slip.

    Refuses: NotFound out of sight, for what is sealed, and for a part, which nobody is told of.
    """
    with acting(scope):
        row = next(iter(rows_of(scope, Matter.objects.filter(id=matter_id))), None)
    if row is None or row.sealed or row.caller or "counter" not in relations(scope, row.whereabouts):
        raise NotFound
    return _told(scope, row)


def _told(scope: Scope, row: MatterRow) -> Followed:
    with acting(scope):
        columns = ("ordered", "given_back", "tries", "to_visit", "to_rate", "barred_unit", "barred_place",
                   "refused_place", "refused_why", "asked_again", "unsealed")  # fmt: skip
        extra = Matter.objects.filter(id=row.id).values(*columns)[0]
        said = () if row.sealed else _said(row.id, row.state)
        wait = None if row.sealed else wait_of(row, extra["refused_why"])
        own = original(scope, row.id) if row.confidential else None
        lead = led(scope, row, PUBLIC_SORTS) if row.state == "merged" else None
        units = () if row.sealed else units_of_parts(scope, row)
        hands = () if row.sealed else _hands(row.id)
    standing = standing_of(row, row.kind, extra)
    if lead is not None:
        return _following(row, lead)
    return Followed(
        id=row.id, number=row.number, kind=row.kind, title="" if row.sealed else own.title if own else row.title,
        phase=PHASES[row.state], owner_zh="" if row.sealed else row.owner_zh,
        owner_en="" if row.sealed else row.owner_en,
        opened_at=row.opened_at, due_at=None if row.sealed else row.due_at,
        closed_at=row.closed_at, outcome=row.outcome, said=said, sealed=row.sealed, rating=row.rating,
        may_rate=_would(standing, Call(event="rate", solved=True, satisfied=True)),
        may_withdraw=_would(standing, Call(event="withdraw")), units=units, county=county_of(row.place),
        reviewed_next=_leads(standing, Call(event="rate", solved=False, satisfied=False)) == "review",
        may_ask_again=_would(standing, Call(event="ask_again")), may_add=_would(standing, Call(event="add")), wait=wait,
        woken=row.state == "woken", unsealed=extra["unsealed"], hands=hands,
    )  # fmt: skip


def _following(row: MatterRow, lead: Led) -> Followed:
    """A merged matter: its own number and words, and the progress of its lead."""
    return Followed(
        id=row.id, number=row.number, kind=row.kind, title=row.title, phase=PHASES[lead.state],
        owner_zh=lead.owner_zh, owner_en=lead.owner_en, opened_at=row.opened_at, due_at=lead.due_at,
        closed_at=lead.closed_at, outcome=lead.outcome, sealed=False, rating="" if lead.covered else row.rating,
        merged=True,
        said=tuple(Said(sort=sort, text=text, at=at) for sort, text, at in lead.notes),
        may_rate=lead.may_rate, may_withdraw=False, lines=lead.lines, wait=lead.wait,
        units=lead.units, county=county_of(row.place), reviewed_next=lead.reopened > 0,
        may_ask_again=lead.may_ask_again, may_add=lead.may_add, woken=lead.state == "woken",
    )  # fmt: skip


def _said(matter_id: UUID, state: str) -> tuple[Said, ...]:
    """What was said to the person; why it was not accepted is the last reason, those before are of the offices."""
    found = Note.objects.filter(matter_id=matter_id).order_by("at", "id")
    said = [Said(**values) for values in found.filter(sort__in=PUBLIC_SORTS).values("sort", "text", "at")]
    if state == "rejected":
        said += [Said(**values) for values in found.filter(sort="reason").reverse().values("sort", "text", "at")[:1]]
    return tuple(said)


def _hands(matter_id: UUID) -> tuple[tuple[datetime, str, str], ...]:
    """The offices that had it: when they were given it, and when they answered."""
    found = Order.objects.filter(matter_id=matter_id, unit__isnull=False)
    rows = found.values_list("ordered_at", "ended_at", "outcome", "unit__name_zh", "unit__name_en")
    return tuple(
        (at, zh or "", en or "")
        for given, ended, outcome, zh, en in rows
        for at in (given, ended if outcome == "answered" else None)
        if at is not None
    )


def _would(standing: Standing, call: Call) -> bool:
    return bool(_leads(standing, call))


def _leads(standing: Standing, call: Call) -> str:
    """The state that a call leads to; nothing where the rules refuse it."""
    try:
        return decide(standing, call).state
    except Refusal:
        return ""
