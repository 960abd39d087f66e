"""The answer to a planner's question: every result of docs/coverage-method.md, cut from the same pairs and bits.

`answer_stages` gives it part by part, so that whoever waits can show the first. Nothing in it depends on the
process, the time of day or the order of anything: the same question over the same data gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.accessibility import WALKING_BANDS
from geodata.coverage.analysis import HoursOfWeek
from geodata.coverage.equity import fgt, gini, palma
from geodata.coverage.grouped import GroupedAnalysis
from geodata.coverage.nearest_points import Mask
from geodata.coverage.supply import Need
from geodata.siting.interventions import Intervention
from geodata.stations.vocabulary import Service
from mapapp.services.coverage import HolidayUse
from mapapp.services.planning.analysing import Asked, Tell
from mapapp.services.planning.answer_parts import (
    AreaAnswer,
    EquityAnswer,
    Part,
    PlanningAnswer,
    RoomAnswer,
    Spread,
    TravelAnswer,
    WeekAnswer,
)
from mapapp.services.planning.ground import PlanningGround
from mapapp.services.planning.question import PlanningQuestion

__all__ = ["MATRIX_SERVICES", "Part", "PlanningAnswer", "answer", "answer_stages"]

MATRIX_SERVICES: Final = (
    Service.REST,
    Service.WATER,
    Service.HEAT_MEAL,
    Service.CHARGE_PHONE,
    Service.COOL_WARM,
    Service.FIRST_AID,
    Service.TOILET,
    Service.WIFI,
    Service.CHARGE_EBIKE,
    Service.SHOWER,
    Service.HOT_WATER,
    Service.PARKING_TRUCK,
)
"""What every week's matrix asks about; services that a question names come besides."""
POVERTY_SHARE: Final = 0.5
"""The line of room per worker: half of what each would have if it were spread evenly."""
_ROUNDING: Final = 1e-9
"""Sums of the same workers in another order differ by less, relatively."""


def answer(
    question: PlanningQuestion, ground: PlanningGround, interventions: Sequence[Intervention] = ()
) -> PlanningAnswer:
    """The whole answer.

    Raises
    ------
    NoDemandLayer
        There is nobody to be covered.
    InvalidValue
        A layer is gone, none of the groups is counted, no streets are loaded, or an intervention cannot be made.
    """
    *_earlier, whole = answer_stages(question, ground, interventions)
    return whole


def answer_stages(
    question: PlanningQuestion,
    ground: PlanningGround,
    interventions: Sequence[Intervention] = (),
    tell: Tell = lambda _what, _done, _of: None,
) -> Iterator[PlanningAnswer]:
    """The answer with each part added, the last one whole; raises as ``answer``."""
    asked = Asked(question, ground, ground.demand(question.layers), ground.with_changes(interventions))
    analysis = asked.covering() if asked.in_metres else asked.travelling(tell)
    found = _covered(asked, analysis)
    yield found
    found = _added(found, Part.WEEK, week=_week(found, analysis))
    yield found
    found = _added(found, Part.LOSSES, losses=analysis.loss_of_each)
    yield found
    if asked.in_metres:
        analysis = asked.travelling(tell)
    found = _added(found, Part.TRAVEL, travel=_travel(analysis))
    yield found
    room = _room(found, analysis)
    found = _added(found, Part.ROOM, room=room, equity=_equity(found, room))
    yield found
    tried = asked.assumptions()
    yield _added(found, Part.SENSITIVITY, sensitivity=analysis.sensitivity(tried) if tried else ())


def _added(found: PlanningAnswer, part: Part, **results: object) -> PlanningAnswer:
    return replace(found, parts=(*found.parts, part), **results)  # type: ignore[arg-type]


def _covered(asked: Asked, analysis: GroupedAnalysis) -> PlanningAnswer:
    question, ground, demand = asked.question, asked.ground, asked.demand
    districts = zip(demand.districts.codes, analysis.tallies(demand.districts), strict=True)
    towns = zip(demand.towns.codes, analysis.tallies(demand.towns), strict=True)
    return PlanningAnswer(
        question=question,
        ground=ground,
        demand=demand,
        register=asked.register,
        hours=analysis.hours,
        notes=asked.notes(),
        holidays=_holiday_use(question, ground),
        counts=_counts(asked),
        week_opens=analysis.week,
        parts=(Part.COVERAGE,),
        whole=analysis.whole,
        by_group=tuple(analysis.by_group.items()),
        by_point=analysis.by_point,
        districts=tuple(AreaAnswer(code, tally) for code, tally in districts),
        towns=tuple(AreaAnswer(code, tally) for code, tally in towns),
        gaps=analysis.gaps(ground.place, demand.point_units, demand.touching),
    )


def _counts(asked: Asked) -> Mask:
    """The stations that may cover anybody and meet the need, whatever their hours, (s,)."""
    supply, question = asked.register.supply, asked.question
    month_id = season_of(asked.question, asked.ground).week_of.month - 1
    counts: Mask = supply.counted(question.counted, month_id) & supply.offering(question.need, month_id)
    return counts


def season_of(question: PlanningQuestion, ground: PlanningGround) -> HoursOfWeek:
    """The ordinary week the matrix is of: that of the question, or the one its instant falls into."""
    if question.instant is None:
        return HoursOfWeek(question.week_of)
    return HoursOfWeek(question.instant.astimezone(ground.place.timezone).date())


def _week(found: PlanningAnswer, analysis: GroupedAnalysis) -> WeekAnswer:
    question = found.question
    named = question.needs_all | question.needs_any
    services = [service for service in Service if service in named or service in MATRIX_SERVICES]
    own = question.need
    needs = (own, *(need for service in services if (need := Need.one(service)) != own))
    matrix = analysis.matrix(needs, found.demand.districts, season_of(question, found.ground))
    nights = {code: matrix.day_and_night(own, area=code) for code in matrix.areas}
    return WeekAnswer(needs, matrix, nights)


def _travel(analysis: GroupedAnalysis) -> TravelAnswer:
    worker_hours, stations = analysis.unreachable
    return TravelAnswer(
        times=analysis.times,
        loads=analysis.loads,
        main_rows=analysis.main_stations,
        unreachable_points=analysis.unreachable_points,
        unreachable_worker_hours=worker_hours,
        unreachable_stations=stations,
    )


def _room(found: PlanningAnswer, analysis: GroupedAnalysis) -> RoomAnswer:
    seats, counts = found.register.supply.seats, found.counts
    known = counts & np.isfinite(seats)
    unknown = counts & ~np.isfinite(seats)
    assumed = float(np.median(seats[known])) if known.any() else None
    supply = np.where(counts, 1.0, 0.0) if assumed is None else np.where(known, seats, np.where(unknown, assumed, 0.0))
    rooms = analysis.room(supply)
    worker_hours = found.by_point[0]
    low, high = (_mean(room.at_points, worker_hours) for room in rooms)
    return RoomAnswer(
        rooms=rooms,
        in_seats=assumed is not None,
        supply=supply,
        assumed_seats=assumed,
        assumed_count=int(np.count_nonzero(unknown)) if assumed is not None else 0,
        bands=WALKING_BANDS,
        means=(low, high),
    )


def _mean(values: Floats, weights: Floats) -> float | None:
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else None


def _equity(found: PlanningAnswer, room: RoomAnswer) -> tuple[EquityAnswer, ...]:
    present, *covered = found.by_point
    lines = [None if not mean else POVERTY_SHARE * mean for mean in room.means]
    of_room = [_spread(each.at_points, present, line) for each, line in zip(room.rooms, lines, strict=True)]
    shares = [_covered_shares(part, present) for part in covered]
    of_cover = [_spread(share, present, 1.0) for share in shares]
    return (
        EquityAnswer("room", (lines[0], lines[1]), (of_room[0], of_room[1])),
        EquityAnswer("covered_share", (1.0, 1.0), (of_cover[0], of_cover[1])),
    )


def _covered_shares(covered: Floats, present: Floats) -> Floats:
    """The covered share of each point's worker-hours; 1 where all are, for the two are sums in another order."""
    shares = np.clip(np.divide(covered, present, out=np.zeros_like(covered), where=present > 0), 0.0, 1.0)
    return np.where(covered >= present * (1 - _ROUNDING), 1.0, shares)


def _spread(values: Floats, weights: Floats, line: float | None) -> Spread:
    if line is None:
        return Spread(gini(values, weights), palma(values, weights), (None, None, None))
    return Spread(
        gini(values, weights),
        palma(values, weights),
        (fgt(values, weights, line, 0), fgt(values, weights, line, 1), fgt(values, weights, line, 2)),
    )


def _holiday_use(question: PlanningQuestion, ground: PlanningGround) -> HolidayUse:
    """An evening's span may still run on the next day: its date counts too."""
    if question.instant is None:
        return HolidayUse.NOT_USED
    day = question.instant.astimezone(ground.place.timezone).date()
    known = all(ground.holidays.covers(each) for each in (day, day - timedelta(days=1)))
    return HolidayUse.KNOWN if known else HolidayUse.MISSING
