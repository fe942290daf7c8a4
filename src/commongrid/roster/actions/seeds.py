"""Roles, powers and functions as rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from commongrid.roster.models import Function, Power, Role, RolePower
from commongrid.roster.rules import BEGIN

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "seeds"
_IDS = uuid5(NAMESPACE_URL, "commongrid:roster.role_power")


def seed() -> None:
    """Load the vocabularies that are not there yet; rows that officials changed or ended stay as they are."""
    Function.objects.bulk_create(
        (
            Function(code=row["code"], zh=row["zh"], en=row["en"], position=n, valid_from=BEGIN)
            for n, row in enumerate(_rows("functions"))
        ),
        ignore_conflicts=True,
    )
    Power.objects.bulk_create(
        (Power(code=row["code"], zh=row["zh"], en=row["en"], valid_from=BEGIN) for row in _rows("powers")),
        ignore_conflicts=True,
    )
    Role.objects.bulk_create(
        (
            Role(
                code=row["code"],
                zh=row["zh"],
                en=row["en"],
                scope_level=row["scope_level"],
                second_factor=row["second_factor"] == "1",
                expected=row["expected"] == "1",
                position=n,
                valid_from=BEGIN,
            )
            for n, row in enumerate(_rows("roles"))
        ),
        ignore_conflicts=True,
    )
    RolePower.objects.bulk_create(
        (
            RolePower(
                id=uuid5(_IDS, f"{row['role']} {row['power']}"),
                role_id=row["role"],
                power_id=row["power"],
                valid_from=BEGIN,
            )
            for row in _rows("role_powers")
        ),
        ignore_conflicts=True,
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
