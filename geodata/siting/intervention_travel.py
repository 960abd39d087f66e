"""From options to travel costs: how long everybody's way would be to each option, beside the way they have now.

The elements are demand point × present way: hours in which a point's nearest station is as far and the same options
are open are one element. Ways longer than the cut-off count as long as the cut-off, so that nobody is left out and
every choice has a finite value. Candidate 0 is what exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.nearest import nearest_open
from geodata.coverage.week import hour_bits, unpacked
from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.distances import DistanceProblem
from geodata.siting.intervention_cover import Openings, Side, hour_classes, openings, site_places
from geodata.siting.intervention_options import Option
from geodata.siting.solution import Rows
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station

MOST_CELLS: Final = 3_000_000
"""Elements × candidates; 24 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelTask:
    """Ways in seconds: ``costs`` (e, 1 + o) with what exists first, ``weights`` (e,) in worker-hours."""

    costs: Floats
    weights: Floats

    def problem(self, count: int, required: Rows, forbidden: Rows) -> DistanceProblem:
        """At most ``count`` options beside what exists; options are candidates 1 and up."""
        choices = Choices.of_count(
            self.costs.shape[1],
            count + 1,
            required=np.concatenate((np.zeros(1, dtype=np.int64), required + 1)),
            forbidden=forbidden + 1,
        )
        return DistanceProblem(self.weights, self.costs, choices)


def travel_task(
    sides: Sequence[Side],
    options: Sequence[Option],
    stations: Mapping[str, Station],
    book: ScheduleBook,
    cut_off_s: float,
) -> TravelTask:
    """The ways of everybody asked about.

    Raises
    ------
    InvalidValue
        Two options are of one station, or there are too many ways to look at (``too_large``).
    """
    codes = [option.station_code for option in options]
    if len(set(codes)) != len(codes):
        raise InvalidValue("Travel takes one option a station.", field="kinds", code="several_options")
    opened = openings(sides[0], options, stations, book)
    parts = [_part(side, options, opened, cut_off_s) for side in sides]
    return TravelTask(np.concatenate([costs for costs, _w in parts]), np.concatenate([w for _c, w in parts]))


def _part(side: Side, options: Sequence[Option], opened: Openings, cut_off_s: float) -> tuple[Floats, Floats]:
    analysis, weeks = side.analysis, opened.weeks
    hours, classes = hour_classes(np.concatenate((weeks, hour_bits(analysis.hours)[None, :])))
    is_open = classes[:-1] != 0
    class_of_hour = np.where(hours.any(axis=1), hours.argmax(axis=1), 0)
    points, ways, of_class, present = _elements(side, class_of_hour, cut_off_s)
    if len(points) * (1 + len(options)) > MOST_CELLS:
        raise InvalidValue("There are too many ways to look at.", field="candidates", code="too_large")
    costs = np.full((len(points), 1 + len(options)), cut_off_s)
    costs[:, 0] = ways
    ids, numbers, times_s = _option_ways(side, options, cut_off_s)
    firsts, ends = np.searchsorted(points, ids), np.searchsorted(points, ids, side="right")
    lengths = ends - firsts
    rows = np.arange(int(lengths.sum())) + np.repeat(firsts - (np.cumsum(lengths) - lengths), lengths)
    columns, values = np.repeat(numbers, lengths), np.repeat(times_s, lengths)
    serves = is_open[columns, of_class[rows]]
    costs[rows[serves], 1 + columns[serves]] = values[serves]
    return costs, present


def _elements(side: Side, class_of_hour: Rows, cut_off_s: float) -> tuple[Rows, Floats, Rows, Floats]:
    """Sorted by point: points, the way each has now, its class of hours, and its worker-hours; (e,) each."""
    analysis = side.analysis
    found: list[tuple[Rows, Floats, Rows, Floats]] = []
    is_open = unpacked(analysis.week.surely) != 0
    hours = np.array(sorted(analysis.demand.hours), dtype=np.int64)
    alike = np.concatenate((is_open[:, hours], class_of_hour[None, hours]))
    _columns, firsts, kind_of_hour = np.unique(alike, axis=1, return_index=True, return_inverse=True)
    for kind, first in enumerate(firsts.tolist()):
        nearest = nearest_open(analysis.ground.travel_pairs, is_open[:, hours[first]])
        present = analysis.demand.at_hours(hours[kind_of_hour.reshape(-1) == kind].tolist())
        rows = np.flatnonzero(present > 0)
        ways = np.minimum(nearest.time_s[rows], cut_off_s)
        found.append((rows, ways, np.full(len(rows), class_of_hour[hours[first]], dtype=np.int64), present[rows]))
    if not found:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, np.empty(0), nothing, np.empty(0)
    points, ways, of_class, present = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((of_class, ways, points))
    points, ways, of_class, present = points[order], ways[order], of_class[order], present[order]
    fresh = np.ones(len(points), dtype=np.bool_)
    fresh[1:] = (np.diff(points) != 0) | (np.diff(ways) != 0) | (np.diff(of_class) != 0)
    firsts = np.flatnonzero(fresh)
    return points[firsts], ways[firsts], of_class[firsts], np.add.reduceat(present, firsts)


def _option_ways(side: Side, options: Sequence[Option], cut_off_s: float) -> tuple[Rows, Rows, Floats]:
    """Points, options and seconds of the ways to options that are not too long."""
    ground = side.analysis.ground
    lon, lat = site_places(options)
    sites = np.array([number for number, option in enumerate(options) if option.site is not None], dtype=np.int64)
    near = side.travel.pairs(ground.layer.lon, ground.layer.lat, lon, lat, reach_m=None, reach_s=cut_off_s)
    number_of = {option.station_code: number for number, option in enumerate(options) if option.site is None}
    number_of_row = np.array([number_of.get(code, NO_GROUP) for code in ground.supply.columns.codes], dtype=np.int64)
    known = ground.travel_pairs
    of_option = np.flatnonzero((number_of_row[known.station_rows] != NO_GROUP) & (known.time_s <= cut_off_s))
    return (
        np.concatenate((near.point_ids, known.point_ids[of_option])),
        np.concatenate((sites[near.station_rows], number_of_row[known.station_rows[of_option]])),
        np.concatenate((near.time_s, known.time_s[of_option])),
    )
