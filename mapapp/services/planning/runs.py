"""Use case: planners' questions are answered, and what they keep is listed, renewed, compared and deleted.

Whoever runs analyses sees every run; only its maker (and administrators) renames or deletes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from mapapp.services.planning import footprints
from mapapp.services.planning.analysing import Asked
from mapapp.services.planning.answer import PlanningAnswer, answer
from mapapp.services.planning.footprints import KeptFootprint
from mapapp.services.planning.ground import GroundKeeper, PlanningGround
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document, findings_of
from mapapp.services.planning.version import code_version
from mapapp.services.rights import Actor, Forbidden, Right, require
from mapapp.services.shelf import Shelf
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Origin, Reader, RunCard, RunDraft, RunSort, Store, Writer
from mapapp.store.accounts import Role
from mapapp.store.planning_rows import MAX_TITLE_CHARS

KEPT_ANSWERS: Final = 12
A_MOMENT: Final = timedelta(seconds=30)
"""So long a form that is sent again is taken for the same one."""
MOST_AT_ONCE: Final = 10_000_000
"""Points × stations of a question that is answered in a request; a city of 420 stations has a quarter of it."""
MOST_PAIRS_AT_ONCE: Final = 2_500_000
"""Pairs that a request goes through in about a second (`Asked.pairs_expected`)."""


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
        self._footprints: Shelf[PlanningAnswer, dict[str, Any]] = Shelf(KEPT_ANSWERS)

    def ground(self) -> PlanningGround:
        """What questions are asked of now: stations, streets, demand. Raises NoDemandLayer without any demand."""
        return self._keeper.current()

    def is_quick(self, question: PlanningQuestion) -> bool:
        """Whether it can be answered within a request: along straight lines, in a city, not too far.

        A refusal is quick, too.
        """
        if question.network is not Network.STRAIGHT_LINE:
            return False
        try:
            ground = self.ground()
            demand = ground.demand(question.layers)
            if demand.layer.point_count * len(ground.register.stations) > MOST_AT_ONCE:
                return False
            return Asked(question, ground, demand, ground.register).pairs_expected() <= MOST_PAIRS_AT_ONCE
        except (NoDemandLayer, InvalidValue):
            return True

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
        self,
        actor: Actor,
        question: PlanningQuestion,
        interventions: Sequence[Intervention] = (),
        *,
        to_compare: bool = False,
    ) -> dict[str, Any]:
        """The answer now, as runs keep it, with its footprint if it is to be compared; raises as ``answer``."""
        found = self.answer(actor, question, interventions)
        if not to_compare:
            return answer_document(found)
        footprint = self._footprints.get(found, lambda: KeptFootprint.of(found).document())
        return {**answer_document(found), footprints.KEY: footprint}

    def ask(
        self,
        actor: Actor,
        question: PlanningQuestion,
        *,
        title: str = "",
        interventions: Sequence[Intervention] = (),
    ) -> Run:
        """Keep a run: answered at once when that is quick, else by a job. Sent twice, it is kept once.

        Raises as ``answer``; InvalidValue for a title that is too long or unprintable; Forbidden for a machine, and
        TooManyJobs (`jobs.desk`) where a job is needed and too many of the actor's wait.
        """
        return self._asked(actor, question, title, interventions)

    def _asked(
        self,
        actor: Actor,
        question: PlanningQuestion,
        title: str,
        interventions: Sequence[Intervention],
        *,
        besides: int | None = None,
    ) -> Run:
        """A run of it; one of the same that the actor made a moment ago is that run, if it is not ``besides``."""
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
                card = _sent_before(writer, draft, now, besides)
                if card is None:
                    card = writer.planning.add(draft, now)
                    writer.planning.save(card.id, findings, now)
        else:
            self.ground().check(question, interventions)
            with self._store.writing(Origin.FORM, at=now) as writer:
                card = _sent_before(writer, draft, now, besides)
                if card is None:
                    card = writer.planning.add(draft, now)
                    job = desk.submitted(writer, actor, ANALYSE_COVERAGE, {"run": card.id}, now)
                    writer.planning.await_job(card.id, job.id)
        return self.run(actor, card.id)

    def known(self, actor: Actor, question: PlanningQuestion) -> Run | None:
        """A finished run that is the answer to a question as the data are now; None where nobody has it."""
        require(actor, Right.RUN_ANALYSES)
        with self._store.reading() as reader:
            revision = reader.data_revision()
            cards = reader.planning.known(question.key, revision, code_version())
        same = (card for card in cards if not card.interventions and self._is_current(card, revision))
        card = next(same, None)
        return None if card is None else self.run(actor, card.id)

    def again(self, actor: Actor, run_id: int) -> Run:
        """The same question asked anew, as another run; raises as ``ask``, and UnknownRun."""
        run = self.run(actor, run_id)
        return self._asked(actor, run.question, run.card.title, run.interventions, besides=run_id)

    def run(self, actor: Actor, run_id: int, *, with_document: bool = True) -> Run:
        """One run; raises Forbidden or UnknownRun."""
        require(actor, Right.RUN_ANALYSES)
        with self._store.reading() as reader:
            card = reader.planning.get(run_id)
            document = reader.planning.result(run_id) if with_document else None
            job = _job(reader, card)
            revision = reader.data_revision()
        return Run(
            card=card,
            state=_state(card, job),
            document=document,
            job=job,
            is_current=self._is_current(card, revision),
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
                state=_state(card, job := _own_job(card, jobs.get(card.job_id or 0))),
                document=None,
                job=job,
                is_current=self._is_current(card, revision),
                may_change=_may_change(actor, card),
            )
            for card in cards
        ), count

    def _is_current(self, card: RunCard, revision: int) -> bool:
        """Whether the same data, and of a run along streets the same streets, would answer again."""
        is_along_streets = card.network_checksum != ""
        return card.data_revision == revision and (
            not is_along_streets or card.network_checksum == self._keeper.streets_checksum()
        )

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
            _cancel_job(writer, card, now)
            writer.planning.remove(run_id)

    def cancel(self, actor: Actor, run_id: int) -> None:
        """Ask for the computing of a run of the actor's to end; raises Forbidden or UnknownRun."""
        now = self._clock()
        with self._store.writing(Origin.FORM, at=now) as writer:
            card = writer.planning.get(run_id)
            _require_change(actor, card)
            _cancel_job(writer, card, now)


def _title(title: str) -> str:
    words = " ".join(title.split())
    if len(words) > MAX_TITLE_CHARS:
        raise InvalidValue(f"A title has at most {MAX_TITLE_CHARS} characters.", field="title", code="too_long")
    if not words.isprintable():
        raise InvalidValue("A title is plain text.", field="title", code="unprintable")
    return words


def _sent_before(writer: Writer, draft: RunDraft, now: datetime, besides: int | None) -> RunCard | None:
    """The run that the same form made a moment ago: writers wait for each other, so a double click makes one."""
    newest = None if draft.account_id is None else writer.planning.newest_of(draft.account_id)
    if newest is None or newest.id == besides or now - newest.created_at > A_MOMENT:
        return None
    if _state(newest, _job(writer, newest)) in {RunState.FAILED, RunState.CANCELLED}:
        return None
    is_same = (
        (newest.question_key, newest.title, newest.code_version)
        == (draft.question_key, draft.title, draft.code_version)
        and [dict(each) for each in newest.interventions] == [dict(each) for each in draft.interventions]
        and newest.data_revision in {None, writer.data_revision()}
    )
    return newest if is_same else None


def _job(reader: Reader, card: RunCard) -> Job | None:
    return None if card.job_id is None else _own_job(card, reader.jobs.find(card.job_id))


def _own_job(card: RunCard, job: Job | None) -> Job | None:
    """The job with the run's number, if it is the run's: the number of a forgotten job may be given again."""
    is_own = job is not None and job.kind == ANALYSE_COVERAGE and job.parameters.get("run") == card.id
    return job if is_own else None


def _cancel_job(writer: Writer, card: RunCard, now: datetime) -> None:
    """Let nobody go on computing the run."""
    job = None if card.is_whole else _job(writer, card)
    if job is not None:
        writer.jobs.ask_cancel(job.id, now)


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
