"""Long lists: prepared in the background with the eyes of whoever asked, fetched by them alone, gone on their day."""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.accounts.exporting import actions as exporting
from commongrid.accounts.exporting import queries as exported
from commongrid.accounts.exporting.models import ExportedList, ExportPiece
from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions as register
from commongrid.registry.keeping import actions as keeping
from commongrid.registry.keeping import listing
from commongrid.registry.queries import ledgers as ledger_queries
from commongrid.registry.rules.facts import Told
from commongrid.surfaces.console import handing, jobs
from commongrid.surfaces.console.handing import preparing
from commongrid.surfaces.console.handing.streamed import stream_sheet
from commongrid.surfaces.console.matters import export as matters_export
from commongrid.surfaces.console.register import exporting as homes_export
from commongrid.surfaces.console.register import ledgers, own_ledgers
from tests.factories.desk import VILLAGE, Desk, id_of, lay
from tests.factories.network import scope_as
from tests.factories.scenes import Scene
from tests.registry.conftest import CLERK, Hamlet
from tests.registry.keeping.leaving import ADMIN, WHY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from tests.bed import Database

EXPORTS: Final = "/console/exports/"
ROSTER: Final = f"/console/households/ledgers/roster?place={VILLAGE}"
OWN: Final = {"of": "person", "name": "全村", "columns": ["name", "sex", "linked"], "by_population": "resident",
              "group": "relation", "order": "age"}  # fmt: skip
POLLS: Final = 'hx-trigger="load delay:3s"'
OWN_ROWS: Final = import_module("commongrid.registry.queries.own_rows")
HOLDERS: Final = (ledger_queries, OWN_ROWS, ledgers, own_ledgers, homes_export, matters_export)
"""Whoever knows how many rows are handed out at once."""


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county with a family, and somebody whose name is a formula."""
    laid = lay(database)
    village = Hamlet()
    village.family()
    village.person(village.home("2"), "=1+1", sex="1", born_on=date(1940, 1, 1), phone="13812345678")
    village.person(village.home("3"), "郑五")
    for number in ("7", "8", "9"):
        village.home(number)
    return laid


@contextmanager
def short(most: int = 2, batch: int = 2) -> Iterator[None]:
    """So few rows are handed out at once, and read at a time."""
    with pytest.MonkeyPatch.context() as patch:
        for one in HOLDERS:
            patch.setattr(one, "MOST", most)
        patch.setattr(preparing, "BATCH", batch)
        yield


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, {"act": str(Act.new().id), "purpose": "核对", **data})


def ask(client: Client, address: str = ROSTER, **data: Any) -> UUID:
    """Ask for a list that is too long; answers its id."""
    with short():
        answer = post(client, address, into="xlsx", **data)
    assert (answer.status_code, answer.headers.get("Location")) == (302, EXPORTS), answer.content.decode()
    with acting(jobs.WRITER):
        return ExportedList.objects.latest("at").id


def write(days: int = 0, minutes: int = 0) -> int:
    with short():
        return jobs.write_lists(timezone.now() + timedelta(days=days, minutes=minutes))


def state(list_id: UUID) -> tuple[str, int]:
    """Its state, and how many pieces there are."""
    with acting(jobs.WRITER):
        found = ExportedList.objects.filter(id=list_id).values_list("state", flat=True).first()
        return found or "gone", ExportPiece.objects.filter(list=list_id).count()


def book(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in each sheet under the line that says what it is for."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheets = openpyxl.load_workbook(io.BytesIO(data))
    return {one.title: [tuple(cell or None for cell in row) for row in one.values][1:] for one in sheets}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def link(desk: Desk) -> dict[str, str]:
    """The family's household is linked to the head of the grid; answers the filter for it."""
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_assignment (id, post_id, kind, place, household_id, from_on)"
            " SELECT gen_random_uuid(), %s, 'linked_household', place, id, '2026-03-01' FROM registry_household"
            " WHERE number = '1'", [id_of("grid_head")],
        )  # fmt: skip
    return {"by_linked": str(id_of("grid_head"))}


@pytest.mark.parametrize(
    ("who", "address", "what"),
    [
        ("clerk", ROSTER, "ledger.roster"),
        ("clerk", f"/console/households/ledgers/changes?place={VILLAGE}&since=2020-01-01", "ledger.changes"),
        ("clerk", f"/console/households/ledgers/homes_away?place={VILLAGE}", "ledger.homes_away"),
        ("clerk", f"/console/households/ledgers/homes_away?place={VILLAGE}&on=2026-05-01", "ledger.homes_away"),
        ("clerk", f"{ROSTER}&payment=medical_{localdate().year}&paid=0".replace("roster", "medical"), "ledger.medical"),
        ("clerk", "own", "own.person"),
        ("clerk", "own linked", "own.person"),
        ("clerk", "/console/households/export", "households"),
        ("dispatcher", "/console/matters/export", "matters"),
    ],
)
def test_a_long_list_says_what_a_short_one_would(desk: Desk, who: str, address: str, what: str) -> None:
    if what == "matters":
        scene = Scene(desk)
        for words in ("路灯坏了", "桥坏了", "=2+2"):
            scene.report(words)
    client = desk.sign_in(Client(), who)
    if address.startswith("own"):
        narrow = link(desk) if "linked" in address else {}
        address = post(client, "/console/households/ledgers/own/new", **OWN, **narrow)["Location"]
    at_once = post(client, address, into="xlsx")
    assert not at_once.streaming
    list_id = ask(client, address)
    assert post(client, f"{EXPORTS}{list_id}/fetch").status_code == 409, "it is not written yet"
    assert POLLS in text(client.get(EXPORTS))
    assert (write(), write()) == (1, 0)
    page = text(client.get(EXPORTS))
    assert ("Ready" in page, POLLS in page) == (True, False)
    fetched = post(client, f"{EXPORTS}{list_id}/fetch")
    assert book(fetched) == book(at_once)
    with acting(scope_as(desk, "auditor")):
        lines = list(AccessLine.objects.filter(event="exported").order_by("at").values("about", "reason", "place"))
    assert lines[0] == lines[1], "the access log says the same of both"
    assert lines[0]["about"].startswith(f"{what}.")


def test_word_and_forms_stay_short(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    own = post(client, "/console/households/ledgers/own/new", **OWN)["Location"]
    with short():
        for address, into in ((ROSTER, "docx"), (own, "docx"), (own, "form"), ("/console/households/export", "docx")):
            answer = post(client, address, into=into)
            assert (answer.status_code, "choose Excel" in text(answer)) == (422, True), (address, into)
        assert "prepared" in text(client.get(ROSTER))
    with acting(jobs.WRITER):
        assert not ExportedList.objects.exists()


def test_nobody_else_finds_it_and_it_lies_sealed(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client, purpose="核对吴二")
    assert write() == 1
    other = desk.sign_in(Client(), "secretary")
    assert str(list_id) not in text(other.get(EXPORTS))
    for what in ("fetch", "remove"):
        assert post(other, f"{EXPORTS}{list_id}/{what}").status_code == 404
    with acting(scope_as(desk, "secretary")):
        assert not ExportedList.objects.exists()
        assert not ExportPiece.objects.exists()
    with desk.database.as_role("owner") as owner:
        kept = owner.execute(
            "SELECT l::text || p::text FROM accounts_exported_list l, accounts_export_piece p"
        ).fetchone()
        (piece,) = owner.execute("SELECT sealed FROM accounts_export_piece").fetchone() or (b"",)
    assert kept
    for word in ("吴二", "核对", "核对吴二".encode().hex(), b"xl/worksheets".hex()):
        assert word not in kept[0]
    assert not zipfile.is_zipfile(io.BytesIO(piece))
    assert post(client, f"{EXPORTS}{list_id}/remove").status_code == 302
    assert state(list_id) == ("gone", 0)


@contextmanager
def in_the_middle(do: Callable[[], object]) -> Iterator[None]:
    """Something happens when the first part of a list is written."""
    noted, told = exporting.progressed, list[int]()

    def progressed(*args: Any, **kwargs: Any) -> bool:
        told.append(kwargs["share"])
        if len(told) == 2:
            do()
        return noted(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "progressed", progressed)
        yield
    assert len(told) >= 2
    assert told[0] == 0 < told[1] < 100


def test_called_off_while_it_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client)
    monkeypatch.setattr(jobs, "PIECE", 16)
    with in_the_middle(lambda: post(client, f"{EXPORTS}{list_id}/remove")):
        assert write() == 0
    assert state(list_id) == ("gone", 0)


def test_a_killed_writer_is_followed_by_another_three_times(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client)
    assert exporting.take_up(jobs.WRITER, Act.new(), list_id=list_id)
    assert exporting.add_piece(jobs.WRITER, list_id=list_id, n=0, data=b"half a file")
    assert write() == 0, "its writer may be alive"
    assert write(minutes=6) == 1
    assert "=1+1" in str(book(post(client, f"{EXPORTS}{list_id}/fetch")))
    list_id = ask(client)
    for minutes in (0, 6, 12):
        now = Act(Act.new().id, timezone.now() + timedelta(minutes=minutes))
        assert exporting.take_up(jobs.WRITER, now, list_id=list_id)
    assert write(minutes=18) == 1
    assert state(list_id) == ("failed", 0)
    assert "could not be prepared" in text(client.get(EXPORTS))


def _sign_out(desk: Desk, client: Client) -> None:
    client.session.flush()


def _end_post(desk: Desk, client: Client) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = from_on + 1 WHERE id = %s", [id_of("clerk")])


def _switch_off(desk: Desk, client: Client) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE accounts_account SET is_active = false WHERE id = %s", [desk.accounts["clerk"]])


def _lose_power(desk: Desk, client: Client) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("DELETE FROM roster_role_power WHERE role_id = 'village_clerk' AND power_id = 'people.read'")


def _see_other(desk: Desk, client: Client) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("DELETE FROM roster_role_power WHERE role_id = 'village_clerk' AND power_id = 'people.looks'")


@pytest.mark.parametrize("lose", [_sign_out, _end_post, _switch_off, _lose_power, _see_other])
@pytest.mark.parametrize("meanwhile", [False, True])
def test_without_the_eyes_that_asked_nothing_is_written(desk: Desk, lose: Any, *, meanwhile: bool) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client)
    if meanwhile:
        with in_the_middle(lambda: lose(desk, client)):
            assert write() == 1
    else:
        lose(desk, client)
        assert write() == 1
    assert state(list_id) == ("failed", 0)
    with acting(jobs.WRITER):
        row = ExportedList.objects.get(id=list_id)
    assert (row.session_sealed, bool(row.fault)) == (None, True)


def test_what_was_written_for_other_eyes_is_not_handed_out(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client)
    assert write() == 1
    _see_other(desk, client)
    answer = post(client, f"{EXPORTS}{list_id}/fetch")
    assert (answer.status_code, "has changed" in text(answer)) == (409, True)
    _lose_power(desk, client)
    assert post(client, f"{EXPORTS}{list_id}/fetch").status_code == 403
    with acting(scope_as(desk, "auditor")):
        assert not AccessLine.objects.filter(event="exported").exists()


def test_on_its_day_it_goes(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client, days="3")
    assert write() == 1
    assert jobs.sweep(timezone.now() + timedelta(days=3)) == 0
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE accounts_exported_list SET until = %s", [localdate() - timedelta(days=1)])
    assert str(list_id) not in text(client.get(EXPORTS))
    assert post(client, f"{EXPORTS}{list_id}/fetch").status_code == 404
    assert jobs.sweep() == 1
    assert state(list_id) == ("gone", 0)


def test_a_post_has_so_many_and_a_form_sent_twice_makes_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    client = desk.sign_in(Client(), "clerk")
    sent = {"act": str(Act.new().id), "purpose": "核对", "into": "xlsx"}
    with short():
        assert [client.post(ROSTER, sent).status_code for _n in range(2)] == [302, 302]
        for address in (ROSTER, "/console/households/export"):
            answer = post(client, address, into="xlsx")
            assert (answer.status_code, "Remove one of them" in text(answer)) == (422, True)
    with acting(jobs.WRITER):
        assert ExportedList.objects.count() == 1


def test_more_than_a_sheet_holds_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.sign_in(Client(), "clerk")
    list_id = ask(client)
    monkeypatch.setattr(preparing, "LONGEST", 3)
    assert write() == 1
    assert state(list_id) == ("failed", 0)
    assert "fit in no sheet" in text(client.get(EXPORTS))


def test_an_erasure_takes_the_lists_that_may_hold_the_person(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "where", lambda: tmp_path / "erasures.jsonl")
    village = Hamlet()
    home = village.home("4")
    gone = village.person(home, "周走了")
    village.person(home, "吴留下", "10")
    register.moved_out(CLERK, Act.new(), person_id=gone, to="", told=Told(on=date(2026, 6, 1)))
    list_id = ask(desk.sign_in(Client(), "clerk"))
    assert write() == 1
    keeping.erase_person(ADMIN, Act.new(), person_id=gone, why=WHY)
    assert state(list_id) == ("gone", 0)


def test_the_next_list_is_the_one_that_waited_longest(desk: Desk) -> None:
    client = desk.sign_in(Client(), "clerk")
    first, _second = ask(client), ask(client)
    found = exported.next_list(jobs.WRITER, timezone.now())
    assert found is not None
    assert found.id == first


def test_a_streamed_sheet_holds_text_alone() -> None:
    words = ("=1+1", "+2", 'a<b&"c', "坏\x00\x0b字", " x ", "long" * 10_000, "_x0041_")
    rows = [handing.Row(words), handing.Row(("组 (1)",), head=True), handing.Row(("", *words[:2]))]
    heads = tuple(str(n) for n in range(30))
    tables = [
        handing.LongTable(name="a/b", heads=heads, rows=iter(rows)),
        handing.LongTable(name="A b", heads=("x",), rows=[], sums=True),
    ]
    out = io.BytesIO()
    assert stream_sheet(out, "=told", tables) == 2
    with zipfile.ZipFile(out) as packed:
        written = packed.read("xl/worksheets/sheet1.xml").decode()
    assert ("<f>" in written, "_x005F_x0041_" in written) == (False, True)
    found = openpyxl.load_workbook(out)
    assert found.sheetnames == ["a b", "A b 2"]
    page = found["a b"]
    assert [page["A1"].value, page["AD2"].value] == ["'=told", "29"]
    assert [cell.value for cell in page[3]][:5] == ["'=1+1", "'+2", 'a<b&"c', "坏字", " x "]
    assert len(page["F3"].value) == 32_767
    assert (page["A4"].value, page["A5"].value, page["B5"].value) == ("组 (1)", None, "'=1+1")
    assert {cell.data_type for row in page for cell in row} == {"s", "n"}
    assert (page.freeze_panes, page.print_title_rows) == ("A3", "$1:$2")
