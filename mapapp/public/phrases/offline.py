"""Being without a network, and data that have grown old."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
    "data_age": lazy_gettext("Data of %(time)s"),
    "data_age_offline": lazy_gettext("No network. Data of %(time)s"),
    "data_age_unreachable": lazy_gettext("The server cannot be reached. Data of %(time)s"),
    "data_expired": lazy_gettext(
        "These data are of %(time)s and know the hours until %(until)s only: hours may have changed. "
        "They renew themselves when there is a network."
    ),
    "clock_wrong": lazy_gettext(
        "This phone's clock differs from the server's by more than 10 minutes: what is said to be open may be wrong. "
        "Set the clock."
    ),
    "today_at": lazy_gettext("today %(time)s"),
    "yesterday_at": lazy_gettext("yesterday %(time)s"),
}
