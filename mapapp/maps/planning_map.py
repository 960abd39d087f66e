"""The map of a planner's answer: layers fetched by the browser, switched on and off beside it."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.places import Place
from mapapp.maps.city_map import base_map
from mapapp.maps.elements import BrowserCall
from mapapp.maps.fragment import AssetUrl, MapFragment, fragment_of
from mapapp.settings import Settings


def planning_map(
    place: Place,
    settings: Settings,
    language: str,
    urls: Mapping[str, str],
    asset_url: AssetUrl,
    draws: str = "planningLayers",
) -> MapFragment:
    """The city with the layers that ``urls`` answer: ``main`` at once, the others when they are switched on.

    ``draws`` is the function of our script that draws them.
    """
    tree = base_map(
        place,
        settings,
        language,
        asset_url,
        center=place.center,
        zoom_start=place.default_zoom,
        scroll_wheel_zoom=False,
    )
    BrowserCall(draws, {"urls": dict(urls)}).add_to(tree)
    return fragment_of(tree)
