"""The tile sources an operator can turn on, and what each asks of a page.

A tile source sees which part of the city a visitor looks at and the visitor's address; the page says
whom it asks. The referrer is cut to the origin. Missing tiles stay invisible: our outlines remain.
A public map in China needs licensed tiles and an approval number (审图号): docs/operations.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geodata.coordinates import Crs
from mapapp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TileSource:
    """One layer of tiles. ``url`` is Leaflet's template; ``subdomains`` fill its ``{s}``."""

    url: str
    subdomains: tuple[str, ...] = ()
    max_native_zoom: int = 18
    crs: Crs = Crs.WGS84

    @property
    def host_pattern(self) -> str:
        """Where its tiles come from, as a Content-Security-Policy source."""
        scheme, _, rest = self.url.partition("://")
        host = rest.partition("/")[0]
        return f"{scheme}://{'*.' + host.partition('.')[2] if '{s}' in host else host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """Tile layers from below to above, and the credit their owners ask for."""

    layers: tuple[TileSource, ...] = ()
    attribution: str = ""
    provider: str = ""


_OSM: Final = Basemap(
    layers=(TileSource(url="https://tile.openstreetmap.org/{z}/{x}/{y}.png", max_native_zoom=19),),
    attribution='© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>',
    provider="OpenStreetMap (tile.openstreetmap.org)",
)

_GAODE: Final = Basemap(
    layers=(
        TileSource(
            url="https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",
            subdomains=("1", "2", "3", "4"),
            crs=Crs.GCJ02,
        ),
    ),
    attribution="© 高德地图",
    provider="高德 (is.autonavi.com)",
)


def _tianditu(key: str) -> Basemap:
    def layer(name: str) -> TileSource:
        query = (
            f"SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
            f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
        )
        return TileSource(url=f"https://t{{s}}.tianditu.gov.cn/{name}_w/wmts?{query}", subdomains=tuple("01234567"))

    return Basemap(layers=(layer("vec"), layer("cva")), attribution="© 天地图", provider="天地图 (tianditu.gov.cn)")


def chosen_basemap(settings: Settings) -> Basemap:
    """The basemap this installation draws below the outlines; one without layers for ``none``."""
    match settings.basemap:
        case "osm":
            return _OSM
        case "gaode":
            return _GAODE
        case "tianditu":
            return _tianditu(settings.tianditu_key)
        case _:
            return Basemap()


def tile_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts a page may load images from, for its Content-Security-Policy."""
    return tuple(sorted({layer.host_pattern for layer in chosen_basemap(settings).layers}))
