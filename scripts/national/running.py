"""One run: from sources to an outcome, in this process, on processes of this machine, or on a cluster."""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import distributed

from geodata.coordinates import Crs
from geodata.coverage.bulk import BulkCoverage
from geodata.coverage.national.answer import NationalCoverage, tallied_here
from geodata.coverage.national.answer_files import totals_of
from geodata.coverage.national.cluster import ClusterFailed, ClusterRun, local_cluster, peak_mib
from geodata.coverage.national.demand_files import Refused
from geodata.coverage.national.sorting import CellPart, SortedDemand
from geodata.coverage.national.tally import PartTally
from geodata.coverage.nearest_points import NearestStations
from geodata.coverage.opening import OpenStations, open_stations
from geodata.coverage.question import CoverageQuestion, Instant, Rule, WithinMetres, WithinMinutes
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import Service, StationKind
from geodata.travel.straight_line import TravelMode
from national.sources import Stations, UnusableSource, demand_of, is_invented, stations_of

DEFAULT_WITHIN_M: Final = 1000.0
_CONNECT_WITHIN: Final = "10s"
_DASK: Final[Any] = distributed
"""Its constructors have no types."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The answer, everything that it hangs on, and the rows that were left out."""

    answer: NationalCoverage
    about: dict[str, Any]
    origin: str
    refused: Refused

    def document(self) -> dict[str, Any]:
        """What is printed."""
        return {"origin": self.origin, **self.about, "result": totals_of(self.answer)}


def work_out(options: argparse.Namespace, say: Say) -> Outcome:
    """The whole run.

    Raises
    ------
    UnusableSource, GeodataError, OSError
        The input cannot be used.
    ClusterFailed
        The workers cannot do it.
    """
    began_s = time.monotonic()
    timezone = _timezone(options.timezone)
    question = question_of(options, timezone)
    crs = Crs(options.stations_crs) if options.stations_crs else None
    stations = stations_of(options.stations, timezone, crs, datetime.now(timezone).date())
    is_open = open_stations(stations.columns, question)
    say(f"站点 / stations: {len(stations.columns.codes):,}, {is_open.open_count:,} 开放 / open")
    refused = stations.refused
    with tempfile.TemporaryDirectory(prefix="national-", dir=options.scratch) as folder:
        demand = SortedDemand(Path(folder), options.resolution, options.part_points)
        crs = Crs(options.demand_crs)
        for chunk in demand_of(options.demand, options.seed, crs, options.encoding, refused):
            demand.add(chunk)
            say(f"  {demand.points_count:,} 个点已排序 / points sorted")
        if not demand.points_count:
            raise UnusableSource("The demand holds no point. / 需求数据中没有点。")
        sorted_s = time.monotonic() - began_s
        coverage = coverage_of(stations, is_open, question.rule)
        tallies, memory = _tallied(options, coverage, demand, say)
    about = {
        "question": _question_words(question),
        "stations": _stations_words(stations, is_open),
        "demand": {"sources": options.demand, "left_out": dict(refused.counts)},
        "run": {
            "parts": len(tallies),
            "seconds": round(time.monotonic() - began_s, 2),
            "seconds_reading_and_sorting": round(sorted_s, 2),
            **memory,
        },
    }
    return Outcome(NationalCoverage.of(coverage, tallies), about, _origin(options, stations), refused)


def question_of(options: argparse.Namespace, timezone: ZoneInfo) -> CoverageQuestion:
    """The command line's question."""
    try:
        at = datetime.fromisoformat(options.at) if options.at else datetime.now(timezone)
    except ValueError:
        raise UnusableSource(f"--at must look like 2026-11-18T10:00, not {options.at}.") from None
    at = at.replace(tzinfo=timezone) if at.tzinfo is None else at.astimezone(timezone)
    rule: Rule = WithinMetres(options.within_m if options.within_m is not None else DEFAULT_WITHIN_M)
    if options.within_min is not None:
        rule = WithinMinutes(options.within_min, TravelMode(options.mode))
    try:
        services, kinds = map(Service, options.service), map(StationKind, options.kind)
        filters = StationFilter(services=frozenset(services), kinds=frozenset(kinds))
    except ValueError as error:
        known = ", ".join([*Service, *StationKind])
        raise UnusableSource(f"{error}. Known services and kinds are: {known}.") from None
    return CoverageQuestion(moment=Instant(at), rule=rule, filters=filters)


def coverage_of(stations: Stations, is_open: OpenStations, rule: Rule) -> BulkCoverage:
    """What the parts are tallied by."""
    columns = stations.columns
    surely, perhaps = (
        NearestStations.of(columns.lon[mask], columns.lat[mask]) for mask in (is_open.surely, is_open.perhaps)
    )
    return BulkCoverage(surely, perhaps, rule)


def _tallied(
    options: argparse.Namespace, coverage: BulkCoverage, demand: SortedDemand, say: Say
) -> tuple[list[PartTally], dict[str, Any]]:
    """Every part's tally, and the memory that it took."""
    parts_count = demand.parts_count

    def on_part(done_count: int) -> None:
        say(f"  {done_count}/{parts_count} 份 / parts")

    if options.workers == 0:
        tallies = tallied_here(coverage, demand.parts(), on_part)
        return tallies, {"processes": 1, "peak_mib": round(peak_mib())}
    with _client(options) as client:
        cluster = ClusterRun(client, coverage)
        tallies = _lost_is_said(cluster, demand.parts(), on_part)
        peaks = client.run(peak_mib, on_error="ignore")
    return tallies, {
        "processes": len(peaks),
        "peak_mib": round(peak_mib()),
        "workers_peak_mib": sorted(round(peak) for peak in peaks.values()),
        "stations_sent": cluster.sent_count,
    }


def _lost_is_said(cluster: ClusterRun, parts: Iterable[CellPart], on_part: Callable[[int], None]) -> list[PartTally]:
    """A scheduler that vanishes is a cluster that failed, not an input that cannot be read."""
    try:
        return cluster.tallied(parts, on_part)
    except (OSError, TimeoutError) as lost:
        raise ClusterFailed(f"The connection to the scheduler was lost ({type(lost).__name__}).") from lost


@contextmanager
def _client(options: argparse.Namespace) -> Iterator[Any]:
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if options.scheduler:
        try:
            client = _DASK.Client(options.scheduler, timeout=_CONNECT_WITHIN)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterFailed(f"No scheduler answers at {options.scheduler}: {error}") from error
        with client:
            yield client
        return
    processes_count = options.workers or len(os.sched_getaffinity(0))
    with local_cluster(processes_count) as cluster, _DASK.Client(cluster) as client:
        yield client


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UnusableSource(f"There is no time zone {name}.") from None


def _question_words(question: CoverageQuestion) -> dict[str, Any]:
    rule = question.rule
    within = (
        {"metres": rule.limit_m}
        if isinstance(rule, WithinMetres)
        else {
            "minutes": rule.limit_min,
            "mode": rule.mode.value,
            "speed_kmh": rule.travel.speed_kmh(rule.mode),
            "detour_factor": rule.travel.detour_factor,
        }
    )
    assert isinstance(question.moment, Instant)  # noqa: S101 - question_of makes no other
    return {
        "at": question.moment.at.isoformat(),
        "within": within,
        "services": sorted(question.filters.services),
        "kinds": sorted(question.filters.kinds),
    }


def _stations_words(stations: Stations, is_open: OpenStations) -> dict[str, Any]:
    return {
        "sources": stations.sources,
        "count": len(stations.columns.codes),
        "matching": int(is_open.matching.sum()),
        "open": is_open.open_count,
        "unknown_hours": is_open.unknown_count,
    }


def _origin(options: argparse.Namespace, stations: Stations) -> str:
    made_up = [
        name
        for name, invented in (("stations", stations.invented), ("demand", is_invented(options.demand)))
        if invented
    ]
    if not made_up:
        return "; ".join([*stations.sources, *(Path(source).name for source in options.demand)])
    return f"Invented {' and '.join(made_up)}: not real places. / 示例数据，并非真实情况。"
