"""An interim answer that a supervisor asked for: the owner is warned once, the supervisor told once that none came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate
from psycopg import connect

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.matters import actions, jobs
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Supervision

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.factories.scenes import Scene


def demanded(scene: Scene, matter: UUID, on: date) -> Supervision:
    """A supervision with a day for the answer, as the row says."""
    act = Act.new()
    county = scene.as_post("county_dispatcher")
    actions.supervise(county, act, matter_id=matter, note="请说明进展", reply_on=on)
    with acting(TICK):
        return Supervision.objects.get(matter_id=matter)


def names(matter: UUID) -> list[str]:
    """The acts of the clock about the answer."""
    from commongrid.journal.queries import history

    return [line.name for line in history(TICK, matter) if line.name.startswith("matters.reply_")]


def test_warned_once_then_missed_once(scene: Scene) -> None:
    matter = scene.in_hand("桥面塌陷")
    row = demanded(scene, matter, localdate() + timedelta(days=9))
    assert row.warn_by is not None
    assert row.reply_by is not None
    assert row.at < row.warn_by < row.reply_by
    for at in (row.warn_by - timedelta(seconds=1), row.warn_by, row.warn_by, row.reply_by, row.reply_by):
        jobs.tick(at)
    assert names(matter) == ["matters.reply_awaited", "matters.reply_missed"]
    jobs.tick(row.reply_by + timedelta(days=30))
    assert names(matter) == ["matters.reply_awaited", "matters.reply_missed"]


def test_an_answer_in_time_is_missed_by_nobody(scene: Scene) -> None:
    matter = scene.in_hand("桥面塌陷")
    row = demanded(scene, matter, localdate() + timedelta(days=9))
    actions.reply(scene.as_post("station"), Act.new(), matter_id=matter, text="正在办理")
    assert row.reply_by is not None
    jobs.tick(row.reply_by + timedelta(minutes=1))
    assert names(matter) == []


def test_another_countys_tick_is_not_in_the_way(scene: Scene, database: Database) -> None:
    """The lock is the schema's: a tick of another county, holding its own, blocks nobody here."""
    matter = scene.in_hand("桥面塌陷")
    row = demanded(scene, matter, localdate() + timedelta(days=9))
    assert row.reply_by is not None
    with connect(database.url("app"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext('another_county'))", [jobs.LOCK])
        assert jobs.tick(row.reply_by) >= 1
    with connect(database.url("app"), autocommit=True) as twin:
        twin.execute("SELECT pg_advisory_lock(%s, hashtext(current_schema()))", [jobs.LOCK])
        assert jobs.tick(row.reply_by + timedelta(days=400)) == 0
