"""The child process that opens a file of areas: ``python -I geochild.py MEMORY SECONDS ENDING < file``.

It shares nothing with the process that asked, limits its own memory (bytes) and
processor time (seconds), and may write no file. It prints one JSON list, an item
per feature: its attributes and its geometry as GeoJSON in degrees. Names in a
table without a word on its encoding are tried as UTF-8, then as GBK.

Started by ``geofiles.py`` and imported by nobody.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import zipfile
from typing import Any

MOST = 200_001
UNPACKED = 256 << 20


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may use; the kernel ends it otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def encodings(data: bytes, ending: str) -> tuple[str | None, ...]:
    """The encodings to try: what the file says, else UTF-8 and then GBK."""
    if ending != ".zip":
        return (None,)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = packed.infolist()
        if sum(one.file_size for one in members) > UNPACKED:
            sys.exit(3)
        says = any(one.filename.lower().endswith(".cpg") for one in members)
    return (None,) if says else ("UTF-8", "GBK")


def read(data: bytes, ending: str) -> tuple[dict[str, Any], Any, Any]:
    """What the file knows of itself, the shapes as WKB, and the columns."""
    import pyogrio.raw

    for encoding in encodings(data, ending):
        try:
            meta, _ids, shapes, columns = pyogrio.raw.read(data, encoding=encoding, max_features=MOST, force_2d=True)
        except UnicodeDecodeError:
            continue
        return meta, shapes, columns
    sys.exit(4)


def to_degrees(found: Any, crs: str | None) -> Any:
    """Shapes in metres of a projection, as degrees; others as they are."""
    import shapely
    from pyproj import CRS, Transformer

    known = CRS.from_user_input(crs) if crs else None
    if known is None or not known.is_projected:
        return found
    move = Transformer.from_crs(known, known.geodetic_crs, always_xy=True)
    return shapely.transform(found, move.transform, interleaved=False)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    held = value.item() if hasattr(value, "item") else value
    return held if isinstance(held, str | int | float) and held == held else None  # noqa: PLR0124 - NaN is not itself


def main() -> None:
    """Read, and print."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import shapely

    meta, shapes, columns = read(sys.stdin.buffer.read(), sys.argv[3])
    found = to_degrees(shapely.from_wkb(shapes, on_invalid="ignore"), meta.get("crs"))
    names = [str(name) for name in meta["fields"]]
    told = []
    for n, shape in enumerate(found):
        said = {name: plain(column[n]) for name, column in zip(names, columns, strict=True)}
        told.append((said, None if shape is None else json.loads(shapely.to_geojson(shape))))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
