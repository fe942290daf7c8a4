"""Canaries: sealed values put through every flow, and then looked for everywhere that is not their sealed column.

A canary is a reporter's or concerned person's name or phone, told apart by a
mark. After reports from both surfaces, refusals, steps, visits and an import,
none may stand in the database (every table of every schema, sessions, cache
and jobs unpacked), in a log line, on another's page, or in a kept file.
"""

from __future__ import annotations

import base64
import binascii
import random
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from commongrid.kernel.act import Act
from commongrid.matters import actions
from commongrid.matters.actions import Contact
from commongrid.matters.importing.jobs import Wish, take_over_file
from commongrid.matters.importing.telling import as_json
from commongrid.notices import jobs as notices
from commongrid.registry import actions as registry
from commongrid.registry.importing import actions as importing
from commongrid.registry.rules.facts import Told
from tests.bed import RUN
from tests.factories import desk as factory
from tests.factories.desk import VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.figures import Record
from tests.notices.recording import Recording
from tests.registry.conftest import CLERK, DAY, Hamlet
from tests.registry.importing.making import person
from tests.registry.importing.test_taking import send, take
from tests.sizes import size

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

NAME, PHONE = "翠雀", "1990044"
"""How every canary begins: a name that no list has, a phone in an unassigned range."""
COUNT = size(200, 10_000) // 4
"""People; each has two values, and so has the person concerned."""
HEXED = NAME.encode().hex()
TELLING = re.compile(
    rf"{NAME}|\\u7fe0\\u96c0|{HEXED}|(?<![0-9a-f-]){PHONE}\d{{4}}(?![0-9a-f])|{(PHONE.encode()).hex()}", re.IGNORECASE
)


def canary(n: int) -> tuple[str, str]:
    """A name and a phone."""
    return f"{NAME}{n:05}", f"{PHONE}{n:04}"


@pytest.fixture
def laid(database: Database) -> Desk:
    """The desk's county."""
    return factory.lay(database)


@pytest.fixture
def scene(laid: Desk) -> Scene:
    """Matters are made with it."""
    return Scene(laid)


def browser(laid: Desk, who: str, language: str = "zh-hans") -> Client:
    """Somebody's browser."""
    return laid.sign_in(Client(raise_request_exception=False), who, language)


def told(n: int, **more: str) -> dict[str, str]:
    """What a form sends, with four canaries."""
    (name, phone), (other, number) = canary(2 * n), canary(2 * n + 1)
    return {
        "text": f"涵洞塌了 {n}", "urgency": "normal", "name": name, "phone": phone, "concerned_name": other,
        "concerned_phone": number, "spot": "", "source": "villager", "kind": "G02", "place": str(VILLAGE),
        "at": str(VILLAGE), "do": "send", **more,
    }  # fmt: skip


def forms(laid: Desk, n: int, chance: random.Random) -> None:
    """A report by a form: the public one or the counter's, sometimes one that is refused."""
    wrong: dict[str, str] = chance.choice(
        [
            {},
            {},
            {"text": ""},
            {"place": "0", "at": "0"},
            {"urgency": "x"},
            {"act": "no act"},
            {"phone": f"{PHONE}{2 * n:04}" * 9},
        ]
    )
    where: dict[str, Any] = {"REMOTE_ADDR": f"127.8.{n // 250}.{n % 250}"}
    if chance.random() < 0.5:
        Client(raise_request_exception=False).post("/report/send", told(n, **wrong), **where)
    else:
        browser(laid, "clerk").post(
            "/console/matters/new/", told(n, **({"do": chance.choice(["send", "check"])} | wrong)), **where
        )


def by_action(scene: Scene, n: int, chance: random.Random) -> UUID:
    """A report by the action itself, taken some way along."""
    (name, phone), (other, number) = canary(2 * n), canary(2 * n + 1)
    contact = Contact(name=name, phone=phone, concerned_name=other, concerned_phone=number)
    made = chance.choice([scene.report, scene.report, scene.with_station, scene.in_hand, scene.answered])
    return made(f"便道护栏被撞坏 {n}", contact=contact, confidential=chance.random() < 0.3)


def in_the_register(n: int) -> UUID:
    """Somebody of the register with sealed fields: entered, corrected twice, reported from the field, flagged."""
    village, (words, phone), (_name, other) = Hamlet(), canary(2 * n), canary(2 * n + 1)
    told = Told(on=DAY)
    home = village.home(f"k{n}")
    who = village.person(home, f"周{n}", phone=phone)
    for written in ({"phone": other, "bank": f"{PHONE}{n:04}{n:04}"}, {"phone": phone}):
        registry.correct(CLERK, Act.new(), fields=registry.Fields(of="person", subject=who, written=written), told=told)
    field = scope_at(VILLAGE, "people.confirm")
    change = registry.Change(sort="correct", household=home, person=who, said={"phone": other, "words": words})
    asked = registry.report_change(field, Act.new(), change=change, told=told)["request"]
    registry.approve_change(CLERK, Act.new(), request_id=UUID(asked))
    illness = registry.Recognised(type_code="serious_illness", person=who, basis=words)
    civil = scope_at(VILLAGE, "people.edit", "people.hardship")
    registry.flag(civil, Act.new(), what=illness, told=told)
    return who


def pages_of_the_register(laid: Desk, people: list[UUID]) -> list[str]:
    """Pages on which somebody reads a sealed value of the register without having it shown."""
    found = []
    for who in ("clerk", "grid_head", "township_principal", "dispatcher", "auditor"):
        client = browser(laid, who)
        for one in people:
            base = f"/console/households/people/{one}"
            urls = (base, f"{base}/correct", f"{base}/looks", f"{base}/looks/print", "/console/households/changes")
            told = (url for url in urls if TELLING.search(client.get(url).content.decode()))
            found += [f"{who} reads it at {url}" for url in told]
    return found


def dumped(database: Database) -> list[str]:
    """Places in the database where a canary stands, every table of every schema; sessions and cache unpacked."""
    found = []
    with database.as_admin() as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert {"django_session", "cache_entries", "journal_claim", "journal_line"} <= {name for _, name in tables}
        for schema, table in tables:
            for (text,) in admin.execute(f'SELECT t::text FROM "{schema}"."{table}" t'):
                unpacked = text + (_inside(text) if table in {"cache_entries", "django_session"} else "")
                if hit := TELLING.search(unpacked):
                    found.append(f"{schema}.{table}: …{unpacked[max(0, hit.start() - 60) : hit.end() + 20]}…")
    found += ["a session" for session in Session.objects.all() if TELLING.search(repr(session.get_decoded()))]
    return found


def _inside(text: str) -> str:
    """Whatever is base64 in a row, as text."""
    found = ""
    for part in re.findall(r"[A-Za-z0-9+/=_-]{24,}", text):
        try:
            found += base64.b64decode(
                part + "=" * (-len(part) % 4), altchars=b"-_" if "_" in part or "-" in part else None
            ).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return found


def kept_files() -> list[str]:
    """Files of the run that hold one: uploads, logs of the database's server."""
    needles = (NAME.encode(), PHONE.encode())
    logs = [
        path
        for path in (RUN / "data").rglob("*")
        if path.is_file() and (path.suffix == ".log" or "files" in path.parts)
    ]
    return [str(path) for path in logs if any(needle in path.read_bytes() for needle in needles)]


def pages_of_others(laid: Desk, matters: list[UUID]) -> list[str]:
    """Pages on which somebody reads a canary; nobody does without a reveal."""
    found = []
    for who in (
        "dispatcher",
        "far_dispatcher",
        "county_dispatcher",
        "station",
        "grid_member",
        "secretary",
        "supervisor",
        "clerk",
        "auditor",
    ):
        client = browser(laid, who)
        for url in (
            "/console/today/",
            "/console/matters/",
            "/console/matters/?view=closed",
            *(reverse("matter", args=[one]) for one in matters),
        ):
            answers = (client.get(url), client.get(url, HTTP_ACCEPT="application/json"))
            found += [f"{who} reads it at {url}" for one in answers if TELLING.search(one.content.decode())]
    for one in matters:
        code = actions.code_of(one)
        found += [
            f"slip {part}"
            for part in ("", "/print", "/rate")
            if TELLING.search(Client().get(f"/s/{code}{part}").content.decode())
        ]
    return found


def old_list(folder: Path) -> Path:
    """A list of an older system with columns that nobody asked for."""
    rows = ["编号,登记时间,办结时间,标题,内容,姓名,电话"]
    for n in range(30):
        name, phone = canary(90_000 + n)
        opened = "2025-03-01 10:00:00" if n % 3 else "no day"
        rows.append(f"W{n},{opened},2025-03-09 10:00:00,路灯不亮,路灯不亮 {n},{name},{phone[:11]}")
    path = folder / "old.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def by_the_door() -> None:
    """Phones in lists of people: one list waits, one came in and was changed, one was undone, one is faulty."""

    def listed(first: int, phones: int, **more: object) -> list[dict[str, object]]:
        return [
            person(
                number=str(n), name=f"客{chr(0x4E00 + n)}", born_on="1980-01-01", phone=canary(phones + n)[1], **more
            )
            for n in range(first, first + 3)
        ]

    take(send(*listed(500, 7000)))
    take(send(*listed(500, 7100)))
    undone = take(send(*listed(510, 7200)))
    importing.undo_import(CLERK, Act.new(), batch_id=UUID(undone["batch"]), reason="试")
    send(*listed(520, 7300))
    send(*listed(530, 7400, sex=canary(7500)[1], works_at=canary(7501)[1]))


def codes_by_phone(people: list[UUID]) -> None:
    """Sign-in codes asked for numbers that somebody has and that nobody has; those that go out are sent."""
    for n, _one in enumerate(people):
        for phone in (canary(2 * (600 + n))[1], canary(80_000 + n)[1]):
            Client().post("/accounts/code/", {"phone": phone}, REMOTE_ADDR=f"127.7.{n // 250}.{n % 250}")
    notices.send_codes(ways={"sms": Recording()})


def shown_with_a_reason(laid: Desk, person: UUID) -> None:
    """A reveal in the register shows the value, so the search can find one there."""
    address = f"/console/households/people/{person}"
    reveal = {"field": "phone", "reason": "打电话"}
    opened = browser(laid, "clerk")
    opened.post(f"{address}/reveal", reveal)
    assert TELLING.search(opened.get(address).content.decode())


def really_sealed(database: Database, known: int) -> None:
    """So many values were really kept, in every sealed column."""
    with database.as_admin() as admin:
        sealed = admin.execute(
            "SELECT count(*) FROM matters_party WHERE name_sealed IS NOT NULL AND phone_sealed IS NOT NULL"
        ).fetchone()
    assert sealed is not None
    assert sealed[0] > COUNT, "so many were really kept"
    with database.as_admin() as admin:
        kept = admin.execute(
            "SELECT count(*) FROM registry_person p JOIN registry_change_request r ON r.person_id = p.id"
            " JOIN registry_hardship_flag h ON h.person_id = p.id"
            " WHERE phone_sealed IS NOT NULL AND bank_sealed IS NOT NULL AND said_sealed IS NOT NULL"
            " AND basis_sealed IS NOT NULL"
        ).fetchone()
    assert kept == (known,), "and in every sealed column of the register"


def test_no_sealed_value_stands_anywhere_in_clear(
    laid: Desk,
    scene: Scene,
    database: Database,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    figure: Record,
) -> None:
    """Every flow, then every place to look."""
    chance = random.Random(20261124)
    made = []
    for n in range(COUNT):
        if n % 3 == 0:
            forms(laid, n, chance)
        else:
            made.append(by_action(scene, n, chance))
    looked = made[: size(3, 40)]
    known = [in_the_register(n) for n in range(60_000 // 100, 60_000 // 100 + size(3, 40))]
    name, phone = canary(88_000)
    scene.do(
        "county_dispatcher",
        actions.visit,
        scene.answered("护栏", contact=Contact(name=name, phone=phone)),
        mode="phone",
        result="not_reached",
        answers=None,
    )
    by_the_door()
    codes_by_phone(known)
    wrong = pages_of_others(laid, looked) + pages_of_the_register(laid, known)
    shown_with_a_reason(laid, known[0])
    shown = browser(laid, "dispatcher").post(
        reverse("matter_reveal", args=[made[0]]), {"what": "reporter:phone", "reason": f"call {Act.new().id}"}
    )
    assert TELLING.search(shown.content.decode()), "a reveal shows the value, so this test can find one"
    wish = Wish(
        columns="number=编号,opened=登记时间,closed=办结时间,title=标题,text=内容",
        default_place=str(VILLAGE),
        zone="Asia/Shanghai",
        yes=True,
    )
    taken = take_over_file(old_list(tmp_path), wish, progress=lambda _share, _rows: None)
    wrong += [line for line in [str(as_json(taken))] if TELLING.search(line)]
    really_sealed(database, len(known))
    wrong += dumped(database) + kept_files()
    said = capfd.readouterr()
    wrong += [f"log: {line[:200]}" for line in (said.out + said.err).splitlines() if TELLING.search(line)]
    figure("sealed values looked for in clear", asked=4 * COUNT, done=4 * COUNT + 60, wrong=len(wrong))
    assert wrong == []


def test_the_search_for_canaries_finds_a_leak(laid: Desk, database: Database) -> None:
    """The proof that the test can fail: one in a cache entry, one in a session, one in a note."""
    from django.core.cache import cache

    name, phone = canary(1)
    cache.set("x", {"name": name})
    browser(laid, "clerk")
    with database.as_admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE registry_person SET display_name = %s WHERE id = %s", [f"x{phone}", id_of("clerk_person")]
        )
    found = dumped(database)
    assert {line.partition(":")[0] for line in found} == {"county.cache_entries", "county.registry_person"}
