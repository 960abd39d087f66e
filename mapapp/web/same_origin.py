"""Whether a request that changes something came from a page of ours.

There is no session to steal, so there is no token either: browsers say themselves where a request
comes from, and scripts of other sites cannot make them say otherwise. A program that is no browser can
say what it likes; against those only the limits help.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext

from mapapp.web.problems import RequestProblem

OWN_SITES: Final = frozenset({"same-origin", "none"})
"""``none``: the person did it by hand, as when a posted page is loaded again."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]
"""Scheme, host in lower case, port."""


def require_same_origin(public_url: str = "") -> None:
    """Refuse the current request unless a page of this service sent it.

    ``Sec-Fetch-Site`` decides where the browser sends it, then ``Origin``, then ``Referer`` (which our own
    pages always send to us). A request with none of the three is refused.

    Parameters
    ----------
    public_url
        The address people reach the service under, where it differs from the one in the request.

    Raises
    ------
    RequestProblem
        403, with a sentence for whoever is at the browser.
    """
    if not is_same_origin(public_url):
        raise RequestProblem(
            403,
            gettext("This can be sent only from the pages of this service. Open the form here and send it again."),
            code="cross_origin",
        )


def is_same_origin(public_url: str) -> bool:
    """Whether a page of this service sent the current request, as its browser says."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site in OWN_SITES
    sender = _origin_of(request.headers.get("Origin") or request.headers.get("Referer", ""))
    ours = {_origin_of(request.host_url), _origin_of(public_url)}
    return sender is not None and sender in ours


def _origin_of(address: str) -> Origin | None:
    """The origin of an address; None where it has none, as ``null`` or a text that is no address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme)
