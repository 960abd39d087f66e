"""What staff know of a report beside its own facts: rows in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, select, update

from mapapp.store.report_case_tables import report_cases
from mapapp.store.schema import reports

CANDIDATE: Final = "candidate"
"""The outcome of a suggested site that is kept for planners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCase:
    """Who has a report, which one it repeats, and what came of it.

    Attributes
    ----------
    district_code
        Of a suggested site; a report about a station is where its station is.
    assignee_id
        The account that sees to it.
    main
        The tracking code of the report that this one repeats.
    repeated_by
        The tracking codes of the reports that repeat this one, in the order in which they came.
    outcome
        ``candidate``: a suggested site that is kept for planners.
    solved_by
        The number of the station's revision that answered it.
    new_station
        The code of the station that was added where this suggested one.
    """

    district_code: str | None = None
    assignee_id: int | None = None
    main: str | None = None
    repeated_by: tuple[str, ...] = ()
    outcome: str = ""
    solved_by: int | None = None
    new_station: str | None = None


def read_case(connection: Connection, tracking: str) -> ReportCase:
    """The case of the report with that code; an empty one where there is no such report."""
    column, main = report_cases.c, reports.alias("main")
    query = (
        select(report_cases, main.c.tracking.label("main"))
        .join(reports, reports.c.id == column.report_id)
        .outerjoin(main, main.c.id == column.merged_into)
        .where(reports.c.tracking == tracking)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return ReportCase()
    repeats = select(reports.c.tracking).join(report_cases, column.report_id == reports.c.id)
    repeats = repeats.where(column.merged_into == row["report_id"]).order_by(reports.c.received_at, reports.c.id)
    return ReportCase(
        district_code=row["district_code"],
        assignee_id=row["assignee_id"],
        main=row["main"],
        repeated_by=tuple(connection.execute(repeats).scalars()),
        outcome=row["outcome"] or "",
        solved_by=row["solved_by"],
        new_station=row["new_station"],
    )


def write_case(connection: Connection, tracking: str, case: ReportCase) -> None:
    """Write the case, but for where it is and which reports repeat it: those say so themselves."""
    main_id = connection.execute(_id_of(case.main)).scalar_one() if case.main is not None else None
    columns = {
        "assignee_id": case.assignee_id,
        "merged_into": main_id,
        "outcome": case.outcome or None,
        "solved_by": case.solved_by,
        "new_station": case.new_station,
    }
    its_id = _id_of(tracking).scalar_subquery()
    connection.execute(update(report_cases).where(report_cases.c.report_id == its_id).values(columns))


def _id_of(tracking: str) -> Select[Any]:
    return select(reports.c.id).where(reports.c.tracking == tracking)
