"""The blueprint of ``/api/v1``; ``stations`` and ``coverage`` put their addresses on it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"

api = Blueprint("api", __name__, url_prefix="/api/v1")
