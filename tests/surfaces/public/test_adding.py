"""Words and photos added by slip, at the counter or by call: told to whoever has the matter, nothing else changes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from commongrid.journal.acting import acting
from commongrid.journal.attachments import files_of, stage
from commongrid.kernel.act import new_id
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound
from commongrid.matters import actions, queries
from commongrid.matters.actions import code_of
from commongrid.matters.models import Matter
from commongrid.notices import jobs as notices
from commongrid.notices.models import Notice
from tests.factories.desk import id_of
from tests.journeys.telling import row
from tests.matters.conftest import scene
from tests.matters.test_loop import slip_of
from tests.matters.test_papers import photo
from tests.readers import readers_see

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

__all__ = ["scene"]
WORDS = "昨晚又漏了，水进了灶房"


def add(matter: UUID, **said: object) -> int:
    """Send the form of the slip; answers the status."""
    form = {"act": str(new_id()), "words": "", **said}
    return Client().post(f"/s/{code_of(matter)}/add", form).status_code


def test_what_is_added_is_read_by_whoever_has_it_and_changes_nothing_else(scene: Scene) -> None:
    matter = scene.in_hand("水管漏水")
    before = row(matter)
    assert f"/s/{code_of(matter)}/add" in Client().get(f"/s/{code_of(matter)}").text
    assert add(matter) == 422, "neither words nor a photo"
    assert add(matter, words="长" * 4001) == 422
    assert add(matter, photos=io.BytesIO(b"no photo")) == 422
    assert add(matter, words=WORDS, photos=io.BytesIO(photo())) == 302
    after = row(matter)
    assert {
        one.attname
        for one in Matter._meta.concrete_fields
        if getattr(before, one.attname) != getattr(after, one.attname)
    } == set()
    seen = queries.matter(scene.as_post("station"), matter)
    line, note = seen.history[-1], seen.notes[-1]
    assert (line.name, note.act, note.text) == ("matters.added", line.id, WORDS)
    assert len(files_of(scene.as_post("station"), matter)) == 1
    assert told_of_it() == [id_of("station")]


def at_counter(scene: Scene, matter: UUID, by: str = "clerk", **said: Any) -> None:
    """What somebody adds by call, with a photo."""
    photos = (stage(photo()),)
    scene.do(by, actions.add_for, matter, **{"came": "call", "words": WORDS, "photos": photos, **said})


def told_of_it(before: int = 0) -> list[UUID | None]:
    """The posts that heard of something that was added, or of what they alone may see; without the first ones."""
    readers_see()
    notices.read()
    with acting(notices.SCOPE):
        found = Notice.objects.filter(sort__in=("added", "closed_off"), channel="inbox").order_by("at", "id")
        return list(found.values_list("post", flat=True))[before:]


def test_what_is_added_in_confidence_is_for_the_centre_and_told_to_it(scene: Scene) -> None:
    matter = scene.report("隔壁夜里往河里倒东西", confidential=True)
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="他们管")
    before = len(told_of_it())
    assert add(matter, words=WORDS, photos=io.BytesIO(photo())) == 302
    at_counter(scene, matter)
    for name, reads in (("dispatcher", 2), ("clerk", 0), ("station", 0)):
        seen = queries.matter(scene.as_post(name), matter)
        assert [one.text for one in seen.notes].count(WORDS) == reads
        assert len(files_of(scene.as_post(name), matter)) == reads
    assert set(told_of_it(before)) == {id_of("dispatcher")}


def test_added_for_somebody_at_the_counter_or_by_call(scene: Scene) -> None:
    matter = scene.in_hand("水管漏水")
    for by, said in (("clerk", {"came": ""}), ("clerk", {"words": " ", "photos": ()})):
        with pytest.raises(BadInput):
            at_counter(scene, matter, by, **said)
    with pytest.raises(NotFound):
        at_counter(scene, matter, "far_clerk")
    with pytest.raises((NotAllowed, NotFound)):
        at_counter(scene, matter, "grid_member")
    at_counter(scene, matter)
    line = queries.matter(scene.as_post("station"), matter).history[-1]
    assert (line.name, line.facts["came"], line.facts["count"]) == ("matters.added_for", "call", 1)
    assert told_of_it() == [id_of("station")]
    assert "matters.added_for" in [one.name for one in queries.followed(slip_of(matter)).lines] or "您补充了情况" in (
        Client().get(f"/s/{code_of(matter)}").text
    )
    assert "add_for" in queries.matter(scene.as_post("clerk"), matter).may
    assert "add_for" not in queries.matter(scene.as_post("station"), matter).may


def test_words_of_danger_are_not_spread_among_those_who_work_on_it(scene: Scene) -> None:
    open_to_all, kept = scene.in_hand("水管漏水"), scene.report("隔壁倒东西", confidential=True)
    said = "我丈夫打我"
    back = Client().post(f"/s/{code_of(open_to_all)}/add", {"act": str(new_id()), "words": said})
    assert (back.status_code, said in back.text, "tel:110" in back.text) == (422, True, True)
    with pytest.raises(BadInput) as refused:
        at_counter(scene, open_to_all, words=said)
    assert "words" in refused.value.fields
    assert add(kept, words=said) == 302


def test_a_sealed_matter_is_added_to_for_the_competent_body_alone_and_an_ended_one_by_nobody(scene: Scene) -> None:
    sealed = scene.report("家里打人", kind="A12", by="dispatcher")
    assert add(sealed, words=WORDS) == 302
    assert WORDS in [one.text for one in queries.matter(scene.as_post("police"), sealed).notes]
    assert WORDS not in Client().get(f"/s/{code_of(sealed)}").text
    with pytest.raises(NotFound):
        at_counter(scene, sealed)
    ended = scene.report("路灯不亮", by="dispatcher")
    scene.do("dispatcher", actions.reject, ended, reason="不属本县")
    assert add(ended, words=WORDS) == 409
    assert "/add" not in Client().get(f"/s/{code_of(ended)}").text
