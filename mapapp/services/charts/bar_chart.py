"""Bars of shares with both bounds: solid up to the low one, patterned from there to the high one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mapapp.services.charts.scale import Scale, Tick, text_width

WIDTH: Final = 640.0
_NAME_WIDTHS: Final = (80.0, 260.0)
_VALUE_WIDTH: Final = 130.0
_ROW_HEIGHT: Final = 34.0
_BAR_HEIGHT: Final = 20.0
_AXIS_HEIGHT: Final = 28.0
_SHARES: Final = ((0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100%"))


@dataclass(frozen=True, slots=True)
class BarValue:
    """One row to draw: shares 0 to 1, None without anybody to count; ``words`` stand at its end."""

    name: str
    low: float | None
    high: float | None
    words: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class BarRow:
    """One row in the picture: the middle of its text, its bar's top, and how long its two parts are."""

    name: str
    words: str
    text_y: float
    bar_y: float
    low_width: float
    high_x: float
    high_width: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """The picture. ``bar_x`` is where bars begin, ``bar_width`` how long a full one is."""

    width: float
    height: float
    bar_x: float
    bar_width: float
    bar_height: float
    words_x: float
    rows: tuple[BarRow, ...]
    ticks: tuple[Tick, ...]
    axis_y: float


def bar_chart(values: Sequence[BarValue]) -> BarChart:
    """One bar a row, in the order given."""
    left = math.ceil(min(max([_NAME_WIDTHS[0], *(text_width(value.name) + 16 for value in values)]), _NAME_WIDTHS[1]))
    scale = Scale(0.0, 1.0, left, WIDTH - _VALUE_WIDTH)
    axis_y = _ROW_HEIGHT * len(values)
    return BarChart(
        width=WIDTH,
        height=axis_y + _AXIS_HEIGHT,
        bar_x=left,
        bar_width=WIDTH - _VALUE_WIDTH - left,
        bar_height=_BAR_HEIGHT,
        words_x=WIDTH - _VALUE_WIDTH + 10,
        rows=tuple(_row(value, number * _ROW_HEIGHT, scale) for number, value in enumerate(values)),
        ticks=scale.ticks(_SHARES),
        axis_y=axis_y,
    )


def _row(value: BarValue, top: float, scale: Scale) -> BarRow:
    low = scale.at(value.low or 0.0)
    high = max(scale.at(value.high or 0.0), low)
    return BarRow(
        name=value.name,
        words=value.words,
        text_y=top + _ROW_HEIGHT / 2,
        bar_y=top + (_ROW_HEIGHT - _BAR_HEIGHT) / 2,
        low_width=round(low - scale.start, 2),
        high_x=low,
        high_width=round(high - low, 2),
        is_whole=value.is_whole,
    )
