"""A first look at a large file of shapes reads its beginning, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Crs
from geodata.demand import shape_tables
from geodata.demand.shape_tables import read_shape_table
from geodata.files import geojson
from geodata.files.geojson import beginning_of, parsed_geojson

FEATURES = [
    {
        "type": "Feature",
        "properties": {"外卖骑手": number, "名": '"features": [} ,'},
        "geometry": {"type": "Point", "coordinates": [106.2, 38.4]},
    }
    for number in range(40)
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("behind", ["", "broken"])
def test_a_large_geojson_is_read_as_far_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None, behind: str
) -> None:
    file = tmp_path / "a.geojson"
    document = {"type": "FeatureCollection", "crs": "GCJ-02", "features": FEATURES}
    file.write_text(json.dumps(document, ensure_ascii=False, indent=indent) + behind, encoding="utf-8")
    monkeypatch.setattr(shape_tables, "LARGE_BYTES", 100)

    found = read_shape_table(file, max_rows=7, is_first_look=True)

    assert [row.cells[0] for row in found.rows] == list(range(7))
    assert (found.is_cut, found.declared_crs) == (True, Crs.GCJ02)


def test_a_geopackage_is_read_as_far_as_asked_and_else_whole(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame.from_features(FEATURES, crs=4326)
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG")

    looked, whole = (
        read_shape_table(tmp_path / "a.gpkg", max_rows=7, is_first_look=is_first_look)
        for is_first_look in (True, False)
    )

    assert (len(looked.rows), looked.is_cut) == (7, True)
    assert (len(whole.rows), whole.is_cut) == (40, False)
    assert looked.rows[6].cells == whole.rows[6].cells


@settings(max_examples=40, deadline=None)
@given(
    features=st.lists(st.dictionaries(st.text(max_size=6), st.text(max_size=9), max_size=3), min_size=1, max_size=6),
    most=st.integers(1, 8),
    bytes_count=st.integers(60, 400),
)
def test_a_beginning_is_the_first_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, features: list[dict[str, str]], most: int, bytes_count: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "beginning.geojson"
    document = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": each} for each in features]}
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geojson, "BEGINNING_BYTES", bytes_count)

        found = beginning_of(file, most)["features"]

    whole = parsed_geojson(file)["features"]
    assert found == whole[: len(found)]
    assert found


@pytest.mark.parametrize("is_first_look", [True, False])
@pytest.mark.parametrize(("max_rows", "rows_count"), [(7, 6), (None, 40)])
def test_of_text_no_more_is_read_than_is_asked_for(
    tmp_path: Path, is_first_look: bool, max_rows: int | None, rows_count: int
) -> None:
    file = tmp_path / "a.csv"
    rows = "".join(f"106.2,38.4,{number}\n" for number in range(40))
    file.write_text(f"经度,纬度,外卖骑手\n{rows}", encoding="utf-8")

    found = read_shape_table(file, max_rows=max_rows, is_first_look=is_first_look)

    assert len(found.rows) == rows_count
