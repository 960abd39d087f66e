"""The modelled demand of the sample: where, how much, and said to be modelled."""

from __future__ import annotations

import h3
import numpy as np
import pytest

from geodata.demand import DemandLayer
from geodata.demand.profiles import WORKERS_PER_1000_RESIDENTS
from geodata.places import Place, load_place
from geodata.sample import sample_demand
from geodata.stations.vocabulary import WorkerGroup


@pytest.fixture(scope="module")
def yinchuan() -> Place:
    return load_place("yinchuan")


@pytest.fixture(scope="module")
def layer(yinchuan: Place) -> DemandLayer:
    return sample_demand(yinchuan)


def test_it_says_in_both_languages_that_it_is_a_modelled_sample(layer: DemandLayer) -> None:
    assert layer.is_sample
    assert layer.is_modelled
    assert "示例" in layer.origin("zh")
    assert "assumptions" in layer.origin("en")


def test_it_has_6000_cells_of_resolution_9_named_after_their_middles(layer: DemandLayer) -> None:
    assert layer.point_count == 6000
    for cell, lon, lat in zip(layer.h3_cells, layer.lon, layer.lat, strict=True):
        assert h3.latlng_to_cell(float(lat), float(lon), 9) == cell


def test_the_same_seed_gives_the_same_demand(yinchuan: Place, layer: DemandLayer) -> None:
    again, other = sample_demand(yinchuan), sample_demand(yinchuan, seed=1)

    assert again.h3_cells == layer.h3_cells
    assert all(np.array_equal(again.workers[group], layer.workers[group]) for group in WorkerGroup)
    assert other.h3_cells != layer.h3_cells


def test_it_is_about_the_same_on_every_machine(layer: DemandLayer) -> None:
    assert (layer.h3_cells[0], layer.h3_cells[-1]) == ("8924c04c003ffff", "8924c3daecbffff")
    assert float(layer.workers[WorkerGroup.RIDERS].max()) == pytest.approx(21.542, abs=0.01)


@pytest.mark.parametrize("group", WorkerGroup)
def test_each_group_is_as_many_as_the_model_assumes(layer: DemandLayer, group: WorkerGroup) -> None:
    assumed = WORKERS_PER_1000_RESIDENTS[group] * 2_859.074

    assert float(layer.workers[group].sum()) == pytest.approx(assumed, rel=1e-3)


def test_each_unit_has_the_demand_of_its_residents(yinchuan: Place, layer: DemandLayer) -> None:
    districts = np.array(yinchuan.districts_of(layer.lon, layer.lat))
    couriers = layer.workers[WorkerGroup.COURIERS]

    for unit in yinchuan.units:
        share = float(couriers[districts == unit.code].sum() / couriers.sum())

        assert share == pytest.approx(unit.census_2020_count / 2_859_074, abs=1e-4)


def test_the_groups_are_not_everywhere_alike(layer: DemandLayer) -> None:
    assert np.count_nonzero(layer.workers[WorkerGroup.CONSTRUCTION]) < 0.15 * layer.point_count
    drivers, couriers = layer.workers[WorkerGroup.DRIVERS], layer.workers[WorkerGroup.COURIERS]
    assert np.corrcoef(drivers, couriers)[0, 1] < 0.95


def test_no_cell_is_more_crowded_than_the_densest_blocks_of_a_city(layer: DemandLayer) -> None:
    couriers = layer.workers[WorkerGroup.COURIERS]

    densest_residents = float(couriers.max() / couriers.sum()) * 2_859_074

    assert densest_residents < 5_000
