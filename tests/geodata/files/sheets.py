"""Making the files that the tests read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from geodata.coordinates import Crs
from geodata.files import StationDraft, StationSheet, read_station_sheet

TODAY = date(2026, 11, 18)


def csv_file(folder: Path, *rows: Sequence[object], encoding: str = "utf-8", separator: str = ",") -> Path:
    """A CSV file of the rows, headings first."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text_file(folder, text.getvalue(), encoding=encoding)


def text_file(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "stations.csv") -> Path:
    """A file of just this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, *rows: Sequence[object], merged: Sequence[str] = (), title: str = "名单") -> Path:
    """A workbook with one sheet of the rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    path = folder / "stations.xlsx"
    book.save(path)
    return path


def geojson_file(folder: Path, *features: object, **members: Any) -> Path:
    """A FeatureCollection of the features."""
    document = {"type": "FeatureCollection", "features": list(features)} | members
    return text_file(folder, json.dumps(document, ensure_ascii=False), name="stations.geojson")


def feature(properties: Mapping[str, Any], coordinates: Sequence[object] | None = None) -> dict[str, Any]:
    """A feature at a point, or without one."""
    geometry = None if coordinates is None else {"type": "Point", "coordinates": list(coordinates)}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def read(path: Path, crs: Crs | None = None) -> StationSheet:
    """The file, read on the tests' day."""
    return read_station_sheet(path, crs, TODAY)


def only_draft(path: Path) -> StationDraft:
    """The draft of the one good row in the file."""
    (draft,) = read(path).drafts
    return draft


def codes(sheet: StationSheet) -> list[tuple[int, str]]:
    """Line and code of every problem, in order."""
    return [(problem.line, problem.code) for problem in sheet.problems]
