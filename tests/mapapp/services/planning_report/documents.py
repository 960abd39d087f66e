"""A small answer as a run keeps it, made by hand: eight cells, four stations, two gaps."""

from __future__ import annotations

from typing import Any, Final

import h3

from geodata.places import Place

HOSTILE: Final = '</script><img src=x onerror="window.ran=1">${`x`}$a$=1+1\u202e'
FORMULA: Final = '=HYPERLINK("http://example.invalid","x")'

NIGHT: Final = {
    "need": "",
    "day_low": 0.75,
    "day_high": 0.95,
    "night_low": 0.25,
    "night_high": 0.45,
}
NOBODY: Final = {"day_low": None, "day_high": None, "night_low": None, "night_high": None}


def answer_document(place: Place, *, station_name: str = "东门驿站", gap_name: str = "北部") -> dict[str, Any]:
    """The document; the cells lie round the middle of the place."""
    middle = h3.latlng_to_cell(place.center.lat, place.center.lon, 9)
    cells = [middle, *sorted(set(h3.grid_disk(middle, 2)) - {middle})[:7]]
    units = [unit.code for unit in place.units][:2]
    return {
        "format": 1,
        "question": {"week_of": "2026-11-16", "groups": ["riders"], "within": "1000m", "mode": "walk"},
        "interventions": [],
        "basis": _basis(place),
        "hours_count": 168,
        "headline": tally(8000, 4000, 5000)
        | {
            "workers": 47.6,
            "uncovered_workers_low": 23.8,
            "uncovered_workers_high": 17.9,
        },
        "groups": [tally(8000, 4000, 5000) | {"group": "riders"}],
        "districts": [
            tally(6000, 3600, 4200) | NIGHT | {"code": units[0]},
            tally(2000, 400, 800) | NIGHT | {"code": units[-1], "night_high": 0.85},
            tally(0, 0, 0) | NOBODY | {"code": ""},
        ],
        "towns": [tally(8000, 4000, 5000) | {"cell": h3.cell_to_parent(middle, 7)}],
        "week": _week(),
        "night_gaps": [NIGHT],
        "travel": {
            "low": travel_side(420.0, None, [[1, 0.1], [2, 0.3], [3, 0.6]]),
            "high": travel_side(360.0, 900.0, [[1, 0.2], [2, 0.4], [3, 0.7]]),
            "cut_off_min": 30,
        },
        "gaps": [gap(1, gap_name, units[0], place, [3, 4]), gap(2, "南部", None, place, [6])],
        "stations": _stations(place, station_name, units),
        "single_share_low": 0.75,
        "single_share_high": 0.6,
        "unserved_low": 4300.0,
        "unserved_high": 3900.0,
        "room": _room(),
        "equity": [
            {"of": "room", "line": 6.0, "line_high": 7.0}
            | {f"{name}_{side}": 0.25 for name in ("gini", "palma", "fgt0", "fgt1", "fgt2") for side in ("low", "high")}
        ],
        "sensitivity": [],
        "unreachable": {"points": 1, "worker_hours": 12.0, "stations": ["A3"]},
        "cells": {
            "h3": cells,
            "worker_hours": [1000.0] * 8,
            "covered_low": [1000.0, 1000.0, 1000.0, 0.0, 0.0, 1000.0, 0.0, 0.0],
            "covered_high": [1000.0, 1000.0, 1000.0, 0.0, 0.0, 1000.0, 0.0, 1000.0],
            "room_low": [12.5] * 8,
            "station_low": [0, 0, 0, -1, -1, 1, -1, -1],
        },
        "seconds": 0.42,
    }


def _basis(place: Place) -> dict[str, Any]:
    return {
        "data_revision": 7,
        "code_version": "0123456789abcdef",
        "place": place.id,
        "is_sample": True,
        "is_modelled": True,
        "station_count": 4,
        "counted_count": 3,
        "unknown_hours_count": 1,
        "holidays": "not_used",
        "layers": [
            {
                "name": "sample",
                "title": "样例",
                "groups": ["riders"],
                "origin_zh": "样例数据",
                "origin_en": "sample data",
                "is_sample": True,
                "is_modelled": True,
                "checksum": "c0ffee",
            }
        ],
        "travel": [
            {
                "groups": ["riders"],
                "network": "straight_line",
                "mode": "walk",
                "speed_kmh": 4.8,
                "detour_factor": 1.3,
                "source": None,
                "checksum": None,
                "source_date": None,
                "off_network_kmh": None,
            }
        ],
    }


def _stations(place: Place, name: str, units: list[str]) -> dict[str, Any]:
    return {
        "code": ["A1", "A2", "A3", "N1"],
        "name": [name, FORMULA, "+86 驿站", "拟建一"],
        "kind": ["rest_station", "driver_home", "worker_home", "rest_station"],
        "life_cycle": ["active", "active", "temporarily_closed", "planned"],
        "lon": [place.center.lon, place.center.lon + 0.01, None, place.center.lon - 0.01],
        "lat": [place.center.lat, place.center.lat, None, place.center.lat],
        "district": [units[0], units[0], None, units[-1]],
        "seats": [10, None, 0, 12],
        "counts": [True, True, False, True],
        "is_new": [False, False, False, True],
        "load_low": [3000.0, 500.0, 0.0, 200.0],
        "load_high": [3000.0, 900.0, 0.0, 200.0],
        "peak_low": [40.0, 5.0, 0.0, 3.0],
        "peak_high": [40.0, 8.0, 0.0, 3.0],
        "per_seat_low": [4.0, None, -1, 0.25],
        "per_seat_high": [4.0, None, -1, 0.25],
        "loss_low": [2500.0, 300.0, 0.0, 200.0],
        "loss_high": [2400.0, 500.0, 0.0, 200.0],
        "idle": [False, False, False, False],
    }


def _room() -> dict[str, Any]:
    return {
        "unit": "seats",
        "assumed_seats": 10,
        "assumed_count": 1,
        "bands_min": [5, 10, 15],
        "weights": [1, 0.68, 0.22],
        "mean_low": 12.5,
        "mean_high": 15.0,
        "idle_supply_hours_low": 0.0,
        "idle_supply_hours_high": 0.0,
    }


def _week() -> dict[str, Any]:
    shares = [0.25 + 0.5 * (8 <= hour % 24 < 20) for hour in range(168)]
    return {
        "needs": ["", "toilet"],
        "workers": [50.0] * 168,
        "share_low": [shares, [share / 2 for share in shares]],
        "share_high": [[share + 0.2 for share in shares], [None] * 168],
    }


def tally(whole: float, low: float, high: float) -> dict[str, Any]:
    """Worker-hours with both bounds."""
    shares = (None, None) if not whole else (low / whole, high / whole)
    return {
        "worker_hours": whole,
        "covered_low": low,
        "covered_high": high,
        "share_low": shares[0],
        "share_high": shares[1],
    }


def travel_side(p50_s: float | None, p90_s: float | None, curve: list[list[float]]) -> dict[str, Any]:
    """One bound of the travel times."""
    return {
        "p50_s": p50_s,
        "p90_s": p90_s,
        "mean_s": 300.0,
        "beyond_worker_hours": 3200.0,
        "beyond_share": 0.4,
        "curve": curve,
    }


def gap(rank: int, name: str, district: str | None, place: Place, cells: list[int]) -> dict[str, Any]:
    """A gap of some cells."""
    return {
        "rank": rank,
        "rank_by_workers": rank,
        "name_zh": name,
        "name_en": name,
        "workers": 6.0,
        "worker_hours": 1000.0 * len(cells),
        "perhaps_covered_workers": 0.0,
        "lon": place.center.lon,
        "lat": place.center.lat,
        "district": district,
        "other_districts": [],
        "cells": cells,
    }
