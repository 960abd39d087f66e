"""Two answers compared hour by hour, against a slow count of every hour of every cell."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from geodata.coverage.week import unpacked
from geodata.coverage.within import Within
from geodata.siting.interventions import Intervention, LengthenHours, OpenSite, Reopen, Until
from geodata.stations.opening_hours import OpeningHours
from mapapp.services.demand.layers import change_week
from mapapp.services.planning import changed_cells
from mapapp.services.planning.analysing import Asked
from mapapp.services.planning.changed_cells import ChangeLook, looks_of_cells
from mapapp.services.planning.comparing import compared
from mapapp.services.planning.footprints import KEY
from mapapp.services.planning.question import HourPreset, PlanningQuestion
from mapapp.services.planning_report.content import LayerLook
from mapapp.services.planning_report.from_comparison import comparison_report
from mapapp.services.planning_report.speech import Speech
from tests.mapapp.services.planning.small_town import RIDERS, Town, layer, question
from tests.mapapp.services.planning_report.conftest import run_label


def answered(town: Town, asked: PlanningQuestion, changes: tuple[Intervention, ...] = ()) -> dict[str, Any]:
    """An answer as it comes back from the database."""
    document: dict[str, Any] = json.loads(json.dumps(town.desk.document(town.planner, asked, changes, to_compare=True)))
    return document


def hours_of_cells(town: Town, asked: PlanningQuestion) -> dict[tuple[str, str, int], tuple[float, bool, bool]]:
    """Workers of every cell, group and hour, and whether they are covered: shut, open."""
    ground = town.desk.ground()
    demand = ground.demand(asked.layers)
    analysis = Asked(asked, ground, demand, ground.with_changes(())).travelling(lambda _what, _done, _of: None)
    found = {}
    for part in analysis.parts:
        low, high = unpacked(part.covered.low), unpacked(part.covered.high)
        for group in part.question.groups:
            for row, cell in enumerate(demand.layer.h3_cells):
                for hour in asked.hours:
                    workers = demand.layer.workers[group][row] * demand.layer.profiles[group][hour]
                    found[cell, group.value, hour] = (workers, bool(low[row, hour]), bool(high[row, hour]))
    return found


@pytest.mark.parametrize(
    "asked",
    [question(within=Within.parse("9min"), hours=HourPreset.DAY.hours), question(within=Within.parse("700m"))],
    ids=["own ways by day", "metres all week"],
)
def test_every_hour_of_every_cell_is_counted_where_it_belongs(town: Town, asked: PlanningQuestion) -> None:
    before, was = answered(town, asked), hours_of_cells(town, asked)
    town.change("TC-0001", hours=OpeningHours.from_rule("Mo-Su 12:00-24:00"))
    town.change("TC-0002", hours=OpeningHours.from_rule("Mo-Fr 05:00-13:00"))
    town.change("TC-0003", hours=OpeningHours.from_rule("Mo-Su 09:00-10:00"))
    after, now = answered(town, asked), hours_of_cells(town, asked)

    found = compared(before, after)

    sides = found.sides()
    assert found.is_exact
    assert sides is not None
    for side, change in enumerate(sides, start=1):
        for name, wanted in (("newly", (False, True)), ("lost", (True, False)), ("still", (True, True))):
            slow = dict.fromkeys(found.cells, 0.0)
            for (cell, group, hour), row in was.items():
                if (row[side], now[cell, group, hour][side]) == wanted:
                    slow[cell] += row[0]
            assert getattr(change, name) == pytest.approx(list(slow.values()), rel=1e-5, abs=1e-6), name
    assert sides[0].newly.sum() > 0
    assert sides[0].lost.sum() > 0
    assert ((sides[0].newly > 0) & (sides[0].lost > 0)).any()


def test_the_week_of_every_service_adds_up_to_the_difference_of_both_weeks(town: Town) -> None:
    asked = question(within=Within.parse("900m"), hours=frozenset({30}))
    site = OpenSite(key="NEW-1", name="新站", lon=113.602, lat=34.752)
    before, after = (
        answered(town, asked),
        answered(town, asked, (site, Reopen("TC-0005"), LengthenHours("TC-0002", Until.AROUND_THE_CLOCK))),
    )

    found = compared(before, after)

    assert [row.need for row in found.week] == after["week"]["needs"]
    for place, row in enumerate(found.week):
        for bound, change in (("low", row.low), ("high", row.high)):
            workers, shares = (
                after["week"]["workers"],
                [each["week"][f"share_{bound}"][place] for each in (before, after)],
            )
            more = [count * (b - a) for count, a, b in zip(workers, *shares, strict=True)]
            assert change.newly_covered - change.lost == pytest.approx(more, abs=1e-3)
            assert not change.lost.any()
    assert found.week[0].low.newly_covered.any()


def test_an_answer_kept_before_hours_were_is_compared_by_its_cells_sums(town: Town) -> None:
    before = answered(town, question())
    town.change("TC-0001", hours=OpeningHours.from_rule("Mo-Su 12:00-24:00"))
    after = answered(town, question())
    del before[KEY]

    found = compared(before, after)

    sides = found.sides()
    assert sides is not None
    assert not found.is_exact
    assert not found.week
    gained = [sum(after["cells"][name]) - sum(before["cells"][name]) for name in ("covered_low", "covered_high")]
    assert [side.newly.sum() - side.lost.sum() for side in sides] == pytest.approx(gained, abs=1e-2)


def test_other_workers_are_not_compared_hour_by_hour(town: Town) -> None:
    before = answered(town, question())
    town.keep(layer("others", rings=2, groups=(RIDERS,)))

    found = compared(before, answered(town, question(layers=("others",))))

    assert (found.sides(), found.week, found.is_exact) == (None, (), False)


def test_other_hours_of_the_same_workers_are_compared_over_the_week_alone(town: Town) -> None:
    day, night = (answered(town, question(hours=each.hours)) for each in (HourPreset.DAY, HourPreset.NIGHT))

    found = compared(day, night)

    assert found.sides() is None
    assert found.week
    assert not any(row.low.newly_covered.any() or row.high.lost.any() for row in found.week)


def test_the_same_workers_at_other_hours_newly_cover_and_lose_nothing(town: Town) -> None:
    asked = question(within=Within.parse("500m"))
    first = answered(town, asked)
    with town.store.reading() as reader:
        known = reader.demand.layer("town")
        version = next(card.version for card in reader.demand.cards() if card.name == "town")
    assert known is not None
    shifted = np.roll(np.asarray(known.profiles[RIDERS]), 12)
    change_week(
        town.store, town.planner, "town", RIDERS, shifted, known.movement[RIDERS],
        expected_version=version, now=town.clock(),
    )  # fmt: skip
    second = answered(town, asked)
    without = {name: part for name, part in first.items() if name != KEY}

    assert first["headline"]["worker_hours"] == pytest.approx(second["headline"]["worker_hours"])
    for before in (first, without):
        found = compared(before, second)
        assert (found.sides(), found.week, found.is_same_demand) == (None, (), False)
    assert compared(without, first).sides() is not None


def test_the_page_and_the_files_draw_the_same_cells_as_changed(town: Town) -> None:
    asked = question(within=Within.parse("500m"))
    before = answered(town, asked)
    town.change("TC-0001", hours=OpeningHours.from_rule("Mo-Su 00:00-23:00"))
    after = answered(town, asked)
    found = compared(before, after)
    lost = found.sides()[0].lost  # type: ignore[index]
    places = np.flatnonzero(lost > 0)
    assert len(places)
    least_share = float((lost[places] / found.worker_hours[places]).min())

    for drawn_from in (least_share / 2, least_share * 2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(changed_cells, "SHOWN_FROM", drawn_from)
            looks = looks_of_cells(before, after, found)
            report = comparison_report(before, after, (run_label(1), run_label(2)), town.place, Speech("en"))
        layer_of_changes = next(each for each in report.layers if each.key == "changes")
        drawn = {str(each.properties["cell"]): each.look for each in layer_of_changes.features}
        assert drawn.keys() == looks.keys()
        assert (LayerLook.LOST in drawn.values()) == (ChangeLook.LOST in looks.values()) == (drawn_from < least_share)
