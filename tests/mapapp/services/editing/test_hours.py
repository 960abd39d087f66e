"""Hours from an editor: three views of one thing, of which the last edited counts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

import pytest

from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.holidays import DayKind, national_holidays
from geodata.stations.opening_hours import OpeningHours
from mapapp.services.editing.hours import HoursReading, HoursSource, InvalidHours, hours_from_form, read_hours_input

BEFORE_NATIONAL_DAY: Final = date(2026, 9, 28)
OFFICE: Final = OpeningHours("Mo-Fr 09:00-17:00; PH off", "工作日 9:00-17:00")


def read(place: Place, source: str, value: object, today: date = BEFORE_NATIONAL_DAY) -> HoursReading:
    return read_hours_input(HoursSource(source), value, national_holidays(), place, today)


def week(*days: object, holidays: object = None) -> dict[str, Any]:
    return {"days": [*days, *[[]] * (7 - len(days))], "holidays": holidays}


def test_words_rule_and_week_of_the_same_hours_agree(place: Place) -> None:
    words = read(place, "words", "周一至周五 8:30-12:00, 14:30-18:00；节假日休息")
    rule = read(place, "rule", "Mo-Fr 08:30-12:00,14:30-18:00; PH off")
    grid = read(place, "week", week(*["8:30-12:00 14:30-18:00"] * 4, [[510, 720], [870, 1080]], holidays=[]))

    assert words.rule == rule.rule == grid.rule
    assert words.week == rule.week == grid.week
    assert words.next_days == rule.next_days == grid.next_days
    assert rule.hours.original_text == grid.hours.original_text == words.words_zh


def test_words_are_kept_as_they_were_written(place: Place) -> None:
    assert read(place, "words", "早8点到晚6点").hours == OpeningHours("Mo-Su 08:00-18:00", "早8点到晚6点")


def test_the_next_days_know_holidays_and_make_up_days(place: Place) -> None:
    reading = read(place, "rule", "Mo-Fr 09:00-17:00; PH off")

    by_date = {day.date: day for day in reading.next_days}
    holiday, make_up = by_date[date(2026, 10, 1)], by_date[date(2026, 10, 10)]
    assert len(reading.next_days) == 14
    assert holiday.special is not None
    assert holiday.special.kind is DayKind.HOLIDAY
    assert holiday.spans == ()
    assert make_up.special is not None
    assert make_up.special.kind is DayKind.WORKDAY
    assert (make_up.weekday, make_up.spans) == (5, ((540, 1020),))


def test_days_of_a_year_without_a_holiday_table_are_said(place: Place) -> None:
    assert read(place, "rule", "24/7", today=date(2199, 1, 1)).holidays_missing


@pytest.mark.parametrize("text", ["", "未知", "暂无"])
def test_nothing_said_is_unknown_and_no_problem(place: Place, text: str) -> None:
    reading = read(place, "words", text)

    assert (reading.rule, reading.week, reading.words_zh, reading.next_days) == (None, None, None, ())
    assert (reading.problems, reading.contradictions) == ((), ())


def test_workdays_without_times_are_unknown_and_said(place: Place) -> None:
    reading = read(place, "words", "工作日开放")

    assert reading.rule is None
    assert [problem.code for problem in reading.problems] == ["no_times"]


@pytest.mark.parametrize(
    ("source", "value", "code"),
    [
        ("words", "24 小时, 但周日关闭", "contradiction"),
        ("words", "8:30-12:00，11:00-18:00", "out_of_order"),
        ("week", week([[1200, 1560]], [[0, 360]]), "overlaps_next_day"),
    ],
)
def test_contradictions_are_said(place: Place, source: str, value: object, code: str) -> None:
    assert [problem.code for problem in read(place, source, value).contradictions] == [code]


def test_each_line_of_a_week_that_cannot_be_read_is_named(place: Place) -> None:
    reading = read(place, "week", week("9点", "8:00-12:00", "周三 8:00-12:00", [[540, 720], [700, 800]]))

    assert reading.rule is None
    assert [(day, problem.code) for day, problem in reading.line_problems] == [
        (0, "half_span"),
        (2, "names_days"),
        (3, "overlap"),
    ]


@pytest.mark.parametrize("line", ["", "休息", "不开放", "Closed", "-"])
def test_a_line_can_say_that_a_day_is_closed(place: Place, line: str) -> None:
    assert read(place, "week", week("8:00-12:00", line)).rule == "Mo 08:00-12:00"


def test_a_rule_with_seasons_has_words_and_no_week(place: Place) -> None:
    reading = read(place, "rule", "May-Sep Mo-Su 08:00-20:00; Oct-Apr Mo-Su 08:30-18:00")

    assert reading.week is None
    assert reading.words_zh == "5月至9月每天 08:00-20:00；10月至4月每天 08:30-18:00"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("words", 5),
        ("rule", None),
        ("week", "text"),
        ("week", {}),
        ("week", {"days": []}),
        ("week", {"days": [None] * 7}),
        ("week", {"days": [[[1, True]]] + [[]] * 6}),
        ("week", {"days": [[[1.5, 60]]] + [[]] * 6}),
        ("week", {"days": [[[0, 15]] * 13] + [[]] * 6}),
        ("week", {"days": [[]] * 7, "holidays": 3}),
    ],
)
def test_a_value_of_another_form_is_refused(place: Place, source: str, value: object) -> None:
    with pytest.raises(InvalidValue):
        read(place, source, value)


# --- a posted form


def form(hours: OpeningHours = OFFICE, /, **changes: str) -> dict[str, str]:
    return {"hours_text": hours.original_text, "hours_rule": hours.rule or ""} | changes


@pytest.mark.parametrize("source", ["", "words", "rule", "week"])
@pytest.mark.parametrize("current", [OFFICE, OpeningHours("24/7", "同银行营业时间"), OpeningHours(None, "工作日开放")])
def test_a_form_nobody_touched_says_the_same_hours(current: OpeningHours, source: str) -> None:
    assert hours_from_form(form(current, hours_source=source), current=current) == current


def test_changed_words_make_the_rule() -> None:
    found = hours_from_form(form(hours_text="每天 8-18点"), current=OFFICE)

    assert found == OpeningHours("Mo-Su 08:00-18:00", "每天 8-18点")


def test_a_changed_rule_makes_the_words() -> None:
    found = hours_from_form(form(hours_rule="Mo-Sa 09:00-17:00"), current=OFFICE)

    assert found == OpeningHours("Mo-Sa 09:00-17:00", "周一至周六 09:00-17:00；周日休息")


def test_words_nobody_can_read_stay_beside_a_rule_set_by_hand() -> None:
    current = OpeningHours(None, "同银行营业时间")

    found = hours_from_form(form(current, hours_rule="Mo-Fr 09:00-17:00"), current=current)

    assert found == OpeningHours("Mo-Fr 09:00-17:00", "同银行营业时间")


def test_a_week_that_was_sent_before_it_was_read_counts() -> None:
    posted = form(hours_source="week", hours_week=json.dumps(week("8:00-12:00")))

    assert hours_from_form(posted, current=OFFICE).rule == "Mo 08:00-12:00"


def test_without_script_words_and_rule_that_disagree_are_refused() -> None:
    with pytest.raises(InvalidHours) as refusal:
        hours_from_form(form(hours_text="每天 8-18点", hours_rule="Mo-Su 08:00-19:00"), current=OFFICE)

    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [("hours", "words_differ")]


def test_without_script_words_and_rule_that_agree_are_taken() -> None:
    found = hours_from_form(form(hours_text="每天 8-18点", hours_rule="Mo-Su 08:00-18:00"), current=OFFICE)

    assert found == OpeningHours("Mo-Su 08:00-18:00", "每天 8-18点")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hours_text": "工作日开放"}, "no_times"),
        ({"hours_text": "24 小时, 但周日关闭"}, "contradiction"),
        ({"hours_rule": "Mo-Fr 9"}, "unreadable_rule"),
        ({"hours_source": "week", "hours_week": json.dumps(week("9点"))}, "half_span"),
        ({"hours_source": "week", "hours_week": "{"}, "invalid_week"),
        ({"hours_source": "week", "hours_week": "[" * 3000}, "invalid_week"),
        ({"hours_source": "week", "hours_week": "[]"}, "invalid_week"),
        ({"hours_text": "8" * 501}, "too_long"),
    ],
)
def test_what_cannot_be_read_is_refused_at_the_hours(changes: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidHours) as refusal:
        hours_from_form(form(OFFICE, **changes), current=OFFICE)

    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [("hours", code)]


def test_words_nobody_can_read_may_stand_as_unknown_hours_when_that_is_asked_for() -> None:
    found = hours_from_form(form(hours_text="工作日开放", hours_as_unknown="1"), current=OFFICE)

    assert found == OpeningHours(None, "工作日开放")


def test_emptied_views_are_unknown_hours() -> None:
    assert hours_from_form({"hours_text": "", "hours_rule": ""}, current=OFFICE) == OpeningHours.unknown()
    assert hours_from_form(form(hours_text="", hours_source="words"), current=OFFICE) == OpeningHours.unknown()
    assert hours_from_form(form(hours_rule="", hours_source="rule"), current=OFFICE) == OpeningHours.unknown()


def test_a_new_station_without_hours_has_unknown_ones() -> None:
    assert hours_from_form({"hours_text": "", "hours_rule": "", "hours_source": ""}) == OpeningHours.unknown()
