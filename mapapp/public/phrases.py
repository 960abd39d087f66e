"""The sentences that the server's pages and the browser's list both speak, under one key each.

``phrase`` fills one in here; ``browser_phrases`` hands all of them, in the page's language, to
mapapp/static/js/words.js. So a station reads the same wherever its row was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString, lazy_gettext, ngettext

_BLANK: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence with a ``count``, for one and for several."""

    one: str
    several: str


def n_(one: str, several: str) -> Counted:
    """Mark a counted sentence for the translators."""
    return Counted(one, several)


PHRASES: Final[Mapping[str, LazyString | Counted]] = {
    # What will be true, on arrival and now.
    "open_until_arrival": lazy_gettext("Open when you arrive, closes %(time)s"),
    "open_always_arrival": lazy_gettext("Open when you arrive, does not close"),
    "closing_soon_arrival": n_(
        "Closes %(count)s minute after you arrive (%(time)s)", "Closes %(count)s minutes after you arrive (%(time)s)"
    ),
    "open_until_now": lazy_gettext("Open now, closes %(time)s"),
    "open_always_now": lazy_gettext("Open now, does not close"),
    "closing_soon_now": n_("Closes in %(count)s minute (%(time)s)", "Closes in %(count)s minutes (%(time)s)"),
    "closed_until": lazy_gettext("Opens %(time)s"),
    "closed": lazy_gettext("Closed"),
    "temporarily_closed": lazy_gettext("Temporarily closed"),
    "hours_unknown": lazy_gettext("Hours unknown"),
    # Times and days.
    "tomorrow_at": lazy_gettext("tomorrow %(time)s"),
    "weekday_at": lazy_gettext("%(day)s %(time)s"),
    "weekday_0": lazy_gettext("Monday"),
    "weekday_1": lazy_gettext("Tuesday"),
    "weekday_2": lazy_gettext("Wednesday"),
    "weekday_3": lazy_gettext("Thursday"),
    "weekday_4": lazy_gettext("Friday"),
    "weekday_5": lazy_gettext("Saturday"),
    "weekday_6": lazy_gettext("Sunday"),
    # Distances and travel times.
    "metres": lazy_gettext("%(value)s m"),
    "kilometres": lazy_gettext("%(value)s km"),
    "minutes_walk": n_("%(count)s minute on foot", "%(count)s minutes on foot"),
    "minutes_ebike": n_("%(count)s minute by e-bike", "%(count)s minutes by e-bike"),
    "minutes_car": n_("%(count)s minute by car", "%(count)s minutes by car"),
    "hours_walk": lazy_gettext("%(value)s hours on foot"),
    "hours_ebike": lazy_gettext("%(value)s hours by e-bike"),
    "hours_car": lazy_gettext("%(value)s hours by car"),
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
    # The place.
    "place_asking": lazy_gettext("Asking for your position …"),
    "place_denied": lazy_gettext(
        "Your device did not allow it. You can tap the map or type coordinates instead, or search by name."
    ),
    "place_unavailable": lazy_gettext(
        "Your device does not know where it is. You can tap the map or type coordinates instead."
    ),
    "place_timeout": lazy_gettext("Finding your position took too long. Try again in the open, or tap the map."),
    "place_insecure": lazy_gettext("Positions work only over https. You can tap the map or type coordinates instead."),
    "place_unsupported": lazy_gettext(
        "This browser cannot tell positions. You can tap the map or type coordinates instead."
    ),
    "place_from_device": lazy_gettext("From your position"),
    "place_from_device_within": lazy_gettext("From your position (within %(metres)s m)"),
    "place_from_map": lazy_gettext("From the spot you tapped on the map"),
    "place_typed": lazy_gettext("From the coordinates you typed"),
    "place_far_away": lazy_gettext("This place is far outside the city."),
    "coordinates_unreadable": lazy_gettext("Two numbers are needed: longitude and latitude."),
    "start_here": lazy_gettext("Find stations near here"),
    # The map.
    "map": lazy_gettext("Map"),
    "cluster": n_("%(count)s station here, %(open)s open; zoom in", "%(count)s stations here, %(open)s open; zoom in"),
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "close_popup": lazy_gettext("Close"),
    # A station's page.
    "copied": lazy_gettext("Copied"),
}


def phrase(key: str, **values: object) -> str:
    """The sentence under ``key`` in the page's language, filled in."""
    found = PHRASES[key]
    if isinstance(found, Counted):
        count = values["count"]
        assert isinstance(count, int)  # noqa: S101 - every counted sentence names its count
        return str(ngettext(found.one, found.several, count, **values))
    return str(found) % values


def browser_phrases() -> dict[str, str | list[str]]:
    """Every sentence in the page's language, its blanks still open; counted ones as [one, several]."""
    return {
        key: [_with_blanks(found, count) for count in (1, 2)] if isinstance(found, Counted) else str(found)
        for key, found in PHRASES.items()
    }


def _with_blanks(found: Counted, count: int) -> str:
    """Flask-Babel fills counted sentences in at once; here every blank is filled in with itself."""
    blanks = {name: f"%({name})s" for name in _BLANK.findall(found.several)}
    return str(ngettext(found.one, found.several, count, **blanks))
