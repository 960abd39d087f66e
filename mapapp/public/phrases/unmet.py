"""The quiet signal: no suitable station near here. What would be sent, the question, and what came of it."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
    "unmet_button": lazy_gettext("There is no suitable station near here"),
    "unmet_intro": lazy_gettext(
        "No station within %(km)s km that matches lets you in on arrival. You can let the planners know. This is all "
        "that would be sent:"
    ),
    "unmet_square": lazy_gettext("Grid square"),
    "unmet_square_value": lazy_gettext("%(lat)s, %(lon)s: a square about 1 km wide, not your position"),
    "unmet_hour": lazy_gettext("Hour"),
    "unmet_hour_value": lazy_gettext("%(day)s, %(from)s:00 to %(to)s:00"),
    "unmet_filters": lazy_gettext("Filters"),
    "unmet_no_filters": lazy_gettext("none"),
    "unmet_promise": lazy_gettext(
        "Not your position, not who you are. It is shown to planners only once at least 5 devices have sent from the "
        "square on at least 3 days. Nothing is sent unless you agree."
    ),
    "unmet_send": lazy_gettext("Agree and send"),
    "unmet_leave": lazy_gettext("Do not send"),
    "unmet_sending": lazy_gettext("Sending …"),
    "unmet_thanks": lazy_gettext("Sent, thank you. It helps to decide where stations are needed."),
    "unmet_failed": lazy_gettext(
        "It could not be sent: there is no connection. Nothing of it is kept on this phone; try again when you are "
        "online."
    ),
    "unmet_no_cookie": lazy_gettext(
        "This browser keeps no cookies, so it could not be sent: one person would count as many."
    ),
    "unmet_unreadable": lazy_gettext(
        "This could not be understood, so nothing was kept. Reload the page and try again."
    ),
    "unmet_outside": lazy_gettext("This place lies outside the city, so nothing was kept."),
    "unmet_clock": lazy_gettext("This phone's clock differs from ours by more than an hour, so nothing was kept."),
    "unmet_too_many": lazy_gettext("That is enough for now, thank you. Nothing more was kept."),
    "unmet_not_now": lazy_gettext("It cannot be taken at the moment, and nothing was kept. Please try again later."),
}
