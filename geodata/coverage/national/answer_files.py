"""A country's coverage as files: uncovered workers by cell as GeoJSON and CSV, and a summary as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import h3
import numpy as np
from shapely.geometry import mapping

from geodata.coverage.cells import outline_of
from geodata.coverage.national.answer import NationalCoverage
from geodata.files.csv_out import csv_bytes

CELLS_CSV: Final = "uncovered.csv"
CELLS_GEOJSON: Final = "uncovered.geojson"
SUMMARY: Final = "summary.json"
_DECIMALS: Final = 3
_DEGREE_DECIMALS: Final = 5

COLUMNS: Final = (
    "cell",
    "lon",
    "lat",
    "points",
    "workers",
    "covered_low",
    "covered_high",
    "uncovered_low",
    "uncovered_high",
    "covered_low_share",
    "covered_high_share",
)


def cell_rows(answer: NationalCoverage) -> list[dict[str, Any]]:
    """One row a cell with demand, those with most surely uncovered workers first, then by cell.

    ``covered_low`` takes stations of unknown hours as shut, ``covered_high`` as open; *uncovered* is what is left.
    """
    found = answer.by_cell
    order = np.lexsort((found.cells, -(found.workers - found.high)))
    return [_row(answer, int(place)) for place in order]


def _row(answer: NationalCoverage, place: int) -> dict[str, Any]:
    found = answer.by_cell
    workers, low, high = (float(values[place]) for values in (found.workers, found.low, found.high))
    cell = h3.int_to_str(int(found.cells[place]))
    lat, lon = h3.cell_to_latlng(cell)
    numbers = {
        "workers": workers,
        "covered_low": low,
        "covered_high": high,
        "uncovered_low": max(workers - high, 0.0),
        "uncovered_high": max(workers - low, 0.0),
    }
    return {
        "cell": cell,
        "lon": round(lon, _DEGREE_DECIMALS),
        "lat": round(lat, _DEGREE_DECIMALS),
        "points": int(found.points[place]),
        **{name: round(value, _DECIMALS) for name, value in numbers.items()},
        "covered_low_share": round(low / workers, 6) if workers else None,
        "covered_high_share": round(high / workers, 6) if workers else None,
    }


def totals_of(answer: NationalCoverage) -> dict[str, Any]:
    """The country as a whole; distances are those to the nearest surely open station."""
    total = answer.total
    return {
        "points": total.points_count,
        "cells": len(answer.by_cell.cells),
        "workers": total.workers,
        "covered_low": total.low,
        "covered_high": total.high,
        "covered_low_share": total.low / total.workers if total.workers else None,
        "covered_high_share": total.high / total.workers if total.workers else None,
        "distance_m": {f"p{percent}": total.quantile_m(percent / 100) for percent in (50, 75, 90, 95)},
        "distance_m_exact_to": total.bin_m,
    }


def write_answer(folder: Path, answer: NationalCoverage, about: Mapping[str, Any], origin: str) -> list[Path]:
    """Write the three files; ``origin`` says in both tables where the data are from, or that they are invented."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = cell_rows(answer)
    summary = {"origin": origin, **about, "result": totals_of(answer)}
    table = csv_bytes((*COLUMNS, "origin"), ([*(row[name] for name in COLUMNS), origin] for row in rows))
    (folder / CELLS_CSV).write_bytes(table)
    (folder / CELLS_GEOJSON).write_text("".join(_geojson(rows, origin)), encoding="utf-8")
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [folder / name for name in (SUMMARY, CELLS_GEOJSON, CELLS_CSV)]


def _geojson(rows: list[dict[str, Any]], origin: str) -> Iterator[str]:
    """The cells' outlines in WGS-84, longitude first."""
    yield f'{{"type": "FeatureCollection", "origin": {json.dumps(origin, ensure_ascii=False)}, "features": [\n'
    for number, row in enumerate(rows):
        feature = {
            "type": "Feature",
            "id": row["cell"],
            "properties": row,
            "geometry": mapping(outline_of([row["cell"]])),
        }
        yield (",\n" if number else "") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"
