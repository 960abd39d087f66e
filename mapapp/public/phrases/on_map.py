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
    "cluster_of_matching": n_(
        "%(count)s station here passes the filters; zoom in", "%(count)s stations here pass the filters; zoom in"
    ),
    "afar_filtered": lazy_gettext("The numbers count the stations that pass the filters."),
    "afar_open_now": lazy_gettext("The numbers count the stations that pass the filters and are open now."),
    "afar_not_by_words": lazy_gettext("The numbers leave the words searched for aside."),
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "close_popup": lazy_gettext("Close"),
    "suggest_here": lazy_gettext("A station is missing here"),
}
