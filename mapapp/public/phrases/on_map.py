"""The map."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases, n_

PHRASES: Final[Phrases] = {
    # The map.
    "map": lazy_gettext("Map"),
    "cluster": n_("%(count)s station here, %(open)s open; zoom in", "%(count)s stations here, %(open)s open; zoom in"),
    "cluster_of_all": n_("%(count)s station here; zoom in", "%(count)s stations here; zoom in"),
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "close_popup": lazy_gettext("Close"),
    "suggest_here": lazy_gettext("A station is missing here"),
}
