"""Cases taken up by leaders: by whom, of what, who ends it, and who finds it where."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, NotYours, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.queries import taking_up
from commongrid.roster.models import Assignment
from tests.factories.desk import id_of
from tests.matters.test_loop import row, slip_of
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

LEADER, HEAD = id_of("county_leader"), id_of("township_principal")


def taken(scene: Scene, matter: UUID, leader: UUID = HEAD, by: str = "dispatcher") -> UUID:
    """A case."""
    return scene.do(by, actions.take_up, matter, leader=leader)


def cases(scene: Scene, by: str) -> list[UUID]:
    """What a leader finds on Today."""
    return [one.id for _since, one in taking_up.taken_up_by(scene.as_post(by), localdate())]


def test_a_leader_takes_it_up_and_the_matter_keeps_its_owner_and_limits(scene: Scene) -> None:
    matter = scene.in_hand("塌方")
    before = row(matter)
    taken(scene, matter)
    after = row(matter)
    assert (after.state, after.owner_level, after.unit_id, after.due_at) == (
        before.state, before.owner_level, before.unit_id, before.due_at,
    )  # fmt: skip
    assert cases(scene, "township_principal") == [matter]
    assert cases(scene, "county_leader") == []
    told = queries.matter(scene.as_post("station"), matter).history
    assert [line.name for line in told][-1] == "matters.taken_up"
    ((one, holds),) = [
        (each, each.holds(localdate())) for each in taking_up.takers_of(scene.as_post("dispatcher"), matter)
    ]
    assert (one.post, holds) == (HEAD, True)
    with pytest.raises(WrongState):
        taken(scene, matter)
    taken(scene, matter, LEADER, "county_dispatcher")
    assert cases(scene, "county_leader") == [matter], "several leaders may"


def test_grids_and_reporters_read_nothing_of_it(scene: Scene) -> None:
    matter = taken(scene, scene.in_hand("塌方"))
    for scope in (
        scene.as_post("grid_head"),
        scene.as_post("station"),
        slip_of(matter),
        scene.as_post("far_dispatcher"),
    ):
        with acting(scope):
            assert not Assignment.objects.filter(kind="petition_case").exists()
    with acting(scene.as_post("secretary")):
        assert Assignment.objects.filter(kind="petition_case").exists(), "whoever keeps the whole village"


def test_what_is_refused(scene: Scene) -> None:
    matter = scene.in_hand("塌方")
    for leader, by in (
        (uuid4(), "dispatcher"),
        (LEADER, "dispatcher"),
        (id_of("clerk"), "dispatcher"),
        (None, "supervisor"),
    ):
        with pytest.raises(BadInput) as refused:
            scene.do(by, actions.take_up, matter, leader=leader)
        assert "leader" in refused.value.fields
    with pytest.raises(NotAllowed):
        taken(scene, matter, by="station")
    with pytest.raises(NotFound):
        taken(scene, matter, by="far_dispatcher")
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    with pytest.raises(WrongState, match="ended"):
        taken(scene, matter)


def test_nobody_takes_up_what_is_about_them_or_their_office(scene: Scene) -> None:
    matter = scene.at_township("塌方")
    add_post(scene, "vice", "township_team", scene.as_post("dispatcher").place or 0)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET accused_person_id = %s WHERE id = %s",
            [id_of("township_principal_person"), matter],
        )
    with pytest.raises(BadInput):
        taken(scene, matter)
    taken(scene, matter, id_of("vice"))


def test_what_is_sealed_is_taken_up_by_nobody(scene: Scene) -> None:
    matter = scene.report("家里打人", kind="A12")
    with pytest.raises(NotFound):
        taken(scene, matter)
    assert taking_up.leaders_over(scene.as_post("dispatcher"), matter, localdate()) == []


def test_it_ends_by_those_who_are_over_the_leader_and_leaves_their_today(scene: Scene) -> None:
    matter = taken(scene, scene.in_hand("塌方"))
    taken(scene, matter, LEADER, "county_dispatcher")
    both = {one.post: one.id for one in taking_up.takers_of(scene.as_post("county_dispatcher"), matter)}
    with pytest.raises(NotYours):
        scene.do("dispatcher", actions.let_go, matter, assignment_id=both[LEADER])
    with pytest.raises(NotYours):
        scene.do("dispatcher", actions.let_go, matter, assignment_id=uuid4())
    scene.do("dispatcher", actions.let_go, matter, assignment_id=both[HEAD])
    assert cases(scene, "township_principal") == []
    with pytest.raises(WrongState):
        scene.do("dispatcher", actions.let_go, matter, assignment_id=both[HEAD])
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    assert cases(scene, "county_leader") == [], "what is over waits for nobody"
