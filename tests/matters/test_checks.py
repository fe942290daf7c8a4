"""Deadlines that no state of the loop has: asking whether an agreement was kept, and sealed matters without a body."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.matters import actions, jobs
from commongrid.matters.actions import About, mediating
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Mediation
from commongrid.matters.queries import mediation as files
from commongrid.notices import jobs as notices
from commongrid.notices.models import Notice
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_loop import assert_owed, row
from tests.matters.test_mediation import agreed
from tests.matters.test_sight import VIOLENCE, tell
from tests.readers import readers_see

EYE = clock("test.figures", "figures.read", "matters.read")


def file_of(matter: UUID) -> Mediation:
    with acting(TICK):
        return Mediation.objects.get(matter_id=matter)


def names(matter: UUID, *of: str) -> list[str]:
    """The lines of these names, in order."""
    return [line.name.removeprefix("matters.") for line in history(TICK, matter) if line.name.endswith(of)]


def told(sort: str, at: datetime) -> list[UUID]:
    """Which posts were told, in order."""
    readers_see()
    notices.read(at)
    with acting(notices.SCOPE):
        found = Notice.objects.filter(sort=sort, channel="inbox").order_by("at", "id")
        return [one for one in found.values_list("post", flat=True) if one is not None]


def test_nobody_asked_whether_it_was_kept_so_the_mediator_and_then_the_offices_hear(scene: Scene) -> None:
    matter, file = agreed(scene)
    kept = file_of(matter)
    assert kept.check_alarm_at is not None
    assert kept.check_due_at is not None
    jobs.tick(kept.check_alarm_at - timedelta(seconds=1))
    assert names(matter, "check_awaited", "check_overdue") == []
    assert jobs.tick(kept.check_alarm_at) >= 1
    assert names(matter, "check_awaited", "check_overdue") == ["check_awaited"]
    assert told("check", timezone.now()) == [id_of("mediator")]
    assert files.to_check(scene.as_post("justice")) == []
    late = kept.check_due_at + timedelta(minutes=1)
    jobs.tick(late)
    jobs.tick(late + timedelta(seconds=5))
    assert names(matter, "check_awaited", "check_overdue") == ["check_awaited", "check_overdue"]
    assert told("check", timezone.now()) == [id_of("mediator"), id_of("justice")]
    assert [one.id for one in files.to_check(scene.as_post("justice"))] == [file]
    further = file_of(matter).check_alarm_at
    assert further is not None
    jobs.tick(further)
    assert (file_of(matter).check_raised, file_of(matter).check_alarm_at) == ("county", None)
    jobs.tick(further + timedelta(days=30))
    levels = [line.facts["level"] for line in history(TICK, matter) if line.name == "matters.check_overdue"]
    assert levels == ["township", "county"], "once each"


def test_once_somebody_asked_the_clock_is_silent(scene: Scene) -> None:
    matter, file = agreed(scene)
    alarm = file_of(matter).check_alarm_at
    assert alarm is not None
    scene.do("mediator", mediating.check, matter, mediation_id=file, kept=True, found="界桩已立")
    jobs.tick(alarm + timedelta(days=60))
    assert names(matter, "check_awaited", "check_overdue") == []


def end(scene: Scene, name: str) -> None:
    """A unit ends today and nobody follows it."""
    with scene.desk.database.as_role("owner") as owner:
        query = "UPDATE roster_unit SET valid_to = %s WHERE id = %s"
        owner.execute(query, [timezone.localdate(), id_of(name + "_unit")])


def add_unit(scene: Scene, name: str, function: str) -> None:
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command, office_phone,"
            " valid_from) VALUES (%s, %s, 'department', %s, '', %s, false, '', %s)",
            [id_of(name + "_unit"), desk.COUNTY, name, function, desk.FROM],
        )


def test_a_sealed_matter_whose_body_ended_waits_told_once_until_there_is_one(scene: Scene) -> None:
    matter = tell(VIOLENCE)
    assert row(matter).unit_id == id_of("police_unit")
    end(scene, "police")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s WHERE function_id IN"
            " ('public_security', 'politics_law', 'grid_centre')", [timezone.localdate()],
        )  # fmt: skip
    assert [jobs.dissolve(), jobs.dissolve()] == [0, 0]
    assert names(matter, "left_without_body", "unit_dissolved") == ["left_without_body"]
    assert set(told("no_body", timezone.now())) == {id_of("county_dispatcher")}
    assert row(matter).unit_id == id_of("police_unit"), "nobody else ever sees it"
    add_unit(scene, "commission", "politics_law")
    assert [jobs.dissolve(), jobs.dissolve()] == [1, 0]
    found = assert_owed(matter)
    assert (found.unit_id, found.place, found.sealed) == (id_of("commission_unit"), desk.COUNTY, True)


def test_without_a_body_of_its_own_it_goes_to_the_county_centre_and_no_complaint_does(scene: Scene) -> None:
    add_unit(scene, "centre", "grid_centre")
    matter = tell(VIOLENCE)
    above = tell("G02", about=About(whom="county"))
    assert row(above).unit_id == id_of("discipline_unit")
    end(scene, "police")
    end(scene, "discipline")
    assert jobs.dissolve() == 1
    assert (row(matter).unit_id, row(above).unit_id) == (id_of("centre_unit"), id_of("discipline_unit"))
    assert names(above, "left_without_body") == ["left_without_body"]


def test_what_is_sealed_has_no_finishing_limit_and_counts_as_neither_in_time_nor_late(scene: Scene) -> None:
    opened, sorted_in = tell(VIOLENCE), scene.report("门口总有人吵", kind="Z00")
    turned = scene.at_township("县领导占地", kind="G02")
    scene.do("dispatcher", actions.route_round, turned, about=About(whom="county"), reason="反映县领导")
    if row(sorted_in).owner_level == "village":
        scene.do("clerk", actions.raise_level, sorted_in, reason="不好办")
    scene.do("dispatcher", actions.accept, sorted_in, kind_code=VIOLENCE)
    for one in (opened, sorted_in, turned):
        assert (row(one).sealed, row(one).finish_due_at) == (True, None)
        assert assert_owed(one).due_at is not None, "its receipt is due"
    for one, by in ((opened, "police"), (sorted_in, "police"), (turned, "discipline")):
        actions.receipt(scene.as_post(by), Act.new(), matter_id=one)
    figures = loop_figures(EYE, Question(at=timezone.now() + timedelta(days=1)))
    assert (figures.count, figures.closed, figures.with_deadline, figures.on_time) == (3, 3, 0, None)
