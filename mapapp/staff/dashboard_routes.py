"""The addresses of the dashboard: how true the register is, and the month as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import make_response, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from geodata.stations.freshness import FieldGroup
from geodata.stations.vocabulary import StationKind
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.truth.completeness import Fact
from mapapp.services.truth.dashboard import AGE_BOUNDS_DAYS, TREND_MONTHS, Shares, dashboard
from mapapp.services.truth.monthly_sheet import MonthlySheet, monthly_sheet
from mapapp.services.truth.months import Month
from mapapp.staff.blueprint import staff
from mapapp.staff.speech import gettext
from mapapp.web import services
from mapapp.web.language import current_language

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOW_SHARE: Final = 0.5
_FACT_NAMES: Final[Mapping[Fact, LazyString]] = {
    Fact.POSITION: lazy_gettext("Position"),
    Fact.ADDRESS: lazy_gettext("Address"),
    Fact.HOURS: lazy_gettext("Opening hours"),
    Fact.ENTRY: lazy_gettext("How the door opens"),
    Fact.SERVICES: lazy_gettext("Services"),
    Fact.PHONE: lazy_gettext("Public phone"),
    Fact.PHOTO: lazy_gettext("Photo"),
}


@staff.get("/dashboard", endpoint="dashboard")
def show_dashboard() -> str:
    """How true the register is."""
    parts, now = services(), services().now()
    truth = parts.truth.register(parts.snapshot, now)
    board = dashboard(parts.store, truth, now)
    this_month = Month.of(now.date())
    language = current_language()
    return render_template(
        "staff/dashboard.html",
        board=board,
        districts=[_worded(shares, _district_name(shares.key)) for shares in (*board.by_district, board.all)],
        kinds=[_worded(shares, StationKind(shares.key).label(language)) for shares in board.by_kind],
        facts=[str(_FACT_NAMES[fact]) for fact in Fact],
        groups=[
            gettext("%(group)s, %(days)s days", group=group.label(language), days=parts.truth.limits.days(group))
            for group in FieldGroup
        ],
        ages=_age_names(),
        reports=[(_district_name(row.key), row.counts, row.total) for row in board.reports],
        most_confirmed=max([1, *(month.confirmed_stations for month in board.trend)]),
        months=[str(this_month.earlier(back)) for back in range(TREND_MONTHS)],
        waiting_count=board.all.waiting_count,
    )


@staff.get("/dashboard/month.csv")
def monthly_csv() -> Response:
    """The month as CSV."""
    sheet = _sheet()
    return _file(sheet.csv(), CSV, f"{sheet.file_stem}.csv")


@staff.get("/dashboard/month.xlsx")
def monthly_xlsx() -> Response:
    """The month as a workbook."""
    sheet = _sheet()
    return _file(sheet.xlsx(), XLSX, f"{sheet.file_stem}.xlsx")


def _sheet() -> MonthlySheet:
    """The sheet of the month asked for, else of the present one."""
    parts, now = services(), services().now()
    month = Month.parse(request.args.get("month", "")) or Month.of(now.date())
    return monthly_sheet(parts.store, parts.truth.register(parts.snapshot, now), month, now)


def _file(body: bytes, content_type: str, name: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _district_name(key: str) -> str:
    if key == NO_DISTRICT:
        return gettext("none")
    return services().place.unit(key).name(current_language()) if key else gettext("All")


def _worded(shares: Shares, name: str) -> dict[str, Any]:
    """A line of a table: the shares in per cent, and where to look at its stations."""
    district = shares.key if shares.key.isdigit() or shares.key == NO_DISTRICT else ""
    return {
        "name": name,
        "count": shares.station_count,
        "complete": [_share(count, shares.station_count) for count in shares.complete.values()],
        "fresh": [_share(count, shares.station_count) for count in shares.fresh.values()],
        "door": _share(shares.door_confirmed_count, shares.station_count),
        "waiting": shares.waiting_count,
        "url": url_for("staff.verify_queue", district=district, all=1) if district else "",
    }


def _share(count: int, of: int) -> tuple[str, bool]:
    """A share in words, and whether it is low; a dash of nothing."""
    return (f"{count / of:.0%}", count / of < _LOW_SHARE) if of else ("–", False)


def _age_names() -> list[str]:
    first, second, third = AGE_BOUNDS_DAYS
    return [
        gettext("under %(days)s days", days=first),
        gettext("%(first)s to %(last)s days", first=first, last=second - 1),
        gettext("%(first)s to %(last)s days", first=second, last=third - 1),
        gettext("%(days)s days and more", days=third),
    ]
