"""A file of workers, read row by row: how many of each group are where.

A row counts workers of one or several groups in an average hour of the week, or orders per hour, at a point, along
a line (a sanitation section) or over a polygon. A row that cannot be read whole is left out whole and said: half
of a row would make totals nobody can check.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Crs, convert
from geodata.demand.headings import (
    COORDINATES,
    GROUP,
    GROUP_WORDS,
    LAT,
    LON,
    MEANINGS,
    ORDERS,
    WKT,
    WORKERS,
    meanings_of,
)
from geodata.demand.points import HOURS_A_WEEK
from geodata.demand.shape_limits import is_too_intricate
from geodata.demand.shape_tables import ShapeRow, ShapeTable, broken_shape, read_shape_table
from geodata.errors import InvalidValue, UnreadableFile
from geodata.files.cells import is_blank, number_of, raw_text, text_of
from geodata.files.messages import Message, RowProblem, UnreadCell
from geodata.files.positions import degrees_of, point_of_pair, point_of_text
from geodata.stations.vocabulary import WorkerGroup

MOST_WORKERS_A_ROW: Final = 1_000_000.0
_SHOWN_CHARS: Final = 60
_KINDS: Final = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandReading:
    """How a file of workers is to be read.

    Attributes
    ----------
    columns
        What each column holds, by its index (`headings.MEANINGS`); None takes them by their headings.
    crs
        The system of the coordinates; None takes what the file says, else WGS-84.
    sheet
        The sheet of a workbook; None takes the first with headings.
    only_group
        Whom a column 人数 without a group beside it counts, and whom orders keep busy.
    orders_per_worker_hour
        What turns orders per hour into workers: orders ÷ this. Needed where there are orders.
    hours_a_week
        Where the file counts people on a roster: how long each is out in a week. Workers in an average hour are
        people × hours ÷ 168. None: the file counts workers in an average hour.
    """

    columns: Mapping[int, str] | None = None
    crs: Crs | None = None
    sheet: str | None = None
    only_group: WorkerGroup | None = None
    orders_per_worker_hour: float | None = None
    hours_a_week: float | None = None

    def __post_init__(self) -> None:
        held = list((self.columns or {}).values())
        if set(held) - set(MEANINGS):
            raise InvalidValue("A column holds something unknown.", field="columns", code="columns")
        if len(set(held)) != len(held):
            raise InvalidValue("Two columns are said to hold the same.", field="columns", code="columns_clash")
        _check(self.orders_per_worker_hour, "orders_per_worker_hour", 1000)
        _check(self.hours_a_week, "hours_a_week", HOURS_A_WEEK)

    @property
    def roster_factor(self) -> float:
        """Workers in an average hour for each one counted."""
        return self.hours_a_week / HOURS_A_WEEK if self.hours_a_week is not None else 1.0


def _check(value: float | None, field: str, most: float) -> None:
    if value is not None and not (math.isfinite(value) and 0 < value <= most):
        raise InvalidValue(f"{field} is above 0 and at most {most:g}.", field=field, code="out_of_range")


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One row as understood: its shape in WGS-84, and workers in an average hour by group."""

    line: int
    shape: BaseGeometry
    workers: Mapping[WorkerGroup, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSheet:
    """A file as understood. ``orders_count`` is the sum of orders per hour in the rows taken."""

    rows: tuple[DemandRow, ...]
    problems: tuple[RowProblem, ...]
    row_count: int
    groups: tuple[WorkerGroup, ...]
    crs: Crs
    shape_counts: Mapping[str, int]
    orders_count: float = 0.0

    @property
    def rejected_count(self) -> int:
        """How many rows were left out."""
        return len({problem.line for problem in self.problems if problem.rejects})


Progress = Callable[[int, int], None]


def read_demand_sheet(path: Path, reading: DemandReading, on_progress: Progress | None = None) -> DemandSheet:
    """Read a file of workers as chosen.

    Raises
    ------
    UnreadableFile
        Not what its ending says; no column counts anybody; nothing says where; a factor is missing.
    """
    table = read_shape_table(path, sheet=reading.sheet)
    at = _columns(table, reading)
    _require_whole(table, at, reading)
    reader = _RowReader(table, at, reading)
    taken: list[tuple[int, BaseGeometry, dict[WorkerGroup, float]]] = []
    problems = list(table.problems)
    for done, row in enumerate(table.rows):
        if on_progress is not None:
            on_progress(done, len(table.rows))
        try:
            taken.append((row.line, reader.shape(row), reader.workers(row)))
        except _Refused as refused:
            problems.append(refused.problem)
    crs = reading.crs or table.declared_crs or Crs.WGS84
    shapes = _in_wgs84([shape for _line, shape, _workers in taken], crs)
    rows = tuple(DemandRow(line, shape, workers) for (line, _given, workers), shape in zip(taken, shapes, strict=True))
    kinds = [row.shape.geom_type.removeprefix("Multi").lower() for row in rows]
    return DemandSheet(
        rows=rows,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        row_count=len(table.rows) + len({problem.line for problem in table.problems}),
        groups=reader.groups,
        crs=crs,
        shape_counts={kind: kinds.count(kind) for kind in ("point", "linestring", "polygon") if kind in kinds},
        orders_count=reader.orders_count,
    )


def _columns(table: ShapeTable, reading: DemandReading) -> dict[str, int]:
    chosen = meanings_of(table.columns) if reading.columns is None else reading.columns
    return {meaning: index for index, meaning in chosen.items() if 0 <= index < len(table.columns)}


def _require_whole(table: ShapeTable, at: Mapping[str, int], reading: DemandReading) -> None:
    counted = [group for group in WorkerGroup if group.value in at]
    if not counted and WORKERS not in at and ORDERS not in at:
        raise UnreadableFile(
            "No column says how many workers there are (riders, sanitation, workers, orders per hour …).",
            "没有人数列（外卖骑手、环卫工人、人数、每小时单量……）。",
        )
    if WORKERS in at and GROUP not in at and reading.only_group is None:
        raise UnreadableFile("Say which group of workers the numbers count.", "请说明人数是哪一类劳动者。")
    if ORDERS in at and (reading.orders_per_worker_hour is None or reading.only_group is None):
        raise UnreadableFile(
            "Orders need the group that carries them, and how many orders one of them does in an hour.",
            "有单量时，请说明由哪一类劳动者配送，以及每人每小时完成多少单。",
        )
    if not table.has_shapes and WKT not in at and COORDINATES not in at and not (LON in at and LAT in at):
        raise UnreadableFile(
            "Nothing says where: longitude and latitude, or a column of WKT shapes.",
            "没有位置：需要经度和纬度两列，或一列 WKT 图形。",
        )


class _Refused(Exception):
    """A row that is left out."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _RowReader:
    """Reads the rows of one table."""

    def __init__(self, table: ShapeTable, at: Mapping[str, int], reading: DemandReading) -> None:
        self._table, self._at, self._reading = table, at, reading
        self._counted = {group: at[group.value] for group in WorkerGroup if group.value in at}
        self._seen: set[WorkerGroup] = set(self._counted)
        self.orders_count = 0.0

    @property
    def groups(self) -> tuple[WorkerGroup, ...]:
        """The groups that have a column or were named in a row."""
        return tuple(group for group in WorkerGroup if group in self._seen)

    def workers(self, row: ShapeRow) -> dict[WorkerGroup, float]:
        """Workers in an average hour by group."""
        found = {group: self._count(row, index) for group, index in self._counted.items()}
        held = {group: count for group, count in found.items() if count is not None}
        if WORKERS in self._at and (count := self._count(row, self._at[WORKERS])) is not None:
            group = self._group(row)
            held[group] = held.get(group, 0.0) + count
        people = {group: count * self._reading.roster_factor for group, count in held.items()}
        orders = self._count(row, self._at[ORDERS]) if ORDERS in self._at else None
        carrier, rate = self._reading.only_group, self._reading.orders_per_worker_hour
        if orders is not None and carrier is not None and rate is not None:
            people[carrier] = people.get(carrier, 0.0) + orders / rate
            self.orders_count += orders
        if not people:
            message = Message("这一行没有人数。", "The row has no number of workers.")
            raise _Refused(RowProblem(line=row.line, column="", value="", code="no_count", message=message))
        self._seen.update(people)
        return people

    def shape(self, row: ShapeRow) -> BaseGeometry:
        """The row's shape as given: usable, and of a kind that can be spread."""
        try:
            given = self._given_shape(row)
        except UnreadCell as unread:
            raise self._refused(row, self._place_column(), unread) from None
        if given is None or given.is_empty:
            raise self._nowhere(row)
        flat: BaseGeometry = shapely.force_2d(given)
        if flat.geom_type not in _KINDS:
            message = Message("几何应是点、线或面。", "The geometry should be a point, a line or a polygon.")
            raise _Refused(
                RowProblem(line=row.line, column="geometry", value=flat.geom_type, code="shape_kind", message=message)
            )
        return self._usable(row, flat)

    def _given_shape(self, row: ShapeRow) -> BaseGeometry | None:
        if self._table.has_shapes:
            return row.shape
        if WKT in self._at and not is_blank(row.cells[self._at[WKT]]):
            return self._wkt(row)
        if LON in self._at and LAT in self._at:
            for index in (self._at[LON], self._at[LAT]):
                self._require_degrees(row, index)
            point = point_of_pair(row.cells[self._at[LON]], row.cells[self._at[LAT]])
        elif COORDINATES in self._at:
            point = point_of_text(row.cells[self._at[COORDINATES]])
        else:
            return None
        return Point(point.lon, point.lat) if point is not None else None

    def _require_degrees(self, row: ShapeRow, index: int) -> None:
        """Refuse the row for the very cell that is no number of degrees."""
        try:
            degrees_of(row.cells[index])
        except UnreadCell as unread:
            raise self._refused(row, index, unread) from None

    def _wkt(self, row: ShapeRow) -> BaseGeometry:
        try:
            return shapely.from_wkt(raw_text(row.cells[self._at[WKT]]))
        except shapely.errors.ShapelyError:
            raise _Refused(broken_shape(row.line)) from None

    def _usable(self, row: ShapeRow, shape: BaseGeometry) -> BaseGeometry:
        west, south, east, north = shape.bounds
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            raise _Refused(broken_shape(row.line))
        try:
            point_of_pair(float(west), float(south))
            point_of_pair(float(east), float(north))
        except UnreadCell as unread:
            raise self._refused(row, self._place_column(), unread) from None
        if is_too_intricate(shape):
            message = Message(
                "图形的折点或自相交过多，请简化后再试。", "The shape has too many corners or crosses itself too often."
            )
            raise _Refused(
                RowProblem(
                    line=row.line, column="geometry", value=shape.geom_type, code="too_intricate", message=message
                )
            )
        if shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_valid:
            mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            if mended.is_empty or mended.geom_type not in {"Polygon", "MultiPolygon"}:
                raise _Refused(broken_shape(row.line))
            shape = mended
        size = shape.area if "Polygon" in shape.geom_type else shape.length
        if "Point" not in shape.geom_type and not size > 0:
            message = Message("线没有长度，或面没有面积。", "The line has no length, or the polygon no area.")
            raise _Refused(
                RowProblem(line=row.line, column="geometry", value=shape.geom_type, code="no_size", message=message)
            )
        return shape

    def _group(self, row: ShapeRow) -> WorkerGroup:
        if GROUP not in self._at:
            assert self._reading.only_group is not None  # noqa: S101 - `_require_whole` saw to it
            return self._reading.only_group
        index = self._at[GROUP]
        try:
            words = text_of(row.cells[index])
        except UnreadCell as unread:
            raise self._refused(row, index, unread) from None
        group = GROUP_WORDS.code_of(words) or (self._reading.only_group if not words else None)
        if group is None:
            message = Message("不认识这类劳动者。", "This group of workers is not known.")
            raise self._refused(row, index, UnreadCell("unknown_group", message))
        return group

    def _count(self, row: ShapeRow, index: int) -> float | None:
        try:
            number = number_of(row.cells[index], "人|名|位|单|单/小时|单/时")
        except UnreadCell as unread:
            raise self._refused(row, index, unread) from None
        if number is not None and not 0 <= number <= MOST_WORKERS_A_ROW:
            message = Message("人数应在 0 到 1000000 之间。", "A number of workers is 0 to 1,000,000.")
            raise self._refused(row, index, UnreadCell("out_of_range", message))
        return number

    def _place_column(self) -> int | None:
        return next((self._at[each] for each in (WKT, LON, COORDINATES) if each in self._at), None)

    def _refused(self, row: ShapeRow, index: int | None, unread: UnreadCell) -> _Refused:
        nowhere = "geometry" if self._table.has_shapes else ""
        column = self._table.columns[index] if index is not None else nowhere
        value = raw_text(row.cells[index])[:_SHOWN_CHARS] if index is not None else ""
        return _Refused(
            RowProblem(line=row.line, column=column, value=value, code=unread.code or "", message=unread.message)
        )

    def _nowhere(self, row: ShapeRow) -> _Refused:
        message = Message("这一行没有位置。", "The row does not say where.")
        return _Refused(RowProblem(line=row.line, column="", value="", code="no_position", message=message))


def _in_wgs84(shapes: list[BaseGeometry], crs: Crs) -> list[BaseGeometry]:
    if crs is Crs.WGS84 or not shapes:
        return shapes
    given = np.array(shapes, dtype=object)
    return list(
        shapely.transform(given, lambda degrees: np.column_stack(convert(degrees[:, 0], degrees[:, 1], crs, Crs.WGS84)))
    )
