"""Lines over a number: the curve of travel times, the curve of what each further site adds.

Each is drawn twice: for a desk, with the axes' words in the picture, and for a phone, where they stand around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from mapapp.services.charts.scale import NARROW_WIDTH, Scale, Tick, round_steps

WIDTH: Final = 640.0
HEIGHT: Final = 340.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """A picture's size, the place of its axes, and about how many steps x has."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    steps_count: int


_BROAD: Final = _Frame(WIDTH, HEIGHT, 64.0, WIDTH - 24.0, 34.0, HEIGHT - 62.0, 6)
_NARROW: Final = _Frame(NARROW_WIDTH, 260.0, 58.0, NARROW_WIDTH - 18.0, 14.0, 226.0, 4)


@dataclass(frozen=True, slots=True)
class LineSeries:
    """A line to draw: its points (x, y) in order of x, and the class of its look (``low``, ``high``, ``other`` …)."""

    look: str
    points: Sequence[tuple[float, float]]
    stepped: bool = False


@dataclass(frozen=True, slots=True)
class LineMark:
    """A place on a line worth naming: P50, P90, the knee."""

    x: float
    y: float
    words: str
    look: str = "low"


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the picture, as path data; ``dots`` are its points."""

    look: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A named place in the picture; ``anchor`` says on which side of it the words stand."""

    x: float
    y: float
    words: str
    look: str
    words_x: float
    words_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """The picture: its frame, lines, the area between the first two of them, marks and both axes."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[Line, ...]
    between: str
    marks: tuple[DrawnMark, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_words: str
    y_words: str
    dotted: bool
    narrow: LineChart | None = None
    """The same for a phone; the narrow picture has none."""


def line_chart(
    series: Sequence[LineSeries],
    marks: Sequence[LineMark] = (),
    *,
    x_words: str,
    y_words: str,
    y_is_share: bool = False,
    x_first: float = 0.0,
    dotted: bool = False,
) -> LineChart:
    """Lines over a common x that begins at ``x_first``; y begins at 0 and, for shares, ends at 100 %.

    The area between the first two lines is what is uncertain. Points that are not finite are left out.
    """
    drawn = [_finite(each) for each in series]
    shown = [each for each in marks if math.isfinite(each.x + each.y)]
    words = x_words, y_words
    narrow = _draw(drawn, shown, words, _NARROW, y_is_share=y_is_share, x_first=x_first, dotted=dotted)
    broad = _draw(drawn, shown, words, _BROAD, y_is_share=y_is_share, x_first=x_first, dotted=dotted)
    return replace(broad, narrow=narrow)


def _draw(
    drawn: Sequence[LineSeries],
    marks: Sequence[LineMark],
    words: tuple[str, str],
    frame: _Frame,
    *,
    y_is_share: bool,
    x_first: float,
    dotted: bool,
) -> LineChart:
    x_scale, x_steps = _x_axis(
        [*(x for each in drawn for x, _y in each.points), *(each.x for each in marks)], frame, x_first
    )
    y_most = max([1e-9, *(y for each in drawn for _x, y in each.points), *(each.y for each in marks)])
    y_steps = (0.0, 0.25, 0.5, 0.75, 1.0) if y_is_share else round_steps(y_most)
    y_scale = Scale(0.0, y_steps[-1], frame.bottom, frame.top)
    return LineChart(
        width=frame.width,
        height=frame.height,
        left=frame.left,
        right=frame.right,
        top=frame.top,
        bottom=frame.bottom,
        lines=tuple(_line(each, x_scale, y_scale) for each in drawn),
        between=_between(drawn, x_scale, y_scale) if len(drawn) > 1 else "",
        marks=tuple(_mark(each, x_scale, y_scale, frame) for each in marks),
        x_ticks=x_scale.ticks([(value, f"{value:g}") for value in x_steps]),
        y_ticks=y_scale.ticks([(value, f"{value:.0%}" if y_is_share else f"{value:,g}") for value in y_steps]),
        x_words=words[0],
        y_words=words[1],
        dotted=dotted,
    )


def _x_axis(every: Sequence[float], frame: _Frame, first: float) -> tuple[Scale, tuple[float, ...]]:
    """The axis that the lines and marks share, and the numbers along it."""
    is_count = all(float(x).is_integer() for x in every)
    steps = round_steps(max([1.0, *every]), frame.steps_count, is_count=is_count)
    return Scale(first, max(steps[-1], first + 1), frame.left, frame.right), steps


def _finite(series: LineSeries) -> LineSeries:
    points = [(x, y) for x, y in series.points if math.isfinite(x) and math.isfinite(y)]
    return LineSeries(series.look, _stairs(points) if series.stepped else points, series.stepped)


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same points with a corner before each rise: what holds from one x until the next."""
    corners = [corner for (_x, before), (x, y) in pairwise(points) for corner in ((x, before), (x, y))]
    return [*points[:1], *corners]


def _line(series: LineSeries, x_scale: Scale, y_scale: Scale) -> Line:
    dots = tuple((x_scale.at(x), y_scale.at(y)) for x, y in series.points)
    return Line(series.look, _path(dots), dots)


def _between(drawn: Sequence[LineSeries], x_scale: Scale, y_scale: Scale) -> str:
    there, back = (tuple((x_scale.at(x), y_scale.at(y)) for x, y in each.points) for each in drawn[:2])
    return _path((*there, *reversed(back))) + "Z" if there and back and there != back else ""


def _path(dots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in dots) if dots else ""


def _mark(mark: LineMark, x_scale: Scale, y_scale: Scale, frame: _Frame) -> DrawnMark:
    """Words stand below and right of their place, in the picture's right half above and left: off a rising line."""
    x, y = x_scale.at(mark.x), y_scale.at(mark.y)
    is_right = x > frame.width * 0.6
    words_y = y - 10 if is_right and y >= frame.top + 30 else y + 24
    return DrawnMark(
        x, y, mark.words, mark.look, x - 10 if is_right else x + 10, words_y, "end" if is_right else "start"
    )
