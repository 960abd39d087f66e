"""The map as a file of its own, fetched when a visitor first opens it.

Folium's fragment holds no station, so it changes with the place, the settings and our scripts only: its
address carries a hash of its content, and browsers keep it for good.
"""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from mapapp.public.blueprint import public
from mapapp.public.browser_page import map_file
from mapapp.web.bodies import payload_response

FOR_EVER = "public, max-age=31536000, immutable"


@public.get("/map/<any(zh, en):language>.<digest>.js")
def map_fragment(language: str, digest: str) -> Response:
    """Folium's script of the city's map, an ES module; any hash but the present one is not found."""
    file = map_file(language)
    if digest != file.digest:
        abort(404)
    return payload_response(file.payload, cache_control=FOR_EVER)
