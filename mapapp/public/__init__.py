"""The pages for everybody: the map, a station, reports, all stations, about.

Routes are thin; what they show is put together by the services and worded here. Importing a module of
routes hangs them on the blueprint.
"""

from mapapp.public import (  # noqa: F401 - see above
    cell_routes,
    map_routes,
    offline_routes,
    report_routes,
    routes,
    sitemap_routes,
    station_routes,
    unmet_routes,
)
from mapapp.public.blueprint import public

__all__ = ["public"]
