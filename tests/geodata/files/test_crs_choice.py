"""Which coordinate system is used, why, and when another fits better."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import Crs, convert_point
from geodata.files import CrsReason, looks_like_another
from geodata.places import Place
from tests.geodata.files.sheets import codes, csv_file, read, text_file


def test_the_caller_beats_the_headings_and_the_contradiction_is_noted(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["名称", "经度(高德)", "纬度(高德)"], ["甲驿站", "106.27", "38.47"])

    assert (read(path).crs.crs, read(path).crs.reason) == (Crs.GCJ02, CrsReason.HEADINGS)
    asked = read(path, Crs.WGS84).crs
    assert (asked.crs, asked.reason, asked.contradicted) == (Crs.WGS84, CrsReason.ASKED, Crs.GCJ02)


def test_without_any_word_wgs84_is_assumed_and_said_so(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["名称", "经度", "纬度"], ["甲驿站", "106.27", "38.47"])

    assert (read(path).crs.crs, read(path).crs.reason) == (Crs.WGS84, CrsReason.ASSUMED)


def test_a_title_may_name_the_system(tmp_path: Path) -> None:
    path = text_file(tmp_path, "名单（坐标为高德坐标系）,,\n名称,经度,纬度\n甲驿站,106.27,38.47\n")

    assert (read(path).crs.crs, read(path).crs.reason) == (Crs.GCJ02, CrsReason.TITLE)


def test_given_coordinates_are_kept_beside_the_converted(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["名称", "经度", "纬度"], ["甲驿站", "106.27", "38.47"])

    (draft,) = read(path, Crs.BD09).drafts

    assert draft.position is not None
    assert (draft.position.given_crs, draft.position.given_lon) == (Crs.BD09, 106.27)
    assert draft.position.point.lon == pytest.approx(convert_point(106.27, 38.47, Crs.BD09, Crs.WGS84)[0], abs=1e-12)


@pytest.mark.parametrize("true_crs", [Crs.GCJ02, Crs.BD09])
def test_points_that_meet_known_stations_after_a_shift_are_noticed(testcity: Place, true_crs: Crs) -> None:
    known = [(113.5 + step / 100, 34.7) for step in range(5)]
    given = np.array([convert_point(lon, lat, Crs.WGS84, true_crs) for lon, lat in known])
    pairs = [(row, lon, lat) for row, (lon, lat) in enumerate(known)]

    other = looks_like_another(given, Crs.WGS84, testcity, pairs)

    assert other is not None
    assert other.crs is true_crs
    assert looks_like_another(given, true_crs, testcity, pairs) is None


def test_points_that_enter_the_city_after_a_shift_are_noticed(testcity: Place) -> None:
    edge = testcity.bbox
    inside = [(edge.west + 0.0005, edge.south + 0.1 + step / 50) for step in range(10)]
    given = np.array([convert_point(lon - 0.012, lat, Crs.WGS84, Crs.WGS84) for lon, lat in inside])

    assert looks_like_another(given, Crs.WGS84, testcity, []) is None
    assert looks_like_another(np.empty((0, 2)), Crs.WGS84, testcity, []) is None


@pytest.mark.parametrize(("row_says", "noted"), [("GCJ-02", [(2, "other_crs")]), ("WGS-84", []), ("", [])])
def test_a_row_that_says_another_system_than_the_caller_is_noted(
    tmp_path: Path, row_says: str, noted: list[tuple[int, str]]
) -> None:
    path = csv_file(tmp_path, ("名称", "经度", "纬度", "坐标系"), ("甲驿站", 113.6, 34.7, row_says))

    sheet = read(path, Crs.WGS84)

    assert codes(sheet) == noted
    assert len(sheet.drafts) == 1
    assert codes(read(path)) == []
