"""Covering every point with few sites: one site goes, another comes, and points left out weigh more from step to step.

The site that goes is the one whose own points weigh least; the one that comes covers a point left out, drawn at
random, and of those the most weight left out. The last sites moved rest for a while (weighting-based local search for
set covering; Gao, Weise and Li 2015).
"""

from __future__ import annotations

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.narrow_weighting import NarrowWeighting
from geodata.siting.solution import Mask, Rows

_NARROW = 1200
"""Candidates a point × points a candidate, on average: what the choice of one that comes looks at."""

_CLOCK_EVERY = 8
"""Exchanges between two looks at the clock."""


class WeightingSearch:
    """Sites chosen, how often each point is covered, and what points weigh. Mutable, for one thread.

    ``by_point`` and ``by_site`` are the same covers in both directions; sites in ``fixed`` (m,) are never taken out.
    """

    def __init__(self, by_point: Covers, by_site: Covers, chosen: Rows, fixed: Mask, seed: int) -> None:
        self.by_point, self.by_site, self.fixed = by_point, by_site, fixed
        self.random = np.random.default_rng(seed)
        self.weights = np.ones(by_point.point_count)
        self.counts = np.zeros(by_point.point_count, dtype=np.int64)
        self.owners = np.zeros(by_point.point_count, dtype=np.int64)
        self.losses = np.zeros(by_point.candidate_count)
        self.is_in = np.zeros(by_point.candidate_count, dtype=np.bool_)
        self.moved = np.zeros(by_point.candidate_count, dtype=np.int64)
        self.step = 0
        self.left_count = 0
        """How many points nobody covers, after an exchange."""
        for site in chosen:
            self.put_in(int(site))

    @property
    def chosen(self) -> Rows:
        """The sites, ascending."""
        return np.flatnonzero(self.is_in)

    @property
    def left_out(self) -> Rows:
        """The points nobody covers."""
        return np.flatnonzero(self.counts == 0)

    def sites_near(self, point: int) -> Rows:
        """The candidates that cover a point."""
        return self.by_point.of(point)

    def put_in(self, site: int) -> None:
        """Choose a site."""
        points = self.by_site.of(site)
        counts = self.counts[points]
        shared = points[counts == 1]
        np.subtract.at(self.losses, self.owners[shared], self.weights[shared])
        self.losses[site] = self.weights[points[counts == 0]].sum()
        self.counts[points] += 1
        self.owners[points] += site
        self.is_in[site] = True
        self.moved[site] = self.step

    def take_out(self, site: int) -> None:
        """Give a site up."""
        points = self.by_site.of(site)
        self.counts[points] -= 1
        self.owners[points] -= site
        single = points[self.counts[points] == 1]
        np.add.at(self.losses, self.owners[single], self.weights[single])
        self.losses[site] = 0.0
        self.is_in[site] = False
        self.moved[site] = self.step

    def least_missed(self) -> int | None:
        """The site whose own points weigh least, of equals the one that moved longest ago; None if all are fixed."""
        sites = np.flatnonzero(self.is_in & ~self.fixed)
        if not len(sites):
            return None
        rested = sites[self.moved[sites] < self.step - 1]
        sites = rested if len(rested) else sites
        losses = self.losses[sites]
        least = sites[losses <= losses.min()]
        return int(least[np.argmin(self.moved[least])])

    def exchange(self) -> bool:
        """One site out, one in, and what is left out weighs more; whether there was anything to exchange."""
        self.step += 1
        going = self.least_missed()
        if going is None:
            return False
        self.take_out(going)
        missing = self.left_out
        point = int(missing[self.random.integers(len(missing))])
        candidates = self.by_point.of(point)
        others = candidates[candidates != going]
        candidates = others if len(others) else candidates
        if not len(candidates):
            self.put_in(going)
            return False
        worth = np.repeat(self.weights[missing], self.by_point.lengths[missing])
        gains = np.bincount(self.by_point.of_all(missing), worth, minlength=self.by_point.candidate_count)[candidates]
        best = candidates[gains >= gains.max()]
        self.put_in(int(best[np.argmin(self.moved[best])]))
        missing = missing[self.counts[missing] == 0]
        self.weights[missing] += 1.0
        self.left_count = len(missing)
        return True


def weighting_search(
    by_point: Covers, by_site: Covers, chosen: Rows, fixed: Mask, seed: int
) -> WeightingSearch | NarrowWeighting:
    """The search that suits these covers: over lists where they are narrow, over arrays where they are wide."""
    looked_at = float(np.median(by_point.lengths)) * float(np.median(by_site.lengths)) if by_point.point_count else 0.0
    kind = NarrowWeighting if looked_at <= _NARROW else WeightingSearch
    return kind(by_point, by_site, chosen, fixed, seed)


def cover_with(search: WeightingSearch | NarrowWeighting, effort: Effort, idle_steps_count: int | None) -> bool:
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
    search = weighting_search(by_point, by_site, start, fixed, effort.seed)
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
