"""What a part found: figures with their spread, and the bars they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from benchmarks.measure import Spread


class Sense(Enum):
    """On which side of a bar it is good to be."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise; it is held by the median over the rounds."""

    sense: Sense
    limit: float

    def is_met_by(self, value: Spread) -> bool:
        """Whether the promise holds."""
        return value.middle >= self.limit if self.sense is Sense.AT_LEAST else value.middle <= self.limit

    def __str__(self) -> str:
        return f"{self.sense.value} {self.limit:g}"


def at_least(limit: float) -> Bar:
    """A bar not to fall below."""
    return Bar(Sense.AT_LEAST, limit)


def at_most(limit: float) -> Bar:
    """A bar not to rise above."""
    return Bar(Sense.AT_MOST, limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity. ``unit`` is empty for a ratio; without ``bar`` it is only recorded."""

    name: str
    value: Spread
    unit: str = ""
    bar: Bar | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, or ``recorded`` where nothing was promised."""
        if self.bar is None:
            return "recorded"
        return "met" if self.bar.is_met_by(self.value) else "MISSED"


@dataclass(frozen=True, slots=True)
class Section:
    """What one part found. ``notes`` say how it was measured; ``left_out`` what was not, and why."""

    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def missed_count(self) -> int:
        """How many bars were missed."""
        return sum(figure.verdict == "MISSED" for figure in self.figures)
