"""A small client that keeps its connection, and what it saw: seconds on the wall, never judged."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: method, address, headers, body, and the status that means it was done."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200


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
