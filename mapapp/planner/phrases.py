"""The sentences that the script of the planners' pages speaks, by key; mapapp/static/js/words.js reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

PHRASES: Final[Mapping[str, LazyString]] = {
    "map": lazy_gettext("Map"),
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "close_popup": lazy_gettext("Close"),
    "fact_separator": lazy_gettext(" · "),
    "gap": lazy_gettext("Gap %(rank)s: %(name)s"),
    "gap_workers": lazy_gettext("%(count)s workers without coverage"),
    "state_open": lazy_gettext("open"),
    "state_unknown": lazy_gettext("hours unknown"),
    "state_closed": lazy_gettext("not open"),
    "map_failed": lazy_gettext("The map's data could not be read. The tables below hold the whole answer."),
    "few_to": lazy_gettext("under %(limit)s"),
    "some_to": lazy_gettext("%(from)s to %(to)s"),
    "many_from": lazy_gettext("%(limit)s and more"),
}


def browser_phrases() -> dict[str, str]:
    """Every sentence in the page's language, its blanks still open."""
    return {key: str(words) for key, words in PHRASES.items()}
