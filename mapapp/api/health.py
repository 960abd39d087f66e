"""Is the process alive, and can it answer? For supervisors and load balancers."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.services.publish import json_bytes
from mapapp.services.readiness import Readiness, readiness
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response
from mapapp.web.problems import WORDS, problem_response

JSON: Final = "application/json"
RETRY_AFTER_S: Final = 10

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Always 200 while the process answers at all."""
    return body_response(json_bytes({"status": "alive"}), JSON, cache_control=NEVER_STORE, with_etag=False)


@health.get("/readyz")
def readyz() -> Response:
    """200 when the process reads and writes current data, else 503; what it stands at either way."""
    state = readiness(services())
    if state.is_ready:
        document = {"status": "ready"} | _numbers(state)
        return body_response(json_bytes(document), JSON, cache_control=NEVER_STORE, with_etag=False)
    detail = gettext("The stations cannot be read at the moment.")
    refusal = problem_response(503, str(WORDS[503].title), detail, {"code": state.problem, "standing": _numbers(state)})
    refusal.headers["Cache-Control"] = NEVER_STORE
    refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
    return refusal


def _numbers(state: Readiness) -> dict[str, Any]:
    """What a supervisor may want to know; members that nobody can tell are left out."""
    timezone = services().place.timezone
    numbers: dict[str, Any] = {
        "data_revision": state.data_revision,
        "schema_revision": state.schema_revision,
        "snapshot_revision": state.snapshot_revision,
        "snapshot_built_at": state.snapshot_built_at,
        "checked_age_s": round(state.checked_age_s, 1) if state.checked_age_s is not None else None,
        "snapshot_error": state.snapshot_error or None,
        "snapshot_build_cpu_s": round(state.build_cpu_s, 3) if state.build_cpu_s is not None else None,
        "stations_count": state.stations_count,
        "sample": state.is_sample,
        "replica_revision": state.replica_revision,
        "replica_away": state.replica_away,
        "worker_seen_at": state.worker_seen_at,
    }
    for name in ("snapshot_built_at", "worker_seen_at"):
        if numbers[name] is not None:
            numbers[name] = numbers[name].astimezone(timezone).isoformat(timespec="seconds")
    return {name: value for name, value in numbers.items() if value is not None}
