"""Our Folium elements: each writes one call into our browser module (``window.stationmap``).

Data cross over as JSON written by Jinja's ``tojson``, which no text can break out of.
"""

from __future__ import annotations

from typing import Any

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from geodata.coordinates import LonLat
from mapapp.maps.basemaps import TileSource
from mapapp.maps.fragment import AssetUrl


def leaflet_order(point: LonLat) -> list[float]:
    """A position as Folium and Leaflet want it, latitude first: the one place where the order turns."""
    return [point.lat, point.lon]


class LocalMap(folium.Map):
    """Folium's map with Leaflet from our own built files, and nothing else in its header."""

    def __init__(self, asset_url: AssetUrl, center: LonLat, zoom_limits: tuple[int, int], **options: Any) -> None:
        super().__init__(location=leaflet_order(center), tiles=None, **options)
        self.options["min_zoom"], self.options["max_zoom"] = zoom_limits  # Folium gives them to its own tiles only
        self.default_js = [("leaflet", asset_url("leaflet.js"))]
        self.default_css = [("leaflet_css", asset_url("leaflet.css"))]


class StationLayer(JSCSSMixin):
    """All stations, clustered: the browser fetches ``url`` and draws them."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "stationmap.stationLayer({{ this._parent.get_name() }}, {{ this.url|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, url: str, asset_url: AssetUrl) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's elements are half typed
        self._name = "StationLayer"
        self.url = url
        self.default_js = [("markercluster", asset_url("markercluster.js"))]
        self.default_css = [("markercluster_css", asset_url("markercluster.css"))]


class BrowserCall(MacroElement):
    """A call of one of our browser module's functions with the map and some data."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "stationmap.{{ this.function }}({{ this._parent.get_name() }}, {{ this.data|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, data: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's elements are half typed
        self._name = "BrowserCall"
        self.function = function
        self.data = data


class Gcj02TileLayer(folium.TileLayer):
    """Tiles drawn in GCJ-02: our browser module lays them where they belong on a WGS-84 map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = stationmap.gcj02TileLayer("
        "{{ this.tiles|tojson }}, {{ this.options|tojavascript }});"
        "{% endmacro %}"
    )


def tile_layer(source: TileSource, attribution: str, max_zoom: int) -> folium.TileLayer:
    """The Folium layer of a tile source."""
    layer = folium.TileLayer if source.crs.value == "wgs84" else Gcj02TileLayer
    return layer(
        tiles=source.url,
        attr=attribution,
        name=source.host_pattern,
        subdomains="".join(source.subdomains) or "abc",
        max_zoom=max_zoom,
        max_native_zoom=source.max_native_zoom,
        control=False,
        referrer_policy="origin",
    )
