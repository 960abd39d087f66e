"""What gunicorn serves while HTTP is measured: the service, with routes of the benchmark's own beside it.

They are mounted on what ``create_app`` returns, so they pass through everything a real route does: headers,
language, problems, limiter, compression, access log.
"""

from __future__ import annotations

import os
from typing import Final

from flask import Blueprint, Flask, Response

from benchmarks import geopandas_peer, postgis_peer
from benchmarks.postgis_peer import DATABASE_VARIABLE, PostgisPeer
from mapapp import create_app
from mapapp.web import EXTENSION_KEY

FLOOR_PATH: Final = "/api/v1/benchmark/floor"
LARGE_FLOOR_PATH: Final = "/api/v1/benchmark/large-floor"
CONSTANT_BODY: Final = b'{"type":"FeatureCollection","features":[]}'
LARGE_BODY: Final = b" " * 11_000 + CONSTANT_BODY
"""As long as a nearest answer."""
JSON: Final = "application/json"


def measured_app() -> Flask:
    """The service with the routes of the benchmark; the PostGIS peer where the environment names a database for it."""
    database_url = os.environ.get(DATABASE_VARIABLE)
    app = create_app()
    mount(app, PostgisPeer(database_url) if database_url else None)
    return app


def mount(app: Flask, peer: PostgisPeer | None) -> None:
    """Add the routes with a constant body, GeoPandas's, and PostGIS's if there is one."""
    floor = Blueprint("benchmark_floor", __name__)
    floor.add_url_rule(FLOOR_PATH, view_func=constant)
    floor.add_url_rule(LARGE_FLOOR_PATH, view_func=large_constant)
    app.register_blueprint(floor)
    app.register_blueprint(geopandas_peer.peer_blueprint(app.extensions[EXTENSION_KEY].settings))
    if peer is not None:
        app.register_blueprint(postgis_peer.peer_blueprint(peer))


def bare_hello() -> Flask:
    """Flask and nothing else."""
    app = Flask("bare_hello")
    app.add_url_rule(FLOOR_PATH, view_func=constant)
    app.add_url_rule("/healthz", endpoint="healthz", view_func=constant)
    return app


def constant() -> Response:
    """The same few bytes every time."""
    return Response(CONSTANT_BODY, content_type=JSON)


def large_constant() -> Response:
    """More bytes, the same every time."""
    return Response(LARGE_BODY, content_type=JSON)
