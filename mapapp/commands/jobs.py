"""``jobs list|show|cancel|undo-import``: what the worker has to do, does and did."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import click

from mapapp.commands.session import Session
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import UNDO_BATCH
from mapapp.services.rights import COMMAND_LINE
from mapapp.store import Job, JobState, UnknownJob

_STATES: Final = {
    JobState.QUEUED: ("等待中", "waiting"),
    JobState.RUNNING: ("处理中", "running"),
    JobState.DONE: ("已完成", "done"),
    JobState.FAILED: ("失败", "failed"),
    JobState.CANCELLED: ("已取消", "cancelled"),
}


@click.group()
def jobs() -> None:
    """后台任务 / Jobs of the worker process."""


@jobs.command(name="list")
@click.option("--state", "states", type=click.Choice([state.value for state in JobState]), multiple=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几条 / At most so many.")
@click.pass_obj
def list_latest(session: Session, states: tuple[str, ...], limit: int) -> None:
    """列出任务, 新的在前 / List jobs, newest first."""
    with session.store() as store:
        found = desk.jobs_of(store, COMMAND_LINE, states=tuple(JobState(state) for state in states), limit=limit)
    session.say(
        "编号\t任务\t状态\t进度\t次数\t由\t建立\t原因", "number\tkind\tstate\tprogress\tattempts\tby\tcreated\treason"
    )
    for job in found:
        click.echo("\t".join(_cells(session, job)))


@jobs.command()
@click.argument("number", type=int)
@click.pass_obj
def show(session: Session, number: int) -> None:
    """看一项任务 / Show one job."""
    with session.store() as store:
        try:
            page = desk.results_of(store, COMMAND_LINE, number, limit=0)
            job = desk.job_of(store, COMMAND_LINE, number)
        except UnknownJob as error:
            raise session.refuse(f"没有编号为 {number} 的任务。", str(error)) from error
    click.echo("\t".join(_cells(session, job)))
    if job.error is not None:
        click.echo(f"{job.error.code}\t{session.word(job.error.zh, job.error.en)}")
    for name, value in (job.result or {}).items():
        click.echo(f"{name}\t{value}")
    for topic, count in sorted(page.counts.items()):
        click.echo(f"{topic}\t{count}")


@jobs.command()
@click.argument("number", type=int)
@click.pass_obj
def cancel(session: Session, number: int) -> None:
    """取消一项任务 / Cancel a job that is not done yet."""
    with session.store() as store:
        try:
            job = desk.cancel(store, COMMAND_LINE, number, datetime.now(UTC))
        except UnknownJob as error:
            raise session.refuse(f"没有编号为 {number} 的任务。", str(error)) from error
    if job.state in {JobState.DONE, JobState.FAILED}:
        raise session.refuse(f"任务 {number} 已经结束。", f"Job {number} has ended already.")
    session.say(f"任务 {number} 将被取消。", f"Job {number} will be cancelled.")


@jobs.command(name="undo-import")
@click.argument("batch")
@click.option("--reason", default="", help="原因 / Why.")
@click.pass_obj
def undo_import(session: Session, batch: str, reason: str) -> None:
    """撤销一次导入 / Ask the worker to take back all that one import saved."""
    with session.store() as store:
        parameters = {"batch": batch, "reason": reason}
        job = desk.submit(store, COMMAND_LINE, UNDO_BATCH, parameters, datetime.now(UTC))
    session.say(f"已列入任务 {job.id}。", f"It is job {job.id} now.")


def _cells(session: Session, job: Job) -> tuple[str, ...]:
    progress = job.progress
    total = "" if progress.total_count is None else f"/{progress.total_count}"
    return (
        str(job.id),
        job.kind,
        session.word(*_STATES[job.state]),
        f"{progress.phase} {progress.done_count}{total}".strip() if progress.phase else "-",
        f"{job.attempts}/{job.max_attempts}",
        job.created_by,
        job.created_at.astimezone(session.place().timezone).strftime("%Y-%m-%d %H:%M"),
        "-" if job.error is None else session.word(job.error.zh, job.error.en),
    )
