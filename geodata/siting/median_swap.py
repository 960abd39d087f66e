"""Exchanges for p-median, each valued from tables that a move changes only near by.

For the sites chosen now let a_i be the cost of point i to its nearest site, which stands in slot s_i, and b_i to its
second nearest. Over the pairs with c_ij < b_i:

    G_j  = Σ max(0, a_i - c_ij)             what candidate j would save if all others stayed
    L_r  = Σ_{s_i = r} (b_i - a_i)          what closing slot r costs
    E_rj = Σ_{s_i = r} (b_i - max(c_ij, a_i))   what of that j makes good

Putting j into slot r saves G_j - L_r + E_rj (Resende and Werneck 2004). A pair beyond a point's reach is left out: a
saving is then never overrated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geodata.siting.near_pairs import NearPairs
from geodata.siting.solution import Floats, Mask, Rows

_CHUNK_CELLS = 400_000


class MedianTables:
    """The state of a search: sites in slots, where points stand, and the tables. Mutable, for one thread.

    ``column`` gives the weighted costs (n,) of a candidate; ``pairs`` are the near ones of the same candidates. Slots
    in ``fixed`` (p,) are never emptied. A single site's points have no second nearest: it costs ``unserved``.
    """

    def __init__(
        self, column: Callable[[int], Floats], pairs: NearPairs, chosen: Rows, fixed: Mask, unserved: float
    ) -> None:
        self.column, self.pairs, self.unserved = column, pairs, unserved
        self.chosen, self.fixed = chosen.copy(), fixed
        self.table = np.stack([column(int(site)) for site in chosen])
        n = self.table.shape[1]
        self.slot = np.zeros(n, dtype=np.int64)
        self.runner_up = np.zeros(n, dtype=np.int64)
        self.first, self.second = np.zeros(n), np.zeros(n)
        self.gains, self.losses = np.zeros(pairs.site_count), np.zeros(len(chosen))
        self.made_good = np.zeros((len(chosen), pairs.site_count))
        everyone = np.arange(n)
        self._stand(everyone)
        self._count_in(everyone, 1.0)
        self.slack = 1e-9 * max(1.0, float(self.first.sum()))

    @property
    def value(self) -> float:
        """The cost of all points to their nearest sites."""
        return float(self.first.sum())

    def good_moves(self, sites: slice, most: int) -> list[tuple[int, int]]:
        """Slot and site of exchanges that bring in one of these candidates and save, the best first."""
        saved = self.made_good[:, sites] - self.losses[:, None]
        saved[self.fixed] = -np.inf
        slots = saved.argmax(axis=0)
        each = saved[slots, np.arange(len(slots))] + self.gains[sites]
        inside = self.chosen[(self.chosen >= sites.start) & (self.chosen < sites.stop)] - sites.start
        each[inside] = -np.inf
        best = np.argsort(-each, kind="stable")[:most]
        return [(int(slots[site]), int(site) + sites.start) for site in best if each[site] > self.slack]

    def saving(self, slot: int, site: int) -> float:
        """What an exchange saves now; -inf for a candidate that has a slot."""
        if site in self.chosen:
            return -np.inf
        return float(self.gains[site] - self.losses[slot] + self.made_good[slot, site])

    def move(self, slot: int, site: int) -> None:
        """Put a candidate into a slot."""
        column = self.column(site)
        touched = np.flatnonzero((self.slot == slot) | (self.runner_up == slot) | (column < self.second))
        self._count_in(touched, -1.0)
        self.table[slot] = column
        self.chosen[slot] = site
        self._stand(touched)
        self._count_in(touched, 1.0)

    def chunks(self) -> list[slice]:
        """The candidates in parts small enough to value at once."""
        m = self.pairs.site_count
        size = max(1, _CHUNK_CELLS // max(1, len(self.chosen)))
        return [slice(start, min(start + size, m)) for start in range(0, m, size)]

    def _stand(self, points: Rows) -> None:
        """Where these points stand between the sites."""
        table = self.table[:, points]
        across = np.arange(len(points))
        slot = table.argmin(axis=0)
        self.slot[points], self.first[points] = slot, table[slot, across]
        if len(self.chosen) == 1:
            self.runner_up[points], self.second[points] = 0, self.unserved
            return
        table[slot, across] = np.inf
        slot = table.argmin(axis=0)
        self.runner_up[points], self.second[points] = slot, table[slot, across]

    def _count_in(self, points: Rows, sign: float) -> None:
        """Add (1) or take away (-1) what these points mean for the tables, as they stand now."""
        places = self.pairs.places_of(points)
        costs = self.pairs.costs[places]
        counts = self.pairs.indptr[points + 1] - self.pairs.indptr[points]
        near = costs < np.repeat(self.second[points], counts)
        who = np.repeat(points, counts)[near]
        costs, sites = costs[near], self.pairs.sites[places[near]]
        first = self.first[who]
        good = sign * (self.second[who] - np.maximum(costs, first))
        saved = sign * np.maximum(first - costs, 0.0)
        m = self.pairs.site_count
        if len(who) * 4 > m * len(self.chosen):
            self.made_good += np.bincount(self.slot[who] * m + sites, good, minlength=m * len(self.chosen)).reshape(
                self.made_good.shape
            )
        else:
            np.add.at(self.made_good.reshape(-1), self.slot[who] * m + sites, good)
        self.gains += np.bincount(sites, saved, minlength=m)
        lost = sign * (self.second[points] - self.first[points])
        self.losses += np.bincount(self.slot[points], lost, minlength=len(self.chosen))
