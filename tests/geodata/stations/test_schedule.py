"""Schedules: states, changes, spans and bits, with the holiday and midnight cases others get wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.errors import InvalidValue
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay, national_holidays
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import HoursState, Schedule, ScheduleBook, Span, describe_week, span_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS = national_holidays()


def schedule(rule: str, holidays: HolidayTable = HOLIDAYS, tz: ZoneInfo = SHANGHAI) -> Schedule:
    return Schedule.compile(OpeningHours.from_rule(rule), holidays, tz)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def is_open(rule: str, text: str) -> bool | None:
    return schedule(rule).state_at(at(text)).is_open


# --- holidays and tails -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-09-30T21:00", True),
        ("2026-10-01T01:00", True),  # the tail of September 30
        ("2026-10-01T02:00", False),
        ("2026-10-01T21:00", False),
        ("2026-10-02T01:00", False),
        ("2026-10-08T01:00", False),  # October 7 was still a holiday
        ("2026-10-08T21:00", True),
    ],
)
def test_last_nights_tail_survives_a_holiday_and_a_holiday_has_none(instant: str, expected: bool) -> None:
    assert is_open("Mo-Su 20:00-02:00; PH off", instant) is expected


def test_the_tail_of_a_weekday_survives_a_closed_weekend_day() -> None:
    assert is_open("Mo-Su 20:00-02:00; Sa off", "2026-11-21T01:00")
    assert not is_open("Mo-Su 20:00-02:00; Sa off", "2026-11-22T01:00")


def test_the_last_night_of_the_year_ends_in_the_new_one() -> None:
    night = schedule("2026 Dec 31 20:00-02:00")

    assert night.state_at(at("2027-01-01T01:59")).is_open
    assert night.state_at(at("2026-12-31T19:00")).changes_at == at("2026-12-31T20:00")
    assert night.state_at(at("2027-01-01T02:00")) == HoursState(is_open=False, changes_at=None)


def test_a_make_up_saturday_opens_like_a_friday() -> None:
    rule = "Mo-Th 08:30-18:00; Fr 08:30-16:00; PH off"

    assert schedule(rule).day_spans(date(2026, 2, 14)) == ((510, 960),)


def test_a_make_up_sunday_opens_like_a_monday() -> None:
    assert schedule("Mo 09:00-18:00; Tu-Fr 08:00-18:00").day_spans(date(2026, 9, 20)) == ((540, 1080),)


def test_an_ordinary_saturday_stays_closed() -> None:
    assert not is_open("Mo-Fr 08:30-18:00; PH off", "2026-02-07T09:00")
    assert is_open("Mo-Fr 08:30-18:00; PH off", "2026-02-14T09:00")


def test_a_rule_that_does_not_speak_of_holidays_holds_on_them() -> None:
    assert is_open("Mo-Su 08:00-20:00", "2026-10-01T09:00")


def test_a_holiday_can_have_hours_of_its_own() -> None:
    own = schedule("Mo-Fr 08:30-18:00; Sa-Su,PH 10:00-16:00")

    assert own.day_spans(date(2026, 10, 1)) == ((600, 960),)
    assert own.day_spans(date(2026, 10, 8)) == ((510, 1080),)


def test_holidays_of_a_dated_rule_follow_the_season() -> None:
    seasonal = schedule("May-Sep 08:00-20:00; Oct-Apr 08:30-18:00; PH 10:00-12:00")

    assert seasonal.day_spans(date(2026, 10, 1)) == ((600, 720),)
    assert seasonal.day_spans(date(2026, 9, 30)) == ((480, 1200),)
    assert seasonal.day_spans(date(2026, 10, 8)) == ((510, 1080),)


def test_without_a_table_for_the_year_the_weekly_rule_holds() -> None:
    weekly = schedule("Mo-Fr 08:30-18:00; PH off")

    assert weekly.state_at(at("2031-10-01T09:00")).is_open
    assert not weekly.holidays.covers(date(2031, 10, 1))


def test_a_regional_holiday_added_by_staff_counts() -> None:
    eid = SpecialDay(date(2026, 3, 20), DayKind.HOLIDAY, "开斋节", "Eid al-Fitr", "自治区通知")
    table = HolidayTable((*HOLIDAYS.days, eid), HOLIDAYS.years)

    assert schedule("Mo-Fr 08:30-18:00; PH off", table).day_spans(eid.date) == ()


# --- midnight -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["24/7", "Mo-Su 00:00-24:00", "00:00-00:00", "Mo-Su 08:00-08:00", "Mo-Su"])
def test_always_open_never_closes_at_midnight(rule: str) -> None:
    always = schedule(rule)

    assert always.state_at(at("2026-11-18T23:59")) == HoursState(is_open=True, changes_at=None)
    assert always.is_24h
    assert always.week_bits(date(2026, 11, 18)) == (1 << 168) - 1


def test_never_open_never_changes() -> None:
    assert schedule("off").state_at(at("2026-11-18T10:00")) == HoursState(is_open=False, changes_at=None)


def test_equal_start_and_end_are_24_hours_from_that_time() -> None:
    assert schedule("Mo 08:00-08:00").day_spans(date(2026, 11, 16)) == ((480, 1920),)


def test_days_that_touch_at_midnight_are_one_span() -> None:
    weekend = schedule("Sa-Su 00:00-24:00")

    assert weekend.state_at(at("2026-11-21T12:00")).changes_at == at("2026-11-23T00:00")


def test_an_overnight_span_meets_the_next_morning() -> None:
    state = schedule("Mo-Su 20:00-08:00,08:00-10:00").state_at(at("2026-11-18T21:00"))

    assert state.changes_at == at("2026-11-19T10:00")


def test_an_opening_is_included_and_a_closing_is_not() -> None:
    rule = "Mo-Su 08:00-20:00"

    assert not is_open(rule, "2026-11-18T07:59:59.999999")
    assert is_open(rule, "2026-11-18T08:00")
    assert is_open(rule, "2026-11-18T19:59:59.999999")
    assert not is_open(rule, "2026-11-18T20:00")


def test_the_next_change_can_lie_behind_a_long_holiday() -> None:
    state = schedule("Mo-Fr 08:30-12:00,14:00-18:00; PH off").state_at(at("2026-09-30T18:00"))

    assert state == HoursState(is_open=False, changes_at=at("2026-10-08T08:30"))


def test_a_change_more_than_400_days_ahead_is_no_change() -> None:
    state = schedule("2028 Jan 01 08:00-09:00").state_at(at("2026-11-18T10:00"))

    assert state == HoursState(is_open=False, changes_at=None)


# --- modifiers and comments ---------------------------------------------------------------------


def test_unknown_intervals_are_not_open() -> None:
    assert not is_open("Mo-Fr 08:00-18:00 unknown", "2026-11-18T10:00")
    assert not is_open('"call us"', "2026-11-18T10:00")
    assert not is_open('Mo 08:00-12:00 || "call us"', "2026-11-18T10:00")


def test_comments_do_not_change_the_hours() -> None:
    assert schedule('Mo-Su 20:00-02:00 "+30; side door"').day_spans(date(2026, 11, 18)) == ((1200, 1560),)
    assert is_open('24/7 "ring the bell"', "2026-11-18T10:00")


def test_overlapping_overnight_sequences_keep_the_longest_tail() -> None:
    friday = schedule("Mo-Fr 18:00-24:00, Fr 22:00-26:00, Fr 20:00-25:00")

    assert friday.day_spans(date(2026, 11, 20)) == ((1080, 1560),)
    assert friday.day_spans(date(2026, 11, 19)) == ((1080, 1440),)


def test_an_hour_taken_out_of_the_day_stays_out() -> None:
    assert schedule("Mo-Su 00:00-24:00; 00:00-05:00,23:00-24:00 off").day_spans(date(2026, 11, 18)) == ((300, 1380),)


# --- spans, windows, bits -----------------------------------------------------------------------


def test_spans_are_whole_and_in_order() -> None:
    found = schedule("Mo-Su 20:00-02:00,10:00-12:00").spans(at("2026-11-18T01:00"), at("2026-11-18T10:30"))

    assert found == (
        Span(at("2026-11-17T20:00"), at("2026-11-18T02:00")),
        Span(at("2026-11-18T10:00"), at("2026-11-18T12:00")),
    )


def test_a_span_longer_than_a_block_of_days_is_found_whole() -> None:
    half_year = schedule("Mar-Aug 00:00-24:00")

    assert half_year.spans(at("2026-06-01T00:00"), at("2026-06-02T00:00")) == (
        Span(at("2026-03-01T00:00"), at("2026-09-01T00:00")),
    )


def test_a_lasting_span_is_cut_400_days_away() -> None:
    (found,) = schedule("24/7").spans(at("2026-06-01T00:00"), at("2026-06-02T00:00"))

    assert found.start == at("2026-06-01T00:00") - timedelta(days=400)
    assert found.end == at("2026-06-02T00:00") + timedelta(days=400)


def test_a_span_that_only_ends_at_the_start_is_not_in_it() -> None:
    assert schedule("Mo-Su 10:00-12:00").spans(at("2026-11-18T12:00"), at("2026-11-18T13:00")) == ()


def test_epoch_spans_are_clipped_to_the_window() -> None:
    window = schedule("Mo-Su 20:00-02:00").epoch_spans(date(2026, 11, 18), 1)

    midnight_s = int(at("2026-11-18T00:00").timestamp())
    assert window.tolist() == [[midnight_s, midnight_s + 7200], [midnight_s + 72_000, midnight_s + 86_400]]


def test_epoch_spans_are_kept_and_read_only() -> None:
    kept = schedule("24/7")

    window = kept.epoch_spans(date(2026, 11, 18), 16)

    assert window.shape == (1, 2)
    assert kept.epoch_spans(date(2026, 11, 18), 16) is window
    assert not window.flags.writeable


def test_week_bits_ask_each_hour_at_half_past() -> None:
    bits = schedule("Mo 08:30-12:00; Su 22:31-01:00").week_bits(date(2026, 11, 18))

    open_hours = [hour for hour in range(168) if bits >> hour & 1]
    assert open_hours == [0, 8, 9, 10, 11, 6 * 24 + 23]


def test_week_bits_ignore_holidays() -> None:
    weekly = schedule("Mo-Fr 08:30-18:00; PH off")

    assert weekly.week_bits(date(2026, 10, 1)) == weekly.week_bits(date(2026, 11, 18)) != 0


def test_week_bits_of_a_seasonal_rule_belong_to_the_week_asked_for() -> None:
    seasonal = schedule("May-Sep 08:00-20:00; Oct-Apr 08:30-18:00")

    assert seasonal.week_bits(date(2026, 7, 1)).bit_count() == 84
    assert seasonal.week_bits(date(2026, 11, 18)).bit_count() == 70


@pytest.mark.parametrize("rule", ["05:00-23:00", "Mo-Sa 00:00-24:00", "00:00-23:59", "May-Sep 00:00-24:00"])
def test_anything_less_is_not_24_hours(rule: str) -> None:
    assert not schedule(rule).is_24h


def test_unknown_hours_answer_unknown_to_everything() -> None:
    unknown = Schedule.compile(OpeningHours.unknown("暂无"), HOLIDAYS, SHANGHAI)

    assert not unknown.known
    assert unknown.state_at(at("2026-11-18T10:00")) == HoursState(None, None)
    assert unknown.spans(at("2026-11-18T10:00"), at("2026-11-19T10:00")) == ()
    assert unknown.epoch_spans(date(2026, 11, 18), 16).shape == (0, 2)
    assert unknown.week_bits(date(2026, 11, 18)) == 0
    assert not unknown.is_24h


def test_an_instant_without_a_zone_or_out_of_the_calendar_is_refused() -> None:
    weekly = schedule("Mo-Fr 08:30-18:00")

    with pytest.raises(InvalidValue, match="time zone"):
        weekly.state_at(datetime(2026, 11, 18, 10))  # noqa: DTZ001 - the naive time is the point
    with pytest.raises(InvalidValue, match="year"):
        weekly.state_at(at("9999-12-31T10:00"))
    with pytest.raises(InvalidValue, match="before the start"):
        weekly.spans(at("2026-11-18T10:00"), at("2026-11-17T10:00"))


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    weekly = schedule("Mo-Su 08:00-20:00")

    assert weekly.state_at(datetime(2026, 11, 18, 0, 0, tzinfo=ZoneInfo("UTC"))).is_open


def test_the_wall_clock_rules_on_the_night_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = schedule("Mo-Su 22:00-06:00", HolidayTable.empty(), berlin)

    state = night.state_at(datetime(2026, 3, 28, 23, 0, tzinfo=berlin))

    assert state.changes_at == datetime(2026, 3, 29, 6, 0, tzinfo=berlin)


def test_one_schedule_serves_every_station_with_the_rule() -> None:
    book = ScheduleBook(HOLIDAYS, SHANGHAI)

    first = book.of(OpeningHours.from_rule("24/7", "24小时"))
    second = book.of(OpeningHours.from_rule("24/7", "全天"))

    assert first is second
    assert book.of(OpeningHours.unknown()) is not first
    assert list(book.by_rule) == ["24/7", None]


# --- the week, for a page -----------------------------------------------------------------------


def test_the_week_begins_today_and_names_the_exceptions() -> None:
    table = describe_week(schedule("Mo-Fr 08:30-12:00,14:00-18:00; PH off"), date(2026, 9, 30))

    assert [row.weekday for row in table.rows] == [2, 3, 4, 5, 6, 0, 1]
    assert table.rows[0].is_today
    assert table.rows[0].times == ("08:30–12:00", "14:00–18:00")
    assert [exception.date.day for exception in table.exceptions] == [1, 2, 5, 6, 7, 10]
    assert table.exceptions[0].times == ()
    assert table.exceptions[0].special is not None
    assert table.exceptions[0].special.name_zh == "国庆节"
    assert table.exceptions[-1].times == ("08:30–12:00", "14:00–18:00")  # a make-up Saturday


def test_a_single_closed_date_is_an_exception_not_the_usual_week() -> None:
    table = describe_week(schedule("Mo-Su 08:00-20:00; 2026 Nov 20 off"), date(2026, 11, 18))

    assert table.rows[2].times == ("08:00–20:00",)
    assert [exception.date for exception in table.exceptions] == [date(2026, 11, 20)]


def test_a_change_of_season_shows_in_the_days_after_it() -> None:
    table = describe_week(schedule("May-Sep 08:00-20:00; Oct-Apr 08:30-18:00"), date(2026, 4, 22))

    assert table.rows[0].times == ("08:30–18:00",)
    assert [exception.date.day for exception in table.exceptions] == [1, 2, 3, 4, 5]


def test_a_week_beyond_the_holiday_table_says_so() -> None:
    assert describe_week(schedule("24/7"), date(2031, 1, 1)).holidays_missing
    assert not describe_week(schedule("24/7"), date(2026, 11, 18)).holidays_missing


def test_unknown_hours_have_no_week() -> None:
    table = describe_week(Schedule.compile(OpeningHours.unknown(), HOLIDAYS, SHANGHAI), date(2026, 11, 18))

    assert not table.known
    assert table.rows == ()
    assert table.exceptions == ()


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ((510, 720), "08:30–12:00"),
        ((1200, 1560), "20:00–02:00"),
        ((0, 1440), "00:00–24:00"),
        ((480, 1920), "08:00–08:00"),
    ],
)
def test_a_span_reads_as_clock_times(span: tuple[int, int], text: str) -> None:
    assert span_text(span) == text
