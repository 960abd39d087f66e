"""The place a search starts from: asked for, tapped, typed, pasted."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
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
}
