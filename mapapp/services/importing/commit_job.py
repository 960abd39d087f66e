"""The job ``import_commit``: the rows of a plan that a person chose, saved as one batch in one transaction.

Parameters: ``plan`` (the number of the plan's job), ``choices`` (see `choices`) and ``reason``. A station that was
changed since the plan was made is left as it is, and said; so is one that is not the actor's any more. All else
is saved, or, when anything goes wrong, nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from geodata.stations.station import Station
from mapapp.services.importing.batch_draft import BatchDraft
from mapapp.services.importing.choices import Choices
from mapapp.services.importing.plan_job import ROWS_BETWEEN_WORDS
from mapapp.services.importing.plan_rows import Topic, addition_of, change_of
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.kinds import IMPORT_PLAN
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.rights import Actor, Right
from mapapp.store import AlreadyUsed, Job, JobResult, JobState, Reader, Writer

_CHOSEN: Final = (Topic.NEW.value, Topic.CHANGED.value, Topic.DUPLICATE.value)
_SLACK: Final = timedelta(minutes=5)
"""Clocks of two machines differ; a newcomer looked at twice does no harm."""


def commit_work(run: JobRun) -> Effect:
    """Put the batch together, and write it."""
    choices = Choices.of(run.parameters.get("choices"))
    with run.workshop.store.reading() as reader:
        actor = actor_of(reader, run.job, Right.IMPORT_STATIONS)
        plan = _plan(reader, run.job)
        rows = reader.jobs.results(plan.id, topics=_CHOSEN)
        known = {station.code: station for station in reader.stations()}
    draft = BatchDraft(actor)
    for done_count, row in enumerate(rows):
        if done_count % ROWS_BETWEEN_WORDS == 0:
            run.progress("preparing", done_count, len(rows))
        _take(row, choices, draft, known)
    run.progress("saving", len(rows), len(rows))

    def save(writer: Writer) -> Mapping[str, Any]:
        return _save(writer, run, plan, draft)

    return save


def _plan(reader: Reader, job: Job) -> Job:
    """The plan's job, if it can be carried out."""
    number = job.parameters.get("plan")
    plan = reader.jobs.find(number) if isinstance(number, int) else None
    if plan is None or plan.kind != IMPORT_PLAN or plan.account_id != job.account_id:
        raise JobRefused("no_plan", "没有这份导入计划。", "There is no such plan.")
    if plan.state is not JobState.DONE:
        raise JobRefused("plan_not_done", "导入计划尚未完成。", "The plan is not done.")
    if plan.used_by is not None:
        raise _plan_used()
    return plan


def _take(row: JobResult, choices: Choices, draft: BatchDraft, known: Mapping[str, Station]) -> None:
    """What was chosen for the row, into the draft."""
    line = row.line or 0
    if line in choices.skipped:
        return
    if row.topic == Topic.CHANGED:
        change = change_of(row)
        draft.add_change(change, known.get(change.code))
        return
    addition = addition_of(row)
    if line in choices.merged:
        code = choices.merged[line]
        candidate = next((each for each in addition.candidates if each.code == code), None)
        if candidate is None:
            draft.refuse(line, code, addition.station.name, "no_candidate")
        else:
            draft.add_change(candidate, known.get(code))
    elif row.topic == Topic.NEW or line in choices.new:
        draft.add_new(addition)


def _save(writer: Writer, run: JobRun, plan: Job, draft: BatchDraft) -> dict[str, Any]:
    try:
        writer.jobs.use(plan.id, run.job.id)
    except AlreadyUsed as error:
        raise _plan_used() from error
    actor = actor_of(writer, run.job, Right.IMPORT_STATIONS)
    versions = writer.versions(with_sample=False)  # the sample goes, and its codes with it, once anything is saved
    settled = draft.settled(actor, versions, _newcomers(writer, plan))
    reason, batch = _reason(run, plan), f"{run.job.created_at:%Y%m%dT%H%M%S}-job{run.job.id}"
    sample_count = writer.remove_sample(actor=actor.name, reason=reason) if settled.rows else 0
    settled.give_codes(
        writer.next_codes(run.workshop.place.code_prefix, settled.codeless_count, besides=settled.own_codes)
    )
    writer.save_batch([row.prepared for row in settled.rows], actor=actor.name, reason=reason, batch=batch)
    results = settled.results()
    writer.jobs.add_results(run.job.id, results)
    return _result(results, actor, batch=batch, sample_count=sample_count) | {"file_name": _file_name(plan)}


def _newcomers(reader: Reader, plan: Job) -> list[Station]:
    """The real stations that came since the plan began."""
    begun_at = (plan.started_at or plan.created_at) - _SLACK
    added = reader.stations_of(reader.codes_added_after(begun_at)).values()
    return [station for station in added if not station.is_sample]


def _result(results: list[JobResult], actor: Actor, *, batch: str, sample_count: int) -> dict[str, Any]:
    counts = {topic: sum(row.topic == topic for row in results) for topic in (Topic.NEW, Topic.CHANGED, Topic.REFUSED)}
    saved_count = counts[Topic.NEW] + counts[Topic.CHANGED]
    return {
        "batch": batch if saved_count else None,
        "actor": actor.name,
        "new_count": counts[Topic.NEW],
        "changed_count": counts[Topic.CHANGED],
        "refused_count": counts[Topic.REFUSED],
        "sample_removed_count": sample_count,
    }


def _file_name(plan: Job) -> str:
    return str((plan.result or {}).get("file_name", ""))


def _reason(run: JobRun, plan: Job) -> str:
    said, file_name = str(run.parameters.get("reason") or "").strip(), _file_name(plan)
    return (f"{said} ({file_name})" if said else f"导入 / import: {file_name}")[:500]


def _plan_used() -> JobRefused:
    return JobRefused(
        "plan_used",
        "这份导入计划已经执行过，不能重复执行。请重新上传并检查。",
        "This plan was carried out already. Send the file again for a new one.",
    )
