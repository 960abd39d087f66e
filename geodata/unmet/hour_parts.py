"""Parts of the week that signals are split into, from the whole week down to single hours.

The tree is fixed, so that where a split lies tells nothing about anybody: the whole week; night (22-06) and day
(06-22); halves of these down to single hours of the clock; each of them on working days and at the weekend; single
days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geodata.demand.points import HOURS_A_WEEK

HOURS_A_DAY: Final = 24
_LAST_DAY: Final = 6
_LAST_WORKING_DAY: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class HourPart:
    """``length_h`` hours of the clock from ``first_hour`` on, on the days ``first_day`` to ``last_day`` (0 is Monday).

    An hour after midnight counts on its own day.
    """

    first_day: int
    last_day: int
    first_hour: int
    length_h: int

    def hours_of_week(self) -> frozenset[int]:
        """The hours in it; 0 is Monday 00-01."""
        clock = [(self.first_hour + step) % HOURS_A_DAY for step in range(self.length_h)]
        return frozenset(day * HOURS_A_DAY + hour for day in range(self.first_day, self.last_day + 1) for hour in clock)

    def halves(self) -> tuple[HourPart, ...]:
        """The parts it falls into, which share no hour and leave none out; none of a single hour."""
        if self.length_h == HOURS_A_DAY:
            return self._with_hours(22, 8), self._with_hours(6, 16)
        if self.length_h > 1:
            half = self.length_h // 2
            return self._with_hours(self.first_hour, half), self._with_hours(
                (self.first_hour + half) % HOURS_A_DAY, half
            )
        if (self.first_day, self.last_day) == (0, _LAST_DAY):
            return self._with_days(0, _LAST_WORKING_DAY), self._with_days(_LAST_WORKING_DAY + 1, _LAST_DAY)
        if self.first_day < self.last_day:
            return tuple(self._with_days(day, day) for day in range(self.first_day, self.last_day + 1))
        return ()

    def _with_hours(self, first_hour: int, length_h: int) -> HourPart:
        return HourPart(self.first_day, self.last_day, first_hour, length_h)

    def _with_days(self, first_day: int, last_day: int) -> HourPart:
        return HourPart(first_day, last_day, self.first_hour, self.length_h)


WHOLE_WEEK: Final = HourPart(0, _LAST_DAY, 0, HOURS_A_DAY)
assert len(WHOLE_WEEK.hours_of_week()) == HOURS_A_WEEK  # noqa: S101 - the root of the tree leaves nothing out
