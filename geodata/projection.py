"""From degrees to metres and back: the one module that touches pyproj.

Degrees are never a distance. Great-circle distances between points need no projection and live in
``geodata.coordinates``; what needs one (areas, distances to outlines, scattering points in metres)
comes here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Floats, LonLat

_WGS84: Final = "EPSG:4326"
_LONGEST_EDGE_DEG: Final = 0.02

AnyGeometry = TypeVar("AnyGeometry", bound=BaseGeometry)


def geodesic_area_m2(geometry: BaseGeometry) -> float:
    """The area on the WGS-84 ellipsoid, square metres; edges are geodesics, orientation does not matter.

    Karney's polygon area through ``pyproj.Geod``: equal-area by construction, with no projection to choose.
    """
    oriented = shapely.orient_polygons(geometry)
    area_m2, _perimeter_m = Geod(ellps="WGS84").geometry_area_perimeter(oriented)
    return abs(float(area_m2))


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A plane in metres around ``center``: azimuthal equidistant on WGS-84, x east, y north.

    Distances from the centre are exact; elsewhere they are long by about (d / R)² / 6 at distance d,
    0.01 % at 150 km. Meant for one city.
    """

    center: LonLat
    _forward: Transformer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plane = f"+proj=aeqd +lat_0={self.center.lat!r} +lon_0={self.center.lon!r} +datum=WGS84 +units=m"
        object.__setattr__(self, "_forward", Transformer.from_crs(_WGS84, plane, always_xy=True))

    def to_xy_m(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """WGS-84 degrees as x, y in metres, same shapes."""
        x_m, y_m = self._forward.transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
        return np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)

    def to_lonlat(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """x, y in metres as WGS-84 degrees, same shapes."""
        lon, lat = self._forward.transform(
            np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float), direction="INVERSE"
        )
        return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)

    def flatten(self, geometry: AnyGeometry) -> AnyGeometry:
        """The same geometry with metres for coordinates.

        An edge that is straight in degrees is a curve on the ground (a parallel bulges 100 m over 85 km),
        so edges are first cut into short ones; what is left of the bulge is below 0.1 m in China.
        """
        cut = shapely.segmentize(geometry, _LONGEST_EDGE_DEG)
        return shapely.transform(cut, lambda degrees: np.column_stack(self.to_xy_m(degrees[:, 0], degrees[:, 1])))
