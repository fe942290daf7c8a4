"""Files of areas and lines: GeoJSON read here; Shapefile, GeoPackage, KML in a confined child with the extra ``gis``.

What comes back is plain: for each feature its attributes as text and its
geometry as GeoJSON, in the degrees of the file. A file that names a projection
in metres is brought to degrees; what datum these are on the sender says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from commongrid.kernel import confined
from commongrid.kernel.refusals import N_, BadInput, TooLarge, Unavailable

LARGEST: Final = 32 << 20
MOST: Final = 200_000
MEMORY: Final = 3 << 30
SECONDS: Final = 60
_HERE: Final = Path(__file__).parent
TOO_LARGE: Final = N_(
    "This file has more than %(megabytes)d MB. Keep what lies in the county, or save it as GeoPackage."
)
OTHERS: Final = (".zip", ".gpkg", ".kml")
"""Names of files that only the extra reads; a Shapefile comes with its companions in one .zip."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a file: its number from 1 on, its attributes as text, its geometry as GeoJSON or nothing."""

    row: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    geometry: object = None


def features(data: bytes, name: str) -> list[Feature]:
    """The features of a file.

    Refuses: TooLarge; BadInput for what is no such file, Unavailable where the extra that reads it is not installed.
    """
    if len(data) > LARGEST:
        raise TooLarge(TOO_LARGE, megabytes=LARGEST >> 20)
    found = _others(data, name) if name.lower().endswith(OTHERS) else _geojson(data)
    if len(found) > MOST:
        raise BadInput(N_("This file has more than %(most)s lines or areas. Send it in parts."), most=MOST)
    return found


def _geojson(data: bytes) -> list[Feature]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput(
            N_("This is no GeoJSON. Send a .geojson file, or a Shapefile as .zip, a .gpkg or a .kml.")
        ) from None
    listed = found.get("features") if isinstance(found, dict) and "features" in found else [found]
    if not isinstance(listed, list):
        raise BadInput(N_("There is no area in this file."))
    return [_feature(row, one) for row, one in enumerate(listed, start=1)]


def _feature(row: int, one: Any) -> Feature:
    if not isinstance(one, dict):
        return Feature(row)
    if one.get("type") != "Feature":
        return Feature(row, {}, one)
    said = one.get("properties")
    return Feature(row, _texts(said.items() if isinstance(said, dict) else ()), one.get("geometry"))


def _texts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Attributes as text; whole numbers without a point, so that codes stay codes."""
    found = {}
    for name, value in pairs:
        if isinstance(value, float) and value.is_integer():
            found[str(name)] = str(int(value))
        elif isinstance(value, str | int | float):
            found[str(name)] = str(value).strip()[:200]
    return found


def _others(data: bytes, name: str) -> list[Feature]:
    if find_spec("pyogrio") is None:
        raise Unavailable(N_("This kind of file needs the extra “gis”. Send GeoJSON, or ask whoever runs this system."))
    ending = name[name.rfind(".") :].lower()
    told = confined.answer(_HERE / "geochild.py", (str(MEMORY), str(SECONDS), ending), data, SECONDS + 5)
    if told is None:
        raise BadInput(N_("This file can't be read. A Shapefile comes as one .zip with its .shp, .dbf and .shx."))
    rows = json.loads(told)
    return [Feature(n, _texts(said.items()), geometry) for n, (said, geometry) in enumerate(rows, start=1)]
