"""For every kind of job: how it is asked for, and what must be there once it was done, once, however often it began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from geodata.coverage.within import Within
from geodata.demand.sheet import DemandReading
from geodata.files import FileKind
from geodata.siting.interventions import OpenSite
from geodata.stations.vocabulary import Service
from geodata.travel.pairs import Network
from mapapp.services.demand.steering import LayerDraft, ask_check, ask_save
from mapapp.services.exporting.files import ExportQuestion
from mapapp.services.exporting.jobs import ask_corrected_sheet, ask_export, made_file
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs import desk, kinds
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.runs import RunState
from mapapp.services.planning.siting_job import ask_plan
from mapapp.services.planning_report.files import ReportFormat, Subject, SubjectKind
from mapapp.services.planning_report.job import ask_report, made_report
from mapapp.services.posters.job import posters_file
from mapapp.services.rights import COMMAND_LINE, Right
from mapapp.store import Job, JobState
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON
from tests.mapapp.services.jobs.at_work import Bench
from tests.mapapp.services.planning.small_town import Town, question

ROWS: Final = 60
NOBODY_HAS: Final = frozenset({Service.LOCKER})


@dataclass(slots=True)
class World:
    """The small town with streets, and a worker of the test's own."""

    town: Town
    bench: Bench
    folder: Path
    rounds: int = 0
    seen: dict[str, Any] = field(default_factory=dict)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def result(self, job: Job) -> Mapping[str, Any]:
        assert job.state is JobState.DONE, job.error
        assert job.result is not None
        return job.result

    def revision(self) -> int:
        with self.town.store.reading() as reader:
            return reader.data_revision()

    def stations_count(self) -> int:
        with self.town.store.reading() as reader:
            return len(reader.stations())

    def station_file(self, with_an_error: bool = False) -> Path:
        """New stations, another set each round."""
        rows: list[tuple[Any, ...]] = [
            (f"{self.rounds}-{each}号驿站", f"{self.rounds}街{each}号", LON + self.rounds * 1e-3, LAT + each * 1e-3)
            for each in range(ROWS)
        ]
        return csv_file(self.folder, HEADINGS, *rows, *([("坏", "坏街", "x", "y")] if with_an_error else []))

    def demand_file(self) -> Path:
        path = self.folder / "demand.csv"
        rows = [f"片{each},{LON + each * 1e-4},{LAT},{each + self.rounds}" for each in range(ROWS)]
        path.write_text("\n".join(["片区,经度,纬度,外卖骑手", *rows]) + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True)
class Drill:
    """``ask`` puts one job in the queue; ``require`` holds what must be true when it is done."""

    kind: str
    ask: Callable[[World], Job]
    require: Callable[[World, Job], None]


def ask_import_plan(world: World) -> Job:
    world.seen["revision"] = world.revision()
    return world.bench.ask(kinds.IMPORT_PLAN, upload=world.bench.upload(world.station_file()).token, crs="wgs84")


def require_import_plan(world: World, job: Job) -> None:
    rows = world.bench.results(job)
    assert world.result(job)["counts"]["new"] == ROWS
    assert len({row.number for row in rows}) == len(rows) == sum(world.result(job)["counts"].values())
    assert world.revision() == world.seen["revision"]


def ask_import_commit(world: World) -> Job:
    plan = world.bench.plan(world.station_file(), crs="wgs84")
    world.seen |= {"revision": world.revision(), "stations": world.stations_count()}
    return world.bench.ask(kinds.IMPORT_COMMIT, plan=plan.id, choices={}, reason="名单")


def require_import_commit(world: World, job: Job) -> None:
    assert world.result(job)["new_count"] == ROWS
    assert world.stations_count() == world.seen["stations"] + ROWS
    assert world.revision() == world.seen["revision"] + 1
    with world.town.store.reading() as reader:
        assert len(reader.batch(world.result(job)["batch"])) == ROWS


def ask_undo(world: World) -> Job:
    commit = world.bench.commit(world.bench.plan(world.station_file(), crs="wgs84"))
    world.seen |= {"revision": world.revision(), "stations": world.stations_count()}
    return world.bench.ask(kinds.UNDO_BATCH, batch=world.result(commit)["batch"], reason="")


def require_undo(world: World, job: Job) -> None:
    world.result(job)
    assert world.stations_count() == world.seen["stations"] - ROWS
    assert world.revision() == world.seen["revision"] + 1


def ask_posters(world: World) -> Job:
    return world.bench.ask(kinds.MAKE_POSTERS, codes=["TC-0001", "TC-0002"], root_url="https://stations.example")


def require_posters(world: World, job: Job) -> None:
    file = posters_file(world.town.settings, job)
    assert world.result(job)["count"] == 2
    assert file is not None
    assert file.read_bytes().rstrip().endswith(b"%%EOF")


def ask_stations_file(world: World) -> Job:
    return ask_export(world.town.store, world.town.admin, ExportQuestion(kind=FileKind.XLSX), world.now())


def require_stations_file(world: World, job: Job) -> None:
    file = made_file(world.town.settings, world.town.admin, job)
    assert world.result(job)["count"] == world.stations_count()
    assert file is not None
    assert file.stat().st_size > 1000


def ask_refused_rows(world: World) -> Job:
    plan = world.bench.plan(world.station_file(with_an_error=True), crs="wgs84")
    return ask_corrected_sheet(world.town.store, COMMAND_LINE, plan.id, "zh", world.now())


def require_refused_rows(world: World, job: Job) -> None:
    file = made_file(world.town.settings, COMMAND_LINE, job)
    world.result(job)
    assert file is not None
    assert file.stat().st_size > 1000


def asked_check(world: World) -> Job:
    path, town = world.demand_file(), world.town
    with path.open("rb") as file:
        upload = keep_upload(
            town.store, town.settings, town.planner, path.name, file, world.now(), right=Right.RUN_ANALYSES
        )
    return ask_check(town.store, town.planner, upload, DemandReading(), world.now())


def layers(world: World) -> list[str]:
    with world.town.store.reading() as reader:
        return sorted(card.name for card in reader.demand.cards())


def ask_demand_check(world: World) -> Job:
    world.seen["layers"] = layers(world)
    return asked_check(world)


def require_demand_check(world: World, job: Job) -> None:
    assert world.result(job)["taken_count"] == ROWS
    assert layers(world) == world.seen["layers"]


def ask_demand_save(world: World) -> Job:
    check = asked_check(world)
    world.bench.worker().run_one()
    world.seen |= {"layers": layers(world), "check": check.id}
    draft = LayerDraft(title=f"第{world.rounds}次", source="测试", groups=frozenset({"riders"}))
    return ask_save(world.town.store, world.town.planner, check.id, draft, world.now())


def require_demand_save(world: World, job: Job) -> None:
    after = layers(world)
    assert set(after) - set(world.seen["layers"]) == {world.result(job)["layer"]}
    assert len(after) == len(world.seen["layers"]) + 1
    with world.town.store.reading() as reader:
        assert reader.jobs.get(world.seen["check"]).used_by == job.id


def asked_run(world: World, *sites: OpenSite) -> Job:
    """A question along streets that nobody asked before."""
    asked = question(network=Network.STREETS, within=Within.parse(f"{700 + world.rounds}m"))
    run = world.town.desk.ask(world.town.planner, asked, title=f"第{world.rounds}次", interventions=sites)
    world.seen["run"] = run.card.id
    assert run.card.job_id is not None
    return desk.job_of(world.town.store, world.town.admin, run.card.job_id)


def ask_analysis(world: World) -> Job:
    site = OpenSite(key=f"S-{world.rounds}", name="新址", lon=LON + 0.004, lat=LAT)
    return asked_run(world, *([site] if world.rounds % 2 else []))


def require_analysis(world: World, job: Job) -> None:
    run = world.town.desk.run(world.town.planner, world.seen["run"])
    assert world.result(job)["run"] == run.card.id
    assert run.state is RunState.DONE
    assert run.document is not None
    fresh = world.town.desk.document(world.town.planner, run.question, run.interventions, to_compare=True)
    assert steady(run.document) == steady(fresh)


def steady(document: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what hangs on when and by which sources it was worked out."""
    basis = {name: value for name, value in document["basis"].items() if name != "code_version"}
    return {**{name: part for name, part in document.items() if name != "seconds"}, "basis": basis}


def ask_planner_report(world: World) -> Job:
    """Of one run, or of two beside each other."""
    if "runs" not in world.seen:
        world.seen["runs"] = []
        for metres in (500, 600):
            run = world.town.desk.ask(world.town.planner, question(within=Within.parse(f"{metres}m")))
            world.seen["runs"].append(run.card.id)
    one, other = world.seen["runs"]
    subject = Subject(SubjectKind.RUN, one, other if world.rounds % 2 else None)
    return ask_report(world.town.store, world.town.planner, subject, ReportFormat.XLSX, "zh", world.now())


def require_planner_report(world: World, job: Job) -> None:
    file = made_report(world.town.settings, world.town.planner, job)
    world.result(job)
    assert file is not None
    assert file.stat().st_size > 1000


def ask_sites(world: World) -> Job:
    request = PlanRequest(
        question=question(needs_all=NOBODY_HAS, within=Within.parse("500m")),
        count=1 + world.rounds % 3,
        time_limit_s=5,
    )
    return ask_plan(world.town.store, world.town.planner, request, world.now())


def require_sites(world: World, job: Job) -> None:
    result = world.result(job)
    numbers = [row.number for row in world.bench.results(job)]
    assert len(numbers) == len(set(numbers))
    assert 0 < len(result["chosen"]) <= 1 + world.rounds % 3


DRILLS: Final = (
    Drill(kinds.IMPORT_PLAN, ask_import_plan, require_import_plan),
    Drill(kinds.IMPORT_COMMIT, ask_import_commit, require_import_commit),
    Drill(kinds.UNDO_BATCH, ask_undo, require_undo),
    Drill(kinds.MAKE_POSTERS, ask_posters, require_posters),
    Drill(kinds.MAKE_EXPORT, ask_stations_file, require_stations_file),
    Drill(kinds.MAKE_CORRECTED_SHEET, ask_refused_rows, require_refused_rows),
    Drill(kinds.DEMAND_CHECK, ask_demand_check, require_demand_check),
    Drill(kinds.DEMAND_SAVE, ask_demand_save, require_demand_save),
    Drill(kinds.ANALYSE_COVERAGE, ask_analysis, require_analysis),
    Drill(kinds.MAKE_PLANNING_REPORT, ask_planner_report, require_planner_report),
    Drill(kinds.PLAN_INTERVENTIONS, ask_sites, require_sites),
)
