"""The job ``make_planning_report``: a file that takes longer to make than a request may.

Parameters: a `Subject` as a document, ``format`` and ``language``. The file is kept for whoever asked; an attempt that
is killed leaves at most a file that nothing names, which is deleted like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from geodata.errors import InvalidValue
from mapapp.services.exporting.kept_files import keep_file, kept_file
from mapapp.services.jobs import desk
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.kinds import MAKE_PLANNING_REPORT
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.planning.runs import RunDesk
from mapapp.services.planning_report.files import (
    DrawingUnavailable,
    NotReady,
    ReportFormat,
    Subject,
    format_of,
    report_file,
    report_of,
)
from mapapp.services.planning_report.page import AssetsMissing
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import Job, Store, UnknownRun, UnknownScenario, Writer


def ask_report(store: Store, actor: Actor, subject: Subject, kind: ReportFormat, language: str, now: datetime) -> Job:
    """Ask for a file; whoever asks twice while it is being made gets the same job. Raises Forbidden, TooManyJobs."""
    parameters = {**subject.document(), "format": kind.value, "language": language}
    return desk.submit(store, actor, MAKE_PLANNING_REPORT, parameters, now)


def made_report(settings: Settings, actor: Actor, job: Job) -> Path | None:
    """The file a job made, for somebody who still runs analyses; None when it is not there any more."""
    require(actor, Right.RUN_ANALYSES)
    return kept_file(settings, job)


def report_work(run: JobRun) -> Effect:
    """Write the file."""
    workshop = run.workshop
    with workshop.store.reading() as reader:
        actor = actor_of(reader, run.job, Right.RUN_ANALYSES)
    try:
        subject, kind = Subject.of(run.parameters), format_of(str(run.parameters.get("format")))
    except (ValueError, InvalidValue) as error:
        raise JobRefused("bad_question", "无法读取要生成的内容。", "What to make cannot be read.") from error
    run.progress("reading")
    try:
        runs = RunDesk(workshop.store, workshop.place, workshop.settings, workshop.clock)
        language = str(run.parameters.get("language"))
        report = report_of(runs, workshop.store, workshop.place, actor, subject, language)
        run.progress("writing")
        file = report_file(report, kind, workshop.place, workshop.settings)
    except (UnknownRun, UnknownScenario, NotReady) as error:
        raise JobRefused("no_run", "分析已不在，或尚未算完。", "The analysis is gone, or not computed yet.") from error
    except DrawingUnavailable as error:
        raise JobRefused("no_drawing", f"服务器缺少软件包：{error.packages}", str(error)) from error
    except AssetsMissing as error:
        raise JobRefused("not_built", "服务器的页面文件未生成。", str(error)) from error
    run.progress("keeping")
    name = keep_file(workshop.settings, kind.ending, file.content)

    def finish(_: Writer) -> Mapping[str, Any]:
        return {"name": file.name, "file": name}

    return finish
