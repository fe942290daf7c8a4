"""A place is understood as people write it: alone where one has the name, else after those above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.kernel.refusals import BadInput
from commongrid.matters.importing.queries import place_named, place_words
from tests.factories.desk import COUNTY, FAR_VILLAGE, GRID, VILLAGE, lay
from tests.factories.network import scope_as

if TYPE_CHECKING:
    from tests.bed import Database


def test_a_name_is_understood_alone_or_after_those_above_it(database: Database) -> None:
    scope = scope_as(lay(database), "dispatcher")
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET name = '同名村' WHERE code = ANY(%s)", [[VILLAGE, FAR_VILLAGE]])
        names = dict(owner.execute("SELECT code, name FROM territory_place WHERE valid_to IS NULL").fetchall())
    words = place_words(scope, COUNTY)
    township = names[VILLAGE // 10**6 * 10**6]
    with pytest.raises(BadInput):
        place_named(words, "同名村")
    assert place_named(words, f"{township}同名村") == VILLAGE
    assert place_named(words, f"{names[COUNTY]}{township}同名村") == VILLAGE
    assert place_named(words, f"{township}同名村{names[GRID]}") == GRID
    assert place_named(words, str(VILLAGE)) == VILLAGE
