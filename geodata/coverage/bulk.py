"""Coverage of very many points: part by part, in memory that does not grow with their number.

A part is tallied by itself and tallies add up, so one process can walk through ten million points, and many
processes can share them: the same parts give the same numbers, because they are added in the parts' order.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.nearest_points import Mask, NearestStations
from geodata.coverage.question import Rule
from geodata.coverage.sums import summed

BINS_COUNT: Final = 2_000
"""A tally keeps workers by distance in bins this many to the longest distance asked about."""


@dataclass(frozen=True, slots=True, eq=False)
class DemandPart:
    """Some demand points: WGS-84 degrees and workers, each (n,)."""

    lon: Floats
    lat: Floats
    workers: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BulkTally:
    """Points, their workers, and those covered with unknown stations shut (low) and open (high).

    ``by_distance`` (BINS_COUNT,) are the workers by distance to the nearest surely open station, in bins of
    ``bin_m`` metres up to and with their upper edge; whoever is farther is only in ``workers``.
    """

    points_count: int
    workers: float
    low: float
    high: float
    bin_m: float
    by_distance: Floats

    @classmethod
    def nothing(cls, bin_m: float) -> Self:
        """The tally of no points."""
        return cls(0, 0.0, 0.0, 0.0, bin_m, np.zeros(BINS_COUNT))

    def __add__(self, other: BulkTally) -> BulkTally:
        return BulkTally(
            self.points_count + other.points_count,
            self.workers + other.workers,
            self.low + other.low,
            self.high + other.high,
            self.bin_m,
            self.by_distance + other.by_distance,
        )

    def quantile_m(self, share: float) -> float | None:
        """The upper edge of the bin that holds the share's worker: at most ``bin_m`` more than exactly.

        None without workers, or where that worker is farther than the bins reach.
        """
        reached = np.cumsum(self.by_distance)
        place = int(np.searchsorted(reached, share * self.workers * (1 - 1e-12)))
        return (place + 1) * self.bin_m if self.workers > 0 and place < BINS_COUNT else None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Of n points: metres to the nearest surely open station (infinite for none), covered at least, at most."""

    away_m: Floats
    low: Mask
    high: Mask


@dataclass(frozen=True, slots=True, eq=False)
class BulkCoverage:
    """What every part is tallied by: the stations that are surely and perhaps open, and the rule.

    ``perhaps`` holds every station of ``surely``.
    """

    surely: NearestStations
    perhaps: NearestStations
    rule: Rule
    bin_m: float = 10.0

    def judged(self, part: DemandPart) -> Judged:
        """Each point of a part. Whoever is surely covered is not asked about a second time."""
        away_m = self.surely.distance_m(part.lon, part.lat)
        low: Mask = self.rule.measure(away_m) <= self.rule.limit
        high, left = low.copy(), ~low
        perhaps_m = self.perhaps.distance_m(part.lon[left], part.lat[left])
        high[left] = self.rule.measure(perhaps_m) <= self.rule.limit
        return Judged(away_m, low, high)

    def tally(self, part: DemandPart) -> BulkTally:
        """One part."""
        return self.tallied(part, self.judged(part))

    def tallied(self, part: DemandPart, judged: Judged) -> BulkTally:
        """One part whose points are judged already."""
        away_m, low, high = judged.away_m, judged.low, judged.high
        near = away_m <= self.bin_m * BINS_COUNT
        bins = np.maximum(np.ceil(away_m[near] / self.bin_m).astype(np.int64) - 1, 0)
        return BulkTally(
            len(part.lon),
            float(part.workers.sum()),
            float(part.workers[low].sum()),
            float(part.workers[high].sum()),
            self.bin_m,
            summed(np.minimum(bins, BINS_COUNT - 1), part.workers[near], BINS_COUNT),
        )

    def total(self, tallies: Iterable[BulkTally]) -> BulkTally:
        """The tallies of several parts, added in their order."""
        return functools.reduce(operator.add, tallies, BulkTally.nothing(self.bin_m))

    def of(self, parts: Iterable[DemandPart]) -> BulkTally:
        """All parts, one after the other; only one is held at a time."""
        return self.total(self.tally(part) for part in parts)
