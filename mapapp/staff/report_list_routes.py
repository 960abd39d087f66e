"""The reports' inbox: found, sorted and turned over by pages on the server, the oldest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import render_template, request

from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.reports.inbox import reports_page
from mapapp.services.rights import report_districts
from mapapp.staff.account_words import district_choices, language
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import PAGE_ROWS, asking_again, offset_of, page_number, page_of_list, sorted_headings
from mapapp.staff.report_view import worded_row
from mapapp.staff.speech import gettext
from mapapp.store import ReportSort, ReportsQuestion
from mapapp.web import services
from mapapp.web.signed_in import signed_in

TO_DO: Final = frozenset({ReportState.OPEN, ReportState.IN_PROGRESS})
_FILTERS: Final = ("state", "district", "kind", "age", "who", "station", "repeats")
_AGES_DAYS: Final = (7, 30, 90)


@staff.get("/reports")
def reports() -> str:
    """A page of the reports one may read; without a question those that wait."""
    question = _question()
    parts, now = services(), services().now()
    rows, total = reports_page(parts.store, signed_in().actor, question)
    return render_template(
        "staff/reports.html",
        rows=[worded_row(row, now) for row in rows],
        **page_of_list(question.offset, len(rows), total, _url),
        columns=_columns(question),
        asked=request.args,
        is_asked=any(request.args.get(name) for name in _FILTERS),
        choices=_choices(),
    )


def _question() -> ReportsQuestion:
    asked, found = request.args, signed_in()
    district, who, state = asked.get("district", ""), asked.get("who", ""), asked.get("state", "")
    age = next((days for days in _AGES_DAYS if str(days) == asked.get("age")), None)
    return ReportsQuestion(
        states=_states(state),
        only_candidates=state == "candidate",
        kinds=frozenset(kind for kind in ReportKind if kind.value == asked.get("kind")),
        district_codes=frozenset({district}) if district.isdigit() and district.isascii() else frozenset(),
        without_district=district == NO_DISTRICT,
        station_code=asked.get("station", "").strip().upper()[:32],
        assignee_id=found.account.id if who == "me" else None,
        unassigned=who == "nobody",
        received_before=services().now() - timedelta(days=age) if age is not None else None,
        with_repeats=bool(asked.get("repeats")),
        sort=next((sort for sort in ReportSort if sort.value == asked.get("sort")), ReportSort.RECEIVED),
        descending=asked.get("order") == "down",
        limit=PAGE_ROWS,
        offset=offset_of(page_number(asked.get("page", ""))),
    )


def _states(asked: str) -> frozenset[ReportState]:
    if asked in {"all", "candidate"}:
        return frozenset()
    return frozenset(state for state in ReportState if state.value == asked) or TO_DO


def _url(**changes: Any) -> str:
    """The list's address with the present question, but for these; a new order begins on the first page."""
    return asking_again("staff.reports", (*_FILTERS, "sort", "order"), changes)


def _columns(question: ReportsQuestion) -> list[dict[str, str]]:
    names = {
        ReportSort.KIND: gettext("Report"),
        ReportSort.STATION: gettext("Station"),
        ReportSort.STATE: gettext("State"),
        ReportSort.RECEIVED: gettext("Received"),
        ReportSort.ASSIGNEE: gettext("Who sees to it"),
    }
    return sorted_headings(names, question.sort, question.descending, _url)


def _choices() -> dict[str, list[tuple[str, str]]]:
    within = report_districts(signed_in().actor)
    return {
        "state": [
            *((state.value, state.label(language())) for state in ReportState),
            ("candidate", gettext("kept for planners")),
            ("all", gettext("all")),
        ],
        "district": [
            *((code, name) for code, name in district_choices() if within is None or code in within),
            (NO_DISTRICT, gettext("none")),
        ],
        "kind": [(kind.value, kind.label(language())) for kind in ReportKind],
        "age": [(str(days), gettext("older than %(days)s days", days=days)) for days in _AGES_DAYS],
        "who": [("me", gettext("me")), ("nobody", gettext("nobody yet"))],
    }
