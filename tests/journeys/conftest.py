"""A real Chromium against a real server on the test's own database.

``site`` serves the county of ``tests.factories.desk``; ``visitor(...)`` opens a
page as somebody, in a language and width. Every page looked at is checked with
axe; where ``COMMONGRID_SHOTS`` names a folder, a screenshot of each is kept there.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from playwright.sync_api import sync_playwright

from tests.factories import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.bed import Database
    from tests.factories.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "assets/node_modules/axe-core/axe.min.js"
SHOTS = os.environ.get("COMMONGRID_SHOTS")
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""What a Chromium may be called, the quickest first."""
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--force-color-profile=srgb",
]  # fmt: skip
WIDTHS = {"wide": (1440, 900), "phone": (360, 740)}
RULES = """() => axe.run(document, {resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
  .then(r => r.violations.map(v => v.id + ': ' + v.help + ' -> ' + v.nodes.slice(0, 3).map(n =>
    n.target + ' ' + n.html.slice(0, 160) + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | ')))"""
SPILLS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Quiet(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet."""


class Server(ThreadedWSGIServer):
    """Each request in a thread of its own, which closes its connection."""

    daemon_threads = True

    def _close_connections(self) -> None:
        close_old_connections()
        connections.close_all()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the application on a free port of this machine: yields its address."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    application = get_wsgi_application()
    server = Server(("127.0.0.1", 0), Quiet, allow_reuse_address=False)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a worker."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; tools/browser.sh installs one")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Somebody at a browser: opens pages, looks at them, fills forms."""

    page: Page
    address: str
    language: str
    width: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path and wait until the page is there."""
        response = self.page.goto(self.address + path, wait_until="load")
        assert response is not None
        assert response.status < 400, f"{path}: {response.status}"
        return self.page

    def look(self, name: str) -> None:
        """The page must be clean for axe and fit its width; a screenshot is kept where asked for."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            shot = Path(SHOTS, f"{name}-{self.width}-{self.language}.png")
            self.page.screenshot(path=shot, full_page=True, animations="disabled")
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for violation in self.page.evaluate(RULES):
            self.faults.append(f"{name} ({self.language}, {self.width}): {violation}")
        if (spill := self.page.evaluate(SPILLS)) > 0:
            self.faults.append(f"{name} ({self.language}, {self.width}): {spill} px wider than the screen")

    def finish(self) -> None:
        """All faults at once."""
        assert not self.faults, "\n".join(self.faults)


@dataclass
class Site:
    """The county being served."""

    address: str
    desk: Desk
    browser: Browser
    _contexts: list[Any] = field(default_factory=list)

    def visitor(
        self, post: str = "", *, language: str = "zh-hans", width: str = "wide", script: bool = True
    ) -> Visitor:
        """A browser window of its own: signed in as a post's holder, or anybody."""
        wide, high = WIDTHS[width]
        context = self.browser.new_context(
            viewport={"width": wide, "height": high},
            has_touch=width == "phone",
            java_script_enabled=script,
            bypass_csp=False,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(15_000)
        cookies = {"cg_language": language}
        if post:
            cookies["cg_session"] = self.desk.session(post)
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items()])
        self._contexts.append(context)
        visitor = Visitor(context.new_page(), self.address, language, width)
        visitor.page.on("pageerror", lambda error: visitor.faults.append(f"script: {error}"))
        visitor.page.on(
            "console",
            lambda message: (
                visitor.faults.append(f"console: {message.text}")
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        return visitor

    def leave(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def site(database: Database, browser: Browser) -> Iterator[Site]:
    """The small county, served; windows are closed at the end."""
    with serving() as address:
        it = Site(address, desk.lay(database), browser)
        yield it
        it.leave()
