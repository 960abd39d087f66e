"""How long to try, and whom to tell: the only place of this package where a clock is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Progress:
    """A word on the way: what is being done, the best so far, the bound so far, and the seconds gone."""

    stage: str
    objective: float | None
    bound: float | None
    seconds: float


def nobody(_progress: Progress) -> None:
    """Tell nobody."""


def never() -> bool:
    """Never cancelled."""
    return False


@dataclass(frozen=True, slots=True)
class Effort:
    """What a search may spend.

    A search counts its own steps: for one seed it takes the same steps on every machine, and the time only says when
    to stop. ``steps_count`` bounds the steps of a local search; None leaves it to the clock.
    """

    time_limit_s: float = 60.0
    steps_count: int | None = None
    seed: int = 20260101
    cancelled: Callable[[], bool] = never
    tell: Callable[[Progress], None] = nobody
    clock: Callable[[], float] = time.monotonic
    started_s: float = field(default=-1.0)

    def begun(self) -> Effort:
        """The same effort, its time running from now; one that runs already is left as it is."""
        return self if self.started_s >= 0 else replace(self, started_s=self.clock())

    @property
    def seconds(self) -> float:
        """The time gone."""
        return self.clock() - self.started_s if self.started_s >= 0 else 0.0

    @property
    def left_s(self) -> float:
        """The time left, never below zero."""
        return max(0.0, self.time_limit_s - self.seconds)

    @property
    def is_over(self) -> bool:
        """Whether to stop now."""
        return self.left_s <= 0 or self.cancelled()

    def part(self, share: float, *, at_most_s: float = float("inf"), steps_count: int | None = None) -> Effort:
        """A share of what is left, from now on."""
        return replace(
            self,
            time_limit_s=min(self.left_s * share, at_most_s),
            started_s=self.clock(),
            steps_count=steps_count if self.steps_count is None else self.steps_count,
        )

    def say(self, stage: str, objective: float | None, bound: float | None) -> None:
        """Tell how far it has come."""
        self.tell(Progress(stage, objective, bound, self.seconds))
