"""The holiday table: what is in the national one, and what a table promises."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InvalidValue
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay, national_holidays


def a_holiday(day: date) -> SpecialDay:
    return SpecialDay(day, DayKind.HOLIDAY, "开斋节", "Eid al-Fitr", "自治区通知")


def test_national_day_is_a_week_of_holidays() -> None:
    table = national_holidays()

    week = [table.special(date(2026, 10, day)) for day in range(1, 8)]

    assert all(special is not None and special.kind is DayKind.HOLIDAY for special in week)
    assert table.special(date(2026, 10, 8)) is None


@pytest.mark.parametrize(("month", "day"), [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)])
def test_make_up_working_days_of_2026_are_workdays(month: int, day: int) -> None:
    special = national_holidays().special(date(2026, month, day))

    assert special is not None
    assert special.kind is DayKind.WORKDAY


def test_an_announced_year_is_covered_and_an_unannounced_one_is_absent() -> None:
    table = national_holidays()

    assert table.covers(date(2026, 7, 1))
    assert not table.covers(date(2031, 10, 1))
    assert table.special(date(2031, 10, 1)) is None


def test_asking_for_a_year_that_is_not_announced_raises_nothing() -> None:
    assert national_holidays([2031]) == HolidayTable.empty()
    assert national_holidays([2026, 2031]).years == frozenset({2026})


def test_by_default_years_before_2024_are_left_out() -> None:
    assert min(national_holidays().years) == 2024


def test_special_days_have_names_in_both_languages() -> None:
    special = national_holidays().special(date(2026, 2, 17))

    assert special is not None
    assert (special.name("zh-CN"), special.name("en")) == ("春节", "Spring Festival")


def test_a_name_in_one_language_serves_both() -> None:
    special = SpecialDay(date(2026, 3, 20), DayKind.HOLIDAY, "开斋节", "")

    assert special.name("en") == "开斋节"


def test_a_special_day_needs_a_name() -> None:
    with pytest.raises(InvalidValue, match="needs a name"):
        SpecialDay(date(2026, 3, 20), DayKind.HOLIDAY, " ", "")


def test_days_are_sorted_whatever_order_they_came_in() -> None:
    early, late = a_holiday(date(2026, 3, 20)), a_holiday(date(2026, 5, 27))

    assert HolidayTable((late, early), frozenset()).days == (early, late)


def test_a_date_listed_twice_is_refused() -> None:
    day = a_holiday(date(2026, 3, 20))

    with pytest.raises(InvalidValue, match="twice"):
        HolidayTable((day, day), frozenset({2026}))


def test_an_empty_table_covers_nothing() -> None:
    assert not HolidayTable.empty().covers(date(2026, 1, 1))
