"""The sentences that the scripts of the staff's pages speak, by key; mapapp/static/js/words.js reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

PHRASES: Final[Mapping[str, LazyString]] = {
    "map": lazy_gettext("Map"),
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "close_popup": lazy_gettext("Close"),
    "pin": lazy_gettext("The station's pin: drag it, or move it with the arrow keys"),
    "map_opening": lazy_gettext("Opening the map …"),
    "map_failed": lazy_gettext("The map could not be opened. Type or paste the position, or try again."),
    "district_found": lazy_gettext("District: %(district)s"),
    "outside_city": lazy_gettext("This lies outside the city. Are the coordinates of another system?"),
    "like_named": lazy_gettext("%(name)s (%(code)s) stands %(metres)s m from here. Is it the same station?"),
    "where_failed": lazy_gettext("The position could not be checked. It is checked again when you save."),
    "shared_read": lazy_gettext("Position taken from the link."),
    "shared_short": lazy_gettext("This is a short link. Open it in the map's app and copy the long one."),
    "shared_none": lazy_gettext("There is no position in this text."),
    "draft_found": lazy_gettext("On this device there is a draft from %(time)s that was not saved."),
    "draft_older": lazy_gettext("Somebody has saved since; you will see what they changed before yours is saved."),
    "draft_restore": lazy_gettext("Put it back"),
    "draft_discard": lazy_gettext("Discard it"),
    "draft_restored": lazy_gettext("The draft is back in the form. Nothing is saved yet."),
    "draft_kept": lazy_gettext("Draft kept on this device."),
    "draft_hint": lazy_gettext("Internal contacts and the photo are not kept in it."),
}


def browser_phrases() -> dict[str, str]:
    """Every sentence in the page's language, its blanks still open."""
    return {key: str(words) for key, words in PHRASES.items()}
