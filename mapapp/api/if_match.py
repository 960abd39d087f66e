"""``If-Match``: which versions of a station a change was made from.

A tag looks like ``"v3.0a1b…"``; the version decides. What follows it differs between encodings and from
minute to minute with the state, and a proxy that compresses may have made the tag weak or added its mark: none
of it matters.
"""

from __future__ import annotations

import re
from typing import Final

from flask import request
from flask_babel import gettext

from mapapp.web.problems import RequestProblem

_TAG: Final = re.compile(r'(?:W/)?"v(?P<version>[0-9]{1,9})(?:[.-][^"]*)?"')
_MAX_CHARS: Final = 2000


def matched_versions() -> frozenset[int]:
    """The versions ``If-Match`` names; tags that are none of ours name none.

    Raises
    ------
    RequestProblem
        428: there is no such header, or it is ``*``, which would overwrite whatever is there.
    """
    text = request.headers.get("If-Match", "").strip()
    if text in {"", "*"}:
        raise RequestProblem(
            428,
            gettext("A change names the version it was made from: send the ETag of the station you read as If-Match."),
            code="if_match_needed",
        )
    return frozenset(int(tag["version"]) for tag in _TAG.finditer(text[:_MAX_CHARS]))
