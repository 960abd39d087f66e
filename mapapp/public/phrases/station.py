"""A station's page."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {
    # A station's page.
    "copied": lazy_gettext("Copied"),
}
