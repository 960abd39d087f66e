"""Layers put together group by group; weeks; what a checksum is of."""

from __future__ import annotations

from dataclasses import replace

import h3
import numpy as np
import pytest

from geodata.demand.combining import combined_layer
from geodata.demand.movement import DEFAULT_MOVEMENT, Movement
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import normalised_profile, week_profile
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode

RIDERS, SANITATION = WorkerGroup.RIDERS, WorkerGroup.SANITATION
CELLS = sorted(h3.grid_disk(h3.latlng_to_cell(38.48, 106.23, 9), 1))


def layer(name: str, cells: list[str], **workers: list[float]) -> DemandLayer:
    """A layer with these workers by group."""
    middles = [h3.cell_to_latlng(cell) for cell in cells]
    groups = {WorkerGroup(group): np.array(counts) for group, counts in workers.items()}
    return DemandLayer(
        name=name,
        origin_note=f"{name}的来源\nsource of {name}",
        is_sample=False,
        is_modelled=False,
        lon=np.array([lon for _lat, lon in middles]),
        lat=np.array([lat for lat, _lon in middles]),
        h3_cells=tuple(cells),
        workers=groups,
        profiles={group: week_profile(group) for group in groups},
    )


ONE = layer("one", CELLS[:3], riders=[1, 2, 3], sanitation=[7, 8, 9])
OTHER = layer("other", CELLS[2:5], sanitation=[4, 5, 6])


def test_each_group_is_counted_by_its_own_layer_alone() -> None:
    both = combined_layer({RIDERS: ONE, SANITATION: OTHER})

    assert both.h3_cells == tuple(CELLS[:5])
    assert both.workers[RIDERS].tolist() == [1, 2, 3, 0, 0]
    assert both.workers[SANITATION].tolist() == [0, 0, 4, 5, 6]


def test_one_layer_chosen_for_all_its_groups_is_that_layer() -> None:
    assert combined_layer({RIDERS: ONE, SANITATION: ONE}) is ONE


def test_groups_nobody_chose_are_left_out() -> None:
    assert combined_layer({RIDERS: ONE}).groups == (RIDERS,)


def test_one_part_that_is_a_sample_or_modelled_marks_the_whole() -> None:
    sample = combined_layer({RIDERS: ONE, SANITATION: replace(OTHER, is_sample=True)})
    modelled = combined_layer({RIDERS: ONE, SANITATION: replace(OTHER, is_modelled=True)})

    assert (sample.is_sample, sample.is_modelled) == (True, False)
    assert (modelled.is_sample, modelled.is_modelled) == (False, True)


def test_it_says_whose_numbers_they_are() -> None:
    both = combined_layer({RIDERS: ONE, SANITATION: OTHER})

    assert both.origin("zh") == "外卖骑手：one的来源 环卫工人：other的来源"
    assert both.origin("en") == "Delivery riders: source of one Sanitation workers: source of other"


def test_a_group_that_is_not_in_its_layer_is_refused() -> None:
    with pytest.raises(InvalidValue):
        combined_layer({RIDERS: OTHER})


def test_nothing_chosen_is_refused() -> None:
    with pytest.raises(InvalidValue):
        combined_layer({})


def test_levels_in_any_unit_become_a_week_of_mean_one() -> None:
    levels = np.arange(168.0)

    assert normalised_profile(levels).mean() == pytest.approx(1, abs=1e-12)
    assert np.allclose(normalised_profile(levels), normalised_profile(levels * 7e200))


@pytest.mark.parametrize("levels", [[1.0] * 167, [0.0] * 168, [-1.0, *[1.0] * 167], [float("nan"), *[1.0] * 167]])
def test_what_is_no_week_is_refused(levels: list[float]) -> None:
    with pytest.raises(InvalidValue):
        normalised_profile(levels)


def test_every_group_has_a_way_of_getting_about_unless_one_is_said() -> None:
    walking = Movement(TravelMode.WALK, 4.0)

    said = replace(ONE, movement={RIDERS: walking})

    assert dict(said.movement) == {RIDERS: walking, SANITATION: DEFAULT_MOVEMENT[SANITATION]}
    assert set(DEFAULT_MOVEMENT) == set(WorkerGroup)


@pytest.mark.parametrize("speed_kmh", [0.0, 0.9, 121.0, float("inf"), float("nan")])
def test_a_speed_nobody_has_is_refused(speed_kmh: float) -> None:
    with pytest.raises(InvalidValue):
        Movement(TravelMode.WALK, speed_kmh)


def test_a_checksum_follows_what_is_computed_with_and_nothing_else() -> None:
    renamed = replace(ONE, name="renamed", origin_note="别处\nelsewhere")
    moved = replace(ONE, movement={RIDERS: Movement(TravelMode.WALK, 4.0)})
    raised = replace(ONE, workers={**ONE.workers, RIDERS: np.array([1, 2, 3.001])})
    later = replace(ONE, profiles={**ONE.profiles, RIDERS: np.roll(ONE.profiles[RIDERS], 1)})

    assert renamed.checksum() == ONE.checksum()
    assert len({each.checksum() for each in (ONE, moved, raised, later, OTHER)}) == 5
