"""The words of opening hours, as tokens: clock times, days, holidays, months, seasons, open, closed.

What no word here knows becomes an ``unread`` token, so that nothing is lost in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from geodata.stations.hours_clock import CLOCK, NUMBER, RANGE, ClockTime, clock_of, number_of
from geodata.stations.hours_problems import unreadable

ALL_DAYS: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset({5, 6})

_DASHES: Final = str.maketrans(
    dict.fromkeys("—–―─━‐‑‒−﹣~〜∼", "-") | {"∶": ":", "﹕": ":", "\u200b": "", "\ufeff": ""}
)
_LONG_DASH: Final = re.compile(r"-{2,}")
_NOTHING: Final = re.compile(
    r"[-/\\.。?·*\s]*|暂?无(?:数据|信息|资料)?|未知|不详|不明|不清楚|未填写?|空|待定|待补充?|待完善|n/?a|none|null|nan|unknown"
)


class Kind(Enum):
    """What a token is."""

    CLOCK = auto()
    RANGE = auto()
    DAYS = auto()
    WORKDAY = auto()
    HOLIDAY = auto()
    REST_DAYS = auto()
    MONTHS = auto()
    SEASON = auto()
    ALL_DAY = auto()
    CLOSED = auto()
    AS_USUAL = auto()
    LUNCH = auto()
    EXCEPT = auto()
    EXCEPT_END = auto()
    INCLUDING = auto()
    FILLER = auto()
    COMMA = auto()
    STOP = auto()
    BRACKET_OPEN = auto()
    BRACKET_CLOSE = auto()
    UNREAD = auto()


@dataclass(frozen=True, slots=True)
class MonthRange:
    """From a month (and day) to another, both included; ``*_day`` 0 stands for the whole month."""

    first_month: int
    first_day: int
    last_month: int
    last_day: int

    def includes(self, month: int) -> bool:
        """Whether some of the month lies in the range, which may pass the year's end."""
        if self.first_month <= self.last_month:
            return self.first_month <= month <= self.last_month
        return month >= self.first_month or month <= self.last_month


Value = ClockTime | frozenset[int] | MonthRange | str | None


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number, what it is, and the number of the brackets it stands in (0: in none)."""

    kind: Kind
    text: str
    value: Value = None
    bracket: int = 0


# --- days and months ------------------------------------------------------------------------------

_DAY_CHARS: Final = "一二三四五六日"
_NOT_A_NUMBER: Final = r"(?![\d:.点时月])"
_ENGLISH_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH_DAY: Final = r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b"
_ONE_DAY: Final = rf"(?:(?:周|星期|礼拜)\s*(?:[一二三四五六日天]|[1-7]{_NOT_A_NUMBER})|{_ENGLISH_DAY})"
_DAYS: Final = (
    rf"{_ONE_DAY}(?:{RANGE}(?:{_ONE_DAY}|[一二三四五六日天](?![点时月十])|[1-7]{_NOT_A_NUMBER})"
    rf"|\s*[、,和及与/&]?\s*{_ONE_DAY}|、?[一二三四五六日天](?![点时月十]))*"
)
_DAY_PIECE: Final = re.compile(rf"(?P<range>{RANGE})|(?P<day>[一二三四五六日天1-7])|(?P<name>{_ENGLISH_DAY})")
_MONTHS: Final = (
    rf"(?<![\d:.])(?P<m1>{NUMBER})(?:月份?(?:(?P<d1>{NUMBER})[日号])?)?{RANGE}(?:次年|翌年|来年|第二年)?"
    rf"(?P<m2>{NUMBER})月份?(?:(?P<d2>{NUMBER})[日号]|底|末)?"
    rf"|(?P<m>{NUMBER})月份?(?:(?P<d>{NUMBER})[日号])?"
)
DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _day_set(match: re.Match[str]) -> frozenset[int]:
    days: list[int] = []
    is_range = False
    for piece in _DAY_PIECE.finditer(re.sub("星期|礼拜|周", " ", match[0])):
        if piece["range"]:
            is_range = True
            continue
        day = _day_number(piece["day"], piece["name"])
        if is_range and days:
            first = days[-1]
            days.extend((first + step) % 7 for step in range(1, (day - first) % 7 + 1))
        else:
            days.append(day)
        is_range = False
    return frozenset(days)


def _day_number(char: str | None, name: str | None) -> int:
    if name:
        return _ENGLISH_DAYS.index(name[:3])
    if char is not None and char.isdecimal():
        return int(char) - 1
    return _DAY_CHARS.index("日" if char == "天" else str(char))


def _month_range(match: re.Match[str]) -> MonthRange:
    first, last = (match["m"] or match["m1"]), (match["m"] or match["m2"])
    first_day, last_day = (match["d"] or match["d1"]), (match["d"] or match["d2"])
    months = MonthRange(
        number_of(first),
        number_of(first_day) if first_day else 0,
        number_of(last),
        number_of(last_day) if last_day else 0,
    )
    for month, day in ((months.first_month, months.first_day), (months.last_month, months.last_day)):
        if not 1 <= month <= 12 or day > DAYS_IN_MONTH[month - 1]:
            raise unreadable("invalid_time", match[0])
    return months


def whole_months(months: MonthRange) -> MonthRange:
    """The same range without days when it begins on a first and ends on a last of a month."""
    first_day, last_day = months.first_day, months.last_day
    last_of_month = DAYS_IN_MONTH[months.last_month - 1]
    ends_whole = last_day in {0, last_of_month} or (months.last_month == 2 and last_day == 28)
    if first_day in {0, 1} and ends_whole:
        return replace(months, first_day=0, last_day=0)
    return replace(months, first_day=first_day or 1, last_day=last_of_month if ends_whole else last_day)


# --- the vocabulary -------------------------------------------------------------------------------

_24_HOURS: Final = (
    r"(?:全天候?)?\s*(?:7\s*[x*×]\s*)?(?:24|二十四)\s*个?(?:小时|h(?:ours?|rs?)?\b)(?:全天候?)?(?:\s*[x*×]\s*7天?)?"
    r"|全天候|昼夜|7\s*[x*×]\s*24(?!\d)"
)
_HOLIDAY: Final = (
    r"(?:国家|国定|法定|公众|公共|重大|全国)*(?:节假日|假日|节日|节假)|公共假期|法定假期?|public\s+holidays?"
)
_CLOSED: Final = (
    r"(?:暂?不|未)(?:对外)?(?:开放|营业|开门|服务|上班)|休息(?!日|室|区)|闭馆|闭站|闭店|关闭|关门|停业|歇业|除外|放假"
    r"|休馆|公休|休业|\bclosed\b|休(?!息)"
)
_FILLER: Final = (
    r"(?:开放|营业|服务|办公|工作|上班|接待|运营|开馆|开门)(?:的)?(?:时间|时段|日期)|时间段?|时段|作息|期间"
    r"|对外|面向公众|免费|开放|营业|开门|开馆|服务|上班|办公|运营|每(?=周|星期|礼拜)|每年|但是?|不过|均|都|为|是|的|在|从|自|由|和|及|与|以及|并"
    r"|\b(?:open|from|and|on|hours?)\b|[:&]"
)
_Entry = tuple[Kind, str, Value | Callable[[re.Match[str]], Value]]
_BEFORE_CLOCKS: Final[tuple[_Entry, ...]] = (
    (Kind.STOP, r"[ \t]*[;。\n\r]\s*", None),
    (Kind.FILLER, r"(?:中午|午间)不(?:休息?|关门|打烊)|无午休", None),
    (Kind.LUNCH, r"午休(?:时间)?|(?:中午|午间)(?:休息|不开放|闭馆|关门)(?:时间)?", None),
    (Kind.DAYS, r"非工作日", "rest_days"),
    (Kind.WORKDAY, r"(?:法定)?工作日|上班日|平日|\bweekdays?\b", None),
    (Kind.REST_DAYS, r"双休日?|休息日", None),
    (Kind.DAYS, r"(?:每)?周末|\bweekends?\b", WEEKEND),
    (Kind.ALL_DAY, _24_HOURS, "24h"),
    (Kind.ALL_DAY, r"全天|全日|\ball\s+day\b", "all_day"),
    (Kind.AS_USUAL, r"(?:全年|常年|年中|365天)?(?:无休息?日?|不休息?|不打烊)", "no_rest"),
    (Kind.AS_USUAL, r"正常|照常|不变|照旧", None),
    (Kind.DAYS, r"每天|每日|天天|全年|常年|全周|一?周七天|365天|\bdaily\b|\bevery\s*day\b", ALL_DAYS),
    (Kind.DAYS, _DAYS, _day_set),
    (Kind.HOLIDAY, _HOLIDAY, None),
    (Kind.SEASON, r"夏(?:季|天|令时?|时制)", "summer"),
    (Kind.SEASON, r"(?:其余|其[他它])(?:时间|时段|日期|月份|各?[天日])?", "rest"),
    (Kind.SEASON, r"冬(?:季|天|令时?|时制)", "winter"),
    (Kind.MONTHS, _MONTHS, _month_range),
)
_AFTER_CLOCKS: Final[tuple[_Entry, ...]] = (
    (Kind.EXCEPT, r"除(?![夕外])了?|不含|不包[括含]|\bexcept\b|\bclosed\s+on\b", None),
    (Kind.CLOSED, _CLOSED, None),
    (Kind.EXCEPT_END, r"[以之]?外", None),
    (Kind.INCLUDING, r"包[括含]|含", None),
    (Kind.FILLER, _FILLER, None),
    (Kind.RANGE, RANGE, None),
    (Kind.COMMA, r"[,、/|+\s]+", None),
    (Kind.BRACKET_OPEN, r"[(\[【〔{「]", None),
    (Kind.BRACKET_CLOSE, r"[)\]】〕}」]", None),
)
_FORMS: Final = tuple(
    (kind, form if isinstance(form, re.Pattern) else re.compile(form), value)
    for kind, form, value in (*_BEFORE_CLOCKS, (Kind.CLOCK, CLOCK, clock_of), *_AFTER_CLOCKS)
)


def tidied(text: str) -> str:
    """The text in half width and lower case, with one kind of dash."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).lower()
    return _LONG_DASH.sub("-", folded).strip()


def says_nothing(tidy_text: str) -> bool:
    """Whether the text is empty or a way to write "no information"."""
    return _NOTHING.fullmatch(tidy_text) is not None


def tokens(tidy_text: str) -> list[Token]:
    """Every word of a tidied text in order; what is not known stands together in ``unread`` tokens."""
    found: list[Token] = []
    bracket, brackets_count = 0, 0
    for token in _scan(tidy_text):
        if token.kind is Kind.BRACKET_OPEN:
            brackets_count += 1
            bracket = brackets_count
        elif token.kind is Kind.BRACKET_CLOSE:
            bracket = 0
        elif token.kind is Kind.UNREAD and found and found[-1].kind is Kind.UNREAD and found[-1].bracket == bracket:
            found[-1] = Token(Kind.UNREAD, found[-1].text + token.text, bracket=bracket)
            continue
        found.append(Token(token.kind, token.text, token.value, bracket))
    return found


def _scan(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        token, position = _token_at(text, position)
        yield token


def _token_at(text: str, position: int) -> tuple[Token, int]:
    for kind, form, meaning in _FORMS:
        match = form.match(text, position)
        if match is None or match.end() == position:
            continue
        value = meaning(match) if callable(meaning) else meaning
        if kind is Kind.CLOCK and value is None:  # a bare number that need not be a time
            continue
        return Token(kind, match[0].strip(), value), match.end()
    return Token(Kind.UNREAD, text[position]), position + 1
