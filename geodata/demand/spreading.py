"""Spreading rows over H3 cells: a point falls into one, a polygon by area, a line by length.

Cells and shapes are laid flat in metres on the place's plane, where the cells tile the ground without gap or
overlap. A cell's share of a row is its part of the row's area (length); shares are divided by their sum, so that
every row is spread exactly once and totals are conserved to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import h3
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import BBox, Floats
from geodata.errors import UnreadableFile
from geodata.places import Place
from geodata.projection import LocalPlane

H3_RESOLUTION: Final = 9
"""Hexagons of about 0.1 km²."""
OUTSIDE: Final = ""
"""Stands for everything far from the city: no cell of it is drawn."""
MOST_PIECES: Final = 3_000_000
"""Rows × cells of one file; more is shapes laid over each other by the hundred."""
MOST_CELLS: Final = 1_000_000
"""Of one shape, and outlines remembered: 100,000 km², some 700 MB."""
_SAMPLE_SPACING_M: Final = 100.0
_FEW_OUTLINES: Final = 32
_FEW_CORNERS: Final = 64
_MARGIN_DEG: Final = 0.05
_CELLS_AT_ONCE: Final = 4_096

_Size = Callable[[Any], Any]
Shares = list[tuple[str, float]]


def _go_on() -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class CellSpreader:
    """Spreads shapes over the cells of one place; remembers the cells' outlines.

    ``on_piece`` is called every few thousand cells of a shape; what it raises ends the work within a row.
    """

    place: Place
    resolution: int = H3_RESOLUTION
    on_piece: Callable[[], None] = _go_on
    _outlines: dict[str, Polygon] = field(default_factory=dict, init=False, repr=False)

    def shares(self, shape: BaseGeometry) -> Shares:
        """The cells of a valid WGS-84 point, line or polygon with each one's share; shares sum to 1.

        Multi-points are spread evenly. What lies beyond the city's box (and a margin of about 5 km) is summed under
        `OUTSIDE`. Empty for a line without length or a polygon without area.
        """
        if shape.geom_type in {"Point", "MultiPoint"}:
            points = shapely.get_coordinates(shape)
            cells = [h3.latlng_to_cell(float(lat), float(lon), self.resolution) for lon, lat in points]
            return [(cell, 1 / len(cells)) for cell in cells]
        whole = self._plane.flatten(shape)
        is_area = shape.geom_type in {"Polygon", "MultiPolygon"}
        size: _Size = shapely.area if is_area else shapely.length
        total = float(size(whole))
        if not total > 0:
            return []
        near = shapely.intersection(shape, shapely.box(*self._box))
        if near.is_empty:
            return [(OUTSIDE, 1.0)]
        flat = self._plane.flatten(near)
        cells = self._cells_of_area(near) if is_area else self._cells_of_line(flat)
        pieces = self._pieces(flat, cells, size, is_area=is_area)
        found = sum(amount for _cell, amount in pieces)
        beyond = max(0.0, total - float(size(flat))) if not shape.within(shapely.box(*self._box)) else 0.0
        whole_amount = found + beyond
        if not whole_amount > 0:
            return []
        shares = [(cell, amount / whole_amount) for cell, amount in pieces]
        return [*shares, (OUTSIDE, beyond / whole_amount)] if beyond > 0 else shares

    @property
    def _plane(self) -> LocalPlane:
        return self.place.plane

    @property
    def _box(self) -> tuple[float, float, float, float]:
        box: BBox = self.place.bbox
        return (box.west - _MARGIN_DEG, box.south - _MARGIN_DEG, box.east + _MARGIN_DEG, box.north + _MARGIN_DEG)

    def _pieces(self, flat: BaseGeometry, cells: Sequence[str], size: _Size, *, is_area: bool) -> Shares:
        outlines = self._outlines_of(cells)
        amounts = np.zeros(len(cells))
        if is_area:
            shapely.prepare(flat)
            cut: list[NDArray[np.intp]] = []
            for some in np.array_split(np.arange(len(cells)), 1 + len(cells) // _CELLS_AT_ONCE):
                whole = shapely.contains_properly(flat, outlines[some])
                amounts[some[whole]] = shapely.area(outlines[some[whole]])
                cut.append(some[~whole & shapely.intersects(flat, outlines[some])])
                self.on_piece()
            on_edge = np.concatenate(cut)
            amounts[on_edge] = _shared_areas(flat, outlines[on_edge], self.on_piece)
        else:
            amounts[:] = size(shapely.intersection(outlines, flat))
        return [(cell, float(amount)) for cell, amount in zip(cells, amounts, strict=True) if amount > 0]

    def _cells_of_area(self, near: BaseGeometry) -> list[str]:
        """The cells of boxes that hold the polygon, sorted: every one that shares ground with it, and some beside.

        A box has a few thousand cells at most. H3 holds every cell against every corner, so that it is given boxes.

        Raises
        ------
        UnreadableFile
            There are more than `MOST_CELLS`.
        """
        cells: set[str] = set()
        waiting = _polygons(near)
        while waiting:
            piece = waiting.pop()
            self.on_piece()
            west, south, east, north = piece.bounds
            if self._reckoned_cell_count(piece) > _CELLS_AT_ONCE:
                waiting.extend(_halves(piece))
                continue
            corners = [(south, west), (south, east), (north, east), (north, west)]
            cells.update(h3.h3shape_to_cells_experimental(h3.LatLngPoly(corners), self.resolution, contain="overlap"))
            cells.add(h3.latlng_to_cell(south, west, self.resolution))
            refuse_too_many_pieces(len(cells), MOST_CELLS)
        return sorted(cells)

    def _reckoned_cell_count(self, piece: BaseGeometry) -> float:
        """About how many cells the box around a piece in degrees has."""
        box_m = self._plane.flatten(shapely.box(*piece.bounds))
        return float(box_m.area / h3.average_hexagon_area(self.resolution, unit="m^2"))

    def _cells_of_line(self, flat: BaseGeometry) -> list[str]:
        """The cells within one step of a point every 100 m along the line, sorted: more than it crosses."""
        dense = shapely.get_coordinates(shapely.segmentize(flat, _SAMPLE_SPACING_M))
        lon, lat = self._plane.to_lonlat(dense[:, 0], dense[:, 1])
        on_line = {h3.latlng_to_cell(float(y), float(x), self.resolution) for x, y in zip(lon, lat, strict=True)}
        return sorted({near for cell in on_line for near in h3.grid_disk(cell, 1)})

    def _outlines_of(self, cells: Sequence[str]) -> NDArray[np.object_]:
        """The cells' outlines on the plane, (k,)."""
        missing = [cell for cell in cells if cell not in self._outlines]
        if len(self._outlines) + len(missing) > MOST_CELLS:
            self._outlines.clear()
            missing = list(cells)
        for start in range(0, len(missing), _CELLS_AT_ONCE):
            some = missing[start : start + _CELLS_AT_ONCE]
            rings = [h3.cell_to_boundary(cell) for cell in some]
            lat_lon = np.array([corner for ring in rings for corner in ring])
            owners = np.repeat(np.arange(len(some)), [len(ring) for ring in rings])
            x_m, y_m = self._plane.to_xy_m(lat_lon[:, 1], lat_lon[:, 0])
            rings_m = shapely.linearrings(np.column_stack((x_m, y_m)), indices=owners)
            drawn: list[Polygon] = np.asarray(shapely.polygons(rings_m)).tolist()
            self._outlines.update(zip(some, drawn, strict=True))
            self.on_piece()
        return np.array([self._outlines[cell] for cell in cells], dtype=object)


def _shared_areas(flat: BaseGeometry, outlines: NDArray[np.object_], on_piece: Callable[[], None]) -> Floats:
    """The ground each outline shares with an area, (k,).

    Each half of many outlines is laid over the part of the area near it only: the work grows with the corners of the
    area, not with corners × outlines.
    """
    if len(outlines) <= _FEW_OUTLINES or shapely.get_num_coordinates(flat) <= _FEW_CORNERS:
        amounts: Floats = shapely.area(shapely.intersection(outlines, flat))
        return amounts
    on_piece()
    west, south, east, north = shapely.total_bounds(outlines)
    places = shapely.get_coordinates(shapely.centroid(outlines))[:, 0 if east - west >= north - south else 1]
    order = np.argsort(places, kind="stable")
    amounts = np.empty(len(outlines))
    for half in np.array_split(order, 2):
        near = shapely.intersection(flat, shapely.box(*shapely.total_bounds(outlines[half])))
        amounts[half] = _shared_areas(near, outlines[half], on_piece)
    return amounts


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of a shape that may have lines and points beside them, as clipping leaves."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]


def _halves(piece: BaseGeometry) -> list[BaseGeometry]:
    """What lies on either side of a cut across the longer side of the box around an area; nothing empty."""
    west, south, east, north = piece.bounds
    if east - west >= north - south:
        middle = (west + east) / 2
        sides = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    else:
        middle = (south + north) / 2
        sides = [shapely.box(west, south, east, middle), shapely.box(west, middle, east, north)]
    parts = [shapely.intersection(piece, side) for side in sides]
    return [part for part in parts if part.area > 0]


def refuse_too_many_pieces(count: int, most: int = MOST_PIECES) -> None:
    """Raise when a shape is too large, or a file's shapes lie over each other too often, to be spread."""
    if count > most:
        raise UnreadableFile(
            "The shapes are too large or lie over each other too often. Send in fewer or smaller ones.",
            "图形过大或重叠过多，请减少或拆小后再试。",
        )
