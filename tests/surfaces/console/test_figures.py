"""The Figures page: series apart, places with bars, every figure opens its rows; inputs that make no sense are said."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from commongrid.insight import jobs
from commongrid.insight.queries import loop
from commongrid.matters.importing.jobs import Wish, take_over_file
from commongrid.surfaces.console.figures import pages
from tests.factories import desk
from tests.readers import readers_see

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

NAMES = ["n", "o", "c", "k", "p", "t", "s", "d", "h"]
COLUMNS = "number=n,opened=o,closed=c,kind=k,place=p,title=t,series=s,due=d,satisfied=h"


@pytest.fixture
def office(database: Database, tmp_path: Path) -> desk.Desk:
    office = desk.lay(database)
    database.begin("figures", lambda _: _older(tmp_path / "older.csv"))
    return office


def _older(path: Path) -> None:
    """Matters of the last weeks, taken over and counted."""
    now = datetime.now(UTC)
    rows = []
    for n in range(120):
        opened = now - timedelta(days=n % 20, hours=3)
        closed = opened + timedelta(hours=2) if n % 3 else None
        place = (desk.VILLAGE, desk.OTHER_VILLAGE, desk.FAR_VILLAGE, desk.TOWNSHIP)[n % 4]
        due, series = opened + timedelta(hours=1 + n % 2 * 4), "patrol" if n % 5 == 0 else ""
        rows.append(
            [n, opened, closed or "", "G02", place, f"Matter number {n}", series, due, ("yes", "no", "")[n % 3]]
        )
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([NAMES, *rows])
    take_over_file(path, Wish(columns=COLUMNS, default_place="990101", yes=True), progress=lambda _share, _rows: None)
    readers_see()
    jobs.tally()


def page(client: Client, address: str, status: int = 200, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def figure(html: str, label: str, nth: int = 0) -> tuple[str, str]:
    """The nth figure of this name: its text and the address of its rows."""
    cells = re.findall(rf'<td class="num" data-label="{label}">(?:<a href="([^"]*)">)?([^<]*)', html)
    url, text = cells[nth]
    return text, unescape(url)


def test_series_are_kept_apart_and_figures_open_their_rows(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "county_dispatcher")
    ready = page(client, "/console/figures/")
    assert "Yunling County" in ready
    later = re.search(r'hx-get="(/console/figures/series/[^"]*)"', ready)
    assert later
    html = page(client, unescape(later[1]))
    assert "<html" not in html
    for label in ("Reported", "Closed", "Open", "On time", "Reopened", "Waiting now"):
        assert figure(html, label) == figure(ready, label), label
    assert figure(page(client, "/console/figures/", full=1), "Median") == figure(html, "Median")
    assert figure(html, "Reported", 0)[0] == "96"
    assert figure(html, "Reported", 1)[0] == "24"
    assert figure(html, "Reported", 2) == ("0", "")
    assert figure(html, "Median", 0)[0] == "2 h"
    for label, title in (("Median", "Took longer than the median"), ("Nine in ten within", "longer than nine in ten")):
        assert title in page(client, figure(html, label, 0)[1])
    text, url = figure(html, "Closed", 0)
    rows = page(client, url)
    assert rows.count("Matter number") == min(50, int(text.split()[0]))
    following = re.search(r'rel="next" href="([^"]*)"', rows)
    assert following
    assert page(client, unescape(following[1])).count("Matter number") == int(text.split()[0]) - 50


def test_many_matters_are_counted_one_by_one_only_when_asked_and_one_reader_at_a_time(
    office: desk.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = office.sign_in(Client(), "county_dispatcher")
    exact = figure(page(client, "/console/figures/", full=1), "Median")
    monkeypatch.setattr(pages, "LIVE_AT_MOST", 10)
    plain = page(client, "/console/figures/")
    assert figure(plain, "Median") == ("—", "")
    assert "full=1" in plain
    assert figure(page(client, "/console/figures/", full=1), "Median") == exact
    monkeypatch.setattr(loop, "PATIENCE", "20ms")
    monkeypatch.setattr(loop, "_grouped", lambda *_: connection.cursor().execute("SELECT pg_sleep(5)"))
    assert "longer than a minute" in (late := page(client, "/console/figures/", full=1))
    assert figure(late, "Reported")[0] != "—"
    monkeypatch.undo()
    monkeypatch.setattr(pages, "LIVE_AT_MOST", 10)
    with office.database.as_role("app") as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [loop._LOCK])
        assert "Somebody is having as many matters counted" in page(client, "/console/figures/", full=1)
    assert figure(page(client, "/console/figures/", full=1), "Median") == exact


def test_places_are_broken_down_to_the_village_and_agree_live_and_tallied(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "county_dispatcher")
    county = page(client, "/console/figures/")
    assert "Qingshi Town" in county
    township = page(client, "/console/figures/", place=desk.TOWNSHIP)
    assert all(name in township for name in ("Baisha Village", "Kaixiahe Village", "Qingshi Town itself", "<svg"))
    live = page(office.sign_in(Client(), "dispatcher"), "/console/figures/")
    for label in ("Reported", "Closed", "On time", "Waiting now"):
        assert figure(live, label, 4)[0] == figure(township, label, 4)[0], label
    _text, url = figure(township, "Reported", -1)
    assert "own=1" in url
    assert page(client, url).count("Qingshi Town") >= 24


def test_a_post_sees_figures_of_its_own_places_only(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "secretary")
    html = page(client, "/console/figures/")
    assert figure(html, "Reported", 0)[0] == "24"
    assert "Kaixiahe" not in html
    page(client, "/console/figures/", status=404, place=desk.OTHER_VILLAGE)
    page(client, "/console/figures/behind/count/", status=404, place=desk.FAR_VILLAGE)
    page(office.sign_in(Client(), "auditor"), "/console/figures/", status=403)
    admin = page(office.sign_in(Client(), "county_admin"), "/console/figures/")
    assert figure(admin, "Reported") == ("96", "")
    page(office.sign_in(Client(), "county_admin"), "/console/figures/behind/count/", status=403)
    assert Client().get("/console/figures/").status_code == 302


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"from": "soon"}, "is not a date"),
        ({"from": "9999-12-31"}, "is not a date"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "ends before it begins"),
        ({"kind": "X9"}, "no such kind"),
        ({"series": "nonsense"}, "Figures of the loop"),
        ({"kind": "G"}, "Figures of the loop"),
    ],
)
def test_what_makes_no_sense_is_said_and_the_page_still_shows(
    office: desk.Desk, query: dict[str, Any], says: str
) -> None:
    assert says in page(office.sign_in(Client(), "dispatcher"), "/console/figures/", **query)


@pytest.mark.parametrize("place", ["1", "x", "99" * 20, "990101999999999", "-1"])
def test_places_that_do_not_exist_are_not_found(office: desk.Desk, place: str) -> None:
    page(office.sign_in(Client(), "dispatcher"), "/console/figures/", status=404, place=place)


def test_rows_behind_refuse_other_figures_and_ignore_odd_marks(office: desk.Desk) -> None:
    client = office.sign_in(Client(), "dispatcher", "zh-hans")
    page(client, "/console/figures/behind/worst/", status=404)
    assert "Matter number" in page(client, "/console/figures/behind/backlog/", after="2024_x")
    assert "闭环数据" in page(client, "/console/figures/")
