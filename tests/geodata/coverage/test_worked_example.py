"""The worked example of docs/coverage-method.md, computed: the document's table is what the core answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import h3
import numpy as np
import pytest

from geodata.coordinates import EARTH_RADIUS_M
from geodata.coverage.answer import CoverageAnswer, answer_coverage
from geodata.coverage.gaps import find_gaps
from geodata.coverage.question import CoverageQuestion, HourCell
from geodata.coverage.within import Within, WithinUnit
from geodata.demand.points import DemandLayer
from geodata.places import Place
from geodata.stations.columns import StationColumns
from geodata.stations.holidays import HolidayTable
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind, WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "coverage-method.md"
LON, LAT_OF_A = 106.25, 38.47
WEEK = date(2026, 11, 18)
WEDNESDAY: Final = 2 * 24


def north_of_a(distance_m: float) -> float:
    return LAT_OF_A + float(np.degrees(distance_m / EARTH_RADIUS_M))


@pytest.fixture
def riders() -> DemandLayer:
    """Four points; half of the average activity on Wednesday 22-23."""
    north_m, counts = (400, 950, 3600, 5100), (80.0, 60.0, 40.0, 20.0)
    lat = np.array([north_of_a(distance_m) for distance_m in north_m])
    profile = np.ones(168)
    profile[WEDNESDAY + 22], profile[0] = 0.5, 1.5
    return DemandLayer(
        name="example",
        origin_note="示例\nexample",
        is_sample=True,
        is_modelled=False,
        lon=np.full(4, LON),
        lat=lat,
        h3_cells=tuple(h3.latlng_to_cell(each, LON, 11) for each in lat),
        workers={WorkerGroup.RIDERS: np.array(counts)},
        profiles={WorkerGroup.RIDERS: profile},
    )


@pytest.fixture
def stations() -> StationColumns:
    """A is always open, B by day, C's hours are unknown."""
    hours = {
        "TC-A": (0, OpeningHours.from_rule("24/7")),
        "TC-B": (5000, OpeningHours.from_rule("Mo-Su 08:00-18:00")),
        "TC-C": (3000, OpeningHours.unknown()),
    }
    placed = [
        Station(
            code=code,
            kind=StationKind.REST_STATION,
            name=code,
            position=Position.wgs84(LON, north_of_a(north_m)),
            hours=opening_hours,
        )
        for code, (north_m, opening_hours) in hours.items()
    ]
    return StationColumns.of(placed, ScheduleBook(HolidayTable.empty(), ZoneInfo("Asia/Shanghai")))


def ask(within: str, hour: int, layer: DemandLayer, columns: StationColumns) -> CoverageAnswer:
    rule = Within.parse(within).rule(TravelMode.WALK, StraightLineTravel())
    question = CoverageQuestion(moment=HourCell(WEDNESDAY + hour, WEEK), rule=rule)
    return answer_coverage(question, layer, [None] * layer.point_count, [], columns)


@pytest.mark.parametrize(("within", "hour"), [("1000m", 22), ("15min", 22), ("1000m", 10)])
def test_the_documents_table_is_what_the_core_answers(
    riders: DemandLayer, stations: StationColumns, within: str, hour: int
) -> None:
    city = ask(within, hour, riders, stations).city

    unit = "m" if Within.parse(within).unit is WithinUnit.METRES else "s"
    assert None not in {city.share_low, city.share_high, city.p50, city.p90}
    row = (
        f"| {within} | {hour}–{hour + 1} | {city.workers_count:.0f} | {city.covered_low_count:.0f} "
        f"| {city.covered_high_count:.0f} | {city.share_low:.1%}–{city.share_high:.1%} "
        f"| {city.p50:.0f} {unit} | {city.p90:.0f} {unit} |"
    ).replace("%", " %")
    assert row in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_the_documents_gaps_are_the_ones_the_core_finds(
    riders: DemandLayer, stations: StationColumns, place: Place
) -> None:
    answer = ask("1000m", 22, riders, stations)

    gaps = find_gaps(riders, answer.workers, answer.covered_low, answer.covered_high, place, [None] * 4)

    assert [(gap.cells, gap.workers_count, gap.perhaps_covered_count) for gap in gaps] == [
        ((riders.h3_cells[2],), 20, 20),
        ((riders.h3_cells[3],), 10, 0),
    ]


def test_the_documents_points_are_the_examples(riders: DemandLayer) -> None:
    at_22 = riders.workers_at(WorkerGroup.RIDERS, WEDNESDAY + 22)

    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line[:3] in {"| 1", "| 2", "| 3", "| 4"}
    ]
    points = [row for row in rows if row[0] in {"1", "2", "3", "4"}]
    assert [float(row[2]) for row in points] == riders.workers[WorkerGroup.RIDERS].tolist()
    assert [float(row[3]) for row in points] == at_22.tolist()
