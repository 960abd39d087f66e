"""Pages that say what is so and not who asks: made once a minute, and sent to everybody who asks within it.

A page depends on its address, the language, and what the view names as its moment. Each answer keeps a nonce of
its own, and a key of its own for what is sent from it: a page is kept as the parts between the places where the
nonce of its first answer stood, with a mark where its key stood.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import g, request

from mapapp.services.snapshot import StationSnapshot
from mapapp.web.away import data_as_of
from mapapp.web.headers import csp_nonce
from mapapp.web.language import current_language
from mapapp.web.release import current_release

_KEY_MARK: Final = b"\0"
"""Where an answer's own key belongs. HTML has no such character."""


def answer_key() -> str:
    """The key of a form on the current answer: the same within one request, never the same in two."""
    if "answer_key" not in g:
        g.answer_key = str(uuid.uuid4())
    return str(g.answer_key)


def this_minute(now: datetime) -> datetime:
    """The beginning of the minute: the one instant that a kept page knows."""
    return now.replace(second=0, microsecond=0)


def kept_page(snapshot: StationSnapshot, now: datetime, render: Callable[[], str]) -> bytes:
    """The page of this address, as ``render`` makes it where nobody asked since the snapshot or the minute changed.

    ``render`` must not look at cookies, headers or the clock; an address with a query is rendered each time.
    """
    nonce, own_key = csp_nonce().encode(), answer_key().encode()
    if request.query_string:
        return render().encode()

    def parts() -> tuple[bytes, ...]:
        return tuple(render().encode().replace(own_key, _KEY_MARK).split(nonce))

    as_of = data_as_of()
    moment = (this_minute(now), as_of and this_minute(as_of))
    key = (current_release(), request.url_root, request.path, current_language(), moment)
    return nonce.join(snapshot.page(key, parts)).replace(_KEY_MARK, own_key)
