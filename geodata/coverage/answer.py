"""How many workers are covered, in the city and in each of its units, with honest bounds.

Unknown hours make two answers: ``low`` takes every such station for closed, ``high`` for open; the truth lies
between. Distances to the nearest station (P50, P90) are those of ``low``: to a station that is surely open.

Formulas are in docs/coverage-method.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.opening import OpenStations, open_stations
from geodata.coverage.question import CoverageQuestion, Rule
from geodata.coverage.reach import Mask, Reach, nearest_m
from geodata.demand.points import DemandLayer
from geodata.stations.columns import StationColumns
from geodata.stations.vocabulary import WorkerGroup


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one area. Workers are expectations and need not be whole.

    ``p50`` and ``p90`` are in the rule's unit (metres or seconds): half, or nine tenths, of the workers are at
    most that far from a station that is surely open. None where there are no workers or no such station.
    """

    workers_count: float
    covered_low_count: float
    covered_high_count: float
    p50: float | None
    p90: float | None

    @property
    def share_low(self) -> float | None:
        """The covered share if every station with unknown hours is closed; None without workers."""
        return self.covered_low_count / self.workers_count if self.workers_count > 0 else None

    @property
    def share_high(self) -> float | None:
        """The covered share if every station with unknown hours is open; None without workers."""
        return self.covered_high_count / self.workers_count if self.workers_count > 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class CoverageAnswer:
    """The answer for all demand points, the city and its units.

    ``units`` has one entry per unit code, in the codes' order; points outside every unit count in ``city`` only.
    Arrays have shape (n,), one entry a demand point; those of ``stations`` one a station.
    """

    question: CoverageQuestion
    city: Coverage
    units: tuple[tuple[str, Coverage], ...]
    workers: Floats
    covered_low: Mask
    covered_high: Mask
    stations: OpenStations


def workers_at(layer: DemandLayer, question: CoverageQuestion, columns: StationColumns) -> Floats:
    """The workers the question is about at each demand point in its hour, (n,)."""
    hour = question.moment.hour_cell(columns.timezone)
    total = np.zeros(layer.point_count)
    for group in counted_groups(layer, question):
        total += layer.workers_at(group, hour)
    return total


def counted_groups(layer: DemandLayer, question: CoverageQuestion) -> tuple[WorkerGroup, ...]:
    """The groups of the layer that the question is about, in the vocabulary's order."""
    return tuple(
        group for group in WorkerGroup if group in layer.workers and (not question.groups or group in question.groups)
    )


def answer_coverage(
    question: CoverageQuestion,
    layer: DemandLayer,
    point_units: Sequence[str | None],
    unit_codes: Sequence[str],
    columns: StationColumns,
    reach: Reach | None = None,
) -> CoverageAnswer:
    """Coverage of ``layer`` by the stations in ``columns``.

    ``point_units`` names each point's unit. ``reach`` may be handed in when many questions are asked of the same
    points, stations and rule; it must be ``Reach.between`` of them. Without it the nearest open station decides,
    which needs no pairs: the way for one question, or for a rule that reaches far.
    """
    stations = open_stations(columns, question)
    workers = workers_at(layer, question, columns)
    away = _away(layer, columns, stations.surely, question.rule)
    if reach is None:
        low = away <= question.rule.limit
        high = _away(layer, columns, stations.perhaps, question.rule) <= question.rule.limit
    else:
        low, high = reach.covered(stations.surely), reach.covered(stations.perhaps)
    everywhere = np.ones(layer.point_count, dtype=np.bool_)
    units = np.array([code or "" for code in point_units], dtype=np.str_)
    areas = [(code, units == code) for code in sorted(unit_codes)]
    return CoverageAnswer(
        question=question,
        city=_coverage(everywhere, workers, low, high, away),
        units=tuple((code, _coverage(inside, workers, low, high, away)) for code, inside in areas),
        workers=workers,
        covered_low=low,
        covered_high=high,
        stations=stations,
    )


def _away(layer: DemandLayer, columns: StationColumns, chosen: Mask, rule: Rule) -> Floats:
    """How far each point is from the nearest of the chosen stations, in the rule's unit, (n,)."""
    return rule.measure(nearest_m(layer.lon, layer.lat, columns.lon[chosen], columns.lat[chosen]))


def _coverage(inside: Mask, workers: Floats, low: Mask, high: Mask, away: Floats) -> Coverage:
    present = workers[inside]
    return Coverage(
        workers_count=float(present.sum()),
        covered_low_count=float(workers[inside & low].sum()),
        covered_high_count=float(workers[inside & high].sum()),
        p50=weighted_quantile(away[inside], present, 0.5),
        p90=weighted_quantile(away[inside], present, 0.9),
    )


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float | None:
    """The least value such that at least ``share`` of all weight lies at or below it.

    None without weight, or where that value is infinite.
    """
    order = np.argsort(values, kind="stable")
    return quantile_of_sorted(values[order], np.cumsum(weights[order]), share)


def quantile_of_sorted(values: Floats, reached: Floats, share: float) -> float | None:
    """The same of values in order, with the sums of the weights up to each."""
    total = float(reached[-1]) if len(reached) else 0.0
    if not total > 0:
        return None
    place = int(np.searchsorted(reached, share * total * (1 - 1e-12)))
    value = float(values[min(place, len(values) - 1)])
    return value if np.isfinite(value) else None
