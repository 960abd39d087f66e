"""Calendar months at a place, as spans of instants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

_FORM: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """The month written like 2026-11, of the years 2000 to 2099; None for anything else."""
        found = _FORM.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def earlier(self, months: int) -> Month:
        """The month so many before; negative for later."""
        number = self.year * 12 + self.month - 1 - months
        return Month(number // 12, number % 12 + 1)

    def span(self, timezone: tzinfo) -> tuple[datetime, datetime]:
        """From its first instant on to the first of the next month."""
        following = self.earlier(-1)
        return (
            datetime(self.year, self.month, 1, tzinfo=timezone),
            datetime(following.year, following.month, 1, tzinfo=timezone),
        )

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
