"""Every seeded defect is caught by the one test that must catch it, and that test passes without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.figures import Record
from tests.proof import defects_beside
from tests.proof.defects import CODE_DEFECTS, DEFECTS, Defect, walls_hold
from tests.proof.defects_beside import steps_hold

if TYPE_CHECKING:
    from tests.bed import Database


CHECKS = list(dict.fromkeys([walls_hold, steps_hold, *(defect.caught_by for defect in CODE_DEFECTS)]))


@pytest.mark.parametrize(
    "defect", [*DEFECTS, *defects_beside.DEFECTS], ids=lambda defect: defect.name.replace(" ", "-")
)
def test_defect_is_caught(database: Database, defect: Defect, figure: Record) -> None:
    try:
        with defect.made(database), pytest.raises((AssertionError, pytest.fail.Exception)):
            defect.caught_by(database)
    finally:
        with database.as_admin() as admin:
            admin.execute("ALTER ROLE county_app NOBYPASSRLS")
    figure("seeded defects caught", asked=1, done=1)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_without_a_defect_the_same_test_passes(database: Database, check: Defect) -> None:
    check(database)  # type: ignore[operator]


def test_there_are_at_least_thirty() -> None:
    assert len(DEFECTS) >= 30
