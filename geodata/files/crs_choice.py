"""Which coordinate system a file's coordinates are in, and whether they look like another.

The order of belief: what the caller says; what a row says of itself; what the headings of the coordinates say;
what the file declares (GeoPackage, GeoJSON); what a title above the headings says; else WGS-84, the only
system with a standard behind it. Most Chinese lists that say nothing hold GCJ-02, but to guess that in
silence would move every station of a list that was surveyed by GPS; so the report always names the
system and the reason, and ``looks_like_another`` compares with the city and with stations already known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from geodata.coordinates import Crs, Floats, convert, great_circle_m
from geodata.files.crs_words import crs_in_words
from geodata.files.headers import Columns
from geodata.files.table import SourceTable
from geodata.places import Place

CRS_NAMES: Final = {Crs.WGS84: "WGS-84", Crs.GCJ02: "GCJ-02", Crs.BD09: "BD-09"}


class CrsReason(StrEnum):
    """Why a coordinate system was believed."""

    ASKED = "asked"
    HEADINGS = "headings"
    DECLARED = "declared"
    TITLE = "title"
    FORMAT = "format"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class CrsChoice:
    """The system used where a row names none; ``contradicted`` is what the file says against the caller."""

    crs: Crs
    reason: CrsReason
    contradicted: Crs | None = None


def choose_crs(table: SourceTable, columns: Columns, asked: Crs | None) -> CrsChoice:
    """The coordinate system of the file's coordinates."""
    stated = _stated(table, columns)
    if asked is not None:
        against = stated.crs if stated and stated.crs is not asked else None
        return CrsChoice(asked, CrsReason.ASKED, against)
    if stated is not None:
        return stated
    has_geometry = any(row.geometry is not None for row in table.rows)
    return CrsChoice(Crs.WGS84, CrsReason.FORMAT if has_geometry else CrsReason.ASSUMED)


def _stated(table: SourceTable, columns: Columns) -> CrsChoice | None:
    if columns.position_crs is not None:
        return CrsChoice(columns.position_crs, CrsReason.HEADINGS)
    if table.declared_crs is not None:
        return CrsChoice(table.declared_crs, CrsReason.DECLARED)
    titled = crs_in_words(" ".join(table.titles))
    return CrsChoice(titled, CrsReason.TITLE) if titled is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCrs:
    """Another system the points fit better, by one of two counts.

    ``inside_share`` pairs the share of points inside the city as used and under the other system;
    ``known_m`` the median distance to the known station of the same name, likewise.
    """

    crs: Crs
    inside_share: tuple[float, float] | None = None
    known_m: tuple[float, float] | None = None


_CLEAR_SHARE: Final = 0.1
_NEAR_M: Final = 120.0
_TIMES_NEARER: Final = 3.0


def looks_like_another(
    given: Floats, used: Crs, place: Place, pairs: Sequence[tuple[int, float, float]]
) -> OtherCrs | None:
    """The other system the given points fit clearly better, if any.

    Parameters
    ----------
    given
        Coordinates as written in the file, degrees, shape (n, 2), longitude first.
    used
        The system they were read in.
    pairs
        Rows of ``given`` beside the WGS-84 position of the one known station of the same name.
    """
    if len(given) == 0:
        return None
    others = [crs for crs in Crs if crs is not used]
    known = _known_m(given, used, pairs)
    nearest = min(others, key=lambda crs: _known_m(given, crs, pairs))
    if pairs and _known_m(given, nearest, pairs) <= min(_NEAR_M, known / _TIMES_NEARER):
        return OtherCrs(crs=nearest, known_m=(known, _known_m(given, nearest, pairs)))
    share = _inside_share(given, used, place)
    best = max(others, key=lambda crs: _inside_share(given, crs, place))
    if _inside_share(given, best, place) >= share + _CLEAR_SHARE:
        return OtherCrs(crs=best, inside_share=(share, _inside_share(given, best, place)))
    return None


def _inside_share(given: Floats, crs: Crs, place: Place) -> float:
    lon, lat = convert(given[:, 0], given[:, 1], crs, Crs.WGS84)
    return float(np.mean([district is not None for district in place.districts_of(lon, lat)]))


def _known_m(given: Floats, crs: Crs, pairs: Sequence[tuple[int, float, float]]) -> float:
    """The median distance to the known station of the same name if the points were in ``crs``, metres."""
    if not pairs:
        return float("inf")
    rows = np.array([row for row, _lon, _lat in pairs])
    known = np.array([(lon, lat) for _row, lon, lat in pairs])
    lon, lat = convert(given[rows, 0], given[rows, 1], crs, Crs.WGS84)
    return float(np.median(great_circle_m(lon, lat, known[:, 0], known[:, 1])))
