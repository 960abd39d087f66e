"""How a rule is written down: ``1000m`` for metres as the crow flies, ``15min`` for minutes of travel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from geodata.coverage.question import Rule, WithinMetres, WithinMinutes
from geodata.errors import InvalidValue
from geodata.travel.straight_line import StraightLineTravel, TravelMode

_WRITTEN: Final = re.compile(r"(?P<amount>\d{1,6}(\.\d{1,2})?)(?P<unit>m|min)", re.ASCII)


class WithinUnit(StrEnum):
    """What the limit of a rule is counted in."""

    METRES = "m"
    MINUTES = "min"


@dataclass(frozen=True, slots=True)
class Within:
    """A limit and its unit, before it is said how one travels. ``amount`` is above 0."""

    amount: float
    unit: WithinUnit

    def __post_init__(self) -> None:
        self.rule(TravelMode.WALK, StraightLineTravel())

    @classmethod
    def parse(cls, text: str) -> Within:
        """Read ``1000m`` or ``15min``.

        Raises
        ------
        InvalidValue
            With the code ``not_a_limit`` for other words, ``out_of_range`` for a limit nobody means.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise InvalidValue("A limit is written like 1000m or 15min.", field="within", code="not_a_limit")
        return cls(float(match["amount"]), WithinUnit(match["unit"]))

    @classmethod
    def of(cls, rule: Rule) -> Within:
        """The limit of a rule."""
        if isinstance(rule, WithinMetres):
            return cls(rule.limit_m, WithinUnit.METRES)
        return cls(rule.limit_min, WithinUnit.MINUTES)

    def __str__(self) -> str:
        return f"{self.amount:.2f}".rstrip("0").rstrip(".") + self.unit.value

    def rule(self, mode: TravelMode, travel: StraightLineTravel) -> Rule:
        """The rule; metres are a straight line and do not ask how one travels."""
        if self.unit is WithinUnit.METRES:
            return WithinMetres(self.amount)
        return WithinMinutes(self.amount, mode, travel)
