"""A cell that holds more than a station can keep is left out with a word, and the rest of the row is taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.stations.station import MAX_AWARDS, MAX_OTHER_NAMES
from tests.geodata.files.sheets import csv_file, read


@pytest.mark.parametrize(("count", "expected"), [(MAX_OTHER_NAMES, []), (MAX_OTHER_NAMES + 1, ["too_many"])])
def test_a_sheet_gives_a_station_only_so_many_other_names(tmp_path: Path, count: int, expected: list[str]) -> None:
    names = "、".join(f"旧名{number}" for number in range(count))

    found = read(csv_file(tmp_path, ["名称", "别名"], ["甲驿站", names]))

    assert [problem.code for problem in found.problems] == expected
    assert [len(draft.other_names) for draft in found.drafts] == [0 if expected else count]


@pytest.mark.parametrize(("count", "expected"), [(MAX_AWARDS, []), (MAX_AWARDS + 1, ["too_many"])])
def test_a_layer_gives_a_station_only_so_many_awards(tmp_path: Path, count: int, expected: list[str]) -> None:
    awards = [{"scheme": "stars", "level": "5", "year": 2000 + number} for number in range(count)]
    feature = {"type": "Feature", "geometry": None, "properties": {"name": "甲驿站", "awards": awards}}
    file = tmp_path / "stations.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")

    found = read(file)

    assert [problem.code for problem in found.problems] == expected
    assert [len(draft.awards) for draft in found.drafts] == [0 if expected else count]
