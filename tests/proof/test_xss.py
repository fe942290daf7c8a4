"""Scripts in every text: no page turns a stored, sent or reflected text into an element, an attribute or a script.

Every payload carries a mark in the part that would run. Pages are parsed, and
the mark may stand in plain text and in harmless attribute values only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import desk as factory
from tests.factories.desk import COUNTY, GRID, HAMLET, TOWNSHIP, VILLAGE, Desk
from tests.factories.network import scope_as
from tests.factories.scenes import everything
from tests.figures import Record
from tests.outreach.rows import link_rows
from tests.proof.hostile import encoded
from tests.proof.test_bad_input import PAGES, values_of
from tests.registry.rows import own_ledger, register_rows
from tests.roster.dividing.rows import division_rows
from tests.roster.rows import group_rows, talent_rows
from tests.sizes import shares, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.bed import Database

MARK = "xq7z"
BASES = (
    "<script>{}()</script>", "<img src=x onerror={}()>", "<svg onload={}()>", '"><script>{}()</script>', "'><img src=x onerror={}()>",
    '" onmouseover={}() x="', "' onfocus={}() autofocus x='", "</textarea><script>{}()</script>", "</title><svg/onload={}()>", "</script><script>{}()</script>",
    "--><img src=x onerror={}()>", "<a href=javascript:{}()>x</a>", "javascript:{}()", "<iframe srcdoc='<script>{}()</script>'>", "<math><a xlink:href=javascript:{}()>",
    "<style>@import'{}'</style>", "<{}>", "<details open ontoggle={}()>", "<body onload={}()>", "<form><button formaction=javascript:{}()>x",
    "{{{{{}()}}}}", "{{% debug {} %}}", "${{{}()}}", "<x hx-get=/look hx-on:load={}()>", "<base href=//{}/>", "<meta http-equiv=refresh content='0;url=javascript:{}()'>",
    "<input value=x autofocus onfocus={}()>", "</option></select><img src=x onerror={}()>", "<![CDATA[<script>{}()</script>]]>", "<!--<script>{}()//-->",
    "<object data=javascript:{}()>", "<embed src=javascript:{}()>", "\u2028<script>{}()</script>", "<link rel=stylesheet href={}>", "data:text/html,<script>{}()</script>",
    "<video><source onerror={}()>", "<marquee onstart={}()>", "<template><script>{}()</script></template>", "<noscript><p title='</noscript><img src=x onerror={}()>'>",
    "<svg><animate onbegin={}() attributeName=x>",
)  # fmt: skip
TWISTS: tuple[Callable[[str], str], ...] = (
    lambda text: text, lambda text: text.upper().replace(MARK.upper(), MARK), lambda text: text.replace("<", "<\t").replace("<\t/", "</"),
    lambda text: text.replace("<", "&lt;<").replace('"', "&quot;\""), lambda text: "涵洞" + text.replace("'", "`") + "\u202e",
)  # fmt: skip
PAYLOADS = [twist(base.format(MARK)) for twist in TWISTS for base in BASES]
"""200 texts: forty ways in, each twisted five ways."""
WORDY = {
    "territory_place": "name name_en", "territory_former_name": "name name_en", "roster_unit": "name_zh name_en office_phone",
    "roster_unit_former": "name_zh name_en office_phone", "roster_talent": "skill opinion", "roster_division_seat": "name title_zh title_en office_phone", "outreach_duty": "zh en counts_when",
    "outreach_declaration": "phone", "matters_duty_hours": "reason", "territory_calendar_change": "source",
    "roster_post": "display_name title_zh title_en office_phone", "registry_person": "display_name", "registry_household": "number",
    "registry_site": "name door", "registry_thing": "name mark", "registry_organisation": "name", "registry_membership": "name",
    "registry_saved_ledger": "name", "registry_handover": "name note reason", "registry_change_request": "reason", "registry_registered_household": "number",
    "matters_mediation": "number mediator committee facts agreement performance ways_on",
    "matters_external_case": "number result_text",
    "matters_matter": "title text external_number external_system", "matters_note": "text", "matters_rating": "words",
    "matters_kind": "zh en note", "matters_work_list": "basis", "matters_urgency": "zh en", "matters_tile": "zh en",
    "territory_barrier": "name", "roster_role": "zh en", "roster_function": "zh en", "territory_calendar_day": "zh en source", "accounts_access_line": "reason",
}  # fmt: skip
"""Columns that hold what somebody typed or imported."""
MORE_PAGES = (
    ("dispatcher", "/console/exchange/"), ("dispatcher", "/console/matters/{order}/"), ("mediator", "/console/mediation/"),
    ("mediator", "/console/mediation/{file}/"), ("mediator", "/console/mediation/{file}/agreement"),
    ("dispatcher", "/console/today/"), ("dispatcher", "/console/matters/"), ("dispatcher", "/console/matters/?view=closed"), ("dispatcher", f"/console/places/{VILLAGE}/"),
    ("county_dispatcher", f"/console/places/{COUNTY}/"), ("dispatcher", f"/console/places/{GRID}/"), ("dispatcher", "/console/places/?q=x"),
    ("county_admin", "/console/posts/"), ("county_admin", "/console/posts/vacant"), ("county_admin", "/console/posts/units"),
    ("dispatcher", "/console/work-list/"), ("dispatcher", "/console/work-list/states/"), ("dispatcher", "/console/calendar/"),
    ("county_dispatcher", "/console/figures/"), ("county_dispatcher", "/console/figures/behind/count/"), ("dispatcher", "/console/search/?q=x"),
    ("clerk", "/console/matters/{reported}/slip/"), ("clerk", "/console/matters/new/places/?place_text="), ("", "/"), ("", "/about"), ("", "/feedback"), ("clerk", "/console/exports/"),
    *(("clerk", f"/console/holdings/{of}/?place={VILLAGE}") for of in ("site", "thing", "organisation")),
    *(("clerk", "/console/households/" + page) for page in (
        "changes", "registered", "registered/{booklet}", "completeness", "{household}", "{household}/sheet", "{household}/ask",
        "ledgers", "ledgers/own/{ledger}", "exports", "ledgers/organisations", "people/{someone}/looks", "people/{someone}/looks/print",
    )),
    *(("secretary", "/console/network/" + page) for page in (
        "", "homes", "sheet", f"villages/{VILLAGE}", f"villages/{VILLAGE}/members", f"villages/{VILLAGE}/choices", "plans/{plan}?show=all",
        "plans/{plan}/households/{linked}", "households/{linked}", "members/{linker}", f"hamlets/{HAMLET}/slips", f"hamlets/{HAMLET}/notice",
        "staffing", "rota", f"rota?place={TOWNSHIP}", "talents", "talents/{talent}/opinion", f"talents/name?place={VILLAGE}&q=x",
        f"villages/{VILLAGE}/grids", f"villages/{VILLAGE}/barriers", "divisions/{division}", "divisions/{division}/grids/1",
        "divisions/{division}/staff", "divisions/{division}/grids/1/seat",
    )),
    *(("dispatcher", "/console/network/" + page) for page in (
        f"rota?place={TOWNSHIP}", f"places/{TOWNSHIP}/propose", f"places/{TOWNSHIP}/grids", "talents", "sheet/linked", "homes",
    )),
    *(("secretary", "/console/posts/units/" + page) for page in (
        "{party_group}", "{party_group}/change", "{party_group}/covers", "{party_group}/end", f"party-groups?place={VILLAGE}",
    )),
    ("secretary", f"/console/map/{VILLAGE}/?level=natural_village&by=groups"),
    ("county_dispatcher", "/console/calendar/history/"), ("county_dispatcher", "/console/calendar/duty/"), ("county_dispatcher", "/console/rules/duties/"),
    ("", f"/contacts/{HAMLET}"),
    ("clerk", "/console/holdings/organisation/{organisation}"), ("", "/s/{code}/print"), ("", f"/report/where?kind=G02&at={VILLAGE}"), ("supervisor", "/console/matters/{overdue}/"),
)  # fmt: skip
REFLECTING = (
    ("dispatcher", "/console/matters/?q={}&class={}&kind={}&state={}&view={}&after={}"), ("dispatcher", "/console/places/?q={}"), ("dispatcher", "/console/search/?q={}"),
    ("dispatcher", "/console/work-list/?q={}&class={}"), ("county_dispatcher", "/console/figures/?from={}&to={}&kind={}&series={}&place={}"),
    ("dispatcher", "/console/calendar/?year={}"), ("clerk", "/console/matters/new/places/?place_text={}&place={}"), ("", "/report?q={}&kind={}&at={}"),
    ("", "/report/where?kind=G02&q={}"), ("", "/accounts/login/?next={}"), ("", "/accounts/code/?next={}"), ("", "/accounts/single-sign-on/back?state={}&code={}&error={}&error_description={}"), ("clerk", "/console/post/?next={}"), ("", "/s/{}"), ("", "/in/{}"), ("", "/{}"),
    ("county_admin", "/console/posts/?q={}&role={}&place={}"), ("county_admin", "/console/posts/appoint?role={}&place={}"),
)  # fmt: skip
SENDING = (
    ("clerk", "/console/matters/new/", "source kind place text urgency name phone concerned_name concerned_phone external_number place_text do ticket act"),
    ("", "/report/send", "text spot urgency name phone concerned_name concerned_phone kind words ticket act"), ("", "/report/where", "words q kind"), ("", "/follow", "code"),
    ("", "/accounts/login/", "login password next"), ("", "/accounts/code/", "phone next"), ("county_admin", f"/console/places/{VILLAGE}/add/grid/", "name name_en kind covers"),
    ("clerk", "/console/security/", "login_name"), ("dispatcher", "/console/matters/{urgent}/reject", "reason"), ("dispatcher", "/console/matters/{urgent}/accept", "kind_code note"),
    ("dispatcher", "/console/matters/{accepted}/divert", "target reason"), ("county_dispatcher", "/console/matters/{answered}/visit", "mode result words"),
    ("", "/s/{code}/rate", "words solved satisfied"), ("dispatcher", "/console/matters/{urgent}/reveal", "what reason"),
)  # fmt: skip
CHANNELS: tuple[dict[str, str], ...] = ({}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT": "application/json"})
DANGEROUS = re.compile(r"^\s*(?:javascript|vbscript|data\s*:\s*text)", re.IGNORECASE)
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "poster", "hx-get", "hx-post", "hx-vals"}


class Reader(HTMLParser):
    """Looks for the mark where a browser would run it."""

    def __init__(self) -> None:
        """Nothing found yet."""
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.script = ""
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element: its name, its attributes' names and what they may run."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self.script = given.get("type", tag)
        for name, value in given.items():
            self.seen += MARK in value
            runs = (
                name.startswith(("on", "hx-on"))
                or name in {"style", "srcdoc"}
                or (name in ADDRESSES and DANGEROUS.match(value))
            )
            if (
                MARK in name
                or (runs and MARK in value)
                or (tag in {"base", "meta", "link", "script", "iframe"} and MARK in value)
            ):
                self.found.append(f"<{tag} {name}={value[:120]!r}>")
        if MARK in tag:
            self.found.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """A script ends."""
        if tag in {"script", "style"}:
            self.script = ""

    def handle_data(self, data: str) -> None:
        """Text, which runs inside a script unless it is data."""
        self.seen += data.count(MARK)
        if MARK in data and self.script and ("json" not in self.script or "<" in data):
            self.found.append(f"in {self.script}: {data[:120]!r}")

    def handle_comment(self, data: str) -> None:
        """A comment that a text began is a text that got out."""
        if MARK in data:
            self.found.append(f"<!--{data[:120]}-->")


class Looker:
    """Reads pages as somebody, and keeps what is wrong."""

    def __init__(self, laid: Desk) -> None:
        """Sessions are made once."""
        self.laid, self.sessions = laid, dict[str, str]()
        self.wrong: dict[str, str] = {}
        self.pages, self.seen = 0, 0

    def client(self, who: str, language: str) -> Client:
        """Somebody's browser."""
        client = Client(raise_request_exception=False)
        if who:
            client.cookies["cg_session"] = self.sessions.setdefault(who, self.laid.session(who))
        client.cookies["cg_language"] = language
        return client

    def look(self, response: Any, what: str) -> None:
        """One answer."""
        self.pages += 1
        if "html" not in response.get("Content-Type", "html"):
            assert response["X-Content-Type-Options"] == "nosniff"
            return
        reader = Reader()
        reader.feed(response.content.decode())
        self.seen += reader.seen
        for found in reader.found:
            self.wrong.setdefault(found, what)
        if response.status_code >= 500:
            self.wrong.setdefault(f"status {response.status_code}", f"{what}: {response.exc_info}")
        if MARK in response.get("Location", "") and DANGEROUS.match(response["Location"]):
            self.wrong.setdefault(response["Location"], what)

    def report(self, least: int, figure: Record, name: str) -> None:
        """Say it, fail if anything was wrong, or if too few payloads were to be seen for this to be a proof."""
        figure(f"pages read with payloads {name}", asked=least, done=self.pages, wrong=len(self.wrong))
        assert not self.wrong, "\n".join(f"{what}: {found}" for found, what in self.wrong.items())


@pytest.fixture
def laid(database: Database) -> Desk:
    """The desk's county."""
    return factory.lay(database)


@pytest.fixture
def values(laid: Desk) -> dict[str, Any]:
    """What stands in the addresses."""
    return made_for(laid)


def made_for(laid: Desk) -> dict[str, Any]:
    """What stands in the addresses: matters of every sort, a household with its people."""
    name = "made_with_gateway" if settings.NOTICES.sms_url else "made"
    return values_of(laid.database.begin(name, lambda it: _made(replace(laid, database=it))))


def _made(laid: Desk) -> dict[str, UUID]:
    rows = register_rows() | link_rows() | division_rows()
    rows["ledger"] = own_ledger(scope_as(laid, "clerk"))
    rows |= {"talent": talent_rows(laid), "party_group": group_rows(laid)}
    return {**everything(laid), **rows, "someone": rows["person"]}


def columns_of(database: Database) -> list[tuple[str, str, int]]:
    """Every column of WORDY that exists, and how long it may be."""
    with database.as_admin() as admin:
        rows = admin.execute(
            "SELECT table_name, column_name, coalesce(character_maximum_length, 4000) FROM information_schema.columns"
            " WHERE table_schema = 'county' AND data_type IN ('text', 'character varying') ORDER BY 1, 2"
        ).fetchall()
    found = [(table, column, length) for table, column, length in rows if column in WORDY.get(table, "").split()]
    assert {table for table, _, _ in found} >= {
        "matters_matter",
        "matters_note",
        "territory_place",
        "roster_post",
        "matters_kind",
    }
    return found


def poison(database: Database, columns: list[tuple[str, str, int]], turn: int) -> None:
    """Write a payload into every text of every row, past every check of ours; another one per column and row."""
    with database.as_admin() as admin:
        admin.execute("SET session_replication_role = replica")
        for n, (table, column, length) in enumerate(columns):
            fitting = [payload for payload in PAYLOADS if len(payload) + 12 <= length] or [f"<{MARK}>"[: length - 4]]
            payload = fitting[(turn + n) % len(fitting)]
            if table in {"matters_matter", "territory_calendar_day"} and column in {
                "external_system",
                "external_number",
                "source",
            }:
                admin.execute(
                    f'UPDATE {table} SET "{column}" = %s || right(md5(ctid::text), 8)', [payload[: length - 9]]
                )
            elif (table, column) == ("registry_household", "number"):  # once in each natural village
                one = "SELECT DISTINCT ON (natural_village) id FROM registry_household ORDER BY natural_village, id"
                admin.execute(f"UPDATE registry_household SET number = %s WHERE id IN ({one})", [payload])
            else:
                admin.execute(f'UPDATE {table} SET "{column}" = %s', [payload])


SHARES = shares(4)


@pytest.mark.parametrize("share", SHARES)
def test_no_stored_text_becomes_more_than_text(
    database: Database, laid: Desk, values: dict[str, Any], share: int, figure: Record
) -> None:
    """Payloads in every column that holds words, through every page in both languages."""
    looker, columns = Looker(laid), columns_of(database)
    pages = [*PAGES, *MORE_PAGES]
    for turn in range(size(3, len(PAYLOADS)))[share :: len(SHARES)]:
        poison(database, columns, turn * 67)
        for n, (who, page) in enumerate(pages):
            client = looker.client(who, ("zh-hans", "en")[(n + turn) % 2])
            looker.look(client.get(page.format(**values)), f"{who} {page} turn {turn}")
    assert looker.seen >= 100
    looker.report(size(100, len(PAYLOADS) // len(SHARES) * len(pages)), figure, "stored")


def test_no_question_becomes_more_than_text(laid: Desk, values: dict[str, Any], figure: Record) -> None:
    """Payloads in addresses that pages answer."""
    looker = Looker(laid)
    for turn in range(size(4, len(PAYLOADS))):
        for n, (who, page) in enumerate(REFLECTING):
            payload = PAYLOADS[(turn * 37 + n * 11) % len(PAYLOADS)]
            client = looker.client(who, ("zh-hans", "en")[(n + turn) % 2])
            headers: dict[str, Any] = dict(CHANNELS[(turn + n) % 3])
            looker.look(client.get(page.replace("{}", quote(payload, safe="")), **headers), f"{who} {page} {payload}")
    assert looker.seen >= 20
    looker.report(size(40, len(PAYLOADS) * len(REFLECTING)), figure, "in addresses")


def test_no_form_sent_becomes_more_than_text(laid: Desk, values: dict[str, Any], figure: Record) -> None:
    """Payloads in fields and file names, in forms that come back."""
    looker = Looker(laid)
    for turn in range(size(4, len(PAYLOADS))):
        for n, (who, page, names) in enumerate(SENDING):
            payload = PAYLOADS[(turn * 41 + n * 13) % len(PAYLOADS)]
            client = looker.client(who, ("zh-hans", "en")[(n + turn) % 2])
            pairs = [(name, payload) for name in names.split() if name != "act"] + [("at", str(HAMLET))]
            response = client.generic(
                "POST", page.format(**values), encoded(pairs), content_type="application/x-www-form-urlencoded",
                REMOTE_ADDR=f"127.9.{turn}.{n}",
            )  # fmt: skip
            looker.look(response, f"{who} {page} {payload}")
    assert looker.seen >= 20
    looker.report(size(40, len(PAYLOADS) * len(SENDING)), figure, "in forms")
