"""Swap search over covers: every exchange of one site for another is valued at once, and the best is made.

For the sites chosen now let G_j be the weight candidate j would newly cover, L_s the weight only the site in slot s
covers, and C_js the part of L_s that j covers too. Putting j into slot s changes the value by G_j - L_s + C_js. The
three tables are kept up to date: a move touches only the points of the two sites. One slot more, always empty,
stands for adding.

A tabu rule keeps the search from going back, so that it leaves a local optimum by the least bad exchange. With
``learning`` every point that stays uncovered grows heavier with each step: the way to cover all points with few sites.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.choices import NO_GROUP
from geodata.siting.effort import Effort
from geodata.siting.kernel import Kernel
from geodata.siting.solution import Floats, Rows

MOST_TABLE = 60_000_000
"""Candidates × slots; beyond it the table of exchanges would not fit beside the problem."""

_IMPATIENCE = 60
"""Steps without a better value, per slot, before the search starts again from near the best."""


class SwapSearch:
    """The state of a search: slots with sites, cover counts, and the tables G, L, C. Mutable, for one thread."""

    def __init__(self, kernel: Kernel, chosen: Rows, seed: int) -> None:
        self.kernel = kernel
        self.slot_count = max(kernel.capacity, len(chosen))
        self.random = np.random.default_rng(seed)
        self.weights = kernel.weights.copy()
        self.slots = np.full(self.slot_count, -1, dtype=np.int64)
        self.counts = np.zeros(len(self.weights), dtype=np.int64)
        self.slot_sums = np.zeros(len(self.weights), dtype=np.int64)
        self.tabu_until = np.zeros(kernel.site_count, dtype=np.int64)
        self.slot_until = np.zeros(self.slot_count + 1, dtype=np.int64)
        self.step = 0
        self.put_all(chosen)

    @property
    def chosen(self) -> Rows:
        """The sites in the slots."""
        return self.slots[self.slots >= 0]

    @property
    def value(self) -> float:
        """The weight they cover, by the kernel's own weights."""
        return self.kernel.base + float(self.kernel.weights[self.counts > 0].sum())

    def put_all(self, chosen: Rows) -> None:
        """Start from these sites."""
        kernel = self.kernel
        self.slots[:] = -1
        self.slots[: len(chosen)] = chosen
        owners = np.repeat(np.arange(len(chosen)), kernel.by_site.lengths[chosen])
        points = kernel.by_site.of_all(chosen)
        self.counts = np.bincount(points, minlength=len(self.weights))
        self.slot_sums = np.bincount(points, owners, minlength=len(self.weights)).astype(np.int64)
        self.in_slots = np.zeros(kernel.site_count, dtype=np.bool_)
        self.in_slots[chosen] = True
        self.gains = np.zeros(kernel.site_count)
        self.losses = np.zeros(self.slot_count + 1)
        self.shared = np.zeros((self.slot_count + 1, kernel.site_count))
        self._count_in(np.arange(len(self.weights)), 1.0)

    def move(self, slot: int, site: int) -> None:
        """Empty a slot (``slot_count`` stands for the first empty one) and put a site (-1: none) into it."""
        if slot == self.slot_count:
            slot = int(np.flatnonzero(self.slots < 0)[0])
        old, by_site = int(self.slots[slot]), self.kernel.by_site
        leaving = by_site.of(old) if old >= 0 else np.empty(0, dtype=np.int64)
        coming = by_site.of(site) if site >= 0 else np.empty(0, dtype=np.int64)
        touched = np.union1d(leaving, coming)
        self._count_in(touched, -1.0)
        self.counts[leaving] -= 1
        self.slot_sums[leaving] -= slot
        self.counts[coming] += 1
        self.slot_sums[coming] += slot
        self.slots[slot] = site
        if old >= 0:
            self.in_slots[old] = False
        if site >= 0:
            self.in_slots[site] = True
        self._count_in(touched, 1.0)

    def changes(self) -> Floats:
        """What each exchange changes, (slots + 1, m): -inf where a condition forbids it."""
        change = self.shared - self.losses[:, None]
        change += self.gains
        self._forbid(change)
        return change

    def best_move(self, least: float) -> tuple[int, int, float] | None:
        """Slot, site and change of the best exchange that is allowed: not tabu, or better than ``least``."""
        change = self.changes()
        best = int(np.argmax(change))
        best_change = float(change.flat[best])
        if best_change == -np.inf:
            return None
        if best_change < least:
            change[:, self.tabu_until > self.step] = -np.inf
            change[self.slot_until > self.step] = -np.inf
            best = int(np.argmax(change))
            best_change = float(change.flat[best])
            if best_change == -np.inf:
                return None
        slot, site = divmod(best, self.kernel.site_count)
        return slot, site, best_change

    def make(self, slot: int, site: int) -> None:
        """Exchange, and remember not to go back at once."""
        old = -1 if slot == self.slot_count else int(self.slots[slot])
        landed = int(np.flatnonzero(self.slots < 0)[0]) if slot == self.slot_count else slot
        self.move(slot, site)
        self.step += 1
        if old >= 0:
            self.tabu_until[old] = self.step + int(self.random.integers(4, 12))
        self.slot_until[landed] = self.step + int(self.random.integers(1, 2 + max(1, self.slot_count // 8)))

    def learn(self) -> None:
        """Make every uncovered point heavier."""
        points = np.flatnonzero(self.counts == 0)
        self.weights[points] += 1.0
        np.add.at(self.gains, self.kernel.by_point.of_all(points), 1.0)

    def shake(self, best: Rows) -> None:
        """Go back to the best, with some of its sites exchanged for others at random."""
        self.put_all(best)
        self.tabu_until[:] = 0
        self.slot_until[:] = 0
        for _ in range(max(2, len(best) // 10)):
            slot = int(self.random.integers(self.slot_count)) if self.slot_count else 0
            change = self.shared[slot] + self.gains
            change[self.in_slots | (self.random.random(len(change)) < 0.5)] = -np.inf
            if self.slots[slot] >= 0 and self._fits_all(slot, change):
                self.make(slot, int(np.argmax(change)))

    def _fits_all(self, slot: int, change: Floats) -> bool:
        """Leave in ``change`` (m,) only sites that may take this slot; whether any is left."""
        table = np.full((self.slot_count + 1, len(change)), -np.inf)
        table[slot] = change
        self._forbid(table)
        change[:] = table[slot]
        return len(change) > 0 and float(change.max()) > -np.inf

    def _forbid(self, change: Floats) -> None:
        choices = self.kernel.choices
        change[:, self.in_slots] = -np.inf
        empty = self.slots < 0
        change[:-1][empty] = -np.inf
        if not empty.any():
            change[-1] = -np.inf
        if choices.budget is not None:
            slot_costs = np.append(np.where(empty, 0.0, choices.costs[self.slots]), 0.0)
            room = choices.budget * (1 + 1e-9) + 1e-9 - slot_costs.sum() + slot_costs
            change[choices.costs > room[:, None]] = -np.inf
        grouped = np.flatnonzero(~empty)
        for slot in grouped[choices.groups[self.slots[grouped]] != NO_GROUP]:
            fellows = np.flatnonzero(choices.groups == choices.groups[self.slots[slot]])
            kept = change[slot, fellows]
            change[:, fellows] = -np.inf
            change[slot, fellows] = kept

    def _count_in(self, points: Rows, sign: float) -> None:
        """Add (1) or take away (-1) what these points mean for the tables, as they are covered now."""
        by_point, counts = self.kernel.by_point, self.counts[points]
        bare, single = points[counts == 0], points[counts == 1]
        worth = np.repeat(sign * self.weights[bare], by_point.lengths[bare])
        np.add.at(self.gains, by_point.of_all(bare), worth)
        np.add.at(self.losses, self.slot_sums[single], sign * self.weights[single])
        owners = np.repeat(self.slot_sums[single], by_point.lengths[single])
        keys = owners * self.kernel.site_count + by_point.of_all(single)
        worth = np.repeat(sign * self.weights[single], by_point.lengths[single])
        np.add.at(self.shared.reshape(-1), keys, worth)


def improve(
    kernel: Kernel,
    chosen: Rows,
    effort: Effort,
    *,
    bound: float = np.inf,
    learning: bool = False,
    idle_steps_count: int | None = None,
) -> Rows:
    """Search on from a choice; the best choice seen.

    It stops where the bound is met, the steps are done, the time is over, or ``idle_steps_count`` steps brought
    nothing.
    """
    if kernel.site_count * (kernel.capacity + 1) > MOST_TABLE or kernel.capacity == 0:
        return chosen
    search = SwapSearch(kernel, chosen, effort.seed)
    best, best_value, since, best_step = chosen.copy(), search.value, 0, 0
    patience = _IMPATIENCE * max(4, min(search.slot_count, 25))
    slack = 1e-9 * max(1.0, float(kernel.weights.sum()))
    value = best_value
    while not effort.is_over and best_value < bound - slack and search.step != effort.steps_count:
        if idle_steps_count is not None and search.step - best_step > idle_steps_count:
            break
        found = search.best_move(np.inf if learning else best_value - value + slack)
        if found is None:
            if since == 0 and len(search.chosen) == 0:
                break
            search.step += 1
            since += 1
        else:
            search.make(found[0], found[1])
            value = search.value if learning else value + found[2]
            since += 1
        if value > best_value + slack:
            best, best_value, since, best_step = search.chosen.copy(), search.value, 0, search.step
            effort.say("swap", best_value, None)
        elif learning:
            search.learn()
        elif since > patience:
            search.shake(best)
            value, since = search.value, 0
    return best
