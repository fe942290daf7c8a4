"""The first wall, probed over HTTP: every role x every route x every relation of place x channel.

Expected: 403 without the power, 404 for what the role may not see, an answer
otherwise; never a server error; and no page ever carries the number of a matter
that its reader may not see, whatever the channel.
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from commongrid.accounts.models import Account
from tests.figures import Record
from tests.proof import expectation, routes
from tests.proof.probes import Tally
from tests.proof.world import World
from tests.sizes import FULL, shares, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.proof.routes import Target
    from tests.proof.world import Seat

_addresses = itertools.count(1)
SAMPLE = 16
"""Targets per role in a quick run; in the nightly one every role asks at every route for every relation of place."""
WIDELY = {"matter", "matter_print", "place", "post", "slip"}
"""Routes that the nightly run asks for everything, through every channel."""
CHANNELS: dict[str, dict[str, str]] = {
    "page": {},
    "api": {"HTTP_ACCEPT": "application/json"},
    "fragment": {"HTTP_HX_REQUEST": "true"},
}
NUMBER = re.compile(rb"P-\d{4}")
REFUSED = {403, 404}
WHAT = "HTTP probes, role x route x relation x channel"
PASSED = {200, 204, 302}


def sitting(seat: Seat) -> Client:
    """A browser signed in and acting in this seat."""
    client = Client(raise_request_exception=False)
    engine = import_module(settings.SESSION_ENGINE)
    account = Account.objects.get(pk=seat.account)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = engine.SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    session["post"] = str(seat.post)
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session.save()
    return client


def expected(target: Target, seat: Seat, held: set[str]) -> set[int]:
    """The statuses that the policy allows for this role asking for this."""
    if "post" not in target.scopes:
        return PASSED | ({404, 422} if not target.seen(seat) else set())
    if target.power and target.power not in held:
        return {403, 404} if "public" in target.scopes or not target.seen(seat) else {403}
    if target.edits:
        return PASSED | {403, 404, 409, 422} if target.seen(seat) else REFUSED
    return PASSED if target.seen(seat) else {404}


def ask(client: Client, target: Target, channel: str) -> Any:
    """GET where the route has it, else POST an empty form; each from an address of its own, past the throttles."""
    n = next(_addresses)
    surroundings: dict[str, Any] = {**CHANNELS[channel], "REMOTE_ADDR": f"127.{n // 65536}.{n // 256 % 256}.{n % 256}"}
    if "GET" in target.methods:
        return client.get(target.url, **surroundings)
    return client.post(target.url, {}, **surroundings)


def visible_numbers(world: World, seat: Seat) -> set[bytes]:
    """The numbers of the matters that this seat may see."""
    return {
        f"P-{n:04}".encode() for n, facts in enumerate(world.matters.values()) if expectation.sees_matter(seat, facts)
    }


def chosen(every: list[Target], chance: random.Random) -> Iterator[tuple[Target, str]]:
    """What one role asks for, and through which channel.

    A sample; or, in full size, every route for every relation of place, in a
    channel and for a sort of matter drawn by seed, and the pages of WIDELY for
    every matter through every channel.
    """
    channels = list(CHANNELS)
    if not FULL:
        yield from ((target, chance.choice(channels)) for target in chance.sample(every, min(SAMPLE, len(every))))
        return
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in every:
        groups.setdefault((target.name, target.relation), []).append(target)
    for (name, _relation), targets in groups.items():
        if name in WIDELY:
            yield from itertools.product(targets, channels)
        else:
            yield chance.choice(targets), chance.choice(channels)


@dataclass
class Sitting:
    """A seat with its browser, its powers, and the numbers of the matters it may see."""

    seat: Seat
    client: Client
    held: set[str]
    numbers: set[bytes]

    def probe(self, target: Target, channel: str, tally: Tally) -> None:
        """One probe: the status, and what the body gives away."""
        response = ask(self.client, target, channel)
        allowed, status = expected(target, self.seat, self.held), response.status_code
        if "GET" not in target.methods and allowed == PASSED:
            allowed = PASSED | {400, 403, 404, 409, 422}
        what = (self.seat.role, channel, target.name, target.about)
        tally.note(True, status in allowed, *what, f"status {status} not in {sorted(allowed)}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        tally.note(set(), set(NUMBER.findall(body)) - self.numbers, *what, "shows numbers out of scope")


SHARES = shares(6)


@pytest.mark.parametrize("share", SHARES)
def test_every_role_at_every_route_gets_exactly_what_the_policy_says(world: World, share: int, figure: Record) -> None:
    tally, chance, held = Tally(), random.Random(20261124 + share), routes.powers()
    every = list(routes.targets(world))
    for seat in list(world.seats.values())[share :: len(SHARES)]:
        place = Sitting(seat, sitting(seat), held.get(seat.role, set()), visible_numbers(world, seat))
        for target, channel in chosen(every, chance):
            place.probe(target, channel, tally)
    figure(WHAT, asked=size(300, 20_000 // len(SHARES)), done=tally.probes // 2, wrong=len(tally.wrong))
    assert tally.wrong == [], "\n".join(tally.wrong[:200])


def test_a_stranger_is_sent_to_sign_in_everywhere_else(world: World) -> None:
    client, wrong = Client(raise_request_exception=False), []
    for target in routes.targets(world):
        response: Any = ask(client, target, "page")
        if "public" in target.scopes or "slip" in target.scopes:
            unsigned = {403} if target.name == "sms_receipts" else set()  # only the gateway signs
            ok = response.status_code in PASSED | {404, 405, 409, 422} | unsigned
        else:
            ok = response.status_code == 302 and "/accounts/login/" in response["Location"]
        if not ok or NUMBER.search(response.content):
            wrong.append(f"{target.name} {target.about}: {response.status_code}")
    assert wrong == []


def test_the_policy_table_is_what_the_code_opens() -> None:
    from tools import policy

    assert policy.differences() == []
