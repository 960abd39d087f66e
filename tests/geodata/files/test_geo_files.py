"""GeoJSON and GeoPackage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely import LineString, Point

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files import CrsReason
from geodata.stations.vocabulary import Service, ServiceState, VerifiedHow
from tests.geodata.files.sheets import codes, csv_file, feature, geojson_file, only_draft, read, text_file

HERE = (106.27, 38.47)


def test_features_become_drafts_in_wgs84(tmp_path: Path) -> None:
    path = geojson_file(
        tmp_path, feature({"name": "A"}, HERE), feature({"name": "B"}), feature({"name": "C"}, [*HERE, 9])
    )

    sheet = read(path)

    assert [(draft.line, draft.position is not None) for draft in sheet.drafts] == [(1, True), (2, False), (3, True)]
    assert (sheet.crs.crs, sheet.crs.reason) == (Crs.WGS84, CrsReason.FORMAT)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "not_a_point"),
        ({"type": "Point", "coordinates": [106.27]}, "incomplete_point"),
        ({"type": "Point", "coordinates": "here"}, "incomplete_point"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "not_a_number"),
        ({"type": "Point", "coordinates": [38.47, 106.27]}, "swapped_axes"),
        ({"type": "Point", "coordinates": [0, 0]}, "zero_position"),
        ({"type": "Point", "coordinates": [[1], {}]}, "not_a_number"),
        ("nonsense", "not_a_point"),
    ],
)
def test_a_bad_geometry_rejects_its_feature(tmp_path: Path, geometry: Any, code: str) -> None:
    bad = {"type": "Feature", "properties": {"name": "A"}, "geometry": geometry}

    sheet = read(geojson_file(tmp_path, bad, feature({"name": "B"}, HERE)))

    assert codes(sheet) == [(1, code)]
    assert sheet.problems[0].column == "geometry"
    assert [draft.name for draft in sheet.drafts] == ["B"]


def test_a_feature_that_is_none_is_reported(tmp_path: Path) -> None:
    assert codes(read(geojson_file(tmp_path, 7, feature({"name": "B"})))) == [(1, "no_feature")]


def test_the_older_crs_member_is_taken_at_its_word(tmp_path: Path) -> None:
    def crs(name: str) -> Path:
        member = {"type": "name", "properties": {"name": name}}
        return geojson_file(tmp_path, feature({"name": "A"}, HERE), crs=member)

    assert read(crs("urn:ogc:def:crs:OGC:1.3:CRS84")).crs.crs is Crs.WGS84
    assert read(crs("GCJ-02")).crs.crs is Crs.GCJ02
    with pytest.raises(UnreadableFile, match="WGS-84"):
        read(crs("urn:ogc:def:crs:EPSG::3857"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type":"Topology"}', "[" * 100_000, '{"type":"FeatureCollection"}'])
def test_json_that_is_no_geojson_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read(text_file(tmp_path, text, name="stations.geojson"))


def test_half_a_character_is_no_name(tmp_path: Path) -> None:
    path = text_file(
        tmp_path,
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A\\ud800"},"geometry":null}]}',
        name="stations.json",
    )

    assert codes(read(path)) == [(1, "control_characters")]


def test_the_apis_own_objects_come_back_whole(tmp_path: Path) -> None:
    season = {"first_month": 11, "last_month": 3}
    offer = {
        "service": "cool_warm",
        "state": "seasonal",
        "season": season,
        "fee": "",
        "note": "炉子",
        "confirmed_on": None,
    }
    properties = {
        "code": "TC-0001",
        "name": "甲驿站",
        "kind": "driver_home",
        "services": [offer],
        "entry_methods": ["qr", "attended"],
        "opening_hours": "Mo-Fr 08:30-18:00",
        "hours_text": "工作日8:30-18:00",
        "awards": [{"scheme": "stars", "level": "3", "year": 2025, "granted_by": "市总工会"}],
        "last_verified": {"on": "2026-05-01", "how": "on_site"},
        "sample": False,
        "is_24h": False,
    }

    draft = only_draft(geojson_file(tmp_path, feature(properties, HERE)))

    assert draft.services is not None
    (service,) = draft.services.detailed
    assert (service.service, service.state, service.note) == (Service.COOL_WARM, ServiceState.SEASONAL, "炉子")
    assert draft.hours is not None
    assert (draft.hours.rule, draft.hours.original_text) == ("Mo-Fr 08:30-18:00", "工作日8:30-18:00")
    assert draft.awards[0].year == 2025
    assert draft.last_verified is not None
    assert draft.last_verified.how is VerifiedHow.ON_SITE


def test_sample_data_is_never_taken_for_real(tmp_path: Path) -> None:
    sheet = read(geojson_file(tmp_path, feature({"name": "示例驿站", "sample": True}, HERE)))

    assert codes(sheet) == [(1, "sample_row")]
    assert sheet.drafts == ()


def test_a_geopackage_is_brought_to_wgs84_from_its_declared_system(tmp_path: Path) -> None:
    path = tmp_path / "stations.gpkg"
    frame = geopandas.GeoDataFrame(
        {"名称": ["甲驿站", "乙驿站"], "座位数": [12, 3]}, geometry=[Point(*HERE), Point()], crs="EPSG:4326"
    )
    frame.to_crs(3857).to_file(path, driver="GPKG", layer="stations")

    sheet = read(path)

    placed, unplaced = sheet.drafts
    assert placed.position is not None
    assert placed.position.point.lon == pytest.approx(HERE[0], abs=1e-9)
    assert (placed.capacity_count, unplaced.position) == (12, None)
    assert sheet.crs.reason is CrsReason.DECLARED


def test_a_line_in_a_geopackage_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "stations.gpkg"
    shapes = [LineString([(106, 38), (107, 38)]), Point(*HERE)]
    geopandas.GeoDataFrame({"name": ["A", "B"]}, geometry=shapes, crs="EPSG:4326").to_file(path, driver="GPKG")

    assert codes(read(path)) == [(1, "not_a_point")]


def test_a_database_whose_own_words_are_broken_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA application_id = 0x47504B47")
        database.execute("CREATE TABLE stations (name TEXT)")
        database.commit()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE stations", b"CREATE \xff\xfe\xff\xfe stations"))

    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read(path)


def test_other_files_called_gpkg_are_refused(tmp_path: Path) -> None:
    text = csv_file(tmp_path, ["name"], ["A"]).rename(tmp_path / "text.gpkg")
    empty_database = tmp_path / "database.gpkg"
    empty_database.write_bytes(b"SQLite format 3\x00" + b"\x00" * 500)

    for path in (text, empty_database):
        with pytest.raises(UnreadableFile):
            read(path)
