"""Annealing over covers: one slot after another takes a new site by chance, the better the likelier; the chance cools
down.

For a slot drawn at random every candidate's value in it is known from the tables of the swap search. A candidate is
drawn with a probability that grows with exp(value / temperature): drawn as the largest of value + temperature ×
Gumbel noise. Rounds grow longer; each begins warm from the best choice known. The cooling counts steps, not
seconds: a seed means one path.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.kernel import Kernel
from geodata.siting.solution import Rows
from geodata.siting.swapping import MOST_TABLE, SwapSearch

_WARM: Final = (0.02, 0.04, 0.03)
_COLD: Final = 0.0008
"""Temperatures as shares of what one site covers on average."""

_FIRST_SWEEPS: Final = 16
_IDLE_ROUNDS: Final = 5


def anneal(
    kernel: Kernel, chosen: Rows, effort: Effort, *, bound: float = np.inf, rounds_count: int | None = None
) -> Rows:
    """Search on from a choice under a plain count; the best choice seen.

    It ends where the bound is met, the time is over, or after so many rounds, or once ``_IDLE_ROUNDS`` rounds, each as
    long as all before, brought nothing. ``effort.steps_count`` bounds the steps.
    """
    capacity = kernel.capacity
    if len(chosen) < capacity or capacity in {0, kernel.site_count} or kernel.site_count * capacity > MOST_TABLE:
        return chosen
    search = SwapSearch(kernel, chosen, effort.seed)
    best, best_value = chosen.copy(), search.value
    sweeps_count, round_number, steps_left = _FIRST_SWEEPS, 0, effort.steps_count
    slack = 1e-9 * max(1.0, float(kernel.weights.sum()))
    idle_rounds, value_before = 0, best_value
    while not _is_done(effort, best_value, bound - slack) and idle_rounds < _IDLE_ROUNDS:
        if round_number == rounds_count or steps_left == 0:
            break
        value_before = best_value
        if round_number:
            search.put_all(best)
        steps_count = sweeps_count * capacity if steps_left is None else min(sweeps_count * capacity, steps_left)
        unit = (search.value - kernel.base) / capacity
        cooling = np.geomspace(_WARM[round_number % len(_WARM)], _COLD, steps_count) * max(unit, slack)
        value = search.value
        for temperature in cooling:
            value += _step(search, float(temperature))
            if value > best_value + slack:
                best, best_value = search.chosen.copy(), value
            if _is_done(effort, best_value, bound - slack):
                break
        effort.say("anneal", best_value, None)
        steps_left = None if steps_left is None else steps_left - steps_count
        idle_rounds = idle_rounds + 1 if best_value <= value_before + slack else 0
        sweeps_count, round_number = sweeps_count * 2, round_number + 1
    return best


def _is_done(effort: Effort, value: float, enough: float) -> bool:
    return effort.is_over or value >= enough


def _step(search: SwapSearch, temperature: float) -> float:
    """Draw a site for one slot; the change of the value."""
    slot = int(search.random.integers(search.slot_count))
    change = search.shared[slot] + search.gains
    change -= search.losses[slot]
    change[search.in_slots] = -np.inf
    change[search.slots[slot]] = 0.0
    site = int(np.argmax(change + temperature * search.random.gumbel(size=len(change))))
    if site == search.slots[slot]:
        return 0.0
    search.move(slot, site)
    return float(change[site])
