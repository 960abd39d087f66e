"""Which limit an address of the service falls under, besides the one for all of them together.

What costs more, or can be abused more, may be asked less often: searches, what the public writes, signing in, staff
pages, and analyses. Whatever is not named here is the public's reading, for which only the common limit holds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from mapapp.web.access import ACCESS, Who


class RateClass(StrEnum):
    """A kind of address, with a limit of its own."""

    READ = "read"
    SEARCH = "search"
    WRITE = "write"
    SIGN_IN = "sign_in"
    STAFF = "staff"
    HEAVY = "heavy"


_SEARCH: Final = {"public.home", "public.nearest", "public.nearest_again", "api.nearest", "public.report_lookup"}
"""The home page answers a search when its address holds one."""
_SIGN_IN: Final = {
    "staff.sign_in",
    "staff.submit_sign_in",
    "staff.sign_in_with_new_totp",
    "staff.set_up",
    "staff.submit_set_up",
    "staff.submit_confirm",
}
_WRITE: Final = {"public.send_report", "public.send_unmet", "api.save_one", "api.add_one"}
_HEAVY: Final = {
    *("planner.coverage", "planner.map_data", "planner.gaps_file", "planner.areas_file", "planner.cells_file"),
    *("api.coverage", "planner.ask", "planner.ask_map", "planner.ask_catchments", "planner.keep_run"),
    *("planner.search_sites", "planner.evaluate_scenario", "planner.compare_runs", "planner.compare_scenarios"),
    *("planner.report_now", "planner.order_report", "planner.send_demand", "planner.send_premises"),
    *("staff.send_import", "staff.export_file", "staff.order_export", "staff.posters_pdf", "staff.posters_svg"),
    *("staff.order_posters", "staff.order_refused_rows"),
}
NAMED: Final = {
    **dict.fromkeys(_SEARCH, RateClass.SEARCH),
    **dict.fromkeys(_SIGN_IN, RateClass.SIGN_IN),
    **dict.fromkeys(_WRITE, RateClass.WRITE),
    **dict.fromkeys(_HEAVY, RateClass.HEAVY),
}
"""The endpoints that are not of the class one would take them for."""


def class_of(endpoint: str | None) -> RateClass:
    """The class of an endpoint of the application; of an address that is none, reading."""
    if endpoint is None:
        return RateClass.READ
    known = NAMED.get(endpoint)
    if known is not None:
        return known
    rule = ACCESS.get(endpoint)
    return RateClass.STAFF if rule is not None and rule.who in {Who.ROLES, Who.NOT_SIGNED_IN} else RateClass.READ
