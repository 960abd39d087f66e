"""The long search: what it has when it is stopped, and when it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import h3
import numpy as np
import pytest

from geodata.coverage.within import Within
from geodata.demand.points import DemandLayer
from geodata.places import Place
from geodata.siting.intervention_plan import Objective, Plan
from geodata.siting.leximin import with_levels
from geodata.siting.solution import Level, Solution, Status
from geodata.stations.vocabulary import Service
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.jobs.run import JobCancelled, JobRun, Signals, Workshop
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import better_of
from mapapp.services.planning.siting_job import PARTIAL, ask_plan, plan_of, plan_work
from mapapp.store import Job, Origin
from tests.mapapp.services.planning.small_town import Town, layer, question

NIGHT: Final = question(hours=frozenset({22}), needs_all=frozenset({Service.LOCKER}), within=Within.parse("500m"))
FAIR: Final = PlanRequest(question=NIGHT, count=4, time_limit_s=5, objective=Objective.FAIREST)


class StoppedWithin(Signals):
    """Somebody stops the search while the stage after so many results runs: not when it begins, but ever after."""

    def __init__(self, town: Town, job: Job, phase: str, after_count: int) -> None:
        self.town, self.job, self.phase, self.after_count = town, job, phase, after_count
        self.looks_count = 0
        super().__init__()

    @property
    def is_cancelled(self) -> bool:
        self.looks_count += self.progress.phase == self.phase and kept_count(self.town, self.job) >= self.after_count
        return self.looks_count > 1

    @is_cancelled.setter
    def is_cancelled(self, said: bool) -> None:
        pass


def kept_count(town: Town, job: Job) -> int:
    with town.store.reading() as reader:
        return reader.jobs.result_counts(job.id).get(PARTIAL, 0)


def in_three_districts(place: Place) -> DemandLayer:
    """Cells in the middles of three districts."""
    middles = [unit.label_at for unit in place.units[:3]]
    disks = [h3.grid_disk(h3.latlng_to_cell(each.lat, each.lon, 9), 1 + n // 2) for n, each in enumerate(middles)]
    cells = tuple(sorted({cell for disk in disks for cell in disk}))
    places = np.array([h3.cell_to_latlng(cell) for cell in cells])
    whole = layer()
    group = next(iter(whole.workers))
    counts = 1.0 + np.arange(len(cells), dtype=np.float64) % 5
    return replace(
        whole, lon=places[:, 1], lat=places[:, 0], h3_cells=cells, workers={group: counts},
        profiles={group: whole.profiles[group]},
    )  # fmt: skip


def begun(town: Town) -> Job:
    """The search, taken by a worker."""
    ask_plan(town.store, town.planner, FAIR, town.clock())
    with town.store.writing(Origin.FORM) as writer:
        writer.save_demand_layer(in_three_districts(town.place), actor="test")
        job = writer.jobs.claim([PLAN_INTERVENTIONS], "test", town.clock(), timedelta(minutes=1))
    assert job is not None
    return job


@pytest.mark.parametrize(("phase", "after_count"), [("swap", 1), ("highs", 2)])
def test_what_the_stage_that_ran_has_found_is_kept_when_it_is_stopped(town: Town, phase: str, after_count: int) -> None:
    job = begun(town)
    workshop = Workshop(town.store, town.place, town.settings, town.clock)

    with pytest.raises(JobCancelled):
        plan_work(JobRun(job, workshop, StoppedWithin(town, job, phase, after_count)))

    assert kept_count(town, job) == after_count + 1
    found = plan_of(town.store, town.planner, job)
    assert found is not None
    assert found["levels"]["count"] == 3


def test_the_better_plan_is_the_one_whose_second_district_is_better_served() -> None:
    def plan(second: float, site: int) -> Plan:
        worst = Solution(Status.FEASIBLE, 0.2, 0.2, True, (site,), "test", 0.0)
        levels = with_levels(worst, [Level(0.2, 0.2), Level(second, 1.0)], Level(0.5, 1.0))
        return Plan(Objective.FAIREST, (), levels, 0.0)

    assert better_of(plan(0.6, 7), plan(0.4, 3)).solution.sites == (7,)
    assert better_of(plan(0.4, 3), plan(0.6, 7)).solution.sites == (7,)


def test_that_nothing_can_be_done_is_not_forgotten_for_a_search_that_found_nothing() -> None:
    def plan(status: Status) -> Plan:
        return Plan(Objective.FEWEST, (), Solution(status, None, None, False, (), "test", 0.0), 0.0)

    nothing, unknown = plan(Status.INFEASIBLE), plan(Status.UNKNOWN)
    assert better_of(nothing, unknown) is nothing
    assert better_of(unknown, nothing) is nothing
