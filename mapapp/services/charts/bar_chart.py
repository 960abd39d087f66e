"""Bars of shares with both bounds: solid up to the low one, patterned from there to the high one.

Each is drawn twice: for a desk, with names before the bars, and for a phone, with names above them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mapapp.services.charts.scale import NARROW_WIDTH, Scale, Tick, text_width

WIDTH: Final = 640.0
_NAME_WIDTHS: Final = (80.0, 260.0)
_VALUE_WIDTH: Final = 130.0
_ROW_HEIGHT: Final = 34.0
_BAR_HEIGHT: Final = 20.0
_AXIS_HEIGHT: Final = 28.0
_NARROW_ROW_HEIGHT: Final = 56.0
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
    """The picture. ``bar_x`` is where bars begin, ``bar_width`` how long a full one is.

    Names end at ``name_x`` and words begin at ``words_x``; in the narrow picture it is the other way round.
    """

    width: float
    height: float
    bar_x: float
    bar_width: float
    bar_height: float
    name_x: float
    words_x: float
    rows: tuple[BarRow, ...]
    ticks: tuple[Tick, ...]
    axis_y: float
    narrow: BarChart | None = None
    """The same for a phone; the narrow picture has none."""


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
        name_x=left - 10,
        words_x=WIDTH - _VALUE_WIDTH + 10,
        rows=tuple(
            _row(value, scale, text_y=middle, bar_y=middle - _BAR_HEIGHT / 2)
            for value, middle in zip(values, _middles(len(values)), strict=True)
        ),
        ticks=scale.ticks(_SHARES),
        axis_y=axis_y,
        narrow=_narrow(values),
    )


def _middles(count: int) -> list[float]:
    return [(number + 0.5) * _ROW_HEIGHT for number in range(count)]


def _narrow(values: Sequence[BarValue]) -> BarChart:
    """Name and words on a line of their own, the bar below as wide as the picture."""
    scale = Scale(0.0, 1.0, 0.0, NARROW_WIDTH)
    axis_y = _NARROW_ROW_HEIGHT * len(values)
    tops = [number * _NARROW_ROW_HEIGHT for number in range(len(values))]
    return BarChart(
        width=NARROW_WIDTH,
        height=axis_y + _AXIS_HEIGHT,
        bar_x=0.0,
        bar_width=scale.end,
        bar_height=_BAR_HEIGHT,
        name_x=0.0,
        words_x=scale.end,
        rows=tuple(
            _row(value, scale, text_y=top + 16, bar_y=top + 28) for value, top in zip(values, tops, strict=True)
        ),
        ticks=scale.ticks(_SHARES),
        axis_y=axis_y,
    )


def _row(value: BarValue, scale: Scale, *, text_y: float, bar_y: float) -> BarRow:
    low = scale.at(value.low or 0.0)
    high = max(scale.at(value.high or 0.0), low)
    return BarRow(
        name=value.name,
        words=value.words,
        text_y=text_y,
        bar_y=bar_y,
        low_width=round(low - scale.start, 2),
        high_x=low,
        high_width=round(high - low, 2),
        is_whole=value.is_whole,
    )
