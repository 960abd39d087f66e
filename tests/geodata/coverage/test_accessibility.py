"""Two-step floating catchments: the published toy example, conservation, and an independent implementation."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.accessibility import WALKING_BANDS, Band, band_weights, e2sfca
from geodata.errors import InvalidValue
from geodata.travel.pairs import TravelPairs

STEPS = (Band(15, 1.0), Band(30, 0.68), Band(60, 0.22))


def pairs_of(times_s: np.ndarray[Any, np.dtype[np.float64]]) -> TravelPairs:
    """All pairs of a table of times (n, s)."""
    point_ids, station_rows = np.divmod(np.arange(times_s.size), times_s.shape[1])
    return TravelPairs.in_order(
        point_count=times_s.shape[0],
        station_count=times_s.shape[1],
        point_ids=point_ids,
        station_rows=station_rows,
        distance_m=times_s.ravel(),
        time_s=times_s.ravel(),
        unreachable_point_ids=np.empty(0, dtype=np.int64),
        unreachable_station_rows=np.empty(0, dtype=np.int64),
    )


def toy() -> dict[str, Any]:
    folder = os.environ.get("SITING_BENCHMARKS_DIR")
    if not folder or not (Path(folder) / "fca_toy").is_dir():
        pytest.skip("SITING_BENCHMARKS_DIR does not name the published examples")
    found: dict[str, Any] = json.loads((Path(folder) / "fca_toy" / "expected.json").read_text())
    return found


@pytest.mark.parametrize("number", range(4))
def test_the_published_example_comes_out(number: int) -> None:
    example = toy()
    scenario = example["scenarios"][number]
    demand, supply = (
        np.array([example[what][key] for key in "123"], dtype=np.float64) for what in ("demand", "supply")
    )
    times = np.array([[scenario["costs"].get(f"{i}-{j}", np.inf) for j in "123"] for i in "123"], dtype=np.float64)

    binary = e2sfca(pairs_of(times), supply, demand, (Band(60, 1.0),))
    stepped = e2sfca(pairs_of(times), supply, demand, STEPS)

    assert binary.at_points == pytest.approx([scenario["two_sfca_binary_60"][key] for key in "123"], rel=1e-9)
    assert stepped.at_points == pytest.approx([scenario["e2sfca_step_15_30_60"][key] for key in "123"], rel=1e-9)
    for found in (binary, stepped):
        assert demand @ found.at_points == pytest.approx(scenario["conservation_demand_weighted_sum"])


class TestConservation:
    @settings(max_examples=60, deadline=None)
    @given(
        points_count=st.integers(0, 8),
        stations_count=st.integers(0, 8),
        seed=st.integers(0, 10_000),
    )
    def test_all_supply_with_demand_in_reach_is_given_out_and_the_rest_is_idle(
        self, points_count: int, stations_count: int, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        times = rng.uniform(0, 120, (points_count, stations_count)) if stations_count else np.empty((points_count, 0))
        demand = np.where(rng.random(points_count) < 0.3, 0.0, rng.uniform(0, 50, points_count))
        supply = np.where(rng.random(stations_count) < 0.2, 0.0, rng.uniform(0, 20, stations_count))

        found = e2sfca(
            pairs_of(times) if times.size else _no_pairs(points_count, stations_count), supply, demand, STEPS
        )

        given_out = np.setdiff1d(np.arange(stations_count), found.idle_rows)
        assert demand @ found.at_points == pytest.approx(supply[given_out].sum())
        for row in found.idle_rows.tolist():
            assert not (demand[times[:, row] <= 60] > 0).any()
            assert np.isnan(found.at_stations[row])

    def test_supply_without_demand_is_idle(self) -> None:
        found = e2sfca(pairs_of(np.array([[1.0, 100.0]])), np.array([5.0, 7.0]), np.array([10.0]), STEPS)

        assert found.idle_rows.tolist() == [1]
        assert found.at_points.tolist() == [0.5]


def _no_pairs(points_count: int, stations_count: int) -> TravelPairs:
    none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    return TravelPairs(points_count, stations_count, none, none, nothing, nothing, none, none)


@pytest.mark.long
def test_pysal_access_agrees_on_a_random_town() -> None:
    fca = pytest.importorskip("access.fca")
    rng = np.random.default_rng(5)
    times = rng.uniform(0, 90, (40, 12))
    demand, supply = rng.uniform(1, 50, 40), rng.uniform(1, 20, 12)
    frames = (
        pd.DataFrame({"geoid": range(40), "demand": demand}),
        pd.DataFrame({"geoid": range(12), "supply": supply}),
        pd.DataFrame(
            {"origin": np.repeat(np.arange(40), 12), "dest": np.tile(np.arange(12), 40), "cost": times.ravel()}
        ),
    )

    expected = fca.two_stage_fca(
        *(frame.set_index("geoid") if "geoid" in frame else frame for frame in frames),
        max_cost=60,
        demand_index=True,
        supply_index=True,
        weight_fn=lambda cost: float(band_weights(np.array([cost]), STEPS)[0]),
    )

    assert e2sfca(pairs_of(times), supply, demand, STEPS).at_points == pytest.approx(expected.to_numpy(), rel=1e-9)


class TestBands:
    def test_a_limit_belongs_to_its_band(self) -> None:
        assert band_weights(np.array([0, 15, 15.001, 30, 60, 60.001]), STEPS).tolist() == [1, 1, 0.68, 0.68, 0.22, 0]

    def test_the_walking_bands_end_at_the_norm(self) -> None:
        assert WALKING_BANDS[-1].limit_s == 15 * 60

    @pytest.mark.parametrize(
        "bands", [(), (Band(30, 1.0), Band(15, 0.5)), (Band(15, 1.0), Band(15, 0.5)), (Band(15, 0.5), Band(30, 1.0))]
    )
    def test_bands_out_of_order_are_refused(self, bands: tuple[Band, ...]) -> None:
        with pytest.raises(InvalidValue):
            band_weights(np.array([1.0]), bands)

    @pytest.mark.parametrize(
        ("limit_s", "weight"), [(-1, 1), (np.nan, 1), (np.inf, 1), (15, 0), (15, 1.1), (15, np.nan)]
    )
    def test_a_band_that_is_none_is_refused(self, limit_s: float, weight: float) -> None:
        with pytest.raises(InvalidValue):
            Band(limit_s, weight)


@pytest.mark.parametrize("supply", [[-1.0, 1.0], [np.nan, 1.0], [np.inf, 1.0], [1.0]])
def test_supply_that_is_none_is_refused(supply: list[float]) -> None:
    with pytest.raises(InvalidValue):
        e2sfca(pairs_of(np.ones((2, 2))), np.array(supply), np.ones(2), STEPS)
