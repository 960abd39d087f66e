"""Measuring two things so that they can be compared: in turns, round by round, with the spread kept.

A machine that is busy in one second is busy for whoever has the turn. So everything measured has a turn in
every round, the order moves on by one from round to round, and a ratio is taken inside each round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spread:
    """One number for each round, at least one."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("A spread needs at least one value.")

    @classmethod
    def of(cls, *values: float) -> Spread:
        """A spread of these numbers."""
        return cls(values)

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper quartile; of a single value, that value."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        lower, _, upper = quantiles(self.values, n=4, method="inclusive")
        return lower, upper

    @property
    def extremes(self) -> tuple[float, float]:
        """The least and the largest value."""
        return min(self.values), max(self.values)

    def over(self, other: Spread) -> Spread:
        """The ratio to another spread of as many rounds, taken inside each round."""
        return Spread(tuple(own / its for own, its in zip(self.values, other.values, strict=True)))

    def times(self, factor: float) -> Spread:
        """Every value in another unit."""
        return Spread(tuple(value * factor for value in self.values))


def in_turns(turns: Mapping[str, Callable[[], T]], rounds_count: int) -> dict[str, tuple[T, ...]]:
    """What each turn returned in each round; the order of the turns moves on by one a round."""
    names = list(turns)
    results: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds_count):
        start = number % len(names)
        for name in names[start:] + names[:start]:
            results[name].append(turns[name]())
    return {name: tuple(each) for name, each in results.items()}


def spreads_in_turns(turns: Mapping[str, Callable[[], float]], rounds_count: int) -> dict[str, Spread]:
    """The same for turns that return a number."""
    return {name: Spread(values) for name, values in in_turns(turns, rounds_count).items()}


def seconds_of(action: Callable[[], object]) -> float:
    """How long an action takes, by the clock on the wall."""
    started_s = time.perf_counter()
    action()
    return time.perf_counter() - started_s


def each_seconds(actions: Sequence[Callable[[], object]]) -> list[float]:
    """How long each of some actions takes."""
    return [seconds_of(action) for action in actions]
