"""The area from which a station is reached along the streets within a time: its isochrone, as a picture.

    1. the pieces of street from which the station is reached in time, the last ones cut where the time runs out
    2. each widened by ``WIDTH_M`` on both sides, for the houses along it
    3. united; holes smaller than ``LARGEST_FILLED_HOLE_M2`` filled (blocks between streets that are all reached)
    4. simplified by at most ``TOLERANCE_M``

Directions count: the question is how to get *to* the station. The leg from a place to the street is not in it, nor
is the station's own. Numbers never come from these outlines: coverage asks the pairs.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geodata.coordinates import Floats, LonLat
from geodata.errors import InvalidValue
from geodata.projection import LocalPlane
from geodata.stations.ordering import Rows
from geodata.travel.street_pairs import StreetTravel
from geodata.travel.street_paths import Tied, part_of
from geodata.travel.street_snapping import NO_ROW, Snapped

WIDTH_M: Final = 30.0
LARGEST_FILLED_HOLE_M2: Final = 10_000.0
TOLERANCE_M: Final = 5.0


def isochrones(travel: StreetTravel, lon: Floats, lat: Floats, *, within_s: float) -> list[MultiPolygon]:
    """One area a station, WGS-84, from where it is at most ``within_s`` seconds away; empty for one off the streets."""
    if not (np.isfinite(within_s) and within_s > 0):
        raise InvalidValue("The time of an isochrone must be above 0.", field="within_s", code="out_of_range")
    snapped = travel.snap(lon, lat)
    rows = snapped.rows
    tied = travel.paths.tie(Snapped(snapped.segment[rows], snapped.share[rows], snapped.leg_m[rows]))
    areas = [MultiPolygon() for _ in range(len(lon))]
    limit = travel.cost_of(within_s)
    for at, node_cost, _length_m in travel.paths.costs_to(tied, limit):
        for offset, cost in enumerate(node_cost):
            one = part_of(tied, slice(at + offset, at + offset + 1))
            center = LonLat(float(lon[rows[at + offset]]), float(lat[rows[at + offset]]))
            areas[int(rows[at + offset])] = _area(_reached_streets(travel, one, cost, limit), center)
    return areas


def _reached_streets(travel: StreetTravel, station: Tied, node_cost: Floats, limit: float) -> Floats:
    """Lines (l, 2, 2) in degrees from anywhere on which the station is reached at a cost of at most ``limit``."""
    paths, graph = travel.paths, travel.paths.graph
    start, end = graph.starts(), graph.ends
    left = limit - node_cost[end]
    edge = np.flatnonzero(left >= 0)
    cost = paths.cost[edge]
    reached = np.clip(np.divide(left[edge], cost, out=np.ones(len(edge)), where=cost > 0), 0.0, 1.0)
    lines = [_cut(travel, start[edge], end[edge], 1 - reached, np.ones(len(edge)))]
    segments, segment, share = paths.snapper.segments, station.segment, station.share
    for row, toward in ((segments.forward[segment], 0.0), (segments.backward[segment], 1.0)):
        if row[0] == NO_ROW:
            continue
        reach = limit / max(float(paths.cost[row[0]]), 1e-9)
        begin = np.maximum(share - reach, 0.0) if toward == 0.0 else np.minimum(share + reach, 1.0)
        lines.append(_cut(travel, segments.first[segment], segments.second[segment], begin, share))
    return np.concatenate(lines)


def _cut(travel: StreetTravel, first: Rows, second: Rows, begin: Floats, end: Floats) -> Floats:
    """The pieces first → second between two shares of their length, (l, 2, 2) in degrees."""
    graph = travel.paths.graph
    a = np.column_stack((graph.lon[first], graph.lat[first]))
    along = np.column_stack((graph.lon[second], graph.lat[second])) - a
    return np.stack((a + begin[:, None] * along, a + end[:, None] * along), axis=1)


def _area(lines: Floats, center: LonLat) -> MultiPolygon:
    plane = LocalPlane(center)
    x_m, y_m = plane.to_xy_m(lines[..., 0], lines[..., 1])
    strips = shapely.buffer(shapely.linestrings(np.stack((x_m, y_m), axis=-1)), WIDTH_M, quad_segs=3)
    united = shapely.simplify(shapely.union_all(strips), TOLERANCE_M)
    parts = [_without_small_holes(part) for part in shapely.get_parts(united) if isinstance(part, Polygon)]
    flat = MultiPolygon(parts)
    return shapely.transform(flat, lambda xy: np.column_stack(plane.to_lonlat(xy[:, 0], xy[:, 1])))


def _without_small_holes(area: Polygon) -> Polygon:
    holes = [hole for hole in area.interiors if Polygon(hole).area >= LARGEST_FILLED_HOLE_M2]
    return Polygon(area.exterior, holes)
