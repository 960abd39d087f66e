"""What the map of an answer draws, from an answer document: layers that a planner switches on and off.

The first answer has demand, gaps, stations and town-sized cells; catchments and isochrones are fetched when they are
switched on. Cells of one state and density are one shape. No language is in it but names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import numpy as np

from geodata.coverage.cells import outline_of
from mapapp.services.charts.week_heat import heat_level
from mapapp.services.coverage_document import geometry
from mapapp.services.coverage_map_data import CellState, density_limits
from mapapp.services.planning.changed_cells import COVERED_FROM, ChangeLook, looks_of_cells, surely_covered
from mapapp.services.planning.comparing import compared
from mapapp.services.publish import Json

SHOWN_DECIMALS: Final = 5
NO_STATION: Final = -1


class StationLoad(StrEnum):
    """What a station is to the answer."""

    SERVES = "serves"
    UNKNOWN = "unknown"
    IDLE = "idle"
    OUT = "out"


def planning_map_data(document: Mapping[str, Any]) -> Json:
    """The layers drawn first, as far as the document has them."""
    return {
        **(_demand(document) if "cells" in document else {"demand": [], "density_limits": [0, 0]}),
        "gaps": _gaps(document) if "gaps" in document and "cells" in document else [],
        "stations": _stations(document) if "stations" in document else [],
        "towns": _towns(document),
    }


def catchment_data(document: Mapping[str, Any]) -> Json:
    """The cells that go to each station, as one shape a station with its place in the stations."""
    cells, codes = document.get("cells", {}), document.get("stations", {}).get("code", ())
    if "station_low" not in cells:
        return {"catchments": []}
    by_station: dict[int, list[str]] = defaultdict(list)
    for cell, row in zip(cells["h3"], cells["station_low"], strict=True):
        if row != NO_STATION:
            by_station[row].append(cell)
    return {
        "catchments": [
            {"code": codes[row], "tint": row % 6, "geometry": geometry(outline_of(group), SHOWN_DECIMALS)}
            for row, group in sorted(by_station.items())
        ]
    }


def change_data(before: Mapping[str, Any], after: Mapping[str, Any]) -> Json:
    """Cells by what the second changes: newly covered, lost, both (in different hours), or covered as before.

    `changed_cells` says which is which.
    """
    groups: dict[str, list[str]] = {look.value: [] for look in ChangeLook}
    for cell, look in looks_of_cells(before, after, compared(before, after)).items():
        groups[look.value].append(cell)
    return {
        "changes": [
            {"change": name, "geometry": geometry(outline_of(cells), SHOWN_DECIMALS)}
            for name, cells in groups.items()
            if cells
        ],
        "stations": _stations(after),
    }


def _states(cells: Mapping[str, Any]) -> list[CellState]:
    present, high = (np.asarray(cells[name], dtype=float) for name in ("worker_hours", "covered_high"))
    enough = np.maximum(present, 0.0) * COVERED_FROM
    return [
        CellState.COVERED if surely else CellState.UNCERTAIN if perhaps else CellState.UNCOVERED
        for surely, perhaps in zip(surely_covered(cells).tolist(), (high > enough).tolist(), strict=True)
    ]


def _demand(document: Mapping[str, Any]) -> Json:
    cells = document["cells"]
    present = np.asarray(cells["worker_hours"], dtype=float)
    limits = density_limits(present)
    density = np.searchsorted(np.array(limits), present, side="right").tolist()
    groups: dict[tuple[CellState, int], list[str]] = defaultdict(list)
    for cell, state, level, hours in zip(cells["h3"], _states(cells), density, present.tolist(), strict=True):
        if hours > 0:
            groups[state, level].append(cell)
    return {
        "density_limits": [round(limit / document["hours_count"], 3) for limit in limits],
        "demand": [
            {"state": state.value, "density": level, "geometry": geometry(outline_of(group), SHOWN_DECIMALS)}
            for (state, level), group in sorted(groups.items())
        ],
    }


def _gaps(document: Mapping[str, Any]) -> list[Json]:
    h3_cells: Sequence[str] = document["cells"]["h3"]
    return [
        {
            "rank": gap["rank"],
            "name_zh": gap["name_zh"],
            "name_en": gap["name_en"],
            "worker_hours": gap["worker_hours"],
            "workers": gap["workers"],
            "label_at": [gap["lon"], gap["lat"]],
            "geometry": geometry(outline_of([h3_cells[place] for place in gap["cells"]]), SHOWN_DECIMALS),
        }
        for gap in document["gaps"]
    ]


def _stations(document: Mapping[str, Any]) -> list[Json]:
    """The placed stations with their load; ``size`` is the root of the fullest hour over the fullest of all."""
    stations = {**_loads_unknown(len(document["stations"]["code"])), **document["stations"]}
    most = max([1e-9, *(peak or 0.0 for peak in stations["peak_high"])])
    return [
        {
            "code": code,
            "name": stations["name"][row],
            "at": [stations["lon"][row], stations["lat"][row]],
            "state": _load_state(stations, row).value,
            "size": round(((stations["peak_high"][row] or 0.0) / most) ** 0.5, 3),
            "peak": [stations["peak_low"][row], stations["peak_high"][row]],
            "load": [stations["load_low"][row], stations["load_high"][row]],
            "seats": stations["seats"][row],
            "is_new": bool(stations["is_new"][row]),
        }
        for row, code in enumerate(stations["code"])
        if stations["lon"][row] is not None and stations["lat"][row] is not None
    ]


def _loads_unknown(count: int) -> dict[str, list[float | None]]:
    """The columns of loads of an answer that has none yet."""
    return {name: [None] * count for name in ("peak_low", "peak_high", "load_low", "load_high")}


def _load_state(stations: Mapping[str, Any], row: int) -> StationLoad:
    if not stations["counts"][row]:
        return StationLoad.OUT
    if (stations["load_low"][row] or 0) > 0:
        return StationLoad.SERVES
    return StationLoad.UNKNOWN if (stations["load_high"][row] or 0) > 0 else StationLoad.IDLE


def _towns(document: Mapping[str, Any]) -> list[Json]:
    return [
        {
            "level": heat_level(town["share_low"]),
            "share": [town["share_low"], town["share_high"]],
            "worker_hours": town["worker_hours"],
            "geometry": geometry(outline_of([town["cell"]]), SHOWN_DECIMALS),
        }
        for town in document.get("towns", ())
        if town["worker_hours"] > 0
    ]
