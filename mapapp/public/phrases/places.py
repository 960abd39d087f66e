"""The place a search starts from: asked for, tapped, typed, pasted as a link, or a station."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
    # Where the search starts from.
    "place_from_device_of": lazy_gettext("From your position of %(time)s. Press “Near me” to locate again."),
    "place_from_device": lazy_gettext("From your position"),
    "place_from_device_within": lazy_gettext("From your position (within %(metres)s m)"),
    "place_from_map": lazy_gettext("From the spot you tapped on the map"),
    "place_typed": lazy_gettext("From the coordinates you typed"),
    "place_from_station": lazy_gettext("From “%(name)s”"),
    "place_from_link": lazy_gettext("From the place in the link from %(vendor)s"),
    "place_from_link_named": lazy_gettext("From “%(name)s”, in the link from %(vendor)s"),
    "place_far_away": lazy_gettext("This place is far outside the city."),
    "start_here": lazy_gettext("Find stations near here"),
    # Asking the device, and each refusal with what can be done instead.
    "place_asking": lazy_gettext("Asking for your position …"),
    "place_denied": lazy_gettext(
        "Your browser did not allow it. Allow the position in the settings of this page (the sign beside the address)"
        " and try again, or start without it:"
    ),
    "place_unavailable": lazy_gettext(
        "Your device does not know where it is. Switch on its location service and try again, or start without it:"
    ),
    "place_timeout": lazy_gettext(
        "Finding your position took too long. Go to a window or into the open and try again, or start without it:"
    ),
    "place_insecure": lazy_gettext(
        "Browsers tell positions only to addresses that begin with https, and this one does not. Start without it:"
    ),
    "place_unsupported": lazy_gettext("This browser cannot tell positions. Start without it:"),
    "place_in_app": lazy_gettext(
        "%(app)s did not pass your position on. Allow %(app)s to use your position in the phone's settings, or open"
        " this page in the phone's browser: tap the menu at the top right, or copy the address. Or start without it:"
    ),
    "app_wechat": lazy_gettext("WeChat"),
    "app_wecom": lazy_gettext("WeCom"),
    "app_alipay": lazy_gettext("Alipay"),
    "app_dingtalk": lazy_gettext("DingTalk"),
    "app_feishu": lazy_gettext("Feishu"),
    "app_qq": lazy_gettext("QQ"),
    "app_weibo": lazy_gettext("Weibo"),
    "app_douyin": lazy_gettext("Douyin"),
    "app_baidu": lazy_gettext("The Baidu app"),
    "way_again": lazy_gettext("Locate again"),
    "way_search": lazy_gettext("Search by name"),
    "way_map": lazy_gettext("Tap the map"),
    "way_type": lazy_gettext("Enter coordinates"),
    "way_copy": lazy_gettext("Copy this page's address"),
    "way_copied": lazy_gettext("Copied"),
    # Typed and pasted.
    "coordinates_unreadable": lazy_gettext("Two numbers are needed: longitude and latitude."),
    "place_recognised": lazy_gettext("This is a place. Press Enter, or:"),
    "way_start_there": lazy_gettext("Start from this place"),
    "typed_as_gps": lazy_gettext(
        "Read as GPS coordinates. If you copied them from a map, say from which under “Set another place”."
    ),
    "link_short_link": lazy_gettext(
        "This is a short link from %(vendor)s; the place is not in it. Open it, copy the full address of the page"
        " that appears, and paste that here. Or type the name of the place."
    ),
    "link_no_position": lazy_gettext(
        "No position is in this link from %(vendor)s. Paste the coordinates or type the name of the place instead."
    ),
    "link_unknown_link": lazy_gettext(
        "This link is none of a map we can read. Links from Amap, Baidu, Tencent, Apple, Google and OpenStreetMap"
        " work, and so do coordinates."
    ),
    "vendor_amap": lazy_gettext("Amap"),
    "vendor_baidu": lazy_gettext("Baidu Maps"),
    "vendor_tencent": lazy_gettext("Tencent Maps"),
    "vendor_apple": lazy_gettext("Apple Maps"),
    "vendor_google": lazy_gettext("Google Maps"),
    "vendor_osm": lazy_gettext("OpenStreetMap"),
    "vendor_geo": lazy_gettext("another app"),
}
