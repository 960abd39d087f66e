"""What will be true at a station and when; how far it is. Every page speaks of these."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases, n_

PHRASES: Final[Phrases] = {
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
    "door_locked_today": n_(
        "%(count)s person found the door locked today", "%(count)s people found the door locked today"
    ),
    "door_locked_lately": n_(
        "%(count)s person found the door locked in the last 24 hours",
        "%(count)s people found the door locked in the last 24 hours",
    ),
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
}
