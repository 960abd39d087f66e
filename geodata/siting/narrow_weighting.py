"""The weighting search where few candidates cover a point and few points a candidate: plain lists, short loops.

It does what `weighting.WeightingSearch` does. An exchange looks at some dozens of numbers here, and setting up array
operations would take longer than the loops; of more than ``_LOOKED_AT`` sites the one to go is the least missed of so
many in a row, of an order that chance and exchanges mix.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.solution import Mask, Rows

_LOOKED_AT: Final = 48
_DRAWN: Final = 4096


class NarrowWeighting:
    """Sites chosen, how often each point is covered, and what points weigh. Mutable, for one thread.

    ``by_point`` and ``by_site`` are the same covers in both directions; sites in ``fixed`` (m,) are never taken out.
    """

    def __init__(self, by_point: Covers, by_site: Covers, chosen: Rows, fixed: Mask, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.drawn: list[float] = []
        self.sites_of, self.points_of = _Lists(by_point), _Lists(by_site)
        n, m = by_point.point_count, by_point.candidate_count
        self.fixed = fixed.tolist()
        self.weights, self.losses = [1] * n, [0] * m
        self.counts, self.owners = [0] * n, [0] * n
        self.moved, self.place = [0] * m, [-1] * m
        self.movable: list[int] = []
        self.kept: list[int] = []
        self.missing, self.missing_place = list(range(n)), list(range(n))
        self.step = 0
        for site in self.random.permutation(chosen).tolist():
            self.put_in(site)

    @property
    def chosen(self) -> Rows:
        """The sites, ascending."""
        return np.sort(np.array(self.kept + self.movable, dtype=np.int64))

    @property
    def left_out(self) -> Rows:
        """The points nobody covers."""
        return np.array(self.missing, dtype=np.int64)

    @property
    def left_count(self) -> int:
        """How many points nobody covers."""
        return len(self.missing)

    def sites_near(self, point: int) -> Rows:
        """The candidates that cover a point."""
        return np.array(self.sites_of[point], dtype=np.int64)

    def put_in(self, site: int) -> None:
        """Choose a site."""
        counts, owners, weights, losses = self.counts, self.owners, self.weights, self.losses
        own = 0
        for point in self.points_of[site]:
            count = counts[point]
            counts[point] = count + 1
            if count == 0:
                own += weights[point]
                self._found(point)
            elif count == 1:
                losses[owners[point]] -= weights[point]
            owners[point] += site
        losses[site] = own
        self.moved[site] = self.step
        if self.fixed[site]:
            self.kept.append(site)
        else:
            self.place[site] = len(self.movable)
            self.movable.append(site)

    def take_out(self, site: int) -> None:
        """Give a site up."""
        counts, owners, weights, losses = self.counts, self.owners, self.weights, self.losses
        for point in self.points_of[site]:
            count = counts[point] - 1
            counts[point] = count
            owners[point] -= site
            if count == 1:
                losses[owners[point]] += weights[point]
            elif count == 0:
                self.missing_place[point] = len(self.missing)
                self.missing.append(point)
        losses[site] = 0
        self.moved[site] = self.step
        place, last = self.place[site], self.movable[-1]
        self.movable[place], self.place[last] = last, place
        self.movable.pop()
        self.place[site] = -1

    def _found(self, point: int) -> None:
        """A point is no longer left out."""
        place, last = self.missing_place[point], self.missing[-1]
        self.missing[place], self.missing_place[last] = last, place
        self.missing.pop()

    def least_missed(self) -> int | None:
        """Of the sites, or of some in a row, the one whose own points weigh least; None if all are fixed.

        Of equals it is the one that moved longest ago.
        """
        movable, losses, moved, step = self.movable, self.losses, self.moved, self.step
        if not movable:
            return None
        start = self._draw(max(1, len(movable) - _LOOKED_AT + 1))
        least, least_loss, since = movable[start], 2**62, 0
        for site in movable[start : start + _LOOKED_AT]:
            loss = losses[site]
            if loss > least_loss or moved[site] >= step - 1:
                continue
            if loss < least_loss or moved[site] < since:
                least, least_loss, since = site, loss, moved[site]
        return least

    def exchange(self) -> bool:
        """One site out, one in, and what is left out weighs more; whether there was anything to exchange."""
        self.step += 1
        going = self.least_missed()
        if going is None:
            return False
        self.take_out(going)
        candidates = self.sites_of[self.missing[self._draw(len(self.missing))]]
        if not candidates:
            self.put_in(going)
            return False
        self.put_in(self._most_useful(candidates, going))
        weights = self.weights
        for point in self.missing:
            weights[point] += 1
        return True

    def _most_useful(self, candidates: list[int], going: int) -> int:
        """The candidate that covers most weight left out, not the one going if there is another.

        Of equals it is the one that moved longest ago.
        """
        counts, weights, moved, points_of = self.counts, self.weights, self.moved, self.points_of
        best, most, since = going, -1, 0
        for site in candidates:
            if site == going:
                continue
            gain = 0
            for point in points_of[site]:
                if not counts[point]:
                    gain += weights[point]
            if gain > most or (gain == most and moved[site] < since):
                best, most, since = site, gain, moved[site]
        return best

    def _draw(self, count: int) -> int:
        """A number below ``count``."""
        if not self.drawn:
            self.drawn = self.random.random(_DRAWN).tolist()
        return int(self.drawn.pop() * count)


class _Lists(dict[int, list[int]]):
    """Rows of covers as plain lists, each read when it is first asked for: most never are."""

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self.indices, self.ends = covers.indices, covers.indptr.tolist()

    def __missing__(self, row: int) -> list[int]:
        found: list[int] = self.indices[self.ends[row] : self.ends[row + 1]].tolist()
        self[row] = found
        return found
