"""Pages that say what is so and not who asks: made once a minute, and sent to everybody who asks within it.

A page depends on its address, the language, and what the view names as its moment. Each answer keeps a nonce of
its own: a page is kept as the parts between the places where the nonce of its first answer stood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request

from mapapp.services.snapshot import StationSnapshot
from mapapp.web.away import data_as_of
from mapapp.web.headers import csp_nonce
from mapapp.web.language import current_language
from mapapp.web.release import current_release


def this_minute(now: datetime) -> datetime:
    """The beginning of the minute: the one instant that a kept page knows."""
    return now.replace(second=0, microsecond=0)


def kept_page(snapshot: StationSnapshot, now: datetime, render: Callable[[], str]) -> bytes:
    """The page of this address, as ``render`` makes it where nobody asked since the snapshot or the minute changed.

    ``render`` must not look at cookies, headers or the clock; an address with a query is rendered each time.
    """
    nonce = csp_nonce().encode()
    if request.query_string:
        return render().encode()

    def parts() -> tuple[bytes, ...]:
        return tuple(render().encode().split(nonce))

    as_of = data_as_of()
    moment = (this_minute(now), as_of and this_minute(as_of))
    key = (current_release(), request.url_root, request.path, current_language(), moment)
    return nonce.join(snapshot.page(key, parts))
