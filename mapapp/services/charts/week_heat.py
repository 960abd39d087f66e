"""The week as a picture: 168 hours across, one row a service, darker where more are surely covered.

Neighbouring hours of one row and level are one shape: a row has a few dozen instead of 168. Hours in which the two
bounds lie far apart have a pattern over them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from mapapp.services.charts.scale import Tick, text_width

HEAT_LEVELS: Final = (0.2, 0.4, 0.6, 0.8, 0.9)
"""Where the next level begins (``<=``: 20 % is level 1). Six levels, 0 the emptiest."""
UNCERTAIN_FROM: Final = 0.1
"""From this distance between the bounds on an hour is marked as uncertain."""
_HOUR_WIDTH: Final = 4.0
_NAME_WIDTHS: Final = (64.0, 240.0)
_ROW_HEIGHT: Final = 30.0
_GAP: Final = 3.0
_HEAD_HEIGHT: Final = 26.0
_FOOT_HEIGHT: Final = 26.0
_NIGHT_HOURS: Final = ((0, 6), (22, 24))
NOBODY: Final = -1
"""The level of hours in which nobody is asked about."""


@dataclass(frozen=True, slots=True)
class WeekShares:
    """A row to draw: shares 0 to 1 of each of 168 hours, None where nobody is asked about."""

    name: str
    low: Sequence[float | None]
    high: Sequence[float | None]

    def __post_init__(self) -> None:
        if len(self.low) != HOURS_A_WEEK or len(self.high) != HOURS_A_WEEK:
            raise InvalidValue("A week has 168 hours.", field="hours", code="length")


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row in the picture: its name, and one path a level that occurs in it."""

    name: str
    top: float
    text_y: float
    levels: tuple[tuple[int, str], ...]
    uncertain: str


@dataclass(frozen=True, slots=True)
class WeekHeat:
    """The picture. Hour ``h`` of row ``r`` begins at ``left + h * hour_width`` and ``rows[r].top``."""

    width: float
    height: float
    left: float
    hour_width: float
    row_height: float
    rows: tuple[HeatRow, ...]
    days: tuple[Tick, ...]
    nights: str
    grid_top: float
    grid_bottom: float


def heat_level(share: float | None) -> int:
    """The level of a share, 0 to 5; ``NOBODY`` without one."""
    if share is None or not math.isfinite(share):
        return NOBODY
    return sum(share >= limit for limit in HEAT_LEVELS)


def week_heat(rows: Sequence[WeekShares], day_names: Sequence[str]) -> WeekHeat:
    """Some rows over the week; ``day_names`` are seven, Monday first."""
    if len(day_names) != HOURS_A_WEEK // 24:
        raise InvalidValue("A week has seven days.", field="days", code="length")
    left = math.ceil(min(max([_NAME_WIDTHS[0], *(text_width(row.name) + 14 for row in rows)]), _NAME_WIDTHS[1]))
    bottom = _HEAD_HEIGHT + len(rows) * (_ROW_HEIGHT + _GAP)
    return WeekHeat(
        width=left + HOURS_A_WEEK * _HOUR_WIDTH,
        height=bottom + _FOOT_HEIGHT,
        left=left,
        hour_width=_HOUR_WIDTH,
        row_height=_ROW_HEIGHT,
        rows=tuple(_row(row, left, _HEAD_HEIGHT + number * (_ROW_HEIGHT + _GAP)) for number, row in enumerate(rows)),
        days=tuple(Tick(_x(left, day * 24), day, name) for day, name in enumerate(day_names)),
        nights="".join(
            _box(_x(left, day * 24 + start), bottom, (end - start) * _HOUR_WIDTH, 5)
            for day in range(len(day_names))
            for start, end in _NIGHT_HOURS
        ),
        grid_top=_HEAD_HEIGHT,
        grid_bottom=bottom,
    )


def _row(row: WeekShares, left: float, top: float) -> HeatRow:
    levels = [heat_level(share) for share in row.low]
    apart = [
        low is not None and high is not None and high - low >= UNCERTAIN_FROM - 1e-9
        for low, high in zip(row.low, row.high, strict=True)
    ]
    return HeatRow(
        name=row.name,
        top=top,
        text_y=top + _ROW_HEIGHT / 2,
        levels=tuple((level, _runs([each == level for each in levels], left, top)) for level in sorted({*levels})),
        uncertain=_runs(apart, left, top),
    )


def _runs(wanted: Sequence[bool], left: float, top: float) -> str:
    """The hours wanted as boxes, neighbours in one."""
    boxes: list[str] = []
    start: int | None = None
    for hour, is_in in enumerate([*wanted, False]):
        if is_in and start is None:
            start = hour
        elif not is_in and start is not None:
            boxes.append(_box(_x(left, start), top, (hour - start) * _HOUR_WIDTH, _ROW_HEIGHT))
            start = None
    return "".join(boxes)


def _x(left: float, hour: int) -> float:
    return left + hour * _HOUR_WIDTH


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"
