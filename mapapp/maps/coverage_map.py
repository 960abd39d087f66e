"""The map of an answer about coverage: demand, gaps and stations, fetched by the browser from one address."""

from __future__ import annotations

from geodata.places import Place
from mapapp.maps.city_map import base_map
from mapapp.maps.elements import BrowserCall
from mapapp.maps.fragment import AssetUrl, MapFragment, fragment_of
from mapapp.settings import Settings


def coverage_map(place: Place, settings: Settings, language: str, data_url: str, asset_url: AssetUrl) -> MapFragment:
    """The city with whatever ``data_url`` answers drawn on it. A wheel that scrolls the page does not zoom it."""
    tree = base_map(
        place,
        settings,
        language,
        asset_url,
        center=place.center,
        zoom_start=place.default_zoom,
        scroll_wheel_zoom=False,
    )
    BrowserCall("coverageLayer", {"url": data_url}).add_to(tree)
    return fragment_of(tree)
