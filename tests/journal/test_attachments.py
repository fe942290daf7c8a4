"""Attachments: kept once, counted, seen only with their subject, gone when nothing uses them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.files.storage import default_storage

from commongrid.journal import attachments
from commongrid.journal.acting import acting
from commongrid.journal.attachments import Staged, Subject, stage
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, Unavailable
from commongrid.kernel.scope import Scope, public, slip
from commongrid.matters import actions as matters
from tests.bed import Database
from tests.factories import crafted
from tests.factories.desk import GRID, VILLAGE, Desk, lay
from tests.factories.network import scope_as

CULVERT = "D01"


@pytest.fixture
def desk(database: Database, settings: Any, tmp_path: Path) -> Desk:
    """A small county with a folder of its own for files."""
    files = {**settings.STORAGES["default"], "OPTIONS": {**settings.FILES, "location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    return lay(database)


def photo(number: int = 0) -> bytes:
    return crafted.picture(random.Random(number), "JPEG")


def reported(scope: Scope, *photos: Staged, place: int = GRID, act: Act | None = None) -> UUID:
    what = matters.Report(kind_code=CULVERT, place=place, text="涵洞塌了", photos=photos)
    return UUID(str(matters.report(scope, act or Act.new(), report=what)["matter"]))


def count(desk: Desk, table: str) -> int:
    """Rows of a table; of blobs, the files they count."""
    what = "coalesce(sum(files), 0)" if table == "journal_blob" else "count(*)"
    with desk.database.as_role("owner") as owner:
        row = owner.execute(f"SELECT {what} FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


class TestAttach:
    def test_a_villagers_photo_is_seen_by_those_who_see_the_matter(self, desk: Desk) -> None:
        staged = stage(photo())
        matter = reported(public("matters.report"), staged)
        (row,) = attachments.files_of(scope_as(desk, "grid_head"), matter)
        assert (row.media_type, row.size, row.stored.hex()) == ("image/jpeg", staged.size, staged.stored)
        assert attachments.file(scope_as(desk, "dispatcher"), row.id) == row
        assert attachments.content(row)[:3] == b"\xff\xd8\xff"

    @pytest.mark.parametrize("post", ["far_dispatcher", "station", "auditor"])
    def test_nobody_else_sees_it(self, desk: Desk, post: str) -> None:
        matter = reported(public("matters.report"), stage(photo()))
        (row,) = attachments.files_of(scope_as(desk, "dispatcher"), matter)
        outside = scope_as(desk, post)
        if post == "auditor":
            outside = replace(outside, lo=1, hi=0)
        assert attachments.files_of(outside, matter) == ()
        with pytest.raises(NotFound):
            attachments.file(outside, row.id)

    def test_the_holder_of_the_slip_sees_only_their_own(self, desk: Desk) -> None:
        mine, other = (reported(public("matters.report"), stage(photo(n))) for n in range(2))
        with desk.database.as_role("owner") as owner:
            hashed = owner.execute("SELECT slip_hash FROM matters_matter WHERE id = %s", [mine]).fetchone()
        assert hashed is not None
        holder = slip(bytes(hashed[0]), "matters.follow")
        assert len(attachments.files_of(holder, mine)) == 1
        assert attachments.files_of(holder, other) == ()

    def test_the_public_sees_none(self, desk: Desk) -> None:
        assert attachments.files_of(public(), reported(public("matters.report"), stage(photo()))) == ()

    def test_a_retry_makes_no_second_row(self, desk: Desk) -> None:
        staged, act = stage(photo()), Act.new()
        first, second = (reported(public("matters.report"), staged, act=act) for _ in range(2))
        assert first == second
        assert (count(desk, "journal_file"), count(desk, "journal_blob")) == (1, 1)

    def test_the_same_bytes_are_kept_once_and_counted(self, desk: Desk) -> None:
        staged = stage(photo())
        assert stage(photo()) == staged
        for _ in range(3):
            reported(public("matters.report"), staged)
        assert len(list(attachments._names())) == 1
        assert count(desk, "journal_blob") == 3

    def test_too_many_files_are_refused_and_nothing_is_kept(self, desk: Desk) -> None:
        with pytest.raises(BadInput, match="At most 20"):
            reported(public("matters.report"), *[stage(photo())] * (attachments.MOST + 1))
        assert (count(desk, "journal_file"), count(desk, "matters_matter")) == (0, 0)

    def test_bytes_that_were_swept_meanwhile_must_be_sent_again(self, desk: Desk) -> None:
        staged = stage(photo())
        default_storage.delete(attachments.path_of(bytes.fromhex(staged.stored)))
        with pytest.raises(Unavailable, match="too long ago"):
            reported(public("matters.report"), staged)
        assert count(desk, "journal_file") == 0

    def test_row_level_security_refuses_a_file_on_what_one_does_not_see(self, desk: Desk) -> None:
        matter = reported(public("matters.report"))
        outside = scope_as(desk, "far_dispatcher")
        with pytest.raises(Exception, match="row-level security"), acting(outside):
            attachments.attach(outside, Act.new(), to=Subject("matter", matter, VILLAGE), files=[stage(photo())])
        assert count(desk, "journal_file") == 0


class TestStage:
    def test_a_refused_file_leaves_nothing(self, desk: Desk) -> None:
        with pytest.raises(BadInput):
            stage(b"<script>")
        assert list(attachments._names()) == []

    def test_a_write_that_was_cut_off_is_repaired(self, desk: Desk) -> None:
        staged = stage(photo())
        where = Path(default_storage.path(attachments.path_of(bytes.fromhex(staged.stored))))
        where.chmod(0o600)
        where.write_bytes(where.read_bytes()[:10])
        assert stage(photo()) == staged
        assert where.stat().st_size == staged.size

    def test_bytes_are_readable_by_their_owner_alone(self, desk: Desk) -> None:
        where = Path(default_storage.path(attachments.path_of(bytes.fromhex(stage(photo()).stored))))
        assert where.stat().st_mode & 0o077 == 0
        assert where.parent.stat().st_mode & 0o077 == 0

    def test_a_ticket_carries_it_over_a_form_shown_again(self, desk: Desk) -> None:
        staged = stage(photo())
        given = attachments.ticket(staged)
        assert attachments.staged_from(given) == staged
        for other in (given[:-1], "", given.replace(":", "."), given + "x", given[1:]):
            with pytest.raises(BadInput):
                attachments.staged_from(other)


class TestContent:
    def test_bytes_that_are_not_what_was_kept_are_never_given_out(self, desk: Desk) -> None:
        matter = reported(public("matters.report"), stage(photo()))
        (row,) = attachments.files_of(scope_as(desk, "dispatcher"), matter)
        where = Path(default_storage.path(attachments.path_of(row.stored)))
        where.write_bytes(b"<script>alert(1)</script>")
        with pytest.raises(Unavailable):
            attachments.content(row)
        where.unlink()
        with pytest.raises(Unavailable):
            attachments.content(row)


class TestReceivedBefore:
    def test_only_a_post_is_told_and_only_of_its_own(self, desk: Desk) -> None:
        head, member = scope_as(desk, "grid_head"), scope_as(desk, "grid_member")
        staged = stage(photo())
        received = bytes.fromhex(staged.received)
        reported(head, staged)
        found = attachments.received_before(head, received)
        assert found is not None
        assert found.stored.hex() == staged.stored
        assert attachments.received_before(member, received) is None
        assert attachments.received_before(public("matters.report"), received) is None


class TestSweep:
    def test_what_no_row_uses_goes_and_the_rest_stays(self, desk: Desk) -> None:
        used, unused = stage(photo(1)), stage(photo(2))
        reported(public("matters.report"), used)
        assert attachments.sweep() == 0, "what was just put away may still be attached"
        assert attachments.sweep(timedelta(0)) == 1
        assert [name.replace("/", "") for name in attachments._names()] == [used.stored]
        assert unused.stored != used.stored

    def test_dropping_the_last_row_lets_the_bytes_go(self, desk: Desk) -> None:
        staged = stage(photo())
        first, second = (reported(public("matters.report"), staged) for _ in range(2))
        scope = scope_as(desk, "dispatcher")
        for left, matter in ((1, first), (0, second)):
            with acting(scope):
                rows = [row.id for row in attachments.files_of(scope, matter)]
                assert attachments.drop(scope, Act.new(), files=rows) == 1
            assert count(desk, "journal_blob") == left
            assert attachments.sweep(timedelta(0)) == (0 if left else 1)

    def test_a_file_of_somebody_else_can_not_be_dropped(self, desk: Desk) -> None:
        matter = reported(public("matters.report"), stage(photo()))
        (row,) = attachments.files_of(scope_as(desk, "dispatcher"), matter)
        assert attachments.drop(scope_as(desk, "far_dispatcher"), Act.new(), files=[row.id, uuid4()]) == 0
        assert count(desk, "journal_file") == 1


def test_the_app_role_sees_and_adds_no_file_without_a_scope(desk: Desk) -> None:
    reported(public("matters.report"), stage(photo()))
    columns = "id, subject_kind, subject, place, author, received_hash, stored_hash, media_type, size, at"
    values = "gen_random_uuid(), 'matter', gen_random_uuid(), 1, 'x', 'x', 'x', 'image/jpeg', 1, now()"
    with desk.database.as_role("app") as app:
        assert app.execute("SELECT count(*) FROM journal_file").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"INSERT INTO journal_file ({columns}) VALUES ({values})")
