"""Lines over a number: the curve of travel times, the curve of what each further site adds.

Each is drawn twice: for a desk, with the axes' words in the picture, and for a phone, where they stand around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from mapapp.services.charts.scale import NARROW_WIDTH, Scale, Tick, round_steps, text_width

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


_BESIDE_MARK: Final = 10.0
_ABOVE_MARK: Final = 10.0
_BELOW_MARK: Final = 24.0
_ABOVE_AXIS: Final = 6.0
_BESIDE_AXIS: Final = 12.0
_BETWEEN_NUMBERS: Final = 8.0
_TEXT_HEIGHT: Final = 18.0
_DOT: Final = 5.0
_NEAR: Final = 30.0
"""Words farther up or down than this are hardly taken for their mark's."""
_NOTHING: Final = 1e-3
"""Up to so much a chart holds nothing: its axis ends at 1."""
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

    @property
    def first_x(self) -> float:
        """Where the words begin."""
        return self.words_x - (text_width(self.words) if self.anchor == "end" else 0.0)

    @property
    def last_x(self) -> float:
        """Where they end."""
        return self.first_x + text_width(self.words)


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
    y_most = max([0.0, *(y for each in drawn for _x, y in each.points), *(each.y for each in marks)])
    y_most = y_most if y_most > _NOTHING else 1.0
    y_steps = (0.0, 0.25, 0.5, 0.75, 1.0) if y_is_share else round_steps(y_most)
    y_texts = [f"{value:.0%}" if y_is_share else _number(value) for value in y_steps]
    frame = replace(frame, left=max(frame.left, max(text_width(each) for each in y_texts) + _BESIDE_AXIS))
    y_scale = Scale(0.0, y_steps[-1], frame.bottom, frame.top)
    xs = [*(x for each in drawn for x, _y in each.points), *(each.x for each in marks)]
    frame, x_steps = _x_steps(xs, frame)
    x_scale = Scale(x_first, max(x_steps[-1], x_first + 1), frame.left, frame.right)
    return LineChart(
        width=frame.width,
        height=frame.height,
        left=frame.left,
        right=frame.right,
        top=frame.top,
        bottom=frame.bottom,
        lines=tuple(_line(each, x_scale, y_scale) for each in drawn),
        between=_between(drawn, x_scale, y_scale) if len(drawn) > 1 else "",
        marks=_marks(marks, x_scale, y_scale, frame, is_falling=_falls(drawn)),
        x_ticks=x_scale.ticks([(value, _number(value)) for value in x_steps]),
        y_ticks=y_scale.ticks(list(zip(y_steps, y_texts, strict=True))),
        x_words=words[0],
        y_words=words[1],
        dotted=dotted,
    )


def _x_steps(every: Sequence[float], frame: _Frame) -> tuple[_Frame, tuple[float, ...]]:
    """The numbers along the axis that the lines and marks share, as many as have room; the frame with room for them."""
    is_count = all(float(x).is_integer() for x in every)
    for steps_count in range(frame.steps_count, 0, -1):
        steps = round_steps(max([1.0, *every]), steps_count, is_count=is_count)
        widest = max(text_width(_number(each)) for each in steps)
        roomy = replace(frame, right=min(frame.right, frame.width - text_width(_number(steps[-1])) / 2))
        if (widest + _BETWEEN_NUMBERS) * (len(steps) - 1) <= roomy.right - roomy.left:
            break
    return roomy, steps


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


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


def _falls(drawn: Sequence[LineSeries]) -> bool:
    """Whether the first line ends below where it begins."""
    points = drawn[0].points if drawn else ()
    return len(points) > 1 and points[-1][1] < points[0][1]


def _marks(
    marks: Sequence[LineMark], x_scale: Scale, y_scale: Scale, frame: _Frame, *, is_falling: bool
) -> tuple[DrawnMark, ...]:
    """The marks in the picture: those of one place share it, and the words of each keep off those of the others."""
    named: dict[tuple[float, float], LineMark] = {}
    for mark in marks:
        at = x_scale.at(mark.x), y_scale.at(mark.y)
        named[at] = replace(named[at], words=f"{named[at].words} · {mark.words}") if at in named else mark
    drawn: dict[tuple[float, float], DrawnMark] = {}
    for (x, y), mark in sorted(named.items(), key=lambda each: -each[0][1]):  # the lowest has the least choice
        others = [at for at in named if at != (x, y)]
        places = _places(mark, x, y, frame, is_falling=is_falling)
        worth = [
            (
                any(_overlap(each, other) for other in drawn.values()) or any(_hides(each, at) for at in others),
                abs(each.words_y - y) > _NEAR,
                any(_lies_across(each, at) for at in others),
                place,
            )
            for place, each in enumerate(places)
        ]
        drawn[x, y] = places[min(worth)[-1]]
    return tuple(drawn[at] for at in named)


def _places(mark: LineMark, x: float, y: float, frame: _Frame, *, is_falling: bool) -> list[DrawnMark]:
    """Where words may stand, the best first: off the line, so below and right or above and left of one that rises.

    In the picture's right half the left comes first; words that would leave the frame come in no case but the last.
    """

    def placed(*, is_left: bool, is_above: bool, lines: int = 0) -> DrawnMark:
        words_x = x - _BESIDE_MARK if is_left else x + _BESIDE_MARK
        words_y = y - _ABOVE_MARK if is_above else min(y + _BELOW_MARK, frame.bottom - _ABOVE_AXIS)
        words_y += lines * _TEXT_HEIGHT
        return DrawnMark(x, y, mark.words, mark.look, words_x, words_y, "end" if is_left else "start")

    off_left, off_right = placed(is_left=True, is_above=not is_falling), placed(is_left=False, is_above=is_falling)
    on_left, on_right = placed(is_left=True, is_above=is_falling), placed(is_left=False, is_above=not is_falling)
    is_right = x > frame.width * 0.6
    order = [off_left, on_left, off_right, on_right] if is_right else [off_right, off_left, on_right, on_left]
    order += [
        placed(is_left=is_left, is_above=lines < 0, lines=lines)
        for lines in (-1, 1, -2, 2, -3, 3)
        for is_left in (is_right, not is_right)
    ]
    inside = [
        each
        for each in order
        if frame.left <= each.first_x
        and each.last_x <= frame.width
        and _TEXT_HEIGHT <= each.words_y <= frame.bottom - _ABOVE_AXIS
    ]
    return inside or order[:1]


def _hides(mark: DrawnMark, at: tuple[float, float]) -> bool:
    """Whether its words lie on another mark."""
    x, y = at
    is_beside = mark.first_x - _DOT < x < mark.last_x + _DOT
    return is_beside and mark.words_y - _TEXT_HEIGHT - _DOT < y < mark.words_y + _DOT


def _overlap(one: DrawnMark, other: DrawnMark) -> bool:
    return one.first_x < other.last_x and other.first_x < one.last_x and abs(one.words_y - other.words_y) < _TEXT_HEIGHT


def _lies_across(mark: DrawnMark, at: tuple[float, float]) -> bool:
    """Whether its words lie across the line from another mark down to the axis."""
    return mark.first_x <= at[0] <= mark.last_x and mark.words_y > at[1]
