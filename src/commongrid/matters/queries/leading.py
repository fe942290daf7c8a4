"""Merged matters as read: what a slip sees of the lead, which one leads, which ones follow."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting, current_scope, handing_over
from commongrid.kernel.places import enclosing, interval
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Note
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.veil import covered
from commongrid.matters.queries.waiting import Wait, wait_of
from commongrid.matters.rules.relations import relations

ASKED_IN = ("answered", "to_rate")
REFUSED = ("given_up",)
"""Ends of a lead that each who reported it may object to: one that leads is never rejected nor taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """A lead as the reporter of a matter merged into it sees it: its public progress, never its words or its reporter.

    ``lines`` is its history since the merging, ``notes`` the words meant for those who reported it; ``covered``:
    whoever reads did the work, and must not read yet what came of it.
    """

    state: str
    owner_zh: str
    owner_en: str
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    may_rate: bool
    reopened: int
    may_ask_again: bool
    may_add: bool
    wait: Wait | None
    notes: tuple[tuple[str, str, datetime], ...]
    lines: tuple[journal.LineRow, ...]
    covered: bool = False
    units: tuple[tuple[UUID, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The matters that are handled as one, as an official sees them: the lead of this one, or those that follow it."""

    lead: MatterRow | None = None
    followers: tuple[MatterRow, ...] = ()


def led(scope: Scope, row: MatterRow, sorts: tuple[str, ...]) -> Led | None:
    """What the reporter is told of the lead their matter was merged into; nothing where it was not merged.

    A post that sees the lead reads it as its own scope does: at a counter whoever did the work may stand.
    """
    found = Matter.objects.filter(id=row.id).values_list("merged_into", "place", "rating", "asked_again").first()
    if found is None or (lead_id := found[0]) is None:
        return None
    _lead, place, rating, asked_again = found
    seen = scope.kind == "post" and Matter.objects.filter(id=lead_id).exists()
    with nullcontext() if seen else handing_over(scope, *interval(enclosing(place, "township") or place)):
        wide = current_scope() or scope
        hidden = Matter.objects.filter(covered(wide), id=lead_id).exists()
        lead = rows_of(wide, Matter.objects.filter(id=lead_id))[0]
        to_rate = Matter.objects.filter(id=lead_id, to_rate=True).exists()
        notes = Note.objects.filter(matter_id=lead_id, sort__in=sorts).order_by("at", "id")
        said = tuple(notes.values_list("sort", "text", "at"))
        lines = tuple(journal.history(wide, lead_id))
        wait, units = wait_of(lead, None), units_of_parts(wide, lead)
    since = next((line.at for line in reversed(journal.history(scope, row.id)) if line.name == "matters.merged"), None)
    return Led(
        state=lead.state, owner_zh=lead.owner_zh, owner_en=lead.owner_en, due_at=lead.due_at,
        closed_at=lead.closed_at, outcome=lead.outcome, notes=said, reopened=lead.reopened,
        may_rate=to_rate and lead.state in ASKED_IN and (hidden or rating != "rated"), covered=hidden,
        units=units,
        may_ask_again=lead.outcome in REFUSED and not asked_again, may_add=lead.open, wait=wait,
        lines=tuple(line for line in lines if since is None or line.at >= since),
    )  # fmt: skip


def units_of_parts(scope: Scope, row: MatterRow) -> tuple[tuple[UUID, str, str], ...]:
    """The units that answered a part of a matter, with their names, while the person is asked."""
    if row.state not in ASKED_IN:
        return ()
    with handing_over(scope, *interval(enclosing(row.place, "township") or row.place)):
        parts = Matter.objects.filter(parent_id=row.id, round=row.round, outcome="done", unit__isnull=False)
        found = parts.order_by("opened_at", "number").values_list("unit_id", "unit__name_zh", "unit__name_en")
        return tuple(dict.fromkeys((unit, zh or "", en or "") for unit, zh, en in found if unit is not None))


def units_of_lead(scope: Scope, row: MatterRow) -> tuple[tuple[UUID, str, str], ...]:
    """The units that answered a part of the lead of a merged matter, for who asks its reporter."""
    lead = next(iter(rows_of(scope, Matter.objects.filter(followers=row.id))), None)
    return units_of_parts(scope, lead) if lead is not None else ()


def may_ask(scope: Scope, row: MatterRow) -> tuple[str, ...]:
    """What this post may do for the reporter of a merged matter about its lead.

    "visit": record what they answer; "add_for": add to the lead what they say; "ask_again_for": ask once more after
    the lead ended as not possible.
    """
    if row.state != "merged":
        return ()
    lead = next(iter(rows_of(scope, Matter.objects.filter(followers=row.id))), None)
    if lead is None:
        return ()
    counter = scope.may("matters.accept") and "counter" in relations(scope, row.whereabouts)
    adds = ("add_for",) if counter and lead.open else ()
    rates = lead.state in ASKED_IN and row.rating != "rated" and scope.may("matters.visit")
    if rates and "visitor" in relations(scope, lead.whereabouts):
        return ("visit", *adds) if Matter.objects.filter(id=lead.id, to_rate=True).exists() else adds
    asks = counter and lead.outcome in REFUSED
    return ("ask_again_for",) if asks and Matter.objects.filter(id=row.id, asked_again=False).exists() else adds


def joined(scope: Scope, matter_id: UUID, *, merged: bool) -> Joined:
    """The lead of a merged matter, else those merged into this one, as far as this post sees them."""
    with acting(scope):
        if merged:
            return Joined(lead=next(iter(rows_of(scope, Matter.objects.filter(followers=matter_id))), None))
        found = Matter.objects.filter(merged_into_id=matter_id).order_by("opened_at", "id")
        return Joined(followers=tuple(rows_of(scope, found)))
