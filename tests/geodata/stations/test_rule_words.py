"""A rule in words: exact, or not at all; and words that speak against their rule."""

from __future__ import annotations

import pytest

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_words import contradictions, same_hours, words_of_rule


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("24/7", "24小时", "24 hours a day"),
        ("24/7; PH off", "24小时；节假日休息", "24 hours a day; closed on public holidays"),
        (
            "Mo-Fr 08:30-12:00,14:30-18:00; Sa 09:00-12:00; PH off",
            "周一至周五 08:30-12:00，14:30-18:00；周六 09:00-12:00；周日休息；节假日休息",
            "Monday to Friday 08:30–12:00, 14:30–18:00; Saturday 09:00–12:00; closed on Sunday; closed on public holidays",
        ),
        ("Mo-Su 20:00-02:00", "每天 20:00-次日02:00", "Every day 20:00–02:00 the next day"),
        (
            "Mo,We,Fr 09:00-12:00",
            "周一、周三、周五 09:00-12:00；周二、周四、周六、周日休息",
            "Monday, Wednesday, Friday 09:00–12:00; closed on Tuesday, Thursday, Saturday, Sunday",
        ),
        (
            "Mo-Fr 08:00-18:00; Sa-Su,PH 10:00-16:00",
            "周一至周五 08:00-18:00；周六、周日 10:00-16:00；节假日 10:00-16:00",
            "Monday to Friday 08:00–18:00; Saturday, Sunday 10:00–16:00; public holidays 10:00–16:00",
        ),
        (
            "May-Sep Mo-Su 08:00-20:00; Oct-Apr Mo-Su 08:30-18:00",
            "5月至9月每天 08:00-20:00；10月至4月每天 08:30-18:00",
            "May to September, every day 08:00–20:00; October to April, every day 08:30–18:00",
        ),
        ("Mo-Su 08:00-18:00; Jan 01 off", "每天 08:00-18:00；1月1日休息", "Every day 08:00–18:00; closed 1 January"),
    ],
)
def test_a_rule_is_said_in_both_languages(rule: str, zh: str, en: str) -> None:
    assert words_of_rule(rule, "zh-CN") == zh
    assert words_of_rule(rule, "en") == en


@pytest.mark.parametrize(
    "rule",
    [
        "week 1-10 Mo-Fr 08:00-10:00",
        "2026 Dec 24 10:00-12:00",
        'Mo-Fr 08:00-18:00 "by appointment"',
        "Mo-Fr 08:00-12:00 unknown",
        "Mo-Fr,PH 08:00-18:00; Sa 10:00-16:00",
        "Mo-Su 00:00-23:59",
        'Mo-Fr 08:00-12:00 || "call us"',
    ],
)
def test_a_rule_our_words_cannot_say_exactly_has_none(rule: str) -> None:
    assert words_of_rule(OpeningHours.from_rule(rule).rule or "", "zh") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mo-Su 00:00-24:00", "24/7", True),
        ("Mo-Fr 08:00-12:00; Sa 08:00-12:00", "Mo-Sa 08:00-12:00", True),
        ("Mo-Su 08:00-18:00", "Mo-Su 08:00-18:00; PH off", False),
        ("Mo-Su 08:00-18:00", "Jan-Jun Mo-Su 08:00-18:00; Jul-Dec Mo-Su 08:00-18:00", True),
        ("Mo-Su 08:00-18:00", "Mo-Su 08:00-18:00; Dec 31 off", False),
    ],
)
def test_two_rules_are_the_same_when_they_open_at_the_same_times(one: str, other: str, same: bool) -> None:
    assert same_hours(one, other) is same


@pytest.mark.parametrize(
    ("words", "rule", "codes"),
    [
        ("周一至周五 8:30-12:00", "Mo-Fr 08:30-12:00", []),
        ("周一至周五 8:30-12:00", "Mo-Fr 08:30-12:30", ["words_differ"]),
        ("24小时", "Mo-Su 05:00-23:00", ["words_differ"]),
        ("24小时自助服务区", "Mo-Su 05:00-23:00", ["says_24h"]),
        ("24小时自助服务区", "24/7", []),
        ("同银行营业时间", "Mo-Fr 09:00-17:00", []),
        ("", "Mo-Fr 09:00-17:00", []),
        ("24小时", None, []),
    ],
)
def test_words_that_speak_against_the_rule_are_named(words: str, rule: str | None, codes: list[str]) -> None:
    assert [problem.code for problem in contradictions(OpeningHours(rule, words))] == codes
