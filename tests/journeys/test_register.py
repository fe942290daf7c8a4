"""The register told to its end: forty rows come in by the door, one is found, shown, split off, read back, printed."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.scope import clock
from commongrid.registry.importing.rules.layout import NAMED, PEOPLE
from commongrid.registry.joining.jobs import find_suspects
from commongrid.registry.models import Person
from tests.factories.desk import GRID, HAMLET, VILLAGE
from tests.journeys.test_systems import both
from tests.registry.conftest import Hamlet
from tests.registry.importing.making import family, number

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser

AT = {column.field: n for n, column in enumerate(PEOPLE, 1)}
EYE = clock("test.door", "people.read")
BAD: dict[int, dict[str, object]] = {
    3: {"id_number": 5.20623199001011e17}, 7: {"relation": "户主"}, 12: {"born_on": "农历正月初五"},
    16: {"natural_village": "无此寨"}, 22: {"phone": "12"}, 28: {"name": ""}, 33: {"id_number": "123"},
}  # fmt: skip
"""By row of the sheet: what is written there instead."""

HEAD, WIFE, SON = (str(one["name"]) for one in family(1, 1))
PHONE = "13800000002"
WHY = "核对养老金发放"


def people() -> int:
    with acting(EYE):
        return Person.objects.filter(source="import").count()


def filled(template: bytes, path: Path) -> Path:
    """Forty rows in the template, seven of them bad."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    rows = [one for n in range(1, 15) for one in family(n, n)][:40]
    for n, cells in enumerate(rows, 2):
        for name, value in {**cells, "phone": f"138000000{n:02}", **BAD.get(n, {})}.items():
            book.worksheets[0].cell(n, AT[name]).value = value
    book.save(path)
    return path


def mended(back: bytes, path: Path) -> Path:
    """Every row put right that the workbook complains of."""
    book = openpyxl.load_workbook(io.BytesIO(back))
    page = book.worksheets[0]
    said = {n: page.cell(n, len(PEOPLE) + 1).value for n in range(1, 42)}
    assert said[1] == NAMED
    assert {n for n, text in said.items() if text} > set(BAD)
    good = [one for n in range(1, 15) for one in family(n, n)][:40]
    for n in BAD:
        assert all(part in str(said[n]) for part in (" / ", "。"))
        for name, value in {**good[n - 2], "born_on": None, "phone": f"138000000{n:02}"}.items():
            page.cell(n, AT[name]).value = value
    book.save(path)
    return path


def sent(page: Page, path: Path) -> None:
    """Choose the file, look it through."""
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("heading", name="这个文件会做什么").wait_for()


def test_forty_rows_come_in_and_are_worked_with(site: Site, tmp_path: Path) -> None:
    _forty_rows_come_in(site.visitor("clerk", language="zh-hans"), tmp_path)
    desk = site.visitor("clerk", language="en")
    _found_and_shown(desk)
    _split_and_read_back(desk)
    _printed(desk)
    desk.finish()


def _forty_rows_come_in(desk: Visitor, tmp_path: Path) -> None:
    """Filled in badly, mended as the workbook says, taken in, undone, taken in once more."""
    page = desk.open("/console/households/import")
    both(desk, "import")
    with page.expect_download() as template:
        page.get_by_role("link", name="人员模板").click()
    sent(page, filled(template.value.path().read_bytes(), tmp_path / "people.xlsx"))
    page.get_by_text("有误的行").wait_for()
    both(desk, "import-look")
    page.get_by_role("button", name="导入登记").click()
    page.get_by_text("有些行有误或等您决定").first.wait_for()
    assert people() == 0
    with page.expect_download() as back:
        page.get_by_role("link", name="下载带问题说明的表格").click()
    path = mended(back.value.path().read_bytes(), tmp_path / "mended.xlsx")

    page.goto(desk.address + "/console/households/import")
    sent(page, path)
    assert page.get_by_text("有误的行").count() == 0
    page.get_by_role("button", name="导入登记").click()
    page.get_by_role("heading", name="已导入的文件").wait_for()
    both(desk, "import-batch")
    assert people() == 40

    page.goto(desk.address + "/console/households/import")
    sent(page, path)
    page.get_by_text("登记里都已有，无需导入").wait_for()
    page.get_by_role("button", name="放弃这个文件").click()
    page.get_by_text("已放弃这个文件").wait_for()

    page.locator("section[aria-labelledby=batches] a.title").first.click()
    page.fill("#id_reason", "先试一遍")
    page.get_by_role("button", name="撤销整个文件").click()
    page.get_by_text("这个文件所做的已全部撤销").wait_for()
    both(desk, "import-undone")
    assert people() == 0

    page.goto(desk.address + "/console/households/import")
    sent(page, path)
    page.get_by_role("button", name="导入登记").click()
    page.get_by_role("heading", name="已导入的文件").wait_for()
    assert people() == 40
    desk.finish()


def _found_and_shown(desk: Visitor) -> None:
    """By two characters of the name; the phone is shown for a reason, and the look is on record."""
    page = desk.open("/console/households/")
    page.fill("#find", HEAD[1:])
    page.locator("#found a", has_text=HEAD).click()
    page.get_by_role("heading", name=HEAD).wait_for()
    assert PHONE not in page.content()
    page.get_by_text("Show a hidden value").click()
    page.fill("#reveal_reason", WHY)
    page.locator("button[name=field][value=phone]").click()
    page.get_by_text(PHONE).wait_for()
    desk.look("person-shown")
    page.get_by_role("link", name="Who has looked at this record").click()
    assert "Phone" in page.get_by_role("row", name=WHY).inner_text()
    page.go_back()


def _split_and_read_back(desk: Visitor) -> None:
    """The son founds a household of his own; last month he lived with his parents."""
    page = desk.page
    page.locator("section", has_text="Where they lived").get_by_role("link").click()
    page.wait_for_selector("#people")
    old = page.url
    page.get_by_role("link", name="Split", exact=True).click()
    page.get_by_role("checkbox", name=SON).check()
    page.get_by_label("Head of the new household").select_option(label=SON)
    page.select_option("#id_natural_village", str(HAMLET))
    page.select_option("#id_place", str(GRID))
    page.fill("#id_number", "90")
    page.get_by_role("button", name="Split the household").click()
    page.get_by_text("The household was split.").wait_for()
    assert living(page) == {SON}
    page.goto(old)
    assert living(page) == {HEAD, WIFE}
    page.fill("#on", (localdate().replace(day=1) - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name="As it is today").wait_for()
    assert living(page) == {HEAD, WIFE, SON}
    desk.look("household-last-month")


def _printed(desk: Visitor) -> None:
    """The roster on paper, as the page prints and as a document that says what it is for."""
    page = desk.open(f"/console/households/ledgers/roster?place={VILLAGE}")
    page.get_by_text("40 rows").wait_for()
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")
    page.fill("#id_purpose", WHY)
    with page.expect_download() as got:
        page.get_by_role("button", name="Export as Word").click()
    with zipfile.ZipFile(got.value.path()) as document:
        text = "".join(document.read(part).decode() for part in document.namelist() if part.endswith(".xml"))
    assert [one for one in (HEAD, WIFE, SON, WHY) if one not in text] == []
    assert PHONE not in text


def living(page: Page) -> set[str]:
    """Who lives in the household of the page."""
    return set(page.locator("section[aria-labelledby=people] tbody td:first-child").all_inner_texts())


def test_two_records_of_one_person_are_joined(site: Site) -> None:
    village = Hamlet()
    village.person(village.home("1"), "周大山", born_on=date(1980, 1, 1), id_number=number(1))
    village.person(village.home("2"), "周大山", born_on=date(1980, 1, 1), phone="13812345678")
    assert find_suspects() == 1
    visitor = site.visitor("township_principal", language="en")
    page = visitor.open("/console/households/duplicates")
    both(visitor, "duplicates")
    page.get_by_role("link", name="周大山 · 周大山").click()
    both(visitor, "duplicate")
    page.get_by_label("One person: the left record goes on").check()
    page.get_by_label("How you know").fill("asked him")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Both histories can be read").wait_for()
    visitor.finish()
