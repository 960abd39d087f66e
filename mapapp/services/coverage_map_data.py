"""What the map of an answer draws: demand by state and density, gaps with their numbers, stations.

Cells of one state and density are one shape: the browser draws nine areas instead of thousands of hexagons. No
language is in it but names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.answer import CoverageAnswer
from geodata.coverage.cells import outline_of
from mapapp.services.coverage import CoverageAnalysis
from mapapp.services.coverage_document import geometry
from mapapp.services.publish import Json

SHOWN_DECIMALS: Final = 5
"""Decimals of a drawn degree, about 1 m."""
_DENSITY_SHARES: Final = (0.5, 0.85)
"""Half of the cells count as having few workers, the fullest 15 % as having many."""


class CellState(StrEnum):
    """Whether the workers in a cell are covered."""

    COVERED = "covered"
    UNCERTAIN = "uncertain"
    UNCOVERED = "uncovered"


def coverage_map_data(analysis: CoverageAnalysis) -> Json:
    """The layers from below to above. ``density_limits``: from how many workers a cell is in the next class."""
    limits = density_limits(analysis.answer.workers)
    return {
        "density_limits": [round(limit, 2) for limit in limits],
        "demand": _demand(analysis, limits),
        "gaps": _gaps(analysis),
        "stations": _stations(analysis),
    }


def density_limits(workers: Floats) -> tuple[float, ...]:
    """Where the density classes begin, in workers a cell; zeros where there are no workers."""
    present = workers[workers > 0]
    if len(present) == 0:
        return tuple(0.0 for _ in _DENSITY_SHARES)
    return tuple(float(limit) for limit in np.quantile(present, _DENSITY_SHARES))


def _demand(analysis: CoverageAnalysis, limits: Iterable[float]) -> list[Json]:
    answer = analysis.answer
    density = np.searchsorted(np.array(list(limits)), answer.workers, side="right")
    cells: dict[tuple[CellState, int], list[str]] = defaultdict(list)
    for row in np.flatnonzero(answer.workers > 0).tolist():
        cells[_state(answer, row), int(density[row])].append(analysis.layer.h3_cells[row])
    return [
        {"state": state.value, "density": level, "geometry": geometry(outline_of(group), SHOWN_DECIMALS)}
        for (state, level), group in sorted(cells.items())
    ]


def _state(answer: CoverageAnswer, row: int) -> CellState:
    if answer.covered_low[row]:
        return CellState.COVERED
    return CellState.UNCERTAIN if answer.covered_high[row] else CellState.UNCOVERED


def _gaps(analysis: CoverageAnalysis) -> list[Json]:
    place = analysis.snapshot.place
    return [
        {
            "rank": gap.rank,
            "name_zh": gap.name(place, "zh"),
            "name_en": gap.name(place, "en"),
            "workers_count": round(gap.workers_count, 1),
            "label_at": [gap.label_at.lon, gap.label_at.lat],
            "geometry": geometry(gap.outline, SHOWN_DECIMALS),
        }
        for gap in analysis.gaps
    ]


def _stations(analysis: CoverageAnalysis) -> list[Json]:
    """The placed stations that pass the filters, with their state at that moment."""
    masks, shown = analysis.answer.stations, []
    for row in np.flatnonzero(masks.matching).tolist():
        station = analysis.snapshot.stations[row]
        assert station.position is not None  # noqa: S101 - only placed stations match
        point = station.position.point.rounded()
        state = "open" if masks.surely[row] else "unknown" if masks.perhaps[row] else "closed"
        shown.append(
            {
                "code": station.code,
                "name_zh": station.name,
                "name_en": station.name_en or station.name,
                "at": [point.lon, point.lat],
                "state": state,
            }
        )
    return shown
