"""A made-up country to try national size on: a place of plain rectangles, and any number of stations in it.

The frame lies well inside the real China, so that positions, projections and coordinate offsets are those of
real work; nothing else about it is real. Its units are the squares of a grid, not counties, with codes (99….) that no
register uses; towns stand where chance has put them, and every station is marked as a sample.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from geodata.coordinates import PUBLISHED_DECIMALS, Floats
from geodata.places import Place, Unit
from geodata.sample.facts import draw_facts
from geodata.sample.hours import SORT_WEIGHTS, draw_hours
from geodata.sample.seed import streams
from geodata.sample.services import draw_services
from geodata.sample.stations import KIND_COUNTS, SAMPLE_SOURCE, STATION_NAMES
from geodata.stations.ordering import Rows
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind

WEST_DEG: Final = 100.0
SOUTH_DEG: Final = 25.0
SIDE_DEG: Final = 3.0
COLUMNS_COUNT: Final = 6
ROWS_COUNT: Final = 5

STATIONS_A_TOWN: Final = 250
"""On average; the largest town has many times that, as cities do."""
_LEAST_TOWNS: Final = 40
_RANK_EXPONENT: Final = 0.8
_SPREAD_KM: Final = (2.0, 9.0)
_KM_A_DEGREE: Final = 111.195
_EDGE_DEG: Final = 0.02
_CLOSED_SHARE: Final = 0.03

_SOURCES: Final = """# Sources

Nothing here is taken from anywhere: the outlines are the squares of a grid, the names, codes and numbers of residents
are invented to try the software at national size. It is no map of any country.
"""


def write_country(folder: Path) -> None:
    """Write the place's folder (geodata.places.folder says what is in one)."""
    folder.mkdir(parents=True, exist_ok=True)
    squares = [(row, column) for row in range(ROWS_COUNT) for column in range(COLUMNS_COUNT)]
    facts = {
        "name_zh": "示例国土",
        "name_en": "Sample country",
        "code_prefix": "SC",
        "timezone": "Asia/Shanghai",
        "map": {
            "center": [WEST_DEG + COLUMNS_COUNT * SIDE_DEG / 2, SOUTH_DEG + ROWS_COUNT * SIDE_DEG / 2],
            "zoom": 5,
        },
        "units": [_unit(number) for number in range(1, len(squares) + 1)],
    }
    outlines = {
        "type": "FeatureCollection",
        "features": [_outline(number, *square) for number, square in enumerate(squares, start=1)],
    }
    (folder / "place.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "units.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    (folder / "SOURCES.md").write_text(_SOURCES, encoding="utf-8")


def _unit(number: int) -> dict[str, Any]:
    return {
        "code": _unit_code(number),
        "name_zh": f"示例{number:02d}区",
        "name_en": f"Sample area {number:02d}",
        "short_zh": f"示例{number:02d}",
        "short_en": f"Area {number:02d}",
        "census_2020_count": 1_000_000,
    }


def _unit_code(number: int) -> str:
    return f"9900{number:02d}"


def _outline(number: int, row: int, column: int) -> dict[str, Any]:
    west, south = WEST_DEG + column * SIDE_DEG, SOUTH_DEG + row * SIDE_DEG
    east, north = west + SIDE_DEG, south + SIDE_DEG
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": _unit_code(number)},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """Where the stations stand: degrees, and the row of the unit each lies in."""

    lon: Floats
    lat: Floats
    unit_rows: Rows


def country_stations(place: Place, count: int, seed: int) -> Iterator[Station]:
    """``count`` sample stations by code; the same for the same count and seed. One in 33 is closed for a while."""
    spots_rng, kinds_rng, hours_rng, services_rng, facts_rng = streams(seed, 5)
    spots = _spots(count, spots_rng)
    kinds = list(KIND_COUNTS)
    weights = np.array([KIND_COUNTS[kind] for kind in kinds]) / sum(KIND_COUNTS.values())
    chosen = kinds_rng.choice(len(kinds), count, p=weights)
    sorts = {kind: list(SORT_WEIGHTS[kind]) for kind in kinds}
    shares = {kind: np.array(list(SORT_WEIGHTS[kind].values())) / sum(SORT_WEIGHTS[kind].values()) for kind in kinds}
    is_closed = kinds_rng.random(count) < _CLOSED_SHARE
    for row in range(count):
        kind = kinds[int(chosen[row])]
        sort = sorts[kind][int(hours_rng.choice(len(sorts[kind]), p=shares[kind]))]
        facts = draw_facts(facts_rng, kind, sort)
        unit = place.units[int(spots.unit_rows[row])]
        yield Station(
            **_identity(place, unit, kind, row + 1),
            position=Position.wgs84(float(spots.lon[row]), float(spots.lat[row]), facts.accuracy),
            entry_methods=facts.entry_methods,
            entry_note=facts.entry_note,
            services=draw_services(services_rng, kind, facts.verified.on if facts.verified else None),
            hours=draw_hours(hours_rng, sort),
            build_mode=facts.build_mode,
            host_type=facts.host_type,
            capacity_count=facts.capacity_count,
            area_m2=facts.area_m2,
            life_cycle=LifeCycle.TEMPORARILY_CLOSED if is_closed[row] else LifeCycle.ACTIVE,
            awards=facts.awards,
            last_verified=facts.verified,
        )


def _identity(place: Place, unit: Unit, kind: StationKind, number: int) -> dict[str, Any]:
    name_zh, name_en = STATION_NAMES[kind]
    return {
        "code": f"{place.code_prefix}-S{number:06d}",
        "kind": kind,
        "name": f"{name_zh}·{unit.short_zh}{number:06d}",
        "name_en": f"{name_en} {unit.short_en} {number:06d}",
        "address": f"{unit.name_zh}(示例地址)",
        "district_code": unit.code,
        "source": SAMPLE_SOURCE,
        "is_sample": True,
    }


def _spots(count: int, rng: np.random.Generator) -> _Spots:
    """Towns of very different size, each dense in the middle; nobody stands outside the frame."""
    towns_count = max(_LEAST_TOWNS, count // STATIONS_A_TOWN)
    high, wide = ROWS_COUNT * SIDE_DEG, COLUMNS_COUNT * SIDE_DEG
    town_lon = WEST_DEG + rng.uniform(0.3, wide - 0.3, towns_count)
    town_lat = SOUTH_DEG + rng.uniform(0.3, high - 0.3, towns_count)
    sizes = np.arange(1, towns_count + 1, dtype=np.float64) ** -_RANK_EXPONENT
    spread_km = _SPREAD_KM[0] + (_SPREAD_KM[1] - _SPREAD_KM[0]) * sizes
    of_town = rng.choice(towns_count, count, p=sizes / sizes.sum())
    distance_km = rng.gamma(2.0, spread_km[of_town])
    direction = rng.uniform(0.0, 2 * np.pi, count)
    lat = town_lat[of_town] + distance_km * np.sin(direction) / _KM_A_DEGREE
    lon = town_lon[of_town] + distance_km * np.cos(direction) / _KM_A_DEGREE / np.cos(np.radians(lat))
    lon = np.clip(lon, WEST_DEG + _EDGE_DEG, WEST_DEG + wide - _EDGE_DEG).round(PUBLISHED_DECIMALS)
    lat = np.clip(lat, SOUTH_DEG + _EDGE_DEG, SOUTH_DEG + high - _EDGE_DEG).round(PUBLISHED_DECIMALS)
    columns = ((lon - WEST_DEG) // SIDE_DEG).astype(np.int64)
    rows = ((lat - SOUTH_DEG) // SIDE_DEG).astype(np.int64)
    return _Spots(lon, lat, rows * COLUMNS_COUNT + columns)
