"""How much an answer in minutes hangs on what is assumed about travel: speeds ± 20 %, detours 1.2 to 1.4.

A rule in metres has neither speed nor detour, so nothing is assumed and nothing varies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geodata.coverage.matrix import CoveredHours, Tally
from geodata.coverage.reach import Reach
from geodata.coverage.week import OpenWeek
from geodata.coverage.worker_hours import WorkerHours
from geodata.travel.pairs import Network, TravelNote, TravelPairs

SPEED_FACTORS: Final = (0.8, 1.0, 1.2)
DETOUR_FACTORS: Final = (1.2, 1.3, 1.4)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Everybody travels ``speed_factor`` times as fast; ``detour_factor`` None is along streets."""

    speed_factor: float
    detour_factor: float | None

    def time_factor(self, note: TravelNote) -> float:
        """What travel times are multiplied by."""
        if self.detour_factor is None or note.detour_factor is None:
            return 1 / self.speed_factor
        return self.detour_factor / note.detour_factor / self.speed_factor


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one assumption would give."""

    assumption: Assumption
    tally: Tally


def assumptions(
    note: TravelNote, speeds: Sequence[float] = SPEED_FACTORS, detours: Sequence[float] = DETOUR_FACTORS
) -> tuple[Assumption, ...]:
    """Every speed with every detour; along streets every speed."""
    factors: Sequence[float | None] = detours if note.network is Network.STRAIGHT_LINE else (None,)
    return tuple(Assumption(speed, detour) for detour in factors for speed in speeds)


def reach_needed_s(limit_s: float, note: TravelNote, tried: Sequence[Assumption]) -> float:
    """How far pairs have to reach, in seconds as they are, to answer every assumption."""
    return max([limit_s, *(limit_s / each.time_factor(note) for each in tried)]) * (1 + 1e-9)


def sensitivity(
    pairs: TravelPairs,
    note: TravelNote,
    limit_s: float,
    week: OpenWeek,
    demand: WorkerHours,
    tried: Sequence[Assumption],
) -> Iterator[Sensitivity]:
    """The tally under each assumption; ``pairs`` reach ``reach_needed_s``, and are of the travel in ``note``.

    Yielded one by one: each is a pass over the pairs, and whoever waits can show the first.
    """
    everything = float(demand.at_points().sum())
    nearer = _useful(pairs, max((limit_s / each.time_factor(note) for each in tried), default=0.0), week)
    for each in tried:
        hours = CoveredHours.of(Reach.of(nearer, limit_s=limit_s / each.time_factor(note)), week)
        covered = (float(demand.in_hours(bits).sum()) for bits in (hours.low, hours.high))
        yield Sensitivity(each, Tally(everything, *covered))


def _useful(pairs: TravelPairs, limit_s: float, week: OpenWeek) -> TravelPairs:
    """Those within a limit, of stations that may ever be open: no assumption needs the others."""
    is_used = (week.perhaps != 0).any(axis=1)[pairs.station_rows] & (pairs.time_s <= limit_s)
    columns = ("point_ids", "station_rows", "distance_m", "time_s")
    return replace(pairs, **{name: getattr(pairs, name)[is_used] for name in columns})
