"""Coverage gaps: uncovered demand as polygons, named and ranked, so that one can go and look.

Uncovered cells that touch are one gap. Over several hours a cell is part of one when at least half of its
worker-hours are not covered: for a single hour that is all or nothing, and the same as not covered. A gap lies in the
unit where most of its uncovered workers are, and is named by the compass side of that unit they are on (nobody
publishes the outlines of streets and towns); units that hold at least a tenth of its workers are named too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Final

import numpy as np

from geodata.coordinates import Floats, LonLat, great_circle_m
from geodata.coverage.cells import Outline, Touching, outline_of
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.reach import Mask
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import DemandLayer
from geodata.places.place import Place, Unit
from geodata.stations.ordering import Rows


class Side(Enum):
    """Where in its unit a gap lies, with its words."""

    CENTRE = "中部", "centre"
    NORTH = "北部", "north"
    NORTHEAST = "东北部", "north-east"
    EAST = "东部", "east"
    SOUTHEAST = "东南部", "south-east"
    SOUTH = "南部", "south"
    SOUTHWEST = "西南部", "south-west"
    WEST = "西部", "west"
    NORTHWEST = "西北部", "north-west"


_CLOCKWISE: Final = tuple(Side)[1:]
_CENTRE_SHARE: Final = 0.2
"""Within this part of the way from a unit's middle to its farthest corner is its centre."""
_NAMED_SHARE: Final = 0.1
"""A unit with at least this share of a gap's workers is part of its name."""


GAP_SHARE: Final = 0.5
"""A cell is in a gap when at least this share of its worker-hours is not covered."""


class GapOrder(StrEnum):
    """By what gaps are ranked."""

    WORKERS = "workers"
    WORKER_HOURS = "worker_hours"


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """One coverage gap.

    Its outline follows the cells' borders. ``label_at`` is the middle of the cell nearest
    to the middle of its workers: always inside. ``workers_count`` is how many workers are in its cells, in the mean
    hour of those asked about; ``worker_hours_count`` of theirs are not covered (of a single hour: the same number).
    ``perhaps_covered_count`` workers of the mean hour would be, if every station with unknown hours were open.
    ``side`` is the side of ``unit_code``; both are None outside all units. ``other_units`` are the further units it
    is named by.
    """

    rank: int
    cells: tuple[str, ...]
    label_at: LonLat
    workers_count: float
    perhaps_covered_count: float
    unit_code: str | None
    side: Side | None
    other_units: tuple[str, ...] = ()
    worker_hours_count: float = 0.0

    @property
    def outline(self) -> Outline:
        """Its area, worked out anew; WGS-84 degrees."""
        return outline_of(self.cells)

    def name(self, place: Place, language: str) -> str:
        """The gap in words: "兴庆区东北部", "north-east of Xingqing District"; outside the units the place's name."""
        if self.unit_code is None or self.side is None:
            return place.name(language)
        unit, (zh, en) = place.unit(self.unit_code), self.side.value
        others = [place.unit(code).name(language) for code in self.other_units]
        if language.startswith("zh"):
            return f"{unit.name_zh}{zh}" + (f"及{'、'.join(others)}" if others else "")
        return f"{en} of {unit.name_en}" + (f", and {', '.join(others)}" if others else "")


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What all gaps of an answer are cut from: by point workers, uncovered and perhaps covered ones, each (n,)."""

    layer: DemandLayer
    workers: Floats
    uncovered: Floats
    perhaps: Floats
    place: Place
    point_units: Sequence[str | None]


def find_gaps(
    layer: DemandLayer,
    workers: Floats,
    covered_low: Mask,
    covered_high: Mask,
    place: Place,
    point_units: Sequence[str | None],
    touching: Touching | None = None,
) -> tuple[Gap, ...]:
    """The gaps of an answer, most uncovered workers first (ties by their first cell). All arrays (n,).

    Cells where none of the workers asked about is at that hour are no gap. ``touching`` may be handed in when
    the layer was asked about before; it must be ``Touching.among`` its cells.
    """
    uncovered = np.where(covered_low, 0.0, workers)
    ground = _Ground(layer, workers, uncovered, np.where(covered_high, uncovered, 0.0), place, point_units)
    return _ranked(ground, ~covered_low & (workers > 0), touching, GapOrder.WORKERS)


def find_gaps_over_hours(
    layer: DemandLayer,
    demand: WorkerHours,
    covered: CoveredHours,
    place: Place,
    point_units: Sequence[str | None],
    touching: Touching | None = None,
    order: GapOrder = GapOrder.WORKER_HOURS,
) -> tuple[Gap, ...]:
    """The gaps over the demand's hours, first by ``order``; ``touching`` as for ``find_gaps``."""
    worker_hours = (demand.at_points(), demand.in_hours(covered.low), demand.in_hours(covered.high))
    return gaps_of_worker_hours(layer, worker_hours, demand.hours_count, place, point_units, touching, order)


def gaps_of_worker_hours(
    layer: DemandLayer,
    worker_hours: tuple[Floats, Floats, Floats],
    hours_count: int,
    place: Place,
    point_units: Sequence[str | None],
    touching: Touching | None = None,
    order: GapOrder = GapOrder.WORKER_HOURS,
) -> tuple[Gap, ...]:
    """The gaps by each point's worker-hours: all, covered low and covered high, (n,) each, over so many hours."""
    hours_count = max(hours_count, 1)
    present, low, high = worker_hours
    uncovered = np.maximum(present - low, 0.0)
    perhaps = np.clip(high - low, 0.0, uncovered)
    ground = _Ground(layer, present / hours_count, uncovered, perhaps / hours_count, place, point_units)
    return _ranked(ground, (present > 0) & (uncovered >= GAP_SHARE * present), touching, order)


def _ranked(ground: _Ground, in_a_gap: Mask, touching: Touching | None, order: GapOrder) -> tuple[Gap, ...]:
    touching = touching or Touching.among(ground.layer.h3_cells)
    gaps = [_gap(ground, rows) for rows in touching.groups(in_a_gap)]
    gaps.sort(
        key=lambda gap: (-(gap.workers_count if order is GapOrder.WORKERS else gap.worker_hours_count), gap.cells)
    )
    return tuple(replace(gap, rank=rank) for rank, gap in enumerate(gaps, start=1))


def _gap(ground: _Ground, rows: Rows) -> Gap:
    layer, present = ground.layer, ground.uncovered[rows]
    middle = _middle(layer, rows, present)
    away_m = great_circle_m(middle.lon, middle.lat, layer.lon[rows], layer.lat[rows])
    label_row = rows[int(np.argmin(away_m))]
    units = _units_of(rows, present, ground.point_units)
    cells = tuple(sorted(layer.h3_cells[row] for row in rows.tolist()))
    return Gap(
        rank=0,
        cells=cells,
        label_at=LonLat(float(layer.lon[label_row]), float(layer.lat[label_row])),
        workers_count=float(ground.workers[rows].sum()),
        perhaps_covered_count=float(ground.perhaps[rows].sum()),
        worker_hours_count=float(present.sum()),
        unit_code=units[0] if units else None,
        side=_side_in(ground, units[0], rows, present) if units else None,
        other_units=units[1:],
    )


def _side_in(ground: _Ground, unit_code: str, rows: Rows, present: Floats) -> Side:
    """On which side of the unit those of the workers are who are in it."""
    inside = np.array([ground.point_units[row] == unit_code for row in rows.tolist()], dtype=np.bool_)
    return side_of(ground.place.unit(unit_code), _middle(ground.layer, rows[inside], present[inside]))


def _middle(layer: DemandLayer, rows: Rows, present: Floats) -> LonLat:
    """The middle of the workers at some points."""
    share = present / present.sum()
    return LonLat(float(layer.lon[rows] @ share), float(layer.lat[rows] @ share))


def _units_of(rows: Rows, present: Floats, point_units: Sequence[str | None]) -> tuple[str, ...]:
    """The units with a part in the name, most workers first (ties by code); the first always has one."""
    workers_by_unit: dict[str, float] = {}
    for row, workers in zip(rows.tolist(), present.tolist(), strict=True):
        code = point_units[row]
        if code is not None:
            workers_by_unit[code] = workers_by_unit.get(code, 0.0) + workers
    ranked = sorted(workers_by_unit, key=lambda code: (-workers_by_unit[code], code))
    enough = _NAMED_SHARE * float(present.sum())
    return tuple(code for number, code in enumerate(ranked) if number == 0 or workers_by_unit[code] >= enough)


def side_of(unit: Unit, point: LonLat) -> Side:
    """On which side of a unit a point lies, seen from the middle of its outline."""
    return sides_of(unit, np.array([point.lon]), np.array([point.lat]))[0]


def sides_of(unit: Unit, lon: Floats, lat: Floats) -> list[Side]:
    """`side_of` of many points; WGS-84 degrees, (n,)."""
    centre = unit.outline.centroid
    west, south, east, north = unit.outline.bounds
    corners_lon, corners_lat = np.array([west, east, west, east]), np.array([south, south, north, north])
    farthest_m = great_circle_m(centre.x, centre.y, corners_lon, corners_lat).max()
    is_central = great_circle_m(centre.x, centre.y, lon, lat) <= _CENTRE_SHARE * farthest_m
    bearing_deg = np.degrees(np.arctan2((lon - centre.x) * np.cos(np.radians(centre.y)), lat - centre.y)) % 360
    eighths = np.rint(bearing_deg / 45).astype(np.int64) % len(_CLOCKWISE)
    return [
        Side.CENTRE if central else _CLOCKWISE[eighth]
        for central, eighth in zip(is_central.tolist(), eighths.tolist(), strict=True)
    ]
