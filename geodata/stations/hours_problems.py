"""What can be wrong with the words of opening hours, said in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "unread": ("没有读懂「{0}」", "could not read “{0}”"),
    "note": ("「{0}」作为备注保留，未影响时间", "“{0}” was kept as a note and did not change the hours"),
    "no_times": ("「{0}」没有写明几点到几点", "“{0}” does not say from when to when"),
    "half_span": ("「{0}」只有一个时刻，缺少开始或结束", "“{0}” is one time only: its beginning or its end is missing"),
    "invalid_time": ("「{0}」不是有效的时刻", "“{0}” is no time of day"),
    "end_before_start": (
        "「{0}」结束早于开始；若到第二天，请写“次日”",
        "“{0}” ends before it begins; if it ends on the next day, write 次日",
    ),
    "out_of_order": (
        "「{0}」与前面的时间重叠或颠倒；下午请用24小时制或写“下午”",
        "“{0}” overlaps or precedes the times before it; write the afternoon in 24 hours or with 下午",
    ),
    "contradiction": ("「{0}」与其余内容矛盾", "“{0}” contradicts the rest"),
    "contradicts": ("「{0}」与「{1}」矛盾", "“{0}” and “{1}” contradict each other"),
    "all_day_unclear": (
        "「{0}」是否包括夜间不清楚；若是请写“24小时”",
        "“{0}” may or may not include the night; if it does, write 24小时",
    ),
    "season_months_assumed": (
        "「{0}」没有写月份，按 {1} 处理，请核对",
        "“{0}” names no months; {1} was assumed, please check",
    ),
    "season_incomplete": ("「{0}」没有写月份，也没有写其余季节", "“{0}” names no months and no other season"),
    "days_unclear": ("「{0}」对应哪段时间不清楚", "it is not clear which times “{0}” belongs to"),
    "season_unclear": ("「{0}」属于哪个季节不清楚", "it is not clear which season “{0}” belongs to"),
    "sun_times": ("「{0}」用了日出日落，请写钟点", "“{0}” goes by the sun; give clock times"),
    "open_end": ("「{0}」没有写结束时间", "“{0}” does not say when the opening ends"),
    "repeated_times": ("「{0}」是重复的时刻，请写时间段", "“{0}” repeats points in time; give spans"),
    "school_holidays": ("「{0}」提到学校假期，请写日期", "“{0}” names school holidays; give dates"),
    "holiday_offset": ("「{0}」提到节前节后，请写日期", "“{0}” names days before or after a holiday; give dates"),
    "holiday_weekdays": ("「{0}」中的 PH 只能单独写或列在星期里", "“{0}”: name PH by itself or in a list of days"),
    "overnight_off": ("「{0}」的关闭时段跨过零点，请在零点分开", "“{0}”: split the closed span at midnight"),
    "unreadable_rule": ("「{0}」不是有效的 OSM 规则", "“{0}” is no OSM opening_hours rule"),
    "overlap": ("{0}的时间段互相重叠", "The times of {1} overlap"),
    "overlaps_next_day": (
        "{0}的时间过了零点，与第二天的时间重叠",
        "The times of {1} run past midnight into the times of the next day",
    ),
    "no_open_days": ("只写了节假日的时间，平常日子没有写", "only holidays have times; no ordinary day has"),
    "names_days": ("「{0}」写了星期或月份，这一栏只写几点到几点", "“{0}” names days or months; give only times here"),
    "invalid_week": ("周表没有完整送达，请再试一次", "the week did not arrive whole; please try again"),
    "words_differ": (
        "文字「{0}」与规则「{1}」说的不是同一时间",
        "the words “{0}” and the rule “{1}” say different times",
    ),
    "says_24h": (
        "文字写「{0}」，但实际并非 24 小时开放",
        "the words say “{0}”, but the hours are not around the clock",
    ),
    "too_long": ("文字太长，未读取", "the text is too long to be read"),
}


@dataclass(frozen=True, slots=True)
class HoursProblem:
    """One thing that could not be read, or was read with a doubt.

    ``code`` is a stable word, ``fragment`` the words at fault, ``detail`` what was done about them,
    or of a contradiction the words they contradict.
    """

    code: str
    fragment: str
    detail: str = ""

    def message(self, language: str) -> str:
        """A sentence for a person, without its full stop: Chinese for any zh-*, else English."""
        zh, en = _MESSAGES["contradicts" if self.code == "contradiction" and self.detail else self.code]
        return (zh if language.startswith("zh") else en).format(self.fragment, self.detail)

    @property
    def message_zh(self) -> str:
        """The message in Chinese."""
        return self.message("zh")

    @property
    def message_en(self) -> str:
        """The message in English."""
        return self.message("en")


class HoursReadingError(ValueError):
    """Raised inside the reader when no rule may be made; carries the problems. It never leaves it."""

    def __init__(self, *problems: HoursProblem) -> None:
        super().__init__("; ".join(problem.message_en for problem in problems))
        self.problems: Final = problems


def unreadable(code: str, fragment: str, detail: str = "") -> HoursReadingError:
    """The error for one problem, to raise."""
    return HoursReadingError(HoursProblem(code, fragment, detail))
