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
    "also_offers": lazy_gettext("Also: %(services)s"),
    "service_with_fee": lazy_gettext("%(service)s (%(fee)s)"),
    "unplaced": lazy_gettext("not on the map yet"),
    "no_district": lazy_gettext("No district given"),
    "station_count": n_("%(count)s station", "%(count)s stations"),
    "unknown_hidden": n_(
        "%(count)s more with unknown hours is not shown", "%(count)s more with unknown hours are not shown"
    ),
    # The orders, each in one sentence.
    "ordered_by_use": lazy_gettext("Open on arrival, closing soon, hours unknown, closed; each by distance"),
    "ordered_by_use_open": lazy_gettext("The nearest open ones first, those closing soon last"),
    "ordered_by_distance": lazy_gettext("The nearest comes first, open or not"),
    "ordered_by_district": lazy_gettext("By district; from a place, the nearest open ones come first"),
    # The list's states and buttons.
    "show_on_map": lazy_gettext("Show %(name)s on the map"),
    "show_more": n_("Show %(count)s more", "Show %(count)s more"),
    "show_stations": n_("Show %(count)s station", "Show %(count)s stations"),
    "loading_failed": lazy_gettext("The stations could not be read. Check the connection and try again."),
    "try_again": lazy_gettext("Try again"),
    "hours_expired": lazy_gettext("The hours on this page are out of date. Reload it when you are online."),
    "holidays_missing": lazy_gettext("The holiday arrangement is not published yet; on holidays the hours may differ."),
    # Nothing found.
    "nothing_found": lazy_gettext("No station matches all of this."),
    "nothing_found_why": lazy_gettext("This filter stands in the way:"),
    "nothing_found_why_any": lazy_gettext("Leaving out any one of these helps:"),
    "without_filter": lazy_gettext("Without “%(filter)s”:"),
    "without_any_filter": lazy_gettext("Without any filter:"),
    "nearest_is": lazy_gettext("the nearest is "),
    "show_without": lazy_gettext("Leave out “%(filter)s”"),
    "clear_filters": lazy_gettext("Clear all filters"),
    # Filters.
    "open_filter_arrival": lazy_gettext("Open on arrival"),
    "open_filter_now": lazy_gettext("Open now"),
    "open_late_filter": lazy_gettext("Open after 22:00"),
    "always_open_filter": lazy_gettext("Open 24 hours"),
    "chosen": n_("%(count)s chosen", "%(count)s chosen"),
    "need_warm": lazy_gettext("Warm up"),
    "need_cool": lazy_gettext("Cool down"),
    "need_cool_warm": lazy_gettext("Warm or cool"),
    # A register too large for one file: what this phone holds of it.
    "cells_need_place": n_(
        "%(count)s station in all. Say where you are, and those round you are fetched.",
        "%(count)s stations in all. Say where you are, and those round you are fetched.",
    ),
    "cells_of_last_time": lazy_gettext(
        "These are the stations of the area you were last in. Say where you are, and those round you are fetched."
    ),
    "cells_complete_within": lazy_gettext(
        "Up to %(distance)s from the place no station is missing here; farther away there may be more."
    ),
    "cells_nearer_beyond": lazy_gettext(
        "A nearer one may stand more than %(distance)s from the place: this phone does not hold those stations yet."
    ),
    "cells_not_here": lazy_gettext(
        "The stations round this place could not be fetched: a nearer one may be missing. Try again with a connection."
    ),
    "cells_farther": lazy_gettext("Look farther"),
    "cells_loading": lazy_gettext("Reading the stations round this place …"),
    "cells_farther_failed": lazy_gettext(
        "Some of the stations farther away could not be fetched. Try again with a connection."
    ),
    "cells_search_all": lazy_gettext("Search the names of all stations"),
}
