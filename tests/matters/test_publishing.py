"""Publishing: masked, gated, by two people where the kind needs it, taken down by date and at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import public
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Wording, mediating
from commongrid.matters.models import GuardedWord, Publication
from commongrid.matters.queries import dated
from commongrid.matters.queries import publishing as texts
from commongrid.matters.rules.publishing import Guarded, found, masked, people
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, VILLAGE
from tests.matters.test_loop import slip_of
from tests.matters.test_mediation import begun
from tests.matters.waits import add_post
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.scenes import Scene

ANYBODY = public("matters.report")
TODAY = timezone.localdate()


def wording(**more: Any) -> Wording:
    """A text that the gate lets through."""
    return Wording(**{
        "title": "学校门口斑马线重新施划", "text": "有村民反映学校门口斑马线看不清。", "answer": "已重新施划。",
        "until": TODAY + timedelta(days=30), **more,
    })  # fmt: skip


def publish(scene: Scene, matter: UUID, by: str = "dispatcher", **more: Any) -> UUID:
    """Publish, or propose where a second person is needed."""
    done = actions.publish(scene.as_post(by), Act.new(), matter_id=matter, wording=wording(**more))
    return UUID(str(done["publication"]))


def state(scene: Scene, one: UUID) -> str:
    return texts.publication(scene.as_post("dispatcher"), one).state


SAID = "李小芳家住上河组12号，低保，电话13812341234，身份证110101199003078515，11月24日反映，3号桥边。"


def test_the_preview_masks_names_numbers_doors_and_hardship() -> None:
    shown = masked(SAID, ("李小芳",), GUARDED)
    assert all(word not in shown for word in ("李小芳", "12号", "低保", "13812341234", "110101199003078515"))
    assert "11月24日" in shown
    assert "3号桥" in shown
    assert found(shown, ("李小芳",), GUARDED) == ()


GUARDED = (*map(Guarded, ("低保户", "低保", "残疾", "poor household")), Guarded("老支书", "person"))
PIECES = (*(one.word for one in GUARDED), "李小芳", "12号", "13812341234", "5栋", "来", " ", "110101199003078515")


@given(st.lists(st.sampled_from(PIECES)))
def test_what_is_masked_passes_the_gate(pieces: list[str]) -> None:
    assert found(masked("，".join(pieces), ("李小芳",), GUARDED), ("李小芳",), GUARDED) == ()


@pytest.mark.parametrize(
    ("visibility", "publish", "sensitive", "routed_round", "expected"),
    [
        ("public", "", False, False, 1), ("public", "", True, False, 2), ("parties", "", False, False, 2),
        ("parties", "one", False, False, 1), ("restricted", "one", False, False, 0), ("sealed", "two", True, False, 0),
        ("public", "one", False, True, 0), ("public", "never", False, False, 0),
    ],
)  # fmt: skip
def test_how_many_people_it_takes(
    visibility: str, publish: str, *, sensitive: bool, routed_round: bool, expected: int
) -> None:
    assert people(visibility, publish, sensitive=sensitive, routed_round=routed_round) == expected


def test_a_public_kind_is_published_by_one_and_read_by_anybody(scene: Scene) -> None:
    matter = scene.answered("学校门口斑马线看不清")
    draft = texts.draft(scene.as_post("dispatcher"), matter, "学校门口斑马线看不清", "李小芳说看不清")
    assert "李小芳" not in draft.text
    spot = texts.draft(scene.as_post("dispatcher"), matter, "路灯", "路灯不亮。\n具体位置：学校下面的桥边")
    assert spot.text == "路灯不亮。"
    assert draft.answer
    one = publish(scene, matter)
    rows = texts.published(ANYBODY)
    assert [row.id for row in rows] == [one]
    assert rows[0].place == VILLAGE
    assert rows[0].answered_on == TODAY
    assert texts.published(ANYBODY, kind="B") == []
    assert [row.id for row in texts.published(ANYBODY, place=VILLAGE, since=TODAY, until=TODAY)] == [one]
    with pytest.raises(WrongState, match="already"):
        publish(scene, matter)


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("text", "李小芳反映路坏了", "李小芳"), ("title", "上河组12号门口积水", "12号"),
        ("answer", "请拨13812341234", "phone"), ("text", "低保户家中漏雨", "hardship"),
        ("text", "路灯不亮。\n具体位置：学校下面的桥边", "学校下面"),
        ("text", "Dark.\nWhere exactly: by the school", "school"),
    ],
)  # fmt: skip
def test_the_gate_says_what_and_where(scene: Scene, field: str, text: str, says: str) -> None:
    matter = scene.answered("学校门口斑马线看不清")
    with pytest.raises(BadInput) as refused:
        publish(scene, matter, **{field: text})
    assert list(refused.value.fields) == [field]
    assert says in refused.value.fields[field] % refused.value.params
    assert texts.published(ANYBODY) == []


def test_a_word_that_the_county_guards_is_masked_and_refused_from_its_day_on(scene: Scene) -> None:
    matter = scene.answered("学校门口斑马线看不清")
    county, of = scene.as_post("county_dispatcher"), dated.vocabulary("guarded")
    assert texts.draft(county, matter, "老支书家门口", "").title == "老支书家门口"
    row: dict[str, object] = {"word": "老支书", "sort": "person", "note": "村民都知道是谁"}
    actions.change_rules(county, Act.new(), vocabulary="guarded", changes=(Change(row=None, values=row, on=TODAY),))
    assert texts.draft(county, matter, "老支书家门口", "").title == "…家门口"
    with pytest.raises(BadInput) as refused:
        publish(scene, matter, title="老支书家门口的路")
    assert "list of names" in refused.value.fields["title"]
    (version,) = [one for one in dated.versions(county, of) if one.key == "老支书"]
    (line, *_rest) = dated.edits(county, of, "老支书")
    assert line.facts["keys"] != ["老支书"], "a name is no fact"
    actions.change_rules(
        county, Act.new(), vocabulary="guarded", changes=(Change(row=version.id, values=None, on=TODAY),)
    )
    publish(scene, matter, title="老支书家门口的路")
    with acting(ANYBODY):
        assert not GuardedWord.objects.exists(), "who is on the list is nobody's to read"


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_the_last_day_lies_ahead_within_a_year(scene: Scene, day: date) -> None:
    with pytest.raises(BadInput) as refused:
        publish(scene, scene.answered("路坏了"), until=day)
    assert "until" in refused.value.fields


def test_a_sensitive_kind_needs_a_second_person_and_another_one(scene: Scene) -> None:
    add_post(scene, "second", "dispatcher", scene.as_post("dispatcher").place or 0)
    matter = scene.at_township("夜里噪声", kind="F10")
    one = publish(scene, matter)
    assert state(scene, one) == "proposed"
    assert texts.published(ANYBODY) == []
    with pytest.raises(NotFound):
        texts.published_one(ANYBODY, one)
    with pytest.raises(NotAllowed, match="wrote"):
        actions.approve(scene.as_post("dispatcher"), Act.new(), publication_id=one)
    actions.approve(scene.as_post("second"), Act.new(), publication_id=one)
    assert texts.published_one(ANYBODY, one).title
    with pytest.raises(WrongState):
        actions.approve(scene.as_post("second"), Act.new(), publication_id=one)


def test_a_text_is_not_approved_with_a_reason_and_can_be_written_anew(scene: Scene) -> None:
    add_post(scene, "second", "dispatcher", scene.as_post("dispatcher").place or 0)
    matter = scene.at_township("夜里噪声", kind="F10")
    one = publish(scene, matter)
    principal = scene.as_post("second")
    with pytest.raises(BadInput):
        actions.refuse_publication(principal, Act.new(), publication_id=one, why=" ")
    actions.refuse_publication(principal, Act.new(), publication_id=one, why="写得更清楚些")
    assert state(scene, one) == "refused"
    assert state(scene, publish(scene, matter)) == "proposed"


def test_a_text_that_waits_is_not_lost_behind_newer_ones(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LISTED", 1)
    waiting = publish(scene, scene.at_township("夜里噪声", kind="F10"))
    newer = publish(scene, scene.answered("路坏了"))
    dispatcher = scene.as_post("dispatcher")
    assert [one.id for one in texts.publications(dispatcher, "proposed")] == [waiting]
    assert [one.id for one in texts.publications(dispatcher, "published")] == [newer]
    page = scene.desk.sign_in(Client(), "dispatcher").get(reverse("publications")).text
    assert str(waiting) in page


def test_it_goes_down_at_once_and_by_its_day(scene: Scene) -> None:
    first, second = publish(scene, scene.answered("路坏了")), publish(scene, scene.answered("桥坏了"))
    dispatcher = scene.as_post("dispatcher")
    with pytest.raises(BadInput):
        actions.take_down(dispatcher, Act.new(), publication_id=first, why="")
    actions.take_down(dispatcher, Act.new(), publication_id=first, why="当事人要求")
    with pytest.raises(WrongState, match="nothing to take down"):
        actions.take_down(dispatcher, Act.new(), publication_id=first, why="再撤")
    assert jobs.publications(timezone.now() + timedelta(days=30)) == 0
    assert jobs.publications(timezone.now() + timedelta(days=31)) == 1
    assert jobs.publications(timezone.now() + timedelta(days=31)) == 0
    assert {state(scene, one) for one in (first, second)} == {"down"}
    assert texts.published(ANYBODY) == []


def test_what_is_protected_is_never_published(scene: Scene) -> None:
    matters = (
        scene.at_township("有人夜里倒东西", confidential=True),
        scene.at_township("家里困难", kind="C01"),
        scene.report("还没受理"),
    )
    for matter in matters:
        with pytest.raises(WrongState):
            publish(scene, matter)
    with pytest.raises(NotFound):
        publish(scene, matters[0], by="far_dispatcher")


def test_below_the_centre_nobody_publishes(scene: Scene) -> None:
    matter = scene.answered("路坏了")
    for who in ("secretary", "clerk", "station", "grid_head"):
        with pytest.raises(NotAllowed):
            publish(scene, matter, by=who)


def test_what_turns_out_to_be_about_an_official_goes_down(scene: Scene) -> None:
    matter = scene.at_township("路坏了", kind="G01")
    one = publish(scene, matter)
    about = actions.About(whom="village")
    scene.do("dispatcher", actions.route_round, matter, about=about, reason="说的是村里")
    assert texts.published(ANYBODY) == []
    with pytest.raises(NotFound):
        texts.published_one(ANYBODY, one)


def face(scene: Scene, matter: UUID) -> str:
    with scene.desk.database.as_role("owner") as owner:
        row = owner.execute("SELECT state FROM matters_public_face WHERE id = %s", [matter]).fetchone()
    return str(row[0]) if row else ""


def test_the_public_face_is_done_with_the_answer_and_tells_nothing_of_the_rating(scene: Scene) -> None:
    matter = scene.to_pass("学校门口斑马线看不清")
    assert face(scene, matter) == "open"
    scene.do("dispatcher", actions.pass_on, matter, answer="已重新施划。")
    assert face(scene, matter) == "done"
    held = queries.matter(scene.as_post("county_dispatcher"), matter)
    assert held.row.state in ("answered", "to_rate")
    scene.do("county_dispatcher", actions.visit, matter, result="asked", answers=(False, False, "还是看不清"))
    assert face(scene, matter) == "open"


def test_counts_below_five_are_not_shown(scene: Scene) -> None:
    for n in range(4):
        scene.report(f"路灯不亮{n}", kind="G03")
    assert [one.count for one in texts.counts(ANYBODY, TODAY.year, "G")] == [None]
    scene.report("路灯又不亮", kind="G03")
    assert [(one.place, one.count) for one in texts.counts(ANYBODY, TODAY.year, "G")] == [(VILLAGE, 5)]
    within = texts.counts_within(ANYBODY, TODAY.year, VILLAGE)
    scene.report("巡查发现路灯不亮", kind="G03", source="patrol")
    assert [one.count for one in texts.counts(ANYBODY, TODAY.year, "G")] == [5], "found by patrol, not asked by people"
    assert texts.counts_within(ANYBODY, TODAY.year, VILLAGE) == within


def test_natural_villages_are_told_apart_only_where_nobody_can_be_worked_out(scene: Scene) -> None:
    for n in range(6):
        scene.report(f"路灯不亮{n}", kind="G03", place=GRID)  # a grid that serves the one natural village
    assert [(one.place, one.count) for one in texts.counts_within(ANYBODY, TODAY.year, VILLAGE)] == [(HAMLET, 6)]
    scene.report("村部路灯不亮", kind="G03")
    assert [(one.place, one.count) for one in texts.counts_within(ANYBODY, TODAY.year, VILLAGE)] == [
        (VILLAGE, None), (HAMLET, None),
    ], "seven in the village less six would be one"  # fmt: skip
    scene.report("垃圾没人拉", kind="F01")
    assert [one.count for one in texts.counts(ANYBODY, TODAY.year)] == [8]
    assert [one.count for one in texts.counts(ANYBODY, TODAY.year, "G")] == [None], "eight less seven would be one"
    page = Client().get(f"/published/places?place={VILLAGE}", headers={"cookie": "cg_language=en"}).text
    assert "<svg" in page
    assert "Shanghe" in page
    assert "fewer than 5" in page


def test_a_plan_of_several_townships_asks_for_their_villages_at_once(scene: Scene) -> None:
    def asked() -> int:
        with counting() as statements:
            assert Client().get("/published/places").status_code == 200
        return len(statements)

    for n in range(5):
        scene.report(f"路灯不亮{n}", kind="G03")
    asked()
    few = asked()
    for n in range(5):
        scene.report(f"路灯不亮{n}", kind="G03", place=FAR_VILLAGE, by="far_clerk")
    assert asked() == few


def test_the_public_pages(scene: Scene) -> None:
    one = publish(scene, scene.answered("学校门口斑马线看不清"), title="=斑马线")
    client = Client()
    page = client.get("/published?kind=G&year=9999&place=x&page=-1")
    assert page.status_code == 200
    assert "=斑马线" in page.content.decode()
    assert client.get(f"/published/{one}").status_code == 200
    assert client.get("/published/places").status_code == 200
    table = client.get("/published/list.csv").content.decode()
    assert "'=斑马线" in table
    feed = client.get("/published/feed.atom?kind=G")
    assert feed.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert f"<id>{one.urn}</id>" in feed.text
    assert one.urn not in client.get("/published/feed.atom?kind=B").text
    actions.take_down(scene.as_post("dispatcher"), Act.new(), publication_id=one, why="当事人要求")
    assert client.get(f"/published/{one}").status_code == 404


def test_the_gate_knows_the_parties_of_a_dispute_whose_file_nobody_here_sees(scene: Scene) -> None:
    matter, _file = begun(scene)
    assert "王大山" not in texts.draft(scene.as_post("dispatcher"), matter, "王大山和李二河争地界", "").title
    with pytest.raises(BadInput) as refused:
        publish(scene, matter, text="王大山与邻居的地界纠纷已调解。")
    assert "王大山" in refused.value.fields["text"] % refused.value.params


def test_a_complaint_that_names_only_a_level_is_neither_published_nor_merged(scene: Scene) -> None:
    about = actions.About(whom="township")
    matter = scene.report("镇里修的桥", kind="G02", about=about)
    plain = scene.do("county_dispatcher", actions.call_up, scene.at_township("镇里修的桥", kind="G02"), reason="一并")
    scene.do("county_dispatcher", actions.accept, matter)
    with pytest.raises(WrongState, match="protected"):
        publish(scene, matter, by="county_dispatcher")
    with pytest.raises(WrongState, match="never merged"):
        scene.do("county_dispatcher", actions.merge, matter, lead=scene.number(plain))


def test_what_becomes_sealed_is_no_longer_published(scene: Scene) -> None:
    add_post(scene, "second", "dispatcher", scene.as_post("dispatcher").place or 0)
    matter, _file = begun(scene)
    one = publish(scene, matter, text="一起地界纠纷正在调解。")
    actions.approve(scene.as_post("second"), Act.new(), publication_id=one)
    assert texts.published_one(ANYBODY, one).title
    mediating.begin(scene.as_post("mediator"), Act.new(), matter_id=matter, violence=True)
    with pytest.raises(NotFound):
        texts.published_one(ANYBODY, one)


def withdrawn(scene: Scene, matter: UUID) -> None:
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)


def merged(scene: Scene, matter: UUID) -> None:
    scene.do("dispatcher", actions.merge, matter, lead=scene.number(scene.at_township("又是路坏了", kind="G01")))


@pytest.mark.parametrize("ended", [withdrawn, merged])
def test_what_is_taken_back_or_merged_is_published_no_more(scene: Scene, ended: Callable[[Scene, UUID], None]) -> None:
    matter = scene.at_township("路坏了", kind="G01")
    one = publish(scene, matter, answer="")
    ended(scene, matter)
    assert texts.published(ANYBODY) == []
    assert state(scene, one) == "down"
    assert face(scene, matter) == "done", "it was reported all the same"


def test_a_text_past_its_last_day_is_read_by_nobody_before_the_clock_comes(scene: Scene) -> None:
    one = publish(scene, scene.answered("路坏了"))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_publication SET until = %s WHERE id = %s", [TODAY, one])
    assert [row.id for row in texts.published(ANYBODY)] == [one], "the last day counts"
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_publication SET until = %s WHERE id = %s", [TODAY - timedelta(days=1), one])
    assert texts.published(ANYBODY) == []
    with pytest.raises(NotFound):
        texts.published_one(ANYBODY, one)
    with acting(ANYBODY):
        assert not Publication.objects.exists(), "nor by another query"
    assert jobs.publications() == 1


def test_a_number_of_a_card_is_no_hardship(scene: Scene) -> None:
    sorts = {one.word: one.sort for one in queries.vocabulary.guarded_words(scene.as_post("dispatcher"))}
    assert (sorts["身份证"], sorts["低保"]) == ("other", "hardship")
