"""Tiles of a base map, where the county set one: fetched by the server, so that a page knows no other address."""

from __future__ import annotations

import io
import logging
import time
import urllib.request
from functools import lru_cache
from http.client import HTTPException
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from PIL import Image, UnidentifiedImageError

from commongrid.kernel.refusals import NotFound
from commongrid.kernel.tiles import SIDE, is_tile, pieces
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from commongrid.surfaces.shared.doors import Asked

SECONDS: Final = 3
REST: Final = 60.0
"""Seconds for which a source that failed is not asked again: a map asks for a dozen tiles, a server has few threads."""
LARGEST: Final = 1024 * 1024
"""Bytes of a tile."""
MOST_PIXELS: Final = 1024
"""Of a tile's side."""
KEPT: Final = 48
"""Tiles of the source that a process remembers, some ten megabytes."""
A_DAY: Final = 86_400
_resting: Final[dict[str, float]] = {}
log = logging.getLogger(__name__)


def base() -> dict[str, str]:
    """What a page with a map says of the base map: its address, with {z}, {x} and {y} in it, and whose it is."""
    if not settings.TILES.url:
        return {}
    return {
        "tiles": reverse("map_tile", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}"), "credit": settings.TILES.credit
    }  # fmt: skip


@door("places.read")
def tile(request: Asked, z: int, x: int, y: int) -> HttpResponse:
    """One tile on WGS 84. Refuses: NotFound without an address, outside the world and where the source gives none."""
    if not settings.TILES.url or not is_tile(z, x, y):
        raise NotFound
    made = Image.new("RGB", (SIDE, SIDE), "white")
    found = False
    for piece in pieces(z, x, y, settings.TILES.datum):
        picture = _picture(settings.TILES.url, z, piece.x, piece.y)
        if picture is not None:
            made.paste(picture, (piece.left, piece.top))
            found = True
    if not found:
        raise NotFound
    bytes_ = io.BytesIO()
    made.save(bytes_, "PNG")
    response = HttpResponse(bytes_.getvalue(), content_type="image/png")
    response["Cache-Control"] = f"private, max-age={A_DAY}"
    return response


def _picture(url: str, z: int, x: int, y: int) -> Image.Image | None:
    """A tile of the source as pixels, or nothing where it gives none: the map works without."""
    if time.monotonic() < _resting.get(url, 0.0):
        return None
    try:
        return _fetched(url.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y)))
    except (OSError, HTTPException, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as why:
        if not isinstance(why, HTTPError):  # it answers, and has no such tile
            _resting[url] = time.monotonic() + REST
        log.warning("no tile", extra={"why": type(why).__name__})
        return None


@lru_cache(maxsize=KEPT)
def _fetched(url: str) -> Image.Image:
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - the administrator's address, checked
        content = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        message = "a tile is larger than a tile is"
        raise ValueError(message)
    picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
    if max(picture.size) > MOST_PIXELS:
        message = "a tile has more pixels than a tile has"
        raise ValueError(message)
    return picture.convert("RGB").resize((SIDE, SIDE))


urlpatterns = [path("tiles/<int:z>/<int:x>/<int:y>", tile, name="map_tile")]
