"""The isochrones of an answer along streets: from where each station is reached in time, as pictures for its map.

They are drawn for the fullest stations only, by the way of travelling of the first groups in the answer: each takes a
search through the streets, and hundreds of outlines on one map say no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely

from geodata.coverage.within import Within, WithinUnit
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets
from geodata.travel.street_isochrones import isochrones
from geodata.travel.street_pairs import StreetTravel
from mapapp.services.coverage_document import geometry
from mapapp.services.publish import Json

DRAWN_COUNT: Final = 60
NORM_MIN: Final = 15.0
"""The time of isochrones where the question's limit is in metres."""
_DECIMALS: Final = 5


def isochrone_data(document: Mapping[str, Any], streets: Streets | None) -> Json:
    """The areas of the fullest stations; none where the answer is not along these very streets."""
    travel = _travel_of(document, streets)
    stations = document.get("stations")
    if travel is None or not stations or "peak_high" not in stations:
        return {"isochrones": []}
    rows = _fullest(stations)
    lon, lat = (np.array([stations[name][row] for row in rows], dtype=np.float64) for name in ("lon", "lat"))
    areas = isochrones(travel, lon, lat, within_s=_limit_s(document))
    return {
        "minutes": _limit_s(document) / 60.0,
        "mode": travel.mode.value,
        "isochrones": [
            {"code": stations["code"][row], "geometry": geometry(area, _DECIMALS)}
            for row, area in zip(rows, areas, strict=True)
            if not shapely.is_empty(area)
        ],
    }


def _travel_of(document: Mapping[str, Any], streets: Streets | None) -> StreetTravel | None:
    for way in document["basis"]["travel"]:
        if way["network"] != Network.STREETS or streets is None or way["checksum"] != streets.source.sha256:
            continue
        mode, speed_kmh = TravelMode(way["mode"]), way["speed_kmh"]
        if mode is TravelMode.WALK:
            return StreetTravel(streets=streets, mode=mode, walk_kmh=speed_kmh)
        if mode is TravelMode.EBIKE:
            return StreetTravel(streets=streets, mode=mode, ebike_kmh=speed_kmh)
        return StreetTravel(streets=streets, mode=mode)
    return None


def _fullest(stations: Mapping[str, Any]) -> list[int]:
    placed = [
        row
        for row, lon in enumerate(stations["lon"])
        if lon is not None and stations["counts"][row] and (stations["load_high"][row] or 0) > 0
    ]
    return sorted(placed, key=lambda row: (-(stations["peak_high"][row] or 0), stations["code"][row]))[:DRAWN_COUNT]


def _limit_s(document: Mapping[str, Any]) -> float:
    within = Within.parse(document["question"]["within"])
    return 60.0 * (within.amount if within.unit is WithinUnit.MINUTES else NORM_MIN)
