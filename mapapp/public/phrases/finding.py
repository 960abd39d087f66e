"""The list of stations, its filters and what stands in an empty list's place."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases, n_

PHRASES: Final[Phrases] = {
    # Rows and counts.
    "list_separator": lazy_gettext(", "),
    "fact_separator": lazy_gettext(" · "),
    "sentence_separator": lazy_gettext("; "),
    "entry": lazy_gettext("Way in: %(methods)s"),
    "list_and_more": n_("%(list)s and %(count)s more", "%(list)s and %(count)s more"),
    "unplaced": lazy_gettext("not on the map yet"),
    "no_district": lazy_gettext("No district given"),
    "station_count": n_("%(count)s station", "%(count)s stations"),
    "unknown_hidden": n_(
        "%(count)s more with unknown hours is not shown", "%(count)s more with unknown hours are not shown"
    ),
    # The list's states and buttons.
    "show_on_map": lazy_gettext("Show %(name)s on the map"),
    "show_more": n_("Show %(count)s more", "Show %(count)s more"),
    "nothing_found": lazy_gettext("No station matches."),
    "nothing_open": n_(
        "No matching station is open then. %(count)s matches that is closed or whose hours are unknown.",
        "No matching station is open then. %(count)s match that are closed or whose hours are unknown.",
    ),
    "show_closed": lazy_gettext("Show those too"),
    "clear_filters": lazy_gettext("Clear all filters"),
    "loading_failed": lazy_gettext("The stations could not be read. Check the connection and try again."),
    "try_again": lazy_gettext("Try again"),
    "open_filter_arrival": lazy_gettext("Open on arrival"),
    "open_filter_now": lazy_gettext("Open now"),
    "chosen": n_("%(count)s chosen", "%(count)s chosen"),
    "hours_expired": lazy_gettext("The hours on this page are out of date. Reload it when you are online."),
    "holidays_missing": lazy_gettext("The holiday arrangement is not published yet; on holidays the hours may differ."),
}
