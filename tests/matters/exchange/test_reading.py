"""Sheets of other systems: no column is offered that nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from commongrid.matters.exchange import layout
from commongrid.matters.exchange.reading import Meaning, RowReader
from commongrid.matters.importing.rules.columns import Binding


class Watched:
    """A row without anything in it that notes which columns are looked at."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.headers: dict[str, str] = {}

    def cell(self, _cells: Sequence[object], name: str) -> object:
        self.read.add(name)
        return ""


@pytest.mark.parametrize("sort", ["orders", "results"])
def test_every_column_that_a_template_offers_is_read(sort: str) -> None:
    seen: Any = Watched()
    meaning = Meaning(
        kinds={}, places={}, own_place=1, unsorted="Z00", zone=ZoneInfo("Asia/Shanghai"), now=datetime.now(UTC)
    )
    reader = RowReader(binding=cast("Binding", seen), meaning=meaning)
    (reader.order if sort == "orders" else reader.result)(2, [])
    assert seen.read == {column.field for column in layout.fields(sort)}
