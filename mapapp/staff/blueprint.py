"""The blueprint of the staff's pages; the modules beside this one hang their routes on it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, current_app, request, url_for
from flask.globals import request_ctx
from flask_babel import lazy_gettext

from mapapp.services.rights import Actor, Right, may
from mapapp.services.truth.navigation_counts import waiting_report_count
from mapapp.web import services
from mapapp.web.signed_in import current_actor

MOST_COUNTED: Final = 999

staff = Blueprint("staff", __name__, url_prefix="/staff")

_PAGES: Final = (
    (("staff.home",), None, lazy_gettext("Overview")),
    (
        ("staff.stations", "staff.station", "staff.new_station", "staff.station_history"),
        Right.READ_REGISTER,
        lazy_gettext("Stations"),
    ),
    (("staff.unplaced", "staff.unplaced_station"), Right.CREATE_STATIONS, lazy_gettext("To be placed")),
    (
        ("staff.posters", "staff.posters_job", "staff.station_poster"),
        Right.READ_REGISTER,
        lazy_gettext("Posters"),
    ),
    (("staff.reports", "staff.report"), Right.READ_REPORTS, lazy_gettext("Reports")),
    (("staff.verify_queue", "staff.verify_station"), Right.READ_REGISTER, lazy_gettext("To be looked at")),
    (("staff.dashboard",), Right.READ_REGISTER, lazy_gettext("Dashboard")),
    (
        ("staff.imports", "staff.import_file", "staff.import_job"),
        Right.IMPORT_STATIONS,
        lazy_gettext("Import"),
    ),
    (
        (
            "planner.start",
            "planner.ask",
            "planner.keep_run",
            "planner.runs",
            "planner.run",
            "planner.compare_runs",
            "planner.sites",
            "planner.scenarios",
            "planner.scenario",
            "planner.method",
        ),
        Right.RUN_ANALYSES,
        lazy_gettext("Planning"),
    ),
    (
        (
            "planner.demand_layers",
            "planner.demand_layer",
            "planner.demand_week",
            "planner.demand_file",
            "planner.demand_job",
            "planner.unmet",
        ),
        Right.RUN_ANALYSES,
        lazy_gettext("Demand"),
    ),
    (("staff.exports",), Right.READ_REGISTER, lazy_gettext("Export")),
    (
        ("staff.holidays", "staff.check_holidays", "staff.save_holidays"),
        Right.EDIT_HOLIDAYS,
        lazy_gettext("Holidays"),
    ),
    (
        ("staff.people", "staff.new_person", "staff.person", "staff.account_events"),
        Right.MANAGE_ACCOUNTS,
        lazy_gettext("People"),
    ),
    (("staff.tokens", "staff.new_token"), Right.MANAGE_ACCOUNTS, lazy_gettext("Tokens")),
    (("staff.account",), None, lazy_gettext("My account")),
)
"""The bar on top: the endpoints that count as being on a page, the first being the way in; the right; the name."""


@staff.app_context_processor
def offer_navigation() -> dict[str, object]:
    """What the frame of every staff page needs, those of planners among them."""
    return {"own_language_url": _own_language_url, "staff_pages": _staff_pages, "address_to_read": _address_to_read}


def waiting_counts(who: Actor) -> dict[str, int]:
    """How many things wait for somebody on the pages that say so, by endpoint."""
    parts = services()
    counts = {
        "staff.reports": waiting_report_count(parts.store, who),
        "staff.verify_queue": parts.truth.due(parts.snapshot, parts.now()).count_for(who),
    }
    return {endpoint: count for endpoint, count in counts.items() if count}


def count_text(count: int) -> str:
    """A count as a bar has room for it; nothing where nothing waits."""
    if not count:
        return ""
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _staff_pages() -> list[tuple[bool, str, str, str]]:
    """The pages the reader may go to: whether this is one of them, its address, its name, how much waits there."""
    who = current_actor()
    here = str(request.endpoint)
    counts = waiting_counts(who) if who is not None else {}
    return [
        (here in endpoints, url_for(endpoints[0]), str(name), count_text(counts.get(endpoints[0], 0)))
        for endpoints, right, name in _PAGES
        if who is not None and (right is None or may(who, right)) and endpoints[0] in current_app.view_functions
    ]


def _address_to_read() -> str | None:
    """Where the page that answers what was sent can also be read; None where nothing was sent, or it cannot be."""
    routes = request_ctx.url_adapter
    if request.method != "POST" or routes is None or "GET" not in routes.allowed_methods():
        return None
    return request.script_root + request.full_path.removesuffix("?")


def _own_language_url(choice: str) -> str:
    """The current page in the other language; what answers a form at an address that cannot be read has none."""
    if request.endpoint is None or (request.method != "GET" and _address_to_read() is None):
        return url_for("staff.home", lang=choice)
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return request.script_root + request.path + "?" + urlencode([*asked, ("lang", choice)])
