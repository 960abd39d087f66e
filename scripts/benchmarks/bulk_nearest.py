"""The nearest open station of a million demand points at one instant, beside bare scipy.

Both sides convert coordinates and build the tree inside the time that is counted. Ours also finds out which
stations are open, and gives metres instead of chords.
"""

from __future__ import annotations

import functools
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.measure import Spread, seconds_of, spreads_in_turns
from benchmarks.national import TIMEZONE, Country, invent
from benchmarks.results import Figure, Section, at_most
from geodata.coordinates import Floats, unit_sphere
from geodata.coverage.opening import open_stations
from geodata.coverage.question import CoverageQuestion, Instant
from geodata.coverage.reach import Mask, nearest_m

TITLE: Final = "Bulk: nearest open station of every demand point"
LIMIT_RATIO: Final = 1.5
AT: Final = datetime(2026, 11, 18, 10, 0, tzinfo=TIMEZONE)
_MIB: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    stations_count: int
    points_count: int
    rounds_count: int


FULL: Final = Effort(200_000, 1_000_000, 9)
QUICK: Final = Effort(200_000, 1_000_000, 2)


def measure(effort: Effort) -> Section:
    """Ours and bare scipy in turns; then the memory each asks numpy for."""
    country = invent(effort.stations_count)
    lon, lat = country.demand(np.random.default_rng(3), effort.points_count)
    subset = open_at(country)
    ours = functools.partial(nearest_open_m, country, lon, lat)
    bare = functools.partial(bare_chords, country, subset, lon, lat)
    seconds = spreads_in_turns(
        {"ours": lambda: seconds_of(ours), "bare": lambda: seconds_of(bare)}, effort.rounds_count
    )
    figures = (
        Figure("ours ÷ bare cKDTree, k = 1", seconds["ours"].over(seconds["bare"]), bar=at_most(LIMIT_RATIO)),
        Figure("  ours", seconds["ours"], "s"),
        Figure("  bare cKDTree", seconds["bare"], "s"),
        Figure("  memory of arrays at most, ours", Spread.of(peak_mib(ours)), "MiB"),
        Figure("  memory of arrays at most, bare", Spread.of(peak_mib(bare)), "MiB"),
    )
    notes = (
        (
            f"{effort.stations_count:,} invented stations, {int(subset.sum()):,} of them open at that instant, "
            f"{effort.points_count:,} demand points, one thread on both sides."
        ),
        "Counted on both sides: degrees to the sphere, tree, query. On ours also: which are open, chords to metres.",
    )
    return Section(TITLE, figures, notes)


def open_at(country: Country) -> Mask:
    """Which stations are surely open."""
    return open_stations(country.columns, CoverageQuestion(moment=Instant(AT))).surely


def nearest_open_m(country: Country, lon: Floats, lat: Floats) -> Floats:
    """Metres from each point to the nearest open station, from scratch."""
    is_open, columns = open_at(country), country.columns
    return nearest_m(lon, lat, columns.lon[is_open], columns.lat[is_open])


def bare_chords(country: Country, subset: Mask, lon: Floats, lat: Floats) -> Floats:
    """What scipy alone does with the same stations: chords of the unit sphere."""
    columns = country.columns
    tree = cKDTree(unit_sphere(columns.lon[subset], columns.lat[subset]))
    chords, _rows = tree.query(unit_sphere(lon, lat), k=1, workers=1)
    return np.asarray(chords)


def peak_mib(action: Callable[[], object]) -> float:
    """The most memory numpy held at once during an action."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / _MIB
    finally:
        tracemalloc.stop()
