"""Is the process alive, and can it answer? For supervisors and load balancers."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.services.publish import json_bytes
from mapapp.services.readiness import NotReady, readiness
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response
from mapapp.web.problems import RequestProblem

JSON: Final = "application/json"

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Always 200 while the process answers at all."""
    return body_response(json_bytes({"status": "alive"}), JSON, cache_control=NEVER_STORE, with_etag=False)


@health.get("/readyz")
def readyz() -> Response:
    """200 when the database answers and a snapshot stands, else 503."""
    try:
        state = readiness(services())
    except NotReady as error:
        raise RequestProblem(503, gettext("The stations cannot be read at the moment."), code=error.code) from error
    return body_response(json_bytes(state), JSON, cache_control=NEVER_STORE, with_etag=False)
