"""The jobs ``make_export`` and ``make_corrected_sheet``: files that take longer to make than a request may.

Parameters of the first: an `ExportQuestion` as a document. Of the second: ``plan`` (the number of the plan's job) and
``language``. Either keeps its file for whoever asked; an attempt that is killed leaves at most a file that nothing
names, which is deleted like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.errors import InvalidValue, UnreadableFile
from geodata.files.reading_choice import ReadingChoice
from geodata.files.writing_formats import ENDINGS, MIME_TYPES
from mapapp.services.exporting.files import ExportQuestion, write_export
from mapapp.services.exporting.kept_files import keep_file, keep_written, kept_file
from mapapp.services.importing.corrected_sheet import corrected_sheet
from mapapp.services.importing.plan_rows import Topic
from mapapp.services.importing.uploads import upload_file
from mapapp.services.jobs import desk
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.kinds import IMPORT_PLAN, MAKE_CORRECTED_SHEET, MAKE_EXPORT
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.rights import Actor, Forbidden, Right, require
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Reader, Store, Writer

MOST_ROWS_AT_ONCE: Final = 3_000
"""A file of more is made by the worker: a request has no more than about a second of the processor."""
FILE_JOBS: Final = (MAKE_EXPORT, MAKE_CORRECTED_SHEET)


def ask_export(store: Store, actor: Actor, question: ExportQuestion, now: datetime) -> Job:
    """Ask for a file of stations; whoever asks twice while it is being made gets the same job.

    Raises
    ------
    Forbidden
        The actor may not read the register, or not its contacts.
    """
    require(actor, Right.READ_REGISTER)
    if question.with_contacts:
        require(actor, Right.IMPORT_STATIONS)
    return desk.submit(store, actor, MAKE_EXPORT, question.document(), now)


def ask_corrected_sheet(store: Store, actor: Actor, plan_id: int, language: str, now: datetime) -> Job:
    """Ask for the rows a plan refuses as a workbook; whoever asks twice gets the same job.

    Raises
    ------
    UnknownJob
        The plan is somebody else's, or there is none.
    """
    desk.job_of(store, actor, plan_id)
    return desk.submit(store, actor, MAKE_CORRECTED_SHEET, {"plan": plan_id, "language": language}, now)


def made_file(settings: Settings, actor: Actor, job: Job) -> Path | None:
    """The file a job made, for somebody who may still have what is in it; None when it is not there any more.

    Raises
    ------
    Forbidden
        It holds contacts or rows of an import, which the actor may not have any more.
    """
    holds_more = job.kind == MAKE_CORRECTED_SHEET or bool(job.parameters.get("with_contacts"))
    require(actor, Right.IMPORT_STATIONS if holds_more else Right.READ_REGISTER)
    return kept_file(settings, job)


def mime_type_of(file: Path) -> str:
    """What a kept file is."""
    return next(MIME_TYPES[kind] for kind, ending in ENDINGS.items() if file.name.endswith(f".{ending}"))


def export_work(run: JobRun) -> Effect:
    """Write the stations asked for into a file."""
    try:
        question = ExportQuestion.of(run.parameters)
    except ValueError as error:
        raise JobRefused("bad_question", "无法读取导出的条件。", "What to export cannot be read.") from error
    workshop = run.workshop
    with workshop.store.reading() as reader:
        actor = actor_of(reader, run.job, Right.READ_REGISTER)
    run.progress("reading")
    try:
        name, file = keep_written(
            workshop.settings,
            ENDINGS[question.kind],
            lambda path: write_export(
                *(workshop.store, workshop.place, actor, question, workshop.now(), path),
                lambda done, total: run.progress("writing", done, total),
            ),
        )
    except Forbidden as error:
        raise JobRefused("not_allowed", "您没有导出内部联系人的权限。", "You may not export contacts.") from error
    run.progress("keeping")
    return lambda _writer: {"name": file.name, "count": file.station_count, "file": name}


def corrected_sheet_work(run: JobRun) -> Effect:
    """Write the refused rows of a plan into a workbook."""
    with run.workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.IMPORT_STATIONS)
        plan, path = _plan_and_file(reader, run)
        problems = reader.jobs.results(plan.id, topics=(Topic.ERROR,))
    run.progress("reading")
    try:
        choice, crs = ReadingChoice.of(plan.parameters.get("reading")), Crs((plan.result or {})["crs"]["used"])
        content = corrected_sheet(path, choice, crs, problems, str(run.parameters.get("language", "zh")))
    except (UnreadableFile, InvalidValue) as error:
        raise _file_gone() from error
    line_count = len({row.line for row in problems})
    return _kept(run, "xlsx", content, {"name": f"refused-rows-{plan.id}.xlsx", "count": line_count})


def _plan_and_file(reader: Reader, run: JobRun) -> tuple[Job, Path]:
    number = run.parameters.get("plan")
    plan = reader.jobs.find(number) if isinstance(number, int) else None
    if plan is None or plan.kind != IMPORT_PLAN or plan.state is not JobState.DONE:
        raise JobRefused("no_plan", "没有这份导入计划。", "There is no such plan.")
    upload = reader.uploads.find(str(plan.parameters.get("upload")))
    if upload is None or upload.account_id != run.job.account_id:
        raise _file_gone()
    return plan, upload_file(run.workshop.settings, upload)


def _file_gone() -> JobRefused:
    return JobRefused("no_upload", "上传的文件已不在，请重新上传。", "The file is no longer there; send it again.")


def _kept(run: JobRun, ending: str, content: bytes, told: Mapping[str, Any]) -> Effect:
    run.progress("keeping")
    name = keep_file(run.workshop.settings, ending, content)

    def finish(_: Writer) -> Mapping[str, Any]:
        return {**told, "file": name}

    return finish
