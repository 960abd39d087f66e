"""What a demand layer promises, and the assumed weeks of the groups."""

from __future__ import annotations

import dataclasses

import h3
import numpy as np
import pytest

from geodata.demand import HOURS_A_WEEK, DemandLayer
from geodata.demand.profiles import WORKERS_PER_1000_RESIDENTS, week_profile
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup

CELLS = tuple(h3.latlng_to_cell(38.4, 106.2 + step / 10, 9) for step in range(3))


def layer() -> DemandLayer:
    return DemandLayer(
        name="test",
        origin_note="测试\ntest",
        is_sample=True,
        is_modelled=True,
        lon=np.array([106.2, 106.3, 106.4]),
        lat=np.array([38.4, 38.4, 38.4]),
        h3_cells=CELLS,
        workers={WorkerGroup.RIDERS: np.array([1.0, 2.0, 0.0])},
        profiles={WorkerGroup.RIDERS: week_profile(WorkerGroup.RIDERS)},
    )


def test_the_workers_of_an_hour_are_the_average_times_the_profile() -> None:
    monday_noon = 12

    present = layer().workers_at(WorkerGroup.RIDERS, monday_noon)

    np.testing.assert_allclose(present, np.array([1.0, 2.0, 0.0]) * week_profile(WorkerGroup.RIDERS)[monday_noon])


def test_over_a_week_the_workers_average_to_what_the_layer_says() -> None:
    hours = [layer().workers_at(WorkerGroup.RIDERS, hour).sum() for hour in range(HOURS_A_WEEK)]

    assert np.mean(hours) == pytest.approx(3.0)


@pytest.mark.parametrize("hour", [-1, HOURS_A_WEEK])
def test_an_hour_outside_the_week_is_refused(hour: int) -> None:
    with pytest.raises(InvalidValue, match="0 to 167"):
        layer().workers_at(WorkerGroup.RIDERS, hour)


def test_the_origin_is_told_in_both_languages() -> None:
    assert (layer().origin("zh-CN"), layer().origin("en")) == ("测试", "test")


def test_its_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        layer().workers[WorkerGroup.RIDERS][0] = 9.0


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"origin_note": "只有一种语言"},
        {"lon": np.array([106.2, 106.3])},
        {"lat": np.array([38.4, np.nan, 38.4])},
        {"lat": np.array([38.4, 138.4, 38.4])},
        {"h3_cells": (CELLS[0], CELLS[0], CELLS[1])},
        {"h3_cells": (CELLS[0], CELLS[1], "no cell")},
        {"workers": {WorkerGroup.RIDERS: np.array([1.0, -2.0, 0.0])}},
        {"workers": {WorkerGroup.COURIERS: np.array([1.0, 2.0, 0.0])}},
        {"profiles": {WorkerGroup.RIDERS: np.ones(24)}},
        {"profiles": {WorkerGroup.RIDERS: np.full(HOURS_A_WEEK, 2.0)}},
    ],
)
def test_a_layer_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        dataclasses.replace(layer(), **change)  # type: ignore[arg-type]  # one wrong field at a time is the point


@pytest.mark.parametrize("group", WorkerGroup)
def test_every_group_has_a_week_of_mean_one_and_a_share(group: WorkerGroup) -> None:
    profile = week_profile(group)

    assert profile.shape == (HOURS_A_WEEK,)
    assert profile.mean() == pytest.approx(1.0)
    assert (profile >= 0).all()
    assert WORKERS_PER_1000_RESIDENTS[group] > 0


def test_riders_peak_at_meals_and_sweepers_before_the_city_wakes() -> None:
    assert int(week_profile(WorkerGroup.RIDERS)[:24].argmax()) in {11, 12, 18}
    assert int(week_profile(WorkerGroup.SANITATION)[:24].argmax()) <= 7
