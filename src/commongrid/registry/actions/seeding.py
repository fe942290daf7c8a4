"""What every register starts with: standard code lists, types of flags, which fields are asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import resources
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import models, transaction
from django.utils.timezone import localdate

from commongrid.registry.keeping.models import RetentionRule
from commongrid.registry.models import ChangeRule, Code, FieldRule, FlagType

SINCE = date(2004, 1, 1)
"""Long before any record, so that an old one is read with the same words."""


def seed() -> None:
    """Load the vocabularies where they are missing; rows that officials changed stay.

    Run by the owner after every migration; harmless to run again.
    """
    with transaction.atomic():
        known = set(Code.objects.values_list("list", "code"))
        _add(Code, (row for row in _codes() if (row.list, row.code) not in known))
        typed = set(FlagType.objects.values_list("code", flat=True))
        every = (*_flag_types(), *_payments(localdate().year))
        _add(FlagType, (row for row in every if row.code not in typed))
        sorted_ = set(ChangeRule.objects.values_list("sort", flat=True))
        _add(ChangeRule, (row for row in _change_rules() if row.sort not in sorted_))
        ruled = set(FieldRule.objects.values_list("of", "field", "who"))
        _add(FieldRule, (row for row in _field_rules() if (row.of, row.field, row.who) not in ruled))
        kept = set(RetentionRule.objects.values_list("code", flat=True))
        _add(RetentionRule, (row for row in _retention_rules() if row.code not in kept))


def _add(table: type[models.Model], rows: Iterable[models.Model]) -> None:
    table._default_manager.bulk_create(list(rows), ignore_conflicts=True)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("commongrid.registry").joinpath("seeds", f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _id(*parts: str) -> UUID:
    return uuid5(NAMESPACE_OID, "commongrid registry " + " ".join(parts))


def _codes() -> Iterator[Code]:
    for position, row in enumerate(_rows("codes")):
        yield Code(
            id=_id("code", row["list"], row["code"]),
            list=row["list"],
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            standard=row["standard"],
            position=position,
            valid_from=SINCE,
        )


def _flag_types() -> Iterator[FlagType]:
    for position, row in enumerate(_rows("flag_types")):
        yield FlagType(
            id=_id("flag type", row["code"]),
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            group=row["group"],
            of=row["belongs_to"],
            sensitive=row["sensitive"] == "1",
            procedure=row["procedure"] == "1",
            position=position,
            valid_from=SINCE,
        )


PAID: Final = (
    ("medical", "{}年城乡居民医保已缴费", "Resident medical insurance paid for {}"),
    ("pension", "{}年城乡居民养老保险已缴费", "Resident pension paid for {}"),
)
"""What is paid for year by year: the group of its types of flags, and how that of a year is called."""


def _payments(year: int) -> Iterator[FlagType]:
    """The types that say who has paid for this year and for the next; later ones a county adds, or a later release."""
    for group, zh, en in PAID:
        for of in (year, year + 1):
            yield FlagType(
                id=_id("flag type", f"{group}_{of}"), code=f"{group}_{of}", zh=zh.format(of), en=en.format(of),
                group=group, of="person", position=of, valid_from=SINCE,
            )  # fmt: skip


def _change_rules() -> Iterator[ChangeRule]:
    for position, row in enumerate(_rows("change_rules")):
        yield ChangeRule(
            id=_id("change rule", row["sort"]),
            sort=row["sort"],
            zh=row["zh"],
            en=row["en"],
            approve=row["approve"] == "1",
            days=int(row["days"]),
            position=position,
            valid_from=SINCE,
        )


def _field_rules() -> Iterator[FieldRule]:
    for position, row in enumerate(_rows("field_rules")):
        yield FieldRule(
            id=_id("field rule", row["of"], row["field"], row["who"]),
            of=row["of"],
            field=row["field"],
            who=row["who"],
            need=row["need"],
            fresh_days=int(row["fresh_days"]) if row["fresh_days"] else None,
            weight=int(row["weight"]),
            position=position,
            valid_from=SINCE,
        )


def _retention_rules() -> Iterator[RetentionRule]:
    for position, row in enumerate(_rows("retention")):
        yield RetentionRule(
            id=_id("retention", row["code"]),
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            length=int(row["length"]) if row["length"] else None,
            unit=row["unit"],
            archive=row["archive"] == "1",
            basis=row["basis"],
            position=position,
            valid_from=SINCE,
        )
