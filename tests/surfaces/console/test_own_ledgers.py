"""Ledgers that people make as pages: made, changed, shared, handed out as Excel and Word, laid into forms of others."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from docx import Document

from commongrid.accounts import sealed
from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.surfaces.console.handing import Handed, Row, Table, document, said, sheet
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, VILLAGE, Desk, lay
from tests.factories.desk import id_of as desk_id
from tests.factories.network import scope_as
from tests.registry.conftest import Hamlet

if TYPE_CHECKING:
    from tests.bed import Database

LEDGERS = "/console/households/ledgers"
FILLED = {
    "of": "person", "name": "在家男性", "columns": ["name", "sex", "age", "linked"], "by_population": "resident",
    "by_sex": "1", "group": "relation", "order": "age", "shared": "on",
}  # fmt: skip


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database, with a family."""
    laid = lay(database)
    village = Hamlet()
    village.family()
    village.person(village.home("2"), "=1+1", sex="1", born_on=date(1940, 1, 1), phone="13812345678")
    return laid


def text(answer: Any) -> str:
    return str(answer.content.decode())


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, {"act": str(Act.new().id), **data})


def lines(desk: Desk, event: str = "exported") -> list[tuple[str, str, int | None]]:
    with acting(scope_as(desk, "auditor")):
        rows = AccessLine.objects.filter(event=event).order_by("at", "id")
        return list(rows.values_list("about", "reason", "place"))


def test_a_ledger_is_made_shown_with_its_groups_changed_and_removed(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    assert "What its rows are" in text(client.get(f"{LEDGERS}/own/new"))
    assert client.get(f"{LEDGERS}/own/new?of=person").status_code == 200
    assert post(client, f"{LEDGERS}/own/new", **{**FILLED, "name": ""}).status_code == 422
    assert post(client, f"{LEDGERS}/own/new", **{**FILLED, "columns": ["ethnic_sealed"]}).status_code == 422
    there = post(client, f"{LEDGERS}/own/new", **FILLED)["Location"]
    page = client.get(there)
    assert [(name, count) for name, count in page.context["groups"]][-1][1] >= 1
    assert sum(count for _name, count in page.context["groups"]) == 4
    assert page.text.count('scope="rowgroup"') == len(page.context["groups"]), "each group has its heading"
    assert "周一" in text(page)
    assert "吴二" not in text(page), "the filter by sex holds"
    assert "在家男性" in text(desk.sign_in(Client(), "secretary").get(LEDGERS)), "shared with the place"
    change = f"{there}/change"
    assert 'value="在家男性"' in text(client.get(change))
    assert post(client, change, **{**FILLED, "name": "男性", "by_sex": "", "group": ""})["Location"] == there
    assert client.get(there).context["title"] == "男性"
    assert client.get(there).context["total"] == 5
    assert desk.sign_in(Client(), "secretary").get(change).status_code == 404
    assert post(client, f"{there}/remove").status_code == 302
    assert client.get(there).status_code == 404


def test_it_goes_out_as_excel_and_word_each_logged_with_what_it_is(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    there = post(client, f"{LEDGERS}/own/new", **FILLED)["Location"]
    assert post(client, there, purpose=" ", into="xlsx").status_code == 422
    answer = post(client, there, purpose="=核对", into="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value]
    assert "'=1+1" in cells
    assert any("delete it by" in cell and "=核对" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith("=")]
    assert book.sheetnames[-1] == "Counts"
    word = Document(io.BytesIO(post(client, there, purpose="核对", into="docx").content))
    assert word.tables[0].rows[0].cells[0].text == "Name of the person"
    assert "delete it by" in word.sections[0].header.paragraphs[0].text
    (first, second) = lines(desk)
    assert first[1:] == ("在家男性: =核对", VILLAGE)
    assert first[0].startswith("own.person.4.")
    assert second[0] == first[0]
    seen = text(client.get("/console/households/exports"))
    assert "Own ledger of people" in seen
    assert "4 rows" in seen
    assert "to be deleted by" in text(desk.sign_in(Client(), "auditor").get("/console/access-log/?event=exported"))
    assert desk.sign_in(Client(), "grid_head").get("/console/households/exports").status_code == 403


def test_one_is_narrowed_to_a_grid_and_a_linked_member_and_says_so_when_they_are_gone(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_assignment (id, post_id, kind, place, household_id, from_on)"
            " SELECT gen_random_uuid(), %s, 'linked_household', place, id, '2026-03-01' FROM registry_household"
            " WHERE number = '1'", [desk_id("grid_head")],
        )  # fmt: skip
    client = desk.sign_in(Client(), "clerk")
    form = client.get(f"{LEDGERS}/own/new?of=person").context["form"]
    offered = {name: dict(form.fields[f"by_{name}"].choices) for name in ("grid", "registered_place", "linked")}
    assert list(offered["grid"]) == ["", str(GRID), str(OTHER_GRID)]
    assert list(offered["registered_place"]) == ["", str(VILLAGE), str(HAMLET)]
    assert offered["linked"] == {"": "All", str(desk_id("grid_head")): "秦网格 · Grid 1"}
    assert "Villager group" in form.not_offered()
    narrow = {**FILLED, "by_sex": "", "by_grid": str(GRID), "by_linked": str(desk_id("grid_head"))}
    wrong = post(client, f"{LEDGERS}/own/new", **{**narrow, "by_grid": str(OTHER_VILLAGE)})
    assert wrong.status_code == 422
    assert "outside what your post sees" in text(wrong)
    assert 'value="在家男性"' in text(wrong)
    there = post(client, f"{LEDGERS}/own/new", **narrow)["Location"]
    page = client.get(there)
    assert (page.context["total"], page.context["lost"]) == (4, [])
    assert {"Grid: Grid 1", "Linked member: 秦网格 · Grid 1"} <= set(page.context["filters"])
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [GRID])
        owner.execute("UPDATE roster_assignment SET to_on = current_date")
    page = client.get(there)
    assert page.context["total"] == 0
    assert "This place is gone" in text(page)
    assert "no household is linked to this member" in text(page)
    assert post(client, there, purpose="核对", into="xlsx").status_code == 422
    assert "Grid 1 (no longer offered)" in text(client.get(f"{there}/change"))
    again = post(client, f"{there}/change", **narrow)
    assert again.status_code == 422
    assert "by_grid" in again.context["form"].errors


def test_ready_ledgers_go_out_as_word_too(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    answer = post(client, f"{LEDGERS}/elders_80?place={VILLAGE}", purpose="慰问", into="docx")
    word = Document(io.BytesIO(answer.content))
    assert "=1+1" in [cell.text for cell in word.tables[0].rows[1].cells]
    assert lines(desk)[0][0].startswith("ledger.elders_80.1.")


def test_each_look_at_one_of_hardship_is_logged(desk: Desk) -> None:
    client = desk.sign_in(Client(), "township_principal")
    there = post(client, f"{LEDGERS}/own/new", of="person", name="困难", columns=["name", "hardship"],
                 by_population="resident")["Location"]  # fmt: skip
    assert client.get(f"{there}?place={VILLAGE}").status_code == 200
    assert [(about, place) for about, _reason, place in lines(desk, "revealed")] == [("ledger.own.5", VILLAGE)]
    assert "Recognised hardship" not in text(desk.sign_in(Client(), "clerk").get(f"{LEDGERS}/own/new?of=person"))
    assert desk.sign_in(Client(), "clerk").get(there).status_code == 404


def form() -> SimpleUploadedFile:
    """A form of the county office."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "花名册"
    page.append(["某县老年人统计表"])
    page.append(["序号", "姓名", "年龄", "联系电话", "县里的栏"])
    page.append([None])
    page.append(["填表人："])
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("老年人.xlsx", out.getvalue())


def test_a_form_of_others_is_laid_out_once_and_filled(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    assert client.get(f"{LEDGERS}/own/form").status_code == 200
    broken = SimpleUploadedFile("a.xlsx", b"PK\x03\x04nothing")
    assert post(client, f"{LEDGERS}/own/form", name="表", of="person", sheet=broken).status_code == 422
    columns = post(client, f"{LEDGERS}/own/form", name="老年人表", of="person", sheet=form())["Location"]
    page = client.get(columns)
    assert [page.context["form"].initial.get(f"at_{n}") for n in range(5)] == ["no", "name", "age", "phone", None]
    assert page.context["form"].initial["first"] == 3
    assert post(client, columns, first="3").status_code == 422, "no column is said"
    assert post(client, columns, first="1", at_1="name").status_code == 422
    at = {"at_0": "no", "at_1": "name", "at_2": "age", "at_3": "phone"}
    there = post(client, columns, first="3", **at)["Location"]
    assert post(client, f"{there}/change", name="老年人表", by_population="resident", by_age_from="60", order="age",
                down="on")["Location"] == there  # fmt: skip
    answer = post(client, there, purpose="上报", into="form")
    made = openpyxl.load_workbook(io.BytesIO(answer.content))["花名册"]
    rows = [[cell.value for cell in row] for row in made.iter_rows()]
    assert rows[1] == ["序号", "姓名", "年龄", "联系电话", "县里的栏"]
    assert rows[2][:2] == [1, "'=1+1"]
    assert rows[2][3] == "138****5678"
    assert isinstance(rows[2][2], int)
    assert (rows[3][1], rows[4][0]) == ("周四", "填表人：")
    assert "delete it by" in str(made.oddFooter.left.text)
    assert lines(desk)[0][1] == "老年人表: 上报"


def test_an_old_list_in_a_form_is_not_kept_once_it_is_taken_away(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    columns = post(client, f"{LEDGERS}/own/form", name="老年人表", of="person", sheet=form())["Location"]
    there = post(client, columns, first="3", clear="1", at_1="name")["Location"]
    made = openpyxl.load_workbook(io.BytesIO(post(client, there, purpose="上报", into="form").content))["花名册"]
    assert "填表人：" not in [cell.value for row in made.iter_rows() for cell in row]
    with desk.database.as_role("owner") as owner:
        row = owner.execute("SELECT id, form_sealed FROM registry_saved_ledger").fetchone()
    assert row
    with zipfile.ZipFile(
        io.BytesIO(sealed.unseal_bytes(row[1], "registry_saved_ledger", "form_sealed", row[0]))
    ) as kept:
        parts = {name: kept.read(name).decode(errors="replace") for name in kept.namelist()}
    assert any("某县老年人统计表" in text for text in parts.values())
    assert not any("填表人" in text for text in parts.values()), "nor is it kept here"


def test_a_document_is_a4_with_its_headings_repeated_and_no_broken_sign() -> None:
    rows = [Row(("甲组 (1)",), head=True), Row(("张\x00三", "<b>&"))]
    of = Handed(
        title="台账", place="白沙村", by="文书", purpose="核对", tables=[Table(name="表", heads=("a", "b"), rows=rows)]
    )
    data = document(of)
    made = Document(io.BytesIO(data))
    section = made.sections[0]
    assert (section.page_width, section.page_height) == (7560310, 10692130)
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["a", "b"], ["甲组 (1)"] * 2, ["张三", "<b>&"],
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.read("word/document.xml").decode().count("<w:tblHeader/>") == 1
    wide = Handed(title="t", place="p", by="b", purpose="x", tables=[Table(name="表", heads=("x",) * 9, rows=[])])
    assert Document(io.BytesIO(document(wide))).sections[0].page_width == 10692130
    twice = Handed(title="t", place="p", by="b", purpose="x",
                   tables=[Table(name="a/b" * 20, heads=("x",), rows=[])] * 2)  # fmt: skip
    assert len(openpyxl.load_workbook(io.BytesIO(sheet(twice))).sheetnames) == 2


def test_the_log_says_what_went_out_in_words() -> None:
    with override("en"):
        _said_in_english()


def _said_in_english() -> None:
    assert said("matters.12.20261226") == "List of matters · 12 rows · to be deleted by 26 Dec 2026"
    assert said("ledger.roster.1.20261226") == "Roster of people · 1 row · to be deleted by 26 Dec 2026"
    assert said("household_move_in 403") == "household_move_in 403"
