"""From options to a covering problem: which hours of which demand points each option would newly cover.

The elements are demand point × class of hours, where hours are one class when every option opens in all of them or in
none. An element weighs the worker-hours not surely covered before. What is covered already and what no option reaches
are two elements a district, so that shares are shares of all the demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import PUBLISHED_DECIMALS, Floats
from geodata.coverage.analysis import Analysis
from geodata.coverage.reach import Mask, Reach
from geodata.coverage.supply import Supply
from geodata.coverage.week import hour_bits, unpacked
from geodata.coverage.within import WithinUnit
from geodata.errors import InvalidValue
from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.intervention_options import Option
from geodata.siting.interventions import OpenSite, applied
from geodata.siting.kernel import CoverProblem
from geodata.siting.solution import Rows
from geodata.stations.columns import Bits
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.travel.pairs import Travel, TravelPairs
from geodata.travel.straight_line import StraightLineTravel
from geodata.travel.straight_pairs import StraightLine

_POINTS_AT_A_TIME: Final = 1 << 13
MOST_PAIRS: Final = 2_000_000
"""Of demand points and new sites; each is an entry of the problem for every class of hours."""
PROBED_COUNT: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The workers that travel by one mode: their analysis before anything is changed, and how they travel."""

    analysis: Analysis
    travel: Travel

    def refuse_too_many(self, lon: Floats, lat: Floats) -> None:
        """Raise InvalidValue (``too_large``) where there are more pairs than fit, judged by a few of the places."""
        if len(lon) > 2 * PROBED_COUNT:
            some = slice(None, None, len(lon) // PROBED_COUNT)
            share = len(lon) / len(lon[some])
            if self.cover_pairs(lon[some], lat[some]).pair_count * share > MOST_PAIRS:
                raise InvalidValue("There are too many pairs.", field="candidates", code="too_large")

    def cover_pairs(self, lon: Floats, lat: Floats) -> TravelPairs:
        """Pairs of the demand points and some places, within the question's rule."""
        layer, within = self.analysis.ground.layer, self.analysis.question.within
        places = (layer.lon, layer.lat, lon, lat)
        if within.unit is WithinUnit.METRES:
            line = StraightLine(StraightLineTravel(), self.travel.mode)
            return line.pairs(*places, reach_m=within.amount, reach_s=None)
        return self.travel.pairs(*places, reach_m=None, reach_s=within.amount * 60)


@dataclass(frozen=True, slots=True, eq=False)
class Openings:
    """The hours asked about in which each option surely lets somebody in, as bits (o, 3), and which place it has."""

    weeks: Bits
    """What the station offers with the option taken."""
    gains: Bits
    """The hours of these that it does not offer before."""


def openings(side: Side, options: Sequence[Option], stations: Mapping[str, Station], book: ScheduleBook) -> Openings:
    """When each option's station would serve what is asked for, (o, 3) each. ``stations`` by code."""
    analysis = side.analysis
    row_of_template: dict[object, int] = {}
    templates: list[Station] = []
    rows: list[int] = []
    for option in options:
        site = option.site
        likeness = option.changes if site is None else _likeness(site)
        row = row_of_template.setdefault(likeness, len(templates))
        if row == len(templates):  # many sites are alike but for their place
            own = [] if site is not None else [stations[option.station_code]]
            templates.append(applied(own, option.changes)[-1])
        rows.append(row)
    named = [replace(each, code=f"V{number:08d}") for number, each in enumerate(templates)]
    virtual = replace(analysis.ground, supply=Supply.of(named, book))
    asked = hour_bits(analysis.hours)
    weeks = Analysis(virtual, analysis.question).week.surely[np.array(rows, dtype=np.int64)] & asked
    before = analysis.week.surely
    row_of = {code: row for row, code in enumerate(analysis.ground.supply.columns.codes)}
    gains = weeks.copy()
    for number, option in enumerate(options):
        if option.site is None:
            gains[number] &= ~before[row_of[option.station_code]]
    return Openings(weeks, gains)


def _likeness(site: OpenSite) -> tuple[object, ...]:
    """What decides when and whom it serves, its place left aside."""
    return site.kind, site.rule, site.services, site.entry_methods, site.district_code


def site_places(options: Sequence[Option]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the new sites among some options, as their stations would publish them."""
    sites = [option.site for option in options if option.site is not None]
    lon = np.array([round(site.lon, PUBLISHED_DECIMALS) for site in sites], dtype=np.float64)
    return lon, np.array([round(site.lat, PUBLISHED_DECIMALS) for site in sites], dtype=np.float64)


def option_reach(side: Side, options: Sequence[Option]) -> Reach:
    """Pairs (demand point, option) within the rule."""
    analysis = side.analysis
    sites = [number for number, option in enumerate(options) if option.site is not None]
    near = Reach.of(side.cover_pairs(*site_places(options)))
    points, numbers = [near.point_ids], [np.array(sites, dtype=np.int64)[near.station_rows]]
    row_of = {code: row for row, code in enumerate(analysis.ground.supply.columns.codes)}
    others = [(row_of[option.station_code], number) for number, option in enumerate(options) if option.site is None]
    if others:
        by_row: dict[int, list[int]] = {}
        for row, number in others:
            by_row.setdefault(row, []).append(number)
        order = np.argsort(analysis.reach.station_rows, kind="stable")
        ordered = analysis.reach.station_rows[order]
        for row, numbers_of_row in by_row.items():
            first, end = np.searchsorted(ordered, [row, row + 1])
            ids = analysis.reach.point_ids[order[first:end]]
            for number in numbers_of_row:
                points.append(ids)
                numbers.append(np.full(len(ids), number, dtype=np.int64))
    return Reach(near.point_count, np.concatenate(points), np.concatenate(numbers))


def hour_classes(bits: Bits) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Hours in which the same rows are set, as one class; hours in which none is are in no class.

    Of bits (k, 3): the hours of each class (168, c), and the classes of each row (k, c), both zeros and ones.
    """
    columns = unpacked(bits).T
    distinct, class_of = np.unique(columns, axis=0, return_inverse=True)
    used = np.flatnonzero(distinct.any(axis=1))
    hours = (class_of.reshape(-1)[:, None] == used[None, :]).astype(np.uint8)
    return hours, np.ascontiguousarray(distinct[used].T)


def cover_problem(
    sides: Sequence[Side],
    options: Sequence[Option],
    choices: Choices,
    stations: Mapping[str, Station],
    book: ScheduleBook,
) -> CoverProblem:
    """The covering problem of some options; weights are worker-hours.

    Districts are the areas of the sides' grounds, which are alike. Candidate number i is ``options[i]``.
    """
    for side in sides:
        side.refuse_too_many(*site_places(options))
    opened = openings(sides[0], options, stations, book)  # the hours are the same however one gets there
    parts = [_part(side, options, opened) for side in sides]
    areas_count = len(sides[0].analysis.ground.areas.codes)
    covered, hopeless = np.zeros(areas_count), np.zeros(areas_count)
    offset, points, candidates = 0, [], []
    for part in parts:
        points.append(part.elements + offset)
        candidates.append(part.candidates)
        offset += len(part.weights)
        covered += part.covered
        hopeless += part.hopeless
    weights = np.concatenate([*(part.weights for part in parts), covered, hopeless])
    areas = np.arange(areas_count)
    covers = Covers.of_pairs(len(weights), len(options), np.concatenate(points), np.concatenate(candidates))
    already: Mask = np.zeros(len(weights), dtype=np.bool_)
    already[offset : offset + areas_count] = True
    districts = np.concatenate([*(part.districts for part in parts), areas, areas]).astype(np.int64)
    return _alike_as_one(CoverProblem(np.maximum(weights, 0.0), covers, choices, already, districts))


def _alike_as_one(problem: CoverProblem) -> CoverProblem:
    """The same with elements that nothing tells apart as one: riders and sweepers of a cell within so many metres."""
    count = len(problem.weights)
    districts = np.zeros(count, dtype=np.int64) if problem.districts is None else problem.districts
    already = np.zeros(count, dtype=np.bool_) if problem.covered_already is None else problem.covered_already
    firsts = problem.covers.equal_rows(2 * districts + already)
    kept: Mask = firsts == np.arange(count)
    every: Mask = np.ones(problem.covers.candidate_count, dtype=np.bool_)
    weights = np.bincount(firsts, problem.weights, minlength=count)[kept].astype(np.float64)
    return CoverProblem(weights, problem.covers.kept(kept, every), problem.choices, already[kept], districts[kept])


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One side's elements: weights and districts (e,), pairs with candidates (m,), and what is no element, by area."""

    weights: Floats
    districts: Rows
    elements: Rows
    candidates: Rows
    covered: Floats
    hopeless: Floats


def _part(side: Side, options: Sequence[Option], opened: Openings) -> _Part:
    analysis, gains = side.analysis, opened.gains
    patterns, pattern_of = np.unique(gains, axis=0, return_inverse=True)
    pattern_of = pattern_of.reshape(-1)
    hours, classes = hour_classes(patterns)
    reach = option_reach(side, options)
    ever: Mask = (gains != 0).any(axis=1)
    useful = ever[reach.station_rows]
    ids, numbers = reach.point_ids[useful], reach.station_rows[useful]
    elements = _Elements.of(ids, pattern_of[numbers], classes, _uncovered(analysis, hours))
    rows, candidates = elements.pairs(ids, pattern_of[numbers], numbers)
    areas = analysis.ground.areas
    total, low, _high = (areas.sums(each) for each in analysis.by_point)
    districts = areas.ids[elements.points]
    inside = np.bincount(districts, elements.weights, minlength=len(total)).astype(np.float64)
    return _Part(elements.weights, districts, rows, candidates, low, np.maximum(total - low - inside, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Elements:
    """The elements of some points: each point's classes of hours as far as the options in its reach tell them apart.

    Points with the same ``kind`` (n,) have the same patterns of hours in reach. Of each kind ``local`` says which of
    its own classes each pattern opens, (u, l); ``first`` (n,) is a point's first element. ``points`` and ``weights``
    (e,) are the elements'.
    """

    kind: Rows
    local: tuple[NDArray[np.uint8], ...]
    first: Rows
    points: Rows
    weights: Floats

    @classmethod
    def of(cls, ids: Rows, patterns: Rows, classes: NDArray[np.uint8], uncovered: Floats) -> _Elements:
        """Of the pairs' points and patterns, (m,) each, with ``classes`` (u, c) and ``uncovered`` (n, c)."""
        near = np.zeros((len(uncovered), len(classes)), dtype=np.uint8)
        near[ids, patterns] = 1
        kinds, kind = np.unique(np.packbits(near, axis=1), axis=0, return_inverse=True)
        kind = kind.reshape(-1).astype(np.int64)
        order = np.argsort(kind, kind="stable")
        edges = np.searchsorted(kind[order], np.arange(len(kinds) + 1))
        local, weights, lengths = [], [], np.zeros(len(uncovered), dtype=np.int64)
        for number in range(len(kinds)):
            own = order[edges[number] : edges[number + 1]]
            merged, opened = merged_classes(classes * near[own[0]][:, None] if len(own) else classes[:, :0])
            local.append(opened)
            lengths[own] = opened.shape[1]
            weights.append((uncovered[own] @ merged).reshape(-1))
        by_kind = np.concatenate([*weights, np.empty(0)])
        ends = np.cumsum(lengths[order])
        first = np.empty(len(uncovered), dtype=np.int64)
        first[order] = ends - lengths[order]
        return cls(kind, tuple(local), first, np.repeat(order, lengths[order]), by_kind)

    def pairs(self, ids: Rows, patterns: Rows, numbers: Rows) -> tuple[Rows, Rows]:
        """Elements and candidates of pairs (point, pattern, candidate), (m,) each; weightless elements left out."""
        rows, candidates = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        keys = self.kind[ids] * np.int64(max(1, int(patterns.max(initial=0)) + 1)) + patterns
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.concatenate(([True], np.diff(keys[order]) != 0))) if len(keys) else keys
        for part in np.split(order, starts[1:]) if len(keys) else ():
            opened = np.flatnonzero(self.local[self.kind[ids[part[0]]]][patterns[part[0]]])
            rows.append((self.first[ids[part]][:, None] + opened[None, :]).reshape(-1))
            candidates.append(np.repeat(numbers[part], len(opened)))
        found, who = np.concatenate(rows), np.concatenate(candidates)
        kept = self.weights[found] > 0
        return found[kept], who[kept]


def merged_classes(classes: NDArray[np.uint8]) -> tuple[Floats, NDArray[np.uint8]]:
    """Classes (u, c) that no row tells apart as one: the sums to make (c, l), and what each row opens, (u, l)."""
    columns = np.ascontiguousarray(np.packbits(classes.T, axis=1))
    keys = columns.view(np.dtype((np.void, columns.shape[1]))).reshape(-1) if columns.size else np.empty(0, "V1")
    _keys, firsts, which = np.unique(keys, return_index=True, return_inverse=True)
    distinct = classes.T[firsts]
    used = np.flatnonzero(distinct.any(axis=1))
    sums = (which.reshape(-1)[:, None] == used[None, :]).astype(np.float64)
    return sums, np.ascontiguousarray(distinct[used].T)


def _uncovered(analysis: Analysis, hours: NDArray[np.uint8]) -> Floats:
    """Worker-hours of each point and class that are not surely covered, (n, c)."""
    demand, covered = analysis.demand, analysis.covered.low
    count = len(covered)
    result = np.zeros((count, hours.shape[1]))
    for start in range(0, count, _POINTS_AT_A_TIME):
        part = slice(start, start + _POINTS_AT_A_TIME)
        present = demand.heads[:, part].T @ demand.activity.T
        result[part] = (present * (1.0 - unpacked(covered[part]))) @ hours.astype(np.float64)
    return result
