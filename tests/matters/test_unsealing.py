"""A sealed matter of no sealed kind goes on in its body's words; what it held stays with the body."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from commongrid.journal.acting import acting
from commongrid.journal.attachments import files_of, stage
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import public
from commongrid.matters import actions, queries
from commongrid.matters.actions import About, Contact, Report, code_of
from commongrid.matters.models import Matter, Note, Party
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_correcting import VIOLENCE, row, sees, told
from tests.matters.test_loop import assert_owed, slip_of
from tests.matters.test_papers import photo

OWN, THEIRS, WHY = "隔壁天天打骂，怕出人命", "夜里声音大，请村里上门提醒", "民警上门核实，是装修声"
EVERYBODY = ("clerk", "secretary", "dispatcher", "county_dispatcher", "station")


def given_back(scene: Scene, matter: UUID, by: str = "police", **more: object) -> UUID:
    """Given back by the competent body; answers what goes on."""
    said = {"kind_code": "G02", "place": desk.VILLAGE, "text": THEIRS, **more}
    before = slip_of(matter)
    actions.unseal(scene.as_post(by), Act.new(), matter_id=matter, told=Report(**said), reason=WHY)  # type: ignore[arg-type]
    return queries.followed(before).id


def test_what_goes_on_is_in_the_bodys_words_and_the_file_stays_sealed(scene: Scene) -> None:
    reported = Report(
        kind_code=VIOLENCE, place=desk.GRID, text=OWN, contact=Contact(name="罗小燕", phone="13800000000"),
        photos=(stage(photo()),),
    )  # fmt: skip
    matter = UUID(actions.report(public("matters.report"), Act.new(), report=reported)["matter"])
    slip = slip_of(matter)
    on = given_back(scene, matter)
    sealed, now = row(matter), assert_owed(on)
    assert (sealed.state, sealed.outcome, sealed.sealed, sealed.text) == ("closed", "handed_over", True, OWN)
    assert (now.sealed, now.state, now.kind_code, now.text, now.anonymous) == (False, "reported", "G02", THEIRS, True)
    assert not any(sees(scene, name, matter) for name in EVERYBODY)
    assert sees(scene, "police", matter)
    for name in ("clerk", "dispatcher"):
        with acting(scene.as_post(name)):
            assert [*Party.objects.filter(matter_id__in=(matter, on))] == []
            assert not Note.objects.filter(matter_id__in=(matter, on)).exists()
            assert not Matter.objects.filter(text__contains=OWN[:4]).exists()
        assert files_of(scene.as_post(name), on) == files_of(scene.as_post(name), matter) == ()
    seen = queries.followed(slip)
    assert (seen.id, seen.unsealed, seen.sealed, seen.title) == (on, True, False, THEIRS)
    page = Client().get(f"/s/{code_of(matter)}").text
    assert now.number in page
    assert "原来写的内容仍只留在该单位" in page
    scene.do("dispatcher", actions.accept, on)
    assert (assert_owed(on).state, queries.followed(slip).sealed) == ("accepted", False)


def test_it_is_refused_where_it_would_break_a_protection(scene: Scene) -> None:
    plain, conduct = told(VIOLENCE), told("I05", about=About(post=id_of("secretary")))
    above = told("I05", about=About(whom="county"))
    for said, field in (({"kind_code": VIOLENCE}, "kind_code"), ({"place": 0}, "place"), ({"text": " "}, "text")):
        with pytest.raises(BadInput) as refused:
            given_back(scene, plain, **said)
        assert field in refused.value.fields
    with pytest.raises(BadInput):
        given_back(scene, conduct, "discipline")
    with pytest.raises(BadInput):
        given_back(scene, above, "discipline", about=About(whom="village"))
    with pytest.raises(BadInput):
        given_back(scene, conduct, "discipline", about=About(whom="county"))
    assert "unseal" not in queries.matter(scene.as_post("discipline"), above).may
    assert "unseal" in queries.matter(scene.as_post("discipline"), conduct).may
    on = given_back(scene, conduct, "discipline", about=About(post=id_of("secretary")), kind_code="I99")
    assert row(on).accused_person_id == id_of("secretary_person")
    assert not any(sees(scene, name, on) for name in ("clerk", "secretary"))
    assert sees(scene, "dispatcher", on)
    for name, kind in (("dispatcher", NotFound), ("clerk", NotFound)):
        with pytest.raises(kind):
            given_back(scene, plain, name)
    with pytest.raises((WrongState, NotAllowed)):
        given_back(scene, scene.with_station("路基塌了"), "station")
