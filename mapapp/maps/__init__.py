"""Maps: the core's types in, parts of a page out. The only package that knows Folium.

``fragment`` admits Folium's output as markup, ``elements`` are our Folium elements, ``basemaps`` the
tile sources, ``city_map`` puts the map of the pages together, ``static_map`` draws without script.
"""

from mapapp.maps.basemaps import tile_hosts
from mapapp.maps.city_map import city_map
from mapapp.maps.fragment import AssetUrl, MapFragment
from mapapp.maps.static_map import StaticMap, static_map

__all__ = ["AssetUrl", "MapFragment", "StaticMap", "city_map", "static_map", "tile_hosts"]
