"""Bad input: whatever an address, header, cookie or form carries, a clear sentence comes back and nothing is half done.

Never a server error; a refusal speaks the reader's language; the form comes
back with the person's words; where it was refused, no row of ours changed.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_OID, uuid5

import pytest
from django.test import Client
from django.urls import resolve

from commongrid.matters import actions
from tests.factories import desk as factory
from tests.factories.desk import GRID, HAMLET, TOWNSHIP, VILLAGE, Desk, id_of
from tests.factories.network import scope_as
from tests.factories.scenes import everything
from tests.figures import Record
from tests.proof import routes
from tests.proof.bare import BARE, LIMIT
from tests.proof.hostile import WORDS, Field, Form, Mutant, encoded, forms_of, mutants
from tests.proof.test_http import sitting
from tests.proof.watching import Watch
from tests.proof.world import World
from tests.registry.rows import own_ledger, register_rows
from tests.sizes import FULL, TURN, shares, size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from tests.bed import Database

SEED = 20261124
SHARES = shares(4)
WHAT = "hostile addresses, headers, cookies and forms"


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    """A watch over this test's database."""
    it = Watch(database)
    yield it
    it.close()


@pytest.fixture
def laid(database: Database) -> Desk:
    """The desk's county."""
    return factory.lay(database)


@pytest.fixture
def matters(laid: Desk) -> dict[str, UUID]:
    """Matters on every stretch of their way, and a household with its people."""
    return laid.database.begin("matters", lambda it: _made(replace(laid, database=it)))


def _made(laid: Desk) -> dict[str, UUID]:
    made = everything(laid)
    rows = register_rows()
    rows["ledger"] = own_ledger(scope_as(laid, "clerk"))
    return {**made, **rows, "someone": rows["person"]}


# ---- addresses

ASKED = (
    "q", "view", "state", "class", "kind", "place", "unit", "series", "source", "urgency", "overdue", "after", "lane", "year",
    "from", "to", "at", "next", "language", "text", "role", "level", "page", "place_text", "sent", "done", "ended", "on", "person",
)  # fmt: skip
"""Names that addresses are asked with; those a page does not know are ignored."""
HEADERS: tuple[dict[str, str], ...] = (
    {}, {"HTTP_ACCEPT": "application/json"}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT": "\x00;;q=x,,"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[", "HTTP_HX_TARGET": "\xe9\xff"},
    {"HTTP_X_FORWARDED_FOR": "a, b, \xff"}, {"HTTP_RANGE": "bytes=9-1"}, {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    {"HTTP_IF_NONE_MATCH": '"'}, {"HTTP_REFERER": "http://[::1"}, {"HTTP_ORIGIN": "null"}, {"HTTP_HX_REQUEST": "true", "HTTP_HX_TRIGGER_URI_AUTOENCODED": "true"},
    {"HTTP_USER_AGENT": "\xff" * 3000}, {"CONTENT_LENGTH": "-5"}, {"CONTENT_LENGTH": "many"},
)  # fmt: skip


def query_of(chance: random.Random) -> tuple[str, str]:
    """A hostile query: its label, and itself."""
    if chance.random() < 0.1:
        return "torn query", chance.choice(
            ["%", "&&&=&", "q=%ff%fe", "q=%00", "=", "a" * 20000, "q=" + "%E4" * 50, ";;;"]
        )
    picked = chance.sample(ASKED, chance.randrange(1, 5))
    labels = [chance.choice(list(WORDS)) for _ in picked]
    pairs = [
        (name, WORDS[label][:3000] if label != "longest number" else WORDS[label])
        for name, label in zip(picked, labels, strict=True)
    ]
    return str(list(zip(picked, labels, strict=True))), encoded(pairs).decode()


@pytest.mark.parametrize("share", SHARES)
def test_no_address_or_header_breaks_a_page(world: World, watch: Watch, share: int, figure: Record) -> None:
    """Every route with every sort of object, asked with queries and headers that make no sense."""
    chance, held = random.Random(SEED + share), routes.powers()
    clients = {
        role: sitting(world.seats[role])
        for role in ("county_dispatcher", "dispatcher", "county_admin", "village_secretary", "linked_member")
    }
    stranger = Client(raise_request_exception=False)
    every = [target for target in routes.targets(world) if "GET" in target.methods]
    for name in sorted({target.name for target in every})[share :: len(SHARES)]:
        several = [target for target in every if target.name == name]
        able = [role for role in clients if not several[0].power or several[0].power in held[role]] or list(clients)
        for _ in range(size(3, 40)):
            target = chance.choice(several)
            headers: dict[str, Any] = chance.choice(HEADERS)
            client = stranger if chance.random() < 0.15 else clients[chance.choice(able)]
            client.cookies["cg_language"] = language = chance.choice(["zh-hans", "en"])
            label, query = query_of(chance)
            response = watch.send(client, "GET", f"{target.url}?{query}", **headers)
            watch.judge(response, f"GET {name} {target.url} {label} {headers}", language, reads=True)
    figure(WHAT, asked=size(100, 1_000), done=watch.requests, wrong=len(watch.wrong))
    watch.report()


PATHS = (
    "/console/places/{}/", "/console/places/{}/rename/", "/console/matters/{}", "/console/matters/{}/", "/console/posts/{}", "/s/{}", "/s/{}/rate",
    "/s/{}/print", "/in/{}", "/files/{}/x", "/files/00000000-0000-0000-0000-000000000000/{}", "/slips/{}/files/00000000-0000-0000-0000-000000000000/x",
    "/console/figures/behind/{}", "/console/{}", "/{}", "/static/{}", "/accounts/{}/", "/accounts/sessions/{}",
)  # fmt: skip


def test_no_path_breaks_a_page(laid: Desk, watch: Watch, figure: Record) -> None:
    """What stands in the path itself."""
    chance = random.Random(SEED)
    client = laid.sign_in(Client(raise_request_exception=False), "county_dispatcher")
    cases = [(path, label) for path in PATHS for label in WORDS]
    for path, label in chance.sample(cases, size(120, len(cases))):
        client.cookies["cg_language"] = language = chance.choice(["zh-hans", "en"])
        response = watch.send(client, "GET", path.format(quote(WORDS[label][:6000], safe="", errors="surrogatepass")))
        if not path.startswith("/static"):
            watch.judge(response, f"GET {path} {label}", language, reads=True)
    figure(WHAT, asked=size(100, 800), done=watch.requests, wrong=len(watch.wrong))
    watch.report()


# ---- forms

ANSWER = uuid5(NAMESPACE_OID, "commongrid matters answer explained zh")
PAGES: tuple[tuple[str, str], ...] = (
    ("dispatcher", "/console/matters/{accepted}/"), ("dispatcher", "/console/matters/{confidential}/"),
    ("dispatcher", "/console/matters/{reported}/route-round"), ("dispatcher", "/console/matters/{reported}/put-right"), ("dispatcher", "/console/matters/{given}/"), ("dispatcher", "/console/matters/{returned}/"),
    ("dispatcher", "/console/matters/{reported}/"), ("county_dispatcher", "/console/matters/{returned}/"),
    ("dispatcher", "/console/matters/{urgent}/"), ("county_dispatcher", "/console/matters/{answered}/"), ("clerk", "/console/matters/{reported}/"),
    ("secretary", "/console/matters/{quarrel}/"), ("grid_head", "/console/matters/{patrol}/"), ("station", "/console/matters/{given}/"),
    ("station", "/console/matters/{in_hand}/"), ("supervisor", "/console/matters/{overdue}/"), ("clerk", "/console/matters/{answered}/"),
    ("dispatcher", "/console/matters/{asking}/"), ("dispatcher", "/console/matters/{rejected}/"), ("station", "/console/matters/{paused}/"),
    ("station", "/console/matters/{referred}/"), ("dispatcher", "/console/matters/{in_hand}/"), ("", "/s/{refused}/ask-again"),
    *(("county_admin", f"/console/posts/units/{id_of('water_unit')}/" + act) for act in ("end", "change")),
    ("clerk", "/console/matters/new/"), ("grid_head", "/console/matters/new/"), ("county_admin", f"/console/places/{VILLAGE}/add/natural-village/"),
    ("clerk", f"/console/map/{VILLAGE}/boundary/"), ("clerk", f"/console/map/{VILLAGE}/cells/"), ("clerk", f"/console/map/{VILLAGE}/import/"),
    ("county_admin", f"/console/places/{VILLAGE}/add/grid/"), ("county_admin", f"/console/places/{VILLAGE}/add/villager-group/"),
    ("county_admin", f"/console/places/{GRID}/serves/"), ("county_admin", f"/console/places/{HAMLET}/rename/"), ("county_admin", f"/console/places/{HAMLET}/end/"),
    ("county_admin", f"/console/posts/appoint?role=grid_head&place={GRID}"), ("county_admin", "/console/posts/{post}/end"),
    ("county_admin", "/console/posts/{post}/move"), ("county_admin", "/console/posts/{post}/hand-over"),
    ("clerk", f"/console/network/talents/name?place={VILLAGE}&q=%E8%A6%83"), ("dispatcher", "/console/network/rota"), ("county_admin", "/console/posts/{post}/stand-in"), ("county_admin", "/console/posts/{post}"),
    ("county_admin", f"/console/posts/units/add?place={VILLAGE}"), ("county_admin", "/console/posts/units"), ("county_admin", "/console/posts/{post}/link"), ("clerk", "/console/security/"), ("clerk", "/console/post/"), ("clerk", "/accounts/password/change/"),
    ("clerk", "/accounts/password/set/"), ("clerk", "/accounts/2fa/totp/activate/"), ("clerk", "/accounts/reauthenticate/"),
    ("county_dispatcher", "/console/rules/limits/" + str(LIMIT) + "/"), ("county_dispatcher", "/console/rules/work_list/add/"),
    ("county_dispatcher", "/console/rules/kinds/bring-in/"), ("county_dispatcher", "/console/wording/answers/" + str(ANSWER) + "/"), ("county_dispatcher", "/console/wording/answers/add/"), ("county_dispatcher", "/console/wording/notices/bring-in/"),
    ("county_dispatcher", "/console/calendar/notice/"), ("county_dispatcher", "/console/calendar/hours/"), ("county_dispatcher", f"/console/calendar/markets/{TOWNSHIP}/"), ("county_dispatcher", "/console/calendar/duty/"),
    ("", "/accounts/login/"), ("", f"/report/tell?kind=G02&at={VILLAGE}"), ("", "/report/where?kind=G02"), ("", "/report"), ("", "/follow"),
    ("dispatcher", "/console/matters/{merged}/"), ("dispatcher", "/console/matters/{answered}/new-slip"), ("county_dispatcher", "/console/matters/{answered}/ask"), ("dispatcher", "/console/themes/"),
    ("dispatcher", "/console/published/{publication}/"), ("dispatcher", "/console/published/{proposed}/"), ("dispatcher", "/console/published/new/{answered}/"), ("dispatcher", "/console/themes/{theme}/"), ("dispatcher", "/console/matters/{alike}/"),
    ("dispatcher", "/console/exchange/"), ("dispatcher", "/console/exchange/hotline_12345/in/orders/"),
    ("dispatcher", "/console/matters/{in_hand}/case"), ("dispatcher", "/console/matters/{petition}/"), ("mediator", "/console/mediation/of/{dispute}/?violence=no"),
    ("mediator", "/console/mediation/of/{dispute}/"), ("mediator", "/console/mediation/{file}/"),
    *(("clerk", "/console/households/{household}/" + act) for act in ("move-in", "birth", "head", "split", "merge", "flag", "correct", "confirm", "serve", "hand-over")),
    *(("clerk", "/console/households/people/{someone}/" + act) for act in ("correct", "confirm", "flag", "marry", "divorce", "move", "left", "moved-out", "died")),
    ("clerk", "/console/households/people/{someone}"), ("clerk", f"/console/households/new?place={VILLAGE}"),
    ("clerk", f"/console/households/{{household}}/move?village={VILLAGE}"),
    ("clerk", "/console/households/undo/{household}"),
    ("clerk", "/console/households/flags/{flag}/end"), ("clerk", "/console/households/import"),
    ("clerk", f"/console/households/export?place={VILLAGE}"),
    *(("clerk", "/console/households/people/{someone}/" + act) for act in ("enrol", "strike", "hand-over")),
    ("clerk", f"/console/households/registered/new?place={VILLAGE}"), ("grid_head", "/console/households/{household}/report"),
    ("clerk", "/console/households/changes/{request}"), ("clerk", "/console/households/handovers/{handover}"),
    ("clerk", f"/console/holdings/thing/new?place={VILLAGE}"), ("clerk", "/console/holdings/thing/{thing}/check"),
    *(("clerk", "/console/holdings/organisation/{organisation}/" + act) for act in ("correct", "end", "join")),
    ("clerk", "/console/households/undo/{organisation}"),
    ("clerk", "/console/holdings/organisation/{organisation}/leave/{membership}"), ("clerk", "/console/households/ledgers/roster"),
    ("clerk", "/console/households/ledgers/own/new?of=person"), ("clerk", "/console/households/ledgers/own/form"),
    *(("clerk", "/console/households/ledgers/own/{ledger}" + act) for act in ("", "/change", "/columns")),
    ("", "/s/{code}/rate"), ("", "/s/{code}"), ("", "/in/" + "A" * 43), ("", "/accounts/code/"),
    ("secretary", f"/console/network/villages/{VILLAGE}/grids"),
    ("secretary", f"/console/network/villages/{VILLAGE}/barriers"))  # fmt: skip
"""Who opens which page; every form on it is sent."""


def values_of(matters: dict[str, UUID]) -> dict[str, Any]:
    """What stands in the addresses of PAGES and BARE."""
    return {**matters, "post": id_of("grid_member"), "code": actions.code_of(matters["answered"]),
            "refused": actions.code_of(matters["rejected"])}  # fmt: skip


def forms_around(laid: Desk, matters: dict[str, UUID], watch: Watch) -> Iterator[tuple[Client, str, Form]]:
    """Every form of the pages, with who may send it; each sort of form once per page."""
    values = values_of(matters)
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for who, page in PAGES:
        client = Client(raise_request_exception=False)
        if who:
            laid.sign_in(client, who, "zh-hans")
        url = page.format(**values)
        response = watch.send(client, "GET", url)
        watch.judge(response, url, "zh-hans", reads=True)
        for form in forms_of(response.content.decode(), url):
            key = (resolve(form.action.partition("?")[0]).view_name, who, tuple(form.worded))
            if form.method == "post" and key not in seen:
                seen.add(key)
                yield client, f"{who or 'anybody'} {key[0]}", form


def lost(form: Form, mutant: Mutant, response: Any) -> Iterator[tuple[str, str]]:
    """Words sent that the form, shown again, no longer holds; nothing where the page shows no form."""
    again = [one for one in forms_of(response.content.decode(), form.action) if one.action == form.action]
    for one in again:
        for name, words in mutant.kept.items():
            held = one.holds(name)
            if held is not None:
                yield name, "" if held == words else f"{name} held {words!r}, now {held[:50]!r}"


@pytest.mark.parametrize("share", SHARES)
def test_no_form_breaks_a_step(laid: Desk, matters: dict[str, UUID], watch: Watch, share: int, figure: Record) -> None:
    """Every form of every page, spoilt in every way; the sample takes every second form, the others the next day."""
    chance, sent = random.Random(SEED + share), set[str]()
    for n, (client, label, form) in enumerate(list(forms_around(laid, matters, watch))):
        sent.add(label.split()[1])
        if n % len(SHARES) != share or not (FULL or (n + TURN) % 2):
            continue
        for mutant in mutants(form, chance, size(9, 40)):
            client.cookies["cg_language"] = language = chance.choice(["zh-hans", "en"])
            headers = chance.choice(HEADERS[:3])
            response = watch.send(client, "POST", form.action, mutant.body, mutant.kind, **headers)
            what = f"POST {label} {mutant.label} {headers}"
            watch.judge(response, what, language)
            if response.status_code == 422 and "html" in response["Content-Type"]:
                for name, fault in lost(form, mutant, response):
                    watch.kept += not fault
                    if fault:
                        watch.note(what, f"words lost: {label} {name}: {fault}")
    figure(WHAT, asked=size(100, 1_000), done=watch.requests, wrong=len(watch.wrong))
    watch.report()
    taking = {name for name, row in routes.policy().items() if "POST" in row["methods"]}
    assert sorted(taking - sent - set(BARE)) == [], f"forms that no page of PAGES shows {sorted(sent)}"


def test_no_body_breaks_a_step_that_shows_no_form(laid: Desk, matters: dict[str, UUID], watch: Watch) -> None:
    """Steps that this moment of the matter does not offer, and those behind a button only."""
    chance, values = random.Random(SEED), values_of(matters)
    for who, page, names in BARE.values():
        url = page.format(**values)
        client = Client(raise_request_exception=False)
        if who:
            laid.sign_in(client, who)
        form = Form(url, "post", [Field(one, "textarea") for one in [*names.split(), "act"]])
        others = Mutant("an act of others", f"act={matters['answered']}&note=x&text=x&answer=x".encode())
        for mutant in [*mutants(form, chance, size(6, 40)), Mutant("no act", b"act=&x=1"), others]:
            client.cookies["cg_language"] = language = chance.choice(["zh-hans", "en"])
            response = watch.send(client, "POST", url, mutant.body, mutant.kind)
            watch.judge(response, f"POST {url} {mutant.label}", language)
    watch.report()


# ---- what comes with every request

COOKIES = (
    "", "x", "x" * 8000, '"\\000abcdefghij"', '"\\377\\376abcdefgh"', "abc;def", "../../etc", "\xff\xfe" * 10, "a" * 32, "%00" * 12, "'" * 40,
    '"\\015\\012Set-Cookie: a=b"',
)  # fmt: skip
JARS = ("cg_session", "cg_csrf", "cg_language", "cg_text", "cg_theme", "messages", "sessionid")
HOSTS = ("evil.example", "", "[", "a b", "127.0.0.1:99999", "x" * 300, "\xff", "localhost:\x00", "127.0.0.1@evil")
TOKENS = (None, "", "x", "a" * 32 + "b" * 32, "\x00" * 32, "é" * 64, "a" * 100_000)


def test_no_cookie_breaks_a_page(laid: Desk, watch: Watch) -> None:
    """Cookies of ours and of others, broken."""
    session, chance = laid.session("clerk"), random.Random(SEED)
    for cookie, value in chance.sample(cases := list(itertools.product(JARS, COOKIES)), size(40, len(cases))):
        for url in ("/report", "/console/today/"):
            given = f"cg_session={session}; {cookie}={value}"
            response = watch.send(Client(raise_request_exception=False), "GET", url, HTTP_COOKIE=given)
            watch.judge(response, f"GET {url} {cookie} {value!r}", "zh-hans", reads=True)
    watch.report()


def test_a_zero_byte_in_the_session_cookie_is_no_session(laid: Desk, watch: Watch) -> None:
    """A quoted cookie may spell one; it once reached PostgreSQL."""
    response = watch.send(
        Client(raise_request_exception=False), "GET", "/console/today/", HTTP_COOKIE='cg_session="\\000abcdefghij"'
    )
    assert response.status_code == 302
    watch.report()


def test_no_host_name_breaks_a_page(laid: Desk, watch: Watch) -> None:
    """A host that is not ours is refused, in the reader's language, with nothing of it in the page."""
    for host, url in itertools.product(HOSTS, ("/", "/console/today/", "/look?next=/", "/nothing")):
        response = watch.send(Client(raise_request_exception=False), "GET", url, HTTP_HOST=host)
        watch.judge(response, f"GET {url} Host {host!r}", "zh-hans", reads=True)
        assert "evil" not in response.content.decode() + response.get("Location", "")
    watch.report()


def test_a_form_without_its_token_changes_nothing(laid: Desk, watch: Watch) -> None:
    """Protection against forged requests answers in plain words, in both languages."""
    for language, token in itertools.product(("zh-hans", "en"), TOKENS):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        laid.sign_in(client, "clerk", language)
        client.cookies["cg_csrf"] = "a" * 32
        pairs = [("text", "说的话"), *([] if token is None else [("csrfmiddlewaretoken", token)])]
        for url in ("/console/matters/new/", "/report/send", "/accounts/login/"):
            response = watch.send(client, "POST", url, encoded(pairs))
            watch.judge(response, f"POST {url} token {token!r}", language)
            assert response.status_code == 403
    watch.report()
