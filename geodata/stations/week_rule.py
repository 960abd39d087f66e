"""A week of hours as a grid shows it, and the OSM rule it stands for.

A grid has seven days and a line for public holidays. Every such week has a rule; not every rule has a
week: one with seasons, dates, comments or "unknown" says more than seven days can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from geodata.errors import InvalidOpeningHours
from geodata.stations import rule_text
from geodata.stations.day_spans import MinuteSpans, holiday_spans, merged, ordinary_day_spans
from geodata.stations.hours_plan import days_text, times_text
from geodata.stations.rule_text import DAY_MIN

HOLIDAYS: Final = 7
"""The number of the line for public holidays, after the days Monday 0 to Sunday 6."""

_A_MONDAY: Final = date(2024, 1, 1)
_WHOLE_DAY: Final = ((0, DAY_MIN),)


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The spans that begin on each day of an ordinary week, Monday first, and on a public holiday.

    Spans are minutes from the day's midnight; they begin before 1440, last 24 hours at most, and those
    that touch count as one. ``holidays`` None: a holiday is like its weekday; no spans: closed.

    Raises
    ------
    InvalidOpeningHours
        A span is no time of a day, or two of a day overlap; ``day`` of the error's ``field`` is its number.
    """

    days: tuple[MinuteSpans, ...]
    holidays: MinuteSpans | None = None

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise InvalidOpeningHours("A week has seven days.", field="hours", code="invalid_week")
        object.__setattr__(self, "days", tuple(_one_day(spans) for spans in self.days))
        if self.holidays is not None:
            object.__setattr__(self, "holidays", _one_day(self.holidays))

    @property
    def is_open(self) -> bool:
        """Whether some ordinary day has times."""
        return any(self.days)

    @property
    def days_into_the_next(self) -> tuple[int, ...]:
        """The days whose times run past midnight into times of the day after."""
        following = (*self.days[1:], self.days[0])
        return tuple(
            number
            for number, (spans, after) in enumerate(zip(self.days, following, strict=True))
            if spans and after and spans[-1][1] - DAY_MIN > after[0][0]
        )


def rule_of_week(week: WeekHours) -> str | None:
    """The shortest plain rule for the week; None when no day has times, which says nothing.

    Raises
    ------
    InvalidOpeningHours
        Only holidays have times.
    """
    if not week.is_open:
        if week.holidays:
            raise InvalidOpeningHours("Only holidays have times.", field="hours", code="no_open_days")
        return None
    groups: dict[MinuteSpans, list[int]] = {}
    for day, spans in enumerate(week.days):
        if spans:
            groups.setdefault(spans, []).append(day)
    parts = [(days_text(days), spans) for spans, days in groups.items()]
    on_holidays = None if set(week.days) == {week.holidays} else week.holidays
    if not on_holidays and parts == [("Mo-Su", _WHOLE_DAY)]:
        return "24/7" if on_holidays is None else "24/7; PH off"
    if on_holidays and on_holidays == parts[-1][1]:  # in an earlier part the later ones would win over it
        parts[-1] = (f"{parts[-1][0]},PH", parts[-1][1])
    elif on_holidays:
        parts.append(("PH", on_holidays))
    sequences = [f"{days} {times_text(spans)}" for days, spans in parts]
    return "; ".join(sequences if on_holidays != () else [*sequences, "PH off"])


@lru_cache(maxsize=1024)
def week_of_rule(rule: str) -> WeekHours | None:
    """The week a rule stands for; None when it says more than a week can show.

    ``rule`` must be one that ``OpeningHours`` takes.
    """
    says_more = any(sequence.has("comment") or sequence.modifier == "unknown" for sequence in rule_text.sequences(rule))
    if says_more or not rule_text.is_weekly(rule):
        return None
    week = [_A_MONDAY + timedelta(days=number) for number in range(7)]
    ordinary = tuple(ordinary_day_spans(rule)(day) for day in week)
    if not rule_text.names_holidays(rule):
        return WeekHours(ordinary)
    on_holidays = tuple(holiday_spans(rule)(day) for day in week)
    if len(set(on_holidays)) == 1:
        return WeekHours(ordinary, on_holidays[0])
    return WeekHours(ordinary) if on_holidays == ordinary else None


def _one_day(spans: MinuteSpans) -> MinuteSpans:
    ordered = sorted(spans)
    for start_min, end_min in ordered:
        if not (0 <= start_min < DAY_MIN and start_min < end_min <= start_min + DAY_MIN):
            raise InvalidOpeningHours(f"{start_min}-{end_min} is no span.", field="hours", code="invalid_time")
    if any(earlier[1] > later[0] for earlier, later in pairwise(ordered)):
        raise InvalidOpeningHours("Spans of one day overlap.", field="hours", code="overlap")
    return merged(ordered)
