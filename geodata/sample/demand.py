"""Modelled demand for trying the software: workers by group in H3 cells around the settlements.

Each unit's census total is spread over the cells near its settlements, densest in the middle and ragged
like a built-up area; workers of each group follow by the assumptions of ``geodata.demand.profiles``.
Nothing in it was counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import h3
import numpy as np
import shapely

from geodata.coordinates import Floats, great_circle_m
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import WORKERS_PER_1000_RESIDENTS, week_profile
from geodata.places import Place, Settlement, SettlementRole, Unit
from geodata.sample.seed import SAMPLE_SEED, streams
from geodata.sample.shares import apportion
from geodata.stations.vocabulary import WorkerGroup

LAYER_NAME: Final = "sample-demand"
ORIGIN_NOTE: Final = (
    "示例模型数据：按2020年人口普查各区县总数，在人工设定的居住中心周围分摊，各类劳动者人数与时段均为假设，非实际统计。\n"
    "Modelled for the sample: 2020 census totals by district spread around hand-set centres; "
    "numbers of workers and their hours are assumptions, not counts."
)

CELL_COUNT: Final = 6000
H3_RESOLUTION: Final = 9
"""Hexagons of about 0.1 km²."""

_CELL_SPACING_M: Final = 300.0
_REACH_SPREADS: Final = 5.0
_NEIGHBOURHOOD_RESOLUTION: Final = 8
_NEIGHBOURHOOD_SIGMA: Final = 0.55
_CELL_SIGMA: Final = 0.4
_MOST_RAGGED: Final = 2.0
"""The largest random factor: no cell becomes denser than a city's densest blocks."""
_RIDERS_EXPONENT: Final = 1.15
_SANITATION_EXPONENT: Final = 0.5
_TRAFFIC_EXPONENT: Final = 1.3
"""Wardens stand where the traffic is: denser towards the centre than residents are."""
_FREIGHT_DRIVERS_SHARE: Final = 0.4
_BUILDING_SITES_SHARE: Final = 0.08


def sample_demand(place: Place, seed: int = SAMPLE_SEED) -> DemandLayer:
    """About 6,000 demand points of a place; the same for the same seed."""
    people_rng, sites_rng = streams(seed, 2)
    cells: list[str] = []
    residents: list[int] = []
    counts = apportion(CELL_COUNT, [unit.census_2020_count for unit in place.units])
    for unit, cell_count in zip(place.units, counts, strict=True):
        unit_cells, unit_residents = _settled_cells(place, unit, int(cell_count), people_rng)
        cells += unit_cells
        residents += unit_residents
    lon, lat = _centers(cells)
    workers = _workers(place, lon, lat, np.array(residents, dtype=float), sites_rng)
    return DemandLayer(
        name=LAYER_NAME,
        origin_note=ORIGIN_NOTE,
        is_sample=True,
        is_modelled=True,
        lon=lon,
        lat=lat,
        h3_cells=tuple(cells),
        workers=workers,
        profiles={group: week_profile(group) for group in WorkerGroup},
    )


def _settled_cells(place: Place, unit: Unit, cell_count: int, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    """The unit's most settled cells and how many residents each has, by cell; they sum to the census total."""
    settlements = [each for each in place.settlements if each.unit_code == unit.code]
    candidates = _cells_around(settlements)
    lon, lat = _centers(candidates)
    inside = np.flatnonzero(shapely.contains_xy(unit.outline, lon, lat))
    candidates = [candidates[row] for row in inside]
    density = _density(lon[inside], lat[inside], settlements) * _raggedness(candidates, rng)
    densest = np.sort(np.argsort(-density, kind="stable")[:cell_count])
    residents = apportion(unit.census_2020_count, density[densest])
    return [candidates[row] for row in densest], [int(count) for count in residents]


def _cells_around(settlements: Sequence[Settlement]) -> list[str]:
    """The cells within reach of any of the settlements, sorted."""
    cells: set[str] = set()
    for settlement in settlements:
        middle = h3.latlng_to_cell(settlement.at.lat, settlement.at.lon, H3_RESOLUTION)
        cells.update(h3.grid_disk(middle, math.ceil(_REACH_SPREADS * settlement.spread_m / _CELL_SPACING_M)))
    return sorted(cells)


def _centers(cells: Sequence[str]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the cells' middles, rounded as they are published."""
    lat_lon = np.array([h3.cell_to_latlng(cell) for cell in cells], dtype=float).reshape(-1, 2).round(6)
    return lat_lon[:, 1], lat_lon[:, 0]


def _density(lon: Floats, lat: Floats, settlements: Sequence[Settlement]) -> Floats:
    """Relative density of residents: each settlement's share, thinning out as exp(-d / spread)."""
    total = np.zeros(lon.shape)
    for settlement in settlements:
        distance_m = great_circle_m(settlement.at.lon, settlement.at.lat, lon, lat)
        total += settlement.share / settlement.spread_m**2 * np.exp(-distance_m / settlement.spread_m)
    return total


def _raggedness(cells: Sequence[str], rng: np.random.Generator) -> Floats:
    """Random factors, alike within a neighbourhood: blocks, parks and fields."""
    parents = [h3.cell_to_parent(cell, _NEIGHBOURHOOD_RESOLUTION) for cell in cells]
    names, rows = np.unique(parents, return_inverse=True)
    neighbourhood = rng.normal(0.0, _NEIGHBOURHOOD_SIGMA, len(names))[rows]
    factors: Floats = np.exp(neighbourhood + rng.normal(0.0, _CELL_SIGMA, len(cells)))
    return np.minimum(factors, _MOST_RAGGED)


def _workers(
    place: Place, lon: Floats, lat: Floats, residents: Floats, rng: np.random.Generator
) -> dict[WorkerGroup, Floats]:
    """Workers of each group in each cell: its assumed number in the city, divided by the group's own weights."""
    freight = [each for each in place.settlements if each.role is SettlementRole.FREIGHT]
    freight_density = _density(lon, lat, freight)
    freight_share = _FREIGHT_DRIVERS_SHARE if freight else 0.0
    sites = np.where(rng.random(lon.shape) < _BUILDING_SITES_SHARE, rng.lognormal(0.0, 0.6, lon.shape), 0.0)
    weights = {
        WorkerGroup.RIDERS: _normalised(residents**_RIDERS_EXPONENT),
        WorkerGroup.COURIERS: _normalised(residents),
        WorkerGroup.DRIVERS: (1 - freight_share) * _normalised(residents)
        + freight_share * _normalised(freight_density),
        WorkerGroup.SANITATION: _normalised(residents**_SANITATION_EXPONENT),
        WorkerGroup.CONSTRUCTION: _normalised(sites),
        WorkerGroup.TRAFFIC: _normalised(residents**_TRAFFIC_EXPONENT),
    }
    thousands = residents.sum() / 1000
    return {
        group: (WORKERS_PER_1000_RESIDENTS[group] * thousands * weight).round(3) for group, weight in weights.items()
    }


def _normalised(weights: Floats) -> Floats:
    total = weights.sum()
    return weights / total if total else weights
