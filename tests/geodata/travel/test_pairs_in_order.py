"""Pairs are sorted by point, time and station, however they were found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.travel.pairs import TravelPairs

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 9)), unique_by=lambda row: row[:1] + row[2:]
)


@pytest.mark.parametrize("point_count", [7, 70_000])
@given(rows=ROWS)
def test_as_three_keys_sort_them(point_count: int, rows: list[tuple[int, int, int]]) -> None:
    ids, times, stations = (np.array([row[each] for row in rows], dtype=np.int64) for each in range(3))

    pairs = TravelPairs.in_order(
        point_count=point_count,
        station_count=10,
        point_ids=ids,
        station_rows=stations,
        distance_m=times.astype(np.float64),
        time_s=times.astype(np.float64),
        unreachable_point_ids=np.empty(0, dtype=np.int64),
        unreachable_station_rows=np.empty(0, dtype=np.int64),
    )

    found = list(zip(pairs.point_ids.tolist(), pairs.time_s.tolist(), pairs.station_rows.tolist(), strict=True))
    assert found == sorted((float(a), float(b), float(c)) for a, b, c in rows)
