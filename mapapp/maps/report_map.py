"""The map within a report that needs no network: no tiles, and nothing it asks anybody for."""

from __future__ import annotations

from dataclasses import replace

from geodata.places import Place
from mapapp.maps.city_map import base_map
from mapapp.maps.elements import BrowserCall
from mapapp.maps.fragment import MapFragment, fragment_of
from mapapp.settings import Settings


def report_map(place: Place, settings: Settings, language: str) -> MapFragment:
    """The city's outlines with the layers that the report's own data hold."""
    tree = base_map(
        place,
        replace(settings, basemap="none"),
        language,
        lambda name: name,
        center=place.center,
        zoom_start=place.default_zoom,
        scroll_wheel_zoom=False,
    )
    BrowserCall("reportLayers", {}).add_to(tree)
    return fragment_of(tree)
