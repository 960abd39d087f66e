"""Charts as geometry: what is drawn lies where its numbers say, and nothing that is not finite is drawn."""

from __future__ import annotations

import re
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from mapapp.services.charts import BarValue, LineMark, LineSeries, Scale, WeekShares, bar_chart, line_chart, week_heat
from mapapp.services.charts.line_chart import DrawnMark
from mapapp.services.charts.scale import round_steps, text_width
from mapapp.services.charts.week_heat import heat_level

DAYS = list("一二三四五六日")
BOX = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


def hours_of(path: str, left: float, hour_width: float) -> list[int]:
    """The hours that a path of boxes covers, in order."""
    return [
        hour
        for x, _y, width, _height in BOX.findall(path)
        for hour in range(round((float(x) - left) / hour_width), round((float(x) - left + float(width)) / hour_width))
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=168, max_size=168))
def test_every_hour_of_the_week_is_drawn_once_at_its_level(shares: list[float | None]) -> None:
    heat = week_heat([WeekShares("water", shares, shares)], DAYS)

    drawn = {hour: level for level, path in heat.rows[0].levels for hour in hours_of(path, heat.left, heat.hour_width)}

    assert drawn == {hour: heat_level(share) for hour, share in enumerate(shares)}
    assert sum(len(hours_of(path, heat.left, heat.hour_width)) for _level, path in heat.rows[0].levels) == 168


def test_neighbouring_hours_of_one_level_are_one_shape() -> None:
    heat = week_heat([WeekShares("water", [0.1] * 100 + [0.95] * 68, [0.1] * 100 + [0.95] * 68)], DAYS)

    assert [(level, path.count("M")) for level, path in heat.rows[0].levels] == [(0, 1), (5, 1)]


def test_hours_whose_bounds_lie_ten_points_apart_are_marked() -> None:
    heat = week_heat([WeekShares("water", [0.5] * 168, [0.5] * 100 + [0.6] * 68)], DAYS)

    assert hours_of(heat.rows[0].uncertain, heat.left, heat.hour_width) == list(range(100, 168))


def test_a_limit_between_levels_belongs_to_the_upper_one() -> None:
    assert [heat_level(share) for share in (None, 0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)] == [-1, 0, 1, 2, 3, 4, 5, 5]


def test_a_week_of_other_than_168_hours_is_refused() -> None:
    with pytest.raises(InvalidValue):
        WeekShares("water", [0.5] * 167, [0.5] * 168)


def test_longer_names_get_more_room() -> None:
    short, long = (week_heat([WeekShares(name, [0.5] * 168, [0.5] * 168)], DAYS) for name in ("水", "phone charging"))

    assert short.left < long.left
    assert long.width - long.left == short.width - short.left


def test_bars_part_a_full_length_into_sure_perhaps_and_not() -> None:
    chart = bar_chart(
        [BarValue("A", 0.25, 0.75, "25–75%"), BarValue("B", None, None, "—"), BarValue("C", 1, 1, "100%")]
    )
    first, nobody, everybody = chart.rows

    assert first.low_width == pytest.approx(chart.bar_width / 4, abs=0.02)
    assert first.high_width == pytest.approx(chart.bar_width / 2, abs=0.02)
    assert first.high_x == pytest.approx(chart.bar_x + first.low_width, abs=0.02)
    assert (nobody.low_width, nobody.high_width) == (0, 0)
    assert everybody.low_width == pytest.approx(chart.bar_width)
    assert everybody.high_width == 0


def test_a_curve_runs_between_the_ends_of_its_axes() -> None:
    chart = line_chart(
        [LineSeries("low", [(0, 0), (30, 1)])], [LineMark(15, 0.5, "P50")], x_words="min", y_words="", y_is_share=True
    )

    assert chart.lines[0].dots == ((chart.left, chart.bottom), (chart.right, chart.top))
    assert (chart.marks[0].x, chart.marks[0].y) == ((chart.left + chart.right) / 2, (chart.top + chart.bottom) / 2)


def test_what_is_not_finite_is_left_out_of_a_line() -> None:
    chart = line_chart(
        [LineSeries("low", [(1, 1), (2, float("inf")), (3, 2)])],
        [LineMark(float("nan"), 1, "none")],
        x_words="",
        y_words="",
    )

    assert len(chart.lines[0].dots) == 2
    assert chart.marks == ()


def test_nothing_to_draw_is_an_empty_chart() -> None:
    chart = line_chart([LineSeries("low", [])], x_words="", y_words="")

    assert chart.lines[0].path == ""
    assert chart.between == ""


def test_a_stepped_line_holds_until_the_next_value() -> None:
    chart = line_chart([LineSeries("low", [(0, 1), (1, 2)], stepped=True)], x_words="", y_words="")

    (_x0, y0), (x1, y1), (x2, y2) = chart.lines[0].dots
    assert (y0, x1) == (y1, x2)
    assert y2 < y1


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-6, 1e9))
def test_the_last_of_the_round_steps_is_the_first_to_reach_the_most(most: float) -> None:
    steps = round_steps(most)

    assert steps[0] == 0
    assert 2 <= len(steps) <= 8
    assert steps[-1] >= most * (1 - 1e-6)
    assert steps[-2] < most * (1 + 1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**6))
def test_steps_of_what_is_counted_are_whole(most: int) -> None:
    steps = round_steps(most, 6, is_count=True)

    assert all(step.is_integer() for step in steps)
    assert steps[-2] < most <= steps[-1]
    assert len(steps) <= 8


def test_a_scale_keeps_what_lies_outside_at_its_ends() -> None:
    scale = Scale(0, 10, 100, 200)

    assert [scale.at(value) for value in (-5, 0, 5, 10, 99)] == [100, 100, 150, 200, 200]
    with pytest.raises(InvalidValue):
        Scale(1, 1, 0, 1)


def test_bars_and_lines_are_drawn_once_more_within_a_narrow_phone() -> None:
    bars = bar_chart([BarValue("a long name of a district", 0.2, 0.4, "20.0%–40.0%")])
    lines = line_chart([LineSeries("low", [(0, 0.1), (30, 0.9)])], x_words="x", y_words="y", y_is_share=True)

    assert bars.narrow is not None
    assert lines.narrow is not None
    assert bars.narrow.width == lines.narrow.width == 288
    assert bars.narrow.rows[0].text_y < bars.narrow.rows[0].bar_y
    assert [row.high_x + row.high_width for row in bars.narrow.rows] == pytest.approx([0.4 * bars.narrow.bar_width])
    assert lines.narrow.right < lines.narrow.width


def words_of(mark: DrawnMark) -> tuple[float, float, float, float]:
    """Where a mark's words begin and end, and their upper and lower edge."""
    return mark.first_x, mark.last_x, mark.words_y - 16, mark.words_y


RISING = [(count, 100 * (1 - 0.93**count)) for count in range(61)]
FALLING = [(count, 30 * 0.95**count) for count in range(61)]


@pytest.mark.parametrize("words", [("拐点", "本方案"), ("knee", "this plan")], ids=["zh", "en"])
@pytest.mark.parametrize("curve", [RISING, FALLING], ids=["rising", "falling"])
def test_the_words_of_two_marks_are_read_apart(curve: list[tuple[int, float]], words: tuple[str, str]) -> None:
    for knee, plan in permutations([*range(1, 60, 3), 59, 60], 2):
        marks = [LineMark(at, curve[at][1], each) for at, each in zip((knee, plan), words, strict=True)]

        chart = line_chart([LineSeries("low", curve)], marks, x_words="", y_words="")

        assert chart.narrow is not None
        for drawn in (chart, chart.narrow):
            (left, right, top, bottom), (left_2, right_2, top_2, bottom_2) = map(words_of, drawn.marks)
            assert right <= left_2 or right_2 <= left or bottom <= top_2 or bottom_2 <= top, (knee, plan)
            for mark, other in (drawn.marks, drawn.marks[::-1]):
                assert drawn.left <= mark.first_x < mark.last_x <= drawn.width, (knee, plan)
                left, right, top, bottom = words_of(mark)
                assert not (left < other.x < right and top < other.y < bottom), (knee, plan)


@pytest.mark.parametrize(("knee", "plan"), [(40, 38), (38, 40), (34, 33)])
def test_words_stand_on_the_side_where_no_line_of_another_mark_runs(knee: int, plan: int) -> None:
    curve = [(count, 100 * (1 - 0.93**count)) for count in range(61)]
    marks = [LineMark(*curve[knee], "拐点"), LineMark(*curve[plan], "本方案")]

    chart = line_chart([LineSeries("low", curve)], marks, x_words="", y_words="")

    first, second = chart.marks
    for mark, other in ((first, second), (second, first)):
        assert other.x < mark.first_x or mark.last_x < other.x or mark.words_y < other.y


@pytest.mark.parametrize(("first", "last"), [(0.0, 100.0), (100.0, 0.0)])
@pytest.mark.parametrize("at", [0.2, 0.8])
def test_words_stand_off_a_line_that_rises_or_falls(first: float, last: float, at: float) -> None:
    value = first + at * (last - first)

    chart = line_chart(
        [LineSeries("low", [(0, first), (1, last)])], [LineMark(at, value, "P50")], x_words="", y_words=""
    )

    [mark] = chart.marks
    (x0, y0), (x1, y1) = chart.lines[0].dots
    line_at = [y0 + (x - x0) / (x1 - x0) * (y1 - y0) for x in (mark.first_x, mark.last_x)]
    assert all(y < mark.words_y - 16 for y in line_at) or all(y > mark.words_y for y in line_at)


def test_marks_of_one_place_share_their_words() -> None:
    marks = [LineMark(20, 60, "knee"), LineMark(20, 60, "this plan")]

    chart = line_chart([LineSeries("low", [(0, 0), (60, 100)])], marks, x_words="", y_words="")

    assert [mark.words for mark in chart.marks] == ["knee · this plan"]


@settings(max_examples=60, deadline=None)
@given(st.floats(1, 1e9), st.one_of(st.just(0.0), st.floats(0, 1e-3), st.floats(1, 1e9)))
def test_the_numbers_along_the_axes_are_written_out_and_have_room(most_x: float, most_y: float) -> None:
    chart = line_chart([LineSeries("low", [(0, 0), (most_x, most_y)])], x_words="", y_words="")

    assert chart.narrow is not None
    for drawn in (chart, chart.narrow):
        assert drawn.y_ticks[-1].value >= most_y * (1 - 1e-9)
        assert not any("e" in tick.text for tick in (*drawn.x_ticks, *drawn.y_ticks))
        assert all(text_width(tick.text) < drawn.left for tick in drawn.y_ticks)
        ends = [(tick.at - text_width(tick.text) / 2, tick.at + text_width(tick.text) / 2) for tick in drawn.x_ticks]
        assert all(before[1] < after[0] for before, after in pairwise(ends))
        assert ends[-1][1] <= drawn.width + 0.01
