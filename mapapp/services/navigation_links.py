"""Links that lead to a station's door, each in the coordinate system of the map that opens.

高德 and 腾讯 read GCJ-02, and so does Apple Maps for places in China; 百度 reads BD-09 when told so;
``geo:`` is WGS-84 by its standard (RFC 5870). A wrong system leads to a door 400 to 1,200 m away.

The forms are those the makers publish: 高德 ``navigation`` (a way from where one is), 百度 and 腾讯 ``marker``
(a pin: their ways want a starting point in a browser), Apple's map links. 腾讯's ``coord_type`` 2 says that
the numbers are its own; 1 would have it shift them once more. The phone fills the same templates in when it
draws a station without a network (mapapp/static/js/station/links.js).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from geodata.coordinates import PUBLISHED_DECIMALS, Crs, convert_point
from geodata.stations.station import Station

_SOURCE: Final = "webapp.open.stationmap"
"""How the map vendors are told who links to them, in the form they ask for."""


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """The address of a place in one map, with blanks for lon, lat (in ``crs``, 6 decimals), name and address."""

    vendor: str
    crs: Crs
    template: str


LINK_TEMPLATES: Final = (
    LinkTemplate(
        "amap",
        Crs.GCJ02,
        "https://uri.amap.com/navigation?to={lon},{lat},{name}&mode=walk&coordinate=gaode&callnative=1&src=" + _SOURCE,
    ),
    LinkTemplate(
        "baidu",
        Crs.BD09,
        "https://api.map.baidu.com/marker?location={lat},{lon}&title={name}&content={address}"
        "&coord_type=bd09ll&output=html&src=" + _SOURCE,
    ),
    LinkTemplate(
        "tencent",
        Crs.GCJ02,
        "https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:{name};addr:{address}"
        "&coord_type=2&referer=" + _SOURCE,
    ),
    LinkTemplate("apple", Crs.GCJ02, "https://maps.apple.com/?ll={lat},{lon}&q={name}"),
    LinkTemplate("system", Crs.WGS84, "geo:{lat},{lon}?q={lat},{lon}({name})"),
)
_STRUCTURE: Final = re.compile(r"[,;:|]")
"""What the vendors part their parameters with; none of it can be escaped inside them."""


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
    point = station.position.point.rounded()
    words = {"name": _written(station.name), "address": _written(station.address or station.name)}
    return tuple(
        NavigationLink(each.vendor, each.crs, each.template.format(**_degrees(point.lon, point.lat, each.crs), **words))
        for each in LINK_TEMPLATES
    )


def _degrees(lon: float, lat: float, crs: Crs) -> dict[str, str]:
    there_lon, there_lat = convert_point(lon, lat, Crs.WGS84, crs)
    return {"lon": f"{there_lon:.{PUBLISHED_DECIMALS}f}", "lat": f"{there_lat:.{PUBLISHED_DECIMALS}f}"}


def _written(text: str) -> str:
    """A text as part of an address, without the marks that would end it."""
    return quote(_STRUCTURE.sub(" ", text).strip(), safe="")
