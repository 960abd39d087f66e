"""The map on which staff set a station's pin."""

from __future__ import annotations

from geodata.places import Place
from mapapp.maps.city_map import base_map
from mapapp.maps.elements import BrowserCall
from mapapp.maps.fragment import AssetUrl, MapFragment, fragment_of
from mapapp.settings import Settings


def pin_map(place: Place, settings: Settings, language: str, asset_url: AssetUrl) -> MapFragment:
    """The city with one pin to drag. A wheel that scrolls the page does not zoom it."""
    tree = base_map(
        place,
        settings,
        language,
        asset_url,
        center=place.center,
        zoom_start=place.default_zoom,
        scroll_wheel_zoom=False,
    )
    BrowserCall("pinLayer", {}).add_to(tree)
    return fragment_of(tree)
