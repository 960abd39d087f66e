"""Every address of the interface: what it answers, which parameters it takes, which problems it may meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from mapapp.api import table
from mapapp.api.parameters import Parameter

GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"

TAGS: Final[Mapping[str, str]] = {
    "Stations": "Where the stations are, what they offer, and which is open on arrival.",
    "Editing": "For staff's programs, by token: saving and adding stations, and their histories.",
    "Coverage": "Which workers have an open station within reach, and where those are who have not.",
    "Service": "This description, and whether the service is well.",
}
"""The groups of addresses, in the order they are shown."""


class Tokens(Enum):
    """Whether an address wants a token."""

    NONE = "none"
    OPTIONAL = "optional"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address of the interface, asked by one method. ``endpoint`` is the Flask endpoint that answers it.

    ``takes`` names the schema of the body; ``answers`` is the status of a good answer.
    """

    path: str
    endpoint: str
    tag: str
    summary: str
    description: str
    schema: str
    media_type: str = GEOJSON
    parameters: tuple[Parameter[Any], ...] = ()
    problems: tuple[int, ...] = (400, 405, 429, 500, 503)
    has_etag: bool = False
    method: str = "get"
    takes: str = ""
    tokens: Tokens = Tokens.NONE
    answers: int = 200
    needs_if_match: bool = False


_WRITE_PROBLEMS: Final = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503)

OPERATIONS: Final = (
    Operation(
        path="/api/v1/stations",
        endpoint="api.stations",
        tag="Stations",
        summary="A page of the stations that match, by code",
        description=(
            "All filters must hold. Without any, the whole list: follow the link whose `rel` is `next` until there is "
            "none. Unplaced stations are part of it, with a null geometry."
        ),
        schema="StationPage",
        parameters=table.LIST_PARAMETERS,
        has_etag=True,
    ),
    Operation(
        path="/api/v1/stations/nearest",
        endpoint="api.nearest",
        tag="Stations",
        summary="The k nearest stations that match",
        description=(
            "Filters come before counting to `k`. By default only stations that are open when the visitor gets there, "
            "and for `min_stay_min` minutes after. Answers are not stored by caches, because positions are nobody's "
            "business; the service does not log them either."
        ),
        schema="NearestStations",
        parameters=table.NEAREST_PARAMETERS,
    ),
    Operation(
        path="/api/v1/stations/{code}",
        endpoint="api.station",
        tag="Stations",
        summary="One station and its state now",
        description=(
            "The whole record of one public station, with its state at this moment and when that changes. With a token "
            "of `stations:read` it is read from the database at this moment, also where it is hidden from the public, "
            "with its internal contact. The ETag begins with the version, which `If-Match` goes by."
        ),
        schema="StationNow",
        problems=(400, 401, 403, 404, 405, 429, 500, 503),
        has_etag=True,
        tokens=Tokens.OPTIONAL,
    ),
    Operation(
        path="/api/v1/stations/{code}",
        endpoint="api.save_one",
        method="put",
        tag="Editing",
        summary="Save a station",
        description=(
            "Takes what GET gives, changed where it is to change; what follows from other facts is accepted and "
            "ignored. `If-Match` carries the ETag the change was made from: nothing is overwritten unseen. Saving what "
            "is there already makes no revision."
        ),
        schema="StationNow",
        takes="StationChange",
        problems=tuple(status for status in _WRITE_PROBLEMS if status != 409),
        has_etag=True,
        tokens=Tokens.NEEDED,
        needs_if_match=True,
    ),
    Operation(
        path="/api/v1/stations",
        endpoint="api.add_one",
        method="post",
        tag="Editing",
        summary="Add a station",
        description=(
            "Needs a `kind` and a `name`; other properties left out have their defaults, and the district is the one "
            "the station lies in. The code is the one sent, or made here; it stands in `Location`."
        ),
        schema="StationNow",
        takes="NewStation",
        problems=tuple(status for status in _WRITE_PROBLEMS if status not in {404, 412, 428}),
        has_etag=True,
        tokens=Tokens.NEEDED,
        answers=201,
    ),
    Operation(
        path="/api/v1/stations/{code}/revisions",
        endpoint="api.revisions",
        tag="Editing",
        summary="The history of a station, newest first",
        description="Who changed what, when, why and from where. A token is needed: histories name people.",
        schema="Revisions",
        media_type=JSON,
        parameters=table.REVISION_PARAMETERS,
        problems=(400, 401, 403, 404, 405, 429, 500, 503),
        has_etag=True,
        tokens=Tokens.NEEDED,
    ),
    Operation(
        path="/api/v1/coverage",
        endpoint="api.coverage",
        tag="Coverage",
        summary="Which share of the workers is covered, and where the others are",
        description=(
            "One rule at one moment, for the city and each district. Stations with unknown hours give two bounds: all "
            "of them closed, all of them open. `at` and `hour` exclude each other; `mode` matters with minutes only."
        ),
        schema="Coverage",
        media_type=JSON,
        parameters=table.COVERAGE_PARAMETERS,
        problems=(400, 404, 405, 429, 500, 503),
        has_etag=True,
    ),
    Operation(
        path="/api/v1/openapi.json",
        endpoint="api.openapi",
        tag="Service",
        summary="This document",
        description="OpenAPI 3.1, written from the table that also reads the requests.",
        schema="",
        media_type=JSON,
        problems=(400, 405, 429, 500),
        has_etag=True,
    ),
    Operation(
        path="/healthz",
        endpoint="health.healthz",
        tag="Service",
        summary="Whether the process is alive",
        description="For supervisors. It asks nobody and is not limited.",
        schema="Alive",
        media_type=JSON,
        problems=(405,),
    ),
    Operation(
        path="/readyz",
        endpoint="health.readyz",
        tag="Service",
        summary="Whether the process can answer from current data",
        description="For load balancers. It asks the database and is not limited.",
        schema="Ready",
        media_type=JSON,
        problems=(405, 503),
    ),
)
