"""Which cells touch, against H3's own word cell by cell."""

from __future__ import annotations

import h3
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.coverage.cells import Touching

DISK = sorted(h3.grid_disk(h3.latlng_to_cell(38.47, 106.25, 9), 4))


def spread_from(seed: int, chosen: set[int]) -> set[int]:
    """All rows that can be walked to over touching chosen cells."""
    group, frontier = {seed}, [seed]
    while frontier:
        here = frontier.pop()
        near = {row for row in chosen - group if h3.are_neighbor_cells(DISK[here], DISK[row])}
        group |= near
        frontier += near
    return group


@given(st.sets(st.integers(0, len(DISK) - 1)))
def test_the_groups_are_those_that_can_be_walked(chosen: set[int]) -> None:
    mask = np.zeros(len(DISK), dtype=bool)
    mask[sorted(chosen)] = True

    groups = Touching.among(DISK).groups(mask)

    assert [set(group.tolist()) for group in groups] == [
        group for row in sorted(chosen) if min(group := spread_from(row, chosen)) == row
    ]


def test_the_order_of_the_cells_makes_no_difference() -> None:
    shuffled = [DISK[row] for row in np.random.default_rng(3).permutation(len(DISK))]

    (group,) = Touching.among(shuffled).groups(np.ones(len(DISK), dtype=bool))

    assert group.tolist() == list(range(len(DISK)))


def test_no_cells_make_no_groups() -> None:
    assert Touching.among([]).groups(np.zeros(0, dtype=bool)) == []
