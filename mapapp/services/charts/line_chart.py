"""Lines over a number: the curve of travel times, the curve of what each further site adds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mapapp.services.charts.scale import Scale, Tick, round_steps

WIDTH: Final = 640.0
HEIGHT: Final = 340.0
_LEFT: Final = 64.0
_RIGHT: Final = 24.0
_TOP: Final = 34.0
_BOTTOM: Final = 62.0


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
    every = [point for each in drawn for point in each.points]
    is_count = all(float(x).is_integer() for x, _y in every)
    x_steps = round_steps(max([1.0, *(x for x, _y in every)]), 6, is_count=is_count)
    y_steps = (0.0, 0.25, 0.5, 0.75, 1.0) if y_is_share else round_steps(max([1e-9, *(y for _x, y in every)]))
    x_scale = Scale(x_first, max(x_steps[-1], x_first + 1), _LEFT, WIDTH - _RIGHT)
    y_scale = Scale(0.0, y_steps[-1], HEIGHT - _BOTTOM, _TOP)
    lines = tuple(_line(each, x_scale, y_scale) for each in drawn)
    return LineChart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        top=_TOP,
        bottom=HEIGHT - _BOTTOM,
        lines=lines,
        between=_between(drawn, x_scale, y_scale) if len(lines) > 1 else "",
        marks=tuple(_mark(each, x_scale, y_scale) for each in marks if math.isfinite(each.x + each.y)),
        x_ticks=x_scale.ticks([(value, f"{value:g}") for value in x_steps]),
        y_ticks=y_scale.ticks([(value, f"{value:.0%}" if y_is_share else f"{value:,g}") for value in y_steps]),
        x_words=x_words,
        y_words=y_words,
        dotted=dotted,
    )


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


def _mark(mark: LineMark, x_scale: Scale, y_scale: Scale) -> DrawnMark:
    """Words stand below and right of their place, in the picture's right half above and left: off a rising line."""
    x, y = x_scale.at(mark.x), y_scale.at(mark.y)
    is_right = x > WIDTH * 0.6
    words_y = y - 10 if is_right and y >= _TOP + 30 else y + 24
    return DrawnMark(
        x, y, mark.words, mark.look, x - 10 if is_right else x + 10, words_y, "end" if is_right else "start"
    )
