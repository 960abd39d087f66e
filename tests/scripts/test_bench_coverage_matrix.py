"""The benchmark of the week's matrix: it runs, and what it compares answers alike."""

from __future__ import annotations

import pytest

from benchmarks import coverage_matrix
from geodata.coverage.supply import Counted
from geodata.places import load_place


@pytest.fixture(scope="module")
def town() -> coverage_matrix.Town:
    return coverage_matrix.Town.of(load_place("yinchuan"))


def test_the_town_is_as_large_as_the_bar_says(town: coverage_matrix.Town) -> None:
    assert (len(town.stations), town.layer.point_count, len(coverage_matrix.NEEDS)) == (420, 10_000, 12)


def test_the_bits_and_the_hours_one_by_one_count_alike(town: coverage_matrix.Town) -> None:
    matrix = town.changed(Counted())

    assert matrix.low.sum(axis=(1, 2)) == pytest.approx(town.hour_by_hour())


def test_kept_pairs_change_nothing(town: coverage_matrix.Town) -> None:
    assert town.changed(Counted()).high == pytest.approx(town.from_scratch().high)


def test_it_runs() -> None:
    section = coverage_matrix.measure("yinchuan", coverage_matrix.Effort(1, 2_000, 2, 500))

    assert [figure.name for figure in section.figures if figure.bar][:2] == ["from scratch", "changed: within 2,000 m"]
