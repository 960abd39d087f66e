"""Arbitrary cells, and real rosters where there are some."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geodata.coordinates import Crs
from geodata.places import Place
from mapapp.services.import_stations import import_stations
from mapapp.store import Store
from tests.geodata.files.sheets import feature
from tests.mapapp.services.importing.stations import LAT, LON, NOW, Import, stations_of

CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "无", "0", "113.6", "34.75", "113.6,34.75", "√", "8:30-18:00", "TC-0001", "\x00", "\ud800", "1e999"]
    ),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.sampled_from(["service", "state", "on", "how"]), st.text(max_size=5), max_size=2),
)
FIELDS = [
    "address",
    "lon",
    "lat",
    "坐标",
    "code",
    "kind",
    "services",
    "opening_hours",
    "hours_text",
    "区县",
    "电话",
    "星级",
]
FIELDS += [
    "last_verified",
    "awards",
    "capacity",
    "面积",
    "entry_methods",
    "状态",
    "饮水机",
    "坐标系",
    "sample",
    "other_names",
]


@given(rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), CELLS), max_size=5))
@example(rows=[{"capacity": 10**400, "lon": 10**400}])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_cells_never_raise_and_good_rows_are_always_saved(
    testcity: Place, migrated_database: Path, rows: list[dict[str, object]]
) -> None:
    features = [feature({"name": f"第{place}站"} | row) for place, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stations.geojson"
        features.append(feature({"name": "好驿站"}, (LON, LAT)))
        path.write_bytes(json.dumps({"type": "FeatureCollection", "features": features}).encode())
        shutil.copyfile(migrated_database, Path(folder) / "stations.sqlite3")
        store = Store(f"sqlite:///{folder}/stations.sqlite3")

        report = import_stations(store, testcity, path, crs=None, dry_run=False, actor="test", now=NOW)
        saved = stations_of(store)
        store.close()

    assert "好驿站" in {station.name for station in saved}
    assert len(saved) == report.good_count
    assert report.good_count + report.rejected_count == report.row_count == len(features)


@pytest.mark.skipif(
    "STATION_ROSTERS_DIR" not in os.environ, reason="STATION_ROSTERS_DIR names no folder of real rosters"
)
def test_a_real_roster_of_another_city_is_taken_whole(load: Import) -> None:
    report = load(Path(os.environ["STATION_ROSTERS_DIR"]) / "roster_zhengzhou_gcj02.csv")

    assert (len(report.new), report.rejected_count, len(report.unplaced)) == (38, 0, 20)
    assert report.crs.crs is Crs.GCJ02
    assert report.outside_lines == ()
