"""Watches requests for what bad input must never do: break the server, change rows, get the wrong tongue."""

from __future__ import annotations

import itertools
import re
import traceback
from typing import TYPE_CHECKING, Any

from django.core.signals import got_request_exception

from tests.proof.hostile import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.bed import Database

OURS = "accounts|insight|journal|matters|notices|outreach|registry|roster|territory"
LOGGED = {"accounts_access_line", "journal_pulse", "journal_timeline"}
"""Tables that a refusal, or nobody's request, may write to."""
HAN = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(
    r'<p class="(?:error|lead)"[^>]*>(.*?)</p>|<div class="summary"(.*?)</div>|<ul class="errorlist[^>]*>(.*?)</ul>',
    re.DOTALL,
)
TAGS = re.compile(r"<[^>]*>")
_addresses = itertools.count(1)


class Watch:
    """What goes wrong in a run: server errors with their places, rows changed, words lost, tongues mixed up."""

    def __init__(self, database: Database) -> None:
        """Listen to exceptions."""
        self.wrong: dict[str, str] = {}
        self.requests, self.refusals, self.kept = 0, 0, 0
        self.admin = database.as_admin()
        self.rows = self.admin.__enter__()
        tables = [row[0] for row in self.rows.execute(
            f"SELECT tablename FROM pg_tables WHERE schemaname = 'county' AND tablename ~ '^({OURS})_'"
        )]  # fmt: skip
        self.counting = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {name}"
            for name in tables
            if name not in LOGGED
        )
        self.state = self.snapshot()
        self.raised = ""
        got_request_exception.connect(self.heard)

    def close(self) -> None:
        """Stop listening."""
        got_request_exception.disconnect(self.heard)
        self.admin.__exit__(None, None, None)

    def heard(self, **_more: Any) -> None:
        """An exception got past every door."""
        self.raised = "\n".join(traceback.format_exc().splitlines()[-8:])

    def snapshot(self) -> set[tuple[Any, ...]]:
        """Per table: rows, and the newest transaction that wrote one."""
        return set(self.rows.execute(self.counting))

    def send(self, client: Client, method: str, url: str, body: bytes = b"", kind: str = FORM, **headers: Any) -> Any:
        """One request, from an address of its own, past the throttles."""
        n = next(_addresses)
        self.raised = ""
        self.requests += 1
        where = {"REMOTE_ADDR": f"127.{n // 65536}.{n // 256 % 256}.{n % 256}", **headers}
        if method == "GET":
            path, _, query = url.partition("?")
            return client.generic("GET", path, QUERY_STRING=query, **where)
        return client.generic("POST", url, body, content_type=kind, **where)

    def note(self, what: str, fault: str) -> None:
        """Keep one example of each fault."""
        self.wrong.setdefault(fault, what)

    def judge(self, response: Any, what: str, language: str, *, reads: bool = False) -> None:
        """Whether this is an answer to be proud of."""
        status = response.status_code
        if status >= 500 or self.raised:
            self.note(what, f"server error {status}\n{self.raised}")
        if status >= 400 or reads:
            now = self.snapshot()
            if now != self.state:
                self.note(what, f"status {status} and rows changed: {sorted(now - self.state)}")
            self.state = now
        else:
            self.state = self.snapshot()
        if status >= 400 and status != 405:
            self.refusals += 1
            for fault in tongue(response, language):
                self.note(what, f"status {status}: {fault}")

    def report(self) -> None:
        """Say it, and fail if anything was wrong."""
        print(f"{self.requests} requests, {self.refusals} refusals, {self.kept} texts kept, {len(self.wrong)} faults")
        assert not self.wrong, "\n\n".join(f"{what[:400]}: {fault}" for fault, what in self.wrong.items())


def tongue(response: Any, language: str) -> Iterator[str]:
    """What is wrong with the sentences of a refusal."""
    if "json" in response.get("Content-Type", ""):
        given = response.json()  # allauth tells the faults per field
        fields = given.get("form", {}).get("fields", {}).values()
        said = [
            given.get("detail", ""),
            *given.get("form", {}).get("errors", []),
            *(line for one in fields for line in one["errors"]),
        ]
    else:
        text = response.content.decode()
        said = [TAGS.sub("", "".join(groups)).strip() for groups in SENTENCE.findall(text)]
    said = [one for one in said if one]
    if not said:
        yield f"no sentence in {response.content[:300]!r}"
    for one in said:
        chinese = bool(HAN.search(one))
        if language == "zh-hans" and not chinese:
            yield f"not Chinese: {one[:200]}"
        if language == "en" and not re.search("[a-z]", one):
            yield f"not English: {one[:200]}"
