"""The sentences that the script of the planners' pages of answers speaks, by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

from mapapp.planner.phrases import PHRASES

ASK_PHRASES: Final[Mapping[str, LazyString]] = {
    **PHRASES,
    "gap_hours": lazy_gettext("%(hours)s worker-hours not surely covered; %(workers)s workers in the mean hour"),
    "town": lazy_gettext("Town-sized cell: %(share)s covered of %(hours)s worker-hours"),
    "catchment": lazy_gettext("Nearest surely open station for most here: %(code)s"),
    "isochrone": lazy_gettext("In reach of station %(code)s along the streets"),
    "load": lazy_gettext("%(load)s worker-hours; %(peak)s workers in its fullest hour; seats: %(seats)s"),
    "load_serves": lazy_gettext("surely open, and nearest for somebody"),
    "load_unknown": lazy_gettext("hours unknown: serves somebody if it is open"),
    "load_idle": lazy_gettext("counts, and is nearest for nobody"),
    "load_out": lazy_gettext("does not count in this question"),
    "layer_failed": lazy_gettext("This layer could not be read. Switch it off and on to try again."),
    "place_key": lazy_gettext("%(what)s · %(key)s"),
    "place_must": lazy_gettext("Must be among them"),
    "place_not": lazy_gettext("Must not be among them"),
    "place_free": lazy_gettext("Leave it open"),
    "place_chosen": lazy_gettext("choice %(rank)s of the plan"),
    "place_is_must": lazy_gettext("must be among them"),
    "place_is_not": lazy_gettext("must not be among them"),
    "place_said": lazy_gettext("%(name)s: %(state)s. Plan anew for it to count."),
    "place_is_open": lazy_gettext("left open"),
    "percent": lazy_gettext("%(phase)s: %(percent)s %% (%(done)s of %(total)s)"),
}


def ask_phrases() -> dict[str, str]:
    """Every sentence in the page's language, its blanks still open."""
    return {key: str(words) for key, words in ASK_PHRASES.items()}
