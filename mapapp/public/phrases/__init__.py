"""The sentences that the server's pages and the browser's scripts both speak, under one key each.

``phrase`` fills one in here; ``browser_phrases`` hands those of some subjects, in the page's language,
to mapapp/static/js/words.js. So a station reads the same wherever its row was made. Each subject is a
module; no key occurs in two.
"""

from __future__ import annotations

import re
from typing import Final

from flask_babel import ngettext

from mapapp.public.phrases import finding, offline, on_map, outbox, places, reports, states, station, unmet
from mapapp.public.phrases.counted import Counted, Phrases

__all__ = ["SUBJECTS", "browser_phrases", "phrase"]

_BLANK: Final = re.compile(r"%\((\w+)\)s")

SUBJECTS: Final[dict[str, Phrases]] = {
    "states": states.PHRASES,
    "finding": finding.PHRASES,
    "places": places.PHRASES,
    "map": on_map.PHRASES,
    "station": station.PHRASES,
    "reports": reports.PHRASES,
    "outbox": outbox.PHRASES,
    "offline": offline.PHRASES,
    "unmet": unmet.PHRASES,
}
_ALL: Final[Phrases] = {key: found for subject in SUBJECTS.values() for key, found in subject.items()}


def phrase(key: str, **values: object) -> str:
    """The sentence under ``key`` in the page's language, filled in."""
    found = _ALL[key]
    if isinstance(found, Counted):
        count = values["count"]
        assert isinstance(count, int)  # noqa: S101 - every counted sentence names its count
        return str(ngettext(found.one, found.several, count, **values))
    return str(found) % values


def browser_phrases(*subjects: str) -> dict[str, str | list[str]]:
    """The subjects' sentences in the page's language, blanks still open; counted ones as [one, several]."""
    return {
        key: [_with_blanks(found, count) for count in (1, 2)] if isinstance(found, Counted) else str(found)
        for subject in subjects
        for key, found in SUBJECTS[subject].items()
    }


def _with_blanks(found: Counted, count: int) -> str:
    """Flask-Babel fills counted sentences in at once; here every blank is filled in with itself."""
    blanks = {name: f"%({name})s" for name in _BLANK.findall(found.several)}
    return str(ngettext(found.one, found.several, count, **blanks))
