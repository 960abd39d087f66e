"""The job ``analyse_coverage``: a run's answer, part by part.

``run`` is the number of the run it computes. Each part is kept as soon as it is there, so that its page can show it;
the last one is kept in the transaction that marks the job done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any

from geodata.errors import InvalidValue
from geodata.siting.interventions import intervention_of
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.planning.answer import answer_stages
from mapapp.services.planning.answer_parts import Part
from mapapp.services.planning.ground import GroundKeeper
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document, findings_of
from mapapp.services.rights import Right
from mapapp.store import Origin, RunCard, RunFindings, UnknownRun, Writer


def analyse_work(run: JobRun) -> Effect:
    """Compute the answer; refused where the run, its layers or its streets are gone."""
    card = _run_of(run)
    try:
        findings = _computed(run, card)
    except InvalidValue as error:
        if error.code == "too_many_pairs":
            raise JobRefused(
                "too_many_pairs",
                "这个范围内的驿站与需求格太多，服务器放不下。请缩小距离或时间，或减少需求图层。",
                "Within this limit there are too many stations and cells to fit. Choose a smaller one.",
            ) from error
        raise JobRefused(
            f"cannot_answer_{error.code}"[:60],
            "这个问题现在无法计算：需求图层、街道数据或驿站已有变动，请重新提问。",
            "This question cannot be answered now: a demand layer, the streets or a station changed. Ask it anew.",
        ) from error
    except NoDemandLayer as error:
        raise JobRefused("no_demand", "没有需求图层。", "There is no demand layer.") from error

    def keep(writer: Writer) -> Mapping[str, Any]:
        actor_of(writer, run.job, Right.RUN_ANALYSES)
        if writer.planning.find(card.id) is None:
            raise _gone()
        writer.planning.save(card.id, findings, run.workshop.now())
        return {"run": card.id}

    return keep


def _computed(run: JobRun, card: RunCard) -> RunFindings:
    workshop, began_s = run.workshop, perf_counter()
    run.progress("reading")
    question = PlanningQuestion.from_document(card.question)
    interventions = tuple(intervention_of(each) for each in card.interventions)
    ground = GroundKeeper(workshop.store, workshop.place, workshop.settings).current()
    findings: RunFindings | None = None
    for number, found in enumerate(answer_stages(question, ground, interventions, run.progress), start=1):
        if findings is not None:
            _keep_part(run, card, findings, workshop.now())
        findings = findings_of(found, answer_document(found), perf_counter() - began_s)
        run.progress("analysing", number, len(Part))
    assert findings is not None  # noqa: S101 - an answer has parts
    return findings


def _keep_part(run: JobRun, card: RunCard, findings: RunFindings, now: datetime) -> None:
    """Let the page show what there is, as long as the job is still this worker's."""
    with run.workshop.store.writing(Origin.COMMAND, at=now) as writer:
        writer.jobs.hold(run.job.lease)
        writer.planning.save(card.id, findings, now)


def _run_of(run: JobRun) -> RunCard:
    with run.workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.RUN_ANALYSES)
        try:
            return reader.planning.get(int(run.parameters["run"]))
        except UnknownRun:
            raise _gone() from None


def _gone() -> JobRefused:
    return JobRefused("no_run", "这次分析已被删除。", "This run was deleted.")
