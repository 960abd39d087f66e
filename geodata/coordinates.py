"""Positions on Earth: values, the three coordinate systems used in China, distance and sides.

Longitude comes first everywhere; the one flip for Leaflet is in ``mapapp.maps``.
Stored and computed positions are WGS-84 degrees. GCJ-02 (高德, 腾讯, most Chinese lists) lies about
390 m away in Yinchuan, BD-09 (百度) about 1,200 m; both are converted at the edges only.

The GCJ-02 offset is the published series on the Krasovsky 1940 ellipsoid; BD-09 is the published
polar offset on top of GCJ-02. Neither has a closed inverse: ours is a fixed-point iteration that
stops below 1e-12 degrees (about 1e-7 m), checked in the tests against ``prcoords``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InvalidCoordinate

Floats = NDArray[np.float64]

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of WGS-84 (IUGG R1), metres; every great-circle distance here uses it."""

PUBLISHED_DECIMALS: Final = 6
"""Decimals of a published degree (0.11 m): phone and server compute from the same rounded values."""


class Crs(StrEnum):
    """The coordinate systems a Chinese list can be written in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class LonLat:
    """A WGS-84 position in degrees, longitude first."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            self._refuse()

    def _refuse(self) -> None:
        """Say which of the two is wrong."""
        for field, value, limit in (("lon", self.lon, 180.0), ("lat", self.lat, 90.0)):
            if not math.isfinite(value):
                raise InvalidCoordinate(f"{field} must be a finite number.", field=field, code="not_finite")
            if abs(value) > limit:
                hint = " Are longitude and latitude swapped?" if field == "lat" and abs(value) <= 180 else ""
                raise InvalidCoordinate(
                    f"{field} must lie between -{limit:g} and {limit:g}, not {value:g}.{hint}",
                    field=field,
                    code="swapped_axes" if hint else "out_of_range",
                )

    def rounded(self, decimals: int = PUBLISHED_DECIMALS) -> LonLat:
        """The same position with ``decimals`` decimals, as it is published."""
        return LonLat(round(self.lon, decimals), round(self.lat, decimals))


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS-84 degrees: west, south, east, north. It may not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        LonLat(self.west, self.south)
        LonLat(self.east, self.north)
        if self.west > self.east:
            raise InvalidCoordinate("The box's west lies east of its east.", field="bbox", code="box_order")
        if self.south > self.north:
            raise InvalidCoordinate("The box's south lies north of its north.", field="bbox", code="box_order")

    def contains(self, point: LonLat) -> bool:
        """Whether the point lies in the box, edges included."""
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north

    @property
    def center(self) -> LonLat:
        """The middle of the box in degrees."""
        return LonLat((self.west + self.east) / 2, (self.south + self.north) / 2)


def great_circle_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Great-circle distances in metres by the haversine formula, broadcasting over arrays.

    The browser's search uses the same formula and radius, so both order stations alike.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_dphi = (phi2 - phi1) / 2
    half_dlambda = np.radians(np.asarray(lon2, dtype=float) - np.asarray(lon1, dtype=float)) / 2
    h = np.sin(half_dphi) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_dlambda) ** 2
    distance: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return distance


def unit_sphere(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Points on the unit sphere, shape (n, 3): chord order there is great-circle order."""
    lam, phi = np.radians(np.atleast_1d(lon)), np.radians(np.atleast_1d(lat))
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def chord_of(distance_m: float) -> float:
    """The straight chord on the unit sphere below an arc of ``distance_m`` metres."""
    return 2 * math.sin(min(distance_m / (2 * EARTH_RADIUS_M), math.pi / 2))


# --- WGS-84, GCJ-02, BD-09 ---------------------------------------------------------------------

_KRASOVSKY_A_M: Final = 6_378_245.0
_KRASOVSKY_E2: Final = 0.00669342162296594323
_BD_ANGLE: Final = math.pi * 3000.0 / 180.0
_INVERSE_TOLERANCE_DEG: Final = 1e-12
_INVERSE_MAX_ROUNDS: Final = 30

_OFFSET_REGION: Final = BBox(72.004, 0.8293, 137.8347, 55.8271)
"""Where the GCJ-02 offset is applied by every implementation; elsewhere points pass unchanged."""


def _in_offset_region(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    box = _OFFSET_REGION
    inside: NDArray[np.bool_] = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
    return inside


def _gcj_offset_deg(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north_m = north_m + (20.0 * np.sin(y * math.pi) + 40.0 * np.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north_m = north_m + (160.0 * np.sin(y / 12.0 * math.pi) + 320.0 * np.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east_m = east_m + (20.0 * np.sin(x * math.pi) + 40.0 * np.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east_m = east_m + (150.0 * np.sin(x / 12.0 * math.pi) + 300.0 * np.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1 - _KRASOVSKY_E2) / (magic * np.sqrt(magic))
    parallel_m = _KRASOVSKY_A_M / np.sqrt(magic) * np.cos(phi)
    return np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    inside = _in_offset_region(lon, lat)
    dlon, dlat = _gcj_offset_deg(lon, lat)
    return np.where(inside, lon + dlon, lon), np.where(inside, lat + dlat, lat)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    inside = _in_offset_region(lon, lat)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return (
        np.where(inside, radius * np.cos(angle) + 0.0065, lon),
        np.where(inside, radius * np.sin(angle) + 0.006, lat),
    )


_Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]


def _inverse(shift: _Shift, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Solve ``shift(x) = (lon, lat)`` by x ← x + (target − shift(x)); a contraction for both offsets."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_INVERSE_MAX_ROUNDS):
        there_lon, there_lat = shift(guess_lon, guess_lat)
        step_lon, step_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if max(np.abs(step_lon).max(initial=0.0), np.abs(step_lat).max(initial=0.0)) < _INVERSE_TOLERANCE_DEG:
            break
    inside = _in_offset_region(lon, lat)
    return np.where(inside, guess_lon, lon), np.where(inside, guess_lat, lat)


def convert(lon: ArrayLike, lat: ArrayLike, source: Crs, target: Crs) -> tuple[Floats, Floats]:
    """Positions given in ``source`` as ``target``, degrees, any shape; points outside China pass unchanged."""
    lon_deg = np.array(lon, dtype=np.float64, copy=True, ndmin=1)
    lat_deg = np.array(lat, dtype=np.float64, copy=True, ndmin=1)
    shape = np.broadcast(np.asarray(lon), np.asarray(lat)).shape
    chain = (Crs.WGS84, Crs.GCJ02, Crs.BD09)
    here, there = chain.index(source), chain.index(target)
    steps: tuple[_Shift, ...] = (_wgs84_to_gcj02, _gcj02_to_bd09)
    for step in steps[here:there]:
        lon_deg, lat_deg = step(lon_deg, lat_deg)
    for step in reversed(steps[there:here]):
        lon_deg, lat_deg = _inverse(step, lon_deg, lat_deg)
    return lon_deg.reshape(shape), lat_deg.reshape(shape)


def convert_point(lon: float, lat: float, source: Crs, target: Crs) -> tuple[float, float]:
    """One position from ``source`` to ``target``, degrees."""
    if source is target:
        return lon, lat
    lon_deg, lat_deg = convert(lon, lat, source, target)
    return float(lon_deg), float(lat_deg)
