"""What gunicorn serves while HTTP is measured: the service, with routes of the benchmark's own beside it.

They are mounted on what ``create_app`` returns, so they pass through everything a real route does: headers,
language, problems, limiter, compression, access log.
"""

from __future__ import annotations

import os
from typing import Final

from flask import Blueprint, Flask, Response

from benchmarks.postgis_peer import DATABASE_VARIABLE, PostgisPeer, peer_blueprint
from mapapp import create_app

FLOOR_PATH: Final = "/api/v1/benchmark/floor"
CONSTANT_BODY: Final = b'{"type":"FeatureCollection","features":[]}'
JSON: Final = "application/json"


def measured_app() -> Flask:
    """The service, a route with a constant body and, where there is a database for it, the PostGIS peer."""
    app = create_app()
    floor = Blueprint("benchmark_floor", __name__)
    floor.add_url_rule(FLOOR_PATH, view_func=constant)
    app.register_blueprint(floor)
    database_url = os.environ.get(DATABASE_VARIABLE)
    if database_url:
        app.register_blueprint(peer_blueprint(PostgisPeer(database_url)))
    return app


def bare_hello() -> Flask:
    """Flask and nothing else."""
    app = Flask("bare_hello")
    app.add_url_rule(FLOOR_PATH, view_func=constant)
    app.add_url_rule("/healthz", endpoint="healthz", view_func=constant)
    return app


def constant() -> Response:
    """The same few bytes every time."""
    return Response(CONSTANT_BODY, content_type=JSON)
