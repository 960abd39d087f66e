"""The blueprint of ``/api/v1``; ``stations`` and ``coverage`` put their addresses on it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"

api = Blueprint("api", __name__, url_prefix="/api/v1")


class OneStation(BaseConverter):
    """A station's code in an address, but not the word ``nearest``, which is an address of its own."""

    regex = r"(?!nearest(?:/|$))[^/]+"


def _know_codes(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["one_station"] = OneStation


api.record_once(_know_codes)
