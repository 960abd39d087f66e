"""The job ``plan_interventions``: greedy, then exchanges, then HiGHS; the best so far is kept after each.

Its parameter is ``request`` (`PlanRequest.to_document`). What was reached before it was cancelled stays as results of
the topic ``partial``; its result is the document of `plan_making`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from geodata.errors import InvalidValue
from geodata.siting.effort import Effort, Progress
from geodata.siting.intervention_plan import Plan
from geodata.siting.interventions import InterventionKind
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs import desk
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.planning.ground import GroundKeeper
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import PlanDesk, Prepared, better_of
from mapapp.services.rights import Actor, Right
from mapapp.store import Job, JobResult, Origin, Store, Writer

PARTIAL: Final = "partial"
_QUICK_S: Final = 1.0
_BOUND_S: Final = 0.5
_HEURISTIC_SHARE: Final = 0.25
_OUTLOOK_S: Final = 6.0
_LOOKED_BACK: Final = 10


def ask_plan(store: Store, actor: Actor, request: PlanRequest, now: datetime) -> Job:
    """Ask for a request to be planned for as long as it says; who asks twice gets the same job."""
    return desk.submit(store, actor, PLAN_INTERVENTIONS, {"request": request.to_document()}, now)


def plan_of(store: Store, actor: Actor, job: Job) -> Mapping[str, Any] | None:
    """What a job of the actor's reached: its result, else the best it kept; None while there is nothing."""
    if job.result:
        return job.result
    page = desk.results_of(store, actor, job.id, topics=(PARTIAL,), limit=100)
    return page.rows[-1].document if page.rows else None


def costs_of_last(store: Store, actor: Actor) -> Mapping[InterventionKind, float]:
    """The costs the actor worked with last, in a search or a kept scenario; empty where they never did."""
    if actor.account_id is None:
        return {}
    with store.reading() as reader:
        jobs = reader.jobs.latest(kinds=(PLAN_INTERVENTIONS,), account_id=actor.account_id, limit=_LOOKED_BACK)
        kept = reader.scenarios.of_account(actor.account_id, limit=_LOOKED_BACK)
    found = [(job.created_at, job.parameters.get("request")) for job in jobs]
    found += [(scenario.created_at, scenario.details.get("request")) for scenario in kept]
    for _at, document in sorted(found, key=lambda each: each[0], reverse=True):
        costs = document.get("costs") if isinstance(document, Mapping) else None
        if costs:
            return {kind: float(costs[kind.value]) for kind in InterventionKind if kind.value in costs}
    return {}


@dataclass(slots=True)
class _Search:
    """One attempt: tells how far it is, keeps what it has, and stops when it is told to."""

    run: JobRun
    prepared: Prepared
    started_s: float

    def tell(self, progress: Progress) -> None:
        self.look(progress.stage)

    def look(self, phase: str) -> None:
        limit_s = self.prepared.request.time_limit_s
        self.run.progress(phase, min(int(time.monotonic() - self.started_s), limit_s), limit_s)

    def is_cancelled(self) -> bool:
        """Asked by the solver's own threads: nothing may be raised there."""
        signals = self.run.signals
        return signals.is_cancelled or signals.is_lost or signals.is_stopping

    def effort(self, seconds: float) -> Effort:
        # Stopping is asked for by `cancelled`; an exception out of a solver's callback would be lost there.
        return Effort(time_limit_s=max(seconds, 0.05), cancelled=self.is_cancelled, tell=self._quietly)

    def _quietly(self, progress: Progress) -> None:
        if not self.is_cancelled():
            self.tell(progress)

    def keep(self, plan: Plan) -> None:
        """Write the best so far down, in a transaction of its own; the job's effect does not hang on it."""
        job = self.run.job
        document = self.prepared.document(plan, time.monotonic() - self.started_s)
        with self.run.workshop.store.writing(Origin.FORM, at=self.run.workshop.now()) as writer:
            writer.jobs.hold(job.lease)  # whoever lost the job to another worker keeps nothing
            number = writer.jobs.last_number(job.id) + 1  # an attempt that was given back has left its own
            writer.jobs.add_results(job.id, [JobResult(number, PARTIAL, document)])


def plan_work(run: JobRun) -> Effect:
    """Plan as long as the request allows; cancelled, what was kept stays."""
    prepared = _prepared(run)
    started_s = time.monotonic()
    search = _Search(run, prepared, started_s)
    limit_s = float(prepared.request.time_limit_s)
    search.look("greedy")
    best = prepared.run.solve(search.effort(min(_QUICK_S, limit_s / 4)), exact=False)
    best = prepared.run.bounded(best, search.effort(_BOUND_S))
    search.keep(best)
    search.look("swap")
    if not best.solution.proven and best.solution.objective is not None:
        longer = prepared.run.solve(search.effort(min(limit_s * _HEURISTIC_SHARE, 20.0)), exact=False)
        best = better_of(longer, best)
        search.keep(best)  # before anything that may find that the search was stopped
        search.look("swap")
    if not best.solution.proven:
        search.look("highs")
        kept_s = min(_OUTLOOK_S / 2, limit_s / 10)
        left_s = limit_s - (time.monotonic() - started_s) - kept_s
        best = better_of(prepared.run.solve(search.effort(left_s), exact=True), best)
        search.keep(best)
        search.look("highs")
    search.look("outlook")
    best = prepared.run.with_outlook(best, search.effort(_OUTLOOK_S))
    search.look("keeping")
    result = prepared.document(best, time.monotonic() - started_s)

    def keep(writer: Writer) -> Mapping[str, Any]:
        actor_of(writer, run.job, Right.RUN_ANALYSES)
        return result

    return keep


def _prepared(run: JobRun) -> Prepared:
    workshop = run.workshop
    with workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.RUN_ANALYSES)
    run.progress("reading")
    try:
        request = PlanRequest.from_document(run.parameters.get("request"))
        ground = GroundKeeper(workshop.store, workshop.place, workshop.settings).current()
        return PlanDesk(workshop.store, workshop.settings).prepared(request, ground, run.job.account_id)
    except NoDemandLayer as error:
        raise JobRefused("no_demand", "还没有劳动者分布数据。", "There is no data on where workers are.") from error
    except InvalidValue as error:
        raise JobRefused(
            "bad_request", "现在无法按这些条件规划，请检查后重试。", f"This cannot be planned now: {error}"
        ) from error
