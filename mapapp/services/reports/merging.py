"""Use case: a report that says what another one said already goes along with it.

Its sender keeps the own tracking code and reads there what is answered to the other. It stays a report of
its own for the rule of the locked door, which counts people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from geodata.reports.report import Report
from mapapp.services.reports.answering import follow
from mapapp.services.reports.cases import Found, InvalidMove, answerable_report, note_step, require_seen
from mapapp.services.rights import Actor
from mapapp.store import Origin, Reader, Store, Writer

MERGED: Final = "merged"
"""The action of the step of a report that repeats another; its detail is that one's tracking code."""
TAKEN_IN: Final = "taken_in"
"""The action of the step of the other; its detail is the tracking code of the one that repeats it."""
SPLIT: Final = "split"
"""The action of both steps when the two are told apart again."""


def merge_report(
    store: Store, tracking: str, main: str, actor: Actor, now: datetime, *, expected_version: int | None = None
) -> Report:
    """Let a report repeat ``main``, or the one that ``main`` repeats; what repeats it goes with it. The main one.

    Raises
    ------
    UnknownReport
        No report has one of the codes.
    InvalidMove
        Both are the same report, or they are not about the same station, nor both suggested sites.
    Forbidden
        The actor does not answer reports of both districts.
    StaleReport
        Somebody did something with the report since ``expected_version``.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        found = answerable_report(writer, actor, tracking)
        target = answerable_report(writer, actor, main)
        if target.case.main is not None:
            target = answerable_report(writer, actor, target.case.main)
        _refuse_pair(found, target)
        report, other = found.report, target.report
        if found.case.main == other.tracking:
            return other
        require_seen(report, expected_version)
        if found.case.main is not None:
            former = answerable_report(writer, actor, found.case.main).report
            note_step(writer, former, SPLIT, report.tracking, actor, now)
        for code in (report.tracking, *found.case.repeated_by):
            case = writer.reports.case(code)
            writer.reports.keep_case(code, replace(case, main=other.tracking, assignee_id=None, outcome=""))
        grown = note_step(writer, other, TAKEN_IN, report.tracking, actor, now)
        merged = note_step(writer, report, MERGED, other.tracking, actor, now)
        for code in (merged.tracking, *found.case.repeated_by):
            _go_along(writer, code, grown)
        return grown


def split_report(
    store: Store, tracking: str, actor: Actor, now: datetime, *, expected_version: int | None = None
) -> Report:
    """Let a report stand for itself again, in the state and with the reply it has; without a main one, nothing.

    Raises
    ------
    UnknownReport
        No report has that code.
    Forbidden
        The actor does not answer reports of its district.
    StaleReport
        Somebody did something with it since ``expected_version``.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        found = answerable_report(writer, actor, tracking)
        if found.case.main is None:
            return found.report
        require_seen(found.report, expected_version)
        main = answerable_report(writer, actor, found.case.main).report
        writer.reports.keep_case(found.report.tracking, replace(found.case, main=None))
        note_step(writer, main, SPLIT, found.report.tracking, actor, now)
        return note_step(writer, found.report, SPLIT, main.tracking, actor, now)


def possible_mains(reader: Reader, found: Found, limit: int = 20) -> tuple[Report, ...]:
    """Reports that this one may repeat, oldest first: those still worked on about the same station."""
    if found.report.station_code is None:
        return ()
    reports = reader.reports.all(station_code=found.report.station_code, limit=5 * limit)
    mains = [
        report
        for report in reports
        if report.tracking != found.report.tracking
        and not report.state.is_closed
        and report.tracking not in found.case.repeated_by
    ]
    return tuple(reversed(mains[:limit]))


def _refuse_pair(found: Found, target: Found) -> None:
    if found.report.tracking == target.report.tracking:
        raise InvalidMove("A report cannot repeat itself.", "itself")
    if found.report.station_code != target.report.station_code:
        raise InvalidMove("They are not about the same station.", "other_station")


def _go_along(writer: Writer, code: str, main: Report) -> None:
    """Give the report the state and reply of the main one, where they differ."""
    report = writer.reports.find(code)
    assert report is not None  # noqa: S101 - found a moment ago, in the same transaction
    has_other_reply = bool(main.public_reply) and report.public_reply != main.public_reply
    if report.state is not main.state or has_other_reply:
        follow(writer, code, main, main.history[-1])
