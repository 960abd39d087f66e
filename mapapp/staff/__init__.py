"""The pages for staff: signing in, accounts, stations.

Routes are thin; what may be done is judged by the services. Importing a module of routes hangs them on
the blueprint; whom each address is for stands in ``mapapp.web.access``.
"""

from mapapp.staff import (  # noqa: F401 - see above
    account_event_routes,
    account_routes,
    dashboard_routes,
    export_routes,
    holiday_routes,
    home_routes,
    hours_routes,
    import_routes,
    people_routes,
    poster_routes,
    report_list_routes,
    report_routes,
    report_sender_routes,
    sign_in_routes,
    station_form_routes,
    station_history_routes,
    station_list_routes,
    station_place_routes,
    token_routes,
    unplaced_routes,
    verify_routes,
)
from mapapp.staff.blueprint import staff

__all__ = ["staff"]
