"""Ledgers as pages and spreadsheets: every one opens, an export names its purpose, formulas are dead, it is logged."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.ledgers import LEDGERS
from commongrid.surfaces.console.handing import KEPT_DAYS
from tests.factories.desk import VILLAGE, Desk, lay
from tests.factories.network import scope_as
from tests.registry.conftest import CLERK, Hamlet

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_ledger_opens(desk: Desk, language: str) -> None:
    Hamlet().family()
    client = desk.sign_in(Client(), "township_principal", language)
    listed = text(client.get("/console/households/ledgers"))
    for code, one in LEDGERS.items():
        assert (one.en if language == "en" else one.zh) in listed
        answer = client.get(f"/console/households/ledgers/{code}?place={VILLAGE}&population=registered")
        assert answer.status_code == 200, code
        assert (answer.content.count(b"<tbody>") == 2) == (b"data-label" in answer.content), code
    page = text(client.get(f"/console/households/ledgers/roster?place={VILLAGE}&belongs=not_registered"))
    for word in ("周一", *(("Totals", "Registered place", "Male") if language == "en" else ("合计", "户籍地", "男"))):
        assert word in page
    assert "周一" not in text(client.get(f"/console/households/ledgers/roster?place={VILLAGE}&belongs=collective"))
    assert client.get(f"/console/households/ledgers/roster?place={VILLAGE}&belongs=x").status_code == 200


def test_hardship_is_not_offered_to_the_grid(desk: Desk) -> None:
    client = desk.sign_in(Client(), "grid_head")
    assert "Disabled people" not in text(client.get("/console/households/ledgers"))
    assert client.get("/console/households/ledgers/disabled").status_code == 403
    assert client.get("/console/households/ledgers/nonsense").status_code == 404


def test_each_look_at_a_ledger_of_hardship_is_logged(desk: Desk) -> None:
    client = desk.sign_in(Client(), "township_principal")
    for code in ("disabled", "roster"):
        assert client.get(f"/console/households/ledgers/{code}?place={VILLAGE}").status_code == 200
    with acting(scope_as(desk, "auditor")):
        assert list(AccessLine.objects.filter(event="revealed").values_list("about", flat=True)) == [
            "ledger.disabled.0"
        ]


def test_an_export_names_its_purpose_and_holds_no_formula(desk: Desk) -> None:
    village = Hamlet()
    village.person(village.home("1"), "=1+1", phone="13812345678")
    client = desk.sign_in(Client(), "clerk")
    address = f"/console/households/ledgers/roster?place={VILLAGE}"
    assert client.post(address, {"act": str(Act.new().id), "purpose": " "}).status_code == 422
    longer = client.post(address, {"act": str(Act.new().id), "purpose": "核对", "days": str(KEPT_DAYS + 1)})
    assert (longer.status_code, "at most 30 days" in longer.content.decode()) == (422, True)
    answer = client.post(address, {"act": str(Act.new().id), "purpose": "=cmd|' /C calc'!A0"})
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "'=1+1" in strings
    assert "delete it by" in strings
    assert "13812345678" not in strings
    with acting(scope_as(desk, "auditor")):
        line = AccessLine.objects.get(event="exported")
    until = localdate() + timedelta(days=KEPT_DAYS)
    assert (line.about, line.reason) == (f"ledger.roster.1.{until:%Y%m%d}", "=cmd|' /C calc'!A0")


def test_the_days_an_export_lives_are_chosen_within_the_countys_limit(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE registry_retention_rule SET length = 14 WHERE code = 'export'")
    client = desk.sign_in(Client(), "clerk")
    address = f"/console/households/ledgers/roster?place={VILLAGE}"
    assert 'max="14"' in client.get(address).content.decode()
    for days, status in (("15", 422), ("0", 422), ("x", 422), ("3", 200), ("", 200)):
        sent = {"act": str(Act.new().id), "purpose": "核对", "days": days}
        assert client.post(address, sent).status_code == status, days
    with acting(scope_as(desk, "auditor")):
        said = list(AccessLine.objects.filter(event="exported").order_by("at").values_list("about", flat=True))
    assert said == [f"ledger.roster.0.{localdate() + timedelta(days=days):%Y%m%d}" for days in (3, 14)]


def test_a_ledger_of_payment_is_narrowed_to_who_has_not_paid_on_the_page_and_in_the_file(desk: Desk) -> None:
    _home, (_head, wife, *_rest) = Hamlet().family()
    payment = f"medical_{localdate().year}"
    what = actions.Recognised(type_code=payment, person=wife)
    actions.flag(CLERK, Act.new(), what=what, told=Told(on=localdate()))
    client = desk.sign_in(Client(), "clerk")
    address = f"/console/households/ledgers/medical?place={VILLAGE}&payment={payment}"
    page = client.get(address)
    assert (page.context["wanted"].payment, page.context["total"]) == (payment, 4)
    assert page.context["sums"][0][-2:] == ("Paid", "Not paid")
    assert page.context["sums"][1][-1][-2:] == ("1", "3")
    unpaid = client.get(f"{address}&paid=0")
    assert unpaid.context["total"] == 3
    assert "吴二" not in text(unpaid)
    assert "reads as not paid" in text(unpaid)
    answer = client.post(f"{address}&paid=0", {"act": str(Act.new().id), "purpose": "动员", "into": "xlsx"})
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active for cell in row]
    assert "周三" in cells
    assert "吴二" not in cells
    assert client.get(f"{address}&payment=nonsense&paid=x").context["total"] == 4
    with desk.database.as_role("owner") as owner:
        owner.execute("DELETE FROM registry_flag")
        owner.execute("DELETE FROM registry_flag_type WHERE \"group\" = 'medical'")
    assert "No type of flag says who has paid" in text(client.get(address))


@pytest.mark.parametrize("code", ["homes_away", "booklets", "hazards", "dogs", "organisations"])
def test_a_ledger_of_an_earlier_day_says_what_is_of_that_day(desk: Desk, code: str) -> None:
    client = desk.sign_in(Client(), "clerk")
    page = client.get(f"/console/households/ledgers/{code}?place={VILLAGE}&on=2026-05-01")
    assert "are those of that day; phones" in text(page)
    assert "are those of that day" not in text(client.get(f"/console/households/ledgers/{code}?place={VILLAGE}"))
