"""Opening hours as stored: a rule that means one thing, or unknown."""

from __future__ import annotations

import pytest

from geodata.errors import InvalidOpeningHours, InvalidValue
from geodata.stations.opening_hours import OpeningHours


def test_unknown_hours_have_no_rule_but_keep_their_words() -> None:
    hours = OpeningHours.unknown("同银行营业时间")

    assert not hours.known
    assert hours.rule is None
    assert hours.original_text == "同银行营业时间"


def test_a_rule_is_kept_as_written_with_its_ends_tidied() -> None:
    hours = OpeningHours.from_rule("  Mo-Fr  08:30-18:00;\n PH off; ", "工作日 8:30-18:00")

    assert hours.rule == "Mo-Fr 08:30-18:00; PH off"
    assert hours.known


@pytest.mark.parametrize(
    "rule",
    [
        "24/7",
        "Mo-Su 20:00-02:00",
        "Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00; PH off",
        "May-Sep Mo-Su 08:00-20:00; Oct-Apr Mo-Su 08:30-18:00",
        "Jun 01-Sep 15 08:00-20:00",
        "Mo,PH 10:00-12:00",
        'Mo-Fr 08:00-18:00 "ask for SH 18:00+ at the desk"',
        'Mo-Fr 08:00-18:00 || "call us"',
        "Th[1] 10:00-12:00",
        "week 1-53/2 Mo 10:00-12:00",
        "2026 Dec 31 20:00-02:00",
    ],
)
def test_a_rule_that_means_one_thing_is_accepted(rule: str) -> None:
    assert OpeningHours.from_rule(rule).rule == rule


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("周一至周五", "unreadable_rule"),
        ("Mo-Fr 25:00-26:00", "unreadable_rule"),
        ("Mo-Fr 08:00-18:00;;;x", "unreadable_rule"),
        ("sunrise-sunset", "sun_times"),
        ("18:00+", "open_end"),
        ("08:00-20:00/02:00", "repeated_times"),
        ("Mo-Fr 08:00-18:00; SH off", "school_holidays"),
        ("Mo-Fr 08:00-18:00; PH +1 day off", "holiday_offset"),
        ("Mo-Fr 08:00-18:00; PH -1 day off", "holiday_offset"),
        ("PH Mo-Fr 10:00-12:00", "holiday_weekdays"),
        ("24/7; 23:00-05:00 off", "overnight_off"),
        ("Mo-Fr 08:00-18:00" + "; Mo 10:00-11:00" * 40, "too_long"),
    ],
)
def test_what_cannot_be_read_or_would_be_a_guess_is_refused(rule: str, code: str) -> None:
    with pytest.raises(InvalidOpeningHours) as refusal:
        OpeningHours.from_rule(rule)

    assert refusal.value.code == code
    assert refusal.value.field == "opening_hours"


def test_a_refusal_is_an_invalid_value_and_a_value_error() -> None:
    with pytest.raises(InvalidValue):
        OpeningHours("nonsense")
    with pytest.raises(ValueError, match="OSM"):
        OpeningHours("nonsense")


def test_words_longer_than_a_field_are_refused() -> None:
    with pytest.raises(InvalidOpeningHours, match="500"):
        OpeningHours.unknown("x" * 501)
