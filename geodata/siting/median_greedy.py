"""Greedy for p-median over near pairs: always the candidate that saves most, nobody's cost above their reach.

What a candidate would save is kept up to date: a point that comes nearer to a site takes from every candidate what it
no longer would save there, so a step touches only what lies near the site taken.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.near_pairs import NearPairs
from geodata.siting.solution import Rows


def greedy_median(pairs: NearPairs, required: Rows, limit: int) -> Rows:
    """At most ``limit`` candidates, the ``required`` ones first; fewer where no other saves anything."""
    by_site, nearest = pairs.by_site, pairs.reach.copy()
    gains = np.bincount(pairs.sites, nearest[pairs.points] - pairs.costs, minlength=pairs.site_count).astype(np.float64)
    chosen = [int(site) for site in required]
    waiting = list(chosen)
    while waiting or len(chosen) < limit:
        if waiting:
            site = waiting.pop()
        else:
            gains[chosen] = -1.0
            site = int(np.argmax(gains)) if len(gains) else -1
            if site < 0 or gains[site] <= 0:
                break
            chosen.append(site)
        places = slice(by_site.indptr[site], by_site.indptr[site + 1])
        points, costs = by_site.points[places], by_site.costs[places]
        nearer = costs < nearest[points]
        points, costs = points[nearer], costs[nearer]
        around = pairs.places_of(points)
        counts = pairs.indptr[points + 1] - pairs.indptr[points]
        theirs = pairs.costs[around]
        lost = np.maximum(np.repeat(nearest[points], counts) - theirs, 0.0)
        lost -= np.maximum(np.repeat(costs, counts) - theirs, 0.0)
        gains -= np.bincount(pairs.sites[around], lost, minlength=pairs.site_count)
        nearest[points] = costs
    return np.array(chosen, dtype=np.int64)
