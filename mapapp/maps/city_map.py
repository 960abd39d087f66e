"""The map of the pages: the whole city with its stations."""

from __future__ import annotations

from typing import Any, Final

import folium
import shapely

from geodata.coordinates import LonLat
from geodata.places import Place
from mapapp.maps.basemaps import chosen_basemap
from mapapp.maps.elements import BrowserCall, LocalMap, StationLayer, tile_layer
from mapapp.maps.fragment import AssetUrl, MapFragment, fragment_of
from mapapp.settings import Settings

MIN_ZOOM: Final = 7
MAX_ZOOM: Final = 18
OUTLINE_DECIMALS: Final = 5
"""Decimals of a drawn outline (about 1 m)."""


def city_map(place: Place, settings: Settings, language: str, data_url: str, asset_url: AssetUrl) -> MapFragment:
    """The city: tiles if any, outlines, the districts' names, and all stations from ``data_url``."""
    tree = base_map(place, settings, language, asset_url, center=place.center, zoom_start=place.default_zoom)
    StationLayer(data_url, asset_url).add_to(tree)
    return fragment_of(tree)


def base_map(
    place: Place, settings: Settings, language: str, asset_url: AssetUrl, *, center: LonLat, **options: Any
) -> folium.Map:
    """Tiles below, our outlines and names above. Without tiles the clusters need the zoom limits."""
    least_zoom = min(MIN_ZOOM, max(place.default_zoom - 1, 1))  # a country is seen whole, a city need not be smaller
    tree = LocalMap(asset_url, center, (least_zoom, MAX_ZOOM), **options)
    basemap = chosen_basemap(settings)
    for source in basemap.layers:
        tile_layer(source, basemap.attribution, MAX_ZOOM).add_to(tree)
    _outlines(place).add_to(tree)
    BrowserCall("dressMap", {"units": _labels(place, language)}).add_to(tree)
    return tree


def _outlines(place: Place) -> folium.GeoJson:
    """The units' outlines. Their look is a class of our stylesheet, so that it follows the dark mode."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": unit.code},
            "geometry": shapely.geometry.mapping(shapely.set_precision(unit.outline, 10**-OUTLINE_DECIMALS)),
        }
        for unit in place.units
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name="units",
        control=False,
        smooth_factor=0.5,
        style_function=lambda _feature: {"className": "unit-outline"},
        interactive=False,
    )


def _labels(place: Place, language: str) -> list[dict[str, object]]:
    return [{"name": unit.name(language), "lon": unit.label_at.lon, "lat": unit.label_at.lat} for unit in place.units]
