"""Use case: somebody takes an import from its file to its plan, chooses row by row, has it carried out or undone.

The work itself is the worker's: see the jobs beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.files.reading_choice import ReadingChoice
from mapapp.services.importing.plan_rows import Topic
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_COMMIT, IMPORT_PLAN, UNDO_BATCH
from mapapp.services.rights import Actor, Right, require
from mapapp.store import Job, JobResult, JobState, Origin, Reader, RowChoice, Store, Upload
from mapapp.store.accounts import Role

IMPORT_JOBS: Final = (IMPORT_PLAN, IMPORT_COMMIT, UNDO_BATCH)
_FOLLOWERS_LOOKED_AT: Final = 200


class PlanClosed(RuntimeError):
    """The plan is not done, or was carried out already: nothing can be chosen for it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows of a plan will be saved as new stations and as changes of known ones."""

    new_count: int
    changed_count: int

    @property
    def count(self) -> int:
        """How many there are together."""
        return self.new_count + self.changed_count


def imports_of(store: Store, actor: Actor, limit: int = 30) -> tuple[Job, ...]:
    """The actor's latest imports; administrators see all."""
    require(actor, Right.IMPORT_STATIONS)
    account_id = None if actor.role is Role.ADMIN else actor.account_id
    with store.reading() as reader:
        return reader.jobs.latest(kinds=IMPORT_JOBS, account_id=account_id, limit=limit)


def ask_plan(store: Store, actor: Actor, upload: Upload, crs: Crs | None, choice: ReadingChoice, now: datetime) -> Job:
    """Ask for a plan of what a file would change; without ``crs`` the file says its system itself."""
    parameters = {"upload": upload.token, "crs": crs.value if crs else None, "reading": choice.document()}
    return desk.submit(store, actor, IMPORT_PLAN, parameters, now)


def choices_of(store: Store, actor: Actor, plan_id: int) -> dict[int, RowChoice]:
    """What was chosen for a plan of the actor's, by line."""
    desk.job_of(store, actor, plan_id)
    with store.reading() as reader:
        return reader.imports.choices(plan_id)


def choose(
    store: Store, actor: Actor, plan_id: int, rows: tuple[JobResult, ...], said: Mapping[int, str], now: datetime
) -> None:
    """Keep what was said about some rows of a plan.

    ``said`` is line → ``take``, ``skip``, ``new`` or ``merge:CODE``; what does not fit its row is passed over.

    Raises
    ------
    PlanClosed
        It is too late, or too early.
    """
    require(actor, Right.IMPORT_STATIONS)
    chosen: dict[int, RowChoice | None] = {}
    for row in rows:
        if row.line is not None and row.line in said and _fits(row, said[row.line]):
            chosen[row.line] = _choice(row, said[row.line])
    with store.writing(Origin.FORM, at=now) as writer:
        job = writer.jobs.get(plan_id)
        if job.account_id != actor.account_id or not is_open(job) or _commit_in(writer, job) is not None:
            raise PlanClosed
        writer.imports.choose(plan_id, chosen)


def choose_for_all_duplicates(store: Store, actor: Actor, plan_id: int, what: str, now: datetime) -> int:
    """Keep one choice for all probable duplicates of a plan: ``new``, ``skip`` or ``merge``; how many it fits.

    To merge, a row must be like just one known station; the others keep what was chosen for them.

    Raises
    ------
    PlanClosed
        It is too late, or too early.
    UnknownJob
        It is somebody else's.
    """
    desk.job_of(store, actor, plan_id)
    with store.reading() as reader:
        rows = reader.jobs.results(plan_id, topics=(Topic.DUPLICATE,))
    said = {row.line: words for row in rows if row.line is not None and (words := _said_for(row, what))}
    choose(store, actor, plan_id, rows, said, now)
    return len(said)


def _said_for(row: JobResult, what: str) -> str:
    """What the choice is for this row; nothing where it does not fit."""
    if what in {"new", "skip"}:
        return what
    codes = [str(each["code"]) for each in row.document.get("candidates", ()) if "version" in each]
    return f"merge:{codes[0]}" if what == "merge" and len(codes) == 1 else ""


def taken(counts: Mapping[str, int], choices: Mapping[int, RowChoice]) -> Taken:
    """What would be saved of a plan. Only rows that are new or changed can be left out by a choice."""
    said = [choice.choice for choice in choices.values()]
    left_out = [choice for choice in choices.values() if choice.choice == "skip"]
    left_out_changed = sum(choice.code is not None for choice in left_out)
    return Taken(
        counts.get(Topic.NEW, 0) + said.count("new") - (len(left_out) - left_out_changed),
        counts.get(Topic.CHANGED, 0) + said.count("merge") - left_out_changed,
    )


def ask_commit(store: Store, actor: Actor, plan_id: int, reason: str, now: datetime) -> Job:
    """Ask for a plan to be carried out as chosen; whoever asks twice gets the same job.

    Raises
    ------
    PlanClosed
        It is not done yet, or somebody else's: who carries a plan out is who made it.
    UnknownJob
        There is none of that number, or it is somebody else's.
    TooManyJobs
        Too many of the actor's wait or run.
    """
    require(actor, Right.IMPORT_STATIONS)
    desk.job_of(store, actor, plan_id)
    with store.writing(Origin.FORM, at=now) as writer:
        plan = writer.jobs.get(plan_id)
        if (under_way := _commit_in(writer, plan)) is not None:
            return under_way
        if plan.account_id != actor.account_id or not is_open(plan):
            raise PlanClosed
        document = _document(writer.imports.choices(plan_id))
        parameters = {"plan": plan_id, "choices": document, "reason": reason}
        return desk.submitted(writer, actor, IMPORT_COMMIT, parameters, now)


def ask_undo(store: Store, actor: Actor, commit_id: int, reason: str, now: datetime) -> Job:
    """Ask for all that an import saved to be taken back; whoever asks twice gets the same job.

    Raises
    ------
    PlanClosed
        It saved nothing.
    TooManyJobs
        Too many of the actor's wait or run.
    """
    require(actor, Right.IMPORT_STATIONS)
    commit = desk.job_of(store, actor, commit_id)
    batch = (commit.result or {}).get("batch")
    if commit.kind != IMPORT_COMMIT or not batch:
        raise PlanClosed
    with store.writing(Origin.FORM, at=now) as writer:
        if (under_way := _undo_in(writer, commit)) is not None:
            return under_way
        return desk.submitted(writer, actor, UNDO_BATCH, {"batch": batch, "reason": reason}, now)


def is_open(plan: Job) -> bool:
    """Whether rows of the plan can still be chosen, and saved."""
    return plan.kind == IMPORT_PLAN and plan.state is JobState.DONE and plan.used_by is None


def commit_of(store: Store, plan: Job) -> Job | None:
    """The job that carries a plan out, or did."""
    with store.reading() as reader:
        return _commit_in(reader, plan)


def undo_of(store: Store, commit: Job) -> Job | None:
    """The job that takes an import back, or did."""
    with store.reading() as reader:
        return _undo_in(reader, commit)


def _commit_in(reader: Reader, plan: Job) -> Job | None:
    return _follower(reader, plan, IMPORT_COMMIT, "plan", plan.id)


def _undo_in(reader: Reader, commit: Job) -> Job | None:
    return _follower(reader, commit, UNDO_BATCH, "batch", (commit.result or {}).get("batch"))


def _follower(reader: Reader, job: Job, kind: str, parameter: str, value: Any) -> Job | None:
    """The latest job of that kind, whoever's, that speaks of another one and has not come to nothing."""
    later = reader.jobs.latest(kinds=(kind,), after_id=job.id, limit=_FOLLOWERS_LOOKED_AT)
    gone_wrong = {JobState.FAILED, JobState.CANCELLED}
    return next(
        (each for each in later if each.parameters.get(parameter) == value and each.state not in gone_wrong),
        None,
    )


def _fits(row: JobResult, said: str) -> bool:
    if row.topic in {Topic.NEW, Topic.CHANGED}:
        return said in {"take", "skip"}
    if row.topic != Topic.DUPLICATE:
        return False
    codes = {f"merge:{each['code']}" for each in row.document.get("candidates", ()) if "version" in each}
    return said in {"skip", "new"} | codes


def _choice(row: JobResult, said: str) -> RowChoice | None:
    """None for what happens by itself: new and changed rows are taken, probable duplicates are not."""
    if said == "take" or (said == "skip" and row.topic == Topic.DUPLICATE):
        return None
    if said == "skip":
        return RowChoice("skip", row.document.get("code") if row.topic == Topic.CHANGED else None)
    kind, _, code = said.partition(":")
    return RowChoice(kind, code or None)


def _document(choices: Mapping[int, RowChoice]) -> dict[str, Any]:
    """The choices as the commit's job takes them."""
    return {
        "skip": sorted(line for line, each in choices.items() if each.choice == "skip"),
        "new": sorted(line for line, each in choices.items() if each.choice == "new"),
        "merge": {str(line): each.code for line, each in choices.items() if each.choice == "merge"},
    }
