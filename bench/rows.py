"""What is measured: for each row of the table, the floor's request and the product's."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from bench.county import County, Post
from bench.driving import Ask

TEXT = "村口涵洞塌了一半，雨天过不去车，学生上学要绕路，已经有三天了。"
NAME, PHONE = "杨秀英", "13800000000"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: two ways of asking, and the goals."""

    name: str
    floor: Callable[[], Ask]
    product: Callable[[], Ask]
    times: float
    queries: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in reader: cookies and the token for forms."""

    post: Post
    cookies: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends along."""
        return {"Cookie": self.cookies}


def reader(post: Post) -> Reader:
    """A session acting as the post, made as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

    from commongrid.surfaces.shared.sessions import SessionStore

    account = get_user_model().objects.get(pk=post.account)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["post"] = str(post.id)
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session.create()
    token = secrets.token_hex(16)
    return Reader(post, f"cg_session={session.session_key}; cg_csrf={token}", token)


def rows(county: County) -> dict[str, Row]:
    """Every row by name."""
    readers = {scope: reader(post) for scope, post in county.posts.items()}
    places, kinds = _places(county), _kinds(county)
    found = [
        Row(
            name="report (public)", times=4, queries=10,
            floor=partial(_floor_report, places, kinds), product=partial(_public_report, places, kinds),
        ),
        Row(
            name="report (staff)", times=4, queries=10,
            floor=partial(_floor_report, places, kinds),
            product=partial(_staff_report, readers["township"], places, kinds),
        ),
        *(_queue(scope, reading) for scope, reading in readers.items()),
        _transition(county, readers["township"]),
        _board(readers["county"]),
    ]  # fmt: skip
    return {row.name: row for row in found}


def _queue(scope: str, reading: Reader) -> Row:
    post = reading.post
    whose = {"lo": post.lo, "hi": post.hi} | ({"unit": post.unit} if scope == "department" else {})
    return Row(
        name=f"queue ({scope})", times=3, queries=6,
        floor=partial(Ask, "GET", f"/queue?{urlencode(whose)}"),
        product=partial(Ask, "GET", "/console/matters/", reading.headers),
    )  # fmt: skip


def _transition(county: County, reading: Reader) -> Row:
    waiting = _waiting(county, reading.post)

    def floor() -> Ask:
        body = json.dumps({"note": "已核实，转有关站所办理。"}).encode()
        return Ask("POST", f"/accept/{next(waiting)}", {"Content-Type": "application/json"}, body)

    def product() -> Ask:
        given = {"csrfmiddlewaretoken": reading.token, "note": "已核实，转有关站所办理。"}
        headers = {**reading.headers, "Content-Type": FORM}
        return Ask(
            "POST",
            f"/console/matters/{next(waiting)}/accept",
            headers,
            urlencode(given).encode(),
            302,
            "/console/matters/",
        )

    return Row(name="transition", times=4, queries=10, floor=floor, product=product)


def _board(reading: Reader) -> Row:
    from django.utils.timezone import localdate

    since = localdate() - timedelta(days=29)
    asked = urlencode({"lo": reading.post.lo, "hi": reading.post.hi, "since": since})
    return Row(
        name="board (county)", times=2, queries=4,
        floor=partial(Ask, "GET", f"/board?{asked}"),
        product=partial(Ask, "GET", "/console/figures/", reading.headers),
    )  # fmt: skip


def _floor_report(places: list[int], kinds: list[tuple[UUID, str]]) -> Ask:
    kind, code = random.choice(kinds)
    given = {
        "place": random.choice(places),
        "kind": str(kind),
        "kind_code": code,
        "text": TEXT,
        "name": NAME,
        "phone": PHONE,
    }
    return Ask("POST", "/report", {"Content-Type": "application/json"}, json.dumps(given).encode())


def _public_report(places: list[int], kinds: list[tuple[UUID, str]]) -> Ask:
    token = secrets.token_hex(16)
    given = {
        "csrfmiddlewaretoken": token, "kind": random.choice(kinds)[1], "at": random.choice(places), "text": TEXT,
        "urgency": "normal", "name": NAME, "phone": PHONE,
    }  # fmt: skip
    headers = {"Cookie": f"cg_csrf={token}", "Content-Type": FORM, "X-Forwarded-For": _address()}
    return Ask("POST", "/report/send", headers, urlencode(given).encode(), 302, "/s/")


def _staff_report(reading: Reader, places: list[int], kinds: list[tuple[UUID, str]]) -> Ask:
    own = [code for code in places if reading.post.lo <= code <= reading.post.hi]
    given = {
        "csrfmiddlewaretoken": reading.token, "do": "send", "kind": random.choice(kinds)[1],
        "place": random.choice(own), "text": TEXT, "urgency": "normal", "source": "villager",
        "name": NAME, "phone": PHONE,
    }  # fmt: skip
    headers = {**reading.headers, "Content-Type": FORM}
    return Ask(
        "POST", "/console/matters/new/", headers, urlencode(given).encode(), 302, "/console/matters/new/?recorded="
    )


def _address() -> str:
    """Another sender each time: nobody is throttled, and the throttle is paid for."""
    return ".".join(str(random.randint(1, 254)) for _ in range(4))


def _places(county: County) -> list[int]:
    with county.admin() as db:
        found = db.execute(
            "SELECT code FROM territory_place WHERE level = 'natural_village' AND valid_to IS NULL"
        ).fetchall()
    return [int(str(row[0])) for row in found]


def _kinds(county: County) -> list[tuple[UUID, str]]:
    """Kinds that the village first meets, public, neither sealed nor routed round: what most reports are about."""
    with county.admin() as db:
        found = db.execute(
            "SELECT id, code FROM matters_kind WHERE parent <> '' AND visibility = 'public' AND NOT routed_round "
            "AND valid_to IS NULL AND first_level IN ('grid', 'village') ORDER BY code"
        ).fetchall()
    return [(UUID(str(row[0])), str(row[1])) for row in found]


_COLUMNS = """
SELECT string_agg(column_name, ', '), string_agg('(made).' || column_name, ', ') FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = 'matters_matter' AND is_generated = 'NEVER'
"""
_WAITING = """
INSERT INTO matters_matter ({columns}) SELECT {values} FROM (SELECT jsonb_populate_record(one, jsonb_build_object(
  'id', uuidv7(), 'number', 'B' || nextval('matters_number'),
  'slip_hash', '\\x' || encode(sha256(uuid_send(gen_random_uuid())), 'hex'),
  'opened_at', now(), 'due_at', now() + interval '2 days', 'warn_at', now() + interval '1 day')) AS made
FROM (SELECT m AS one FROM matters_matter m WHERE place BETWEEN %s AND %s AND state = 'reported'
      AND owner_level = 'township' AND closed_at IS NULL AND NOT sealed AND external_number = '' LIMIT 1) AS found,
  generate_series(1, %s)) AS rows
RETURNING id
"""
AT_ONCE = 200


def _waiting(county: County, post: Post) -> Iterator[UUID]:
    """Fresh matters of the township that wait to be accepted, as many as are asked for."""
    while True:
        with county.admin() as db:
            ((columns, values),) = db.execute(_COLUMNS).fetchall()
            statement = _WAITING.format(columns=columns, values=values)
            found = db.execute(statement.encode(), [post.lo, post.hi, AT_ONCE]).fetchall()
        if not found:
            message = "no matter waits in this township"
            raise LookupError(message)
        yield from (UUID(str(row[0])) for row in found)
