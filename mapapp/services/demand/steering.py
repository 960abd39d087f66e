"""Use case: the steps from a file of workers to a layer, each asked for once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from geodata.demand.sheet import DemandReading
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.files import reading_document
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import DEMAND_CHECK, DEMAND_SAVE
from mapapp.services.rights import Actor
from mapapp.store import Job, JobState, Store, Upload

DEMAND_JOBS: Final = frozenset({DEMAND_CHECK, DEMAND_SAVE})
MAX_TITLE_CHARS: Final = 60
MAX_SOURCE_CHARS: Final = 200
_FOLLOWERS_LOOKED_AT: Final = 100


class CheckClosed(Exception):
    """The check is not done, or came to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDraft:
    """What a person says of a layer before it is saved; ``problems`` maps a field to what is wrong with it."""

    title: str
    source: str
    source_date: str = ""
    groups: frozenset[str] = frozenset()
    problems: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", " ".join(self.title.split()))
        object.__setattr__(self, "source", " ".join(self.source.split()))
        object.__setattr__(self, "source_date", self.source_date.strip())
        for name, most in (("title", MAX_TITLE_CHARS), ("source", MAX_SOURCE_CHARS)):
            text = getattr(self, name)
            if not text:
                self.problems[name] = "empty"
            elif len(text) > most:
                self.problems[name] = "too_long"
            elif not text.isprintable():
                self.problems[name] = "unprintable"
        if self.source_date and _day(self.source_date) is None:
            self.problems["source_date"] = "no_date"


def ask_check(store: Store, actor: Actor, upload: Upload, reading: DemandReading, now: datetime) -> Job:
    """Ask what a file would make."""
    parameters = {"upload": upload.token, "reading": reading_document(reading)}
    return desk.submit(store, actor, DEMAND_CHECK, parameters, now)


def ask_save(store: Store, actor: Actor, check_id: int, draft: LayerDraft, now: datetime) -> Job:
    """Ask for a checked file to become a layer; whoever asks twice gets the same job.

    Raises
    ------
    CheckClosed
        The check is not done.
    ValueError
        The draft has problems.
    """
    if draft.problems:
        raise ValueError(draft.problems)
    check = desk.job_of(store, actor, check_id)
    under_way = save_of(store, check)
    if under_way is not None:
        return under_way
    if check.kind != DEMAND_CHECK or check.state is not JobState.DONE or check.account_id != actor.account_id:
        raise CheckClosed
    parameters = {
        "check": check_id,
        "title": draft.title,
        "source": draft.source,
        "source_date": draft.source_date or None,
        "groups": _known_groups(draft.groups),
    }
    return desk.submit(store, actor, DEMAND_SAVE, parameters, now)


def save_of(store: Store, check: Job) -> Job | None:
    """The job that makes the layer of a check, or did, unless it came to nothing."""
    with store.reading() as reader:
        later = reader.jobs.latest(kinds=(DEMAND_SAVE,), account_id=check.account_id, limit=_FOLLOWERS_LOOKED_AT)
    gone_wrong = {JobState.FAILED, JobState.CANCELLED}
    return next((job for job in later if job.parameters.get("check") == check.id and job.state not in gone_wrong), None)


def demand_jobs_of(store: Store, actor: Actor, limit: int) -> tuple[Job, ...]:
    """The actor's latest checks and savings, newest first."""
    with store.reading() as reader:
        return reader.jobs.latest(kinds=tuple(sorted(DEMAND_JOBS)), account_id=actor.account_id, limit=limit)


def _known_groups(codes: Iterable[str]) -> list[str]:
    wanted = set(codes)
    return [group.value for group in WorkerGroup if group.value in wanted]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
