"""Covering every point with few sites: one site goes, another comes, and points left out weigh more from step to step.

The site that goes is the one whose own points weigh least; the one that comes covers a point left out, drawn at
random, and of those the most weight left out. The last sites moved rest for a while (weighting-based local search for
set covering; Gao, Weise and Li 2015).
"""

from __future__ import annotations

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.solution import Floats, Mask, Rows

_TIE = 1e-9
"""What an exchange counts for beside a weight of 1: it tells only which of equals moved longest ago."""

_DRAWN = 4096
_CLOCK_EVERY = 8
"""Exchanges between two looks at the clock."""


class WeightingSearch:
    """Sites chosen, how often each point is covered, and what points weigh. Mutable, for one thread.

    ``by_point`` and ``by_site`` are the same covers in both directions; sites in ``fixed`` (m,) are never taken out.
    Points begin with ``weights`` (n,), whole numbers of at least 1; without any they all weigh 1.
    """

    def __init__(
        self, by_point: Covers, by_site: Covers, chosen: Rows, fixed: Mask, seed: int, weights: Floats | None = None
    ) -> None:
        n, m = by_point.point_count, by_point.candidate_count
        self.by_point, self.by_site, self.fixed = by_point, by_site, fixed
        self.lengths = by_point.lengths
        self.random = np.random.default_rng(seed)
        self.drawn: list[float] = []
        self.weights = np.ones(n) if weights is None else weights.copy()
        self.counts = np.zeros(n, dtype=np.int64)
        self.owners = np.zeros(n, dtype=np.int64)
        self.losses = np.zeros(m)
        self.ages = np.zeros(m)
        self.movable = np.empty(m, dtype=np.int64)
        self.places = np.full(m, -1, dtype=np.int64)
        self.movable_count = 0
        self.kept: list[int] = []
        self.missing: Rows = np.arange(n)
        self.step = 0
        for site in chosen:
            self._place(int(site))
        self._count_all(chosen)

    @property
    def chosen(self) -> Rows:
        """The sites, ascending."""
        kept = np.array(self.kept, dtype=np.int64)
        return np.sort(np.concatenate((kept, self.movable[: self.movable_count])))

    @property
    def left_out(self) -> Rows:
        """The points nobody covers."""
        return self.missing

    @property
    def left_count(self) -> int:
        """How many points nobody covers."""
        return len(self.missing)

    def sites_near(self, point: int) -> Rows:
        """The candidates that cover a point."""
        return self.by_point.of(point)

    def fill(self, limit_count: int) -> None:
        """Use every site there may be: where there are fewer, one more for a point left out."""
        while self.movable_count + len(self.kept) < limit_count and len(self.missing):
            candidates = self.by_point.of(int(self.missing[0]))
            if not len(candidates):
                return
            self.put_in(int(candidates[self._gains()[candidates].argmax()]))

    def put_in(self, site: int) -> None:
        """Choose a site."""
        points = self.by_site.of(site)
        counts = self.counts[points]
        shared = points[counts == 1]
        np.subtract.at(self.losses, self.owners[shared], self.weights[shared])
        self.losses[site] = self.weights[points[counts == 0]].sum()
        self.counts[points] = counts + 1
        self.owners[points] += site
        self.missing = self.missing[self.counts[self.missing] == 0]
        self._place(site)

    def take_out(self, site: int) -> None:
        """Give a site up."""
        points = self.by_site.of(site)
        counts = self.counts[points] - 1
        self.counts[points] = counts
        self.owners[points] -= site
        single = points[counts == 1]
        np.add.at(self.losses, self.owners[single], self.weights[single])
        self.missing = np.concatenate((self.missing, points[counts == 0]))
        self.losses[site] = 0.0
        self.ages[site] = self.step * _TIE
        place, last = self.places[site], self.movable[self.movable_count - 1]
        self.movable[place], self.places[last] = last, place
        self.places[site] = -1
        self.movable_count -= 1

    def least_missed(self) -> int | None:
        """The site whose own points weigh least, of equals the one that moved longest ago; None if all are fixed.

        The last one to come stays, unless it is alone.
        """
        if not self.movable_count:
            return None
        sites = self.movable[: self.movable_count]
        worth = self.losses[sites] + self.ages[sites]
        if len(worth) > 1:
            worth[-1] = np.inf
        return int(sites[worth.argmin()])

    def exchange(self) -> bool:
        """One site out, one in, and what is left out weighs more; whether there was anything to exchange."""
        self.step += 1
        going = self.least_missed()
        if going is None:
            return False
        self.take_out(going)
        candidates = self.by_point.of(int(self.missing[self._draw(len(self.missing))]))
        if not len(candidates):
            self.put_in(going)
            return False
        gains = self._gains()[candidates] - self.ages[candidates]
        gains[candidates == going] = -1.0
        self.put_in(int(candidates[gains.argmax()]))
        self.weights[self.missing] += 1.0
        return True

    def _gains(self) -> Floats:
        """For each candidate the weight left out that it covers, (m,)."""
        missing = self.missing
        lengths = self.lengths[missing]
        ends = lengths.cumsum()
        at = np.arange(ends[-1]) + (self.by_point.indptr[missing] - ends + lengths).repeat(lengths)
        worth = self.weights[missing].repeat(lengths)
        return np.bincount(self.by_point.indices[at], worth, minlength=len(self.losses)).astype(np.float64, copy=False)

    def _place(self, site: int) -> None:
        self.ages[site] = self.step * _TIE
        if self.fixed[site]:
            self.kept.append(site)
            return
        self.movable[self.movable_count] = site
        self.places[site] = self.movable_count
        self.movable_count += 1

    def _count_all(self, chosen: Rows) -> None:
        points = self.by_site.of_all(chosen)
        owners = np.repeat(chosen, self.by_site.lengths[chosen])
        n = len(self.counts)
        self.counts = np.bincount(points, minlength=n)
        self.owners = np.bincount(points, owners, minlength=n).astype(np.int64)
        single = np.flatnonzero(self.counts == 1)
        np.add.at(self.losses, self.owners[single], self.weights[single])
        self.missing = np.flatnonzero(self.counts == 0)

    def _draw(self, count: int) -> int:
        """A number below ``count``."""
        if not self.drawn:
            self.drawn = self.random.random(_DRAWN).tolist()
        return int(self.drawn.pop() * count)


def cover_with(search: WeightingSearch, effort: Effort, idle_steps_count: int | None) -> bool:
    """Exchange until every point is covered; whether it came to that.

    It gives up after so many exchanges (None: any number) since the fewest points were left out.
    """
    fewest, since, done = len(search.left_out), 0, 0
    while fewest and (idle_steps_count is None or since < idle_steps_count):
        if done % _CLOCK_EVERY == 0 and effort.is_over:
            break
        done += 1
        if not search.exchange():
            return False
        left = search.left_count
        since = 0 if left < fewest else since + 1
        fewest = min(fewest, left)
    return fewest == 0


def with_fewer(
    by_point: Covers, by_site: Covers, start: Rows, effort: Effort, *, enough: float, idle_steps_count: int | None
) -> Rows:
    """From sites that cover every point to fewer, one less at a time; ``enough`` is a number no choice undercuts."""
    fixed = np.zeros(by_point.candidate_count, dtype=np.bool_)
    search = WeightingSearch(by_point, by_site, start, fixed, effort.seed)
    best = start
    while len(best) > max(enough, 0) and len(best) and not effort.is_over:
        going = search.least_missed()
        if going is None:
            break
        search.take_out(going)
        if not cover_with(search, effort, idle_steps_count):
            break
        best = search.chosen
        effort.say("weighting", float(len(best)), None)
    return best
