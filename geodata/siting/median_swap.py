"""Exchanges for p-median, each valued from tables that a move changes only near by.

For the sites chosen now let a_i be the cost of point i to its nearest site, which stands in slot s_i, and b_i to its
second nearest. Over the pairs with c_ij < b_i:

    G_j  = Σ max(0, a_i - c_ij)             what candidate j would save if all others stayed
    L_r  = Σ_{s_i = r} (b_i - a_i)          what closing slot r costs
    E_jr = Σ_{s_i = r} (b_i - max(c_ij, a_i))   what of that j makes good

Putting j into slot r saves G_j - L_r + E_jr (Resende and Werneck 2004). No cost counts for more than the point's reach,
so that the near pairs are all there is to read: where reach is far enough, the value is the true one.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.near_pairs import NearPairs
from geodata.siting.solution import Floats, Mask, Rows

_CHUNK_CELLS = 400_000
_NOBODY = -1


class MedianTables:
    """The state of a search: sites in slots, where points stand, and the tables. Mutable, for one thread.

    ``pairs`` are the near ones of the same candidates as ``chosen`` (p,) names. Slots in ``fixed`` (p,) are never
    emptied. ``changed`` (m,) marks the candidates whose tables moves have changed; whoever has looked at them clears
    it.
    """

    def __init__(self, pairs: NearPairs, chosen: Rows, fixed: Mask) -> None:
        self.pairs, self.by_site = pairs, pairs.by_site
        self.chosen, self.fixed = chosen.copy(), fixed
        self.movable = np.flatnonzero(~fixed)
        n, m, p = len(pairs.reach), pairs.site_count, len(chosen)
        self.slot_of = np.full(m, _NOBODY, dtype=np.int64)
        self.slot_of[chosen] = np.arange(p)
        self.slot = np.full(n, _NOBODY, dtype=np.int64)
        self.first, self.second = pairs.reach.copy(), pairs.reach.copy()
        self.gains, self.losses = np.zeros(m), np.zeros(p)
        self.made_good = np.zeros((m, p))
        self.changed = np.ones(m, dtype=np.bool_)
        everyone = np.arange(n)
        self._stand(everyone)
        self._count_in(everyone, 1.0)
        self.slack = 1e-9 * max(1.0, float(self.first.sum()))

    @property
    def value(self) -> float:
        """The cost of all points to their nearest sites, none above its reach."""
        return float(self.first.sum())

    def good_moves(self, sites: Rows, most: int) -> list[tuple[int, int]]:
        """Slot and site of exchanges that bring in one of these candidates and save, the best first."""
        sites = sites[(self.slot_of[sites] < 0) & (self.gains[sites] > 0)]
        if not len(sites) or not len(self.movable):
            return []
        size = max(1, _CHUNK_CELLS // len(self.chosen))
        slots, each = np.empty(len(sites), dtype=np.int64), np.empty(len(sites))
        for start in range(0, len(sites), size):
            part = sites[start : start + size]
            saved = self.made_good[part] - self.losses
            saved[:, self.fixed] = -np.inf
            best = saved.argmax(axis=1)
            slots[start : start + size] = best
            each[start : start + size] = saved[np.arange(len(part)), best] + self.gains[part]
        good = np.flatnonzero(each > self.slack)
        order = good[np.argsort(-each[good], kind="stable")[:most]]
        return [(int(slots[place]), int(sites[place])) for place in order]

    def saving(self, slot: int, site: int) -> float:
        """What an exchange saves now; -inf for a candidate that has a slot."""
        if self.slot_of[site] != _NOBODY:
            return -np.inf
        return float(self.gains[site] - self.losses[slot] + self.made_good[site, slot])

    def move(self, slot: int, site: int) -> None:
        """Put a candidate into a slot."""
        old = int(self.chosen[slot])
        touched = np.union1d(self._served_near(old, or_level=True), self._served_near(site, or_level=False))
        self._count_in(touched, -1.0)
        self.slot_of[old] = _NOBODY
        self.slot_of[site] = slot
        self.chosen[slot] = site
        self._stand(touched)
        self._count_in(touched, 1.0)
        self.changed[old] = True

    def put_back(self, kept: Rows) -> None:
        """The choice as it was: the sites of ``kept`` (p,), some of which may stand in another slot."""
        slots = np.flatnonzero(self.chosen != kept)
        while len(ready := slots[self.slot_of[kept[slots]] == _NOBODY]):
            for slot in ready:
                self.move(int(slot), int(kept[slot]))
            slots = np.flatnonzero(self.chosen != kept)

    def _served_near(self, site: int, *, or_level: bool) -> Rows:
        """Points to which a site is nearer than their second nearest, or as near."""
        places = slice(self.by_site.indptr[site], self.by_site.indptr[site + 1])
        points, costs = self.by_site.points[places], self.by_site.costs[places]
        second = self.second[points]
        return np.asarray(points[costs <= second if or_level else costs < second])

    def _stand(self, points: Rows) -> None:
        """Where these points stand between the sites."""
        first, second, slot = two_nearest(self.pairs, self.slot_of, points)
        self.first[points], self.second[points], self.slot[points] = first, second, slot

    def _count_in(self, points: Rows, sign: float) -> None:
        """Add (1) or take away (-1) what these points mean for the tables, as they stand now."""
        places = self.pairs.places_of(points)
        costs = self.pairs.costs[places]
        counts = self.pairs.indptr[points + 1] - self.pairs.indptr[points]
        near = costs < np.repeat(self.second[points], counts)
        who = np.repeat(points, counts)[near]
        costs, sites = costs[near], self.pairs.sites[places[near]]
        self.changed[sites] = True
        first, slots = self.first[who], self.slot[who]
        m, p = self.made_good.shape
        self.gains += np.bincount(sites, sign * np.maximum(first - costs, 0.0), minlength=m)
        served = slots != _NOBODY
        good = sign * (self.second[who] - np.maximum(costs, first))[served]
        keys = sites[served] * p + slots[served]
        if len(keys) * 4 > m * p:
            self.made_good += np.bincount(keys, good, minlength=m * p).reshape(m, p)
        else:
            np.add.at(self.made_good.reshape(-1), keys, good)
        served = self.slot[points] != _NOBODY
        lost = sign * (self.second[points] - self.first[points])[served]
        self.losses += np.bincount(self.slot[points][served], lost, minlength=p)


def two_nearest(pairs: NearPairs, slot_of: Rows, points: Rows) -> tuple[Floats, Floats, Rows]:
    """These points' costs to the nearest and second nearest of the sites with a slot, none above reach; the slot.

    ``slot_of`` (m,) is -1 where a candidate has none; so is the slot of a point that nobody serves within its reach.
    """
    places = pairs.places_of(points)
    slots = slot_of[pairs.sites[places]]
    taken = np.flatnonzero(slots != _NOBODY)
    counts = pairs.indptr[points + 1] - pairs.indptr[points]
    rows = np.repeat(np.arange(len(points)), counts)[taken]
    costs, slots = pairs.costs[places[taken]], slots[taken]
    order = np.lexsort((slots, costs, rows))
    rows, costs, slots = rows[order], costs[order], slots[order]
    first = pairs.reach[points].copy()
    second, slot = first.copy(), np.full(len(points), _NOBODY, dtype=np.int64)
    is_first = np.ones(len(rows), dtype=np.bool_)
    is_first[1:] = rows[1:] != rows[:-1]
    is_second = np.zeros(len(rows), dtype=np.bool_)
    is_second[1:] = is_first[:-1] & ~is_first[1:]
    first[rows[is_first]], slot[rows[is_first]] = costs[is_first], slots[is_first]
    second[rows[is_second]] = costs[is_second]
    return first, second, slot
