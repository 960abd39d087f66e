"""Layers for a GIS: read back by other libraries, each with its system of coordinates and its marks."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from geodata.places import Place
from mapapp.services.planning_report.content import Report
from mapapp.services.planning_report.spatial import geojson_archive, geopackage, layers_of
from tests.mapapp.services.planning_report.conftest import MakeReport
from tests.mapapp.services.planning_report.documents import HOSTILE


@pytest.fixture
def report(make_report: MakeReport) -> Report:
    return make_report(station_name=HOSTILE)


@pytest.fixture
def package(report: Report, tmp_path: Path) -> Path:
    file = tmp_path / "report.gpkg"
    file.write_bytes(geopackage(report))
    return file


def test_the_package_has_every_layer_in_wgs84_with_its_rows(report: Report, package: Path) -> None:
    for layer in layers_of(report):
        frame = geopandas.read_file(package, layer=layer.key)
        assert (str(frame.crs), len(frame)) == ("EPSG:4326", len(layer.features))
    assert {layer.key for layer in layers_of(report)} == {"towns", "cells", "catchments", "gaps", "stations", "sites"}


def test_cells_carry_workers_and_both_shares(package: Path, place: Place) -> None:
    cells = geopandas.read_file(package, layer="cells")
    west, south, east, north = cells.total_bounds

    assert cells["worker_hours"].sum() == 8000
    assert cells[["share_low", "share_high"]].iloc[7].tolist() == [0.0, 1.0]
    assert west < place.center.lon < east
    assert south < place.center.lat < north


def test_every_layer_says_that_it_is_a_sample(report: Report, package: Path) -> None:
    for layer in layers_of(report):
        assert all("Sample data" in marks for marks in geopandas.read_file(package, layer=layer.key)["marks"])


def test_the_package_says_what_was_asked(package: Path) -> None:
    about = pyogrio.read_dataframe(package, layer="about")

    assert dict(zip(about["name"], about["value"], strict=True))["Rule"] == "within 1000 m in a straight line"


def test_a_station_without_end_or_place_is_no_feature_and_no_number(package: Path) -> None:
    stations = geopandas.read_file(package, layer="stations").set_index("code")

    assert list(stations.index) == ["A1", "A2"]
    assert stations.loc["A1", "name"] == HOSTILE


def test_the_archive_has_a_collection_a_layer_that_names_its_system(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(geojson_archive(report))) as archive:
        documents = {name.rsplit("-", 1)[1]: json.loads(archive.read(name)) for name in archive.namelist()}

    assert set(documents) == {f"{layer.key}.geojson" for layer in layers_of(report)}
    for document in documents.values():
        assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:OGC:1.3:CRS84"
        assert document["sample"] is True
        assert document["marks"]


def test_the_same_report_makes_the_same_archive(report: Report) -> None:
    assert geojson_archive(report) == geojson_archive(report)


def test_a_layer_of_gaps_is_named_and_ranked(report: Report) -> None:
    gaps: Any = next(layer for layer in report.layers if layer.key == "gaps")

    assert [feature.properties["rank"] for feature in gaps.features] == [1, 2]
    assert gaps.features[0].properties["cell_count"] == 2
