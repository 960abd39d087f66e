"""The jobs ``demand_check``, which says what a file of workers would make, and ``demand_save``, which makes it a layer.

``demand_check``: ``upload`` (its token) and ``reading``. It changes nothing, and keeps the rows left out with the
reasons, as results and as a workbook.
``demand_save``: ``check`` (the job above), ``title``, ``source``, ``source_date`` and ``groups`` (those the layer is to
count from now on). It reads the file once more, as it was checked.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from geodata.demand.aggregating import GatheredDemand, gather
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.demand.sheet import DemandReading, DemandSheet, read_demand_sheet
from geodata.errors import InvalidValue, UnreadableFile
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.corrected_sheet import corrected_demand_sheet
from mapapp.services.demand.files import UnknownDemandFile, reading_of, upload_in
from mapapp.services.exporting.kept_files import keep_file
from mapapp.services.importing.plan_rows import storable
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.rights import Right
from mapapp.store import AlreadyUsed, JobResult, JobState, LayerSource, UnknownJob, Upload, Writer
from mapapp.store.revisions import DataAction

ERROR: Final = "error"
"""The topic of rows that are left out."""


@dataclass(frozen=True, slots=True)
class _Understood:
    """A file as read and spread over cells."""

    upload: Upload
    path: Path
    reading: DemandReading
    sheet: DemandSheet
    demand: GatheredDemand


def check_work(run: JobRun) -> Effect:
    """Read the file, spread it over the cells, and say what would come of it."""
    found = _understood(run, run.parameters)
    rows = [
        JobResult(
            number,
            ERROR,
            {
                "column": storable(problem.column),
                "value": storable(problem.value),
                "code": problem.code,
                "zh": storable(problem.message.zh),
                "en": storable(problem.message.en),
            },
            problem.line,
        )
        for number, problem in enumerate(found.sheet.problems)
    ]
    result = {
        "file_name": found.upload.file_name,
        "row_count": found.sheet.row_count,
        "taken_count": len(found.sheet.rows),
        "rejected_count": found.sheet.rejected_count,
        "cell_count": len(found.demand.h3_cells),
        "crs": found.sheet.crs.value,
        "shapes": dict(found.sheet.shape_counts),
        "orders_count": found.sheet.orders_count,
        "totals": _totals_document(found.demand),
        **_corrected(run, found),
    }

    def keep(writer: Writer) -> Mapping[str, Any]:
        writer.jobs.add_results(run.job.id, rows)
        return result

    return keep


def _corrected(run: JobRun, found: _Understood) -> dict[str, str]:
    """The kept workbook of the rows left out, if there are any."""
    problems = [problem for problem in found.sheet.problems if problem.rejects]
    if not problems:
        return {}
    content = corrected_demand_sheet(found.path, found.reading.sheet, found.sheet.crs, problems)
    return {"file": keep_file(run.workshop.settings, "xlsx", content)}


def save_work(run: JobRun) -> Effect:
    """Make the layer, and let it count for the groups that were asked for."""
    parameters = run.parameters
    with run.workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.RUN_ANALYSES)
        try:
            check = reader.jobs.get(int(parameters["check"]))
        except UnknownJob:
            raise _no_check() from None
    if check.account_id != run.job.account_id or check.state is not JobState.DONE:
        raise _no_check()
    found = _understood(run, check.parameters)
    if not found.demand.h3_cells:
        raise JobRefused("nobody", "文件里没有一名劳动者在本市范围内。", "Nobody in the file is inside the city.")
    layer = _layer(found, parameters)
    source = _source(found, parameters)
    wanted = {WorkerGroup(code): layer.name for code in parameters.get("groups", ()) if code in set(layer.workers)}

    def save(writer: Writer) -> Mapping[str, Any]:
        actor = actor_of(writer, run.job, Right.RUN_ANALYSES)
        try:
            writer.jobs.use(check.id, run.job.id)
        except (AlreadyUsed, UnknownJob) as error:
            raise JobRefused("check_used", "这份文件已经保存过。", "This file was saved already.") from error
        writer.save_demand_layer(layer, actor=actor.name, source=source)
        if wanted:
            writer.demand.choose(dict(wanted))
            detail = {"after": {group.value: name for group, name in wanted.items()}}
            writer.note_event(DataAction.DEMAND_CHOSEN, detail, actor=actor.name)
        return {"layer": layer.name, "title": source.title}

    return save


def _understood(run: JobRun, parameters: Mapping[str, Any]) -> _Understood:
    workshop = run.workshop
    with workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.RUN_ANALYSES)
        try:
            upload, path = upload_in(reader, workshop.settings, run.job.account_id, str(parameters.get("upload")))
        except UnknownDemandFile:
            raise JobRefused(
                "no_upload", "上传的文件已不在，请重新上传。", "The file is no longer there; send it again."
            ) from None
    run.progress("reading")

    def tell(phase: str, done_count: int, total_count: int) -> None:
        run.progress(phase, done_count, total_count)

    try:
        reading = reading_of(parameters.get("reading"))
        sheet = read_demand_sheet(path, reading, lambda done, total: tell("reading", done, total))
        demand = gather(sheet.rows, sheet.groups, workshop.place, lambda done, total: tell("spreading", done, total))
    except UnreadableFile as error:
        raise JobRefused("unreadable_file", storable(error.zh), storable(error.en)) from error
    except InvalidValue as error:
        raise JobRefused(
            "bad_reading", "无法按所选的方式读取，请重新选择。", "The file cannot be read as chosen."
        ) from error
    run.progress("keeping")
    return _Understood(upload, path, reading, sheet, demand)


def _no_check() -> JobRefused:
    return JobRefused("no_check", "没有这份检查结果，请重新上传。", "There is no such check; send the file again.")


def _totals_document(demand: GatheredDemand) -> dict[str, list[float]]:
    return {
        group.value: [total.given_count, total.placed_count, total.outside_count]
        for group, total in demand.totals.items()
    }


def _layer(found: _Understood, parameters: Mapping[str, Any]) -> DemandLayer:
    groups = [group for group in found.sheet.groups if found.demand.totals[group].placed_count > 0]
    return DemandLayer(
        name=f"upload-{secrets.token_hex(6)}",
        origin_note=_note(found, parameters),
        is_sample=False,
        is_modelled=_is_converted(found),
        lon=found.demand.lon,
        lat=found.demand.lat,
        h3_cells=found.demand.h3_cells,
        workers={group: found.demand.workers[group] for group in groups},
        profiles={group: week_profile(group) for group in groups},
    )


def _is_converted(found: _Understood) -> bool:
    """Whether the numbers are worked out by a factor, of orders or of hours on a roster, not counted."""
    return found.sheet.orders_count > 0 or found.reading.hours_a_week is not None


def _note(found: _Understood, parameters: Mapping[str, Any]) -> str:
    source = " ".join(str(parameters.get("source", "")).split())
    day = str(parameters.get("source_date") or "")
    reading = found.reading
    zh = [f"来源：{source}" + (f"（{day}）" if day else "")]
    en = [f"Source: {source}" + (f" ({day})" if day else "")]
    if found.sheet.orders_count > 0 and reading.orders_per_worker_hour:
        zh.append(f"由每小时单量折算，每人每小时 {reading.orders_per_worker_hour:g} 单")
        en.append(f"worked out from orders per hour, {reading.orders_per_worker_hour:g} orders a worker and hour")
    if reading.hours_a_week:
        zh.append(f"在册人数按每周在岗 {reading.hours_a_week:g} 小时折算")
        en.append(f"people on a roster taken as out {reading.hours_a_week:g} hours a week")
    zh.append("汇总到 H3 九级网格；时段分布为假设，可编辑。")
    en.append("gathered in H3 cells of resolution 9; the hours of the week are assumed until edited.")
    return "；".join(zh) + "\n" + "; ".join(en)


def _source(found: _Understood, parameters: Mapping[str, Any]) -> LayerSource:
    reading = found.reading
    day = parameters.get("source_date")
    return LayerSource(
        title=str(parameters.get("title", "")),
        source=str(parameters.get("source", "")),
        source_date=date.fromisoformat(day) if day else None,
        method={
            "code": "orders" if found.sheet.orders_count > 0 else "counts",
            "shapes": dict(found.sheet.shape_counts),
            "crs": found.sheet.crs.value,
            "orders_per_worker_hour": reading.orders_per_worker_hour,
            "hours_a_week": reading.hours_a_week,
            "rejected_count": found.sheet.rejected_count,
            "row_count": found.sheet.row_count,
            "file_sha256": found.upload.sha256,
        },
        file_name=found.upload.file_name,
        totals={
            group: (total.given_count, total.placed_count, total.outside_count)
            for group, total in found.demand.totals.items()
            if total.placed_count > 0
        },
    )
