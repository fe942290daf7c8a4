"""Migrations in strides do to the database what single steps do, in the same order."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from commongrid import migrations
from commongrid.config.strides import in_strides
from tests.sizes import FULL

if TYPE_CHECKING:
    from tests.bed import Database

OURS = sorted(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
loader = cache(lambda: MigrationLoader(None))


def statements(name: str) -> list[str]:
    """What a migration would say to the database."""
    key = ("commongrid", name)
    state = loader().project_state(key, at_end=False)
    with connection.schema_editor(collect_sql=True) as editor:
        Migration.apply(loader().graph.nodes[key], state, editor)
    return [str(one) for one in editor.collected_sql]


@pytest.mark.parametrize("name", OURS if FULL else ["0004_divisions", OURS[-1]])
def test_strides_say_what_single_steps_say(database: Database, name: str) -> None:
    assert database.url()
    plain = statements(name)
    with in_strides():
        assert statements(name) == plain
    assert plain
