"""A place: one city with its units, towns, settlements and clock, as values.

All coordinates are WGS-84 degrees, longitude first. A place holds no facts of its own: they come from
a folder (``geodata.places.folder``) whose SOURCES.md says where each was taken from.

Which unit a point lies in
--------------------------
A point inside an outline, or on its border, belongs to that unit; on a shared border the lowest code
wins, so the answer does not depend on the order of anything. Published outlines are coarse, and a
station on a border road must not be "outside the city": a point outside every outline but within
``SNAP_M`` of one belongs to the nearest unit (ties again to the lowest code). Everything farther away
lies outside. ``contains`` is the same rule, asked as yes or no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon, Polygon

from geodata.coordinates import BBox, Floats, LonLat
from geodata.errors import InvalidValue
from geodata.projection import LocalPlane

Outline = Polygon | MultiPolygon

SNAP_M: Final = 500.0
"""How far outside the outlines a point still belongs to the nearest unit, metres.

Measured: nine tenths of the default city's outlines lie about that close to a finer copy of the same
borders (SOURCES.md in its folder).
"""

LABEL_DECIMALS: Final = 4
"""Decimals of a computed label position (about 10 m)."""

_UNIT_CODE: Final = re.compile(r"\d{6}")
_PREFIX: Final = re.compile(r"[A-Z]{2,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A district, county or county-level city, by its GB/T 2260 code.

    ``short_*`` are the names without "district" or "county"; ``aliases`` are other spellings people use.
    ``census_2020_count`` is its residents at the 2020 census. ``label_at`` is the middle of the largest
    circle that fits into the outline: always inside, far from every border.
    """

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    census_2020_count: int
    outline: Outline
    aliases: tuple[str, ...] = ()
    label_at: LonLat = field(init=False)

    def __post_init__(self) -> None:
        if not _UNIT_CODE.fullmatch(self.code):
            raise InvalidValue(f"A unit's code is six digits, not {self.code!r}.", field="code", code="unit_code")
        if self.outline.is_empty or not self.outline.is_valid:
            raise InvalidValue(f"The outline of {self.code} is no valid polygon.", field="outline", code="outline")
        if self.census_2020_count < 0:
            raise InvalidValue("A census total is not negative.", field="census_2020_count", code="out_of_range")
        radius = shapely.maximum_inscribed_circle(self.outline)
        lon, lat = radius.coords[0]
        object.__setattr__(self, "label_at", LonLat(round(lon, LABEL_DECIMALS), round(lat, LABEL_DECIMALS)))

    def name(self, language: str) -> str:
        """The name in ``language``: Chinese for any zh-*, else English."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Town:
    """A street, town, township or farm below a unit: a name and a nine-digit code, no outline."""

    code: str
    name_zh: str
    unit_code: str


class SettlementRole(StrEnum):
    """What sort of built-up area a settlement stands for."""

    URBAN = "urban"
    TOWN = "town"
    FREIGHT = "freight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Roughly where people of a unit live or work, for sample data and modelled demand only.

    ``share`` is its weight among the settlements of its unit; ``spread_m`` the distance over which it
    thins out to 1/e, metres.
    """

    unit_code: str
    at: LonLat
    share: float
    spread_m: float
    role: SettlementRole = SettlementRole.URBAN

    def __post_init__(self) -> None:
        if not (self.share > 0 and self.spread_m > 0):
            raise InvalidValue("A settlement's share and spread are above 0.", field="settlements", code="out_of_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One city: what a folder of ``geodata/places/`` says, ready to be asked.

    ``units`` are in the order of their codes. ``bbox`` is computed from their outlines. ``center`` and
    ``default_zoom`` are where a map starts. ``name_prefixes`` are the words people write before a unit's
    name (the city, the province).
    """

    id: str
    name_zh: str
    name_en: str
    code_prefix: str
    timezone: ZoneInfo
    units: tuple[Unit, ...]
    center: LonLat
    default_zoom: int
    towns: tuple[Town, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    name_prefixes: tuple[str, ...] = ()
    outline_credit_zh: str = ""
    outline_credit_en: str = ""
    bbox: BBox = field(init=False)
    plane: LocalPlane = field(init=False, repr=False, compare=False)
    _names: Mapping[str, Unit] = field(init=False, repr=False, compare=False)
    _flat_outlines: tuple[Outline, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        bounds = shapely.total_bounds([unit.outline for unit in self.units])
        bbox = BBox(*(float(edge) for edge in bounds))
        plane = LocalPlane(bbox.center)
        flat = tuple(plane.flatten(unit.outline) for unit in self.units)
        for unit, flat_outline in zip(self.units, flat, strict=True):
            shapely.prepare(unit.outline)
            shapely.prepare(flat_outline)
        object.__setattr__(self, "bbox", bbox)
        object.__setattr__(self, "plane", plane)
        object.__setattr__(self, "_flat_outlines", flat)
        object.__setattr__(self, "_names", _name_table(self.units))

    def _check(self) -> None:
        if not _PREFIX.fullmatch(self.code_prefix):
            raise InvalidValue("A code prefix is 2 to 6 capital letters.", field="code_prefix", code="prefix")
        codes = [unit.code for unit in self.units]
        if not codes or codes != sorted(set(codes)):
            raise InvalidValue("A place's units are in the order of their codes, once each.", field="units")
        named = {town.unit_code for town in self.towns} | {settlement.unit_code for settlement in self.settlements}
        strangers = named - set(codes)
        if strangers:
            raise InvalidValue(f"No such unit: {', '.join(sorted(strangers))}.", field="unit_code", code="unknown_unit")
        if not 1 <= self.default_zoom <= 20:
            raise InvalidValue("The default zoom is 1 to 20.", field="default_zoom", code="out_of_range")

    def name(self, language: str) -> str:
        """The name in ``language``: Chinese for any zh-*, else English."""
        return self.name_zh if language.startswith("zh") else self.name_en

    def outline_credit(self, language: str) -> str:
        """Whose outlines these are, in a few words for pages; empty where the folder does not say."""
        return self.outline_credit_zh if language.startswith("zh") else self.outline_credit_en

    def unit(self, code: str) -> Unit:
        """The unit of that code; raises InvalidValue when there is none."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise InvalidValue(f"{self.name_en} has no unit {code!r}.", field="district", code="unknown_unit")

    def unit_named(self, text: str) -> Unit | None:
        """The unit people mean by ``text``: code, full or short name, in Chinese or English, city before it or not."""
        wanted = _plain(text)
        for prefix in ("", *sorted((_plain(prefix) for prefix in self.name_prefixes), key=len, reverse=True)):
            unit = self._names.get(wanted.removeprefix(prefix)) if wanted.startswith(prefix) else None
            if unit:
                return unit
        return None

    def towns_of(self, unit_code: str) -> tuple[Town, ...]:
        """The towns of one unit, by code."""
        return tuple(town for town in self.towns if town.unit_code == unit_code)

    def contains(self, point: LonLat) -> bool:
        """Whether the point belongs to one of the units; see the module's rule."""
        return self.district_of(point) is not None

    def district_of(self, point: LonLat) -> str | None:
        """The code of the unit the point belongs to; None outside the city."""
        return self.districts_of([point.lon], [point.lat])[0]

    def districts_of(self, lon: ArrayLike, lat: ArrayLike) -> list[str | None]:
        """The unit of each point, shape (n,) of longitudes and latitudes; NaN points have none."""
        lon_deg, lat_deg = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        rows = np.full(lon_deg.shape, -1)
        usable = np.isfinite(lon_deg) & np.isfinite(lat_deg)
        for row, unit in reversed(list(enumerate(self.units))):
            inside = np.zeros(lon_deg.shape, dtype=bool)
            inside[usable] = shapely.intersects_xy(unit.outline, lon_deg[usable], lat_deg[usable])
            rows[inside] = row
        left = usable & (rows < 0)
        if left.any():
            rows[left] = self._nearest_within_snap(lon_deg[left], lat_deg[left])
        return [None if row < 0 else self.units[row].code for row in rows]

    def _nearest_within_snap(self, lon_deg: Floats, lat_deg: Floats) -> NDArray[np.int64]:
        """The row of the nearest unit within SNAP_M of each point, else -1."""
        x_m, y_m = self.plane.to_xy_m(lon_deg, lat_deg)
        rows = np.full(lon_deg.shape, -1)
        best_m = np.full(lon_deg.shape, np.inf)
        finite = np.isfinite(x_m) & np.isfinite(y_m)
        points = np.asarray(shapely.points(np.where(finite, x_m, 0.0), np.where(finite, y_m, 0.0)))
        for row, outline in enumerate(self._flat_outlines):
            near = finite & shapely.dwithin(outline, points, SNAP_M)
            distance_m = np.full(lon_deg.shape, np.inf)
            distance_m[near] = shapely.distance(outline, points[near])
            nearer = distance_m < best_m
            rows[nearer], best_m[nearer] = row, distance_m[nearer]
        return rows


def _plain(text: str) -> str:
    """A name without the differences of typing: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _name_table(units: tuple[Unit, ...]) -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for unit in units:
        for name in (unit.code, unit.name_zh, unit.name_en, unit.short_zh, unit.short_en, *unit.aliases):
            if table.setdefault(_plain(name), unit) is not unit:
                raise InvalidValue(f"Two units are called {name!r}.", field="units", code="repeated_name")
    return table
