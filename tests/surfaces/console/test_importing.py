"""The pages of the door: template, upload, preview, workbook back, taken in, undone; the export; two records joined."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.registry.importing.rules.held_columns import HELD
from commongrid.registry.importing.rules.layout import NAMED
from commongrid.registry.joining import jobs
from commongrid.registry.models import Person
from tests.factories.desk import VILLAGE, Desk, lay
from tests.registry.conftest import Hamlet
from tests.registry.importing.making import family, number, person, workbook

if TYPE_CHECKING:
    from tests.bed import Database

IMPORT = "/console/households/import"
EYE = clock("test.import", "people.read", "accounts.log")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def send(client: Client, data: bytes, sort: str = "people") -> Any:
    """A file sent with the form."""
    file = SimpleUploadedFile("名单.xlsx", data)
    return client.post(IMPORT, {"act": str(Act.new().id), "sort": sort, "sheet": file})


def post(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), **form})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def digest(page: str) -> str:
    return page.split('name="digest" value="')[1].split('"', maxsplit=1)[0]


def book(answer: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(answer.content))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_is_looked_through_mended_taken_in_and_undone(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "clerk", language)
    template = book(client.get(f"{IMPORT}/people.xlsx"))
    assert "身份证件号码 Identity number" in [cell.value for cell in template.worksheets[0][1]]
    assert template.worksheets[0].data_validations.dataValidation
    assert template.worksheets[0].column_dimensions["E"].width > 10
    bad = [*family(1, 1), person(number="2", name="=HYPERLINK(1)", id_number="11010519491231002")]
    there = send(client, workbook(*bad))
    assert there.status_code == 302, text(there)
    page = text(client.get(there["Location"]))
    assert "HYPERLINK" not in page
    back = book(client.get(f"{there['Location']}/mended.xlsx")).worksheets[0]
    head = [cell.value for cell in back[1]]
    assert head[-1] == NAMED
    assert "身份证号码应为18位" in back.cell(5, len(head)).value
    assert "18 signs" in back.cell(5, len(head)).value
    assert back.cell(2, len(head)).value is None
    assert back["D5"].data_type == "s"
    refused = post(client, there["Location"], digest=digest(page))
    assert refused.status_code == 422
    taken = post(client, there["Location"], digest=digest(page), good_only="on")
    assert taken.status_code == 302, text(taken)
    with acting(EYE):
        assert Person.objects.filter(source="import").count() == 3
        home = Person.objects.filter(source="import").values_list("household_id", flat=True).first()
    assert taken["Location"] in text(client.get(f"/console/households/{home}"))
    back.parent.worksheets[0].cell(5, 4).value = "王五"
    back.cell(5, 5).value = number(5)
    mended = io.BytesIO()
    back.parent.save(mended)
    again = send(client, mended.getvalue())
    page = text(client.get(again["Location"]))
    done = post(client, again["Location"], digest=digest(page))
    assert done.status_code == 302, text(done)
    with acting(EYE):
        assert Person.objects.filter(source="import").count() == 4
    batch = taken["Location"]
    assert post(client, batch, reason="").status_code == 422
    assert post(client, batch, reason="版本错了").status_code == 302
    with acting(EYE):
        assert Person.objects.filter(source="import").count() == 1
    assert client.get(IMPORT).status_code == 200


def test_a_dry_run_shows_what_each_row_writes_over(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk", "en")
    first = person(number="1", name="周大", id_number=number(1), education="普通高级中学", phone="13812345678")
    there = send(client, workbook(first))["Location"]
    assert post(client, there, digest=digest(text(client.get(there)))).status_code == 302
    second = {**first, "education": "大学本科", "phone": "13987654321", "works_at": "浙江"}
    page = text(client.get(send(client, workbook(second))["Location"]))
    assert "Senior secondary school → Bachelor" in page
    assert "nothing → 浙江" in page
    assert [one for one in ("13812345678", "13987654321") if one in page] == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sites_go_through_the_same_door(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "clerk", language)
    assert f'{IMPORT}?sort=sites"' in text(client.get("/console/holdings/site/"))
    assert 'value="sites" checked' in text(client.get(f"{IMPORT}?sort=sites")).replace('id="id_sort_2" ', "")
    for sort in HELD:
        template = book(client.get(f"{IMPORT}/{sort}.xlsx"))
        assert [cell.value for cell in template.worksheets[0][1]] == [column.heading for column in HELD[sort]]
    columns = HELD["sites"]
    rows: list[dict[str, object]] = [
        {"natural_village": "上河", "name": name, "kind": kind} for name, kind in (("小学", "学校"), ("庙", "庙"))
    ]
    there = send(client, workbook(*rows, head=[one.heading for one in columns], columns=columns), "sites")["Location"]
    page = text(client.get(there))
    back = book(client.get(f"{there}/mended.xlsx")).worksheets[0]
    assert "名录中没有这个词" in back.cell(3, back.max_column).value
    taken = post(client, there, digest=digest(page), good_only="on")
    assert taken.status_code == 302, text(taken)
    batch = text(client.get(taken["Location"]))
    assert "/console/holdings/site/" in batch
    assert post(client, taken["Location"], reason="版本错了").status_code == 302


def test_what_is_no_list_is_refused_at_the_form(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    assert send(client, b"%PDF-1.7").status_code == 422
    assert "names its columns" in text(send(client, workbook(head=("甲", "乙"))))
    assert post(client, IMPORT, sort="people").status_code == 422
    assert client.get(f"{IMPORT}/cats.xlsx").status_code == 404
    there = send(client, workbook(*family(1, 1)))["Location"]
    assert post(client, f"{there}/drop").status_code == 302
    assert client.get(there).status_code == 404


def test_a_form_sent_twice_gets_its_first_answer_and_what_is_not_asked_is_counted(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commongrid.registry.importing.telling.DOUBTS_SHOWN", 1)
    desk.sign_in(client, "clerk")
    rows = family(1, 1)
    there = send(client, workbook(*rows))["Location"]
    form = {"act": str(Act.new().id), "digest": digest(text(client.get(there)))}
    first, again = client.post(there, form), client.post(there, form)
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    assert client.post(there, {**form, "act": str(Act.new().id)}).status_code == 404
    assert client.get(there).status_code == 404
    renamed = [{**row, "name": f"吴{sign}"} for sign, row in zip("甲乙丙", rows, strict=True)]
    page = text(client.get(send(client, workbook(*renamed))["Location"]))
    assert page.count("<legend>Row") == 1
    assert "and 2 more, which stay out this time" in page


def test_a_large_file_waits_for_the_worker(desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commongrid.registry.importing.actions.sending.SMALL", 10)
    monkeypatch.setattr("commongrid.registry.importing.jobs.SMALL", 10)
    from commongrid.registry.importing.jobs import look_through_files

    desk.sign_in(client, "clerk")
    there = send(client, workbook(*family(1, 1)))["Location"]
    assert "0 % read" in text(client.get(there))
    assert look_through_files() == 1
    assert "Newly entered 3" in text(client.get(there))


def test_the_list_goes_out_masked_with_its_purpose_and_is_logged(desk: Desk, client: Client) -> None:
    village = Hamlet()
    home = village.home("1")
    village.person(home, "=1+1", born_on=date(1980, 1, 1), id_number=number(3), phone="13812345678")
    desk.sign_in(client, "grid_head")
    assert post(client, "/console/households/export", place=str(VILLAGE)).status_code == 422
    answer = post(client, "/console/households/export", place=str(VILLAGE), purpose="=入户核对")
    assert answer.status_code == 200
    cells = [str(cell.value) for page in book(answer).worksheets for row in page.iter_rows() for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith("=")]
    assert "138****5678" in cells
    assert not [cell for cell in cells if "13812345678" in cell or number(3) in cell]
    with acting(EYE):
        line = AccessLine.objects.get(event="exported")
    assert line.about.startswith("households.2."), "one household and one person"
    assert (line.reason, line.place) == ("=入户核对", VILLAGE)
    assert client.get("/console/households/export?place=1").status_code == 404


def test_two_records_are_compared_and_joined_or_told_apart(desk: Desk, client: Client) -> None:
    village = Hamlet()
    one = village.person(village.home("1"), "周大山", born_on=date(1980, 1, 1), id_number=number(1))
    other = village.person(village.home("2"), "周大山", born_on=date(1980, 1, 1), phone="13812345678")
    village.person(village.home("3"), "周大山", born_on=date(1980, 1, 1), id_number=number(2))
    assert jobs.find_suspects() == 2
    assert jobs.find_suspects() == 0
    desk.sign_in(client, "township_principal")
    page = text(client.get("/console/households/duplicates"))
    links = [part.split('"')[0] for part in page.split('href="/console/households/duplicates/')[1:]]
    assert page.count("Baisha Village") + page.count("白沙村") >= 2 * len(links), "where both are registered"
    assert len(links) == 2
    pairs = {UUID(link): text(client.get(f"/console/households/duplicates/{link}")) for link in links}
    both = next(ident for ident, shown in pairs.items() if str(one) in shown and str(other) in shown)
    rest = next(ident for ident in pairs if ident != both)
    assert "138****5678" in pairs[both]
    assert post(client, f"/console/households/duplicates/{both}", answer="first", why="").status_code == 422
    first = "first" if one < other else "second"
    joined = post(client, f"/console/households/duplicates/{both}", answer=first, why="本人说明")
    assert joined.status_code == 302, text(joined)
    with acting(EYE):
        assert Person.objects.get(id=other).merged_into == one
    assert post(client, f"/console/households/duplicates/{rest}", answer="apart", why="两个人").status_code in {
        302,
        404,
    }
    desk.sign_in(client, "clerk")
    assert client.get("/console/households/duplicates").status_code == 403
