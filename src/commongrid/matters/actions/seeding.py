"""What every county starts with: kinds, the work list, limits, urgencies, tiles."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from importlib import resources
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import models, transaction

from commongrid.matters.models import (
    DangerWord,
    ExternalSystem,
    GuardedWord,
    Kind,
    Limit,
    ReferralBody,
    SealedBody,
    StandardAnswer,
    TileShown,
    UrgencyRule,
    WaitingReason,
    WorkListRow,
)

SINCE = date(2004, 1, 1)
"""Long before any matter, so that imported ones find their kind."""


def seed() -> None:
    """Load the vocabularies where they are missing; rows that officials changed stay.

    Run by the owner after every migration; harmless to run again.
    """
    with transaction.atomic():
        known = set(Kind.objects.values_list("code", flat=True))
        _add(Kind, (row for row in _kinds() if row.code not in known))
        listed = set(WorkListRow.objects.values_list("kind_code", "level"))
        _add(WorkListRow, (row for row in _work_list() if (row.kind_code, row.level) not in listed))
        limited = set(Limit.objects.values_list("code", flat=True))
        systems = set(ExternalSystem.objects.values_list("code", flat=True))
        _add(ExternalSystem, (row for row in _systems() if row.code not in systems))
        _add(Limit, (row for row in _limits() if row.code not in limited))
        pressing = set(UrgencyRule.objects.values_list("code", flat=True))
        _add(UrgencyRule, (row for row in _urgencies() if row.code not in pressing))
        named = set(ReferralBody.objects.values_list("code", flat=True))
        _add(ReferralBody, (row for row in _bodies() if row.code not in named))
        given = set(WaitingReason.objects.values_list("sort", "code"))
        _add(WaitingReason, (row for row in _reasons() if (row.sort, row.code) not in given))
        worded = set(StandardAnswer.objects.values_list("code", "language"))
        _add(StandardAnswer, (row for row in _answers() if (row.code, row.language) not in worded))
        guarded = set(GuardedWord.objects.values_list("word", flat=True))
        _add(GuardedWord, (row for row in _guarded() if row.word not in guarded))
        dangers = set(DangerWord.objects.values_list("word", flat=True))
        _add(DangerWord, (row for row in _dangers() if row.word not in dangers))
        taking = set(SealedBody.objects.values_list("function", flat=True))
        _add(SealedBody, (row for row in _sealed_bodies() if row.function not in taking))
        if not TileShown.objects.exists():
            _add(TileShown, _tiles())


def _add(table: type[models.Model], rows: Iterable[models.Model]) -> None:
    table._default_manager.bulk_create(list(rows), ignore_conflicts=True)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("commongrid.matters").joinpath("seeds", f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _id(*parts: str) -> UUID:
    return uuid5(NAMESPACE_OID, "commongrid matters " + " ".join(parts))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _kinds() -> Iterator[Kind]:
    for position, row in enumerate(_rows("kinds")):
        yield Kind(
            id=_id("kind", row["code"]),
            code=row["code"],
            parent=row["parent"],
            zh=row["zh"],
            en=row["en"],
            first_level=row["first_level"],
            respond_hours=_number(row["respond_hours"]),
            finish_days=_number(row["finish_days"]),
            calendar=row["calendar"] or "W",
            visit=row["visit"] or "none",
            rated=row["rated"] == "1",
            visibility=row["visibility"] or "parties",
            sensitive=row["sensitive"] == "1",
            closes=row["closes"] or "filing",
            routed_round=row["routed_round"] == "1",
            settle_roles=[role for role in row["settle_roles"].split("|") if role],
            competent=row["competent"],
            emergency=row["emergency"],
            note=row["note"],
            position=position,
            valid_from=SINCE,
        )


def _systems() -> Iterator[ExternalSystem]:
    for position, row in enumerate(_rows("external_systems")):
        days = {name: int(row[name]) if row[name] else None for name in ("accept_days", "finish_days", "extend_days")}
        yield ExternalSystem(
            id=_id("system", row["code"]),
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            source=row["source"],
            their_visit=row["their_visit"] == "1",
            note=row["note"],
            position=position,
            valid_from=SINCE,
            **days,
        )


def _work_list() -> Iterator[WorkListRow]:
    for row in _rows("work_list"):
        yield WorkListRow(
            id=_id("lead", row["kind_code"], row["level"]),
            kind_code=row["kind_code"],
            level=row["level"],
            function=row["function"],
            list=row["list"],
            valid_from=SINCE,
        )


def _limits() -> Iterator[Limit]:
    for row in _rows("limits"):
        yield Limit(
            id=_id("limit", row["code"]),
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            amount=Decimal(row["amount"]),
            measure=row["measure"],
            calendar=row["calendar"],
            valid_from=SINCE,
        )


def _bodies() -> Iterator[ReferralBody]:
    for position, row in enumerate(_rows("referral_bodies")):
        yield ReferralBody(id=_id("body", row["code"]), position=position, valid_from=SINCE, **row)


def _reasons() -> Iterator[WaitingReason]:
    for position, row in enumerate(_rows("reasons")):
        ident = _id("reason", row["sort"], row["code"])
        yield WaitingReason(id=ident, position=position, valid_from=SINCE, **row)


def _urgencies() -> Iterator[UrgencyRule]:
    for position, row in enumerate(_rows("urgencies")):
        yield UrgencyRule(
            id=_id("urgency", row["code"]),
            position=position,
            valid_from=SINCE,
            **{**row, "factor": Decimal(row["factor"])},
        )


def _answers() -> Iterator[StandardAnswer]:
    for row in _rows("answers"):
        yield StandardAnswer(id=_id("answer", row["code"], row["language"]), valid_from=SINCE, **row)


def _guarded() -> Iterator[GuardedWord]:
    for row in _rows("guarded_words"):
        yield GuardedWord(id=_id("guarded", row["word"]), valid_from=SINCE, **row)


def _dangers() -> Iterator[DangerWord]:
    for row in _rows("danger_words"):
        yield DangerWord(id=_id("danger", row["word"]), valid_from=SINCE, **row)


def _sealed_bodies() -> Iterator[SealedBody]:
    for row in _rows("sealed_bodies"):
        yield SealedBody(id=_id("sealed body", row["function"]), valid_from=SINCE, **row)


def _tiles() -> Iterator[TileShown]:
    for position, row in enumerate(_rows("tiles")):
        yield TileShown(id=_id("tile", row["code"]), position=position, valid_from=SINCE, **row)
