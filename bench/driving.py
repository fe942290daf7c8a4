"""A small client that keeps its connection, and what it saw: seconds on the wall, never judged."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: method, address, headers, body, and the status that means it was done.

    A redirect counts only where it leads to ``lands``: one to the sign-in is cheap, and no work.
    """

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200
    lands: str = ""


class WentWrong(Exception):
    """A request was not answered as it must be."""


class Driver:
    """One kept connection to one server."""

    def __init__(self, port: int) -> None:
        """Connect when first asked."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, one: Ask) -> bytes:
        """Send one request; answers its body."""
        self.connection.request(one.method, one.path, body=one.body or None, headers=one.headers)
        response = self.connection.getresponse()
        body = response.read()
        landed = response.getheader("Location", "")
        if response.status == one.status and not landed.startswith(one.lands):
            message = f"{one.method} {one.path} leads to {landed}, not to {one.lands}"
            raise WentWrong(message)
        if response.status != one.status:
            message = (
                f"{one.method} {one.path}: {response.status}, not {one.status}: {body[:1500].decode(errors='replace')}"
            )
            raise WentWrong(message)
        return body

    def block(self, make: Callable[[], Ask], count: int) -> list[float]:
        """So many requests one after the other on a fresh connection; answers the seconds of each."""
        self.connection.close()
        taken = []
        for _ in range(count):
            one = make()
            begun = time.perf_counter()
            self.ask(one)
            taken.append(time.perf_counter() - begun)
        return taken
