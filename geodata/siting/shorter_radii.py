"""From a radius that sites keep to shorter ones: by less where a search fails, and then in rounds that try longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from geodata.siting.center_radius import Radii
from geodata.siting.effort import Effort

_FIRST_STEP: Final = 0.15
_LONGEST_STEP: Final = 0.015
_LEAST_STEP: Final = 0.001
"""By what share of itself the radius is shortened: first, once a search succeeded, and at least. It halves where the
search fails."""

_FEWEST_SITES: Final = 10
"""What so few sites are given is given to fewer too."""

Search = Callable[[float, float, int], float]
"""Tries to keep a radius shorter than the least kept yet, until so many exchanges brought nothing; the least then."""


def shorter_radii(
    radii: Radii,
    worst: float,
    effort: Effort,
    search: Search,
    *,
    has_sites: bool,
    idle_count: int,
    enough_each: int,
    rounds_count: int | None,
    next_round: Callable[[], None],
) -> float:
    """The least radius kept, beginning at ``worst``.

    A round ends where the step has come down to the least; ``next_round`` is then called and searches may idle twice
    as long. It ends after ``rounds_count`` rounds, or, without such a number, once searches would idle for more than
    ``enough_each`` exchanges a site. ``has_sites``: there is a choice already that the first search goes on from.
    """
    step, round_number = _LONGEST_STEP if has_sites else _FIRST_STEP, 0
    while worst > radii.floor and not effort.is_over:
        before = worst
        worst = search(max(radii.floor, worst * (1 - step)), worst, idle_count)
        step = min(step, _LONGEST_STEP) if worst < before else step / 2
        if step < _LEAST_STEP:
            step, round_number, idle_count = _LONGEST_STEP / 2, round_number + 1, idle_count * 2
            next_round()
            if round_number == rounds_count or idle_count > enough_each * max(_FEWEST_SITES, radii.limit):
                break
    return worst
