"""The service in numbers, for Prometheus: on this machine, or by token."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from mapapp.services.observing.exposition import CONTENT_TYPE
from mapapp.web.bodies import NEVER_STORE, body_response
from mapapp.web.metrics import current_metrics_text

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def read() -> Response:
    """The numbers, or nothing there for whoever may not read them."""
    text = current_metrics_text()
    if text is None:
        raise NotFound
    return body_response(text, CONTENT_TYPE, cache_control=NEVER_STORE, with_etag=False)
