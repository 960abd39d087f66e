"""Use case: staff read reports, move them on with a reply, and end locked-door warnings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from geodata.reports.report import MAX_TEXT_CHARS, Report, StateChange, text_problem
from geodata.reports.tracking import read_tracking
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.cases import (
    Found,
    InvalidMove,
    StaleReport,
    UnknownReport,
    answerable_report,
    require_seen,
)
from mapapp.services.reports.door import note_change, standing_warning
from mapapp.services.rights import Actor, Forbidden, Right, may_answer, require
from mapapp.store import CANDIDATE, Origin, Reader, Store, UnknownStation, Writer

__all__ = [
    "Answer",
    "InvalidMove",
    "StaleReport",
    "UnknownReport",
    "end_door_warning",
    "find_report",
    "latest_reports",
    "move_report",
]

MAX_REASON_CHARS: Final = 300
NOTE: Final = "note"
"""The action of a step that only says something to staff."""
WITH_MAIN: Final = "with_main"
"""The action of a step that changes no state, taken because the report it repeats has a new reply."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What staff say to a report.

    Attributes
    ----------
    to
        The state it gets.
    reply
        What its sender reads from then on; empty leaves what they read.
    reason
        For staff.
    solved_by
        The number of the station's revision that answers it; None leaves the one that is noted, 0 takes it away.
    is_candidate
        Whether a suggested site is kept for planners; None leaves it as it is.
    """

    to: ReportState
    reply: str = ""
    reason: str = ""
    solved_by: int | None = None
    is_candidate: bool | None = None


def find_report(store: Store, tracking: str) -> Report | None:
    """The report with that tracking code, however it is written, or None."""
    code = read_tracking(tracking)
    if code is None:
        return None
    with store.reading() as reader:
        return reader.reports.find(code)


def latest_reports(
    store: Store, *, states: tuple[ReportState, ...] = (), station_code: str | None = None, limit: int | None = None
) -> tuple[Report, ...]:
    """Reports, newest first; without states those of every state."""
    with store.reading() as reader:
        return reader.reports.all(states=states, station_code=station_code, limit=limit)


def move_report(
    store: Store,
    tracking: str,
    answer: Answer,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    origin: Origin = Origin.FORM,
) -> Report:
    """Move a report to another state, with the reply that its sender reads from then on.

    To the state it is in already: only the reply changes. The reports that repeat it go with it. The same
    answer sent twice, by a second click, is saved once.

    Raises
    ------
    UnknownReport
        No report has that code.
    InvalidMove
        There is no way from its state to that one, the reply is too long, or it repeats another report.
    Forbidden
        The actor does not answer reports of its district.
    StaleReport
        Somebody did something with it since ``expected_version``.
    """
    answer = replace(answer, reply=answer.reply.strip(), reason=answer.reason.strip())
    _refuse_text("reply", answer.reply, MAX_TEXT_CHARS)
    _refuse_text("reason", answer.reason, MAX_REASON_CHARS)
    with store.writing(origin, at=now) as writer:
        found = answerable_report(writer, actor, tracking)
        if _is_said(found, answer, actor, expected_version):
            return found.report
        require_seen(found.report, expected_version)
        _refuse_step(writer, found, answer)
        report, case = found.report, found.case
        change = StateChange(
            at=now,
            from_state=report.state,
            to_state=answer.to,
            actor=actor.name,
            reply=answer.reply,
            reason=answer.reason,
            action=NOTE if answer.to is report.state and not answer.reply else "",
        )
        stays = case.outcome == CANDIDATE if answer.is_candidate is None else answer.is_candidate
        outcome = CANDIDATE if stays and answer.to is not ReportState.REJECTED else ""
        solved_by = case.solved_by if answer.solved_by is None else answer.solved_by or None
        writer.reports.keep_case(report.tracking, replace(case, outcome=outcome, solved_by=solved_by))
        moved = writer.reports.move(report, change)
        for repeat in case.repeated_by:
            follow(writer, repeat, moved, change)
        return moved


def follow(writer: Writer, repeat: str, main: Report, change: StateChange) -> None:
    """Let a report that repeats ``main`` stand where ``main`` stands, and its sender read the same."""
    report = writer.reports.find(repeat)
    assert report is not None  # noqa: S101 - a foreign key points to it
    step = StateChange(
        at=change.at,
        from_state=report.state,
        to_state=main.state,
        actor=change.actor,
        reply=main.public_reply,
        action="" if report.state is not main.state else WITH_MAIN,
        detail=main.tracking,
    )
    writer.reports.move(report, step)


def end_door_warning(
    store: Store, station_code: str, actor: Actor, reason: str, now: datetime, *, origin: Origin = Origin.FORM
) -> bool:
    """Let everything reported of the station's door so far count no more; whether a warning stood.

    Raises
    ------
    UnknownStation
        No station has that code.
    InvalidMove
        The reason is too long, or no text.
    Forbidden
        The actor does not answer reports of its district.
    """
    require(actor, Right.ANSWER_REPORTS)
    _refuse_text("reason", reason, MAX_REASON_CHARS)
    with store.writing(origin, at=now) as writer:
        station = writer.station(station_code)
        if station is None:
            raise UnknownStation(station_code)
        if not may_answer(actor, station.district_code):
            raise Forbidden(actor, Right.ANSWER_REPORTS, code="district")
        before = standing_warning(writer.reports, station_code, now)
        writer.reports.add_clearing(station_code, now, actor=actor.name, reason=reason)
        note_change(writer, station_code, before, now, actor=actor.name)
        return before is not None


def _refuse_text(name: str, text: str, limit: int) -> None:
    problem = text_problem(text, limit)
    if problem:
        what = f"has at most {limit} characters" if problem == "too_long" else "has no control characters"
        raise InvalidMove(f"A {name} {what}.", f"{name}_{problem}")


def _is_said(found: Found, answer: Answer, actor: Actor, expected_version: int | None) -> bool:
    """Whether the one step since that version is this very answer, by the same person."""
    report, case = found.report, found.case
    if expected_version is None or report.version != expected_version + 1:
        return False
    last = report.history[-1]
    return (
        (last.actor, last.to_state, last.reply, last.reason) == (actor.name, answer.to, answer.reply, answer.reason)
        and last.action in {"", NOTE}
        and answer.solved_by in {None, case.solved_by or 0}
        and answer.is_candidate in {None, case.outcome == CANDIDATE}
    )


def _refuse_step(reader: Reader, found: Found, answer: Answer) -> None:
    """Raise what stands against the step."""
    report = found.report
    if found.case.main is not None:
        raise InvalidMove("It repeats another report: answer that one.", "repeats_another")
    if answer.to is not report.state and answer.to not in report.state.next_states:
        raise InvalidMove(f"A report that is {report.state.en} cannot become {answer.to.en}.", "no_such_step")
    if answer.is_candidate and report.kind is not ReportKind.SUGGEST_SITE:
        raise InvalidMove("Only a suggested site can be a candidate.", "no_site")
    if answer.solved_by:
        numbers = {revision.number for revision in reader.revisions(report.station_code or "")}
        if answer.solved_by not in numbers:
            raise InvalidMove("The station has no such revision.", "no_such_edit")
