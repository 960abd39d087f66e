"""Use case: planners' questions are answered, and what they keep is listed, renewed, compared and deleted.

Whoever runs analyses sees every run; only its maker (and administrators) renames or deletes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import perf_counter
from typing import Any, Final

from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.siting.interventions import Intervention, intervention_document, intervention_of
from geodata.travel.pairs import Network
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import ANALYSE_COVERAGE
from mapapp.services.planning.answer import PlanningAnswer, answer
from mapapp.services.planning.ground import GroundKeeper, PlanningGround
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document, findings_of
from mapapp.services.planning.version import code_version
from mapapp.services.rights import Actor, Forbidden, Right, require
from mapapp.services.shelf import Shelf
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Origin, Reader, RunCard, RunDraft, RunSort, Store, UnknownJob
from mapapp.store.accounts import Role
from mapapp.store.planning_rows import MAX_TITLE_CHARS

KEPT_ANSWERS: Final = 12
MOST_AT_ONCE: Final = 10_000_000
"""Points × stations of a question that is answered in a request; a city of 420 stations has a quarter of it."""


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run with what came of it so far.

    ``document`` is `answer_document`'s; None while there is nothing, partial (see its ``parts``) while ``state`` is not
    done. ``job`` is the one that computes it; None for a run answered at once, or where the job is forgotten.
    ``is_current``: asked again, the same data would answer.
    """

    card: RunCard
    state: RunState
    document: Mapping[str, Any] | None
    job: Job | None
    is_current: bool
    may_change: bool

    @property
    def question(self) -> PlanningQuestion:
        """What was asked."""
        return PlanningQuestion.from_document(self.card.question)

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """What the register was taken to have changed."""
        return tuple(intervention_of(each) for each in self.card.interventions)


class RunDesk:
    """Where planners' questions of one process are answered. Safe between threads."""

    def __init__(
        self,
        store: Store,
        place: Place,
        settings: Settings,
        clock: Callable[[], datetime],
        stopwatch: Callable[[], float] = perf_counter,
    ) -> None:
        self._store = store
        self._clock = clock
        self._stopwatch = stopwatch
        self._keeper = GroundKeeper(store, place, settings)
        self._answers: Shelf[tuple[PlanningGround, str, tuple[Intervention, ...]], PlanningAnswer] = Shelf(KEPT_ANSWERS)

    def ground(self) -> PlanningGround:
        """What questions are asked of now: stations, streets, demand. Raises NoDemandLayer without any demand."""
        return self._keeper.current()

    def is_quick(self, question: PlanningQuestion) -> bool:
        """Whether it can be answered within a request: along straight lines, in a city. A refusal is quick, too."""
        if question.network is not Network.STRAIGHT_LINE:
            return False
        try:
            ground = self.ground()
            point_count = ground.demand(question.layers).layer.point_count
        except (NoDemandLayer, InvalidValue):
            return True
        return point_count * len(ground.register.stations) <= MOST_AT_ONCE

    def answer(
        self, actor: Actor, question: PlanningQuestion, interventions: Sequence[Intervention] = ()
    ) -> PlanningAnswer:
        """The answer now, whatever it takes; the same object for the same question while it is kept.

        Raises
        ------
        Forbidden
            The actor runs no analyses.
        NoDemandLayer
            There is nobody to be covered.
        InvalidValue
            A layer is gone, no streets are loaded, or an intervention cannot be made.
        """
        require(actor, Right.RUN_ANALYSES)
        ground, changes = self.ground(), tuple(interventions)
        key = (ground, question.key, changes)
        return self._answers.get(key, lambda: answer(question, ground, changes))

    def document(
        self, actor: Actor, question: PlanningQuestion, interventions: Sequence[Intervention] = ()
    ) -> dict[str, Any]:
        """The answer now, as runs keep it; raises as ``answer``."""
        return answer_document(self.answer(actor, question, interventions))

    def ask(
        self,
        actor: Actor,
        question: PlanningQuestion,
        *,
        title: str = "",
        interventions: Sequence[Intervention] = (),
    ) -> Run:
        """Keep a run: answered at once when that is quick, else by a job.

        Raises as ``answer``; InvalidValue for a title that is too long or unprintable; Forbidden for a machine, and
        TooManyJobs (`jobs.desk`) where a job is needed and too many of the actor's wait.
        """
        require(actor, Right.RUN_ANALYSES)
        draft = RunDraft(
            title=_title(title),
            question=question.to_document(),
            question_key=question.key,
            interventions=tuple(intervention_document(each) for each in interventions),
            code_version=code_version(),
            created_by=actor.name,
            account_id=actor.account_id,
        )
        now = self._clock()
        if self.is_quick(question):
            began_s = self._stopwatch()
            found = self.answer(actor, question, interventions)
            findings = findings_of(found, answer_document(found), self._stopwatch() - began_s)
            with self._store.writing(Origin.FORM, at=now) as writer:
                card = writer.planning.add(draft, now)
                writer.planning.save(card.id, findings, now)
        else:
            self.ground().check(question, interventions)
            with self._store.writing(Origin.FORM, at=now) as writer:
                card = writer.planning.add(draft, now)
                job = desk.submitted(writer, actor, ANALYSE_COVERAGE, {"run": card.id}, now)
                writer.planning.await_job(card.id, job.id)
        return self.run(actor, card.id)

    def again(self, actor: Actor, run_id: int) -> Run:
        """The same question asked anew, as another run; raises as ``ask``, and UnknownRun."""
        run = self.run(actor, run_id)
        return self.ask(actor, run.question, title=run.card.title, interventions=run.interventions)

    def run(self, actor: Actor, run_id: int, *, with_document: bool = True) -> Run:
        """One run; raises Forbidden or UnknownRun."""
        require(actor, Right.RUN_ANALYSES)
        with self._store.reading() as reader:
            card = reader.planning.get(run_id)
            document = reader.planning.result(run_id) if with_document else None
            job = _job(reader, card)
            is_current = card.data_revision == reader.data_revision()
        return Run(
            card=card,
            state=_state(card, job),
            document=document,
            job=job,
            is_current=is_current,
            may_change=_may_change(actor, card),
        )

    def runs(
        self,
        actor: Actor,
        *,
        sort: RunSort = RunSort.CREATED_AT,
        descending: bool = True,
        offset: int = 0,
        limit: int = 50,
        own: bool = False,
        words: str = "",
    ) -> tuple[tuple[Run, ...], int]:
        """A page of the runs without their documents, and how many there are; raises Forbidden."""
        require(actor, Right.RUN_ANALYSES)
        account_id = (actor.account_id or 0) if own else None
        with self._store.reading() as reader:
            cards, count = reader.planning.page(
                sort=sort, descending=descending, offset=offset, limit=limit, account_id=account_id, words=words
            )
            jobs = reader.jobs.several([card.job_id for card in cards if card.job_id is not None])
            revision = reader.data_revision()
        return tuple(
            Run(
                card=card,
                state=_state(card, job := jobs.get(card.job_id or 0)),
                document=None,
                job=job,
                is_current=card.data_revision == revision,
                may_change=_may_change(actor, card),
            )
            for card in cards
        ), count

    def rename(self, actor: Actor, run_id: int, title: str) -> None:
        """Give a run of the actor's another title; raises Forbidden, UnknownRun or InvalidValue."""
        wanted = _title(title)
        with self._store.writing(Origin.FORM, at=self._clock()) as writer:
            _require_change(actor, writer.planning.get(run_id))
            writer.planning.rename(run_id, wanted)

    def delete(self, actor: Actor, run_id: int) -> None:
        """Delete a run of the actor's, and cancel its job; raises Forbidden or UnknownRun."""
        now = self._clock()
        with self._store.writing(Origin.FORM, at=now) as writer:
            card = writer.planning.get(run_id)
            _require_change(actor, card)
            if _job(writer, card) is not None and card.job_id is not None and not card.is_whole:
                writer.jobs.ask_cancel(card.job_id, now)
            writer.planning.remove(run_id)

    def cancel(self, actor: Actor, run_id: int) -> None:
        """Ask for the computing of a run of the actor's to end; raises Forbidden or UnknownRun."""
        now = self._clock()
        with self._store.writing(Origin.FORM, at=now) as writer:
            card = writer.planning.get(run_id)
            _require_change(actor, card)
            if _job(writer, card) is not None and card.job_id is not None:
                writer.jobs.ask_cancel(card.job_id, now)


def _title(title: str) -> str:
    words = " ".join(title.split())
    if len(words) > MAX_TITLE_CHARS:
        raise InvalidValue(f"A title has at most {MAX_TITLE_CHARS} characters.", field="title", code="too_long")
    if not words.isprintable():
        raise InvalidValue("A title is plain text.", field="title", code="unprintable")
    return words


def _job(reader: Reader, card: RunCard) -> Job | None:
    if card.job_id is None:
        return None
    try:
        return reader.jobs.get(card.job_id)
    except UnknownJob:
        return None


def _state(card: RunCard, job: Job | None) -> RunState:
    if card.is_whole:
        return RunState.DONE
    if job is None or job.state is JobState.DONE:
        return RunState.FAILED
    return RunState(job.state.value)


def _may_change(actor: Actor, card: RunCard) -> bool:
    return actor.role is Role.ADMIN or (actor.account_id is not None and actor.account_id == card.account_id)


def _require_change(actor: Actor, card: RunCard) -> None:
    require(actor, Right.RUN_ANALYSES)
    if not _may_change(actor, card):
        raise Forbidden(actor, Right.RUN_ANALYSES, code="not_yours")
