"""Which system of coordinates a sheet's points fit: how many lie in the city, how many where a known station is.

It is counted for each system over the same rows, so that a person can choose; nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import Crs, Floats, LonLat, convert, great_circle_m
from geodata.errors import InvalidValue
from geodata.files import StationDraft
from geodata.places import Place
from geodata.stations.duplicates import normalised_name
from geodata.stations.station import Station

NEAR_M: Final = 150.0
"""How near a row must lie to the known station of its name to speak for a system."""
_CLEAR: Final = 0.2
"""How much larger the share of rows that fit must be, for a system to be the clear one."""


@dataclass(frozen=True, slots=True)
class CrsFit:
    """How the rows lie if they are in ``crs``; ``points`` are WGS-84, of all rows that have coordinates."""

    crs: Crs
    inside_count: int
    near_count: int
    median_m: float | None
    points: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class CloseUp:
    """One row in each system, in the order of `Crs`, beside the known station of its name."""

    name: str
    known: LonLat
    spots: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class CrsCheck:
    """The fit of each system. ``pair_count`` rows have the name of just one known station that is placed."""

    fits: tuple[CrsFit, ...]
    point_count: int
    pair_count: int
    close_up: CloseUp | None = None

    @property
    def clear(self) -> Crs | None:
        """The system that fits clearly better than the others, if one does."""
        if self.pair_count:
            return _clear([(fit.near_count, fit.crs) for fit in self.fits], self.pair_count)
        return _clear([(fit.inside_count, fit.crs) for fit in self.fits], self.point_count) if self.fits else None

    def fit(self, crs: Crs) -> CrsFit:
        """How the rows lie in that system."""
        return next(fit for fit in self.fits if fit.crs is crs)


def check_crs(drafts: Sequence[StationDraft], place: Place, known: Iterable[Station]) -> CrsCheck:
    """Count for each system how the drafts' coordinates, as they are written, fit the city and its stations."""
    placed = [draft for draft in drafts if draft.given is not None]
    if not placed:
        return CrsCheck((), 0, 0)
    written = np.array([(draft.given.lon, draft.given.lat) for draft in placed if draft.given])
    pairs = _pairs(placed, known)
    rows = np.array([row for row, _point in pairs], dtype=int)
    beside = np.array([(point.lon, point.lat) for _row, point in pairs]).reshape(-1, 2)
    fits: list[CrsFit] = []
    spots: dict[Crs, Floats] = {}
    for crs in Crs:
        lon, lat = convert(written[:, 0], written[:, 1], crs, Crs.WGS84)
        spots[crs] = np.column_stack((lon, lat))
        inside_count = sum(district is not None for district in place.districts_of(lon, lat))
        apart_m = great_circle_m(lon[rows], lat[rows], beside[:, 0], beside[:, 1])
        fits.append(
            CrsFit(
                crs,
                inside_count,
                int(np.count_nonzero(apart_m <= NEAR_M)),
                float(np.median(apart_m)) if len(pairs) else None,
                tuple(point for spot in zip(lon, lat, strict=True) if (point := _point(*spot)) is not None),
            )
        )
    return CrsCheck(tuple(fits), len(placed), len(pairs), _close_up(placed, pairs, spots))


def _clear(counts: list[tuple[int, Crs]], of_count: int) -> Crs | None:
    (best, crs), (second, _other) = sorted(counts, key=lambda pair: -pair[0])[:2]
    return crs if best - second >= max(_CLEAR * of_count, 1) else None


def _pairs(drafts: Sequence[StationDraft], known: Iterable[Station]) -> list[tuple[int, LonLat]]:
    """The rows that have the name of just one known station, with where that is."""
    wanted = {normalised_name(draft.name) for draft in drafts}
    named: dict[str, list[Station]] = {}
    for station in known:
        name = normalised_name(station.name)
        if name in wanted and not station.is_sample:
            named.setdefault(name, []).append(station)
    return [
        (row, found[0].position.point)
        for row, draft in enumerate(drafts)
        if len(found := named.get(normalised_name(draft.name), [])) == 1 and found[0].position
    ]


def _close_up(
    drafts: Sequence[StationDraft], pairs: Sequence[tuple[int, LonLat]], spots: Mapping[Crs, Floats]
) -> CloseUp | None:
    """The row that comes nearest to its station in any system: the others then show how far off they are.

    ``spots`` are the rows' WGS-84 positions for each system, shape (n, 2).
    """
    if not pairs:
        return None
    rows = np.array([row for row, _known in pairs])
    beside = np.array([(known.lon, known.lat) for _row, known in pairs])
    apart_m = [great_circle_m(*spots[crs][rows].T, *beside.T) for crs in Crs]
    row, known = pairs[int(np.argmin(np.min(apart_m, axis=0)))]
    shown = [_point(*spots[crs][row]) for crs in Crs]
    held = tuple(spot for spot in shown if spot is not None)
    return CloseUp(drafts[row].name, known, held) if len(held) == len(shown) else None


def _point(lon: float, lat: float) -> LonLat | None:
    try:
        return LonLat(float(lon), float(lat))
    except InvalidValue:
        return None
