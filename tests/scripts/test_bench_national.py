"""scripts/bench.py --only national: the three sides answer the same question, and the part runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from benchmarks import national_run
from benchmarks.national_run import Effort, open_places
from geodata.coordinates import unit_sphere
from national.sources import invented_demand
from tests.postgres_cluster import missing_package

SMALL = Effort(stations_count=2_000, points_count=5_000, sampled_count=100, rounds_count=1)


def test_made_up_demand_is_the_same_for_a_seed_and_of_the_size_that_was_asked_for() -> None:
    whole = list(invented_demand(1_000, seed=7, chunk_rows=1_000))
    again = list(invented_demand(1_000, seed=7, chunk_rows=1_000))
    other = list(invented_demand(1_000, seed=8, chunk_rows=1_000))

    assert np.array_equal(whole[0].lon, again[0].lon)
    assert not np.array_equal(whole[0].lon, other[0].lon)
    assert sum(len(part.lon) for part in invented_demand(1_050, seed=7, chunk_rows=100)) == 1_050


def test_bare_scipy_is_asked_about_the_open_stations_and_every_point() -> None:
    lon, lat = open_places(SMALL)
    points = next(invented_demand(SMALL.points_count, national_run.SEED))

    chords = cKDTree(unit_sphere(lon, lat)).query(unit_sphere(points.lon, points.lat))[0]

    assert 1_000 < len(lon) < 2_000
    assert national_run._bare(SMALL) == pytest.approx(float(np.sum(chords)))


@pytest.mark.long
def test_the_part_runs_and_postgis_finds_the_same_stations() -> None:
    section = national_run.measure(SMALL)

    names = [figure.name for figure in section.figures]
    assert any("two" in name or "2 processes" in name for name in names)
    assert all(value > 0 for figure in section.figures for value in figure.value.values)
    assert bool(missing_package()) == bool(section.left_out)
