"""A sealed matter is handed on to its right body, and never to one that must not have it."""

from __future__ import annotations

from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.actions import About
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Matter
from commongrid.matters.queries.vocabulary import forget_vocabularies
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_checks import add_unit
from tests.matters.test_correcting import AFFAIRS, BRIDGE, VIOLENCE, row, sees, told
from tests.matters.test_loop import slip_of
from tests.matters.waits import add_post

CONDUCT = "I05"


def commission(scene: Scene, *, staffed: bool = True) -> UUID:
    """The county's political and legal commission."""
    add_unit(scene, "commission", "politics_law")
    if staffed:
        add_post(scene, "commission", "department_handler", desk.COUNTY, "commission")
    return id_of("commission_unit")


def offered(scene: Scene, by: str, matter: UUID) -> set[UUID]:
    """The bodies that this post may hand it on to; the act takes no other."""
    found = {one.id for one in queries.bodies_for(scene.as_post(by), matter)}
    for name in {id_of("commission_unit"), id_of("police_unit")} - found:
        with pytest.raises(BadInput):
            scene.do(by, actions.hand_on, matter, unit_id=name, reason="归他们", taken_by="潘干事")
    return found


@pytest.mark.parametrize("kind", [AFFAIRS, CONDUCT])
def test_what_is_about_the_countys_leadership_is_handed_on_to_nobody_who_answers_to_them(
    scene: Scene, kind: str
) -> None:
    body = commission(scene)
    above, below = (told(CONDUCT, about=About(whom="village")), told(kind, about=About(whom="county")))
    assert body in offered(scene, "discipline", above)
    assert offered(scene, "discipline", below) == set()


def test_no_body_gets_a_matter_about_somebody_in_it_or_without_anybody_in_post(scene: Scene) -> None:
    body = commission(scene, staffed=False)
    plain = told(VIOLENCE)
    assert offered(scene, "police", plain) == {id_of("discipline_unit")}
    add_post(scene, "commission", "department_handler", desk.COUNTY, "commission")
    assert offered(scene, "police", plain) == {id_of("discipline_unit"), body}
    second = told(VIOLENCE, about=About(post=id_of("secretary")))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET accused_person_id = %s WHERE id = %s", [id_of("commission_person"), second]
        )
    assert offered(scene, "police", second) == {id_of("discipline_unit")}


def test_parts_go_along_with_a_sealed_matter_that_is_handed_on(scene: Scene) -> None:
    body = commission(scene)
    whole, matter = scene.at_township("路基塌了", kind=BRIDGE), told(VIOLENCE)
    units = (id_of("transport_unit"), id_of("roads_unit"))
    scene.do("dispatcher", actions.split, whole, unit_ids=units, note="各办各的", reason="也涉及他们")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET parent_id = %s, sealed = true, unit_id = %s WHERE parent_id = %s",
            [matter, id_of("police_unit"), whole],
        )
    scene.do("police", actions.hand_on, matter, unit_id=body, reason="归他们", taken_by="潘干事")
    with acting(TICK):
        parts = set(Matter.objects.filter(parent_id=matter).values_list("unit", "place", "sealed"))
    assert parts == {(body, desk.COUNTY, True)}


def test_a_sealed_one_is_handed_on_with_a_receipt_and_leaves_the_first_body(scene: Scene) -> None:
    matter = told(VIOLENCE)
    body = commission(scene)
    assert body in {one.id for one in queries.bodies_for(scene.as_post("police"), matter)}
    said = {"unit_id": body, "reason": "孩子的事归他们", "taken_by": "潘干事，十点"}
    for name in ("reason", "taken_by"):
        with pytest.raises(BadInput):
            scene.do("police", actions.hand_on, matter, **{**said, name: " "})
    with pytest.raises(BadInput):
        scene.do("police", actions.hand_on, matter, **{**said, "unit_id": id_of("water_county_unit")})
    scene.do("police", actions.hand_on, matter, **said)
    found = row(matter)
    assert (found.sealed, found.unit_id, found.clock, found.place) == (True, body, "receipt", desk.COUNTY)
    assert not any(sees(scene, name, matter) for name in ("police", "dispatcher", "county_dispatcher"))
    assert queries.followed(slip_of(matter)).sealed


def test_which_bodies_take_sealed_matters_is_a_row_that_the_county_edits(scene: Scene) -> None:
    matter, body = told(VIOLENCE), commission(scene)
    assert body in offered(scene, "police", matter)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_sealed_body SET valid_to = current_date")
    forget_vocabularies()
    assert offered(scene, "police", matter) == {id_of("discipline_unit")}, "only bodies that a kind names first"


def test_only_a_sealed_one_is_handed_on(scene: Scene) -> None:
    matter = scene.with_station("路基塌了")
    with pytest.raises(WrongState):
        scene.do("station", actions.hand_on, matter, unit_id=commission(scene), reason="x", taken_by="y")
