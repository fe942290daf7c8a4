"""A base map: off unless set, through the county's own server, shifted where its tiles are, gone without harm."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from PIL import Image

from commongrid.config.env import Environment, Misconfigured, Tiles
from commongrid.surfaces.console.mapping import tiles
from tests.factories.desk import VILLAGE, Desk, lay

if TYPE_CHECKING:
    from tests.bed import Database

GREEN, Z, X, Y = (10, 160, 60), 14, 13085, 6857
TILE = f"/console/map/tiles/{Z}/{X}/{Y}"


class Source(BaseHTTPRequestHandler):
    """A server of tiles: green ones, a page instead of a picture, or far too much."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/none"):
            self.send_error(404)
            return
        picture = io.BytesIO()
        Image.new("RGB", (256, 256), GREEN).save(picture, "PNG")
        body = {"/words": b"<html>", "/much": b"x" * (tiles.LARGEST + 5)}.get(self.path[: self.path.index("/", 1)])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body or picture.getvalue())

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@pytest.fixture
def source() -> Iterator[str]:
    """The address of a server of tiles."""
    server = HTTPServer(("127.0.0.1", 0), Source)
    Source.asked.clear()
    tiles._fetched.cache_clear()
    tiles._resting.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def use(settings: Any, url: str, datum: str = "wgs84") -> None:
    settings.TILES = Tiles(url=url + "/{z}/{x}/{y}.png", datum=datum, credit="天地图 <b>")


def test_without_an_address_there_is_no_base_map(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    assert client.get(TILE).status_code == 404
    assert b"data-tiles" not in client.get(f"/console/map/{VILLAGE}/").content


@pytest.mark.enable_socket
@pytest.mark.parametrize(("datum", "fetched"), [("wgs84", 1), ("gcj02", 4)])
def test_a_tile_comes_through_the_server(
    desk: Desk, client: Client, settings: Any, source: str, datum: str, fetched: int
) -> None:
    use(settings, source + "/t", datum)
    desk.sign_in(client, "clerk")
    answer = client.get(TILE)
    assert answer["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (256, 256)
    assert {picture.getpixel(at) for at in ((0, 0), (255, 0), (128, 128), (255, 255))} == {GREEN}
    assert len(Source.asked) == fetched
    page = client.get(f"/console/map/{VILLAGE}/")
    assert (
        b'data-tiles="/console/map/tiles/{z}/{x}/{y}" data-credit="\xe5\xa4\xa9\xe5\x9c\xb0\xe5\x9b\xbe &lt;b&gt;"'
        in (page.content)
    )
    assert source not in page.content.decode()
    assert "127.0.0.1" not in page["Content-Security-Policy"]


@pytest.mark.enable_socket
@pytest.mark.parametrize("wrong", ["/none", "/words", "/much"])
def test_a_source_that_fails_is_no_tile_and_no_fault(
    desk: Desk, client: Client, settings: Any, source: str, wrong: str
) -> None:
    use(settings, source + wrong)
    desk.sign_in(client, "clerk")
    assert client.get(TILE).status_code == 404
    assert client.get(f"/console/map/{VILLAGE}/").status_code == 200


@pytest.mark.enable_socket
@pytest.mark.parametrize(("wrong", "asked"), [("/none", 2), ("/words", 1)])
def test_a_source_that_is_broken_rests(
    desk: Desk, client: Client, settings: Any, source: str, wrong: str, asked: int
) -> None:
    use(settings, source + wrong)
    desk.sign_in(client, "clerk")
    for _ in range(2):
        assert client.get(TILE).status_code == 404
    assert len(Source.asked) == asked, "one that only lacks a tile is asked for the next"


@pytest.mark.parametrize("path", ["21/0/0", "0/1/0", "3/0/9", f"{10**30}/0/0"])
def test_no_such_tile_is_not_asked_for(desk: Desk, client: Client, settings: Any, path: str) -> None:
    use(settings, "http://127.0.0.1:1/t")
    desk.sign_in(client, "clerk")
    assert client.get(f"/console/map/tiles/{path}").status_code == 404


def test_strangers_get_no_tiles(desk: Desk, client: Client, settings: Any) -> None:
    assert desk.accounts
    use(settings, "http://127.0.0.1:1/t")
    assert client.get(TILE).status_code in {302, 404}


@pytest.mark.parametrize(
    "wrong",
    [{"COMMONGRID_TILES": "ftp://x/{z}/{x}/{y}"}, {"COMMONGRID_TILES": "https://x/{z}/{x}"},
     {"COMMONGRID_TILES_DATUM": "bd09"}],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured):
        _ = Environment().TILES
