"""The public interface for machines: stations as GeoJSON, problems as RFC 9457, described in OpenAPI 3.1."""

from mapapp.api import coverage, station_writes, stations
from mapapp.api.blueprint import api
from mapapp.api.health import health
from mapapp.api.metrics import metrics
from mapapp.api.reference import reference

__all__ = ["api", "coverage", "health", "metrics", "reference", "station_writes", "stations"]
