"""A file on its way: read by the worker, refused where it breaks its reader, seen by its sender alone, swept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import NotAllowed, NotFound
from commongrid.registry.importing import actions, jobs, looking, queries
from commongrid.registry.importing.actions.sending import TRIES, UNREADABLE
from tests.factories.desk import GRID, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet
from tests.registry.importing.making import family, workbook
from tests.registry.importing.test_taking import send


def test_the_worker_looks_through_large_files_and_sweeps_old_ones(village: Hamlet) -> None:
    answer = actions.send_file(CLERK, Act.new(), sort="people", name="a.xlsx", data=workbook(*family(1, 1)))
    upload = UUID(answer["upload"])
    assert jobs.look_through_files() == 0
    assert jobs.look_through_files(Act.new().at + timedelta(minutes=2)) == 1
    assert queries.found(CLERK, upload)["counts"] == {"new": 3}
    assert jobs.sweep(Act.new().at + timedelta(days=2)) == 1
    with pytest.raises(NotFound):
        queries.upload(CLERK, upload)


def fault_of(upload: UUID) -> tuple[str, bool]:
    row = queries.upload(CLERK, upload)
    return row.state, UNREADABLE in row.fault


def test_a_file_that_breaks_its_reader_is_refused_and_the_next_is_read(
    village: Hamlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        UUID(actions.send_file(CLERK, Act.new(), sort="people", name=name, data=workbook(*family(1, 1)))["upload"])
        for name in ("a.xlsx", "b.xlsx")
    )
    as_ever = looking.read_file

    def breaks(scope: Any, data: bytes, row: Any, **more: Any) -> Any:
        if row.name == "a.xlsx":
            raise ZeroDivisionError
        return as_ever(scope, data, row, **more)

    monkeypatch.setattr(looking, "read_file", breaks)
    later = Act.new().at + timedelta(minutes=2)
    with pytest.raises(ZeroDivisionError):
        jobs.look_through_files(later)
    assert jobs.look_through_files(later) == 1
    assert fault_of(first) == ("refused", True)
    assert fault_of(second) == ("looked", False)


def test_a_file_whose_reader_ended_is_read_anew_and_not_for_ever(village: Hamlet) -> None:
    answer = actions.send_file(CLERK, Act.new(), sort="people", name="a.xlsx", data=workbook(*family(1, 1)))
    upload, at = UUID(answer["upload"]), Act.new().at
    for n in range(TRIES):
        at += timedelta(minutes=6)
        assert actions.take_up(CLERK, Act(new_id(), at), upload_id=upload)
        assert not actions.take_up(CLERK, Act(new_id(), at), upload_id=upload), n
        assert jobs.look_through_files(at + timedelta(minutes=1)) == 0
    actions.progressed(CLERK, Act(new_id(), at + timedelta(minutes=4)), upload_id=upload, share=50)
    assert jobs.look_through_files(at + timedelta(minutes=6)) == 0
    assert jobs.look_through_files(at + timedelta(minutes=12)) == 1
    assert fault_of(upload) == ("refused", True)


def test_only_whoever_sent_a_file_sees_it(village: Hamlet) -> None:
    upload = send(*family(1, 1))
    other = scope_at(VILLAGE, "people.edit", role="colleague")
    with pytest.raises(NotFound):
        queries.upload(other, upload)


def test_whoever_sees_only_part_of_a_place_sends_no_list(village: Hamlet) -> None:
    grid = scope_at(VILLAGE, "people.edit", "people.read", narrow="grids", grids=(GRID,))
    with pytest.raises(NotAllowed, match="whole village"):
        actions.send_file(grid, Act.new(), sort="people", name="a.xlsx", data=workbook(*family(1, 1)))
