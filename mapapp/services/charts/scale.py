"""A scale: numbers on a line of the picture, and the round numbers written along it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geodata.errors import InvalidValue

NARROW_WIDTH: Final = 288.0
"""Of a picture on the narrowest phone, 320 pixels wide."""
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TEXT_SIZE: Final = 16.0
_FIRST_WIDE: Final = 0x2E80
_DECIMALS: Final = 2
"""Decimals of a place in the picture."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number written along an axis, at a place of the picture."""

    at: float
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``first`` to ``last`` lie from ``start`` to ``end`` in the picture; outside they stay at its ends."""

    first: float
    last: float
    start: float
    end: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.first) and math.isfinite(self.last) and self.first < self.last):
            raise InvalidValue("A scale runs from a number to a larger one.", field="scale", code="out_of_range")

    def at(self, value: float) -> float:
        """Where a value lies."""
        part = min(max((value - self.first) / (self.last - self.first), 0.0), 1.0)
        return round(self.start + part * (self.end - self.start), _DECIMALS)

    def ticks(self, texts: Sequence[tuple[float, str]]) -> tuple[Tick, ...]:
        """The values with their words, those off the scale left out."""
        return tuple(Tick(self.at(value), value, text) for value, text in texts if self.first <= value <= self.last)


def text_width(text: str) -> float:
    """About how wide words are in the picture: Chinese ones as wide as high, others about half."""
    return sum(_TEXT_SIZE if ord(letter) > _FIRST_WIDE else _TEXT_SIZE * 0.56 for letter in text)


def round_steps(most: float, steps_count: int = 5, *, is_count: bool = False) -> tuple[float, ...]:
    """Round numbers from 0 to the first that is at least ``most``, about ``steps_count`` steps apart; most above 0.

    Of things that are counted they are whole: nobody takes 2.5 measures.
    """
    if not (math.isfinite(most) and most > 0):
        raise InvalidValue("An axis needs a number above 0.", field="most", code="out_of_range")
    rough = most / steps_count
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [each * power for each in _STEPS if not is_count or (each * power).is_integer()] or [1.0]
    step = next((each for each in steps if each >= rough * (1 - 1e-9)), steps[-1])
    return tuple(round(number * step, 10) for number in range(math.ceil(most / step - 1e-9) + 1))
