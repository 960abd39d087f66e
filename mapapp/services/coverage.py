"""Use case: who is covered, by one rule at one moment, and where are those who are not?

What answers share is kept in the process: the demand layer with each point's unit for one data revision, the pairs
within reach for a few rules, and the last answers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from geodata.coverage.answer import CoverageAnswer, answer_coverage
from geodata.coverage.cells import Touching
from geodata.coverage.gaps import Gap, find_gaps
from geodata.coverage.question import CoverageQuestion, HourCell, Instant, Moment, Rule
from geodata.coverage.reach import Reach
from geodata.demand.points import DemandLayer
from mapapp.services.demand.choosing import counted_demand
from mapapp.services.payload import Payload
from mapapp.services.shelf import Shelf
from mapapp.services.snapshot import StationSnapshot
from mapapp.store import Store

KEPT_REACHES: Final = 12
"""The presets of the page in one mode, and some more; 11,000 pairs each in a city of 420 stations."""
KEPT_REACH_M: Final = 5_000.0
"""Farther than this nearly every pair is within reach: megabytes for a rule that nobody plans by."""
KEPT_ANALYSES: Final = 32
KEPT_PAYLOADS: Final = 48


class NoDemandLayer(LookupError):
    """The database holds no demand layer, so nobody can be said to be covered or not."""


class CountedStations(StrEnum):
    """Which stations may cover anybody: those in use, or also those that are closed for a time."""

    ACTIVE = "active"
    REOPENED = "reopened"


class HolidayUse(StrEnum):
    """What holidays have to do with an answer."""

    KNOWN = "known"
    MISSING = "missing"
    """Those of the date are not announced: the weekly rule holds."""
    NOT_USED = "not_used"
    """The answer is about an hour of ordinary weeks."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CoverageAnalysis:
    """One question, its answer and its gaps, with all they were computed from."""

    question: CoverageQuestion
    snapshot: StationSnapshot
    layer: DemandLayer
    point_units: tuple[str | None, ...]
    answer: CoverageAnswer
    gaps: tuple[Gap, ...]
    holidays: HolidayUse


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CoverageGround:
    """What all answers at one data revision stand on. Safe between threads."""

    snapshot: StationSnapshot
    layer: DemandLayer
    point_units: tuple[str | None, ...]
    touching: Touching
    _reaches: Shelf[Rule, Reach] = field(default_factory=lambda: Shelf(KEPT_REACHES), repr=False)
    _analyses: Shelf[CoverageQuestion, CoverageAnalysis] = field(
        default_factory=lambda: Shelf(KEPT_ANALYSES), repr=False
    )
    _payloads: Shelf[Hashable, Payload] = field(default_factory=lambda: Shelf(KEPT_PAYLOADS), repr=False)

    def analyse(self, question: CoverageQuestion) -> CoverageAnalysis:
        """The answer and the gaps; the same object for the same question while it is kept."""
        return self._analyses.get(question, lambda: self._analysed(question))

    def payload(
        self, what: str, question: CoverageQuestion, content_type: str, build: Callable[[CoverageAnalysis], bytes]
    ) -> Payload:
        """The compressed body called ``what`` of the answer to a question, built once while it is kept."""
        key = (what, question)
        return self._payloads.get(key, lambda: Payload.of(content_type, build(self.analyse(question))))

    def _analysed(self, question: CoverageQuestion) -> CoverageAnalysis:
        snapshot, layer = self.snapshot, self.layer
        codes = [unit.code for unit in snapshot.place.units]
        answer = answer_coverage(
            question, layer, self.point_units, codes, snapshot.index.columns, self._reach(question.rule)
        )
        return CoverageAnalysis(
            question=question,
            snapshot=snapshot,
            layer=layer,
            point_units=self.point_units,
            answer=answer,
            gaps=find_gaps(
                layer,
                answer.workers,
                answer.covered_low,
                answer.covered_high,
                snapshot.place,
                self.point_units,
                self.touching,
            ),
            holidays=_holiday_use(snapshot, question.moment),
        )

    def _reach(self, rule: Rule) -> Reach | None:
        if rule.reach_m > KEPT_REACH_M:
            return None
        layer, columns = self.layer, self.snapshot.index.columns
        return self._reaches.get(rule, lambda: Reach.between(layer.lon, layer.lat, columns.lon, columns.lat, rule))


class CoverageDesk:
    """Where coverage questions of one process are answered; it keeps the ground of the newest snapshot."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._ground: CoverageGround | None = None

    def ground(self, snapshot: StationSnapshot) -> CoverageGround:
        """The ground for this snapshot, the demand layer read from the store if it is not kept yet.

        Raises
        ------
        NoDemandLayer
            There is no demand to be covered.
        """
        with self._lock:
            if self._ground is None or self._ground.snapshot is not snapshot:
                ground, is_of_snapshot = self._read(snapshot)
                if not is_of_snapshot:
                    return ground  # newer demand than stations: right for now, the next snapshot is under way
                self._ground = ground
            return self._ground

    def _read(self, snapshot: StationSnapshot) -> tuple[CoverageGround, bool]:
        with self._store.public_reading(at_least=snapshot.revision) as reader:
            layer, revision = counted_demand(reader), reader.data_revision()
        if layer is None:
            raise NoDemandLayer("There is no demand layer.")
        ground = CoverageGround(
            snapshot=snapshot,
            layer=layer,
            point_units=tuple(snapshot.place.districts_of(layer.lon, layer.lat)),
            touching=Touching.among(layer.h3_cells),
        )
        return ground, revision == snapshot.revision


def this_hour(now: datetime) -> HourCell:
    """The hour of the week that ``now``, in the place's time zone, falls into."""
    return hour_in_season(now.weekday() * 24 + now.hour, now)


def hour_in_season(hour_of_week: int, now: datetime) -> HourCell:
    """An hour of ordinary weeks (Monday 00-01 is 0) in the season of ``now``."""
    return HourCell(hour_of_week, now.date())


def _holiday_use(snapshot: StationSnapshot, moment: Moment) -> HolidayUse:
    """An evening's span may still run on the next day: its date counts too."""
    if not isinstance(moment, Instant):
        return HolidayUse.NOT_USED
    day = moment.at.astimezone(snapshot.place.timezone).date()
    known = all(snapshot.holidays.covers(each) for each in (day, day - timedelta(days=1)))
    return HolidayUse.KNOWN if known else HolidayUse.MISSING
