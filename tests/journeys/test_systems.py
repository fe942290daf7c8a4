"""Hotline orders in by sheet and the reply out; a dispute mediated, signed, photographed back and checked."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
from PIL import Image

from commongrid.matters import actions
from tests.factories.desk import VILLAGE
from tests.factories.scenes import Scene
from tests.journeys.conftest import WIDTHS
from tests.journeys.telling import Counted, ended
from tests.matters.exchange.making import ROW, sheet
from tests.matters.test_loop import rate

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

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


def test_hotline_orders_come_in_by_sheet_and_the_reply_goes_out(site: Site, tmp_path: Path) -> None:
    desk = site.visitor("dispatcher", language="zh-hans")
    page = desk.open("/console/exchange/")
    both(desk, "exchange")
    with page.expect_download() as template:
        page.get_by_role("link", name="工单", exact=True).first.click()
    book = openpyxl.load_workbook(io.BytesIO(template.value.path().read_bytes()))
    assert book.worksheets[0]["A1"].value == "工单编号 Order number"
    assert book.worksheets[0].data_validations.dataValidation
    path = tmp_path / "orders.xlsx"
    again = ("2611240002", *ROW[1:])
    path.write_bytes(sheet(ROW, again, ("", *ROW[1:3], "无此村", *ROW[4:])))
    page.goto(desk.address + "/console/exchange/hotline_12345/in/orders/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="核对").click()
    page.get_by_text("现在还没有收入任何内容").wait_for()
    both(desk, "exchange-preview")
    page.get_by_role("button", name="收入", exact=True).click()
    page.get_by_text("有些行有误").wait_for()
    page.get_by_label("只收无误的行").check()
    page.get_by_role("button", name="收入", exact=True).click()
    page.get_by_text("已收入2件").wait_for()

    scene = Scene(site.desk)
    from commongrid.matters.queries.systems import case_of

    found = case_of(scene.as_post("dispatcher"), "hotline_12345", ROW[0])
    assert found is not None
    if scene.where(found.matter) == "village":
        scene.do("clerk", actions.raise_level, found.matter, reason="村里修不了")
    scene.do("dispatcher", actions.accept, found.matter)
    scene.do("dispatcher", actions.start, found.matter)
    page.goto(desk.address + f"/console/matters/{found.matter}/")
    both(desk, "matter-elsewhere")
    scene.do("dispatcher", actions.answer, found.matter, answer="路灯已换新，今晚起亮。")
    page.goto(desk.address + "/console/exchange/")
    both(desk, "exchange-to-reply")
    page.get_by_role("button", name="生成回复表").click()
    page.get_by_text("2件回复已备好").wait_for()
    both(desk, "exchange-batch")
    with page.expect_download() as sent:
        page.get_by_role("link", name="下载回复表").click()
    book = openpyxl.load_workbook(io.BytesIO(sent.value.path().read_bytes()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert {row[0] for row in rows[1:]} == {ROW[0], "2611240002"}
    assert {row[2] for row in rows[1:]} == {"路灯已换新，今晚起亮。"}

    results_come_back(desk, tmp_path)
    way = "reported order_linked raised accepted started answered result_taken result_taken"
    ended(scene, found.matter, "rated", way, Counted(series="systems"))


def results_come_back(desk: Visitor, tmp_path: Path) -> None:
    """Both numbers were solved there, says the sheet that comes back."""
    page, path = desk.page, tmp_path / "results.xlsx"
    said = ((ROW[0], "已解决", "满意", "灯亮了"), ("2611240002", "已解决", "满意", "灯亮了"))
    path.write_bytes(sheet(*said, head=("工单编号", "办理状态", "满意度", "意见")))
    page.goto(desk.address + "/console/exchange/hotline_12345/in/results/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="收入", exact=True).click()
    page.get_by_text("已收入2件").wait_for()
    desk.finish()


def test_a_sheet_with_other_columns_is_mapped_once(site: Site, tmp_path: Path) -> None:
    desk = site.visitor("dispatcher", language="en")
    page = desk.open("/console/exchange/petition/in/orders/")
    path = tmp_path / "letters.xlsx"
    path.write_bytes(sheet(("77", "2026-11-23", "桥栏杆断了"), head=("件号", "何时", "何事")))
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Look it through").click()
    page.get_by_role("heading", name="Which column is which").wait_for()
    both(desk, "exchange-columns")
    page.select_option("#id_number", "件号")
    page.select_option("#id_received", "何时")
    page.select_option("#id_text", "何事")
    page.get_by_role("button", name="Remember and go on").click()
    page.get_by_text("Nothing is taken in yet.").wait_for()
    both(desk, "exchange-preview")
    desk.finish()


def photo(tmp_path: Path) -> Path:
    """A photo of a sheet."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), (240, 240, 235)).save(out, "JPEG")
    path = tmp_path / "signed.jpg"
    path.write_bytes(out.getvalue())
    return path


def begun(mediator: Visitor, matter: UUID) -> tuple[str, str]:
    """The dispute is taken up, sat and worded; answers the file's number and where its sheet is photographed."""
    page = mediator.open(f"/console/matters/{matter}/")
    page.get_by_role("link", name="调解这起纠纷").first.click()
    page.get_by_role("heading", name="有没有人被打").wait_for()
    both(mediator, "mediation-violence")
    page.get_by_role("link", name="没有暴力").click()
    page.fill("#id_name_1", "王大山")
    page.fill("#id_phone_1", "13812340001")
    page.fill("#id_address_1", "上河组3号")
    page.fill("#id_name_2", "李二河")
    both(mediator, "mediation-begin")
    page.get_by_role("button", name="开始调解").click()
    page.get_by_text("已开始调解").wait_for()
    page.fill("#sit_attended", "王大山、李二河、覃调解")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("本次调解已登记").wait_for()
    page.get_by_text("写下协议", exact=True).click()
    page.fill("#word_text", "以老石坎为界，各退一尺。\n双方共同修复排水沟。")
    page.fill("#word_performance", "十日内由双方共同立界桩。")
    page.get_by_role("button", name="写下", exact=True).click()
    page.get_by_text("请打印").first.wait_for()
    both(mediator, "mediation-file")
    number = page.get_by_role("heading", level=1).inner_text()
    back = page.get_by_role("link", name="在这里添加照片").get_attribute("href")
    assert back is not None
    page.get_by_role("link", name="打印协议书").click()
    both(mediator, "mediation-agreement")
    return number, back.removeprefix(mediator.address)


def test_a_boundary_dispute_is_mediated_signed_photographed_and_checked(site: Site, tmp_path: Path) -> None:
    scene = Scene(site.desk)
    matter = scene.report("两家为地界争执，菜地边的石坎被挪了一尺。", kind="A03", place=VILLAGE)
    scene.do("clerk", actions.accept, matter)
    mediator = site.visitor("mediator", language="zh-hans")
    number, back = begun(mediator, matter)
    phone = site.visitor("mediator", language="zh-hans", width="phone")
    shot = phone.open(back)
    shot.fill("#id_telling", "0000")
    shot.set_input_files("#id_photos", photo(tmp_path))
    shot.get_by_role("button", name="归入案卷").click()
    shot.get_by_text("这是另一张纸").first.wait_for()
    phone.look("sheet-wrong")
    shot.fill("#id_telling", re.sub(r"\W", "", number)[-4:])
    shot.get_by_role("button", name="归入案卷").click()
    shot.get_by_text("签字件已归入案卷").wait_for()
    shot.get_by_role("button", name="达成协议，结案").click()
    shot.get_by_text("已达成协议。").first.wait_for()
    phone.look("mediation-agreed")
    shot.get_by_label("是", exact=True).check()
    shot.fill("#check_found", "界桩已立，水沟已修。")
    shot.get_by_role("button", name="归入案卷").click()
    shot.get_by_text("了解到的情况已归入案卷").wait_for()
    for visitor in (mediator, phone):
        visitor.finish()
    rate(matter, solved=True, satisfied=True)
    if scene.where(matter):
        scene.do("dispatcher", actions.close, matter)
    steps = ("begun", "sat", "worded", "signed", "agreed", "checked")
    way = f"reported accepted {' '.join(f'mediation_{step}' for step in steps)} rated closed"
    ended(scene, matter, "rated", way, Counted())
