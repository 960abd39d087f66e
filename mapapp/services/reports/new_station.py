"""Use case: where somebody suggested a site, a station was added; the report says which."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from geodata.reports.report import Report, StateChange
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.cases import InvalidMove, answerable_report
from mapapp.services.rights import Actor
from mapapp.store import Origin, Reader, Store, UnknownStation

NEW_STATION: Final = "new_station"
"""The action of the step; its detail is the station's code."""


def suggested_site(reader: Reader, actor: Actor, tracking: str) -> Report:
    """The suggested site with that tracking code, for somebody who may answer it.

    Raises
    ------
    UnknownReport, Forbidden
    InvalidMove
        It is no suggested site, it repeats another report, or it has its station already.
    """
    found = answerable_report(reader, actor, tracking)
    if found.report.kind is not ReportKind.SUGGEST_SITE:
        raise InvalidMove("Only a suggested site can get a station of its own.", "no_site")
    if found.case.main is not None:
        raise InvalidMove("It repeats another report: answer that one.", "repeats_another")
    if found.case.new_station is not None:
        raise InvalidMove("A station was added for it already.", "has_station")
    return found.report


def link_new_station(store: Store, tracking: str, station_code: str, actor: Actor, now: datetime) -> Report:
    """Write down which station was added where the report suggested one. Its state stays: the answer is its own step.

    Raises
    ------
    UnknownReport, UnknownStation, Forbidden, StoreBusy
    InvalidMove
        As `suggested_site`.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        report = suggested_site(writer, actor, tracking)
        if writer.station(station_code) is None:
            raise UnknownStation(station_code)
        case = writer.reports.case(report.tracking)
        writer.reports.keep_case(report.tracking, replace(case, new_station=station_code))
        step = StateChange(
            at=now,
            from_state=report.state,
            to_state=report.state,
            actor=actor.name,
            action=NEW_STATION,
            detail=station_code,
        )
        return writer.reports.move(report, step)
