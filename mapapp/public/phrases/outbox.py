"""Reports on their way: the one-tap report, and what waits on the phone. Spoken on many pages, so kept short."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases, n_

PHRASES: Final[Phrases] = {
    "report_problem": lazy_gettext("This cannot be used as it is. Please change it."),
    "report_sending": lazy_gettext("Sending …"),
    "report_kept_busy": lazy_gettext("Kept on this phone. We cannot take it just now; it will be sent later."),
    "got_in_thanks": lazy_gettext("Thank you! We have noted that the door was open."),
    "got_in_kept": lazy_gettext("Noted on this phone. It will be sent when there is a connection."),
    "got_in_recently": lazy_gettext("You said so a moment ago. Thank you!"),
    "outbox_waiting": n_("%(count)s report is waiting to be sent", "%(count)s reports are waiting to be sent"),
    "outbox_next_try": lazy_gettext("Next try at %(time)s."),
    "outbox_send_now": lazy_gettext("Send now"),
    "outbox_open_again": lazy_gettext("Open it again"),
    "outbox_refused": lazy_gettext("A report could not be sent: %(reason)s"),
    "outbox_expired": lazy_gettext("it waited for a connection for more than 30 days."),
    "outbox_dismiss": lazy_gettext("Understood"),
}
