"""From options to travel costs: how long everybody's way would be to each option, beside the way they have now.

The rows are demand point × class of hours, where hours are one class when the same options near the point are open in
all of them. Within a row the present way differs from hour to hour: what a way of t seconds to an option would cost is
the mean of min(present way, t) over the row's worker-hours. That never falls as t grows, so the nearest chosen option
gives the least, and the sum over rows is exactly the sum over hours. For the least worst travel a row's present way is
its longest. Ways longer than the cut-off count as long as the cut-off, so that nobody is left out and every choice has
a finite value. Candidate 0 is what exists. Rows that no option could improve are one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.coverage.nearest import nearest_open
from geodata.coverage.week import hour_bits, unpacked
from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.distances import DistanceProblem
from geodata.siting.intervention_cover import Openings, Side, hour_classes, merged_classes, openings, site_places
from geodata.siting.intervention_options import Option
from geodata.siting.solution import Rows
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.travel.straight_pairs import StraightLine

MOST_CELLS: Final = 16_000_000
"""Rows × candidates; 128 MB."""
_SITES_AT_ONCE: Final = 100
_ROWS_AT_ONCE: Final = 500
_APART: Final = 1 << 20
"""More than any way in seconds: keys of one row lie apart from those of the next."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelTask:
    """Ways in seconds: ``costs`` (r, 1 + o) with what exists first, ``weights`` (r,) in worker-hours."""

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
    *,
    is_worst: bool = False,
) -> TravelTask:
    """The ways of everybody asked about; ``is_worst``: only the longest of them matter.

    Raises
    ------
    InvalidValue
        Two options are of one station, or there are too many ways to look at (``too_large``).
    """
    codes = [option.station_code for option in options]
    if len(set(codes)) != len(codes):
        raise InvalidValue("Travel takes one option a station.", field="kinds", code="several_options")
    opened = openings(sides[0], options, stations, book)
    parts = [_part(side, options, opened, cut_off_s, is_worst=is_worst) for side in sides]
    is_one = len({opened.weeks[number].tobytes() for number in range(len(options))}) <= 1 and _is_one_order(sides)
    rows = np.unique(np.concatenate([part.points for part in parts])) if is_one else np.empty(0, dtype=np.int64)
    if ((len(rows) or sum(len(part.weights) for part in parts)) + 1) * (1 + len(options)) > MOST_CELLS:
        raise InvalidValue("There are too many ways to look at.", field="candidates", code="too_large")
    fixed_weights, ways = _fixed_row(parts, is_worst=is_worst)
    if is_one:
        costs, weights = _one_table(parts, rows, len(options), spare=len(ways), is_worst=is_worst)
    else:
        costs, weights = _each_table(parts, len(options), spare=len(ways))
    costs[len(weights) :] = ways[:, None]
    return TravelTask(costs, np.concatenate((weights, fixed_weights)))


def _is_one_order(sides: Sequence[Side]) -> bool:
    """Whether what is nearer for one side is nearer for all: along straight lines, whatever the speed."""
    return all(isinstance(side.travel, StraightLine) for side in sides)


def _one_table(
    parts: Sequence[_Part], points: Rows, option_count: int, *, spare: int, is_worst: bool
) -> tuple[Floats, Floats]:
    """One row a point for all sides together, where their order is one and all options are open in the same hours.

    Each side's cost never falls with the distance, so neither does their sum: the nearest option is the best of all.
    The table has ``spare`` more rows at its end, the weights (r,) have not.
    """
    costs, weights = np.zeros((len(points) + spare, 1 + option_count)), np.zeros(len(points))
    for part in parts:
        rows = np.searchsorted(points, part.points)
        weights[rows] += part.weights
        for some, block in part.blocks(option_count):
            if is_worst:
                costs[rows[some]] = np.maximum(costs[rows[some]], block)
            else:
                costs[rows[some]] += block * part.weights[some, None]
    if not is_worst:
        costs[: len(points)] /= weights[:, None]
    return costs, weights


def _each_table(parts: Sequence[_Part], option_count: int, *, spare: int) -> tuple[Floats, Floats]:
    """The sides' rows one below the other, with ``spare`` more at the end of the table."""
    weights = np.concatenate([part.weights for part in parts])
    costs, start = np.empty((len(weights) + spare, 1 + option_count)), 0
    for part in parts:
        for some, block in part.blocks(option_count):
            costs[start + some.start : start + some.stop] = block
        start += len(part.weights)
    return costs, weights


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One side's rows that an option could improve, and the worker-hours and seconds × worker-hours of the others.

    ``points``, ``now`` and ``weights`` (r,) are the rows'; ``rows``, ``numbers`` and ``costs`` (m,) are the pairs with
    options.
    """

    points: Rows
    now: Floats
    weights: Floats
    rows: Rows
    numbers: Rows
    costs: Floats
    fixed_weights: Floats
    fixed_ways: Floats

    def blocks(self, option_count: int) -> Iterator[tuple[slice, Floats]]:
        """The costs of each row, (r, 1 + o), some rows at a time: one copy of the whole table is room enough."""
        order = np.argsort(self.rows, kind="stable")
        for start in range(0, len(self.now), _ROWS_AT_ONCE):
            some = slice(start, min(start + _ROWS_AT_ONCE, len(self.now)))
            pairs = order[slice(*np.searchsorted(self.rows, (some.start, some.stop), sorter=order))]
            block = np.repeat(self.now[some, None], 1 + option_count, axis=1)
            block[self.rows[pairs] - start, 1 + self.numbers[pairs]] = self.costs[pairs]
            yield some, block


def _fixed_row(parts: Sequence[_Part], *, is_worst: bool) -> tuple[Floats, Floats]:
    """The weight and way of everybody whom no option serves better, (1,) each; empty where there is nobody."""
    weights = np.concatenate([part.fixed_weights for part in parts])
    ways = np.concatenate([part.fixed_ways for part in parts])
    total = float(weights.sum())
    if total <= 0:
        return np.empty(0), np.empty(0)
    return np.array([total]), np.array([float(ways.max()) if is_worst else float(weights @ ways) / total])


def _part(side: Side, options: Sequence[Option], opened: Openings, cut_off_s: float, *, is_worst: bool) -> _Part:
    analysis, weeks = side.analysis, opened.weeks
    hours, classes = hour_classes(np.concatenate((weeks, hour_bits(analysis.hours)[None, :])))
    class_of_hour = np.where(hours.any(axis=1), hours.argmax(axis=1), 0)
    found = _elements(side, class_of_hour, cut_off_s)
    ids, numbers, times_s = _option_ways(side, options, cut_off_s)
    is_open = np.ascontiguousarray(classes[:-1])
    patterns, pattern_of = np.unique(is_open, axis=0, return_inverse=True)
    pattern_of = pattern_of.reshape(-1).astype(np.int64)
    near = _Near.of(len(analysis.ground.layer.lon), ids, pattern_of[numbers], patterns)
    rows = _Rows.of(found, near, cut_off_s, is_worst=is_worst)
    farthest = np.zeros(len(analysis.ground.layer.lon))
    np.maximum.at(farthest, rows.points, rows.longest)
    shorter = times_s < farthest[ids]  # most ways to options are longer than any way there is: they help nobody
    ids, numbers, times_s = ids[shorter], numbers[shorter], times_s[shorter]
    pair_rows, pair_numbers, pair_times_s = rows.pairs(near, ids, pattern_of[numbers], numbers, times_s)
    useful = pair_times_s < rows.longest[pair_rows]
    pair_rows, pair_numbers, pair_times_s = pair_rows[useful], pair_numbers[useful], pair_times_s[useful]
    costs = rows.costs(pair_rows, pair_times_s)
    improvable = np.zeros(len(rows.weights), dtype=np.bool_)
    improvable[pair_rows] = True
    number_of = np.cumsum(improvable) - 1
    return _Part(
        rows.points[improvable], rows.now[improvable], rows.weights[improvable],
        number_of[pair_rows], pair_numbers, costs,
        rows.weights[~improvable], rows.now[~improvable],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Which classes of hours the options near each point tell apart.

    Points with the same ``kind`` (n,) have the same patterns of hours near them. Of each kind ``class_of`` has the
    number of each class among its own, (c,), and ``local`` which of these each pattern opens, (u, l).
    """

    kind: Rows
    class_of: NDArray[np.int64]
    local: tuple[NDArray[np.uint8], ...]

    @classmethod
    def of(cls, point_count: int, ids: Rows, patterns: Rows, classes: NDArray[np.uint8]) -> _Near:
        """Of the pairs' points and patterns, (m,) each, with the patterns' ``classes`` (u, c)."""
        near = np.zeros((point_count, len(classes)), dtype=np.uint8)
        near[ids, patterns] = 1
        kinds, firsts, kind = np.unique(np.packbits(near, axis=1), axis=0, return_index=True, return_inverse=True)
        class_of, local = np.zeros((len(kinds), classes.shape[1]), dtype=np.int64), []
        for number, first in enumerate(firsts.tolist()):
            merged, opened = merged_classes(classes * near[first][:, None])
            # Hours in which nothing near is open are a class of their own, behind the others.
            class_of[number] = opened.shape[1]
            whole, own = np.nonzero(merged)
            class_of[number][whole] = own
            local.append(opened)
        return cls(kind.reshape(-1).astype(np.int64), class_of, tuple(local))


@dataclass(frozen=True, slots=True, eq=False)
class _Elements:
    """Points, the way each has now, its class of hours, and its worker-hours; (e,) each."""

    points: Rows
    ways: Floats
    classes: Rows
    present: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of some elements: ``points`` and ``classes`` (r,) of a kind's own, sorted; what each weighs, its mean
    (or longest) way ``now`` and its ``longest``.

    ``keys`` (e,) are the elements' ways in order within their rows, ``sums`` and ``moments`` (e + 1,) the worker-hours,
    and seconds × worker-hours, of all before.
    """

    points: Rows
    classes: Rows
    weights: Floats
    now: Floats
    longest: Floats
    keys: Floats
    sums: Floats
    moments: Floats
    is_worst: bool

    @classmethod
    def of(cls, found: _Elements, near: _Near, cut_off_s: float, *, is_worst: bool) -> _Rows:
        classes = near.class_of[near.kind[found.points], found.classes]
        order = np.lexsort((found.ways, classes, found.points))
        points, classes, ways = found.points[order], classes[order], found.ways[order]
        present = found.present[order]
        fresh = np.ones(len(points), dtype=np.bool_)
        fresh[1:] = (np.diff(points) != 0) | (np.diff(classes) != 0)
        firsts = np.flatnonzero(fresh)
        ends = np.append(firsts[1:], len(points))
        sums, moments = (np.concatenate(([0.0], np.cumsum(each))) for each in (present, present * ways))
        weights = np.add.reduceat(present, firsts) if len(firsts) else np.empty(0)
        longest = ways[ends - 1] if len(firsts) else np.empty(0)
        mean = np.add.reduceat(present * ways, firsts) / weights if len(firsts) else np.empty(0)
        keys = (np.cumsum(fresh) - 1) * float(_APART) + ways
        return cls(
            points[firsts], classes[firsts], weights, longest if is_worst else np.minimum(mean, cut_off_s), longest,
            keys, sums, moments, is_worst,
        )  # fmt: skip

    def pairs(
        self, near: _Near, ids: Rows, patterns: Rows, numbers: Rows, times_s: Floats
    ) -> tuple[Rows, Rows, Floats]:
        """Rows, options and seconds of pairs (point, pattern, option, way), (m,) each: a row for each class open."""
        rows = [np.empty(0, dtype=np.int64)]
        which = [np.empty(0, dtype=np.int64)]
        first, end = np.searchsorted(self.points, ids), np.searchsorted(self.points, ids, side="right")
        for offset in range(int((end - first).max(initial=0))):
            inside = np.flatnonzero(first + offset < end)
            row = first[inside] + offset
            opens = np.zeros(len(inside), dtype=np.bool_)
            kinds = near.kind[ids[inside]]
            for kind in np.unique(kinds):
                of_kind = np.flatnonzero(kinds == kind)
                table = np.hstack((near.local[kind], np.zeros((len(near.local[kind]), 1), np.uint8)))
                opens[of_kind] = table[patterns[inside[of_kind]], self.classes[row[of_kind]]] != 0
            rows.append(row[opens])
            which.append(inside[opens])
        chosen = np.concatenate(which)
        return np.concatenate(rows), numbers[chosen], times_s[chosen]

    def costs(self, rows: Rows, times_s: Floats) -> Floats:
        """What ways of so many seconds would cost these rows, (m,)."""
        if self.is_worst:
            return times_s
        starts = np.searchsorted(self.keys, rows * float(_APART))
        ends = np.searchsorted(self.keys, rows * float(_APART) + times_s, side="right")
        shorter, moment = self.sums[ends] - self.sums[starts], self.moments[ends] - self.moments[starts]
        return np.asarray((moment + times_s * (self.weights[rows] - shorter)) / self.weights[rows])


def _elements(side: Side, class_of_hour: Rows, cut_off_s: float) -> _Elements:
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
        return _Elements(nothing, np.empty(0), nothing, np.empty(0))
    points, ways, of_class, present = (np.concatenate(column) for column in zip(*found, strict=True))
    return _Elements(points, ways, of_class, present)


def _option_ways(side: Side, options: Sequence[Option], cut_off_s: float) -> tuple[Rows, Rows, Floats]:
    """Points, options and seconds of the ways to options that are not too long."""
    ground = side.analysis.ground
    lon, lat = site_places(options)
    sites = np.array([number for number, option in enumerate(options) if option.site is not None], dtype=np.int64)
    # Along straight lines a few sites at a time: finding pairs takes several times the room of what is found.
    at_once = _SITES_AT_ONCE if isinstance(side.travel, StraightLine) else max(1, len(sites))
    found = []
    for start in range(0, len(sites), at_once):
        some = slice(start, start + at_once)
        near = side.travel.pairs(
            ground.layer.lon, ground.layer.lat, lon[some], lat[some], reach_m=None, reach_s=cut_off_s
        )
        found.append((near.point_ids, sites[some][near.station_rows], near.time_s))
    number_of = {option.station_code: number for number, option in enumerate(options) if option.site is None}
    number_of_row = np.array([number_of.get(code, NO_GROUP) for code in ground.supply.columns.codes], dtype=np.int64)
    known = ground.travel_pairs
    of_option = np.flatnonzero((number_of_row[known.station_rows] != NO_GROUP) & (known.time_s <= cut_off_s))
    found.append((known.point_ids[of_option], number_of_row[known.station_rows[of_option]], known.time_s[of_option]))
    points, numbers, times_s = (np.concatenate(column) for column in zip(*found, strict=True))
    return points, numbers, times_s
