"""Every seeded defect is caught by the one test that must catch it, and that test passes without it.

``make test`` seeds a third of them; ``make nightly`` all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proof import defects_beside, defects_links, defects_register, defects_told, defects_words
from tests.proof.defects import DEFECTS, Defect, walls_hold
from tests.proof.defects_beside import steps_hold
from tests.sizes import in_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bed import Database
    from tests.figures import Record
    from tests.proof.world import World

ALL = (
    *DEFECTS, *defects_beside.DEFECTS, *defects_register.DEFECTS, *defects_links.DEFECTS, *defects_told.DEFECTS,
    *defects_words.DEFECTS,
)  # fmt: skip
SEEDED = in_turn(ALL, 3)
PROBES = (
    walls_hold, steps_hold, defects_register.register_holds, defects_links.links_hold, defects_links.grids_hold,
)  # fmt: skip
"""The checks that probe the world; the others bring what they need."""


def each(defects: list[Defect]) -> pytest.MarkDecorator:
    """One test per defect, by its name."""
    return pytest.mark.parametrize("defect", defects, ids=lambda defect: defect.name.replace(" ", "-"))


def each_check(checks: list[Callable[[Database], None]]) -> pytest.MarkDecorator:
    """One test per check, by its name."""
    return pytest.mark.parametrize("check", list(dict.fromkeys(checks)), ids=lambda check: check.__name__)


def caught(database: Database, defect: Defect, figure: Record) -> None:
    with defect.made(database), pytest.raises((AssertionError, pytest.fail.Exception)):
        defect.caught_by(database)
    figure("seeded defects caught", asked=1, done=1)


@each([one for one in SEEDED if one.caught_by in PROBES])
def test_defect_of_the_walls_is_caught(database: Database, world: World, defect: Defect, figure: Record) -> None:
    assert world.matters
    caught(database, defect, figure)


@each([one for one in SEEDED if one.caught_by not in PROBES])
def test_defect_of_the_code_is_caught(database: Database, defect: Defect, figure: Record) -> None:
    caught(database, defect, figure)


@each_check(list(PROBES))
def test_without_a_defect_the_probes_pass(database: Database, world: World, check: Callable[[Database], None]) -> None:
    assert world.matters
    check(database)


@each_check([one.caught_by for one in SEEDED if one.caught_by not in PROBES])
def test_without_a_defect_the_same_test_passes(database: Database, check: Callable[[Database], None]) -> None:
    check(database)


def test_there_are_at_least_thirty() -> None:
    assert len(ALL) >= 30
