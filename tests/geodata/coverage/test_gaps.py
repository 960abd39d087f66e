"""Coverage gaps: what touches is one, all uncovered workers are in one, and its name says where it lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import h3
import numpy as np
import pytest
import shapely

from geodata.coordinates import LonLat
from geodata.coverage.gaps import Gap, GapOrder, Side, find_gaps, find_gaps_over_hours, side_of
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.reach import Mask
from geodata.coverage.week import hour_bits
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import DemandLayer
from geodata.places import load_place
from geodata.places.place import Place
from geodata.sample import sample_demand
from geodata.stations.vocabulary import WorkerGroup

WEEK = date(2026, 11, 18)


@pytest.fixture(scope="module")
def place() -> Place:
    return load_place("yinchuan")


@pytest.fixture(scope="module")
def layer(place: Place) -> DemandLayer:
    return sample_demand(place)


def gaps_of(layer: DemandLayer, place: Place, covered: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Gap, ...]:
    workers = layer.workers[WorkerGroup.RIDERS]
    return find_gaps(layer, workers, covered, covered, place, place.districts_of(layer.lon, layer.lat))


def test_every_uncovered_worker_is_in_exactly_one_gap(layer: DemandLayer, place: Place) -> None:
    covered = np.random.default_rng(7).random(layer.point_count) < 0.6
    workers = layer.workers[WorkerGroup.RIDERS]

    gaps = gaps_of(layer, place, covered)

    cells = [cell for gap in gaps for cell in gap.cells]
    assert len(cells) == len(set(cells)) == np.count_nonzero(~covered & (workers > 0))
    assert sum(gap.workers_count for gap in gaps) == pytest.approx(workers[~covered].sum())


def test_gaps_are_ranked_by_uncovered_workers(layer: DemandLayer, place: Place) -> None:
    gaps = gaps_of(layer, place, np.arange(layer.point_count) % 3 == 0)

    assert [gap.rank for gap in gaps] == list(range(1, len(gaps) + 1))
    assert [gap.workers_count for gap in gaps] == sorted((gap.workers_count for gap in gaps), reverse=True)


def test_the_outline_holds_the_middle_of_every_cell_and_no_more_area(layer: DemandLayer, place: Place) -> None:
    gap = gaps_of(layer, place, np.arange(layer.point_count) % 2 == 0)[0]

    cell_shapes = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in gap.cells]

    assert gap.outline.symmetric_difference(shapely.union_all(cell_shapes)).area < 1e-9


def test_cells_that_do_not_touch_are_two_gaps(layer: DemandLayer, place: Place) -> None:
    covered = np.ones(layer.point_count, dtype=bool)
    first = 0
    far = int(np.argmax(np.hypot(layer.lon - layer.lon[first], layer.lat - layer.lat[first])))
    covered[[first, far]] = False

    assert len(gaps_of(layer, place, covered)) == 2


def test_full_coverage_has_no_gap(layer: DemandLayer, place: Place) -> None:
    assert gaps_of(layer, place, np.ones(layer.point_count, dtype=bool)) == ()


def test_workers_that_unknown_hours_might_cover_are_told_apart(layer: DemandLayer, place: Place) -> None:
    nobody, everybody = np.zeros(layer.point_count, dtype=bool), np.ones(layer.point_count, dtype=bool)
    workers = layer.workers[WorkerGroup.RIDERS]

    gaps = find_gaps(layer, workers, nobody, everybody, place, [None] * layer.point_count)

    assert all(gap.perhaps_covered_count == pytest.approx(gap.workers_count) for gap in gaps)


@pytest.mark.parametrize(
    ("east", "north", "side"),
    [
        (0.0, 0.0, Side.CENTRE), (0.0, 0.9, Side.NORTH), (0.9, 0.9, Side.NORTHEAST), (0.9, 0.0, Side.EAST),
        (0.9, -0.9, Side.SOUTHEAST), (0.0, -0.9, Side.SOUTH), (-0.9, -0.9, Side.SOUTHWEST), (-0.9, 0.0, Side.WEST),
        (-0.9, 0.9, Side.NORTHWEST),
    ],
)  # fmt: skip
def test_the_side_is_seen_from_the_middle_of_the_unit(east: float, north: float, side: Side) -> None:
    unit = load_place(str(Path(__file__).parents[2] / "places" / "testcity")).units[0]
    west, south, east_edge, north_edge = unit.outline.bounds
    centre = unit.outline.centroid
    half = min(east_edge - west, north_edge - south) / 2
    point = LonLat(centre.x + east * half / np.cos(np.radians(centre.y)), centre.y + north * half)

    assert side_of(unit, point) is side


def some_cells(layer: DemandLayer, place: Place, *unit_codes: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows of one H3 cell and its neighbours that lie in exactly these units."""
    units = place.districts_of(layer.lon, layer.lat)
    row_of = {cell: row for row, cell in enumerate(layer.h3_cells)}
    for cell in layer.h3_cells:
        rows = [row_of[near] for near in h3.grid_disk(cell, 1) if near in row_of]
        if {units[row] for row in rows} == set(unit_codes):
            return np.array(rows)
    raise AssertionError(f"no cells touch exactly {unit_codes}")


def gap_over(
    layer: DemandLayer,
    place: Place,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    workers: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Gap:
    covered = np.ones(layer.point_count, dtype=bool)
    covered[rows] = False
    (gap,) = find_gaps(layer, workers, covered, covered, place, place.districts_of(layer.lon, layer.lat))
    return gap


def test_a_gap_is_named_in_both_languages(layer: DemandLayer, place: Place) -> None:
    rows = some_cells(layer, place, "640181")

    gap = gap_over(layer, place, rows, np.ones(layer.point_count))

    assert gap.side is not None
    assert gap.name(place, "zh-CN") == f"{place.unit('640181').name_zh}{gap.side.value[0]}"
    assert gap.name(place, "en") == f"{gap.side.value[1]} of {place.unit('640181').name_en}"


def test_a_gap_across_a_border_is_named_by_both_units_most_workers_first(layer: DemandLayer, place: Place) -> None:
    rows = some_cells(layer, place, "640104", "640106")
    units = np.array(place.districts_of(layer.lon, layer.lat))
    workers = np.where(units == "640106", 3.0, 1.0)

    gap = gap_over(layer, place, rows, workers)

    names = gap.name(place, "zh"), gap.name(place, "en")
    assert (gap.unit_code, gap.other_units) == ("640106", ("640104",))
    assert (names[0].startswith("金凤区"), names[0].endswith("及兴庆区")) == (True, True)
    assert names[1].endswith(f"{place.unit('640106').name_en}, and {place.unit('640104').name_en}")


def test_a_unit_with_hardly_a_worker_of_the_gap_is_not_in_its_name(layer: DemandLayer, place: Place) -> None:
    rows = some_cells(layer, place, "640104", "640106")
    units = np.array(place.districts_of(layer.lon, layer.lat))
    workers = np.where(units == "640106", 100.0, 1.0)

    assert gap_over(layer, place, rows, workers).other_units == ()


def test_a_gap_outside_every_unit_bears_the_places_name(layer: DemandLayer, place: Place) -> None:
    nobody = np.zeros(layer.point_count, dtype=bool)
    workers = layer.workers[WorkerGroup.RIDERS]

    gap = find_gaps(layer, workers, nobody, nobody, place, [None] * layer.point_count)[0]

    assert (gap.unit_code, gap.name(place, "zh"), gap.name(place, "en")) == (None, place.name_zh, place.name_en)


def test_the_label_lies_inside_the_gap_even_where_the_gap_is_a_ring(layer: DemandLayer, place: Place) -> None:
    hollow = next(cell for cell in layer.h3_cells if set(h3.grid_disk(cell, 1)) <= set(layer.h3_cells))
    row_of = {cell: row for row, cell in enumerate(layer.h3_cells)}
    ring = np.array([row_of[cell] for cell in h3.grid_disk(hollow, 1) if cell != hollow])

    gap = gap_over(layer, place, ring, np.ones(layer.point_count))

    assert len(gap.cells) == 6
    assert gap.outline.contains(shapely.Point(gap.label_at.lon, gap.label_at.lat))
    assert gap.outline.exterior.is_ccw if isinstance(gap.outline, shapely.Polygon) else False


class TestOverHours:
    def test_of_one_hour_they_are_the_gaps_of_that_hour(self, layer: DemandLayer, place: Place) -> None:
        rng = np.random.default_rng(3)
        low = rng.random(layer.point_count) < 0.5
        high = low | (rng.random(layer.point_count) < 0.2)
        demand = WorkerHours.of(layer, [WorkerGroup.RIDERS], [12])
        units = tuple(place.districts_of(layer.lon, layer.lat))

        by_hours = find_gaps_over_hours(layer, demand, covered_at(12, low, high), place, units)

        by_hour = find_gaps(layer, layer.workers_at(WorkerGroup.RIDERS, 12), low, high, place, units)
        assert [(gap.cells, gap.name(place, "en")) for gap in by_hours] == [
            (gap.cells, gap.name(place, "en")) for gap in by_hour
        ]
        for one, other in zip(by_hours, by_hour, strict=True):
            assert one.workers_count == pytest.approx(one.worker_hours_count)
            assert one.worker_hours_count == pytest.approx(other.worker_hours_count)
            assert one.perhaps_covered_count == pytest.approx(other.perhaps_covered_count)

    def test_a_cell_is_in_a_gap_from_half_of_its_worker_hours_on(self, layer: DemandLayer, place: Place) -> None:
        always, never = np.ones(layer.point_count, dtype=np.bool_), np.zeros(layer.point_count, dtype=np.bool_)
        flat = replace(layer, profiles={group: np.ones(168) for group in layer.workers})
        units = tuple(place.districts_of(layer.lon, layer.lat))

        def gaps_with(covered_hours: int) -> tuple[Gap, ...]:
            covered = CoveredHours(
                np.where(always[:, None], hour_bits(range(covered_hours)), np.uint64(0)),
                np.where(never[:, None], np.uint64(0), hour_bits(range(covered_hours))),
            )
            return find_gaps_over_hours(flat, WorkerHours.of(flat, (), range(10)), covered, place, units)

        assert gaps_with(6) == ()
        half = gaps_with(5)
        assert sum(gap.worker_hours_count for gap in half) == pytest.approx(5 * sum(gap.workers_count for gap in half))

    def test_they_are_ranked_by_workers_or_by_worker_hours(self, layer: DemandLayer, place: Place) -> None:
        covered = covered_at(3, np.arange(layer.point_count) % 3 == 0, np.arange(layer.point_count) % 3 == 0)
        demand = WorkerHours.of(layer, (), [2, 3])
        units = tuple(place.districts_of(layer.lon, layer.lat))

        for order, amount in ((GapOrder.WORKERS, "workers_count"), (GapOrder.WORKER_HOURS, "worker_hours_count")):
            gaps = find_gaps_over_hours(layer, demand, covered, place, units, order=order)
            amounts = [getattr(gap, amount) for gap in gaps]
            assert amounts == sorted(amounts, reverse=True)
            assert [gap.rank for gap in gaps] == list(range(1, len(gaps) + 1))


def covered_at(hour: int, low: Mask, high: Mask) -> CoveredHours:
    bits = hour_bits([hour])
    nothing = np.zeros_like(bits)
    return CoveredHours(np.where(low[:, None], bits, nothing), np.where(high[:, None], bits, nothing))
