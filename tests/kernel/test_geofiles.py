"""Files of areas: GeoJSON in any wrapping; Shapefile with Chinese names, GeoPackage, KML; nothing that breaks us."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from commongrid.kernel import geofiles
from commongrid.kernel.geofiles import features
from commongrid.kernel.refusals import BadInput, TooLarge

BOX = shapely.box(108.6, 27.2, 108.61, 27.21)
PLAIN = json.loads(shapely.to_geojson(BOX))


def test_geojson_is_read_in_any_wrapping() -> None:
    one = {"type": "Feature", "properties": {"XZQMC": " 上河 ", "n": 12.0, "x": None}, "geometry": PLAIN}
    for wrapped in ({"type": "FeatureCollection", "features": [one]}, one):
        (found,) = features(json.dumps(wrapped).encode("utf-8-sig"), "a.geojson")
        assert (found.row, found.attributes, found.geometry) == (1, {"XZQMC": "上河", "n": "12"}, PLAIN)
    (bare,) = features(json.dumps(PLAIN).encode(), "a.json")
    assert (bare.attributes, bare.geometry) == ({}, PLAIN)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"features": 3}'])
def test_what_is_no_geojson_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        features(data, "a.geojson")


def test_odd_features_are_kept_for_a_word_about_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = features(b'{"features": [1, {"type": "Feature", "properties": 3}, {}]}', "a.geojson")
    assert [one.geometry for one in found] == [None, None, {}]
    monkeypatch.setattr(geofiles, "LARGEST", 3)
    with pytest.raises(TooLarge):
        features(b"    ", "a.geojson")


def written(folder: Path, ending: str, encoding: str = "UTF-8", crs: str = "EPSG:4490", shape: Any = BOX) -> bytes:
    raw = pytest.importorskip("pyogrio.raw")
    driver = {"shp": "ESRI Shapefile", "gpkg": "GPKG", "kml": "KML"}[ending]
    path = folder / f"a.{ending}"
    raw.write(
        path, np.array([shape.wkb], dtype=object), [np.array(["上河村"], dtype=object)], ["Name"],
        driver=driver, crs=crs, geometry_type="Polygon", encoding=encoding if ending == "shp" else None,
    )  # fmt: skip
    if ending != "shp":
        return path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for each in sorted(folder.iterdir()):
            if each.suffix != ".cpg":
                into.write(each, each.name)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("ending", "encoding"), [("shp", "GBK"), ("shp", "UTF-8"), ("gpkg", "UTF-8"), ("kml", "UTF-8")]
)
def test_other_kinds_are_read_with_their_chinese_names(tmp_path: Path, ending: str, encoding: str) -> None:
    crs = "EPSG:4326" if ending == "kml" else "EPSG:4490"
    (found,) = features(written(tmp_path, ending, encoding, crs), f"a.{'zip' if ending == 'shp' else ending}")
    assert found.attributes["Name"] == "上河村"
    assert shapely.equals(shapely.from_geojson(json.dumps(found.geometry)), BOX)


def test_metres_of_a_projection_become_degrees(tmp_path: Path) -> None:
    from pyproj import Transformer

    move = Transformer.from_crs("EPSG:4490", "EPSG:4545", always_xy=True)
    flat = shapely.transform(BOX, move.transform, interleaved=False)
    (found,) = features(written(tmp_path, "gpkg", crs="EPSG:4545", shape=flat), "a.gpkg")
    back = shapely.from_geojson(json.dumps(found.geometry))
    assert shapely.hausdorff_distance(back, BOX) < 1e-7


@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.kml"])
def test_a_file_that_breaks_its_reader_is_refused(name: str) -> None:
    pytest.importorskip("pyogrio")
    with pytest.raises(BadInput, match="can't be read"):
        features(b"PK\x03\x04 nothing", name)
