"""What search engines ask for: robots.txt, and with a public address set the site map.

Without ``MAPAPP_PUBLIC_URL`` nobody knows under which name the site is to be found, so there is no map of it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from mapapp.public.blueprint import public
from mapapp.services.container import Services
from mapapp.services.sitemap import index_document, page_count, page_pieces, station_days
from mapapp.web import services
from mapapp.web.bodies import REVALIDATE, body_response

_XML: Final = "application/xml; charset=utf-8"
_PAGES: Final = ("public.home", "public.all_stations", "planner.coverage", "public.about")
_NOT_FOR_ROBOTS: Final = ("/staff", "/api/", "/reports", "/s/", "/offline/")


@public.get("/robots.txt")
def robots() -> Response:
    """What robots need not read, and where the site map is."""
    lines = ["User-agent: *", *(f"Disallow: {request.script_root}{path}" for path in _NOT_FOR_ROBOTS)]
    if services().settings.public_url:
        lines += ["", f"Sitemap: {_absolute(url_for('public.sitemap_index'))}"]
    return body_response(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8")


@public.get("/sitemap.xml")
def sitemap_index() -> Response:
    """The list of the site map's pages."""
    parts = _mapped()
    numbers = range(1, page_count(parts.snapshot) + 1)
    addresses = [_absolute(url_for("public.sitemap_page", number=number)) for number in numbers]
    return body_response(index_document(parts.snapshot, parts.store, addresses), _XML)


@public.get("/sitemap/<int:number>.xml")
def sitemap_page(number: int) -> Response:
    """Some of the site's addresses, sent as they are written."""
    parts = _mapped()
    snapshot = parts.snapshot
    if not 1 <= number <= page_count(snapshot):
        abort(404)
    fixed = [_absolute(url_for(endpoint)) for endpoint in _PAGES] if number == 1 else []
    before, _code, after = _absolute(url_for("public.station", code="CODE")).rpartition("CODE")
    days = station_days(snapshot, parts.store)
    response = Response(page_pieces(snapshot, days, number, (before, after), fixed), content_type=_XML)
    response.headers["Cache-Control"] = REVALIDATE
    said_by = f"{snapshot.position} {number} {before}"
    response.set_etag(hashlib.sha256(said_by.encode()).hexdigest()[:32])
    return response


def _mapped() -> Services:
    parts = services()
    if not parts.settings.public_url:
        abort(404)
    return parts


def _absolute(path: str) -> str:
    """A path under the public address, which may or may not name the application's root."""
    return services().settings.public_url.rstrip("/").removesuffix(request.script_root) + path
