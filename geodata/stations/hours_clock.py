"""Clock times as people write them: 8:30, 8点半, 早八点, 下午2时30分, 次日凌晨2:00, 8pm.

A time without 上午/下午 takes them from the time before it in the same span ("下午2点半到6点"). An
end before its start is the next day only where that is said (次日, 凌晨) or plain from the clock
(20:00-2:00); "8:30-6:00" is refused: it is more likely a 12-hour clock than a night.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from geodata.stations.hours_problems import unreadable
from geodata.stations.rule_text import DAY_MIN

NUMBER: Final = r"(?:\d{1,2}|(?<![周期拜])[零〇一二两三四五六七八九十]{1,3})"

_NEXT_DAY: Final = r"次日|翌日|隔日|第二天|第二日"
_MORNING: Final = r"清晨|清早|早晨|早上|早间|上午|早|朝|am"
_NIGHT_END: Final = r"凌晨"
_NOON: Final = r"中午|正午|午间"
_AFTERNOON: Final = r"下午|午后|pm"
_EVENING: Final = r"傍晚|晚上|晚间|夜晚|夜间|夜里|深夜|午夜|半夜|晚|夜"
_PERIOD: Final = rf"(?:{_NEXT_DAY}|{_NIGHT_END}|{_MORNING}|{_NOON}|{_AFTERNOON}|{_EVENING}|当天|当日)"
RANGE: Final = r"(?:\s*(?:-|~|至|到|\bto\b)\s*)"

CLOCK: Final = re.compile(
    rf"""(?P<period>(?:{_PERIOD}\s*:?\s*){{0,3}})
         (?P<hour>(?<!\d){NUMBER})
         (?: \s*[:.]\s*(?P<minute>\d{{2}})(?!\d)(?::00)?\s*(?:分|(?=\D|$))
           | [点时](?!间)(?:钟|整)?(?P<spoken>半|[一1]刻|[三3]刻|{NUMBER}分?)?
           | (?P<bare>(?![\d:.点时月日号天小/%年个分]))
         )
         \s*(?P<ampm>[ap]\.?m\b\.?)?""",
    re.VERBOSE,
)
_RANGE_TO_A_CLOCK: Final = re.compile(rf"{RANGE}(?:{_PERIOD}\s*){{0,3}}{NUMBER}\s*[:.点时]")
_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_MAX_HOUR: Final = 30  # 26:00 is a way to write 2:00 on the next day


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time as written: hour and minute, the words before it, and whether the hour had two digits."""

    hour: int
    minute: int
    period: str
    padded: bool
    text: str


def number_of(text: str) -> int:
    """A number below 100 in digits or Chinese numerals."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, ones = text.split("十", 1)
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[char]) for char in text))


def clock_of(match: re.Match[str]) -> ClockTime | None:
    """The time a match of ``CLOCK`` stands for; None when it is a bare number that need not be a time."""
    period = re.sub(r"[\s:]", "", match["period"]) + (match["ampm"] or "").replace(".", "")
    is_bare = match["bare"] is not None
    if is_bare and not period and not _RANGE_TO_A_CLOCK.match(match.string, match.end()):
        return None
    spoken = match["spoken"] or ""
    minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}.get(spoken)
    if minute is None:
        minute = int(match["minute"]) if match["minute"] else number_of(spoken.rstrip("分")) if spoken else 0
    hour = number_of(match["hour"])
    padded = len(match["hour"]) == 2 and hour < 10
    return ClockTime(hour, minute, period, padded, match[0].strip())


def span_minutes(start: ClockTime, end: ClockTime, text: str) -> tuple[int, int]:
    """Start and end in minutes from midnight, the end up to 24 hours after the start."""
    start_min = _minute_of(start, start.period)
    if _says(_NEXT_DAY, start.period) or start_min >= DAY_MIN:
        raise unreadable("invalid_time", text)
    end_min = _minute_of(end, end.period)
    if not end.period and end_min <= start_min:
        inherited_min = _minute_of(end, re.sub(_NOON, "下午", start.period))
        end_min = inherited_min if inherited_min > start_min else end_min
    if _says(_NEXT_DAY, end.period) and end_min < DAY_MIN:
        end_min += DAY_MIN
    elif end_min <= start_min:
        if not _ends_next_day(start_min, end_min, end):
            raise unreadable("end_before_start", text)
        end_min += DAY_MIN
    if end_min - start_min > DAY_MIN:
        raise unreadable("end_before_start", text)
    return (0, DAY_MIN) if (start_min, end_min) == (0, DAY_MIN - 1) else (start_min, end_min)


def _says(words: str, period: str) -> bool:
    return re.search(words, period) is not None


def _minute_of(clock: ClockTime, period: str) -> int:
    """Minutes from midnight, the words before the time taken into account."""
    hour, minute = clock.hour, clock.minute
    if hour > _MAX_HOUR or minute > 59:
        raise unreadable("invalid_time", clock.text)
    if _says(_EVENING, period):
        if hour in {0, 12} or hour < 5:  # 晚12点 is midnight, 晚1点 an hour later
            hour = 24 + hour % 12
        elif hour < 12:
            hour += 12
    elif (_says(_AFTERNOON, period) and hour < 12) or (_says(_NOON, period) and hour < 5):
        hour += 12
    elif hour == 12 and _says(rf"{_NIGHT_END}|am", period):
        hour = 0
    return hour * 60 + minute


def _ends_next_day(start_min: int, end_min: int, end: ClockTime) -> bool:
    """Whether an end at or before the start is plainly the next day's."""
    if start_min == end_min:
        return start_min == 0
    length_min = end_min + DAY_MIN - start_min
    if end_min < 60 or _says(_NIGHT_END, end.period):
        return True
    evening_to_morning = start_min >= 16 * 60 and end_min <= 10 * 60
    written_in_24_hours = end.padded and end_min <= 6 * 60 and length_min <= 20 * 60
    return evening_to_morning or written_in_24_hours
