"""Stories of everyday matters, told by their pages to their end; ``docs/stories.md`` tells them to people."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from commongrid.journal.acting import acting
from commongrid.kernel.act import new_id
from commongrid.matters.actions import code_of
from commongrid.matters.actions.papers import sheet_of
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Party
from commongrid.matters.queries.papers import paper_order
from commongrid.surfaces.shared.sheets import token
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.journeys.telling import Counted, Story, alert, row
from tests.matters.conftest import scene
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from uuid import UUID

    from tests.factories.scenes import Scene

__all__ = ["scene"]


@pytest.fixture
def story(scene: Scene) -> Story:
    """A county that visits everybody of whom it draws a sample, so that no story hangs on a draw."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_limit SET amount = 1 WHERE code = 'sample_share'")
    return Story(scene)


def test_a_stray_dog_found_on_patrol_is_settled_and_checked_not_rated(story: Story) -> None:
    dog = story.recorded("grid_head", "校门口有一条流浪狗追学生", "D11", GRID, source="patrol")
    assert row(dog).series == "patrol"
    story.step("secretary", dog, "settle", answer="已由村里捕捉登记，送镇上收容点。")
    assert "Are they satisfied?" not in story.matter("dispatcher", dog), "a find is checked, nobody is asked"
    story.step("dispatcher", dog, "visit", mode="in_person", result="checked")
    story.step("dispatcher", dog, "close")
    way = "reported settled visited closed"
    story.ends(dog, "checked", way, "respond visit file", Counted(series="patrol", satisfied=None))


def test_a_lost_child_is_met_in_minutes_with_the_phone_first(story: Story) -> None:
    form = story.page("", f"/report/tell?kind=D14&at={VILLAGE}")
    assert form.index('href="tel:110"') < form.index("<textarea")
    child = story.told("六岁男孩放学没有回家，穿红外套", "D14", urgency="immediate", phone="13812341234")
    found = row(child)
    assert (found.owner_level, found.pressing) == ("township", 0)
    assert found.due_at is not None
    assert timedelta(minutes=29) < found.due_at - found.opened_at <= timedelta(minutes=30), (
        "by night and on Sundays too"
    )
    story.step("dispatcher", child, "accept")
    story.given("dispatcher", child, "police")
    story.step("police", child, "start")
    finish = row(child).finish_due_at
    assert finish is not None
    assert finish <= found.opened_at + timedelta(days=1, hours=1)
    story.step("police", child, "answer", answer="孩子 18:40 在同学家找到，已送回家。")
    story.step("dispatcher", child, "pass_on", answer="孩子 18:40 在同学家找到，已送回家。")
    story.step("dispatcher", child, "close")
    way = "reported accepted diverted started answered passed_on closed"
    story.ends(child, "done", way, "respond respond finish pass file", Counted(satisfied=None))


def test_an_illegal_dump_told_in_confidence(story: Story) -> None:
    add_post(story.scene, "water", "township_office_handler", TOWNSHIP, "water")
    words = "从我家阳台看得见砖厂半夜往河沟里倒废油"
    dump = story.told(words, "F08", confidential="on", name="李小芳", phone="13812341234")
    assert row(dump).place == VILLAGE, "no finer than the village"
    assert words not in story.matter("clerk", dump), "hidden in the village"
    assert words in story.matter("dispatcher", dump)
    story.step("dispatcher", dump, "retell", text="请夜间巡查河沟有无倾倒废油。")
    below = story.matter("clerk", dump)
    assert "请夜间巡查河沟" in below
    assert not [said for said in (words, "李*芳", "138****1234") if said in below]
    story.step("dispatcher", dump, "accept")
    story.given("dispatcher", dump, "water")
    assert words not in story.matter("water", dump)
    story.worked("water", dump, "夜查属实，已责令砖厂清运并立案。")
    story.says(dump, "yes", "yes")
    story.step("dispatcher", dump, "close")
    way = "reported retold accepted diverted started answered passed_on rated closed"
    clocks = "respond respond finish pass visit file"
    story.ends(dump, "rated", way, clocks, Counted())


def test_an_anonymous_report_is_followed_and_rated_by_its_slip_alone(story: Story) -> None:
    waste = story.told("桥头的垃圾又堆满了", "F01")
    with acting(TICK):
        assert not Party.objects.filter(matter_id=waste).exists()
    assert row(waste).owner_level == "grid"
    story.step("grid_member", waste, "settle", answer="已清走，明早起每日清运。")
    assert "已清走" in story.slip(waste)
    story.says(waste, "yes", "yes")
    way = "reported settled rated"
    clocks = "respond visit"
    story.ends(waste, "rated", way, clocks, Counted())


def test_three_neighbours_and_one_leak_each_rate_for_themselves(story: Story) -> None:
    add_post(story.scene, "water", "township_office_handler", TOWNSHIP, "water")
    leaks = [story.told(f"水管漏水，第{n}家", "B01", name=f"邻居{n}", phone=f"1381234000{n}") for n in (1, 2, 3)]
    lead = leaks[0]
    for leak in leaks:
        story.step("clerk", leak, "raise", reason="主管在公路下，村里修不了")
    for leak in leaks[1:]:
        story.step("dispatcher", leak, "merge", lead=row(lead).number)
    story.step("dispatcher", lead, "accept")
    story.given("dispatcher", lead, "water")
    story.worked("water", lead, "主管已换，三户均已通水。")
    for leak in leaks:
        assert "主管已换" in story.slip(leak)
    story.says(leaks[1], "yes", "yes")
    story.says(lead, "yes", "yes")
    assert row(lead).closed_at is None, "the third has not spoken"
    story.says(leaks[2], "yes", "no", "停了三天才来")
    story.step("dispatcher", lead, "close")
    assert [(row(one).state, row(one).outcome, row(one).rating) for one in leaks[1:]] == [
        ("merged", "merged", "rated")
    ] * 2
    way = "reported raised accepted diverted started answered passed_on rated rated rated closed"
    clocks = "respond respond finish pass visit rate file"
    story.ends(lead, "rated", way, clocks, Counted(count=3, closed=3, on_time=3, satisfied=2))


def test_not_reached_on_three_days_is_not_rated(story: Story) -> None:
    lamp = story.told("井边水龙头坏了", "B01", name="李小芳", phone="13812341234")
    story.step("clerk", lamp, "accept")
    story.step("clerk", lamp, "start")
    story.step("clerk", lamp, "answer", answer="水龙头已换新。")
    story.step("dispatcher", lamp, "visit", mode="phone", result="not_reached")
    story.step("dispatcher", lamp, "visit", mode="phone", result="not_reached")
    assert row(lamp).tries == 1, "twice on a day is one day"
    for _day in (2, 3):
        with story.scene.desk.database.as_admin() as night:  # a visit is append-only: only a superuser turns days back
            night.execute("SET session_replication_role = replica")
            night.execute('UPDATE matters_visit SET "on" = "on" - 1, at = at - interval \'1 day\'')
        story.step("dispatcher", lamp, "visit", mode="in_person", result="not_reached")
    story.step("dispatcher", lamp, "close")
    assert "it is shown as not rated" in story.slip(lamp)
    way = "reported accepted started answered visited visited visited visited closed"
    clocks = "respond finish visit file"
    story.ends(lamp, "not_rated", way, clocks, Counted(satisfied=None, not_rated=1))


def test_rejected_and_asked_again_at_the_counter_then_rated_on_paper(story: Story) -> None:
    house = story.recorded("clerk", "老屋要拆了重建，村里说不归他们管", "K08", name="韦老二", phone="13812340009")
    story.step("clerk", house, "reject", why="not_ours", reason="请到镇规划办咨询", sure="on")
    assert "请到镇规划办咨询" in story.slip(house)
    story.step("clerk", house, "ask_again_for", came="counter", words="规划办让我回村里开头")
    assert (row(house).owner_level, row(house).state) == ("township", "reported"), "the level above whoever said no"
    story.step("dispatcher", house, "accept")
    story.given("dispatcher", house, "roads", "规划办受理建房申请")
    story.worked("roads", house, "申请已收下，30 日内答复批复结果。")
    on_paper(story, "clerk", house, "answer-sheet", "a", sheet_of(house, 1), solved="yes", satisfied="yes")
    story.step("dispatcher", house, "close")
    way = "reported rejected asked_again_for accepted diverted started answered passed_on rated_on_paper closed"
    clocks = "respond respond respond finish pass visit file"
    story.ends(house, "rated", way, clocks, Counted())


def test_an_old_man_without_a_phone_has_it_all_on_paper(story: Story) -> None:
    bridge = story.recorded("dispatcher", "过沟的木桥烂了一块板，孙子上学要过", "G02", name="覃老伯")
    assert code_of(bridge) in story.page("dispatcher", f"/console/matters/{bridge}/slip/")
    story.step("dispatcher", bridge, "accept")
    story.step("dispatcher", bridge, "divert", target=f"place:{VILLAGE}", reason="一块桥板，村里当天能换")
    order = paper_order(story.scene.as_post("dispatcher"), bridge)
    assert order is not None
    on_paper(story, "dispatcher", bridge, "order", "o", order.id, answer="桥板已换，扶手也钉牢了。")
    on_paper(story, "dispatcher", bridge, "answer-sheet", "a", sheet_of(bridge, 1), solved="yes", satisfied="yes")
    story.step("dispatcher", bridge, "close")
    way = "reported accepted diverted answered_on_paper rated_on_paper closed"
    clocks = "respond respond visit file"
    story.ends(bridge, "rated", way, clocks, Counted())


def on_paper(story: Story, post: str, matter: UUID, printed: str, letter: str, sheet: UUID, **said: str) -> None:
    """A sheet is printed, filled in by hand, and photographed back by the code that stands on it."""
    assert "<svg" in story.page(post, f"/console/matters/{matter}/{printed}")
    photo = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(photo, "JPEG")
    photo.seek(0)
    photo.name = "sheet.jpg"
    form = {"act": str(new_id()), "telling": row(matter).number[-4:], "photos": photo, **said}
    answer = story.browser(post).post(f"/console/sheets/{token(letter, matter, sheet)}/", form)
    assert answer.status_code == 302, alert(answer)
    story.looks(matter)


def put_right(story: Story, post: str, matter: UUID, status: int = 302, **said: str) -> str:
    """Put right on its page; what the page says where it is refused."""
    address = f"/console/matters/{matter}/put-right"
    assert address in story.matter(post, matter), "the page of the matter leads there"
    answer = story.browser(post).post(address, {"act": str(new_id()), **said})
    assert answer.status_code == status, alert(answer)
    story.looks(matter)
    return "" if status == 302 else alert(answer)


def test_the_wrong_village_the_wrong_kind_and_nobody_in_danger(story: Story) -> None:
    more = {"urgency": "immediate", "name": "李小芳", "phone": "13812341234"}
    bridge = story.told("桥头塌了一块，车过不去", "D11", FAR_VILLAGE, **more)
    assert (row(bridge).owner_place, row(bridge).pressing) == (OTHER_TOWNSHIP, 0)
    why = "是白沙村的桥，村民选错了"
    said = put_right(story, "far_dispatcher", bridge, 422, place=str(VILLAGE), reason=why)
    assert "the level whose area holds both" in said
    story.step("far_dispatcher", bridge, "raise", reason=why)
    found = story.browser("county_dispatcher").post(
        f"/console/matters/{bridge}/put-right", {"do": "find", "place_text": "白沙"}
    )
    assert found.status_code == 200
    assert f'value="{VILLAGE}"' in found.content.decode()
    put_right(story, "county_dispatcher", bridge, place=str(VILLAGE), kind_code="G02", urgency="normal", reason=why)
    story.matter("far_dispatcher", bridge, 404)
    right = row(bridge)
    assert (right.place, right.place_then, right.pressing, right.kind_code) == (VILLAGE, VILLAGE, 2, "G02")
    slip = story.slip(bridge)
    assert "Place, kind or urgency was put right" in slip
    assert why not in slip
    story.step("dispatcher", bridge, "accept")
    assert "where it belongs, what it is about, how urgent it is (before: Longjing Village" in story.matter(
        "dispatcher", bridge
    )
    story.given("dispatcher", bridge, "transport")
    story.worked("station", bridge, "桥头已填补加固。")
    story.says(bridge, "yes", "yes")
    story.step("dispatcher", bridge, "close")
    way = "reported raised put_right accepted diverted started answered passed_on rated closed"
    story.ends(bridge, "rated", way, "respond respond respond finish pass visit file", Counted())
