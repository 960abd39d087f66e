"""What the parts come to: the kernel's numbers, each part once, and the files that say so."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import h3
import numpy as np
import pytest
from shapely.geometry import Point, shape

from geodata.coordinates import great_circle_m
from geodata.coverage.national.answer import NationalCoverage, tallied_here
from geodata.coverage.national.answer_files import CELLS_CSV, CELLS_GEOJSON, SUMMARY, cell_rows, write_answer
from tests.geodata.coverage.national.country import chunks, coverage, joined, sorted_on_disk


@pytest.fixture
def answer(tmp_path: Path) -> NationalCoverage:
    folder = tmp_path / "runs"
    folder.mkdir()
    return NationalCoverage.of(coverage(), tallied_here(coverage(), sorted_on_disk(folder, chunks(4, 2_000)).parts()))


def test_all_parts_together_are_what_the_kernel_says_of_all_points_at_once(answer: NationalCoverage) -> None:
    at_once = coverage().tally(joined(chunks(4, 2_000)))

    assert answer.total.points_count == at_once.points_count
    for name in ("workers", "low", "high"):
        assert getattr(answer.total, name) == pytest.approx(getattr(at_once, name), rel=1e-12)
        assert getattr(answer.by_cell, name).sum() == pytest.approx(getattr(at_once, name), rel=1e-12)
    assert answer.total.by_distance == pytest.approx(at_once.by_distance)


def test_a_cell_is_covered_as_its_points_are_one_by_one(answer: NationalCoverage) -> None:
    points, stations = joined(chunks(4, 2_000)), coverage()
    expected: dict[str, list[float]] = {}
    for lon, lat, workers in zip(points.lon, points.lat, points.workers, strict=True):
        sums = expected.setdefault(h3.latlng_to_cell(lat, lon, 4), [0.0, 0.0, 0.0])
        near = [
            great_circle_m(lon, lat, each.lon, each.lat).min() <= 5000 for each in (stations.surely, stations.perhaps)
        ]
        for place, counts in enumerate((True, *near)):
            sums[place] += workers * bool(counts)

    found = {row["cell"]: [row["workers"], row["covered_low"], row["covered_high"]] for row in cell_rows(answer)}

    assert found.keys() == expected.keys()
    for cell, numbers in expected.items():
        assert found[cell] == pytest.approx(numbers, abs=0.001)


def test_the_order_in_which_parts_are_done_changes_nothing(answer: NationalCoverage, tmp_path: Path) -> None:
    tallies = tallied_here(coverage(), sorted_on_disk(tmp_path, chunks(4, 2_000)).parts())

    shuffled = NationalCoverage.of(coverage(), reversed(tallies))

    assert (shuffled.total.workers, shuffled.total.low) == (answer.total.workers, answer.total.low)
    assert np.array_equal(shuffled.by_cell.high, answer.by_cell.high)


def test_a_part_that_is_missing_or_there_twice_is_refused(tmp_path: Path) -> None:
    tallies = tallied_here(coverage(), sorted_on_disk(tmp_path, chunks(4, 2_000)).parts())

    for wrong in (tallies[1:], [*tallies, tallies[0]]):
        with pytest.raises(ValueError, match="exactly once"):
            NationalCoverage.of(coverage(), wrong)


def test_the_files_name_the_worst_cells_first_and_say_where_the_data_are_from(
    answer: NationalCoverage, tmp_path: Path
) -> None:
    write_answer(tmp_path / "out", answer, {"question": {"within": {"metres": 5000}}}, "示例数据")

    with (tmp_path / "out" / CELLS_CSV).open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    cells = json.loads((tmp_path / "out" / CELLS_GEOJSON).read_text(encoding="utf-8"))
    summary = json.loads((tmp_path / "out" / SUMMARY).read_text(encoding="utf-8"))
    uncovered = [float(row["uncovered_low"]) for row in table]
    assert uncovered == sorted(uncovered, reverse=True)
    assert [row["cell"] for row in table] == [feature["id"] for feature in cells["features"]]
    for feature in cells["features"]:
        own = feature["properties"]
        assert shape(feature["geometry"]).contains(Point(own["lon"], own["lat"]))
        assert own["workers"] == pytest.approx(own["covered_low"] + own["uncovered_high"], abs=0.002)
    assert summary["result"]["workers"] == pytest.approx(sum(float(row["workers"]) for row in table), abs=1)
    assert (cells["origin"], summary["origin"], table[0]["origin"]) == ("示例数据",) * 3


def test_a_file_with_a_hostile_name_is_no_formula_in_the_table(answer: NationalCoverage, tmp_path: Path) -> None:
    write_answer(tmp_path, answer, {}, "=cmd|'/c calc'!A0.csv")

    with (tmp_path / CELLS_CSV).open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["origin"] == "'=cmd|'/c calc'!A0.csv"
