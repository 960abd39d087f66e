"""What staff find before they do anything with a report: it, where it is, and whether it is theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from geodata.reports.report import Report, StateChange
from geodata.reports.tracking import read_tracking
from mapapp.services.rights import Actor, Forbidden, Right, may_answer, may_read_report, require
from mapapp.store import Reader, ReportCase, Writer


class UnknownReport(LookupError):
    """No report with that tracking code."""


class InvalidMove(ValueError):
    """A report cannot take that step.

    Attributes
    ----------
    code : str
        ``no_such_step``, ``repeats_another``, ``no_such_edit``, ``no_site``, ``no_such_colleague``, ``itself``,
        ``other_station``, ``has_station``; ``reply`` or ``reason`` with ``_too_long`` or ``_control_characters``.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class StaleReport(RuntimeError):
    """Somebody did something with the report since.

    Attributes
    ----------
    report : Report
        As it is now.
    since : tuple[StateChange, ...]
        What was done, oldest first.
    """

    def __init__(self, report: Report, expected_version: int) -> None:
        super().__init__(f"The report is at step {report.version}, not {expected_version}.")
        self.report = report
        self.since = report.history[max(expected_version, 0) :]


@dataclass(frozen=True, slots=True)
class Found:
    """A report with its case and the district it is in now."""

    report: Report
    case: ReportCase = field(repr=False)
    district_code: str | None


def found_report(reader: Reader, tracking: str) -> Found:
    """The report with that tracking code, however it is written.

    Raises
    ------
    UnknownReport
        No report has it.
    """
    report = reader.reports.find(read_tracking(tracking) or "")
    if report is None:
        raise UnknownReport("There is no such report.")
    case = reader.reports.case(report.tracking)
    station = reader.station(report.station_code) if report.station_code is not None else None
    return Found(report, case, station.district_code if station is not None else case.district_code)


def readable_report(reader: Reader, actor: Actor, tracking: str) -> Found:
    """The report, for somebody who may read it.

    Raises
    ------
    UnknownReport
        There is none.
    Forbidden
        It is another district's.
    """
    require(actor, Right.READ_REPORTS)
    found = found_report(reader, tracking)
    if not may_read_report(actor, found.district_code):
        raise Forbidden(actor, Right.READ_REPORTS, code="district")
    return found


def answerable_report(reader: Reader, actor: Actor, tracking: str) -> Found:
    """The report, for somebody who may answer it. Ask within the writing transaction.

    Raises
    ------
    UnknownReport
        There is none.
    Forbidden
        It is another district's.
    """
    require(actor, Right.ANSWER_REPORTS)
    found = found_report(reader, tracking)
    if not may_answer(actor, found.district_code):
        raise Forbidden(actor, Right.ANSWER_REPORTS, code="district")
    return found


def require_seen(report: Report, expected_version: int | None) -> None:
    """Refuse a step of somebody who has not seen all there were; None asks for no number.

    What would change nothing is let pass before: a click too many is no other person's work.

    Raises
    ------
    StaleReport
        The report has taken other steps than ``expected_version`` of them.
    """
    if expected_version is not None and report.version != expected_version:
        raise StaleReport(report, expected_version)


def note_step(writer: Writer, report: Report, action: str, detail: str, actor: Actor, now: datetime) -> Report:
    """Write down a step that moves nothing and is staff's own affair; the report after it."""
    step = StateChange(
        at=now, from_state=report.state, to_state=report.state, actor=actor.name, action=action, detail=detail
    )
    return writer.reports.move(report, step)
