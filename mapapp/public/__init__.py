"""The pages for everybody: the map, a station, all stations, about.

Routes are thin; what they show is put together by the services and worded here.
"""

from mapapp.public.routes import public

__all__ = ["public"]
