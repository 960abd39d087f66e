"""Links that lead to a station's door, each in the coordinate system of the map that opens.

高德 and 腾讯 read GCJ-02, and so does Apple Maps for places in China; 百度 reads BD-09 when told so;
``geo:`` is WGS-84 by its standard (RFC 5870). A wrong system leads to a door 400 to 1,200 m away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from geodata.coordinates import PUBLISHED_DECIMALS, Crs, convert_point
from geodata.stations.station import Station

_SOURCE: Final = "webapp.open.stationmap"
"""How the map vendors are told who links to them, in the form they ask for."""


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link to a station in one map; ``vendor`` is amap, baidu, tencent, apple or system."""

    vendor: str
    crs: Crs
    url: str


def navigation_links(station: Station) -> tuple[NavigationLink, ...]:
    """The links to a real, placed station; none for others, because they would lead astray."""
    if station.is_sample or station.position is None:
        return ()
    point = station.position.point
    in_system = {crs: _written(*convert_point(point.lon, point.lat, Crs.WGS84, crs)) for crs in Crs}
    gcj_lon, gcj_lat = in_system[Crs.GCJ02]
    bd_lon, bd_lat = in_system[Crs.BD09]
    lon, lat = in_system[Crs.WGS84]
    name = station.name
    return (
        NavigationLink("amap", Crs.GCJ02, _amap(gcj_lon, gcj_lat, name)),
        NavigationLink("baidu", Crs.BD09, _baidu(bd_lon, bd_lat, name, station.address)),
        NavigationLink("tencent", Crs.GCJ02, _tencent(gcj_lon, gcj_lat, name, station.address)),
        NavigationLink("apple", Crs.GCJ02, _query("https://maps.apple.com/", ll=f"{gcj_lat},{gcj_lon}", q=name)),
        NavigationLink("system", Crs.WGS84, f"geo:{lat},{lon}?q={lat},{lon}({quote(name, safe='')})"),
    )


def _amap(lon: str, lat: str, name: str) -> str:
    return _query(
        "https://uri.amap.com/marker", position=f"{lon},{lat}", name=name, src=_SOURCE, coordinate="gaode", callnative=1
    )


def _baidu(lon: str, lat: str, name: str, address: str) -> str:
    return _query(
        "https://api.map.baidu.com/marker",
        location=f"{lat},{lon}",
        title=name,
        content=address or name,
        coord_type="bd09ll",
        output="html",
        src=_SOURCE,
    )


def _tencent(lon: str, lat: str, name: str, address: str) -> str:
    parts = {"coord": f"{lat},{lon}", "title": _without_marks(name), "addr": _without_marks(address)}
    marker = ";".join(f"{key}:{value}" for key, value in parts.items() if value)
    return _query("https://apis.map.qq.com/uri/v1/marker", marker=marker, coord_type=1, referer=_SOURCE)


def _without_marks(text: str) -> str:
    """The text without the two characters that structure 腾讯's marker parameter."""
    return text.replace(";", " ").replace(":", " ")


def _query(address: str, **parameters: object) -> str:
    return f"{address}?{urlencode(parameters, quote_via=quote, safe=',')}"


def _written(lon: float, lat: float) -> tuple[str, str]:
    return f"{lon:.{PUBLISHED_DECIMALS}f}", f"{lat:.{PUBLISHED_DECIMALS}f}"
