"""Use case: staff look through the reports of their districts, and planners through the sites suggested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from geodata.reports.door_warning import DoorWarning
from geodata.reports.report import Report
from geodata.stations.station import Station
from mapapp.services.reports.assigning import colleagues
from mapapp.services.reports.cases import Found, readable_report
from mapapp.services.reports.door import standing_warning
from mapapp.services.reports.merging import possible_mains
from mapapp.services.rights import Actor, Right, may_answer, report_districts, require
from mapapp.store import Reader, ReportRow, ReportsQuestion, Revision, Store
from mapapp.store.accounts import Account

MOST_EDITS: Final = 10


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """Everything about one report that the one who opened it may see.

    Attributes
    ----------
    report
        Without the contact where ``may_answer`` is False.
    station
        As it stands in the register; None for a suggested site.
    assignee
        Who sees to it.
    colleagues
        Who could.
    edits
        The station's latest revisions, newest first: one of them may have answered the report.
    possible_mains
        Reports it may repeat.
    warning
        The locked-door warning that stands at the station.
    new_station
        The station that was added where it suggests one, if it is still there.
    """

    report: Report
    found: Found
    station: Station | None
    assignee: Account | None
    colleagues: tuple[Account, ...]
    edits: tuple[Revision, ...]
    possible_mains: tuple[Report, ...]
    warning: DoorWarning | None
    may_answer: bool
    new_station: Station | None = None


def reports_page(store: Store, actor: Actor, question: ReportsQuestion) -> tuple[tuple[ReportRow, ...], int]:
    """A page of the reports of the actor's districts, and how many match in all.

    Raises
    ------
    Forbidden
        The actor reads no reports.
    """
    require(actor, Right.READ_REPORTS)
    with store.reading() as reader:
        return reader.reports.page(replace(question, within=report_districts(actor)))


def open_report(store: Store, actor: Actor, tracking: str, now: datetime) -> OpenedReport:
    """One report, and what is needed to answer it.

    Raises
    ------
    UnknownReport
        No report has that code.
    Forbidden
        It is of a district whose reports the actor does not read.
    """
    with store.reading() as reader:
        found = readable_report(reader, actor, tracking)
        report, is_theirs = found.report, may_answer(actor, found.district_code)
        code = report.station_code
        assignee_id = found.case.assignee_id
        return OpenedReport(
            report=report if is_theirs else replace(report, contact=""),
            found=found,
            station=reader.station(code) if code is not None else None,
            assignee=reader.accounts.find(assignee_id) if assignee_id is not None else None,
            colleagues=colleagues(reader, found.district_code) if is_theirs else (),
            edits=tuple(reversed(reader.revisions(code)[-MOST_EDITS:])) if code is not None else (),
            possible_mains=possible_mains(reader, found) if is_theirs else (),
            warning=standing_warning(reader.reports, code, now) if code is not None else None,
            may_answer=is_theirs,
            new_station=reader.station(found.case.new_station) if found.case.new_station is not None else None,
        )


def candidate_sites(reader: Reader) -> tuple[Report, ...]:
    """The suggested sites that staff kept for planners, newest first; each has a ``place``."""
    return reader.reports.candidates()
