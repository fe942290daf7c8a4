"""Ratings reach whoever did the work only in batches: until then nothing on any page or list tells one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.matters import actions, queries
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Rating, Visit
from commongrid.matters.queries import Filters
from tests.factories import desk
from tests.factories.scenes import Scene
from tests.matters.test_protection import _slip, row


def rated(scene: Scene, satisfied: bool) -> UUID:
    """A matter of the station's, answered and rated; good ratings close some kinds at once."""
    matter = scene.answered("过境路口没有减速带", kind="G01")
    actions.rate(_slip(matter), Act.new(), matter_id=matter, solved=True, satisfied=satisfied)
    return matter


def look(scene: Scene, name: str, matter: UUID) -> tuple[Any, ...]:
    """Everything this post's page and lists tell of the matter, without what differs between any two matters."""
    scope = scene.as_post(name)
    seen = queries.matter(scope, matter)
    shown = seen.row
    with acting(scope):
        lines = [line.name for line in history(scope, matter)]
        tries = Visit.objects.filter(matter_id=matter).count()
    lists = tuple(
        any(one.id == matter for one in queries.queue(scope, Filters(state=state)).rows)
        for state in ("", "answered", "to_rate", "to_file", "closed")
    )
    return (
        shown.state, shown.step, shown.owner_level, shown.due_at, shown.closed_at, shown.outcome, shown.rating,
        seen.ratings, seen.may, lines, tries, lists, len(seen.notes), len(seen.told),
    )  # fmt: skip


def test_a_handler_sees_the_same_whatever_the_rating_until_it_is_released(scene: Scene) -> None:
    waiting, good, bad = scene.answered("斑马线看不清", kind="G01"), rated(scene, True), rated(scene, False)
    assert look(scene, "station", good) == look(scene, "station", bad) == look(scene, "station", waiting)
    scene.do("dispatcher", actions.close, bad, note="不满意，已回电说明")
    if row(scene, good)["state"] == "to_file":
        scene.do("dispatcher", actions.close, good)
    assert row(scene, good)["state"] == row(scene, bad)["state"] == "closed"
    assert look(scene, "station", good) == look(scene, "station", bad) == look(scene, "station", waiting)
    assert queries.matter(scene.as_post("dispatcher"), bad).row.state == "closed"
    with acting(TICK):
        held = [one.id for one in Rating.objects.all()]
    actions.release_ratings(TICK, Act.new(), ratings=tuple(held))
    seen = queries.matter(scene.as_post("station"), bad)
    assert (seen.row.state, [one.satisfied for one in seen.ratings]) == ("closed", [False])
    assert "matters.rated" in [line.name for line in history(scene.as_post("station"), bad)]


def test_a_grid_sees_its_ratings_once_they_are_released(scene: Scene) -> None:
    matter = scene.report("路灯不亮", kind="K02", place=desk.GRID, by="grid_head")
    scene.do("grid_head", actions.settle, matter, answer="换了灯泡")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET state = 'to_rate', closed_at = NULL, outcome = '', step = 'rate',"
                      " clock = 'rate', due_at = now(), owner_level = 'village', owner_place = %s, to_rate = true"
                      " WHERE id = %s", [desk.VILLAGE, matter])  # fmt: skip
    actions.rate(_slip(matter), Act.new(), matter_id=matter, solved=True, satisfied=True)
    assert queries.matter(scene.as_post("grid_head"), matter).ratings == ()
    with acting(TICK):
        held = tuple(one.id for one in Rating.objects.all())
    actions.release_ratings(TICK, Act.new(), ratings=held)
    assert len(queries.matter(scene.as_post("grid_head"), matter).ratings) == 1
