"""The addresses of one station."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template

from mapapp.maps import static_map, station_map
from mapapp.public.blueprint import public
from mapapp.public.browser_page import asset_url, language, page_data
from mapapp.public.station_view import station_view
from mapapp.services.station_page import StationPage, station_page
from mapapp.web import services


@public.get("/stations/<code>")
def station(code: str) -> str:
    """One station."""
    parts = services()
    page = station_page(parts.snapshot, code, parts.now(), parts.settings)
    if page is None:
        abort(404)
    return render_template(
        "public/station.html",
        view=station_view(page, language()),
        page_data=page_data("states", "station", "places", "map", "reports", "offline"),
        **_map_parts(page),
    )


def _map_parts(page: StationPage) -> dict[str, Any]:
    position = page.station.position
    if position is None:
        return {"map": None, "picture": None, "has_tiles": False}
    parts = services()
    fragment = station_map(
        parts.place,
        parts.settings,
        language(),
        asset_url,
        point=position.point.rounded(),
        kind=page.station.kind,
        state=page.arrival.state,
    )
    picture = static_map(parts.place, language(), [position.point])
    return {"map": fragment, "picture": picture, "has_tiles": parts.settings.basemap != "none"}
