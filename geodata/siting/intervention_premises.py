"""Lists of premises that could host a station (banks, fuel stations …): a name and a place a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from geodata.coordinates import Crs, convert
from geodata.demand.headings import COORDINATES, LAT, LON, meanings_of
from geodata.demand.shape_tables import ShapeRow, ShapeTable, read_shape_table
from geodata.errors import InvalidValue, UnreadableFile
from geodata.files.cells import text_of
from geodata.files.messages import Message, RowProblem, UnreadCell
from geodata.files.positions import GivenPoint, point_of_pair, point_of_text
from geodata.places import Place
from geodata.stations.station import MAX_NAME_CHARS, check_text

MOST_PREMISES: Final = 5000
_NAME_WORDS: Final = ("名称", "网点名称", "机构名称", "站点名称", "店名", "单位名称", "name", "名字", "title")


@dataclass(frozen=True, slots=True)
class Premises:
    """One place that could host a station: the row it stands in, WGS-84 degrees, the district it lies in."""

    line: int
    name: str
    lon: float
    lat: float
    district_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisesList:
    """What a file holds; rows that cannot be used are in ``problems``. ``crs`` is what they were read as."""

    premises: tuple[Premises, ...]
    problems: tuple[RowProblem, ...]
    crs: Crs


def read_premises(path: Path, place: Place, crs: Crs | None = None) -> PremisesList:
    """Read a .csv, .xlsx, .geojson or .gpkg file; without ``crs``, as the file says, else WGS-84.

    Raises
    ------
    UnreadableFile
        It is not what its ending says, has no column of names, or says nowhere where the rows lie.
    """
    table = read_shape_table(path, max_rows=MOST_PREMISES + 30)
    name_column = _name_column(table.columns)
    at = {meaning: index for index, meaning in meanings_of(table.columns).items()}
    if name_column is None:
        raise UnreadableFile("No column holds names; head it “name”.", "没有名称列；请把列标题写成“名称”。")
    if not table.has_shapes and COORDINATES not in at and not {LON, LAT} <= set(at):
        raise UnreadableFile(
            "No columns hold coordinates; head them “lon” and “lat”.", "没有坐标列；请把列标题写成“经度”“纬度”。"
        )
    system = crs or table.declared_crs or Crs.WGS84
    problems, found = list(table.problems), []
    for row in table.rows[:MOST_PREMISES]:
        try:
            found.append((row.line, _name(row, name_column), _point(row, table, at)))
        except UnreadCell as refusal:
            problems.append(_problem(row.line, refusal.code, refusal.message))
    if len(table.rows) > MOST_PREMISES:
        too_many = Message(f"只读取前 {MOST_PREMISES} 行。", f"Only the first {MOST_PREMISES} rows are read.")
        problems.append(_problem(table.rows[MOST_PREMISES].line, "too_many", too_many))
    inside, outside = _inside(found, system, place)
    return PremisesList(premises=inside, problems=(*problems, *outside), crs=system)


def _name_column(columns: Sequence[str]) -> int | None:
    plain = ["".join(name.split()).lower() for name in columns]
    return next((plain.index(word) for word in _NAME_WORDS if word in plain), None) if plain else None


def _name(row: ShapeRow, column: int) -> str:
    name = " ".join(text_of(row.cells[column]).split()) if column < len(row.cells) else ""
    if not name:
        raise UnreadCell("empty", Message("没有名称。", "The name is missing."))
    try:
        check_text("name", name, MAX_NAME_CHARS)
    except InvalidValue as refusal:
        raise UnreadCell(refusal.code, Message("名称太长或有无法显示的字符。", str(refusal))) from refusal
    return name


def _point(row: ShapeRow, table: ShapeTable, at: dict[str, int]) -> GivenPoint:
    if table.has_shapes:
        shape = row.shape
        usable = shape is not None and not shape.is_empty and bool(np.isfinite(shape.centroid.coords[0]).all())
        point = GivenPoint(shape.centroid.x, shape.centroid.y) if shape is not None and usable else None
    elif LON in at and LAT in at:
        point = point_of_pair(row.cells[at[LON]], row.cells[at[LAT]])
    else:
        point = point_of_text(row.cells[at[COORDINATES]])
    if point is None:
        raise UnreadCell("no_position", Message("没有坐标。", "There are no coordinates."))
    if abs(point.lon) > 180 or abs(point.lat) > 90:
        raise UnreadCell("out_of_range", Message("坐标不在地球上。", "That is no place on Earth."))
    return point


def _inside(
    found: Sequence[tuple[int, str, GivenPoint]], crs: Crs, place: Place
) -> tuple[tuple[Premises, ...], list[RowProblem]]:
    given = np.array([(point.lon, point.lat) for _line, _name, point in found], dtype=np.float64).reshape(-1, 2)
    lon, lat = convert(given[:, 0], given[:, 1], crs, Crs.WGS84)
    units = place.districts_of(lon, lat) if len(found) else []
    kept, outside = [], []
    for (line, name, _point), unit, east, north in zip(found, units, lon.tolist(), lat.tolist(), strict=True):
        if unit is None:
            outside.append(_problem(line, "outside", Message("不在本市范围内。", "It lies outside the city.")))
        else:
            kept.append(Premises(line, name, round(east, 6), round(north, 6), unit))
    return tuple(kept), outside


def _problem(line: int, code: str, message: Message) -> RowProblem:
    return RowProblem(line=line, column="", value="", code=code, message=message)
