"""Use case: staff read reports, move them on with a reply, and end locked-door warnings."""

from __future__ import annotations

from datetime import datetime

from geodata.reports.report import MAX_TEXT_CHARS, Report, StateChange
from geodata.reports.tracking import read_tracking
from geodata.reports.vocabulary import ReportState
from mapapp.services.reports.door import note_change, standing_warning
from mapapp.store import Origin, Store, UnknownStation


class UnknownReport(LookupError):
    """No report with that tracking code."""


class InvalidMove(ValueError):
    """A report cannot take that step.

    Attributes
    ----------
    code : str
        ``no_such_step`` or ``reply_too_long``.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


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
    store: Store, tracking: str, to: ReportState, reply: str, actor: str, reason: str, now: datetime
) -> Report:
    """Move a report to another state, with the reply that its sender reads from then on.

    To the state it is in already: only the reply changes.

    Raises
    ------
    UnknownReport
        No report has that code.
    InvalidMove
        There is no way from its state to that one, or the reply is too long.
    """
    reply = reply.strip()
    if len(reply) > MAX_TEXT_CHARS:
        raise InvalidMove(f"A reply has at most {MAX_TEXT_CHARS} characters.", "reply_too_long")
    with store.writing(Origin.COMMAND, at=now) as writer:
        report = writer.reports.find(read_tracking(tracking) or "")
        if report is None:
            raise UnknownReport(f"There is no report {tracking}.")
        if to is not report.state and to not in report.state.next_states:
            raise InvalidMove(f"A report that is {report.state.en} cannot become {to.en}.", "no_such_step")
        change = StateChange(at=now, from_state=report.state, to_state=to, actor=actor, reply=reply, reason=reason)
        return writer.reports.move(report, change)


def end_door_warning(store: Store, station_code: str, actor: str, reason: str, now: datetime) -> bool:
    """Let everything reported of the station's door so far count no more; whether a warning stood.

    Raises
    ------
    UnknownStation
        No station has that code.
    """
    with store.writing(Origin.COMMAND, at=now) as writer:
        if writer.station(station_code) is None:
            raise UnknownStation(station_code)
        before = standing_warning(writer.reports, station_code, now)
        writer.reports.add_clearing(station_code, now, actor=actor, reason=reason)
        note_change(writer, station_code, before, now, actor=actor)
        return before is not None
