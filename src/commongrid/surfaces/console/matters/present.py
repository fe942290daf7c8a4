"""Rows of matters in the reader's words, for the queue, Today, search and lists of similar ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.kernel.scope import Scope
from commongrid.matters.queries import MatterRow
from commongrid.matters.rules.relations import causes, relations
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.shared.times import language, when

WARNED_AT: Final = 75
"""The share of a limit at which its warning comes, in percent."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A short mark on a row."""

    text: str
    tone: str = ""
    pictogram: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A matter as a list shows it."""

    row: MatterRow
    title: str
    kind: str
    place: str
    state: str
    owner: str
    source: str
    clock: str
    step: str
    percent: int
    chips: tuple[Chip, ...]
    url: str
    mine: bool = False


def rows(scope: Scope, found: Iterable[MatterRow]) -> list[Shown]:
    """Matters in the reader's words, with what this post owes next."""
    now, address = timezone.now(), _address()
    return [_shown(scope, row, now, address) for row in found]


def shown(scope: Scope, row: MatterRow, now: datetime | None = None) -> Shown:
    """A matter in the reader's words, with what this post owes next."""
    return _shown(scope, row, now or timezone.now(), _address())


def _address() -> str:
    """The address of a matter, for any id."""
    any_id = UUID(int=0)
    return reverse("matter", kwargs={"matter_id": any_id}).replace(str(any_id), "{}")


def _shown(scope: Scope, row: MatterRow, at: datetime, address: str) -> Shown:
    lang = language()
    return Shown(
        row=row,
        title=title_of(row),
        kind=row.kind.label(lang),
        place=row.place_label(lang),
        state=state_of(row),
        owner=owner_of(row),
        source=words.say(words.SOURCES, row.source),
        clock=words.say(words.CLOCKS, row.clock),
        step=words.event(row.step or ("recheck" if row.recheck_level else "")),
        percent=used(row.warn_at, row.due_at, at),
        chips=chips_of(row, at),
        url=address.format(row.id),
        mine=row.open and causes(scope, row.step, row.state, relations(scope, row.whereabouts)),
    )


def title_of(row: MatterRow) -> str:
    """Its title, or why there is none for this reader."""
    if row.confidential and not row.title and not row.sealed:
        return _("Confidential report")
    return row.title or (_("Sealed matter") if row.sealed else _("Its words are shown to those who work on it"))


def state_of(row: MatterRow) -> str:
    """Its state, or how it ended; what a village keeps waits to be taken on, not to be diverted."""
    if row.outcome:
        return words.say(words.OUTCOMES, row.outcome)
    return words.state("diverted" if row.state == "accepted" and row.step == "start" else row.state)


def owner_of(row: MatterRow) -> str:
    """Who has it: a unit's name, or a place with its level."""
    if not row.owner_level:
        return ""
    name = row.owner_label(language())
    if not name:
        return words.say(words.LEVELS, row.owner_level)
    if row.owner_level not in words.OWNERS:
        return name
    return words.say(words.OWNERS, row.owner_level) % {"place": name}


def used(warn_at: datetime | None, due_at: datetime | None, now: datetime) -> int:
    """The share of its limit that has passed, reckoned from its warning, which comes at three quarters."""
    if due_at is None or now >= due_at:
        return 100 if due_at is not None else 0
    if warn_at is None or warn_at >= due_at:
        return 0
    quarter = (due_at - warn_at).total_seconds()
    if now >= warn_at:
        return WARNED_AT + round((now - warn_at).total_seconds() / quarter * (100 - WARNED_AT))
    return max(0, WARNED_AT - round((warn_at - now).total_seconds() / quarter * (100 - WARNED_AT)))


def chips_of(row: MatterRow, now: datetime) -> tuple[Chip, ...]:
    """What somebody must see at a glance; the state and the clock have places of their own."""
    found = _elsewhere(row)
    if row.urgency in words.TONES:
        found.append(Chip(words.say(words.URGENCIES, row.urgency), words.TONES[row.urgency]))
    if row.danger_kind and row.open:
        found.append(Chip(_("Words of danger: sort it now"), "late", "warn"))
    if row.sealed:
        found.append(Chip(_("Sealed"), "late", "lock"))
    if row.confidential:
        found.append(Chip(_("Confidential"), "info", "lock"))
    if row.reopened:
        found.append(Chip(_("Reopened"), "warn", "again"))
    found += _asked(row)
    if row.provisional:
        found.append(Chip(_("Date provisional"), "info"))
    if row.recheck_due_at is not None:
        day = when(row.recheck_due_at, "short")
        late = row.recheck_due_at < now
        found.append(Chip(_("Recheck by %(day)s") % {"day": day}, "late" if late else "info", "again"))
    return (*found, *_from_above(row, now)) if row.open or row.leader_due_at else tuple(found)


def _elsewhere(row: MatterRow) -> list[Chip]:
    """Which other system's order it is, and by when that system wants it finished."""
    if not row.exchanged:
        return []
    name = f"{words.say(words.SYSTEMS, row.external_system)} {row.external_number}".strip()
    if row.open and row.external_due_at is not None:
        name = _("%(order)s, by %(day)s") % {"order": name, "day": when(row.external_due_at, "short")}
    return [Chip(name, "info")]


def _asked(row: MatterRow) -> list[Chip]:
    """That the deputy is asked for something, or gave more time."""
    found = [Chip(_("Deputy to decide"), "warn", "clock")] if row.applied else []
    return [*found, Chip(_("More time given"), "info")] if row.extended and row.open else found


def _from_above(row: MatterRow, now: datetime) -> list[Chip]:
    """That levels above look on or were told."""
    found = [_supervised(row, now)] if row.supervised_at is not None else []
    if row.leader_due_at is not None:
        day = when(row.leader_due_at, "short")
        late = row.leader_due_at < now
        found.append(Chip(_("Leader's note, answer by %(day)s") % {"day": day}, "late" if late else "warn", "flag"))
    if row.raised_level:
        level = words.say(words.LEVELS, row.raised_level)
        found.append(Chip(_("%(level)s told") % {"level": level}, "late", "flag"))
    return found


def _supervised(row: MatterRow, now: datetime) -> Chip:
    """That somebody above looks on, and whether an interim answer is wanted."""
    if row.interim_due_at is None:
        return Chip(_("Supervised"), "warn", "flag")
    return Chip(_("Interim answer wanted"), "late" if row.interim_due_at < now else "warn", "flag")
