"""The job ``import_plan``: what a file that was sent in would change, row by row. It changes nothing.

Parameters: ``upload`` (its token), ``crs`` (or null, to let the file say) and ``reading`` (a `ReadingChoice`, or null).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.errors import InvalidValue, UnreadableFile
from geodata.files import StationSheet, read_station_sheet
from geodata.files.reading_choice import ReadingChoice
from mapapp.services.importing.duplicates import duplicates_among
from mapapp.services.importing.plan_rows import Topic, rows_of_plan, storable, without_forbidden
from mapapp.services.importing.planning import ImportPlan, plan_import
from mapapp.services.importing.uploads import upload_file
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.rights import Actor, Right
from mapapp.store import JobResult, Upload, Writer

ROWS_BETWEEN_WORDS: Final = 200
_SHOWN_OUTSIDE_COUNT: Final = 1000


def plan_work(run: JobRun) -> Effect:
    """Read the file, compare it with the register, and keep the plan as rows of results."""
    upload, actor = _upload_and_actor(run)
    run.progress("reading")
    sheet = _sheet(run, upload)
    with run.workshop.store.reading() as reader:
        stations = reader.stations()
    known = [station for station in stations if not station.is_sample]
    plan = plan_import(sheet, known, run.workshop.place, told(run, "comparing"))
    plan.problems += without_forbidden(plan, actor)
    run.progress("finding_duplicates")
    duplicates = duplicates_among({row.line: row.station for row in plan.additions}, known)
    run.progress("keeping")
    rows = rows_of_plan(plan, duplicates, sheet.drafts, known)
    result = _summary(sheet, plan, rows, upload, 0 if plan.is_empty else len(stations) - len(known))

    def keep(writer: Writer) -> Mapping[str, Any]:
        writer.jobs.add_results(run.job.id, rows)
        return result

    return keep


def told(run: JobRun, phase: str) -> Callable[[int, int], None]:
    """What says how far a loop over rows is, every few hundred of them."""

    def tell(done_count: int, total_count: int) -> None:
        if done_count % ROWS_BETWEEN_WORDS == 0:
            run.progress(phase, done_count, total_count)

    return tell


def _upload_and_actor(run: JobRun) -> tuple[Upload, Actor]:
    with run.workshop.store.reading() as reader:
        actor = actor_of(reader, run.job, Right.IMPORT_STATIONS)
        upload = reader.uploads.find(str(run.parameters.get("upload")))
    if upload is None or upload.account_id != run.job.account_id:
        raise JobRefused("no_upload", "上传的文件已不在，请重新上传。", "The file is no longer there; send it again.")
    return upload, actor


def _sheet(run: JobRun, upload: Upload) -> StationSheet:
    asked = run.parameters.get("crs")
    path = upload_file(run.workshop.settings, upload)
    try:
        choice = ReadingChoice.of(run.parameters.get("reading"))
        today = run.workshop.now().date()
        return read_station_sheet(path, Crs(asked) if asked else None, today, told(run, "reading"), choice)
    except InvalidValue as error:
        raise _unreadable_choice() from error
    except UnreadableFile as error:
        raise JobRefused("unreadable_file", storable(error.zh), storable(error.en)) from error


def _unreadable_choice() -> JobRefused:
    return JobRefused("bad_columns", "所选的列无法使用，请重新选择。", "The columns cannot be read as chosen.")


def _summary(
    sheet: StationSheet, plan: ImportPlan, rows: list[JobResult], upload: Upload, sample_count: int
) -> dict[str, Any]:
    """What the plan says as a whole."""
    counts = {topic.value: sum(row.topic == topic for row in rows) for topic in Topic}
    rejected = {row.line for row in rows if row.topic == Topic.ERROR}
    other = plan.other_crs
    return {
        "file_name": upload.file_name,
        "file_kind": sheet.kind.value,
        "row_count": sheet.row_count,
        "counts": counts,
        "rejected_count": len(rejected),
        "crs": {
            "used": sheet.crs.crs.value,
            "reason": sheet.crs.reason.value,
            "contradicted": sheet.crs.contradicted.value if sheet.crs.contradicted else None,
        },
        "other_crs": {"crs": other.crs.value, "inside_share": other.inside_share, "known_m": other.known_m}
        if other
        else None,
        "outside_count": len(plan.outside_lines),
        "outside_lines": list(plan.outside_lines[:_SHOWN_OUTSIDE_COUNT]),
        "skipped_lines": list(sheet.skipped_lines[:_SHOWN_OUTSIDE_COUNT]),
        "unread_columns": [storable(name) for name in sheet.columns.unread],
        "notes": [{"zh": storable(note.zh), "en": storable(note.en)} for note in sheet.notes],
        "sample_removed_count": sample_count,
    }
