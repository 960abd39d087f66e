"""A station's page, as the server writes it and as the phone draws it without a network."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
    # The answer: open, until when, how to get in, which way.
    "back_to_list": lazy_gettext("List"),
    "now_title": lazy_gettext("Now"),
    "today": lazy_gettext("Today"),
    "all_day": lazy_gettext("All day"),
    "way_in": lazy_gettext("Getting in"),
    "way_in_unknown": lazy_gettext("How to get in is not recorded."),
    "address": lazy_gettext("Address"),
    "address_unknown": lazy_gettext("No address is recorded."),
    "position_approximate": lazy_gettext("The position on the map is approximate."),
    "position_unknown": lazy_gettext(
        "Nobody has placed this station on the map yet. It can be found by name, but not by distance."
    ),
    "verified": lazy_gettext("Last confirmed"),
    "verified_never": lazy_gettext("never"),
    # What can be done with it.
    "actions": lazy_gettext("What you can do"),
    "navigate": lazy_gettext("Navigate"),
    "navigate_with": lazy_gettext("Navigate with"),
    "navigate_otherwise": lazy_gettext("Another map"),
    "navigate_by": lazy_gettext("Go with %(map)s"),
    "no_links_to_sample": lazy_gettext(
        "This is a sample station, so there are no navigation links: they would lead to a door that does not exist."
    ),
    "map_amap": lazy_gettext("Amap"),
    "map_baidu": lazy_gettext("Baidu Maps"),
    "map_tencent": lazy_gettext("Tencent Maps"),
    "map_apple": lazy_gettext("Apple Maps"),
    "map_system": lazy_gettext("Another map app"),
    "call": lazy_gettext("Call"),
    "share": lazy_gettext("Share it"),
    "copy_address": lazy_gettext("Copy the address"),
    "copy_link": lazy_gettext("Copy the link"),
    "copied": lazy_gettext("Copied"),
    "copy_failed": lazy_gettext("Copying is not allowed here. Select this and copy it by hand: %(text)s"),
    "print": lazy_gettext("Print"),
    "qr_title": lazy_gettext("QR code of this station"),
    "qr_hint": lazy_gettext("Whoever scans it sees this page and the stations near here."),
    "start_at_station": lazy_gettext("Stations near here"),
    "start_is_station": lazy_gettext("You scanned this station: distances are now counted from here."),
    # Elsewhere.
    "open_nearby": lazy_gettext("Open nearby"),
    "open_nearby_now": lazy_gettext("Open when you walk there from this station"),
    "open_nearby_none": lazy_gettext("No other station is open when you get there."),
    # Hours.
    "hours_title": lazy_gettext("Opening hours"),
    "hours_ask": lazy_gettext("The opening hours are not known. Please ask before you go."),
    "hours_as_given": lazy_gettext("As given: %(text)s"),
    "hours_day": lazy_gettext("Day"),
    "hours_times": lazy_gettext("Open"),
    "hours_today": lazy_gettext("today"),
    "hours_differ": lazy_gettext("Different in the next 14 days"),
    "hours_on_holidays": lazy_gettext(
        "The holiday arrangement is not published yet; on holidays the hours may differ."
    ),
    # Services.
    "services_title": lazy_gettext("Services"),
    "services_unknown": lazy_gettext("No services are recorded."),
    "service_months": lazy_gettext("months %(first)s to %(last)s"),
    "service_confirmed": lazy_gettext("confirmed %(date)s"),
    # The rest.
    "where_title": lazy_gettext("Where the station lies"),
    "where_map": lazy_gettext("Open the map"),
    "where_map_opening": lazy_gettext("The map is being fetched …"),
    "where_map_failed": lazy_gettext("The map could not be fetched. Check the network and try again."),
    "photo_of": lazy_gettext("Photo of %(name)s"),
    "about_station": lazy_gettext("About this station"),
    "fact_code": lazy_gettext("Code"),
    "fact_phone": lazy_gettext("Phone"),
    "fact_status": lazy_gettext("Status"),
    "fact_always_open": lazy_gettext("Open around the clock"),
    "fact_always_open_yes": lazy_gettext("yes, by its hours"),
    "fact_town": lazy_gettext("Town or street"),
    "when_online": lazy_gettext("Photo, QR code and further facts can be seen once you are online."),
    "station_unreadable": lazy_gettext("This station cannot be shown without a network yet."),
    "station_unreadable_why": lazy_gettext("Open the list once while you are online; then it is here too."),
    "station_missing": lazy_gettext("There is no station %(code)s in the list on this phone."),
    "station_missing_why": lazy_gettext(
        "The code may be mistyped, or the station is new: try again once you are online."
    ),
}
