"""Without a phone: an order on paper, answered by hand, photographed back; and a public text by two people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from commongrid.matters import actions, queries
from commongrid.matters.queries.papers import paper_order
from commongrid.surfaces.shared.sheets import token
from tests.factories.desk import TOWNSHIP, VILLAGE
from tests.factories.scenes import Scene
from tests.journeys.conftest import WIDTHS
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser


def both(visitor: Visitor, name: str) -> None:
    """Look at a page at both widths."""
    page = visitor.page
    for width, (wide, high) in WIDTHS.items():
        visitor.width = width
        page.set_viewport_size({"width": wide, "height": high})
        visitor.look(name)
    page.set_viewport_size({"width": 1440, "height": 900})


def photo(folder: Path) -> Path:
    """A photo of a sheet."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), (240, 240, 235)).save(out, "JPEG")
    path = folder / "sheet.jpg"
    path.write_bytes(out.getvalue())
    return path


def test_an_order_is_printed_answered_by_hand_and_photographed_back(site: Site, tmp_path: Path) -> None:
    scene = Scene(site.desk)
    matter = scene.at_township("村口水沟堵了，雨天漫到路上", kind="F01")
    scene.do("dispatcher", actions.divert, matter, place=VILLAGE, reason="村里就近办")
    order = paper_order(scene.as_post("dispatcher"), matter)
    assert order is not None
    desk = site.visitor("dispatcher", language="zh-hans")
    page = desk.open(f"/console/matters/{matter}/")
    both(desk, "paper-matter")
    page.get_by_role("link", name="打印办理单").click()
    page.get_by_role("heading", name="事项办理单").wait_for()
    both(desk, "paper-order")
    page = desk.open(f"/console/sheets/{token('o', matter, order.id)}/")
    page.get_by_text("李*芳").wait_for()
    both(desk, "paper-back")
    page.get_by_label("单子上写的答复").fill("11月24日已清通水沟，换了两块盖板。")
    page.get_by_label("最后四位").fill("9999")
    page.set_input_files("input[type=file]", photo(tmp_path))
    page.get_by_role("button", name="归入案卷").click()
    page.get_by_text("这是另一张").first.wait_for()
    both(desk, "paper-back-wrong")
    page.get_by_label("最后四位").fill(scene.number(matter)[-4:])
    page.get_by_role("button", name="归入案卷").click()
    page.get_by_text("已清通水沟").first.wait_for()
    both(desk, "paper-answered")
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert (m.row.handler_level, m.orders[-1].outcome) == ("village", "answered")
    page.get_by_role("link", name="打印答复评价单").click()
    page.get_by_role("heading", name="办理结果告知暨评价单").wait_for()
    both(desk, "paper-answer")
    desk.finish()


def test_the_sheets_in_english(site: Site) -> None:
    scene = Scene(site.desk)
    given, answered = scene.with_station("过境路口没有减速带"), scene.answered("学校门口斑马线看不清")
    desk = site.visitor("county_dispatcher", language="en")
    desk.open(f"/console/matters/{given}/order")
    both(desk, "paper-order")
    desk.open(f"/console/matters/{answered}/answer-sheet")
    both(desk, "paper-answer")
    desk.finish()


def test_a_public_text_takes_two_people_and_goes_down(site: Site) -> None:
    scene = Scene(site.desk)
    add_post(scene, "second", "dispatcher", TOWNSHIP)
    matter = scene.at_township("李小芳家旁12号加工场夜里太吵，电话13812341234", kind="F10")
    desk = site.visitor("dispatcher", language="zh-hans")
    page = desk.open(f"/console/matters/{matter}/")
    page.get_by_role("link", name="拟公开内容").click()
    page.get_by_role("heading", name="拟公开内容").wait_for()
    both(desk, "publish-new")
    text = page.get_by_label("是什么事")
    assert "李小芳" not in text.input_value()
    text.fill("李小芳反映加工场夜里太吵。")
    page.get_by_label("标题").fill("加工场夜间噪声")
    page.get_by_role("button", name="提交第二人审核").click()
    page.get_by_text("是这里某人的姓名").first.wait_for()
    both(desk, "publish-refused")
    page.get_by_label("是什么事").fill("有村民反映加工场夜里太吵。")
    page.get_by_role("button", name="提交第二人审核").click()
    page.get_by_text("须由另一人审核").wait_for()
    both(desk, "publish-own")
    address = page.url.removeprefix(desk.address)
    desk.finish()

    anybody = site.visitor(language="zh-hans")
    anybody.open("/published").get_by_text("这里还没有公开内容").wait_for()
    boss = site.visitor("second", language="zh-hans")
    page = boss.open(address)
    page.get_by_role("button", name="审核通过并发布").click()
    page.get_by_text("已公开。").wait_for()
    both(boss, "publish-approved")
    seen = anybody.open("/published")
    seen.get_by_role("link", name="加工场夜间噪声").wait_for()
    both(anybody, "published")
    seen.get_by_role("link", name="加工场夜间噪声").click()
    seen.get_by_role("heading", name="加工场夜间噪声").wait_for()
    both(anybody, "published-one")
    anybody.open("/published/places")
    both(anybody, "published-places")
    page.get_by_label("理由").fill("当事人要求撤下")
    page.get_by_role("button", name="立即撤下").click()
    page.get_by_text("已撤下。").wait_for()
    both(boss, "publish-down")
    boss.open("/console/published/")
    both(boss, "publications")
    anybody.open("/published").get_by_text("这里还没有公开内容").wait_for()
    anybody.finish()
    boss.finish()
